"""Fits whose processes are killed, and the script that does so at many moments."""

import signal

import pytest

from tests.benchmarks import kills as script
from tests.benchmarks.kills import Kill, kill_fits, report


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_fits_killed_at_random_moments_end_with_the_bits_of_undisturbed_ones(tmp_path):
    kills = kill_fits(["ConMLPEmbedder", "GRUClassifier"], 3, seed=1, folder=tmp_path)
    assert [kill.name for kill in kills] == ["ConMLPEmbedder", "GRUClassifier", "ConMLPEmbedder"]
    assert [kill.is_same for kill in kills] == [True] * 3


KILLS = [
    Kill("A", 0.1, True, "nothing", True),
    Kill("Longer", 0.25, True, "checkpoint", True),
    Kill("A", 0.8, False, "half a write", False),
]


def test_the_report_counts_kills_and_those_that_ended_alike():
    lines = report(KILLS)
    assert [line.split() for line in lines[1:]] == [
        ["A", "2", "1", "1", "1", "10%", "to", "80%", "1", "of", "2"],
        ["Longer", "1", "0", "0", "0", "25%", "to", "25%", "1", "of", "1"],
        ["2", "of", "3", "bit-identical"],
    ]


@pytest.mark.parametrize(("kills", "code"), [(KILLS[:2], 0), (KILLS, 1)])
def test_the_exit_code_tells_whether_all_ended_alike(monkeypatch, capsys, kills, code):
    monkeypatch.setattr(script, "kill_fits", lambda names, n_kills, seed, folder: kills)
    assert script.main(["--kills", str(len(kills))]) == code
    assert capsys.readouterr().out.endswith("bit-identical\n")
