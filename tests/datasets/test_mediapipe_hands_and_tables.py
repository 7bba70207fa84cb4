"""MediaPipe files of hands, of hands with a body and a face, and tables of many clips."""

import json

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError, load_mediapipe
from skeletonlearn.skeletons import MEDIAPIPE_HAND, MEDIAPIPE_HOLISTIC, MEDIAPIPE_POSE

FINGERS = [
    f"{finger}_finger_{joint}" for finger in ("index", "middle", "ring") for joint in ("mcp", "pip", "dip", "tip")
]
HAND_NAMES = ["wrist", *(f"thumb_{joint}" for joint in ("cmc", "mcp", "ip", "tip")), *FINGERS]
HAND_NAMES += [f"pinky_{joint}" for joint in ("mcp", "pip", "dip", "tip")]
LANDMARKS = np.random.default_rng(0).uniform(0.1, 0.9, (6, 543, 4)).round(4)
"""Six frames: a body, a face, a left and a right hand."""
BODY, FACE, LEFT, RIGHT = (LANDMARKS[:, span] for span in np.split(np.arange(543), [33, 501, 522]))
HOLISTIC = np.concatenate([BODY, LEFT, RIGHT], axis=1)


def write_rows(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [header] * bool(header) + list(rows)
    path.write_text("\n".join(",".join(map(str, row)) for row in lines))
    return path


def numbered(n_landmarks, axes="xyzv", first=1):
    return [f"{axis}{at + first}" for at in range(n_landmarks) for axis in axes]


def same(sequence, points, n_channels=3):
    np.testing.assert_array_equal(sequence, points[..., :n_channels].astype(np.float32))


def as_dicts(points):
    return [dict(zip("xyz", row, strict=False)) for row in points[..., :3].tolist()]


@pytest.mark.parametrize(("n_landmarks", "points"), [(501, BODY), (543, HOLISTIC)])
@pytest.mark.parametrize("has_header", [True, False])
def test_faces_are_left_out_and_hands_are_kept(tmp_path, n_landmarks, points, has_header):
    header = numbered(n_landmarks) if has_header else None
    path = write_rows(tmp_path / "clip.csv", header, LANDMARKS[:, :n_landmarks].reshape(6, -1))
    bunch = load_mediapipe(path)
    same(bunch.sequences[0], points)
    assert bunch.skeleton is (MEDIAPIPE_POSE if n_landmarks == 501 else MEDIAPIPE_HOLISTIC)


ROWS = {
    "keypoints of sign tutorials": ([BODY[..., :4], FACE[..., :3], LEFT[..., :3], RIGHT[..., :3]], HOLISTIC, 3),
    "without a face": ([BODY[..., :4], LEFT[..., :3], RIGHT[..., :3]], HOLISTIC, 3),
    "body and hands": ([BODY[..., :3], LEFT[..., :3], RIGHT[..., :3]], HOLISTIC, 3),
    "two hands": ([LEFT[..., :3], RIGHT[..., :3]], HOLISTIC[:, 33:], 3),
    "two flat hands": ([LEFT[..., :2], RIGHT[..., :2]], HOLISTIC[:, 33:], 2),
    "a hand": ([LEFT[..., :3]], LEFT, 3),
    "a flat hand": ([LEFT[..., :2]], LEFT, 2),
    "a flat body": ([BODY[..., :2]], BODY, 2),
}
LAYOUTS = {21: MEDIAPIPE_HAND, 42: MEDIAPIPE_HAND, 33: MEDIAPIPE_POSE, 75: MEDIAPIPE_HOLISTIC}


def flat_rows(form):
    return np.concatenate([part.reshape(6, -1) for part in ROWS[form][0]], axis=1)


@pytest.mark.parametrize("form", ROWS)
@pytest.mark.parametrize("kind", ["csv", "class first", "npy", "json"])
def test_the_count_of_numbers_tells_the_landmarks(tmp_path, form, kind):
    rows, (_, points, n_channels) = flat_rows(form), ROWS[form]
    if kind == "npy":
        np.save(tmp_path / "clip.npy", rows)
    elif kind == "json":
        (tmp_path / "clip.json").write_text(json.dumps(rows.tolist()))
    else:
        write_rows(tmp_path / "clip.csv", None, [["wave"] * (kind != "csv") + row for row in rows.tolist()])
    bunch = load_mediapipe(tmp_path)
    same(bunch.sequences[0], points, n_channels)
    assert bunch.skeleton is LAYOUTS[points.shape[1]]
    assert bunch.get("target_names") == (["wave"] if kind == "class first" else None)


@pytest.mark.parametrize("pattern", ["{part}_{name}_{axis}", "{axis}_{part}_{name}", "{part}_landmark_{at}_{axis}"])
@pytest.mark.parametrize("parts", [("left_hand", "right_hand"), ("lh", "rh"), ("LEFT_HAND", "RIGHT_HAND")])
def test_columns_of_hands_are_named_by_part(tmp_path, pattern, parts):
    header = [
        pattern.format(part=part, name=name, at=at, axis=axis)
        for part in parts
        for at, name in enumerate(HAND_NAMES)
        for axis in "xyz"
    ]
    write_rows(tmp_path / "clip.csv", header, HOLISTIC[:, 33:, :3].reshape(6, -1))
    same(load_mediapipe(tmp_path).sequences[0], HOLISTIC[:, 33:])


def test_names_of_hands_are_in_the_order_of_mediapipe():
    assert list(MEDIAPIPE_HAND.joints) == HAND_NAMES


@pytest.mark.parametrize("column", ["type", "handedness"])
def test_a_row_per_landmark_can_name_the_part_in_a_column(tmp_path, column):
    sides = {"type": ("left_hand", "right_hand"), "handedness": ("Left", "Right")}[column]
    rows = [
        [frame, side, at, *points[frame, at, :3]]
        for side, points in zip(sides, (LEFT, RIGHT), strict=True)
        for frame in range(6)
        for at in range(21)
    ]
    rows += [[0, "face", 467, 1, 1, 1]] if column == "type" else []
    np.random.default_rng(0).shuffle(rows)
    write_rows(tmp_path / "clip.csv", ["frame", column, "landmark_index", "x", "y", "z"], rows)
    same(load_mediapipe(tmp_path).sequences[0], HOLISTIC[:, 33:])


def test_a_hand_that_was_not_found_is_nan_and_a_wrist_at_the_origin_is_not(tmp_path):
    points = HOLISTIC[:, 33:, :3].copy()
    points[2, :21] = 0
    points[:, 21] = 0
    np.save(tmp_path / "clip.npy", points)
    bunch = load_mediapipe(tmp_path)
    missing = np.zeros((6, 42), dtype=bool)
    missing[2, :21] = True
    np.testing.assert_array_equal(np.isnan(bunch.sequences[0]).all(axis=-1), missing)
    np.testing.assert_array_equal(bunch.confidence[0], ~missing)


def test_a_hand_is_seen_whatever_its_visibility(tmp_path):
    rows = HOLISTIC.copy()
    rows[:, 33:, 3] = 0  # as MediaPipe's hands have it
    write_rows(tmp_path / "clip.csv", numbered(75), rows.reshape(6, -1))
    bunch = load_mediapipe(tmp_path, min_confidence=0.5)
    missing = np.isnan(bunch.sequences[0][..., 0])
    np.testing.assert_array_equal(missing[:, :33], BODY[..., 3] < 0.5)
    assert not missing[:, 33:].any()


@pytest.mark.parametrize("parts", [("body",), ("left_hand",), ("right_hand", "body"), ["left_hand", "right_hand"]])
def test_parts_are_cut_out_in_the_order_of_the_layout(tmp_path, parts):
    np.save(tmp_path / "clip.npy", LANDMARKS[..., :3])
    points = {"body": BODY, "left_hand": LEFT, "right_hand": RIGHT}
    bunch = load_mediapipe(tmp_path, parts=parts)
    same(bunch.sequences[0], np.concatenate([points[part] for part in points if part in parts], axis=1))
    assert bunch.sequences[0].shape[1] % bunch.skeleton.n_joints == 0


def test_a_part_that_a_clip_lacks_is_nan_where_it_is_asked_for(tmp_path):
    np.save(tmp_path / "a.npy", HOLISTIC[..., :3])
    np.save(tmp_path / "b.npy", BODY[..., :3])
    with pytest.raises(SkeletonFileError, match=r"b\.npy"):
        load_mediapipe(tmp_path)
    bunch = load_mediapipe(tmp_path, parts=("body", "left_hand", "right_hand"))
    same(bunch.sequences[1][:, :33], BODY)
    assert np.isnan(bunch.sequences[1][:, 33:]).all()


@pytest.mark.parametrize("parts", ["left_hand", ("left_hand", "right_hand"), "hand"])
def test_parts_that_no_clip_has_are_an_error(tmp_path, parts):
    np.save(tmp_path / "clip.npy", BODY)
    with pytest.raises(SkeletonFileError, match=r"got landmarks of body, expected .*hand"):
        load_mediapipe(tmp_path, parts=parts)


def test_hands_without_a_side_are_persons(tmp_path):
    one = LEFT[:1, :, :3] + 0.01 * np.arange(6)[:, None, None]
    other = RIGHT[:1, :, :3] - 0.01 * np.arange(6)[:, None, None] + 5
    frames = [[as_dicts(hand) for hand in pair] for pair in zip(one, other, strict=True)]
    frames[3].reverse()
    del frames[5][1]  # the one is seen in more frames, and so is the first
    (tmp_path / "clip.json").write_text(json.dumps(frames))
    bunch = load_mediapipe(tmp_path, n_persons=2)
    assert bunch.skeleton is MEDIAPIPE_HAND
    same(bunch.sequences[0][:, :21], one)
    same(bunch.sequences[0][:5, 21:], other[:5])


@pytest.mark.parametrize("sides", [["Left", "Right"], ["Right", "Left"]])
@pytest.mark.parametrize("form", ["tasks", "camel case", "solutions"])
def test_hands_come_on_the_side_that_the_file_gives(tmp_path, sides, form):
    hands = {"Left": LEFT, "Right": RIGHT}
    frames = []
    for at in range(6):
        landmarks = [as_dicts(hands[side][at]) for side in sides]
        frames.append(
            {
                "tasks": {"hand_landmarks": landmarks, "handedness": [[{"category_name": side}] for side in sides]},
                "camel case": {"landmarks": landmarks, "handednesses": [[{"categoryName": side}] for side in sides]},
                "solutions": {
                    "multi_hand_landmarks": [{"landmark": one} for one in landmarks],
                    "multi_handedness": [{"classification": [{"index": 0, "label": side}]} for side in sides],
                },
            }[form]
        )
    (tmp_path / "clip.json").write_text(json.dumps(frames))
    same(load_mediapipe(tmp_path).sequences[0], HOLISTIC[:, 33:])


BODIES = [as_dicts(pose) for pose in BODY]
JSON_FORMS = {
    "by number": ({f"{at}": BODIES[at] for at in (5, 0, 1, 4, 3, 2)}, BODY),
    "by name of the frame": ({f"frame_{at:03}": {"pose_landmarks": pose} for at, pose in enumerate(BODIES)}, BODY),
    "landmarks by name": (
        [dict(zip(MEDIAPIPE_POSE.joints, pose, strict=True)) for pose in BODY[..., :3].tolist()],
        BODY,
    ),
    "a list for each landmark": (
        {name.upper(): BODY[:, at, :3].tolist() for at, name in enumerate(MEDIAPIPE_POSE.joints)},
        BODY,
    ),
    "holistic": (
        [
            {
                "poseLandmarks": as_dicts(body),
                "faceLandmarks": as_dicts(face),
                "leftHandLandmarks": as_dicts(left),
                "rightHandLandmarks": as_dicts(right),
            }
            for body, face, left, right in zip(BODY, FACE, LEFT, RIGHT, strict=True)
        ],
        HOLISTIC,
    ),
    "a list for each part": (
        {"pose": BODIES, "left_hand": [as_dicts(one) for one in LEFT], "right_hand": RIGHT[..., :3].tolist()},
        HOLISTIC,
    ),
    "a hand per frame": ([as_dicts(one) for one in LEFT], LEFT),
}


@pytest.mark.parametrize("form", JSON_FORMS)
def test_json_is_understood_by_number_by_name_and_by_part(tmp_path, form):
    value, points = JSON_FORMS[form]
    (tmp_path / "clip.json").write_text(json.dumps(value))
    same(load_mediapipe(tmp_path).sequences[0], points)


@pytest.mark.parametrize("ending", ["jsonl", "ndjson"])
def test_a_line_can_be_a_frame(tmp_path, ending):
    lines = [json.dumps({"frame": at, "landmarks": pose}) for at, pose in enumerate(BODIES)]
    (tmp_path / f"clip.{ending}").write_text("\n".join(lines) + "\n")
    same(load_mediapipe(tmp_path).sequences[0], BODY)


def test_hands_of_no_frame_are_nan_beside_a_body(tmp_path):
    frames = [{"pose_landmarks": pose, "left_hand_landmarks": None, "right_hand_landmarks": []} for pose in BODIES]
    (tmp_path / "clip.json").write_text(json.dumps(frames))
    (sequence,) = load_mediapipe(tmp_path).sequences
    same(sequence[:, :33], BODY)
    assert np.isnan(sequence[:, 33:]).all()
    assert sequence.shape[1] == 75


def test_a_label_in_json_is_the_label_of_the_clip(tmp_path):
    for at, label in enumerate(["wave", "kick"]):
        (tmp_path / f"{at}.json").write_text(json.dumps({"label": label, "frames": BODIES}))
    bunch = load_mediapipe(tmp_path)
    assert (bunch.target.tolist(), bunch.target_names) == ([1, 0], ["kick", "wave"])


def test_text_that_is_csv_is_read(tmp_path):
    write_rows(tmp_path / "clip.txt", numbered(33), BODY.reshape(6, -1))
    same(load_mediapipe(tmp_path).sequences[0], BODY)


@pytest.mark.parametrize("name", ["{at}", "frame_{at}", "wave-{at:04}"])
def test_a_file_can_be_a_frame_in_folders_of_classes_and_clips(tmp_path, name):
    rows = flat_rows("keypoints of sign tutorials")
    for place in ("wave/0", "wave/1", "kick/0"):
        (tmp_path / place).mkdir(parents=True)
        for at in range(6):
            np.save(tmp_path / place / f"{name.format(at=at)}.npy", rows[at])
    np.save(tmp_path / "kick/0" / f"{name.format(at=6)}.npy", np.zeros(1662))
    bunch = load_mediapipe(tmp_path, labels="folder")
    suffix = "/wave" if "wave" in name else ""
    assert bunch.name.tolist() == [f"{place}{suffix}" for place in ("kick/0", "wave/0", "wave/1")]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1, 1], ["kick", "wave"])
    same(bunch.sequences[2], HOLISTIC)
    assert np.isnan(bunch.sequences[0][6]).all()
    assert len(bunch.sequences[0]) == 7


