"""Sequences from tables."""

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.datasets import make_actions
from skeletonlearn.datasets._table import sequences_from_table
from skeletonlearn.skeletons import KINECT_V1


def make_table(bunch):
    """A row for each joint of each frame, in order."""
    tables = []
    for at, sequence in enumerate(bunch.sequences):
        frame, joint = np.indices(sequence.shape[:2]).reshape(2, -1)
        table = pd.DataFrame(sequence.reshape(-1, 3), columns=["x", "y", "z"])
        names = np.array(bunch.skeleton.joints)[joint]
        tables.append(table.assign(sample=bunch.name[at], frame=3 * frame, joint=names, index=joint))
        tables[-1]["action"] = bunch.target_names[bunch.target[at]]
        tables[-1]["subject"] = bunch.subject[at]
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def bunch():
    return make_actions(6, n_classes=3, n_subjects=2, n_frames=(3, 6), missing=0.1, random_state=0)


@pytest.fixture(scope="module")
def table(bunch):
    return make_table(bunch)


def check(got, bunch):
    assert len(got.sequences) == len(bunch.sequences)
    for one, other in zip(got.sequences, bunch.sequences, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)


def test_rows_become_the_sequences_they_came_from(table, bunch):
    got = sequences_from_table(table, target="action", subject="subject", skeleton=KINECT_V1)
    check(got, bunch)
    assert got.name.tolist() == bunch.name.tolist()
    assert got.subject.tolist() == bunch.subject.tolist()
    assert [got.target_names[at] for at in got.target] == [bunch.target_names[at] for at in bunch.target]
    assert got.target_names == sorted(got.target_names)
    assert got.skeleton is KINECT_V1
    assert got.joint_names == list(KINECT_V1.joints)


def test_the_order_of_rows_does_not_matter_within_a_sample(table, bunch):
    shuffled = table.sample(frac=1, random_state=0).sort_values("sample", kind="stable")
    order = np.argsort(bunch.name)
    got = sequences_from_table(shuffled, skeleton="KINECT_V1")
    check(got, type(bunch)(sequences=[bunch.sequences[at] for at in order]))


def test_samples_are_in_order_of_their_first_row(table):
    names = sequences_from_table(table.iloc[::-1]).name
    assert names.tolist() == list(dict.fromkeys(table["sample"].iloc[::-1]))


def test_rows_of_missing_joints_may_be_dropped(table, bunch):
    got = sequences_from_table(table.dropna(), skeleton=KINECT_V1)
    check(got, bunch)


def test_joints_may_be_indices(table, bunch):
    check(sequences_from_table(table, joint="index", skeleton=KINECT_V1), bunch)


def test_a_mapping_of_arrays_is_a_table_too(table, bunch):
    check(sequences_from_table({name: table[name].to_numpy() for name in table}, skeleton=KINECT_V1), bunch)
    check(sequences_from_table({name: table[name].tolist() for name in table}, skeleton=KINECT_V1), bunch)


@pytest.mark.parametrize("dtype", ["category", "object"])
def test_texts_may_be_of_any_kind(table, bunch, dtype):
    check(sequences_from_table(table.astype({"sample": dtype, "joint": dtype}), skeleton=KINECT_V1), bunch)


SMALL = {
    "sample": ["a", "a", "b", "a"],
    "frame": [9, 2, 5, 9],
    "joint": ["j2", "j10", "j2", "j10"],
    "x": [1.0, 2.0, 3.0, 4.0],
    "y": [0.1, 0.2, 0.3, 0.4],
}
FLAT = {"coordinates": ("x", "y")}


def small(**changes):
    return pd.DataFrame(SMALL | changes)


