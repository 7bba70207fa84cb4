"""The reader of AlphaPose's files."""

import json

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError, load_alphapose
from skeletonlearn.skeletons import COCO, HALPE26, HALPE_FULLBODY, OPENPOSE_COCO18


def points(x, n_points=17, confidence=0.8):
    """Points x, x + 1, ... in a row at height 5, flat as in the file."""
    row = [x + np.arange(n_points), np.full(n_points, 5.0), np.full(n_points, confidence)]
    return np.column_stack(row).ravel().tolist()


def result(image, x, n_points=17, confidence=0.8, **more):
    box = [x, 5.0, 20.0, 1.0]
    return {
        "image_id": image,
        "category_id": 1,
        "keypoints": points(x, n_points, confidence),
        "score": 2.5,
        "box": box,
        **more,
    }


def write(folder, name, value):
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def first_points(folder, n_persons=1, **parameters):
    """The x of each person's first point in each frame; -1 where it is missing."""
    bunch = load_alphapose(folder, n_persons=n_persons, **parameters)
    (sequence,) = bunch.sequences
    return np.nan_to_num(sequence[:, :: bunch.skeleton.n_joints, 0], nan=-1).tolist()


@pytest.mark.parametrize("layout", [COCO, HALPE26, HALPE_FULLBODY], ids=lambda layout: layout.name)
def test_the_number_of_points_gives_the_layout(tmp_path, layout):
    write(tmp_path, "clip", [result(f"{at}.jpg", at, layout.n_joints, idx=[0.0]) for at in (10, 11, 12)])
    bunch = load_alphapose(tmp_path)
    assert bunch.skeleton is layout
    assert bunch.sequences[0].shape == (3, layout.n_joints, 2)
    assert bunch.sequences[0][:, 1].tolist() == [[11, 5], [12, 5], [13, 5]]
    assert bunch.sequences[0].dtype == bunch.confidence[0].dtype == np.float32
    np.testing.assert_allclose(bunch.confidence[0], 0.8)


