"""The reader of MediaPipe poses, in the forms in which users save them."""

import csv
import json

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._mediapipe import load_mediapipe
from skeletonlearn.skeletons import MEDIAPIPE_POSE

# as MediaPipe documents them, from 0 to 32
NAMES = [
    *("nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer"),
    *("left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow"),
    *("right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index"),
    *("left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
    *("left_heel", "right_heel", "left_foot_index", "right_foot_index"),
]
AXES = ("x", "y", "z", "visibility")
POSES = np.random.default_rng(0).uniform(0.1, 0.9, (3, 33, 4)).round(4)
"""Three frames."""


def write_csv(path, header, rows, delimiter=","):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([header] if header else [])
        writer.writerows(rows)
    return path


def check(folder, poses=POSES, visibility=True, **parameters):
    bunch = load_mediapipe(folder, **parameters)
    np.testing.assert_array_equal(bunch.sequences[0], poses[..., :3].astype(np.float32))
    expected = poses[..., 3] if visibility else np.ones(poses.shape[:2])
    np.testing.assert_array_equal(bunch.confidence[0], expected.astype(np.float32))
    assert bunch.sequences[0].dtype == bunch.confidence[0].dtype == np.float32
    return bunch


def wide(pattern, **how):
    numbers = how.pop("numbers", range(33))
    return [
        pattern.format(name=name, NAME=name.upper(), at=at, axis=axis, AXIS=axis.upper(), letter=axis[0])
        for name, at in zip(NAMES, numbers, strict=True)
        for axis in AXES
    ]


HEADERS = {
    "name first": wide("{name}_{axis}"),
    "upper case": wide("{NAME}_{AXIS}"),
    "name last": wide("{axis}_{NAME}"),
    "names of the layout": [f"{name}_{axis}" for name in MEDIAPIPE_POSE.joints for axis in AXES],
    "with a prefix": wide("pose_landmark_{name}_{axis}"),
    "numbers": wide("landmark_{at}_{axis}"),
    "short": wide("{letter}{at}"),
    "short, from one": wide("{letter}{at}", numbers=range(1, 34)),
    "dots": wide("{at}.{letter}"),
    "spaces": wide(" {name} {axis}"),
}


@pytest.mark.parametrize("form", HEADERS)
def test_wide_headers_are_understood(tmp_path, form):
    write_csv(tmp_path / "clip.csv", HEADERS[form], POSES.reshape(3, -1))
    check(tmp_path)


def test_wide_columns_may_come_in_any_order_among_others(tmp_path):
    header = wide("{name}_{axis}")
    order = np.random.default_rng(1).permutation(len(header))
    rows = [["wave", *row[order], "12:30"] for row in POSES.reshape(3, -1)]
    write_csv(tmp_path / "clip.csv", ["class", *np.array(header)[order], "clock"], rows)
    check(tmp_path)


@pytest.mark.parametrize("name", ["frame", "Frame_Number", "frame_id", "frameIdx"])
def test_a_column_of_frames_puts_wide_rows_in_order(tmp_path, name):
    rows = [[at, *POSES[at].ravel()] for at in (2, 0, 1)]
    write_csv(tmp_path / "clip.csv", [name, *wide("{name}_{axis}")], rows)
    check(tmp_path)


def test_the_visibility_may_lack(tmp_path):
    header = [name for name in wide("{name}_{axis}") if not name.endswith("visibility")]
    write_csv(tmp_path / "clip.csv", header, POSES[..., :3].reshape(3, -1))
    check(tmp_path, visibility=False)


@pytest.mark.parametrize("n_values", [3, 4])
@pytest.mark.parametrize("numbered", [False, True])
def test_rows_of_numbers_need_no_header(tmp_path, n_values, numbered):
    rows = [[at] * numbered + POSES[at, :, :n_values].ravel().tolist() for at in ((2, 0, 1) if numbered else range(3))]
    write_csv(tmp_path / "clip.csv", None, rows)
    check(tmp_path, visibility=n_values == 4)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_header_that_counts_columns_is_no_frame(tmp_path, indexed):
    rows = [[at] * indexed + POSES[at].ravel().tolist() for at in range(3)]
    write_csv(tmp_path / "clip.csv", [""] * indexed + list(range(132)), rows)
    check(tmp_path)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_separate_too(tmp_path, delimiter):
    write_csv(tmp_path / "clip.csv", wide("{name}_{axis}"), POSES.reshape(3, -1), delimiter)
    check(tmp_path)


LONG = {
    "names": ("frame", "landmark", NAMES),
    "upper case": ("Frame", "landmark_name", [name.upper() for name in NAMES]),
    "numbers": ("frame_number", "landmark_id", range(33)),
    "numbers from one": ("frame", "joint", range(1, 34)),
    "a timestamp": ("timestamp_ms", "keypoint", NAMES),
}


@pytest.mark.parametrize("form", LONG)
def test_long_tables_are_understood_in_any_order(tmp_path, form):
    frame, landmark, names = LONG[form]
    rows = [[33.3 * at, name, *POSES[at, number]] for at in range(3) for number, name in enumerate(names)]
    np.random.default_rng(0).shuffle(rows)
    write_csv(tmp_path / "clip.csv", [frame, landmark, *AXES], rows)
    check(tmp_path)


def test_landmarks_without_a_row_are_nan(tmp_path):
    rows = [[7, "nose", 0.1, 0.2, 0.3], [9, "left_hip", 0.4, 0.5, 0.6]]
    write_csv(tmp_path / "clip.csv", ["frame", "landmark", "x", "y", "z"], rows)
    bunch = load_mediapipe(tmp_path)
    assert np.argwhere(~np.isnan(bunch.sequences[0][..., 0])).tolist() == [[0, 0], [1, 23]]
    assert np.argwhere(bunch.confidence[0]).tolist() == [[0, 0], [1, 23]]


@pytest.mark.parametrize("missing", ["", "nan", "0"])
def test_cells_that_are_empty_nan_or_zero_are_missing_landmarks(tmp_path, missing):
    rows = POSES.reshape(3, -1).tolist()
    rows[1][8:11] = [missing] * 3
    write_csv(tmp_path / "clip.csv", wide("{name}_{axis}"), rows)
    bunch = load_mediapipe(tmp_path)
    assert np.argwhere(np.isnan(bunch.sequences[0]).all(axis=-1)).tolist() == [[1, 2]]
    assert bunch.confidence[0][1, 2] == 0


def landmarks(pose, axes=AXES):
    return [dict(zip(axes, row, strict=False)) for row in pose.tolist()]


POSE_LISTS = [landmarks(pose) for pose in POSES]
JSON_FORMS = {
    "landmarks": POSE_LISTS,
    "numbers": POSES.tolist(),
    "poses": [[pose] for pose in POSE_LISTS],
    "objects": [{"frame": at, "pose_landmarks": pose} for at, pose in enumerate(POSE_LISTS)],
    "camel case": [{"poseLandmarks": [pose]} for pose in POSE_LISTS],
    "landmarker": [{"landmarks": [pose], "worldLandmarks": []} for pose in POSE_LISTS],
    "frames": {"fps": 30, "frames": [{"pose_landmarks": pose} for pose in POSE_LISTS]},
    "one object": {"pose_landmarks": POSE_LISTS},
    "protocol buffer": [{"poseLandmarks": {"landmark": pose}} for pose in POSE_LISTS],
}


@pytest.mark.parametrize("form", JSON_FORMS)
def test_json_forms_are_understood(tmp_path, form):
    (tmp_path / "clip.json").write_text(json.dumps(JSON_FORMS[form]))
    check(tmp_path)


@pytest.mark.parametrize("form", ["dict", "list"])
def test_json_without_visibility_is_understood(tmp_path, form):
    frames = [landmarks(pose, AXES[:3]) for pose in POSES] if form == "dict" else POSES[..., :3].tolist()
    (tmp_path / "clip.json").write_text(json.dumps(frames))
    check(tmp_path, visibility=False)


@pytest.mark.parametrize("key", ["pose_world_landmarks", "poseWorldLandmarks", "worldLandmarks"])
def test_world_landmarks_are_read_when_asked(tmp_path, key):
    frames = [{"pose_landmarks": POSE_LISTS[0], key: pose} for pose in POSE_LISTS]
    (tmp_path / "clip.json").write_text(json.dumps(frames))
    check(tmp_path, world=True)
    check(tmp_path, POSES[[0, 0, 0]])


@pytest.mark.parametrize("nobody", [None, [], {}, {"pose_landmarks": None}, {"pose_landmarks": []}])
def test_frames_without_anybody_are_nan(tmp_path, nobody):
    (tmp_path / "clip.json").write_text(json.dumps([nobody, POSE_LISTS[0]]))
    bunch = load_mediapipe(tmp_path)
    assert np.isnan(bunch.sequences[0]).all(axis=(1, 2)).tolist() == [True, False]
    assert not bunch.confidence[0][0].any()


def test_two_persons_stand_one_after_another_whatever_their_order(tmp_path):
    one, other = POSES[0], POSES[1] + [5, 0, 0, 0.1]
    frames = [[landmarks(pose) for pose in pair] for pair in ((one, other), (other, one), (other, one))]
    (tmp_path / "clip.json").write_text(json.dumps(frames))
    (sequence,) = load_mediapipe(tmp_path, n_persons=2).sequences
    expected = np.concatenate([other, one])[:, :3].astype(np.float32)  # with more visibility first
    np.testing.assert_array_equal(sequence, np.stack([expected] * 3))


def test_landmarks_of_low_visibility_are_nan(tmp_path):
    write_csv(tmp_path / "clip.csv", None, POSES.reshape(3, -1))
    bunch = load_mediapipe(tmp_path, min_confidence=0.5)
    np.testing.assert_array_equal(np.isnan(bunch.sequences[0][..., 0]), POSES[..., 3] < 0.5)
    np.testing.assert_array_equal(bunch.confidence[0], POSES[..., 3].astype(np.float32))


def test_clips_come_with_names_labels_and_layout(tmp_path):
    for name in ("wave/clip10", "wave/clip2", "kick/clip1"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_csv(tmp_path / f"{name}.csv", None, POSES.reshape(3, -1))
    bunch = load_mediapipe(tmp_path, labels="folder", n_jobs=2)
    assert bunch.name.tolist() == ["kick/clip1", "wave/clip2", "wave/clip10"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1, 1], ["kick", "wave"])
    assert bunch.skeleton is MEDIAPIPE_POSE


def test_names_of_the_layout_are_in_the_order_of_mediapipe():
    own = {"mouth_left": "left_mouth", "mouth_right": "right_mouth"}
    own |= {f"{side}_foot_index": f"{side}_foot" for side in ("left", "right")}
    assert [own.get(name, name) for name in NAMES] == list(MEDIAPIPE_POSE.joints)


def table(header, *rows):
    return "\n".join(",".join(map(str, row)) for row in (header, *rows))


ROW = POSES[0].ravel().tolist()
CSV_FAULTS = {
    "empty": ("", "got no row, expected a header"),
    "a header alone": (table(wide("{name}_{axis}")), "got a header without rows"),
    "another file": ("a,b\n1,2", "got a header without nose_x, nose_y, nose_z (99 in all)"),
    "a landmark that lacks": (
        table(wide("{name}_{axis}")[4:], ROW[4:]),
        "without nose_x, nose_y, nose_z (3 in all)",
    ),
    "too many landmarks": (
        table([f"{axis}{at}" for at in range(1, 101) for axis in "xyzv"], [0.5] * 400),
        "got the column 'x1' that is no landmark or comes twice",
    ),
    "a column twice": (table([*wide("{name}_{axis}"), "x_nose"], [*ROW, 1]), "'x_nose' that is no landmark or comes"),
    "a short row": (table(wide("{name}_{axis}"), ROW, ROW[:-1]), "line 3: got 131 cells, expected 132"),
    "a word": (table(wide("{name}_{axis}"), ROW, ["x", *ROW[1:]]), "line 3: got 'x', expected a number"),
    "a word without header": (table(ROW, ["x", *ROW[1:]]), "line 2: got 'x', expected a number"),
    "100 landmarks": (table([0.5] * 400), "got rows of 400 numbers, expected a header"),
    "a frame twice": (table(["frame", *wide("{name}_{axis}")], [1, *ROW], [1, *ROW]), "line 3: got frame 1 again"),
    "a row without its frame": (
        table(["frame", *wide("{name}_{axis}")], [1, *ROW], ["", *ROW]),
        "line 3: got no frame's number",
    ),
    "infinity": (table(["inf", *ROW[1:]]), "got the number inf"),
    "a landmark twice": (
        table(["frame", "landmark", "x", "y", "z"], [1, 0, 1, 1, 1], [1, "nose", 1, 1, 1]),
        "line 3: got nose again in a frame",
    ),
    "a landmark unknown": (
        table(["frame", "landmark", "x", "y", "z"], [1, "tail", 1, 1, 1]),
        "line 2: got the landmark 'tail', expected a landmark's name, or its number",
    ),
    "a landmark 33": (
        table(["frame", "landmark", "x", "y", "z"], [1, 0, 1, 1, 1], [1, 33, 1, 1, 1]),
        "line 3: got the landmark '33', expected",
    ),
    "long without frames": (table(["landmark", "x", "y", "z"], [1, 1, 1, 1]), "without a frame"),
    "long with a frame empty": (
        table(["frame", "landmark", "x", "y", "z"], ["", 0, 1, 1, 1]),
        "line 2: got no frame in a row",
    ),
    "nobody": (table(["0"] * 132), "got nobody in 1 frames, expected a person"),
    "a cell too long": ('"' + "1" * 200_000 + '"', "got text that is no CSV"),
    "nothing but nulls": ("\0\0\0", "got a header without"),
}
JSON_FAULTS = {
    "empty": ("", "empty file, expected JSON"),
    "cut short": ("[[{", "not JSON or is cut short"),
    "no list": ("3", "got int, expected a list of frames"),
    "no frames": ("[]", "got an empty list, expected a list of frames"),
    "other keys": ('{"people": []}', "got keys ['people'] in the file, expected pose_landmarks or"),
    "one pose": (json.dumps(POSE_LISTS[0]), "got a list of 33 landmarks or numbers, expected a list of frames"),
    "a frame that is a number": (json.dumps([POSE_LISTS[0], 3]), "got int as frame 1, expected a list of 33"),
    "a frame with other keys": (json.dumps([POSE_LISTS[0], {"hand": 1}]), "got keys ['hand'] in frame 1"),
    "32 landmarks": (json.dumps([POSE_LISTS[0][:-1]]), "got 32 landmarks in frame 0, expected 33"),
    "a pose that is a number": (json.dumps([[[POSE_LISTS[0]], 3]]), "got 1 landmarks in frame 0"),
    "some numbers": (json.dumps([None, ROW[:-1]]), "got 131 landmarks in frame 1, expected 33 of a pose"),
    "one coordinate": (json.dumps(POSES[..., :1].tolist()), "landmarks that cannot be read in frame 0"),
    "no y": (json.dumps([landmarks(POSES[0], AXES[:1])]), "cannot be read in frame 0, expected landmarks {x, y, z"),
    "a word": (json.dumps([[{"x": "a", "y": 1, "z": 1}] * 33]), "cannot be read in frame 0"),
    "a landmark of another kind": (json.dumps([[POSE_LISTS[0][0], *[3] * 32]]), "cannot be read in frame 0"),
    "the other landmarks": (json.dumps([{"worldLandmarks": [POSE_LISTS[0]]}]), "or world=True"),
    "nobody": ("[null, []]", "got nobody in 2 frames, expected a person"),
    "a huge integer": (json.dumps([[[10**400] * 3] * 33]), "too large"),
    "infinity": (json.dumps([[[np.inf] * 3] * 33]), "got the number inf"),
    "too deep": ("[" * 100_000, "recursion"),
}
FAULTS = {("csv", name): fault for name, fault in CSV_FAULTS.items()}
FAULTS |= {("json", name): fault for name, fault in JSON_FAULTS.items()}


@pytest.mark.parametrize("fault", FAULTS, ids=" ".join)
def test_a_faulty_file_is_named_with_got_and_wanted(tmp_path, fault):
    text, reason = FAULTS[fault]
    write_csv(tmp_path / "sound.csv", None, POSES.reshape(3, -1))
    (tmp_path / f"faulty.{fault[0]}").write_text(text)
    with pytest.raises(SkeletonFileError, match="faulty") as error:
        load_mediapipe(tmp_path)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load_mediapipe(tmp_path, on_error="warn")
    assert bunch.name.tolist() == ["sound"]
    assert list(bunch.left_out) == ["faulty"]


def test_no_sound_file_is_an_error(tmp_path):
    (tmp_path / "clip.csv").touch()
    with pytest.raises(ValueError, match="None of 1 files could be read"):
        load_mediapipe(tmp_path, on_error="skip")


@pytest.mark.parametrize("wrong", [{"world": "yes"}, {"n_persons": 0}, {"min_confidence": "a"}, {"on_error": "no"}])
def test_unknown_parameter_values_are_errors(tmp_path, wrong):
    write_csv(tmp_path / "clip.csv", None, POSES.reshape(3, -1))
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_mediapipe(tmp_path, **wrong)
