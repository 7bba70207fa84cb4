"""The reader of OpenPose's files."""

import json
import zipfile

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._openpose import load_openpose
from skeletonlearn.skeletons import COCO, OPENPOSE_BODY25, OPENPOSE_COCO18, OPENPOSE_WHOLEBODY, Skeleton


def person(x, *, n_points=25, confidence=0.8, unseen=()):
    """Points x, x + 1, ... in a row at height 5, flat as in the file."""
    points = np.column_stack([x + np.arange(n_points), np.full(n_points, 5.0), np.full(n_points, confidence)])
    points[list(unseen)] = 0
    return points.ravel().tolist()


def write_frame(folder, clip, number, *people, key="pose_keypoints_2d"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{clip}{number:012}_keypoints.json"
    path.write_text(json.dumps({"version": 1.3, "people": [{"person_id": [-1], key: one} for one in people]}))
    return path


@pytest.fixture
def folder(tmp_path):
    """Two clips of three frames, one of them in a folder."""
    for at in range(3):
        write_frame(tmp_path, "walk_", at, person(100 + at))
        write_frame(tmp_path / "wave", "take1_", at, person(200 + at, unseen=[4]))
    return tmp_path


def test_frames_of_one_folder_and_name_are_a_clip(folder):
    bunch = load_openpose(folder)
    assert bunch.name.tolist() == ["walk", "wave/take1"]
    assert [one.shape for one in bunch.sequences] == [(3, 25, 2)] * 2
    assert [one.shape for one in bunch.confidence] == [(3, 25)] * 2
    assert all(one.dtype == np.float32 for one in (*bunch.sequences, *bunch.confidence))
    assert bunch.skeleton is OPENPOSE_BODY25
    assert bunch.left_out == {}
    assert "target" not in bunch
    np.testing.assert_array_equal(bunch.sequences[0][..., 0], 100 + np.arange(3)[:, None] + np.arange(25))
    np.testing.assert_array_equal(bunch.sequences[0][..., 1], 5)
    np.testing.assert_allclose(bunch.confidence[0], 0.8)


def test_a_point_that_was_not_found_is_nan(folder):
    bunch = load_openpose(folder)
    assert np.argwhere(np.isnan(bunch.sequences[1]).all(axis=(0, 2))).tolist() == [[4]]
    assert not bunch.confidence[1][:, 4].any()


def test_points_of_low_confidence_are_nan(tmp_path):
    write_frame(tmp_path, "a_", 0, person(1, confidence=0.3)[:30] + person(1)[30:])
    (sequence,) = load_openpose(tmp_path, min_confidence=0.5).sequences
    assert np.isnan(sequence[0, :, 0]).tolist() == [True] * 10 + [False] * 15


def test_frames_are_in_order_of_their_numbers_not_of_the_text(tmp_path):
    for number in (2, 10, 1):
        path = write_frame(tmp_path, "clip", 0, person(number))
        path.rename(tmp_path / f"clip_{number}_keypoints.json")
    assert load_openpose(tmp_path).sequences[0][:, 0, 0].tolist() == [1, 2, 10]


def test_a_frame_without_people_is_nan(folder):
    write_frame(folder, "walk_", 1)
    (sequence, _) = load_openpose(folder).sequences
    assert np.isnan(sequence).all(axis=(1, 2)).tolist() == [False, True, False]


def test_a_person_of_whom_only_a_hand_was_found_is_nobody(folder):
    write_frame(folder, "walk_", 1, [])
    assert np.isnan(load_openpose(folder).sequences[0][1]).all()


def test_two_persons_stand_one_after_another_whatever_their_order_in_the_files(tmp_path):
    for at in range(4):
        people = [person(100 + at, confidence=0.9), person(500 - at)]
        write_frame(tmp_path, "talk_", at, *people[:: -1 if at % 2 else 1])
    (sequence,) = load_openpose(tmp_path, n_persons=2).sequences
    assert sequence.shape == (4, 50, 2)
    assert sequence[:, [0, 25], 0].tolist() == [[100 + at, 500 - at] for at in range(4)]


def test_of_more_people_than_asked_for_the_surest_is_kept(tmp_path):
    for at in range(3):
        write_frame(tmp_path, "a_", at, person(500, confidence=0.2), person(100))
    assert load_openpose(tmp_path).sequences[0][:, 0, 0].tolist() == [100] * 3


def test_a_clip_with_a_folder_of_its_own_is_called_as_the_folder(tmp_path):
    write_frame(tmp_path / "wave" / "take1", "take1_", 0, person(1))
    write_frame(tmp_path / "wave" / "take2", "", 0, person(1))
    write_frame(tmp_path / "wave" / "take3", "other-", 0, person(1))
    assert load_openpose(tmp_path).name.tolist() == ["wave/take1", "wave/take2", "wave/take3/other"]


def test_files_of_nothing_but_numbers_in_the_folder_itself_are_called_as_it_is(tmp_path):
    write_frame(tmp_path / "take2", "", 0, person(1))
    assert load_openpose(tmp_path / "take2").name.tolist() == ["take2"]


def test_folders_give_the_labels_when_asked(tmp_path):
    for clip in ("wave/a", "kick/deep/b", "wave/c"):
        folder, _, name = clip.rpartition("/")
        write_frame(tmp_path / folder, f"{name}_", 0, person(1))
    bunch = load_openpose(tmp_path, labels="folder")
    assert bunch.name.tolist() == ["kick/deep/b", "wave/a", "wave/c"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1, 1], ["kick", "wave"])


