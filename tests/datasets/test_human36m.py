"""Reader of Human3.6M."""

import io
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError, load_human36m
from skeletonlearn.skeletons import H36M

MOVING = [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]


def points(n_frames, n_joints=32, n_channels=3):
    return np.random.default_rng(n_frames).normal(size=(n_frames, n_joints, n_channels)).astype(np.float32)


@pytest.fixture
def positions():
    return {
        "S1": {"Walking 1": points(5), "Walking": points(6), "Sitting Down 2": points(7)},
        "S11": {"Walking 1": points(8, 17)},
    }


def save(tmp_path, **arrays):
    np.savez_compressed(tmp_path / "data.npz", **arrays)
    return tmp_path / "data.npz"


def test_actions_of_subjects_become_sequences(tmp_path, positions):
    bunch = load_human36m(save(tmp_path, positions_3d=positions))
    assert bunch.skeleton is H36M
    assert [one.shape for one in bunch.sequences] == [(5, 17, 3), (6, 17, 3), (7, 17, 3), (8, 17, 3)]
    np.testing.assert_array_equal(bunch.sequences[0], positions["S1"]["Walking 1"][:, MOVING])
    np.testing.assert_array_equal(bunch.sequences[3], positions["S11"]["Walking 1"])
    assert [bunch.target_names[at] for at in bunch.target] == ["Walking", "Walking", "Sitting Down", "Walking"]
    assert bunch.repetition.tolist() == [1, 0, 2, 1]
    assert bunch.subject.tolist() == [1, 1, 1, 11]
    assert (bunch.train_index.tolist(), bunch.test_index.tolist()) == ([0, 1, 2], [3])
    assert bunch.name[2] == "S1/Sitting Down 2"


@pytest.mark.parametrize(("subset", "lengths"), [("train", [5, 6, 7]), ("test", [8])])
def test_a_part_can_be_loaded(tmp_path, positions, subset, lengths):
    bunch = load_human36m(save(tmp_path, positions_3d=positions), subset=subset)
    assert [len(one) for one in bunch.sequences] == lengths


def test_positions_in_pictures_are_a_sequence_per_camera(tmp_path):
    views = [points(5, 17, 2), points(6, 17, 2)]
    path = save(tmp_path, positions_2d={"S9": {"Eating": views}}, metadata={"num_joints": 17})
    bunch = load_human36m(path)
    for got, wanted in zip(bunch.sequences, views, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert bunch.camera.tolist() == [1, 2]
    assert bunch.name.tolist() == ["S9/Eating/1", "S9/Eating/2"]


def test_the_bunch_has_the_documented_entries(tmp_path, positions, documented_keys):
    assert set(load_human36m(save(tmp_path, positions_3d=positions))) == documented_keys(load_human36m)


class Runs:
    """What would run if a pickle were loaded."""

    def __reduce__(self):
        return print, ("run",)


FAULTS = {
    "other arrays": ({"x": points(3)}, "got x, expected positions_3d"),
    "plain numbers": ({"positions_3d": points(3)}, r"got an array of shape \(3, 32, 3\) and type float32"),
    "code": ({"positions_3d": {"S1": Runs()}}, "got builtins.print"),
    "no subjects": ({"positions_3d": {}}, "got dict, expected positions_3d"),
    "an unknown subject": ({"positions_3d": {"Ann": {}}}, "got the subject 'Ann'"),
    "no actions": ({"positions_3d": {"S1": points(3)}}, "got the subject 'S1'"),
    "other joints": ({"positions_3d": {"S1": {"Eat": points(3, 25)}}}, r"got shape \(3, 25, 3\) .* for 'S1/Eat'"),
    "no frames": ({"positions_3d": {"S1": {"Eat": points(0)}}}, r"got shape \(0, 32, 3\)"),
    "a text": ({"positions_3d": {"S1": {"Eat": "much"}}}, "got str for 'S1/Eat'"),
    "texts": ({"positions_3d": {"S1": {"Eat": points(3).astype(str)}}}, "type <U32 for 'S1/Eat'"),
    "infinity": ({"positions_3d": {"S1": {"Eat": np.full((3, 17, 3), np.inf)}}}, "got infinite numbers for 'S1/Eat'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_archive_is_an_error_and_runs_nothing(tmp_path, capsys, fault):
    arrays, reason = FAULTS[fault]
    with pytest.raises(SkeletonFileError, match=reason):
        load_human36m(save(tmp_path, **arrays))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_archive_is_no_other_error(tmp_path, positions, seed):
    rng = np.random.default_rng(seed)
    file = io.BytesIO()
    np.save(file, positions, allow_pickle=True)
    content = bytearray(file.getvalue())
    for at in rng.integers(len(content) if seed % 3 else 400, size=3):
        content[at] = rng.integers(256)
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive:
        archive.writestr("positions_3d.npy", content[: len(content) if seed % 2 else rng.integers(len(content))])
    with suppress(SkeletonFileError):
        load_human36m(tmp_path / "data.npz")


def test_a_file_that_is_absent_or_no_archive_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"expected an archive such as data_3d_h36m\.npz"):
        load_human36m(tmp_path / "absent.npz")
    (tmp_path / "text.npz").write_text("text")
    with pytest.raises(SkeletonFileError, match="got no readable zip archive"):
        load_human36m(tmp_path / "text.npz")


def test_unknown_parameters_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="protocol='xview' must be one of 'xsub'"):
        load_human36m(tmp_path, "xview")
