"""Sequences from data sets of xarray."""

import numpy as np
import pytest
import xarray as xr

from skeletonlearn.datasets import make_actions, sequences_from_xarray, to_xarray
from skeletonlearn.skeletons import COCO

OLD = ("time", "space", "keypoints", "individuals")
NEW = ("time", "space", "keypoint", "individual")


@pytest.fixture(scope="module")
def actions():
    return make_actions(4, n_classes=4, skeleton="COCO", n_frames=(5, 9), two_person=True, missing=0.05, random_state=0)


def check(bunch, sequences):
    assert len(bunch.sequences) == len(sequences)
    for got, wanted in zip(bunch.sequences, sequences, strict=True):
        assert got.dtype == np.float32
        np.testing.assert_array_equal(got, wanted)


def datasets_of(actions, dims=OLD, **others):
    return [to_xarray(one, actions.skeleton, dims=dims, **others) for one in actions.sequences]


@pytest.mark.parametrize("dims", [OLD, NEW])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)])
def test_dimensions_are_found_by_name_in_any_order(actions, dims, order):
    datasets = [one.transpose(*(dims[at] for at in order)) for one in datasets_of(actions, dims)]
    bunch = sequences_from_xarray(datasets, target=actions.target)
    check(bunch, actions.sequences)
    assert bunch.skeleton is COCO
    assert bunch.target.tolist() == actions.target.tolist()
    assert bunch.name[3] == "sample_00003"


def test_coordinates_and_joints_are_found_by_name_too(actions):
    shuffled = [
        one.isel(space=[2, 0, 1], keypoints=np.random.default_rng(0).permutation(17)) for one in datasets_of(actions)
    ]
    bunch = sequences_from_xarray(shuffled)
    check(bunch, actions.sequences)
    assert bunch.joint_names == list(COCO.joints)


def test_names_rates_and_confidences_are_kept(actions):
    scores = [np.where(np.isnan(one[..., 0]), 0, 0.25) for one in actions.sequences]
    datasets = [
        to_xarray(one, COCO, confidence=score, fps=25) for one, score in zip(actions.sequences, scores, strict=True)
    ]
    bunch = sequences_from_xarray(dict(zip("abcd", datasets, strict=True)))
    check(bunch, actions.sequences)
    assert bunch.name.tolist() == list("abcd")
    assert bunch.fps.tolist() == [25] * 4
    for got, wanted in zip(bunch.confidence, scores, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_joints_of_confidence_0_are_missing(actions):
    points = np.nan_to_num(actions.sequences[0])
    score = np.ones(points.shape[:2])
    score[1, 3], score[2, 4] = 0, np.nan
    bunch = sequences_from_xarray(to_xarray(points, COCO, confidence=score))
    assert np.argwhere(np.isnan(bunch.sequences[0][..., 0])).tolist() == [[1, 3]]
    assert bunch.confidence[0][2, 4] == 0


def test_data_sets_with_fewer_individuals_are_filled_up(actions):
    datasets = datasets_of(actions)
    datasets[1] = datasets[1].isel(individuals=[0])
    bunch = sequences_from_xarray(datasets)
    np.testing.assert_array_equal(bunch.sequences[1][:, :17], actions.sequences[1][:, :17])
    assert np.isnan(bunch.sequences[1][:, 17:]).all()


def test_an_array_of_positions_without_individuals_is_read(actions):
    position = datasets_of(actions)[0]["position"].isel(individuals=0, drop=True)
    bunch = sequences_from_xarray(position)
    check(bunch, [actions.sequences[0][:, :17]])
    assert not {"confidence", "fps"} & bunch.keys()


def test_unknown_joints_become_a_layout_of_their_own():
    array = xr.DataArray(np.random.default_rng(0).normal(size=(9, 2, 3)), dims=("time", "space", "keypoints"))
    named = array.assign_coords(keypoints=["snout", "paw", "tail"])
    assert sequences_from_xarray(named).skeleton.joints == ("snout", "paw", "tail")
    assert sequences_from_xarray(named, skeleton=None).skeleton is None
    assert sequences_from_xarray(array).skeleton is None
    assert sequences_from_xarray(array).joint_names == ["0", "1", "2"]


def test_the_bunch_has_the_documented_entries(actions, documented_keys):
    dataset = to_xarray(actions.sequences[0], COCO, confidence=np.ones(actions.sequences[0].shape[:2]), fps=30)
    assert set(sequences_from_xarray(dataset, target=[0])) == documented_keys(sequences_from_xarray)


def faulty(change):
    return change(to_xarray(np.ones((4, 17, 2)), COCO))


FAULTS = {
    "a path": ("clip.nc", TypeError, "datasets is a str, expected data sets of xarray"),
    "an array": ([np.ones((4, 2, 17))], TypeError, "got a ndarray, expected a data set or an array of xarray"),
    "nothing": ([], ValueError, "datasets is empty"),
    "no positions": (
        faulty(lambda one: one.drop_vars("position")),
        ValueError,
        "no variable 'position'; it has confidence",
    ),
    "a dimension more": (
        faulty(lambda one: one.expand_dims("view")),
        ValueError,
        "expected time, space, keypoint and individual: take one entry of 'view', or rename it",
    ),
    "two of one kind": (faulty(lambda one: one.rename(individuals="marker")), ValueError, "take one entry of 'marker'"),
    "no keypoints": (faulty(lambda one: one.isel(keypoints=0)), ValueError, "but not 'keypoint'"),
    "no frames": (faulty(lambda one: one.isel(time=[])), ValueError, "no numbers at all"),
    "texts": (faulty(lambda one: one.astype(str)), ValueError, "got values of type <U32, expected numbers"),
    "infinity": (faulty(lambda one: one / 0), ValueError, "got infinite numbers"),
    "other joints": (
        [faulty(lambda one: one), faulty(lambda one: one.isel(keypoints=slice(16)))],
        ValueError,
        "'sample_00000' and 'sample_00001' have other keypoints: 'right_ankle'",
    ),
    "joints of one name": (
        faulty(lambda one: one.assign_coords(keypoints=["a"] * 17)),
        ValueError,
        "'sample_00000' has two keypoints of one name",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_such_data_set_is_an_error(fault):
    datasets, kind, reason = FAULTS[fault]
    with pytest.raises(kind, match=reason):
        sequences_from_xarray(datasets)


def test_as_many_names_as_data_sets_are_needed(actions):
    with pytest.raises(ValueError, match="name has 1 names, expected one for each of 4"):
        sequences_from_xarray(datasets_of(actions), name=["a"])


def test_data_sets_of_movement_are_read_and_written(actions):
    pytest.importorskip("movement", reason="needs movement, which is no dependency of the tests")
    from movement.io import load_poses, save_poses

    points = actions.sequences[0].reshape(-1, 2, 17, 3).transpose(0, 3, 2, 1)
    dataset = load_poses.from_numpy(
        points[:, :2],
        np.ones((len(points), 17, 2)),
        individual_names=["a", "b"],
        keypoint_names=list(COCO.joints),
        fps=30,
    )
    bunch = sequences_from_xarray(dataset)
    check(bunch, [actions.sequences[0][..., :2]])
    assert bunch.skeleton is COCO
    written = to_xarray(bunch.sequences[0], COCO, confidence=bunch.confidence[0], fps=30, individuals=["a", "b"])
    xr.testing.assert_equal(written["position"], dataset["position"].astype(float))
    assert len(save_poses.to_dlc_style_df(written)) == len(points)