def test_a_clip_without_a_label_is_an_error_that_names_it(folder):
    with pytest.raises(ValueError, match="clip 'walk' has no label"):
        load_openpose(folder, labels="folder")


def test_eighteen_points_are_the_older_model(tmp_path):
    write_frame(tmp_path, "a_", 0, person(1, n_points=18))
    bunch = load_openpose(tmp_path)
    assert bunch.sequences[0].shape == (1, 18, 2)
    assert bunch.skeleton is OPENPOSE_COCO18
    assert set(OPENPOSE_COCO18.joints) == {*COCO.joints, "neck"}
    # its first parts as the documentation of OpenPose lists them
    assert [OPENPOSE_COCO18.joints[at] for at in (0, 1, 2, 5, 8, 13, 17)] == [
        *("nose", "neck", "right_shoulder", "left_shoulder", "right_hip", "left_ankle", "left_ear")
    ]


def test_a_layout_of_ones_own_says_how_many_points_there_are(tmp_path):
    write_frame(tmp_path, "a_", 0, person(1, n_points=17))
    assert load_openpose(tmp_path, skeleton="coco").skeleton is COCO
    with pytest.raises(SkeletonFileError, match="got 51 numbers in 'pose_keypoints_2d', expected 75 or 54"):
        load_openpose(tmp_path)


def test_three_dimensions_are_read_when_asked(tmp_path):
    points = np.arange(1.0, 101.0).reshape(25, 4)
    points[:, 3] = 1
    write_frame(tmp_path, "a_", 0, points.ravel().tolist(), key="pose_keypoints_3d")
    (sequence,) = load_openpose(tmp_path, dimensions=3).sequences
    np.testing.assert_array_equal(sequence[0], points[:, :3])


def test_an_archive_gives_the_same_as_the_folder(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "poses.zip", "w") as archive:
        for path in folder.rglob("*_keypoints.json"):
            archive.write(path, f"poses/{path.relative_to(folder)}")
    one, other = load_openpose(folder), load_openpose(tmp_path / "poses.zip")
    assert one.name.tolist() == other.name.tolist()
    np.testing.assert_array_equal(one.sequences, other.sequences)


def test_worker_processes_change_nothing(folder):
    with parallel_config(backend="multiprocessing"):
        one, other = load_openpose(folder), load_openpose(folder, n_jobs=2)
    assert one.name.tolist() == other.name.tolist()
    np.testing.assert_array_equal(one.sequences, other.sequences)


# -- hands and faces

KEYS = {"body": "pose", "left_hand": "hand_left", "right_hand": "hand_right", "face": "face"}
COUNTS = {"body": 25, "left_hand": 21, "right_hand": 21, "face": 70}


def whole_person(x, ending="_2d", *, n_body=25, without=()):
    """All parts of a person, points numbered through from x on."""
    counts = {**COUNTS, "body": n_body}
    firsts = dict(zip(counts, np.cumsum([0, *counts.values()]), strict=False))
    return {
        f"{KEYS[part]}_keypoints{ending}": [] if part in without else person(x + firsts[part], n_points=count)
        for part, count in counts.items()
    }


def write_people(folder, number, *people):
    path = folder / f"a_{number}_keypoints.json"
    path.write_text(json.dumps({"version": 1.1, "people": people}))