# Tables of many clips -------------------------------------------------------------------------------------------------

CLASSES = ["wave", "wave", "kick", "wave", "wave", "wave"]


def write_table(path, columns, axes="xyzv"):
    header = [*columns, *numbered(33, axes)]
    rows = [[*own, *row] for own, row in zip(zip(*columns.values(), strict=True), _rows(len(axes)), strict=True)]
    return write_rows(path, header, rows)


def _rows(n_axes):
    return BODY[..., :n_axes].reshape(6, -1).tolist()


@pytest.mark.parametrize("name", ["class", "label", "Action", "gesture_name"])
def test_a_change_of_the_class_ends_a_clip(tmp_path, name):
    bunch = load_mediapipe(write_table(tmp_path / "poses.csv", {name: CLASSES}))
    assert (bunch.target.tolist(), bunch.target_names) == ([1, 0, 1], ["kick", "wave"])
    for sequence, span in zip(bunch.sequences, (slice(0, 2), slice(2, 3), slice(3, 6)), strict=True):
        same(sequence, BODY[span])


@pytest.mark.parametrize("name", ["clip", "video_id", "File_Name"])
def test_a_change_of_the_clip_ends_a_clip_too(tmp_path, name):
    columns = {name: ["a", "a", "a", "a", "b", "b"], "class": CLASSES}
    bunch = load_mediapipe(write_table(tmp_path / "poses.csv", columns))
    assert [len(sequence) for sequence in bunch.sequences] == [2, 1, 1, 2]
    assert bunch.target.tolist() == [1, 0, 1, 1]
    assert bunch.name.tolist() == ["poses/a#0", "poses/a#1", "poses/a#2", "poses/b#0"]