FORMS = {
    "a number": lambda track: track,
    "a number in a list": lambda track: [float(track)],
    "numbers in lists": lambda track: [[float(track)], [float(track + 1)]],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("n_points", [17, 26])
def test_persons_are_followed_by_idx_in_every_form_however_they_jump(tmp_path, form, n_points):
    who = FORMS[form]
    entries = [
        result(f"{at}.jpg", x, n_points, idx=who(track))
        for at in range(3)
        for track, x in ((5, 500 * (at % 2)), (3, 250 + at))
    ]
    write(tmp_path, "clip", entries)
    assert first_points(tmp_path, n_persons=2) == [[0, 250], [500, 251], [0, 252]]


@pytest.mark.parametrize("form", FORMS)
def test_an_idx_of_0_for_everybody_is_no_track(tmp_path, form):
    zero = FORMS[form](0)
    pairs = [[result(at, 100 + at, idx=zero), result(at, 500, idx=zero, confidence=0.7)] for at in range(4)]
    write(tmp_path, "clip", [one for at, pair in enumerate(pairs) for one in (pair[::-1] if at % 2 else pair)])
    assert first_points(tmp_path, n_persons=2) == [[100 + at, 500] for at in range(4)]


@pytest.mark.parametrize("tracks", [(None, 2), (1, 1), ([], 2), ({}, 2), (-1, 2), ("", [[]])])
def test_an_idx_that_does_not_follow_everybody_is_not_used(tmp_path, tracks):
    entries = [
        result(0, 100, idx=tracks[0]),
        result(0, 500, 17, 0.9, idx=tracks[1]),
        result(1, 500, 17, 0.9, idx=tracks[0]),
        result(1, 100, idx=tracks[1]),
    ]
    write(tmp_path, "clip", entries)
    assert first_points(tmp_path, n_persons=2) == [[500, 100], [500, 100]]


def test_images_without_people_are_frames_without_people(tmp_path):
    write(tmp_path, "clip", [result(f"{at}.jpg", at) for at in (12, 9, 10)])
    assert first_points(tmp_path) == [[9], [10], [-1], [12]]


def in_format(key, of_frames):
    """Frames in the format "cmu" or "open", in which AlphaPose has 18 points."""
    inner = {"bodies": "joints", "people": "pose_keypoints_2d"}[key]
    return {
        image: {"version": "AlphaPose v0.3", key: [{inner: points(x, 18)} for x in of_frame]}
        for image, of_frame in of_frames.items()
    }


@pytest.mark.parametrize("key", ["bodies", "people"])
def test_the_formats_cmu_and_open_have_a_file_per_clip(tmp_path, key):
    write(tmp_path, "clip", in_format(key, {"2.jpg": [102, 503], "10.jpg": [], "1.jpg": [501, 101]}))
    bunch = load_alphapose(tmp_path)
    assert bunch.skeleton is OPENPOSE_COCO18
    assert first_points(tmp_path, n_persons=2)[:2] == [[501, 101], [503, 102]]
    assert first_points(tmp_path)[2:] == [[-1]] * 8


@pytest.mark.parametrize("key", ["bodies", "people"])
def test_the_formats_cmu_and_open_have_a_file_per_frame(tmp_path, key):
    frames = in_format(key, {str(at): [at] for at in (1, 2, 3, 10)})
    for clip in ("wave/clip1", "wave/clip2", "kick/clip1"):
        for at, frame in frames.items():
            write(tmp_path, f"{clip}/sep-json/{at}", frame)
    bunch = load_alphapose(tmp_path, labels="folder")
    assert bunch.name.tolist() == ["kick/clip1", "wave/clip1", "wave/clip2"]
    assert bunch.target_names == ["kick", "wave"]
    for sequence in bunch.sequences:
        assert np.nan_to_num(sequence[:, 0, 0], nan=-1).tolist() == [1, 2, 3, -1, -1, -1, -1, -1, -1, 10]


def test_results_of_one_image_a_file_are_frames(tmp_path):
    for at in range(3):
        write(tmp_path, f"clip/{at}", [result(f"{at}.jpg", 100 * at, idx=[7.0]), result(f"{at}.jpg", 500, idx=[8.0])])
    assert first_points(tmp_path, n_persons=2) == [[0, 500], [100, 500], [200, 500]]


def test_a_file_that_alphapose_named_has_the_name_of_its_folder(tmp_path):
    for name in ("wave/clip10/alphapose-results", "wave/clip2/alphapose-results", "kick", "kick/alphapose-results"):
        write(tmp_path, name, [result(0, 1)])
    bunch = load_alphapose(tmp_path, labels={"wave/clip10": 1, "wave/clip2": 2, "kick": 3, "kick/alphapose-results": 3})
    assert bunch.name.tolist() == ["kick", "kick/alphapose-results", "wave/clip2", "wave/clip10"]
    assert bunch.target.tolist() == [2, 2, 1, 0]
    assert load_alphapose(tmp_path / "wave" / "clip2").name.tolist() == ["alphapose-results"]


def test_frames_that_are_copies_of_a_file_beside_their_folder_are_not_read_again(tmp_path):
    frames = in_format("bodies", {"0.jpg": [1], "1.jpg": [2]})
    write(tmp_path, "clip/alphapose-results", frames)
    for image, frame in frames.items():
        write(tmp_path, f"clip/sep-json/{image[0]}", frame)
    bunch = load_alphapose(tmp_path)
    assert bunch.name.tolist() == ["clip"]
    assert len(bunch.sequences[0]) == 2


def test_points_of_low_confidence_are_nan(tmp_path):
    write(tmp_path, "clip", [result(0, 1, 26, 0.3), result(1, 1, 26, 0.7)])
    (sequence,) = load_alphapose(tmp_path, min_confidence=0.5).sequences
    assert np.isnan(sequence).all(axis=(1, 2)).tolist() == [True, False]


def test_a_layout_can_be_given(tmp_path):
    write(tmp_path, "clip", [result(0, 1, 18)])
    assert load_alphapose(tmp_path, skeleton="OPENPOSE_COCO18").skeleton is OPENPOSE_COCO18
    with pytest.raises(SkeletonFileError, match="got 18 points per person, expected 26 as HALPE26 has"):
        load_alphapose(tmp_path, skeleton=HALPE26)


FAULTS = {
    "a number": (3, "got int, expected a list of results or an object of images"),
    "other keys": ({"frames": []}, "got list for the image 'frames', expected an object with 'bodies'"),
    "no body": ({"0.jpg": {"bodies": [3]}}, "for the image '0.jpg', expected an object with 'bodies' of 'joints'"),
    "no joints": ({"0.jpg": {"people": [{}]}}, "'people' of 'pose_keypoints_2d'"),
    "nothing": ([], "got nobody in 0 frames"),
    "an entry that is a number": ([result(0, 1), 3], "got int as entry 1, expected an object with a number or text"),
    "no image": ([{"keypoints": points(1)}], "got keys ['keypoints'] as entry 0"),
    "an image that is a list": ([result([1], 1)], "as entry 0, expected an object with a number or text 'image_id'"),
    "no keypoints": ([{"image_id": 1}], "got keys ['image_id'] as entry 0"),
    "20 points": ([result(0, 1, 20)], "got 20 points per person, expected 17 (COCO) or 18 (OPENPOSE_COCO18) or 26"),
    "50 numbers": (
        [{"image_id": 1, "keypoints": [1.0] * 50}],
        "got 50 numbers per person, expected x, y and confidence",
    ),
    "two layouts": ([result(0, 1), result(1, 1, 26)], "got keypoints of person 1 of shape (78,), expected (51,)"),
    "a word": ([{"image_id": 1, "keypoints": ["a"] * 51}], "keypoints of person 0 that are no list of numbers"),
    "no list": (
        [{"image_id": 1, "keypoints": 5.0}],
        "got keypoints of person 0 of shape (), expected a list of numbers",
    ),
    "an object": ([{"image_id": 1, "keypoints": {"a": 1}}], "keypoints of person 0 that are no list of numbers"),
    "infinity": ([{"image_id": 1, "keypoints": [np.inf] * 51}], "got the number inf"),
    "a huge number": ([{"image_id": 1, "keypoints": [10**400] * 51}], "that are no list of numbers"),
    "nobody": ([result(0, 1, confidence=0.0)], "got nobody in 1 frames"),
    "a number of too many digits": ([result("1" * 5000, 1)], "digits"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(tmp_path, fault):
    value, reason = FAULTS[fault]
    write(tmp_path, "a sound file", [result(0, 1), result(1, 1)])
    path = write(tmp_path, "deep/faulty", value)
    with pytest.raises(SkeletonFileError) as error:
        load_alphapose(tmp_path)
    assert str(path) in str(error.value)
    assert reason in str(error.value)
    assert len(str(error.value)) < 1000
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load_alphapose(tmp_path, on_error="warn")
    assert bunch.name.tolist() == ["a sound file"]
    assert list(bunch.left_out) == ["deep/faulty"]


@pytest.mark.parametrize("wrong", [{"n_persons": 0}, {"min_confidence": "a"}, {"on_error": "no"}, {"labels": 1}])
def test_unknown_parameter_values_are_errors(tmp_path, wrong):
    write(tmp_path, "clip", [result(0, 1)])
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_alphapose(tmp_path, **wrong)
