"""Damaged files in every loader of users' own files, and the machinery that judges what the loaders make of them."""

import sys
from itertools import product

import numpy as np
import pytest

from skeletonlearn import datasets
from skeletonlearn.datasets import SkeletonFileError
from tests import damaged_files
from tests.benchmarks import damaged_files as bench
from tests.damaged_files import DAMAGES, check_bunch, damaged, fault_of, run, write
from tests.file_fixtures import FIXTURES, NO_FIXTURE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read from the system")

N_CASES = 25  # `python -m tests.benchmarks.damaged_files --cases 10000` runs more


@pytest.mark.parametrize("name", FIXTURES)
def test_a_damaged_file_is_read_as_what_is_left_or_refused_by_name(name, tmp_path):
    for number in range(N_CASES):
        outcome = run(name, 0, number, tmp_path / str(number))
        assert not outcome.failure, f"run({name!r}, 0, {number}): {outcome.message}\n{outcome.failure}"


@pytest.mark.parametrize("name", FIXTURES)
def test_sound_files_are_read(name, tmp_path):
    fixture = FIXTURES[name]
    write(fixture.files, tmp_path)
    bunch = fixture.load(tmp_path, **fixture.parameters)
    check_bunch(bunch)
    assert {clip for clip in fixture.clips for one in bunch.name if one.startswith(clip)} == set(fixture.clips)
    assert not bunch.left_out
    assert all(np.isfinite(sequence).any() for sequence in bunch.sequences)


def test_every_loader_of_own_files_has_a_fixture():
    loaders = {name for name in datasets.__all__ if name.startswith("load_")}
    assert loaders - NO_FIXTURE == {fixture.loader for fixture in FIXTURES.values()}


@pytest.mark.parametrize("name", ["openpose", "mediapipe table", "mediapipe npy"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_the_same_for_the_same_seed_and_often_changes_the_file(name, damage):
    content = next(iter(FIXTURES[name].files.values()))
    results = [[damage(content, np.random.default_rng(seed)) for seed in range(20)] for _ in range(2)]
    assert results[0] == results[1]
    assert len(set(results[0])) > 3 or damage in (damaged_files._change_lines,)  # a file of one line has one line


def test_damage_does_not_change_the_fixture():
    before = dict(FIXTURES["openpose"].files)
    for seed in range(50):
        damaged(before["wave/a_000_keypoints.json"], np.random.default_rng(seed))
    assert before == FIXTURES["openpose"].files


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (SkeletonFileError("F/wave/a_001.json", 3, "got 1, expected 2"), ""),
        (SkeletonFileError("F/kick/b.json", 3, "got 1, expected 2 as in F/wave/a_001.json"), ""),
        (SkeletonFileError("F/kick/b.json", 3, "got 1, expected 2"), "it names F/kick/b.json only, not wave/a"),
        (SkeletonFileError("F/wave/a", None, "list index out of range"), "its reason does not say what was got"),
        (SkeletonFileError(f"F/wave/a{'a' * 2000}", None, "got 1"), "it has 20"),
    ],
)
def test_an_error_must_name_the_file_say_what_was_got_and_be_short(error, failure):
    found = fault_of(error, "wave/a")
    assert found.startswith(failure)
    assert bool(found) == bool(failure)


SPOILS = {
    "another error": (lambda sequence: 1 / 0, "ZeroDivisionError"),
    "joints that lack": (lambda sequence: sequence[:, 1:], "AssertionError"),
    "absurd numbers": (lambda sequence: sequence * np.float32(1e30), "AssertionError"),
    "another sound clip": (lambda sequence: sequence + 1, "AssertionError"),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_another_error_and_wrong_arrays_are_failures(spoil, monkeypatch, tmp_path):
    spoiled, kind = SPOILS[spoil]
    load = datasets.load_coco_keypoints

    def load_badly(folder, *, n_persons, min_confidence, **parameters):
        bunch = load(folder, n_persons=n_persons, min_confidence=min_confidence, **parameters)
        bunch.sequences = [spoiled(sequence) for sequence in bunch.sequences]
        return bunch

    for n_persons, min_confidence in product([1, 2], [0.0, 0.5]):  # read before the loader is spoiled
        given = {"labels": "folder", "n_persons": n_persons, "min_confidence": min_confidence}
        damaged_files._sound_clips(FIXTURES["coco results"], tuple(given.items()))
    monkeypatch.setattr(datasets, "load_coco_keypoints", load_badly)
    outcomes = [run("coco results", 0, number, tmp_path / str(number)) for number in range(N_CASES)]
    assert kind in {outcome.kind for outcome in outcomes if outcome.failure}


def test_what_takes_long_or_much_memory_is_a_failure(monkeypatch, tmp_path):
    monkeypatch.setattr(damaged_files, "MOST_SECONDS", 0.0)
    assert run("openpose", 0, 0, tmp_path).failure.startswith("it took")


def test_failures_are_printed_and_make_the_exit_code(monkeypatch, capsys):
    assert bench.main(["--cases", "5", "--fixtures", "coco results"]) == 0
    monkeypatch.setattr(datasets, "load_coco_keypoints", lambda *source, **given: 1 / 0)
    assert bench.main(["--cases", "5", "--fixtures", "coco results", "--messages"]) == 1
    printed = capsys.readouterr().out
    assert "ZeroDivisionError (not as promised) 5" in printed
    assert printed.count("run_case('coco results', 0, ") == 1
