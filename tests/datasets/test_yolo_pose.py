"""The reader of YOLO's pose files."""

import json

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError, load_yolo_pose
from skeletonlearn.skeletons import COCO, HALPE26


def row(x, *more, n_points=17, visible=0.8, n_values=3):
    """A line of a file of labels: points at x, x + .01, ... at height .25."""
    points = np.column_stack([x + np.arange(n_points) / 100, np.full(n_points, 0.25), np.full(n_points, visible)])
    return " ".join(f"{number:g}" for number in [0, 0.5, 0.5, 0.2, 0.8, *points[:, :n_values].ravel(), *more])


def write_labels(folder, name, *rows):
    path = folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows))
    return path


def person(x, *, n_points=17, **more):
    points = {"x": (x + np.arange(n_points)).tolist(), "y": [25.0] * n_points, "visible": [0.8] * n_points}
    box = {"x1": x, "y1": 0.0, "x2": x + 17, "y2": 50.0}
    return {"name": "person", "class": 0, "confidence": 0.9, "box": box, "keypoints": points, **more}


def write_json(folder, name, value):
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def first_points(folder, n_persons=1):
    (sequence,) = load_yolo_pose(folder, n_persons=n_persons).sequences
    return np.nan_to_num(sequence[:, ::17, 0].astype(np.float64), nan=-1).round(4).tolist()


def test_labels_are_a_frame_per_file(tmp_path):
    for clip, start in (("wave/clip10", 0.1), ("wave/clip2", 0.2), ("kick/clip1", 0.3)):
        for at in (1, 2, 10):
            write_labels(tmp_path, f"{clip}_{at}", row(start + at / 100))
    bunch = load_yolo_pose(tmp_path, labels="folder")
    assert bunch.name.tolist() == ["kick/clip1", "wave/clip2", "wave/clip10"]
    assert bunch.skeleton is COCO
    assert bunch.sequences[0].shape == (10, 17, 2)
    np.testing.assert_allclose(bunch.sequences[2][[0, 1, 9], 0], [[0.11, 0.25], [0.12, 0.25], [0.2, 0.25]])
    np.testing.assert_allclose(bunch.confidence[0][0], 0.8)
    assert bunch.target_names == ["kick", "wave"]


@pytest.mark.parametrize("number", ["{}", "clip_{}"])
def test_numbers_that_are_missing_are_frames_without_people(tmp_path, number):
    for at in (1, 2, 4):
        write_labels(tmp_path, f"clip/labels/{number.format(at)}", row(at / 10))
    assert load_yolo_pose(tmp_path).name.tolist() == ["clip"]
    assert first_points(tmp_path) == [[0.1], [0.2], [-1], [0.4]]


def test_an_empty_file_is_a_frame_without_people(tmp_path):
    for at, rows in enumerate([[row(0.1)], [""], [row(0.3)]]):
        write_labels(tmp_path, f"clip_{at}", *rows)
    assert first_points(tmp_path) == [[0.1], [-1], [0.3]]


@pytest.mark.parametrize("n_values", [2, 3])
@pytest.mark.parametrize("confidence", [(), (0.93,)])
def test_a_whole_last_number_is_a_track(tmp_path, n_values, confidence):
    for at in range(3):
        rows = [row(0.5 * (at % 2), *confidence, 5, n_values=n_values), row(0.25, *confidence, 3, n_values=n_values)]
        write_labels(tmp_path, f"clip_{at}", *(rows[::-1] if at == 1 else rows))
    assert first_points(tmp_path, n_persons=2) == [[0.25, 0], [0.25, 0.5], [0.25, 0]]


def test_without_tracks_persons_are_followed_by_their_positions(tmp_path):
    for at in range(3):
        rows = [row(0.6, 0.93, visible=0.9), row(0.1 + at / 100, 0.91)]
        write_labels(tmp_path, f"clip_{at}", *(rows[::-1] if at == 1 else rows))
    assert first_points(tmp_path, n_persons=2) == [[0.6, 0.1], [0.6, 0.11], [0.6, 0.12]]


def test_the_size_of_the_picture_undoes_its_shares(tmp_path):
    write_labels(tmp_path, "clip_1", row(0.5))
    assert load_yolo_pose(tmp_path, picture_size=(640, 480)).sequences[0][0, 0].tolist() == [320, 120]
    assert load_yolo_pose(tmp_path, picture_size=(16, 9)).sequences[0][0, 0].tolist() == [8, 2.25]


def test_points_in_the_corner_were_not_found(tmp_path):
    write_labels(tmp_path, "clip_1", row(0, n_values=2).replace(" 0 0.25", " 0 0", 1))
    bunch = load_yolo_pose(tmp_path)
    assert np.argwhere(np.isnan(bunch.sequences[0][0, :, 0])).tolist() == [[0]]
    assert bunch.confidence[0][0].tolist() == [0, *[1] * 16]


