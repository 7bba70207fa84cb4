"""Bones found in sequences."""

import numpy as np
import pandas as pd
import pytest

from skeletonlearn.datasets import make_actions
from skeletonlearn.skeletons import KINECT_V1, infer_skeleton
from skeletonlearn.skeletons._inferred import skeleton_from_parents
from tests.layouts import PLAIN_BODIES


def bones(skeleton):
    return {frozenset(edge) for edge in skeleton.edges}


def actions(**options):
    return make_actions(n_samples=60, random_state=0, **options)


def swinging_arm():
    """Shoulder, elbow and wrist in a plane, upper arm and forearm of length 2 turning at different rates."""
    time = np.linspace(0, 1, 40)
    elbow = 2 * np.stack([np.cos(2 * time), np.sin(2 * time)], axis=-1)
    wrist = elbow + 2 * np.stack([np.cos(9 * time), np.sin(9 * time)], axis=-1)
    return np.stack([np.zeros_like(elbow), elbow, wrist], axis=1)


def test_all_bones_of_a_kinect_are_found():
    data = actions(noise=0.0, missing=0.0)
    assert bones(infer_skeleton(data.sequences)) == bones(KINECT_V1)


@pytest.mark.parametrize("name", PLAIN_BODIES)
def test_most_bones_of_every_layout_are_found_in_noise(name):
    data = actions(skeleton=name)
    found = infer_skeleton(data.sequences)
    assert found.n_joints == data.skeleton.n_joints
    assert len(bones(found) & bones(data.skeleton)) >= 0.6 * len(bones(data.skeleton))


def test_the_root_is_in_the_middle_and_bones_lead_to_it():
    found = infer_skeleton(actions(noise=0.0).sequences)
    assert KINECT_V1.joints[found.root] in ("hip", "spine", "neck")
    assert found.joints[:2] == ("joint_0", "joint_1")


def test_ends_that_keep_their_distance_are_joined_though_others_come_closer():
    arm = swinging_arm()
    assert np.linalg.norm(arm[:, 2] - arm[:, 0], axis=-1).min() < 0.4  # the wrist passes the shoulder
    assert infer_skeleton([arm]).parents.tolist() == [1, 1, 1]


def test_of_joints_at_rest_the_closest_are_joined():
    at_rest = np.tile(np.array([[0.0, 0], [5, 0], [1, 0], [4, 0]]), (1, 6, 1, 1))
    assert bones(infer_skeleton(at_rest)) == {frozenset(pair) for pair in [(0, 2), (2, 3), (3, 1)]}


@pytest.mark.parametrize("unit", [1e-6, 1000.0])
def test_neither_unit_nor_place_nor_direction_matters(unit):
    sequences = actions(missing=0.0).sequences
    turned = [unit * (sequence[..., [2, 0, 1]] + 3) for sequence in sequences]
    assert infer_skeleton(turned).bones == infer_skeleton(sequences).bones


def test_sizes_of_bodies_are_not_movement():
    arm = swinging_arm()
    assert infer_skeleton([arm, 3 * arm, 0.2 * arm]).bones == infer_skeleton([arm]).bones


def test_missing_joints_are_left_out():
    arm = np.tile(swinging_arm(), (3, 1, 1, 1))
    arm[0, ::2, 1], arm[1, :, 2] = np.nan, np.nan
    assert infer_skeleton(arm).parents.tolist() == [1, 1, 1]


def test_a_joint_that_is_never_seen_hangs_from_some_other():
    arm = np.concatenate([swinging_arm(), np.full((40, 1, 2), np.nan)], axis=1)
    found = infer_skeleton([arm])
    assert found.n_joints == 4
    assert {frozenset((0, 1)), frozenset((1, 2))} < bones(found)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_joints_that_say_nothing_give_some_tree(value):
    assert infer_skeleton(np.full((2, 3, 5, 2), value)).parents.tolist() == [0, 0, 0, 0, 0]


def test_one_joint_has_no_bones():
    assert infer_skeleton(np.zeros((2, 3, 1, 3))).bones == ()


def test_of_many_sequences_and_frames_the_first_and_the_last_are_looked_at():
    still = np.tile(np.array([[0.0, 0], [1, 0], [2, 0]]), (600, 90, 1, 1))
    for at in [(0, 0), (0, -1), (-1, 0), (-1, -1)]:
        apart = still.copy()
        apart[(*at, 1)] = 1e6
        assert bones(infer_skeleton(still)) == {frozenset((0, 1)), frozenset((1, 2))}
        assert frozenset((0, 2)) in bones(infer_skeleton(apart))


def test_sequences_stay_as_they_are():
    sequences = np.tile(swinging_arm(), (2, 1, 1, 1)).astype(np.float32)
    before = sequences.copy()
    sequences.flags.writeable = False
    infer_skeleton(sequences)
    assert np.array_equal(sequences, before)


@pytest.mark.parametrize(
    ("X", "got"),
    [
        ([], "none"),
        (np.zeros((2, 3, 4)), r"\(3, 4\)"),
        (np.zeros((2, 0, 4, 3)), r"\(0, 4, 3\)"),
        ([np.zeros((3, 4, 2)), np.zeros((3, 5, 2))], r"\(3, 4, 2\), \(3, 5, 2\)"),
    ],
)
def test_what_is_no_sequences_is_refused(X, got):
    with pytest.raises(ValueError, match=rf"shape {got}, expected one or more of shape \(n_frames, n_joints"):
        infer_skeleton(X)


def test_masked_joints_are_left_out():
    sequences = np.tile(swinging_arm(), (3, 1, 1, 1))
    gone = np.zeros(sequences.shape, dtype=bool)
    gone[:, ::2, 1] = True
    expected = infer_skeleton(np.where(gone, np.nan, sequences))
    wrong = np.ma.MaskedArray(np.where(gone, 999.0, sequences), gone)
    assert infer_skeleton(wrong) == infer_skeleton(list(wrong)) == expected


def test_a_column_of_sequences_is_taken():
    sequences = list(np.tile(swinging_arm(), (3, 1, 1, 1)))
    assert infer_skeleton(pd.Series(sequences, index=[7, 8, 9])) == infer_skeleton(sequences)


def test_a_mapping_is_refused_with_the_remedy():
    with pytest.raises(TypeError, match=r"X is dict, but infer_skeleton expected .* pass its values"):
        infer_skeleton({"clip": swinging_arm()})


@pytest.mark.parametrize("parents", [[1, 0], [1, 1, 3, 2], [-1, 0]])
def test_parents_that_are_no_tree_are_refused(parents):
    with pytest.raises(ValueError, match=r"expected (a|one) tree"):
        skeleton_from_parents(parents)


def test_a_layout_made_of_parents_has_them():
    assert skeleton_from_parents([2, 2, 2, 0]).parents.tolist() == [2, 2, 2, 0]
