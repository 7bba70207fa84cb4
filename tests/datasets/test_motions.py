"""The catalogue of synthetic actions: the angles of every action as they were when its pictures were looked at.

After a change that is meant, `python tests/datasets/test_motions.py` writes them anew.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from skeletonlearn.datasets._motions import MUTUAL, SOLO, Style

SNAPSHOT = Path(__file__).with_name("motions.json")
PROGRESS = np.linspace(0.0, 1.0, 11)


class NoChance:
    """In place of a generator: everything is as usual."""

    def normal(self, mean, deviation):
        return mean


def angles_of(action):
    """For each body, by segment, degrees of flexion, twist and abduction at each progress; and where the body is."""
    style = Style(NoChance(), amplitude=0.9, seconds=2.0, pace=1.1)
    moves = [SOLO[action](PROGRESS, style)] if action in SOLO else MUTUAL[action](PROGRESS, style)
    return [
        {name: np.rad2deg(angles) for name, angles in move.pose.angles.items()} | {"shift": move.pose.shift}
        for move in moves
    ]


@pytest.mark.parametrize("action", [*SOLO, *MUTUAL])
def test_action_has_the_angles_that_were_looked_at(action):
    bodies = json.loads(SNAPSHOT.read_text())[action]
    for angles, wanted in zip(angles_of(action), bodies, strict=True):
        assert sorted(angles) == sorted(wanted)
        for name in wanted:
            np.testing.assert_allclose(angles[name], wanted[name], rtol=0, atol=1e-3, err_msg=name)


def test_every_action_that_was_looked_at_is_still_there():
    assert set(json.loads(SNAPSHOT.read_text())) == {*SOLO, *MUTUAL}


@pytest.mark.parametrize("seed", range(3))
def test_variation_is_about_a_tenth(seed):
    style = Style(np.random.default_rng(seed), amplitude=2.0, seconds=1.0, pace=1.0)
    drawn = [style.vary(10.0) for _ in range(2000)]
    assert np.mean(drawn) == pytest.approx(20.0, rel=0.02)
    assert np.std(drawn) == pytest.approx(2.0, rel=0.1)


def test_swing_has_as_many_periods_as_pace_and_time_give():
    style = Style(NoChance(), amplitude=1.0, seconds=4.0, pace=1.5)
    np.testing.assert_allclose(style.swing(PROGRESS, 0.5), np.sin(2 * np.pi * 3.0 * PROGRESS), atol=1e-12)
    np.testing.assert_allclose(style.swing(PROGRESS, 0.1, least=2.0), np.sin(2 * np.pi * 2.0 * PROGRESS), atol=1e-12)


if __name__ == "__main__":
    whole = {
        action: [{name: np.round(part, 4).tolist() for name, part in body.items()} for body in angles_of(action)]
        for action in (*SOLO, *MUTUAL)
    }
    SNAPSHOT.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(body)}' for name, body in whole.items()) + "\n}\n")