def test_without_a_layout_joints_are_in_natural_order():
    got = sequences_from_table(small(), **FLAT)
    assert got.joint_names == ["j2", "j10"]
    assert got.skeleton.joints == ("j2", "j10")
    assert sequences_from_table(small(), skeleton=None, **FLAT).skeleton is None
    np.testing.assert_allclose(got.sequences[0], [[[np.nan] * 2, [2, 0.2]], [[1, 0.1], [4, 0.4]]])
    np.testing.assert_allclose(got.sequences[1], [[[3, 0.3], [np.nan] * 2]])


def test_without_a_layout_joints_that_are_numbers_are_in_order_of_value():
    got = sequences_from_table(small(joint=[10, -1, 10, 2]), **FLAT)
    assert got.joint_names == ["-1", "2", "10"]
    assert got.sequences[0][1, :, 0].tolist()[1:] == [4, 1]


def test_one_coordinate_may_be_given_by_its_name():
    assert sequences_from_table(small(), coordinates="x").sequences[0].shape == (2, 2, 1)


def test_frames_may_be_times():
    times = pd.to_datetime(["2024-01-02", "2024-01-01", "2024-01-01", "2024-01-02"])
    for frame in (times, times - times[0]):
        got = sequences_from_table(small(frame=frame), **FLAT)
        np.testing.assert_array_equal(got.sequences[0][..., 0], [[np.nan, 2], [1, 4]])


def test_persons_stand_one_after_another_in_natural_order_within_their_sample():
    table = small(frame=0, joint="j", person=["p10", "p2", "p7", "p30"])
    got = sequences_from_table(table, person="person", **FLAT)
    assert got.sequences[0][0, :, 0].tolist() == [2, 1, 4]
    np.testing.assert_array_equal(got.sequences[1][0, :, 0], [3, np.nan, np.nan])


def test_confidence_is_zero_where_a_joint_has_no_row():
    got = sequences_from_table(small(score=[0.5, 0.6, 0.7, np.nan]), confidence="score", **FLAT)
    np.testing.assert_allclose(got.confidence[0], [[0, 0.6], [0.5, 0]])
    assert got.confidence[0].dtype == np.float32


def test_joints_of_confidence_0_are_missing():
    got = sequences_from_table(small(score=[0.5, 0.0, 0.7, 0.1]), confidence="score", **FLAT)
    np.testing.assert_allclose(got.sequences[0][..., 0], [[np.nan, np.nan], [1, 4]])


def test_joints_that_a_layout_of_the_catalogue_has_are_in_its_order(table, bunch):
    got = sequences_from_table(table)
    check(got, bunch)
    assert got.skeleton is KINECT_V1


def test_without_a_column_of_samples_the_table_is_one(table):
    one = table[table["sample"] == table["sample"][0]]
    got = sequences_from_table(one, sample=None)
    assert got.name.tolist() == ["table"]
    check(got, sequences_from_table(one))


def test_masked_coordinates_are_missing():
    got = sequences_from_table(SMALL | {"x": np.ma.masked_equal(np.array([1, 2, -1, 4]), -1)}, **FLAT)
    np.testing.assert_allclose(got.sequences[1], [[[np.nan, 0.3], [np.nan, np.nan]]])


