"""The reader of Kinetics-Skeleton."""

import json

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError, load_kinetics_skeleton
from skeletonlearn.skeletons import OPENPOSE_BODY25, OPENPOSE_COCO18


def person(x, *, n_points=18, score=0.8, unseen=()):
    """Points at x in steps of a hundredth of the picture, at height .25."""
    pose = np.column_stack([x + np.arange(n_points) / 100, np.full(n_points, 0.25)])
    scores = np.full(n_points, score)
    pose[list(unseen)] = scores[list(unseen)] = 0
    return {"pose": pose.ravel().tolist(), "score": scores.tolist()}


def clip(frames, **more):
    """The content of a file from the people of each frame, which are numbered from 1."""
    data = [{"frame_index": at, "skeleton": people} for at, people in enumerate(frames, start=1)]
    return {"data": data, "label": "waving", "label_index": 7, **more}


def write(folder, name, value):
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def test_a_file_is_a_clip_with_its_label(tmp_path):
    write(tmp_path, "b", clip([[person(0.1)], [person(0.2, unseen=[3])]], label="waving"))
    write(tmp_path, "a", clip([[person(0.3)]], label="kicking"))
    bunch = load_kinetics_skeleton(tmp_path)
    assert bunch.name.tolist() == ["a", "b"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1], ["kicking", "waving"])
    assert bunch.skeleton is OPENPOSE_COCO18
    assert bunch.sequences[1].shape == (2, 18, 2)
    np.testing.assert_allclose(bunch.sequences[1][:, 0], [[0.1, 0.25], [0.2, 0.25]])
    assert np.argwhere(np.isnan(bunch.sequences[1])).tolist() == [[1, 3, 0], [1, 3, 1]]
    assert bunch.confidence[1][1, 2:5].tolist() == [np.float32(0.8), 0, np.float32(0.8)]


def test_labels_that_are_given_count_more_than_those_of_the_files(tmp_path):
    write(tmp_path, "train/a", clip([[person(0.1)]]))
    assert load_kinetics_skeleton(tmp_path, labels="folder").target_names == ["train"]


def test_a_clip_of_a_demo_has_no_label(tmp_path):
    value = clip([[person(0.1)]])
    write(tmp_path, "a", {"data": value["data"]})
    assert "target" not in load_kinetics_skeleton(tmp_path)


def test_the_size_of_the_picture_undoes_its_shares(tmp_path):
    write(tmp_path, "a", clip([[person(0.5)]]))
    np.testing.assert_allclose(load_kinetics_skeleton(tmp_path, picture_size=(340, 256)).sequences[0][0, 0], [170, 64])
    np.testing.assert_allclose(load_kinetics_skeleton(tmp_path, picture_size=(4, 3)).sequences[0][0, 1], [2.04, 0.75])


@pytest.mark.parametrize("numbers", [[1, 2, 3, 5], [5, 3, 2, 1]])
def test_frames_without_people_and_missing_frames_are_nan(tmp_path, numbers):
    people = {1: [person(0.1)], 2: [], 3: [person(0.3)], 5: [person(0.5)]}
    write(tmp_path, "a", {"data": [{"frame_index": at, "skeleton": people[at]} for at in numbers]})
    (sequence,) = load_kinetics_skeleton(tmp_path).sequences
    np.testing.assert_allclose(np.nan_to_num(sequence[:, 0, 0], nan=-1), [0.1, -1, 0.3, -1, 0.5], rtol=1e-6)


def test_persons_are_followed_when_their_order_changes(tmp_path):
    left, right = person(0.1, score=0.9), person(0.6)
    write(tmp_path, "a", clip([[left, right], [right, left], [], [right, left]]))
    (sequence,) = load_kinetics_skeleton(tmp_path, n_persons=2).sequences
    np.testing.assert_allclose(
        np.nan_to_num(sequence[:, ::18, 0], nan=-1), [[0.1, 0.6], [0.1, 0.6], [-1, -1], [0.1, 0.6]], rtol=1e-6
    )


