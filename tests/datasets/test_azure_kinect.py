"""The reader of Azure Kinect's bodies."""

import csv
import io
import json

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError, load_azure_kinect
from skeletonlearn.skeletons import AZURE_KINECT

LIMB = ("CLAVICLE", "SHOULDER", "ELBOW", "WRIST", "HAND", "HANDTIP", "THUMB")
LEG = ("HIP", "KNEE", "ANKLE", "FOOT")
NAMES = [  # as the sensor's documentation lists them
    *("PELVIS", "SPINE_NAVEL", "SPINE_CHEST", "NECK"),
    *(f"{part}_{side}" for limb in (LIMB, LEG) for side in ("LEFT", "RIGHT") for part in limb),
    *("HEAD", "NOSE", "EYE_LEFT", "EAR_LEFT", "EYE_RIGHT", "EAR_RIGHT"),
]


def joints(x=0.0, unseen=()):
    """Millimetres: joint k at (x + k, 10 k, 2000)."""
    points = np.column_stack([x + np.arange(32.0), 10.0 * np.arange(32), np.full(32, 2000.0)])
    points[list(unseen)] = 0
    return points


def clip(*frames, names=NAMES, order=range(32)):
    """JSON text from the bodies of each frame, as (id, joints)."""
    bodies = [
        [{"body_id": body, "joint_positions": one[list(order)].tolist()} for body, one in frame] for frame in frames
    ]
    named = {} if names is None else {"joint_names": [names[at] for at in order]}
    return json.dumps(
        {"bone_list": [], **named, "frames": [{"frame_id": at, "bodies": one} for at, one in enumerate(bodies)]}
    )


