"""The reader of C3D files."""

import sys
import warnings

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError, load_c3d
from skeletonlearn.skeletons import COCO
from tests.datasets.c3d_files import LABELS, random_points, write_c3d


@pytest.fixture
def folder(tmp_path):
    """Two clips of two classes, 12 and 13 frames."""
    for at, clip in enumerate(("jump/a", "walk/b")):
        write_c3d(tmp_path / f"{clip}.c3d", random_points(12 + at, seed=at), rate=100.0 + 20 * at)
    return tmp_path


def test_markers_are_read_in_metres_with_names_and_rates(folder):
    bunch = load_c3d(folder, labels="folder")
    assert bunch.name.tolist() == ["jump/a", "walk/b"]
    assert bunch.target_names == ["jump", "walk"]
    assert bunch.frame_rate.tolist() == [100, 120]
    assert bunch.skeleton.joints == ("left_asi", "right_asi", "sacr", "left_kne", "right_kne")
    assert bunch.skeleton.mirror_pairs == ((0, 1), (3, 4))
    for at, sequence in enumerate(bunch.sequences):
        assert sequence.dtype == np.float32
        np.testing.assert_allclose(sequence, 1e-3 * random_points(12 + at, seed=at), rtol=1e-5)


@pytest.mark.parametrize(("unit", "factor"), [("m", 1.0), ("cm", 1e-2), ("", 1e-3), ("MM", 1e-3)])
def test_units_become_metres(tmp_path, unit, factor):
    write_c3d(tmp_path / "a.c3d", random_points(), unit=unit)
    np.testing.assert_allclose(load_c3d(tmp_path).sequences[0], factor * random_points(), rtol=1e-5)


@pytest.mark.parametrize("scale", [-1.0, 0.05])
def test_marker_that_was_not_seen_is_nan_in_files_of_floats_and_of_integers(tmp_path, scale):
    points = random_points()
    points[3:5, 1] = np.nan
    points[7, 2] = 0
    write_c3d(tmp_path / "a.c3d", np.round(points) if scale > 0 else points, scale=scale)
    missing = np.isnan(load_c3d(tmp_path).sequences[0]).all(axis=-1)
    assert np.argwhere(missing).tolist() == [[3, 1], [4, 1], [7, 2]]


def test_y_is_up_where_the_file_names_the_axes_of_the_screen(tmp_path):
    points = random_points()
    write_c3d(tmp_path / "a.c3d", points, screen=("+X", "+Z"))
    write_c3d(tmp_path / "b.c3d", points, screen=("-Y", "+Z"))
    write_c3d(tmp_path / "c.c3d", points)
    x, y, z = np.moveaxis(1e-3 * points, -1, 0)
    turned, other, as_it_was = load_c3d(tmp_path).sequences
    np.testing.assert_allclose(turned, np.stack([x, z, -y], axis=-1), rtol=1e-5)
    np.testing.assert_allclose(other, np.stack([-y, z, -x], axis=-1), rtol=1e-5)
    np.testing.assert_allclose(as_it_was, np.stack([x, y, z], axis=-1), rtol=1e-5)


def test_unnamed_and_computed_points_are_no_markers(tmp_path):
    labels = ["LASI", "*12", "LKneeAngles", "RASI", "HipForce"]
    write_c3d(tmp_path / "a.c3d", random_points(), labels, lists={"ANGLES": ["LKneeAngles"], "FORCES": ["HipForce"]})
    bunch = load_c3d(tmp_path)
    assert bunch.skeleton.joints == ("left_asi", "right_asi")
    np.testing.assert_allclose(bunch.sequences[0], 1e-3 * random_points()[:, [0, 3]], rtol=1e-5)


def test_chosen_markers_come_in_their_order_with_or_without_the_name_of_the_subject(tmp_path):
    write_c3d(tmp_path / "a.c3d", random_points(), [f"Anna:{label}" for label in LABELS])
    write_c3d(tmp_path / "b.c3d", random_points()[:, ::-1], LABELS[::-1])
    bunch = load_c3d(tmp_path, markers=["RKNE", "LKNE", "SACR"])
    assert bunch.skeleton.joints == ("right_kne", "left_kne", "sacr")
    for sequence in bunch.sequences:
        np.testing.assert_allclose(sequence, 1e-3 * random_points()[:, [4, 3, 2]], rtol=1e-5)


def test_names_are_read_from_several_parameters(tmp_path):
    write_c3d(tmp_path / "a.c3d", random_points(), LABELS[:2], lists={"LABELS2": LABELS[2:4], "LABELS3": LABELS[4:]})
    assert len(load_c3d(tmp_path, markers=LABELS).skeleton.joints) == 5


def test_joints_of_the_catalogue_are_put_in_its_order(tmp_path):
    order = np.random.default_rng(0).permutation(17)
    names = [COCO.joints[at].replace("left_", "L").replace("right_", "R") for at in order]
    points = random_points(4, 17)
    write_c3d(tmp_path / "a.c3d", points[:, order], names)
    bunch = load_c3d(tmp_path)
    assert bunch.skeleton is COCO
    np.testing.assert_allclose(bunch.sequences[0], 1e-3 * points, rtol=1e-5)


