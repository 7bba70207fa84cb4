"""Sequences from tables with a row per frame."""

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.datasets import make_actions
from skeletonlearn.datasets._table import sequences_from_table
from skeletonlearn.skeletons import KINECT_V1, Skeleton


@pytest.fixture(scope="module")
def actions():
    return make_actions(6, n_classes=3, n_subjects=2, n_frames=(3, 6), missing=0.1, random_state=0)


def make_wide(bunch, style="{joint}_{part}", order=None, likelihood=False):
    """A row per frame, joints in an order."""
    tables = []
    for at, sequence in enumerate(bunch.sequences):
        columns = {}
        for joint in order if order is not None else range(sequence.shape[1]):
            for part, values in zip("xyz", sequence[:, joint].T, strict=True):
                columns[style.format(joint=bunch.skeleton.joints[joint], part=part)] = values
            if likelihood:
                seen = ~np.isnan(sequence[:, joint, 0])
                columns[style.format(joint=bunch.skeleton.joints[joint], part="likelihood")] = 0.5 * seen
        clip = {"sample": bunch.name[at], "frame": 3 * np.arange(len(sequence))}
        tables.append(pd.DataFrame({**clip, **columns, "subject": bunch.subject[at]}))
        tables[-1]["action"] = bunch.target_names[bunch.target[at]]
    return pd.concat(tables, ignore_index=True)


def check(got, sequences):
    assert len(got.sequences) == len(sequences)
    for one, other in zip(got.sequences, sequences, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("style", ["{joint}_{part}", "{part}_{joint}", "{joint}.{part}"])
@pytest.mark.parametrize("likelihood", [False, True])
def test_joints_in_any_order_become_a_layout_of_the_catalogue(actions, style, likelihood):
    table = make_wide(actions, style, np.random.default_rng(0).permutation(20), likelihood)
    got = sequences_from_table(
        table.sample(frac=1, random_state=0).sort_values("sample"), target="action", subject="subject"
    )
    order = np.argsort(actions.name)
    check(got, actions.sequences[order])
    assert got.skeleton is KINECT_V1
    assert got.joint_names == list(KINECT_V1.joints)
    assert got.subject.tolist() == actions.subject[order].tolist()
    assert [got.target_names[at] for at in got.target] == [actions.target_names[at] for at in actions.target[order]]
    assert ("confidence" in got) == likelihood
    if likelihood:
        np.testing.assert_array_equal(got.confidence[0] > 0, ~np.isnan(got.sequences[0][..., 0]))


def test_a_table_of_one_clip_needs_no_column_but_joints(actions):
    table = make_wide(actions.take([0])).drop(columns=["sample", "frame", "subject", "action"])
    got = sequences_from_table(table)
    check(got, actions.sequences[:1])
    assert got.name.tolist() == ["table"]


def test_persons_are_rows(actions):
    first, second = make_wide(actions.take([0])), make_wide(actions.take([0]))
    both = pd.concat([second.assign(person="p10"), first.assign(person="p2").iloc[1:]])
    got = sequences_from_table(both, person="person", target="action")
    (one,) = actions.sequences[:1]
    np.testing.assert_array_equal(got.sequences[0][:, 20:], one)
    np.testing.assert_array_equal(got.sequences[0][1:, :20], one[1:])
    assert np.isnan(got.sequences[0][0, :20]).all()


def test_a_mapping_of_arrays_may_be_wide():
    got = sequences_from_table({"hand_x": [1.0, 2.0], "hand_y": np.ma.array([3, 4], mask=[False, True])})
    np.testing.assert_array_equal(got.sequences[0], [[[1, 3]], [[2, np.nan]]])
    assert got.skeleton is None


def test_a_given_layout_keeps_its_order_and_its_joints():
    rod = Skeleton("ROD", ("left_end", "middle", "right_end"), (("left_end", "middle"), ("right_end", "middle")))
    table = pd.DataFrame({"RightEnd_x": [1.0], "RightEnd_y": [2.0], "LeftEnd_x": [3.0], "LeftEnd_y": [4.0]})
    got = sequences_from_table(table, skeleton=rod)
    np.testing.assert_array_equal(got.sequences[0], [[[3, 4], [np.nan, np.nan], [1, 2]]])
    assert got.skeleton is rod


def test_other_joints_become_a_layout_of_their_own():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({f"{joint}_{axis}": rng.normal(size=9) for joint in ("snout", "tail", "paw") for axis in "xy"})
    got = sequences_from_table(table)
    assert got.skeleton.joints == ("snout", "tail", "paw")
    assert sequences_from_table(table, skeleton=None).skeleton is None


def test_columns_of_text_that_nobody_named_are_a_warning(actions):
    with pytest.warns(UserWarning, match="The columns 'action' of the table were not read"):
        sequences_from_table(make_wide(actions))
    with pytest.warns(UserWarning, match="The columns 'class' of the table were not read"):
        sequences_from_table(make_wide(actions).assign(**{"class": 3}), target="action")


SMALL = {"sample": ["a", "a", "b"], "frame": [0, 1, 0], "hand_x": [1.0, 2.0, 3.0], "hand_y": [4.0, 5.0, 6.0]}
FAULTS = {
    "a frame twice": ({"frame": [1, 1, 0]}, {}, "rows 0 and 1 are both sample='a', frame=1: expected one row for each"),
    "a sample that lacks": ({}, {"sample": "clip"}, "table has no column 'clip'; it has sample, frame, hand_x, hand_y"),
    "a frame that lacks": ({}, {"frame": "time"}, "table has no column 'time'"),
    "a layout that lacks the joint": ({}, {"skeleton": "COCO"}, "COCO has no joint 'hand'"),
    "persons without frames": ({"id": [0, 1, 0]}, {"person": "id", "frame": None}, "expected the column of frames"),
    "infinity": ({"hand_x": [np.inf, 1, 2]}, {}, "column 'hand_x' has inf in row 0"),
    "a word": ({"hand_x": ["a", "b", "c"]}, {}, "column 'hand_x' must have numbers"),
    "long after all": ({}, {"coordinates": ("u", "v")}, "table has no column 'joint'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_table_is_an_error_that_says_where(fault):
    changes, parameters, reason = FAULTS[fault]
    with pytest.raises(ValueError, match=reason):
        sequences_from_table(pd.DataFrame(SMALL | changes), **parameters)


def test_an_error_does_not_list_a_thousand_columns():
    table = {f"column{at}": [1.0] for at in range(5000)}
    with pytest.raises(ValueError, match="table has no column 'sample'") as error:
        sequences_from_table(table)
    assert len(str(error.value)) < 500