def table(rows, names=NAMES, extra=(), delimiter=","):
    """CSV text from the joints of each row, with other columns first."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow([name for name, _ in extra] + list(names))
    for at, row in enumerate(rows):
        cells = [" ".join(f"{value:g}" for value in point) for point in row]
        writer.writerow([values[at] for _, values in extra] + cells)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path):
    """The same clip of three frames as JSON and as CSV that starts with a byte-order mark."""
    for name in ("json", "csv"):
        (tmp_path / name).mkdir()
    rows = [joints(at, unseen=[5]) for at in range(3)]
    (tmp_path / "json" / "a.json").write_text(clip(*([(1, row)] for row in rows)))
    (tmp_path / "csv" / "b.csv").write_bytes(table(rows).encode("utf-8-sig"))
    return tmp_path


def test_json_and_csv_give_the_same_metres(folder):
    bunch = load_azure_kinect(folder)
    assert bunch.name.tolist() == ["csv/b", "json/a"]
    assert bunch.skeleton is AZURE_KINECT
    assert all(one.shape == (3, 32, 3) and one.dtype == np.float32 for one in bunch.sequences)
    np.testing.assert_array_equal(*bunch.sequences)
    np.testing.assert_allclose(bunch.sequences[0][2, 31], [0.033, 0.31, 2.0], rtol=1e-6)


def test_joint_that_was_not_seen_is_nan(folder):
    for sequence in load_azure_kinect(folder).sequences:
        assert np.argwhere(np.isnan(sequence).all(axis=(0, 2))).tolist() == [[5]]


@pytest.mark.parametrize("spelling", [str.lower, "K4ABT_JOINT_{}".format, str.title])
def test_joints_are_found_by_their_names_in_any_order_and_spelling(tmp_path, spelling):
    order = np.random.default_rng(0).permutation(32)
    names = [spelling(name) for name in NAMES]
    (tmp_path / "a.json").write_text(clip([(1, joints())], names=names, order=order))
    (tmp_path / "b.csv").write_text(table([joints()[order]], names=[names[at] for at in order]))
    (tmp_path / "c.json").write_text(clip([(1, joints())], names=None))
    for sequence in load_azure_kinect(tmp_path).sequences:
        np.testing.assert_allclose(sequence[0, :, 0], 1e-3 * np.arange(32), rtol=1e-6)


def test_bodies_are_told_apart_by_their_ids_whatever_their_order(tmp_path):
    frames = [[(7, joints(at)), (3, joints(9000 - 1000 * at, unseen=[0]))][:: -1 if at % 2 else 1] for at in range(10)]
    (tmp_path / "a.json").write_text(clip(*frames))
    (sequence,) = load_azure_kinect(tmp_path, n_persons=2).sequences
    assert sequence.shape == (10, 64, 3)
    np.testing.assert_allclose(sequence[:, 1, 0], 1e-3 * (1 + np.arange(10)), rtol=1e-5)
    np.testing.assert_allclose(sequence[:, 33, 0], 1e-3 * (9001 - 1000 * np.arange(10)), rtol=1e-5)


def test_rows_of_one_frame_of_a_table_are_bodies_by_their_ids(tmp_path):
    rows = [joints(0), joints(5000, unseen=[1]), joints(1), joints(2)]
    extra = [("timestamp", [10, 10, 20, 30]), ("body_id", [1, 2, 1, 1])]
    (tmp_path / "a.csv").write_text(table(rows, extra=extra, delimiter=";"))
    (sequence,) = load_azure_kinect(tmp_path, n_persons=2).sequences
    assert sequence.shape == (3, 64, 3)
    assert np.isnan(sequence[:, 32]).all(axis=-1).tolist() == [False, True, True]


def test_frames_without_bodies_are_nan(tmp_path):
    (tmp_path / "a.json").write_text(clip([(1, joints())], [], [(1, joints())]))
    (sequence,) = load_azure_kinect(tmp_path).sequences
    assert np.isnan(sequence).all(axis=(1, 2)).tolist() == [False, True, False]


def test_label_of_a_table_and_labels_of_folders(folder):
    assert load_azure_kinect(folder, labels="folder").target_names == ["csv", "json"]
    path = folder / "csv" / "b.csv"
    path.write_text(table([joints(), joints(1)], extra=[("Label", ["wave", "wave"])]))
    bunch = load_azure_kinect(path)
    assert (bunch.target.tolist(), bunch.target_names) == ([0], ["wave"])


def test_other_columns_and_empty_cells_are_allowed(tmp_path):
    text = table([joints(unseen=[2]), joints()], extra=[("", [0, 1]), ("note", ["a", "b, c"])])
    (tmp_path / "a.csv").write_text(text.replace("31 310 2000", "", 1))
    missing = np.isnan(load_azure_kinect(tmp_path).sequences[0]).all(axis=-1)
    assert np.argwhere(missing).tolist() == [[0, 2], [0, 31]]


def test_cache_and_workers_change_nothing(folder):
    expected = load_azure_kinect(folder)
    with parallel_config(backend="threading", n_jobs=2):
        parallel = load_azure_kinect(folder)
    for other in (parallel, *(load_azure_kinect(folder, cache=folder) for _ in range(2))):
        np.testing.assert_array_equal(other.sequences, expected.sequences)
        assert other.skeleton is AZURE_KINECT


def body(**changes):
    return json.dumps({"frames": [{"bodies": [{"body_id": 1, "joint_positions": joints().tolist(), **changes}]}]})


FAULTS = {
    "empty": ("", "empty file, expected JSON"),
    "cut short": (clip([(1, joints())])[:90], "not JSON or is cut short"),
    "a list": ("[]", "got list, expected an object with a list 'frames'"),
    "no frames": ("{}", "expected an object with a list 'frames'"),
    "a frame that is a number": ('{"frames": [3]}', "got int as frame 0, expected an object with a list 'bodies'"),
    "no bodies": ('{"frames": [{}]}', "as frame 0, expected an object with a list 'bodies'"),
    "a body that is a list": ('{"frames": [{"bodies": [[]]}]}', "expected an object with 'joint_positions'"),
    "a joint too few": (
        body(joint_positions=joints()[1:].tolist()),
        "of shape (31, 3) in frame 0, expected x, y and z",
    ),
    "a word": (body(joint_positions=["x"] * 32), "that are no numbers"),
    "infinity": (body(joint_positions=[[np.inf] * 3] * 32), "got the number inf"),
    "a huge integer": (body(joint_positions=[[10**400] * 3] * 32), "that are no numbers"),
    "nobody": (clip([], []), "got nobody in 2 frames"),
    "names that are numbers": ('{"joint_names": [1], "frames": []}', "got 'joint_names' that are no list of names"),
    "a name of no joint": (clip([(1, joints())], names=["TAIL", *NAMES[1:]]), "got no joint of the name 'hip'"),
    "a name twice": (
        clip([(1, joints())], names=[*NAMES[:31], "NOSE"]),
        "got no joint of the name 'nose', expected one",
    ),
    "a thousand names": (json.dumps({"joint_names": ["x"] * 10_000, "frames": []}), "got no joint of the name 'hip'"),
    "a table without joints": ("a,b\n1,2", "got no joint of the name 'hip', expected one; the names are a, b"),
    "a table of a header": (table([]), "got no row below the header"),
    "a row cut short": (table([joints()] * 2)[:-300], "cells, expected 32 as in the header"),
    "a cell of two numbers": (table([joints()]).replace("31 310 2000", "31 310"), "got the cell '31 310', expected"),
    "a cell of words": (table([joints()]).replace("31 310 2000", "a b c"), "got the cell 'a b c', expected three"),
    "two labels": (table([joints()] * 2, extra=[("label", "ab")]), "got 2 different labels, expected one for the clip"),
    "no table": ('"' + "x" * 200_000, "got text that is no CSV"),
    "no text": (b"\xff\xfe\xff" * 9, "got bytes that are no text"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file_is_named_in_bounds_and_left_out_as_asked(folder, fault):
    content, reason = FAULTS[fault]
    path = folder / "json" / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SkeletonFileError) as error:
        load_azure_kinect(folder)
    assert error.value.path == str(path)
    assert reason in str(error.value)
    assert len(error.value.reason) < 400
    bunch = load_azure_kinect(folder, on_error="skip")
    assert bunch.name.tolist() == ["csv/b"]
    assert list(bunch.left_out) == ["json/a"]


def test_line_of_a_faulty_cell_is_named(tmp_path):
    (tmp_path / "a.csv").write_text(table([joints(), joints()]) + "1,2\n")
    with pytest.raises(SkeletonFileError, match="line 4: got 2 cells"):
        load_azure_kinect(tmp_path)


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_azure_kinect(folder, labels=str.upper)) == documented_keys(load_azure_kinect)
