"""Sequences from arrays."""

import numpy as np
import pytest

from skeletonlearn.datasets import make_actions, sequences_from_array
from skeletonlearn.preprocessing import make_skeleton_pipeline
from skeletonlearn.skeletons import KINECT_V1

J = 20
BATCH = {  # of each order of axes: the array from one (n_samples, n_frames, n_persons, n_joints, n_channels)
    "NCTVM": lambda batch: batch.transpose(0, 4, 1, 3, 2),
    "NMTVC": lambda batch: batch.transpose(0, 2, 1, 3, 4),
    "TNMVC": lambda batch: batch.transpose(1, 0, 2, 3, 4),
    "NT(MV)C": lambda batch: batch.reshape(*batch.shape[:2], -1, 3),
    "NT(MVC)": lambda batch: batch.reshape(*batch.shape[:2], -1),
}


@pytest.fixture(scope="module")
def actions():
    """Two persons in some of the clips."""
    return make_actions(6, n_classes=4, n_frames=(5, 9), two_person=True, missing=0.05, random_state=0)


def pad(sequences, fill=0.0, n_frames=30, before=0):
    """A batch (n_samples, n_frames, n_persons, n_joints, n_channels) as such files hold it."""
    batch = np.full((len(sequences), n_frames, sequences[0].shape[1] // J, J, 3), fill, np.float32)
    for at, one in enumerate(sequences):
        clip = one.reshape(len(one), -1, J, 3)
        nobody = np.isnan(clip).all(axis=(2, 3), keepdims=True)
        batch[at, before : before + len(one)] = np.where(nobody, fill, clip)
    return batch


def check(bunch, sequences):
    assert len(bunch.sequences) == len(sequences)
    for got, wanted in zip(bunch.sequences, sequences, strict=True):
        assert got.dtype == np.float32
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("axes", BATCH)
@pytest.mark.parametrize(("fill", "before"), [(0.0, 0), (np.nan, 3)])
def test_padded_arrays_become_the_sequences_they_came_from(actions, axes, fill, before):
    X = BATCH[axes](pad(actions.sequences, fill, before=before))
    bunch = sequences_from_array(X, axes, target=actions.target, skeleton=KINECT_V1)
    check(bunch, actions.sequences)
    assert bunch.target.tolist() == actions.target.tolist()
    assert bunch.skeleton is KINECT_V1
    assert bunch.name[5] == "sample_00005"


def test_padded_and_trimmed_clips_are_preprocessed_alike(actions):
    X = BATCH["NCTVM"](pad(actions.sequences))
    pipeline = make_skeleton_pipeline("KINECT_V1", n_frames=16)
    bunch = sequences_from_array(X, skeleton="KINECT_V1")
    np.testing.assert_allclose(pipeline.fit_transform(bunch.sequences), pipeline.fit_transform(actions.sequences))


def test_empty_frames_between_others_stay_and_are_missing(actions):
    batch = pad(actions.sequences[:1])
    batch[:, 2] = 0.0
    (got,) = sequences_from_array(BATCH["NCTVM"](batch)).sequences
    assert len(got) == len(actions.sequences[0])
    assert np.isnan(got[2]).all()


def test_frames_may_stay_untrimmed(actions):
    bunch = sequences_from_array(BATCH["NCTVM"](pad(actions.sequences)), trim=False)
    assert {len(one) for one in bunch.sequences} == {30}
    assert np.isnan(bunch.sequences[0][-1]).all()


def test_persons_whom_no_sample_has_are_left_out(actions):
    alone = [one[:, :J] for one in actions.sequences]
    batch = np.concatenate([pad(alone), np.zeros_like(pad(alone))], axis=2)
    check(sequences_from_array(BATCH["NCTVM"](batch)), alone)


@pytest.mark.parametrize("n_persons", [1, 3])
def test_the_number_of_persons_may_be_chosen(actions, n_persons):
    bunch = sequences_from_array(BATCH["NCTVM"](pad(actions.sequences)), n_persons=n_persons)
    for got, wanted in zip(bunch.sequences, actions.sequences, strict=True):
        assert got.shape[1] == n_persons * J
        np.testing.assert_array_equal(got[:, : 2 * J], wanted[:, : n_persons * J])
        assert np.isnan(got[:, 2 * J :]).all()


def points(*rows):
    """One sample (n_frames, 2 joints, 2 channels)."""
    return np.array(rows, dtype=float).reshape(len(rows), 2, 2)


ZEROS = {
    "persons": [[[0, 0], [1, 2]], [[3, 4], [5, 6]]],
    "joints": [[[np.nan, np.nan], [1, 2]], [[3, 4], [5, 6]]],
    "keep": [[[0, 0], [1, 2]], [[3, 4], [5, 6]]],
}


@pytest.mark.parametrize("zeros", ZEROS)
def test_which_zeros_are_missing_can_be_chosen(zeros):
    X = points([0, 0, 1, 2], [3, 4, 5, 6], [0, 0, 0, 0])
    (got,) = sequences_from_array(X, "TVC", zeros=zeros).sequences
    np.testing.assert_array_equal(got, ZEROS[zeros])
    (whole,) = sequences_from_array(X, "TVC", zeros=zeros, trim=False).sequences
    assert np.isnan(whole[2]).all() == (zeros != "keep")


def test_the_zeros_of_a_lone_joint_are_values():
    (got,) = sequences_from_array([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0], [np.nan, np.nan]], "TC").sequences
    assert got.tolist() == [[[0.0, 0.0]], [[1.0, 2.0]], [[0.0, 0.0]]]


@pytest.mark.parametrize("dtype", [float, int])
def test_masked_values_are_missing(dtype):
    X = np.ma.masked_equal(np.array([[[1, 2], [-9, -9]], [[3, 4], [5, 6]], [[-9, -9], [-9, -9]]], dtype), -9)
    (got,) = sequences_from_array(X, "TVC").sequences
    np.testing.assert_array_equal(got, [[[1, 2], [np.nan, np.nan]], [[3, 4], [5, 6]]])
    (same,) = sequences_from_array([X], "NTVC").sequences
    np.testing.assert_array_equal(same, got)


@pytest.mark.parametrize("channel", [2, -1])
def test_a_channel_may_be_a_confidence(channel):
    X = np.array([[[1, 2, 0.5], [3, 4, 0.0]], [[5, 6, 0.25], [7, 8, 1.0]], [[0, 0, 0], [0, 0, 0]]])
    bunch = sequences_from_array(X, "TVC", confidence_channel=channel)
    np.testing.assert_array_equal(bunch.sequences[0], [[[1, 2], [np.nan, np.nan]], [[5, 6], [7, 8]]])
    np.testing.assert_array_equal(bunch.confidence[0], [[0.5, 0], [0.25, 1]])


def test_samples_of_different_lengths_may_come_in_a_list(actions):
    clips = [one.reshape(len(one), 2, J, 3).transpose(3, 0, 2, 1) for one in actions.sequences]
    check(sequences_from_array(clips, "NCTVM"), actions.sequences)


def test_nobody_in_a_sample_is_a_warning_that_names_it(actions):
    X = BATCH["NCTVM"](pad(actions.sequences))
    X[[1, 3]] = 0.0
    with pytest.warns(UserWarning, match="Nobody is seen in 2 of 6 samples: sample_00001, sample_00003"):
        bunch = sequences_from_array(X)
    assert bunch.sequences[1].shape == (1, 2 * J, 3)
    assert len(bunch.sequences) == 6


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_archive_with_one_hot_labels_becomes_the_parts_of_a_protocol(actions, tmp_path, save):
    X, Y = BATCH["NT(MVC)"](pad(actions.sequences)), np.eye(4)[actions.target]
    save(tmp_path / "cs.npz", x_train=X[:4], y_train=Y[:4], x_test=X[4:], y_test=Y[4:])
    bunch = sequences_from_array(tmp_path / "cs.npz", skeleton="KINECT_V1", target_names=actions.target_names)
    check(bunch, actions.sequences)
    assert bunch.target.tolist() == actions.target.tolist()
    assert bunch.target_names == actions.target_names
    assert (bunch.train_index.tolist(), bunch.test_index.tolist()) == ([0, 1, 2, 3], [4, 5])
    assert bunch.name[[0, 4]].tolist() == ["train_00000", "test_00000"]
    assert bunch.take([5, 0]).test_index.tolist() == [0]


def test_an_archive_may_have_samples_on_another_axis(actions, tmp_path):
    np.savez(tmp_path / "a.npz", BATCH["TNMVC"](pad(actions.sequences)))
    check(sequences_from_array(tmp_path / "a.npz", "TNMVC"), actions.sequences)


def test_a_mapped_file_is_read_sample_by_sample(actions, tmp_path):
    np.save(tmp_path / "a.npy", BATCH["NCTVM"](pad(actions.sequences)))
    bunch = sequences_from_array(tmp_path / "a.npy")
    check(bunch, actions.sequences)
    for one in bunch.sequences:
        assert one.base is None or one.base.nbytes == one.nbytes  # the padding is no longer in memory


def test_names_and_labels_may_be_given(actions):
    names = [f"clip {at}" for at in range(6)]
    bunch = sequences_from_array(BATCH["NCTVM"](pad(actions.sequences)), target=list("abcabc"), name=names)
    assert bunch.name.tolist() == names
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1, 2, 0, 1, 2], ["a", "b", "c"])


