"""SequenceFlattener: one row for each sequence."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import SequenceFlattener


@pytest.fixture
def X():
    return np.arange(2 * 3 * 4 * 3.0).reshape(2, 3, 4, 3)


def test_columns_go_frame_by_frame_and_joint_by_joint(X):
    np.testing.assert_array_equal(SequenceFlattener().fit_transform(X), X.reshape(2, -1))


def test_names_tell_frame_joint_and_channel(X):
    names = SequenceFlattener().fit(X).get_feature_names_out()
    assert len(names) == 36
    assert names[(1 * 4 + 3) * 3 + 2] == "frame1_joint3_z"


@pytest.mark.parametrize(("n_channels", "last"), [(1, "x"), (2, "y"), (3, "z"), (4, "channel3"), (9, "channel8")])
def test_channels_are_named_by_axes_where_there_are_at_most_three(n_channels, last):
    names = SequenceFlattener().fit(np.zeros((2, 3, 4, n_channels))).get_feature_names_out()
    assert names[-1] == f"frame2_joint3_{last}"


def test_pandas_output_has_the_names_as_columns(X):
    flattener = SequenceFlattener().set_output(transform="pandas")
    frame = flattener.fit_transform(X)
    assert list(frame.columns) == list(flattener.get_feature_names_out())


def test_output_shares_no_memory_with_the_input(X):
    assert not np.shares_memory(SequenceFlattener().fit_transform(X), X)


def test_missing_joints_pass(X):
    X[0, 1, 2] = np.nan
    assert np.isnan(SequenceFlattener().fit_transform(X)).sum() == 3


def test_other_length_than_in_fit_is_refused(X):
    with pytest.raises(ValueError, match="X has 2 frames, but SequenceFlattener was fitted with 3"):
        SequenceFlattener().fit(X).transform(X[:, :2])
