"""Progress of long work, and the time that is left."""

import io
import logging
import os
import re
import sys
from contextlib import redirect_stderr
from types import SimpleNamespace

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
def no_tqdm(monkeypatch):
    monkeypatch.setattr(_progress, "find_spec", lambda name: None)


class Terminal(io.StringIO):
    """A stream that says how wide it is; None stands for a stream that is no terminal."""

    columns = 100

    def fileno(self):
        if self.columns is None:
            raise OSError
        return -1


@pytest.fixture
def terminal(monkeypatch):
    """A terminal, if tqdm is installed."""
    pytest.importorskip("tqdm")
    terminal = Terminal()
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((terminal.columns, 20)))
    return terminal


def last_line(terminal):
    return terminal.getvalue().rstrip("\n").rpartition("\r")[2]


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


@pytest.mark.usefixtures("no_tqdm")
def test_verbose_one_without_tqdm_logs_a_line_every_tenth_of_the_epochs(caplog, clock):
    assert epochs_of(lines(1, range(1, 41), 40, clock, caplog)) == [*range(4, 41, 4)]


@pytest.mark.usefixtures("no_tqdm")
def test_slow_epochs_are_shown_after_half_a_minute(caplog, clock):
    clock.step = 16.0
    assert epochs_of(lines(1, range(1, 6), 100, clock, caplog)) == [2, 4, 5]


@pytest.mark.usefixtures("no_tqdm")
def test_last_epoch_of_work_that_ends_early_is_shown(caplog, clock):
    last = lines(1, range(1, 14), 40, clock, caplog)[-1]
    assert last == "fit: epoch 13 of 40: loss 2, learning_rate 0.001; took 0:00:26"


@pytest.mark.usefixtures("no_tqdm")
def test_work_that_fails_claims_no_end(caplog, clock):
    caplog.set_level(logging.INFO, logger="skeletonlearn")
    progress = Progress("fit", "epoch", 40, 1)
    with pytest.raises(KeyError), progress:
        _fail_after_one(progress)
    assert caplog.records == []


def _fail_after_one(progress):
    progress.done(1, {"loss": 2.0})
    raise KeyError


@pytest.mark.usefixtures("no_tqdm")
def test_lines_go_to_standard_error_where_logging_does_not_show_them(caplog, capsys, clock):
    caplog.set_level(logging.WARNING, logger="skeletonlearn")
    work(1, [1], 1, clock)
    assert capsys.readouterr() == ("", "fit: epoch 1 of 1: loss 2, learning_rate 0.001; took 0:00:02\n")
    assert caplog.records == []


def test_verbose_one_shows_a_bar_with_loss_and_time_left_and_logs_nothing(terminal, caplog):
    caplog.set_level(logging.INFO, logger="skeletonlearn")
    with redirect_stderr(terminal), Progress("fit", "epoch", 3, 1) as progress:
        for count in (1, 2):
            progress.done(count, {"loss": 0.25})
        progress._bar.refresh()
        line = last_line(terminal)
    assert re.fullmatch(r"fit: +67%\|.*\| 2/3 \[\d\d:\d\d<\d\d:\d\d, .*epoch.*, loss 0\.25\]", line)
    assert caplog.records == []


def test_time_left_is_shown_in_a_narrow_terminal_with_many_figures(terminal):
    terminal.columns = 61
    with redirect_stderr(terminal), Progress("ConMLPEmbedder", "epoch", 40, 1) as progress:
        progress.done(1, dict.fromkeys(["loss", "contrastive_loss", "reconstruction_loss", "validation_loss"], 1.0))
        progress._bar.refresh()
        line = last_line(terminal)
    assert re.search(r"1/40 \[\d\d:\d\d<\d\d:\d\d,", line)
    assert len(line) <= 60


def test_bar_of_work_that_resumes_begins_where_it_was(terminal):
    with redirect_stderr(terminal), Progress("fit", "epoch", 40, 1) as progress:
        progress.done(31, {"loss": 1.0})
        assert (progress._bar.n, progress._bar.initial) == (31, 30)


def test_bar_of_work_that_ends_early_is_full_in_the_end(terminal):
    with redirect_stderr(terminal), Progress("fit", "epoch", 40, 1) as progress:
        progress.done(13, {"loss": 1.0})
    assert re.match(r"fit: 100%.* 13/13 ", last_line(terminal))


@pytest.mark.parametrize("verbose", [0, 2])
def test_there_is_no_bar_unless_verbose_is_one(terminal, caplog, clock, verbose):
    with redirect_stderr(terminal):
        lines(verbose, range(1, 4), 3, clock, caplog)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("columns", [None, 0], ids=["a file", "a terminal of unknown width"])
def test_there_are_lines_and_no_bar_where_a_bar_would_not_be_seen(terminal, caplog, clock, columns):
    terminal.columns = columns
    with redirect_stderr(terminal):
        assert epochs_of(lines(1, range(1, 4), 3, clock, caplog)) == [1, 2, 3]
    assert terminal.getvalue() == ""


def test_a_notebook_gets_a_bar(terminal, monkeypatch, clock):
    terminal.columns = None
    notebook = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=None))
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    with redirect_stderr(terminal):
        work(1, range(1, 4), 3, clock)
    assert "3/3" in last_line(terminal)


def test_two_bars_at_once_are_both_shown(terminal):
    with (
        redirect_stderr(terminal),
        Progress("search", "fold", 2, 1) as outer,
        Progress("fit", "epoch", 3, 1) as inner,
    ):
        inner.done(3, {"loss": 1.0})
        outer.done(2, {"score": 1.0})
    assert "fit: 100%" in terminal.getvalue()
    assert "search: 100%" in terminal.getvalue()


def test_bar_of_work_that_fails_stops_where_it_is(terminal):
    progress = Progress("fit", "epoch", 40, 1)
    with redirect_stderr(terminal), pytest.raises(KeyError), progress:
        _fail_after_one(progress)
    assert progress._bar.disable  # as tqdm marks a closed bar
    assert "1/40" in last_line(terminal)