def test_bones_of_unknown_names_are_found_in_all_clips(tmp_path):
    for seed in range(2):
        rng = np.random.default_rng(seed)
        elbow = rng.normal(size=(40, 3))
        wrist = elbow + 200 * elbow / np.linalg.norm(elbow, axis=-1, keepdims=True)
        far = rng.normal(scale=5000, size=(40, 3))
        write_c3d(
            tmp_path / f"{seed}.c3d", np.stack([elbow * 90, far, elbow * 90 + wrist - elbow], axis=1), list("abc")
        )
    assert {frozenset(bone) for bone in load_c3d(tmp_path).skeleton.bones} > {frozenset("ac")}


def test_given_bones_are_those_of_the_layout(folder):
    bones = [("LASI", "SACR"), ("RASI", "SACR"), ("LKNE", "LASI"), ("RKNE", "RASI")]
    skeleton = load_c3d(folder, bones=bones).skeleton
    assert set(skeleton.bones) == {
        *(("left_asi", "sacr"), ("right_asi", "sacr"), ("left_kne", "left_asi"), ("right_kne", "right_asi"))
    }


def test_workers_and_the_cache_change_nothing(folder, tmp_path):
    expected = load_c3d(folder)
    with parallel_config(backend="threading", n_jobs=2):
        parallel = load_c3d(folder)
    for other in (parallel, *(load_c3d(folder, cache=tmp_path / "cache") for _ in range(2))):
        assert other.skeleton == expected.skeleton
        for ours, theirs in zip(other.sequences, expected.sequences, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_warnings_stay_as_they_were(folder):
    before = list(warnings.filters)
    load_c3d(folder)
    assert warnings.filters == before


def damaged(folder, change):
    path = folder / "walk" / "b.c3d"
    data = bytearray(path.read_bytes())
    path.write_bytes(bytes(change(data) or data))
    return path


def put(at, *values):
    def change(data):
        data[at : at + len(values)] = values

    return change


FAULTS = {
    "empty": (lambda data: b"\0", "no C3D or is damaged"),
    "another format": (lambda data: b"HIERARCHY\nROOT Hips" * 99, "no C3D or is damaged"),
    "cut short": (lambda data: data[:-512], "is the file cut short?"),
    "cut in the header": (lambda data: data[:700], "no C3D or is damaged"),
    "a wrong magic number": (put(1, 7), "no C3D or is damaged (C3D magic 7 != 80 !)"),
    "more points in the header": (put(2, 200), "no C3D or is damaged"),
    "a last frame far away": (put(8, 255, 255), "is the file cut short?"),
    "a block of data beyond the end": (put(16, 255, 255), "is the file cut short?"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file_is_named_and_left_out_as_asked(folder, fault):
    change, reason = FAULTS[fault]
    path = damaged(folder, change)
    with pytest.raises(SkeletonFileError) as error:
        load_c3d(folder)
    assert error.value.path == str(path)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load_c3d(folder, on_error="warn")
    assert list(bunch.left_out) == ["walk/b"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unit": "mile"}, "got the unit 'mile' in POINT:UNITS, expected one of mm, cm"),
        ({"labels": ["a", "b", "c", "d"]}, "got 4 names in POINT:LABELS, expected 5"),
        ({"labels": ["a", "b", "c", "d", "a"]}, "got two joints of the name 'a'"),
        ({"labels": ["*1", "*2", "*3", "*4", ""]}, "got 5 points without a marker's name"),
        ({"screen": ("+X", "+W")}, "as X_SCREEN and Y_SCREEN, expected two different axes"),
        ({"screen": ("+X", "-X")}, "as X_SCREEN and Y_SCREEN, expected two different axes"),
    ],
)
def test_unusable_parameters_are_faults(tmp_path, changes, reason):
    path = write_c3d(tmp_path / "a.c3d", random_points(), **changes)
    with pytest.raises(SkeletonFileError) as error:
        load_c3d(tmp_path)
    assert error.value.path == str(path)
    assert reason in str(error.value)


def test_marker_that_a_file_does_not_have_is_a_fault_that_lists_its_markers(folder):
    with pytest.raises(SkeletonFileError, match="got 0 markers 'LSHO', expected one; it has LASI, RASI, SACR"):
        load_c3d(folder, markers=["LASI", "LSHO"])


def test_bone_of_no_marker_is_a_fault(folder):
    with pytest.raises(SkeletonFileError, match="got a bone of 'tail', expected the names of two joints"):
        load_c3d(folder, bones=[("LASI", "tail")])


@pytest.mark.parametrize(
    "wrong", [{"markers": "LASI"}, {"markers": []}, {"markers": ["a", "a"]}, {"bones": "ab"}, {"bones": [("a",)]}]
)
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_c3d(folder, **wrong)


def test_missing_package_is_named_with_its_extra(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "c3d", None)
    with pytest.raises(ImportError, match=r"C3D files need c3d: pip install 'skeletonlearn\[mocap\]'"):
        load_c3d(folder)


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_c3d(folder, labels=str.upper)) == documented_keys(load_c3d)
