"""The script that kills fits at many moments; test_benchmarks.py runs it for a few kills."""

import pytest

from tests.benchmarks import kills as script
from tests.benchmarks.kills import Kill, report

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