def test_rows_of_one_clip_need_not_stand_together(tmp_path):
    columns = {"clip": list("ababab"), "frame": [2, 0, 0, 1, 1, 2]}
    bunch = load_mediapipe(write_table(tmp_path / "poses.csv", columns), labels={"poses/a": "x", "poses/b": "y"})
    same(bunch.sequences[0], BODY[[2, 4, 0]])
    same(bunch.sequences[1], BODY[[1, 3, 5]])
    assert bunch.target.tolist() == [0, 1]


def test_frames_that_start_anew_start_a_clip_of_the_same_class(tmp_path):
    columns = {"class": ["wave"] * 4 + ["kick"] * 2, "frame": [0, 1, 0, 1, 0, 1]}
    bunch = load_mediapipe(write_table(tmp_path / "poses.csv", columns))
    assert [len(sequence) for sequence in bunch.sequences] == [2, 2, 2]
    assert bunch.target.tolist() == [1, 1, 0]


def test_columns_are_named_by_the_caller_in_any_case(tmp_path):
    path = write_table(tmp_path / "poses.csv", {"Emotion": CLASSES, "take": list("aaaabb")}, "xy")
    bunch = load_mediapipe(path, target="emotion", clip="take")
    assert bunch.target.tolist() == [1, 0, 1, 1]
    same(bunch.sequences[0], BODY[:2], 2)