def test_the_bunch_has_the_documented_entries(actions, documented_keys):
    X = BATCH["NCTVM"](pad(actions.sequences))
    parts = {f"x_{part}": X for part in ("train", "val", "test")} | dict.fromkeys(
        ("y_train", "y_val", "y_test"), [0] * 6
    )
    bunch = sequences_from_array(parts, confidence_channel=2)
    of_segments = {"recording", "start", "end", "left_out"}
    assert documented_keys(sequences_from_array) == set(bunch) | of_segments


SMALL = np.ones((2, 3, 4, 5, 1))
FAULTS = {
    "axes": ((SMALL, "NTVC"), {}, r"X has 5 axes of shape \(2, 3, 4, 5, 1\), but axes='NTVC' names 4"),
    "layout": ((SMALL,), {"skeleton": "COCO"}, "V=5 joints, M=1 persons: got 5 joints, expected 17"),
    "empty": ((np.ones((2, 3, 0, 5, 1)),), {}, r"X has shape \(2, 3, 0, 5, 1\), expected at least one"),
    "texts": ((SMALL.astype(str),), {}, "Sample 0 of X has values of type <U32, expected numbers"),
    "infinity": ((np.where(np.arange(2)[:, None, None, None, None], np.inf, SMALL),), {}, "Sample 1 of X has infinite"),
    "beyond float32": ((SMALL * 1e39,), {}, "Sample 0 of X has infinite numbers"),
    "labels": ((SMALL,), {"target": [1]}, r"target has shape \(1,\), expected a label for each of 2 samples"),
    "names": ((SMALL,), {"name": ["a"]}, r"name has shape \(1,\), expected a name for each of 2 samples"),
    "zeros": ((SMALL,), {"zeros": "none"}, "zeros='none' must be one of 'persons', 'joints', 'keep'"),
    "persons": ((SMALL,), {"n_persons": 0}, "n_persons=0 must be a positive integer or None"),
    "confidence": ((SMALL,), {"confidence_channel": 3}, "confidence_channel=3 must be one of the 3 channels"),
    "unlike samples": (
        ([np.ones((4, 5, 3)), np.ones((4, 6, 3))], "NTVC"),
        {},
        "samples with 5 joints of 3 channels and 6",
    ),
    "labels of a part": (({"x_train": SMALL, "y_train": [1]},), {}, "y_train has 1 labels, expected one for each of 2"),
    "labels of two kinds": (
        ({"x_train": SMALL, "y_train": [1, 0], "x_test": SMALL, "y_test": np.eye(2)},),
        {},
        r"labels of the parts have shapes \[\(2,\), \(2, 2\)\]",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_fit_is_an_error(fault):
    given, parameters, reason = FAULTS[fault]
    with pytest.raises(ValueError, match=reason):
        sequences_from_array(*given, **parameters)