@pytest.mark.parametrize("ending", ["_2d", ""])
@pytest.mark.parametrize(
    ("parts", "layout"),
    [
        (["body"], "OPENPOSE_BODY25"),
        ("body", "OPENPOSE_BODY25"),
        (("right_hand", "body", "left_hand"), "OPENPOSE_BODY25_HANDS"),
        (("body", "left_hand", "right_hand", "face"), "OPENPOSE_WHOLEBODY"),
        (("body", "left_hand"), "OPENPOSE_WHOLEBODY body left_hand"),
        (("left_hand",), "OPENPOSE_WHOLEBODY left_hand"),
        (("left_hand", "right_hand"), "OPENPOSE_WHOLEBODY left_hand right_hand"),
    ],
)
def test_parts_are_joined_into_one_layout(tmp_path, parts, layout, ending):
    write_people(tmp_path, 0, whole_person(1, ending))
    write_people(tmp_path, 1)
    bunch = load_openpose(tmp_path, parts=parts)
    assert bunch.skeleton.name == layout
    xs = 1 + np.arange(137)
    places = {"body": xs[:25], "left_hand": xs[25:46], "right_hand": xs[46:67], "face": xs[67:]}
    expected = np.concatenate([places[part] for part in KEYS if part in parts])
    np.testing.assert_array_equal(bunch.sequences[0][0, :, 0], expected)
    assert np.isnan(bunch.sequences[0][1]).all()
    assert bunch.skeleton.joints == tuple(
        joint for part in KEYS if part in parts for joint in OPENPOSE_WHOLEBODY.parts[part]
    )


@pytest.mark.parametrize("part", list(KEYS))
def test_a_part_that_was_not_found_is_nan(tmp_path, part):
    write_people(tmp_path, 0, whole_person(1), whole_person(500, without=[part]))
    (sequence,) = load_openpose(tmp_path, parts=list(KEYS), n_persons=2).sequences
    missing = [OPENPOSE_WHOLEBODY.joints[at % 137] for at in np.flatnonzero(np.isnan(sequence[0, :, 0]))]
    assert tuple(missing) == OPENPOSE_WHOLEBODY.parts[part]


def test_hands_hang_from_the_older_body_too(tmp_path):
    write_people(tmp_path, 0, whole_person(1, n_body=18))
    bunch = load_openpose(tmp_path, parts=["body", "right_hand"])
    assert bunch.skeleton.joints[:18] == OPENPOSE_COCO18.joints
    assert bunch.sequences[0].shape == (1, 39, 2)


@pytest.mark.parametrize(("n_joints", "parts"), [(42, ["body", "left_hand", "right_hand"]), (25, ["left_hand"])])
def test_a_layout_without_room_for_the_parts_is_an_error(tmp_path, n_joints, parts):
    joints = tuple(f"j{at}" for at in range(n_joints))
    layout = Skeleton("own", joints, tuple((joint, "j0") for joint in joints[1:]))
    write_people(tmp_path, 0, whole_person(1))
    with pytest.raises(ValueError, match=f"has {n_joints} joints, expected"):
        load_openpose(tmp_path, parts=parts, skeleton=layout)


def test_a_file_without_hands_says_so(tmp_path):
    write_frame(tmp_path, "a_", 0, person(1))
    with pytest.raises(SkeletonFileError, match="expected an object with a list 'hand_left_keypoints_2d'"):
        load_openpose(tmp_path, parts=["body", "left_hand"])


def test_a_hand_of_another_number_of_points_is_a_fault(tmp_path):
    people = whole_person(1)
    people["hand_left_keypoints_2d"] = person(1, n_points=20)
    write_people(tmp_path, 0, people)
    with pytest.raises(SkeletonFileError, match="got 60 numbers in 'hand_left_keypoints_2d', expected 63"):
        load_openpose(tmp_path, parts=["body", "left_hand"])
    assert load_openpose(tmp_path).sequences[0].shape == (1, 25, 2)


def frame_of(**changes):
    return json.dumps({"people": [{"pose_keypoints_2d": person(1), **changes}]})