def test_points_in_the_corner_were_not_found_whatever_their_score(tmp_path):
    one = person(0.1)
    one["pose"][:2] = [0.0, 0.0]
    write(tmp_path, "a", clip([[one]]))
    bunch = load_kinetics_skeleton(tmp_path)
    assert np.isnan(bunch.sequences[0][0, 0]).all()
    assert bunch.confidence[0][0, 0] == 0


def test_files_that_list_clips_are_not_read(tmp_path):
    write(tmp_path, "kinetics_val/a", clip([[person(0.1)]]))
    write(tmp_path, "kinetics_val_label", {"a": {"has_skeleton": True, "label": "waving", "label_index": 7}})
    assert load_kinetics_skeleton(tmp_path).name.tolist() == ["kinetics_val/a"]


def test_25_points_are_of_another_model(tmp_path):
    write(tmp_path, "a", clip([[person(0.1, n_points=25)]]))
    assert load_kinetics_skeleton(tmp_path).skeleton is OPENPOSE_BODY25


SOUND = person(0.1)
FAULTS = {
    "a list": ([], "got list, expected an object with a list 'data'"),
    "no data": ({"label": "a"}, "got keys ['label'], expected an object with a list 'data'"),
    "nobody was found": (clip([[], []], has_skeleton=False), "got 'has_skeleton' false"),
    "nobody": (clip([[], []]), "got nobody in 2 frames"),
    "no frame": (clip([]), "got nobody in 0 frames"),
    "a frame that is a number": ({"data": [3]}, "got int as entry 0 of 'data', expected an object with 'frame_index'"),
    "no frame number": ({"data": [{"skeleton": []}]}, "got keys ['skeleton'] as entry 0 of 'data'"),
    "no people": ({"data": [{"frame_index": 1, "skeleton": None}]}, "expected an object with 'frame_index' and a list"),
    "a word for a number": ({"data": [{"frame_index": "1", "skeleton": [SOUND]}]}, "got '1' as 'frame_index'"),
    "a frame twice": ({"data": [{"frame_index": 1, "skeleton": [SOUND]}] * 2}, "got the frame_index 1 twice"),
    "no pose": (clip([[], [{"score": [1]}]]), "got a person with keys ['score'] in entry 1 of 'data'"),
    "a person that is a list": (clip([[[1]]]), "got a person with list in entry 0 of 'data'"),
    "a score less": (clip([[{**SOUND, "score": [1.0] * 17}]]), "got 36 numbers as 'pose' and 17 as 'score'"),
    "20 points": (clip([[person(0, n_points=20)]]), "got 20 points per person, expected 18 (OPENPOSE_COCO18) or 25"),
    "a word": (clip([[SOUND, {**SOUND, "pose": ["a"] * 36}]]), "got 'pose' of person 1 that are no list of numbers"),
    "two layouts": (clip([[SOUND], [person(0, n_points=25)]]), "of shape (50,), expected (36,) as those of person 0"),
    "infinity": (clip([[{**SOUND, "pose": [np.inf] * 36}]]), "got the number inf"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(tmp_path, fault):
    value, reason = FAULTS[fault]
    write(tmp_path, "sound", clip([[SOUND]]))
    path = write(tmp_path, "faulty", value)
    with pytest.raises(SkeletonFileError) as error:
        load_kinetics_skeleton(tmp_path)
    assert str(path) in str(error.value)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load_kinetics_skeleton(tmp_path, on_error="warn")
    assert (bunch.name.tolist(), list(bunch.left_out)) == (["sound"], ["faulty"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_persons": 0},
        {"picture_size": 5},
        {"picture_size": (1, 0)},
        {"picture_size": "ab"},
        {"picture_size": (1, 2, 3)},
    ],
)
def test_unknown_parameter_values_are_errors(tmp_path, wrong):
    write(tmp_path, "clip", clip([[SOUND]]))
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_kinetics_skeleton(tmp_path, **wrong)