def test_another_number_of_points_needs_a_layout(tmp_path):
    write_labels(tmp_path, "clip_1", row(0.1, 0.9, 4, n_points=26))
    assert load_yolo_pose(tmp_path, skeleton="HALPE26").skeleton is HALPE26
    with pytest.raises(SkeletonFileError, match=r"got 85 numbers per row, expected 5 and 17 times .* skeleton="):
        load_yolo_pose(tmp_path)


def test_json_is_a_frame_per_file(tmp_path):
    for at in (1, 2, 4):
        write_json(tmp_path, f"clip_{at}", [person(500, track_id=1), person(100 * at, track_id=2)])
    assert first_points(tmp_path, n_persons=2) == [[500, 100], [500, 200], [-1, -1], [500, 400]]


def test_json_of_a_list_per_frame_is_a_clip(tmp_path):
    write_json(tmp_path, "wave/clip", [[person(1)], [], [person(3)]])
    bunch = load_yolo_pose(tmp_path, labels="folder")
    assert bunch.name.tolist() == ["wave/clip"]
    assert first_points(tmp_path) == [[1], [-1], [3]]


def test_json_without_visibility_has_a_confidence_of_1(tmp_path):
    one = person(1)
    del one["keypoints"]["visible"]
    write_json(tmp_path, "clip", [[one]])
    assert load_yolo_pose(tmp_path).confidence[0].tolist() == [[1] * 17]


LABELS = {
    "a word": (row(0.1) + "\n\n" + row(0.2).replace("0.25", "a", 1), 3, "got no row of numbers"),
    "a row cut short": (row(0.1) + "\n" + row(0.1)[:-9], 2, "expected 56 as in line 1"),
    "20 points": (row(0.1, n_points=20), None, "got 65 numbers per row, expected 5 and 17 times x, y and visibility"),
    "infinity": (row(np.inf), None, "got the number inf"),
}


@pytest.mark.parametrize("fault", LABELS)
def test_a_faulty_file_of_labels_is_named_with_got_and_wanted(tmp_path, fault):
    text, line, reason = LABELS[fault]
    write_labels(tmp_path, "clip_1", row(0.1))
    path = write_labels(tmp_path, "clip_2", text)
    with pytest.raises(SkeletonFileError) as error:
        load_yolo_pose(tmp_path)
    assert error.value.path == str(path)
    assert error.value.line == line
    assert reason in error.value.reason
    bunch = load_yolo_pose(tmp_path, on_error="skip")
    assert np.isnan(bunch.sequences[0]).all(axis=(1, 2)).tolist() == [False, True]
    assert list(bunch.left_out) == ["clip_2"]


JSON = {
    "an object": ({}, "got keys [], expected a list of persons"),
    "a number": ([3], "got int as person 0, expected an object with 'keypoints'"),
    "no keypoints": ([{"name": "person"}], "got keys ['name'] as person 0"),
    "no y": ([{"keypoints": {"x": [1]}}], "got 'keypoints' with keys ['x'] as person 0"),
    "a y less": (
        [{"keypoints": {"x": [1, 2], "y": [1]}}],
        "got (2,), (1,) and (2,) as shapes of 'x', 'y' and 'visible'",
    ),
    "a word": ([{"keypoints": {"x": ["a"], "y": [1]}}], "got 'x' of person 0 that are no list of numbers"),
    "a number for a list": ([{"keypoints": {"x": 1, "y": 1}}], "'x'"),
    "20 points": ([person(1, n_points=20)], "got 20 points per person, expected 17 (COCO)"),
}


@pytest.mark.parametrize("fault", JSON)
def test_a_faulty_file_of_json_is_named_with_got_and_wanted(tmp_path, fault):
    value, reason = JSON[fault]
    write_json(tmp_path, "clip_1", [person(1)])
    path = write_json(tmp_path, "clip_2", value)
    with pytest.raises(SkeletonFileError) as error:
        load_yolo_pose(tmp_path)
    assert error.value.path == str(path)
    assert reason in error.value.reason
    write_json(tmp_path / "clips", "a", [[person(1)]])
    write_json(tmp_path / "clips", "b", [[person(1)], value])
    with pytest.raises(SkeletonFileError, match=r"b\.json: "):
        load_yolo_pose(tmp_path / "clips")


def test_a_file_without_a_frame_number_is_a_fault(tmp_path):
    write_labels(tmp_path, "classes", "person")
    write_labels(tmp_path, "clip_1", row(0.1))
    with pytest.raises(SkeletonFileError, match="got the file name 'classes', expected a frame's number"):
        load_yolo_pose(tmp_path)


@pytest.mark.parametrize("wrong", [{"n_persons": 0}, {"picture_size": (0, 1)}, {"on_error": "no"}, {"labels": 1}])
def test_unknown_parameter_values_are_errors(tmp_path, wrong):
    write_labels(tmp_path, "clip_1", row(0.1))
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_yolo_pose(tmp_path, **wrong)