FAULTS = {
    "empty": ("", "empty file, expected JSON"),
    "cut short": (frame_of()[:50], "not JSON or is cut short"),
    "a list": ("[]", "got list, expected an object with a list 'people'"),
    "no people": ('{"version": 1}', "got keys ['version'], expected an object with a list 'people'"),
    "people that are no list": ('{"people": {}}', "expected an object with a list 'people'"),
    "a person that is a list": ('{"people": [[1, 2]]}', "got a person with list, expected an object"),
    "a person without points": ('{"people": [{"face": []}]}', "got a person with keys ['face'], expected"),
    "a point too few": (frame_of(pose_keypoints_2d=person(1)[:-3]), "got 72 numbers in 'pose_keypoints_2d'"),
    "a word": (frame_of(pose_keypoints_2d=["x"] * 75), "no list of numbers"),
    "a ragged list": (frame_of(pose_keypoints_2d=[[1], [1, 2]]), "no list of numbers"),
    "infinity": (frame_of(pose_keypoints_2d=[np.inf] * 75), "got the number inf"),
    "a huge integer": (frame_of(pose_keypoints_2d=[10**400] * 75), "too large"),
    "another number of points": (
        frame_of(pose_keypoints_2d=person(1, n_points=18)),
        "got 18 points of OPENPOSE_COCO18 a person, expected 25 points of OPENPOSE_BODY25 as in",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_frame_is_named_and_nan(folder, fault):
    text, reason = FAULTS[fault]
    path = write_frame(folder / "wave", "take1_", 1)
    path.write_text(text)
    with pytest.raises(SkeletonFileError) as error:
        load_openpose(folder)
    assert str(path) in str(error.value)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 6 files: .*take1_000000000001_keypoints"):
        warned = load_openpose(folder, on_error="warn")
    skipped = load_openpose(folder, on_error="skip")
    for bunch in (warned, skipped):
        assert np.isnan(bunch.sequences[1]).all(axis=(1, 2)).tolist() == [False, True, False]
        assert list(bunch.left_out) == ["wave/take1_000000000001_keypoints"]


def test_a_file_name_without_a_number_is_a_fault(folder):
    path = write_frame(folder, "photo", 0, person(1))
    path.rename(folder / "photo_keypoints.json")
    with pytest.raises(SkeletonFileError, match="got the file name 'photo_keypoints', expected a frame's number"):
        load_openpose(folder)
    assert list(load_openpose(folder, on_error="skip").left_out) == ["photo_keypoints"]


def test_a_frame_that_comes_twice_is_a_fault(folder):
    write_frame(folder, "walk_", 1, person(1)).rename(folder / "walk_1_keypoints.json")
    write_frame(folder, "walk_", 1, person(1))
    with pytest.raises(SkeletonFileError, match="got frame 1 of the clip 'walk' again"):
        load_openpose(folder)
    assert len(load_openpose(folder, on_error="skip").left_out) == 1


@pytest.mark.parametrize(("text", "reason"), [("{", "no sound frame"), ('{"people": []}', "nobody")])
def test_a_clip_without_anybody_is_left_out(folder, text, reason):
    for path in (folder / "wave").iterdir():
        path.write_text(text)
    with pytest.raises(SkeletonFileError):
        load_openpose(folder)
    with pytest.warns(UserWarning, match=f"left out .*{reason}"):
        bunch = load_openpose(folder, on_error="warn", labels=str.upper)
    assert bunch.name.tolist() == ["walk"]
    assert reason in bunch.left_out["wave/take1"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0], ["WALK", "WAVE/TAKE1"])


def test_nobody_in_any_clip_is_an_error(tmp_path):
    write_frame(tmp_path, "a_", 0)
    with pytest.raises(ValueError, match="None of 1 clips could be read"):
        load_openpose(tmp_path, on_error="skip")


def test_no_well_named_file_is_an_error(tmp_path):
    write_frame(tmp_path, "a_", 0).rename(tmp_path / "a_keypoints.json")
    with pytest.raises(ValueError, match="None of 1 files could be read"):
        load_openpose(tmp_path, on_error="skip")


def test_a_folder_without_such_files_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file \*_keypoints.json"):
        load_openpose(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_persons": 0},
        {"parts": "foot"},
        {"parts": ()},
        {"parts": ["body", "foot"]},
        {"parts": None},
        {"dimensions": 4},
        {"min_confidence": None},
        {"skeleton": "body"},
        {"on_error": "ignore"},
        {"labels": 3},
    ],
)
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_openpose(folder, **wrong)


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_openpose(folder, labels=str.upper)) == documented_keys(load_openpose)
