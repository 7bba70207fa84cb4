"""What long work says."""

import logging

import pytest

from skeletonlearn import _progress
from skeletonlearn._progress import Progress


def messages(verbose, n_epochs, caplog):
    with caplog.at_level(logging.INFO, logger="skeletonlearn"), Progress("fit", "epoch", n_epochs, verbose) as progress:
        for epoch in range(n_epochs):
            progress.done(epoch + 1, {"loss": 2.0, "learning_rate": 0.001})
    return [record.getMessage() for record in caplog.records if record.name == "skeletonlearn"]


def test_silence_says_nothing(caplog, capsys):
    assert messages(0, 3, caplog) == []
    assert capsys.readouterr() == ("", "")


def test_verbose_two_logs_a_line_an_epoch(caplog):
    assert messages(2, 3, caplog) == [f"fit: epoch {epoch} of 3: loss 2, learning_rate 0.001" for epoch in (1, 2, 3)]


def test_verbose_one_shows_a_bar_and_logs_nothing(caplog, capsys, monkeypatch):
    console = pytest.importorskip("rich.console").Console(force_terminal=True, width=120)
    monkeypatch.setattr("rich._console", console)  # takes what pytest captures for a terminal
    assert messages(1, 3, caplog) == []
    assert "fit" in capsys.readouterr().out


def test_verbose_one_without_rich_logs_a_line_every_tenth_of_the_epochs(caplog, monkeypatch):
    monkeypatch.setattr(_progress, "find_spec", lambda name: None)
    assert [line.split()[2] for line in messages(1, 40, caplog)] == [str(epoch) for epoch in range(4, 41, 4)]


def test_the_bar_is_stopped_when_the_work_fails():
    pytest.importorskip("rich")
    progress = Progress("fit", "epoch", 3, 1)
    with pytest.raises(KeyError), progress:
        raise KeyError
    assert progress._bar.live.is_started is False