@pytest.mark.parametrize("which", [0, 132])
def test_columns_without_names_are_given_by_number(tmp_path, which):
    rows = [np.insert(row, which, at >= 4) for at, row in enumerate(BODY.reshape(6, -1))]
    bunch = load_mediapipe(write_rows(tmp_path / "poses.csv", None, rows), target=which)
    assert bunch.target_names == ["0.0", "1.0"]
    assert [len(sequence) for sequence in bunch.sequences] == [4, 2]


def test_a_row_per_landmark_can_have_a_class_and_a_clip(tmp_path):
    rows = [[clip, 7, at, *BODY[clip, at, :3], CLASSES[clip]] for clip in range(1, 4) for at in range(33)]
    np.random.default_rng(0).shuffle(rows)
    path = write_rows(tmp_path / "poses.csv", ["clip", "frame", "landmark", "x", "y", "z", "class"], rows)
    bunch = load_mediapipe(path)
    classes = dict(zip(bunch.name.tolist(), np.array(bunch.target_names)[bunch.target].tolist(), strict=True))
    assert classes == {"poses/1#0": "wave", "poses/2#0": "kick", "poses/3#0": "wave"}


def test_recordings_stay_whole_with_their_segments(tmp_path):
    bunch = load_mediapipe(write_table(tmp_path / "poses.csv", {"class": CLASSES}), untrimmed=True)
    same(bunch.sequences[0], BODY)
    assert bunch.segments["start"].tolist() == [0, 2, 3]
    assert bunch.segments["label"].tolist() == ["wave", "kick", "wave"]


