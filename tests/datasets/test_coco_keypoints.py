"""The reader of COCO keypoints."""

import json

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._coco_keypoints import load_coco_keypoints
from skeletonlearn.skeletons import COCO


def person(x, *, third=0.8, unseen=()):
    """Points x, x + 1, ... in a row at height 5, flat as in the file."""
    points = np.column_stack([x + np.arange(17), np.full(17, 5.0), np.full(17, third)])
    points[list(unseen)] = 0
    return points.ravel().tolist()


def result(image, x, third=0.8, **more):
    return {"image_id": image, "category_id": 1, "keypoints": person(x, third=third), "score": 2.5, **more}


def write(folder, name, value):
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def load_first_points(folder, n_persons=1):
    """The x of each person's first point in each frame."""
    (sequence,) = load_coco_keypoints(folder, n_persons=n_persons).sequences
    return sequence[:, ::17, 0].tolist()


@pytest.mark.parametrize("image", ["{}.jpg", "frame{}", "{}"])
def test_results_are_in_natural_order_of_their_image(tmp_path, image):
    write(tmp_path, "clip", [result(image.format(at), at) for at in (10, 2, 1)])
    bunch = load_coco_keypoints(tmp_path)
    assert bunch.sequences[0].shape == (3, 17, 2)
    assert bunch.sequences[0][:, 0, 0].tolist() == [1, 2, 10]
    assert bunch.sequences[0].dtype == bunch.confidence[0].dtype == np.float32
    np.testing.assert_allclose(bunch.confidence[0], 0.8)
    assert bunch.skeleton is COCO
    assert bunch.left_out == {}


def test_images_may_be_numbers(tmp_path):
    write(tmp_path, "clip", [result(at, at) for at in (10, 2, 1)])
    assert load_first_points(tmp_path) == [[1], [2], [10]]


def annotations(images, entries):
    return {"info": {}, "images": images, "annotations": entries, "categories": []}


def test_annotations_have_the_frames_of_their_images(tmp_path):
    images = [{"id": 7, "file_name": "b10.jpg"}, {"id": 9, "file_name": "b2.jpg"}, {"id": 8, "file_name": "b3.jpg"}]
    entries = [{"id": 1, **result(7, 100)}, {"id": 2, **result(9, 101)}]
    write(tmp_path, "clip", annotations(images, entries))
    assert np.nan_to_num(load_coco_keypoints(tmp_path).sequences[0][:, 0, 0], nan=-1).tolist() == [101, -1, 100]


def test_images_without_file_names_are_in_order_of_their_ids(tmp_path):
    entries = [result(at, at) for at in (1, 2, 10)]
    write(tmp_path, "clip", annotations([{"id": 10}, {"id": 2, "file_name": "a"}, {"id": 1}], entries))
    assert load_first_points(tmp_path) == [[1], [2], [10]]


def test_points_that_are_not_labelled_are_nan_and_hidden_ones_are_not(tmp_path):
    points = np.array(person(1, third=2)).reshape(17, 3)
    points[3], points[4, 2] = 0, 1
    write(tmp_path, "clip", [{"image_id": 0, "keypoints": points.ravel().tolist()}])
    bunch = load_coco_keypoints(tmp_path)
    assert np.argwhere(np.isnan(bunch.sequences[0][0]).all(axis=1)).tolist() == [[3]]
    assert bunch.confidence[0][0, :6].tolist() == [2, 2, 2, 0, 1, 2]


def test_keypoints_may_be_nested(tmp_path):
    write(tmp_path, "clip", [{"image_id": 0, "keypoints": np.reshape(person(1), (17, 3)).tolist()}])
    assert load_first_points(tmp_path) == [[1]]


@pytest.mark.parametrize("key", ["track_id", "idx"])
def test_persons_are_who_the_file_says_however_they_jump(tmp_path, key):
    entries = [result(at, x, **{key: who}) for at in range(3) for who, x in ((5, 500 * (at % 2)), (3, 250 + at))]
    write(tmp_path, "clip", entries)
    assert load_first_points(tmp_path, n_persons=2) == [[0, 250], [500, 251], [0, 252]]


def test_without_tracks_persons_are_told_by_where_they_were(tmp_path):
    pairs = [[result(at, 100 + at, third=0.9), result(at, 500)][:: -1 if at % 2 else 1] for at in range(4)]
    write(tmp_path, "clip", [one for pair in pairs for one in pair])
    assert load_first_points(tmp_path, n_persons=2) == [[100 + at, 500] for at in range(4)]


@pytest.mark.parametrize("tracks", [(4, 4, 4, 4), (-1, -1, -1, -1), ({}, 1, 2, 1), ([], [], [], []), (True, 1, 2, 1)])
def test_tracks_that_cannot_be_used_are_not_used(tmp_path, tracks):
    people = [(0, 100, 0.8), (0, 500, 0.9), (1, 500, 0.9), (1, 100, 0.8)]
    write(tmp_path, "clip", [result(*one, idx=track) for one, track in zip(people, tracks, strict=True)])
    assert load_first_points(tmp_path, n_persons=2) == [[500, 100], [500, 100]]


