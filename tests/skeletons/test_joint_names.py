"""Joint names of other writers."""

import pytest

from skeletonlearn.skeletons import get_skeleton, list_skeletons
from skeletonlearn.skeletons._joint_names import read_joint_names


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("left_wrist", "right_wrist"),
        ("LeftWrist", "RightWrist"),
        ("l_wrist", "r_wrist"),
        ("wrist_L", "wrist_R"),
        ("wristLeft", "wristRight"),
        ("LWrist", "RWrist"),
        ("Wrist.L", "Wrist.R"),
        ("left wrist", "right wrist"),
        ("LWRIST", "RWRIST"),
        ("lwrist", "rwrist"),
        ("mixamorig:LeftWrist", "mixamorig:RightWrist"),
    ],
)
def test_sides_are_read_as_writers_spell_them(left, right):
    assert read_joint_names([right, "Nose", left]) == ["right_wrist", "nose", "left_wrist"]


def test_number_stays_with_its_word_and_words_in_camel_case_are_parted():
    assert read_joint_names(["SpineChest", "Spine1", "C7", "LeftHandThumb1", "RightHandThumb1", "T10_b"]) == [
        *("spine_chest", "spine1", "c7", "left_hand_thumb1", "right_hand_thumb1", "t10_b")
    ]


def test_name_without_a_partner_on_the_other_side_stays_as_it_is():
    assert read_joint_names(["LeftWrist", "l_hip", "r_hip", "RightKnee", "lip"]) == [
        *("LeftWrist", "left_hip", "right_hip", "RightKnee", "lip")
    ]


def test_names_that_would_become_one_stay_as_they_are():
    assert read_joint_names(["Nose", "nose", "a:Ear", "b:Ear", "left_ear", "LeftEar", "right_ear"]) == [
        *("Nose", "nose", "a:Ear", "b:Ear", "left_ear", "LeftEar", "right_ear")
    ]


def test_names_of_other_alphabets_and_of_no_letter_stay():
    assert read_joint_names(["左手", "---", "", "kéz"]) == ["左手", "---", "", "kéz"]


@pytest.mark.parametrize("name", list_skeletons())
def test_names_of_the_catalogue_stay(name):
    joints = get_skeleton(name).joints
    assert tuple(read_joint_names(joints)) == joints