@pytest.mark.parametrize("given", [{"labels": "folder"}, {"labels": {"poses": "x"}}, {"segments": {}}])
def test_classes_of_a_table_beside_other_labels_are_an_error_that_names_the_ways_out(tmp_path, given):
    write_table(tmp_path / "wave" / "poses.csv", {"class": CLASSES})
    table = {"recording": ["wave/poses"], "start": [0], "end": [2], "label": ["x"]}
    given = {"segments": table} if "segments" in given else given
    with pytest.raises(SkeletonFileError, match="give target=None to leave the column out"):
        load_mediapipe(tmp_path, **given)


def test_classes_are_left_out_where_the_caller_says_so(tmp_path):
    write_table(tmp_path / "nod" / "poses.csv", {"class": CLASSES})
    bunch = load_mediapipe(tmp_path, labels="folder", target=None)
    assert bunch.target_names == ["nod"]
    same(bunch.sequences[0], BODY)


def test_a_column_of_repeated_words_is_not_dropped_silently(tmp_path):
    path = write_table(tmp_path / "poses.csv", {"mood": CLASSES})
    with pytest.raises(SkeletonFileError, match=r"line 1: got the column 'mood' .* give target='mood'"):
        load_mediapipe(path)
    assert "target" not in load_mediapipe(path, target=None)