FAULTS = {
    "a column that lacks": ({}, {"joint": "part"}, "table has no column 'part'; it has sample, frame, joint, x, y"),
    "a target that lacks": ({}, {"target": "label"}, "no column 'label'"),
    "a row twice": (
        {"frame": [9, 2, 5, 2]},
        {},
        "rows 1 and 3 are both sample='a', frame=2, joint='j10': expected one row",
    ),
    "a sample unknown": ({"sample": ["a", None, "b", "a"]}, {}, "column 'sample' has .* in row 1, expected a value"),
    "a sample that is NA": ({"sample": pd.array(["a", None, "b", "a"], dtype="string")}, {}, "has <NA> in row 1"),
    "a joint unknown": ({"joint": [1.0, np.nan, 1.0, 2.0]}, {}, "column 'joint' has nan in row 1"),
    "a frame unknown": ({"frame": [9, np.nan, 5, 9]}, {}, "column 'frame' has nan in row 1, expected a number"),
    "a time unknown": ({"frame": pd.to_datetime(["2024", None, "2024", "2025"])}, {}, "has NaT in row 1"),
    "a frame that is a word": ({"frame": ["a", "b", "c", "d"]}, {}, "column 'frame' must have numbers"),
    "a coordinate that is a word": ({"x": ["a", "b", "c", "d"]}, {}, "column 'x' must have numbers"),
    "a coordinate that is NA": ({"x": [1, pd.NA, 2, 3]}, {}, "column 'x' must have numbers"),
    "infinity": ({"x": [1, np.inf, 2, 3]}, {}, "column 'x' has inf in row 1, expected finite numbers"),
    "a number beyond float32": ({"x": [1, 1e300, 2, 3]}, {}, r"column 'x' has 1e\+300 in row 1"),
    "a list": ({"sample": [[1], [2], [3], [4]]}, {}, "column 'sample' must have numbers or texts"),
    "a joint that the layout lacks": ({}, {"skeleton": "COCO"}, "column 'joint' has 'j2' in row 0, expected an index"),
    "an index that the layout lacks": ({"joint": [1, 17, 1, 2]}, {"skeleton": "COCO"}, "'joint' has 17 in row 1"),
    "a negative index": ({"joint": [1, -1, 1, 2]}, {"skeleton": "COCO"}, "'joint' has -1 in row 1"),
    "another layout": ({}, {"skeleton": "BODY"}, "skeleton='BODY' must be one of"),
    "a target that changes": (
        {"t": ["u", "u", "v", "w"]},
        {"target": "t"},
        "sample 'a' has 'u' and 'w' in column 't', expected one value",
    ),
    "a subject that changes": ({"s": [1, 2, 3, 1]}, {"subject": "s"}, "sample 'a' has 1 and 2 in column 's'"),
    "a target unknown": ({"t": ["u", None, "v", "u"]}, {"target": "t"}, "column 't' has .* in row 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_table_is_an_error_that_says_where(fault):
    changes, parameters, reason = FAULTS[fault]
    with pytest.raises(ValueError, match=reason):
        sequences_from_table(small(**changes), **FLAT, **parameters)


def test_columns_of_different_lengths_are_an_error():
    with pytest.raises(ValueError, match=r"columns of shapes \[\(3,\), \(4,\)\], expected one shape"):
        sequences_from_table(SMALL | {"x": [1.0, 2.0, 3.0]}, **FLAT)


def test_a_table_without_rows_is_an_error():
    with pytest.raises(ValueError, match="expected one shape"):
        sequences_from_table(small().iloc[:0], **FLAT)


@pytest.mark.parametrize("coordinates", [(), None, ""])
def test_no_coordinates_are_an_error(coordinates):
    with pytest.raises(ValueError, match=r"coordinates=.* must name one column or more|table has no column ''"):
        sequences_from_table(small(), **FLAT | {"coordinates": coordinates})


def test_two_columns_of_one_name_are_an_error():
    table = pd.concat([small(), small()[["x"]]], axis=1)
    with pytest.raises(ValueError, match="table has 2 columns 'x', expected one"):
        sequences_from_table(table, **FLAT)


@pytest.mark.parametrize("wrong", [3, None])
def test_something_else_than_a_table_is_an_error(wrong):
    with pytest.raises(ValueError, match="table has no column 'sample'; it has none"):
        sequences_from_table(wrong)


def test_a_column_that_names_no_joints_is_an_error_and_no_huge_array():
    n_rows = 50_000
    table = {"sample": np.zeros(n_rows), "frame": np.arange(n_rows), "joint": np.arange(n_rows), "x": np.zeros(n_rows)}
    with pytest.raises(ValueError, match="does the column of joints name joints"):
        sequences_from_table(table, coordinates="x")