@pytest.mark.parametrize("form", [lambda track: [float(track)], lambda track: [[float(track)], [0.0]], str])
def test_tracks_may_be_nested_lists_or_texts(tmp_path, form):
    people = [(0, 100, 1), (0, 500, 2), (1, 100, 2), (1, 500, 1)]
    write(tmp_path, "clip", [result(image, x, idx=form(track)) for image, x, track in people])
    assert load_first_points(tmp_path, n_persons=2) == [[100, 500], [500, 100]]


def test_tracks_that_some_entries_lack_are_not_used(tmp_path):
    write(tmp_path, "clip", [result(0, 100, track_id=1), result(0, 500, 0.9), result(1, 500, 0.9), result(1, 100)])
    assert load_first_points(tmp_path, n_persons=2) == [[500, 100], [500, 100]]


def test_entries_without_a_labelled_point_are_nobody(tmp_path):
    crowd = {"image_id": 0, "keypoints": [0] * 51, "iscrowd": 1, "track_id": 1}
    write(tmp_path, "clip", [crowd, result(0, 100, track_id=2), result(1, 101, track_id=2)])
    assert load_first_points(tmp_path) == [[100], [101]]


def test_points_of_low_confidence_are_nan(tmp_path):
    write(tmp_path, "clip", [result(0, 1, 0.3), result(1, 1, 0.7)])
    (sequence,) = load_coco_keypoints(tmp_path, min_confidence=0.5).sequences
    assert sequence.shape == (2, 17, 2)
    assert np.isnan(sequence).all(axis=(1, 2)).tolist() == [True, False]


def test_folders_give_labels_and_names(tmp_path):
    for name in ("wave/clip10", "wave/clip2", "kick/clip1"):
        write(tmp_path, name, [result(0, 1)])
    bunch = load_coco_keypoints(tmp_path, labels="folder", n_jobs=2)
    assert bunch.name.tolist() == ["kick/clip1", "wave/clip2", "wave/clip10"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1, 1], ["kick", "wave"])


IMAGES = [{"id": 0}]
FAULTS = {
    "a number": (3, "got int, expected an object with 'images' and 'annotations', or a list of results"),
    "other keys": ({"people": []}, "got keys ['people'], expected an object"),
    "no lists": ({"images": {}, "annotations": []}, "got dict and list as 'images' and 'annotations'"),
    "an empty list": ([], "got no entry with keypoints"),
    "no annotation": (annotations(IMAGES, []), "got no entry with keypoints"),
    "an entry that is a number": ([3], "got an entry with int, expected an object with a number or text 'image_id'"),
    "an annotation that is a number": (annotations(IMAGES, [3]), "got an entry with int"),
    "no image": ([{"keypoints": person(1)}], "got an entry with keys ['keypoints'], expected an object with a number"),
    "an image that is a list": ([{"image_id": [1], "keypoints": person(1)}], "a number or text 'image_id'"),
    "no keypoints": ([{"image_id": 1}], "got an entry with keys ['image_id'], expected an object with 'keypoints'"),
    "26 points": ([{"image_id": 1, "keypoints": [1] * 78}], "got 78 numbers as keypoints, expected 51"),
    "a word": ([{"image_id": 1, "keypoints": ["a"] * 51}], "keypoints that are no list of numbers"),
    "no number": ([{"image_id": 1, "keypoints": {"a": 1}}], "keypoints that are no list of numbers"),
    "an unknown image": (annotations(IMAGES, [result(1, 1)]), "got the image_id 1, expected the id of one of the"),
    "an image twice": (annotations(IMAGES * 2, [result(0, 1)]), "got 2 images with 1 distinct ids"),
    "infinity": ([{"image_id": 1, "keypoints": [np.inf] * 51}], "got the number inf"),
    "nobody": ([{"image_id": 1, "keypoints": [0] * 51}], "got nobody in 1 frames"),
    "a number of too many digits": ([result("1" * 5000, 1)], "digits"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(tmp_path, fault):
    value, reason = FAULTS[fault]
    write(tmp_path, "sound", [result(0, 1)])
    path = write(tmp_path, "deep/faulty", value)
    with pytest.raises(SkeletonFileError) as error:
        load_coco_keypoints(tmp_path)
    assert str(path) in str(error.value)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load_coco_keypoints(tmp_path, on_error="warn")
    assert bunch.name.tolist() == ["sound"]
    assert list(bunch.left_out) == ["deep/faulty"]


@pytest.mark.parametrize("wrong", [{"n_persons": 0}, {"min_confidence": "a"}, {"on_error": "no"}, {"labels": 1}])
def test_unknown_parameter_values_are_errors(tmp_path, wrong):
    write(tmp_path, "clip", [result(0, 1)])
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_coco_keypoints(tmp_path, **wrong)