@pytest.mark.parametrize("name", ["target", "clip"])
@pytest.mark.parametrize("column", ["mood", 133, -1])
def test_a_column_that_is_not_there_is_an_error_with_those_that_are(tmp_path, name, column):
    path = write_table(tmp_path / "poses.csv", {"class": CLASSES})
    with pytest.raises(SkeletonFileError, match=f"got no column {name}={column!r}; the columns are class, x1"):
        load_mediapipe(path, **{name: column})


FAULTS = {
    "an empty class": ({"class": ["wave", "", *CLASSES[2:]]}, "line 3: got an empty cell in the column 'class'"),
    "a frame twice": ({"class": CLASSES, "frame": [0, 1, 1, 2, 3, 4]}, "line 4: got frame 1 again"),
    "clips without names": ({"frame": [0, 1, 2, 0, 1, 2]}, "clip= or target= names the column"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_table_is_named_with_its_line(tmp_path, fault):
    columns, reason = FAULTS[fault]
    with pytest.raises(SkeletonFileError) as error:
        load_mediapipe(write_table(tmp_path / "poses.csv", columns))
    assert reason in str(error.value)


JSON_FAULTS = {
    "a pose beside hands without sides": (
        [{"pose_landmarks": BODIES[0], "hand_landmarks": [as_dicts(LEFT[0])]}],
        "sides",
    ),
    "a side too few": ([{"hand_landmarks": [as_dicts(LEFT[0])], "handedness": []}], "expected Left or Right for each"),
    "lists of different lengths": ({"pose": BODIES, "left_hand": [None]}, "got lists of [1, 6] frames"),
    "a face only": ([{"face_landmarks": as_dicts(FACE[0])}], "got nobody in 1 frames"),
    "an unknown number": ([{"pose_landmarks": BODIES[0][:20]}], "got 20 landmarks in frame 0, expected 33"),
    "a body as a hand": ([{"hand_landmarks": [BODIES[0]]}], "got 33 landmarks in frame 0, expected 21"),
}


@pytest.mark.parametrize("fault", JSON_FAULTS)
def test_faulty_json_is_named_with_got_and_wanted(tmp_path, fault):
    value, reason = JSON_FAULTS[fault]
    (tmp_path / "clip.json").write_text(json.dumps(value))
    with pytest.raises(SkeletonFileError, match=r"clip\.json") as error:
        load_mediapipe(tmp_path)
    assert reason in str(error.value)


@pytest.mark.parametrize("shape", [(), (0,), (7,), (6, 7), (6, 33, 5), (6, 34, 3), (2, 6, 33, 3), (0, 33, 3)])
def test_an_array_of_another_shape_is_an_error(tmp_path, shape):
    np.save(tmp_path / "0.npy", np.zeros(shape))
    with pytest.raises(SkeletonFileError, match=r"got an array of shape .*expected a frame's numbers"):
        load_mediapipe(tmp_path)


@pytest.mark.parametrize("parts", [(), "face", ("face",), ("hand", "body"), 3, (["body"],)])
def test_unknown_parts_are_an_error(tmp_path, parts):
    np.save(tmp_path / "clip.npy", BODY)
    with pytest.raises(ValueError, match=r"parts=.* must be 'auto'"):
        load_mediapipe(tmp_path, parts=parts)


def test_world_landmarks_of_a_body_and_of_hands_do_not_mix(tmp_path):
    np.save(tmp_path / "clip.npy", BODY)
    with pytest.raises(ValueError, match="count from its hips"):
        load_mediapipe(tmp_path, parts=("body", "left_hand"), world=True)


@pytest.mark.parametrize("wrong", [{"target": 0.5}, {"clip": True}, {"target": ["class"]}])
def test_a_column_of_another_kind_is_an_error(tmp_path, wrong):
    np.save(tmp_path / "clip.npy", BODY)
    with pytest.raises(ValueError, match="must be the name or the number of a column"):
        load_mediapipe(tmp_path, **wrong)
