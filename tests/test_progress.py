"""What long work says, and how much time is left."""

import logging
import re

import pytest

from skeletonlearn import _progress
from skeletonlearn._progress import Progress


class Clock:
    """A clock that goes on by a step whenever an epoch is done."""

    def __init__(self, step):
        self.now, self.step = 0.0, step


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(step=2.0)
    monkeypatch.setattr(_progress, "monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def no_rich(monkeypatch):
    monkeypatch.setattr(_progress, "find_spec", lambda name: None)


@pytest.fixture
def terminal(monkeypatch):
    """What pytest captures is taken for a terminal."""
    console = pytest.importorskip("rich.console").Console(force_terminal=True, width=100, height=20)
    monkeypatch.setattr("rich._console", console)
    return console


def work(verbose, counts, total, clock):
    with Progress("fit", "epoch", total, verbose) as progress:
        for count in counts:
            clock.now += clock.step
            progress.done(count, {"loss": 2.0, "learning_rate": 0.001})


def lines(verbose, counts, total, clock, caplog):
    with caplog.at_level(logging.INFO, logger="skeletonlearn"):
        work(verbose, counts, total, clock)
    return [record.getMessage() for record in caplog.records if record.name == "skeletonlearn"]


def epochs_of(lines):
    return [int(line.split()[2]) for line in lines]


def test_silence_says_nothing(caplog, capsys, clock):
    assert lines(0, range(1, 4), 3, clock, caplog) == []
    assert capsys.readouterr() == ("", "")


def test_verbose_two_logs_a_line_an_epoch_with_the_time_left(caplog, clock):
    assert lines(2, range(1, 4), 3, clock, caplog) == [
        "fit: epoch 1 of 3: loss 2, learning_rate 0.001; 0:00:04 left",
        "fit: epoch 2 of 3: loss 2, learning_rate 0.001; 0:00:02 left",
        "fit: epoch 3 of 3: loss 2, learning_rate 0.001; took 0:00:06",
    ]


def test_time_left_of_work_that_goes_on_counts_only_what_was_done_since(caplog, clock):
    assert lines(2, [9], 11, clock, caplog)[0].endswith("; 0:00:04 left")


@pytest.mark.usefixtures("no_rich")
def test_verbose_one_without_rich_logs_a_line_every_tenth_of_the_epochs(caplog, clock):
    assert epochs_of(lines(1, range(1, 41), 40, clock, caplog)) == [*range(4, 41, 4)]


@pytest.mark.usefixtures("no_rich")
def test_slow_epochs_are_told_of_after_half_a_minute(caplog, clock):
    clock.step = 16.0
    assert epochs_of(lines(1, range(1, 6), 100, clock, caplog)) == [2, 4, 5]


@pytest.mark.usefixtures("no_rich")
def test_last_epoch_of_work_that_ends_early_is_told_of(caplog, clock):
    last = lines(1, range(1, 14), 40, clock, caplog)[-1]
    assert last == "fit: epoch 13 of 40: loss 2, learning_rate 0.001; took 0:00:26"


@pytest.mark.usefixtures("no_rich")
def test_work_that_fails_claims_no_end(caplog, clock):
    caplog.set_level(logging.INFO, logger="skeletonlearn")
    progress = Progress("fit", "epoch", 40, 1)
    with pytest.raises(KeyError), progress:
        _fail_after_one(progress)
    assert caplog.records == []


def _fail_after_one(progress):
    progress.done(1, {"loss": 2.0})
    raise KeyError


@pytest.mark.usefixtures("no_rich")
def test_lines_go_to_standard_error_where_logging_does_not_show_them(caplog, capsys, clock):
    caplog.set_level(logging.WARNING, logger="skeletonlearn")
    work(1, [1], 1, clock)
    assert capsys.readouterr() == ("", "fit: epoch 1 of 1: loss 2, learning_rate 0.001; took 0:00:02\n")
    assert caplog.records == []


def test_verbose_one_shows_a_bar_with_loss_and_time_left_and_logs_nothing(terminal, caplog, capsys, clock):
    with caplog.at_level(logging.INFO, logger="skeletonlearn"), Progress("fit", "epoch", 3, 1) as progress:
        for count in (1, 2):
            progress.done(count, {"loss": 0.25})
    text = capsys.readouterr().out
    assert "2/2" in text
    assert "loss 0.25" in text
    assert re.search(r"[-0-9]:[-0-9]{2}:[-0-9]{2}", text)
    assert caplog.records == []


def test_time_left_is_shown_in_a_narrow_terminal_with_many_figures(terminal, capsys):
    terminal.width = 60
    with Progress("ConMLPEmbedder", "epoch", 40, 1) as progress:
        progress.done(1, dict.fromkeys(["loss", "contrastive_loss", "reconstruction_loss", "validation_loss"], 1.0))
        progress._bar.refresh()
        text = capsys.readouterr().out
    assert re.search(r"1/40 .*-:--:--.*loss 1", text)


def test_bar_of_work_that_ends_early_is_full_in_the_end(terminal, capsys):
    with Progress("fit", "epoch", 40, 1) as progress:
        progress.done(13, {"loss": 1.0})
    assert "13/13" in capsys.readouterr().out


@pytest.mark.parametrize("place", ["a file", "a notebook"])
def test_there_are_lines_and_no_bar_where_no_terminal_is(terminal, place, monkeypatch, caplog, clock):
    if place == "a file":
        monkeypatch.setattr(terminal, "is_interactive", False)
    else:
        monkeypatch.setattr(terminal, "is_jupyter", True)
    assert epochs_of(lines(1, range(1, 4), 3, clock, caplog)) == [1, 2, 3]


def test_there_are_lines_where_another_bar_forbids_ours(terminal, monkeypatch, caplog, clock):
    from rich.errors import LiveError

    def refuse(bar):
        raise LiveError("Only one live display may be active at once")

    monkeypatch.setattr("rich.progress.Progress.start", refuse)
    assert epochs_of(lines(1, range(1, 4), 3, clock, caplog)) == [1, 2, 3]


def test_bar_is_stopped_when_the_work_fails(terminal):
    progress = Progress("fit", "epoch", 3, 1)
    with pytest.raises(KeyError), progress:
        raise KeyError
    assert progress._bar.live.is_started is False
