"""The reader of DeepLabCut's and SLEAP's tables."""

import itertools
import sys

import h5py
import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError, load_deeplabcut
from skeletonlearn.skeletons import COCO
from tests.datasets.pose_hdf5_files import write_fixed_frame, write_sleap, write_table_frame

PARTS = ["snout", "leftEar", "rightEar", "tail_base"]
COORDS = ["x", "y", "likelihood"]


def columns_of(individuals=None, parts=PARTS, coords=COORDS, scorer="DLC_net"):
    levels = [[scorer], parts, coords] if individuals is None else [[scorer], individuals, parts, coords]
    return list(itertools.product(*levels))


def values_of(columns, n_frames=6, seed=0):
    """Coordinates from 0 to 100, likelihoods from .5 to 1; those of the first individual are the larger ones."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 100, size=(n_frames, len(columns)))
    for at, column in enumerate(columns):
        if column[-1] == "likelihood":
            values[:, at] = rng.uniform(0.9, 1.0, n_frames) - (0.4 if "mouse2" in column else 0)
    return values


def write_csv(path, columns, values):
    names = (
        ["scorer", "bodyparts", "coords"] if len(columns[0]) == 3 else ["scorer", "individuals", "bodyparts", "coords"]
    )
    header = [[name, *level] for name, level in zip(names, zip(*columns, strict=True), strict=True)]
    rows = [
        [str(at), *("" if np.isnan(value) else repr(float(value)) for value in row)] for at, row in enumerate(values)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(",".join(row) for row in header + rows) + "\n")
    return path


WRITERS = {".csv": write_csv, "_table.h5": write_table_frame, "_fixed.hdf5": write_fixed_frame}


@pytest.fixture
def folder(tmp_path):
    """One recording in each of the three forms."""
    for ending, write in WRITERS.items():
        write(tmp_path / f"clip{ending}", columns_of(), values_of(columns_of()))
    return tmp_path


def test_every_form_gives_the_same(folder):
    bunch = load_deeplabcut(folder)
    assert bunch.name.tolist() == ["clip", "clip_fixed", "clip_table"]
    expected = values_of(columns_of()).reshape(6, 4, 3).astype(np.float32)
    for sequence, confidence in zip(bunch.sequences, bunch.confidence, strict=True):
        np.testing.assert_array_equal(sequence, expected[..., :2])
        np.testing.assert_array_equal(confidence, expected[..., 2])
    assert bunch.skeleton.joints == ("snout", "left_ear", "right_ear", "tail_base")
    assert bunch.skeleton.mirror_pairs == ((1, 2),)


@pytest.mark.parametrize("ending", WRITERS)
def test_columns_are_found_by_their_names(tmp_path, ending):
    columns = columns_of(["mouse1", "mouse2"])
    values = values_of(columns)
    shuffled = np.random.default_rng(1).permutation(len(columns))
    shuffled = np.concatenate([[0], shuffled[shuffled != 0]])  # the first one says which joint is first
    WRITERS[ending](tmp_path / f"b{ending}", [columns[at] for at in shuffled], values[:, shuffled])
    bunch = load_deeplabcut(tmp_path, n_persons=2)
    joints = bunch.skeleton.joints
    for part, joint in zip(PARTS, ("snout", "left_ear", "right_ear", "tail_base"), strict=True):
        for person, mouse in enumerate(("mouse1", "mouse2")):
            at = columns.index(("DLC_net", mouse, part, "y"))
            np.testing.assert_allclose(
                bunch.sequences[0][:, 4 * person + joints.index(joint), 1], values[:, at], rtol=1e-6
            )


def test_files_of_another_order_come_in_that_of_the_first(folder):
    values = values_of(columns_of())
    write_csv(folder / "late.csv", columns_of()[::-1], values[:, ::-1])
    bunch = load_deeplabcut(folder)
    assert bunch.name.tolist() == ["clip", "clip_fixed", "clip_table", "late"]
    np.testing.assert_array_equal(bunch.sequences[0], bunch.sequences[3])


@pytest.mark.parametrize("ending", WRITERS)
def test_individuals_keep_their_identities_and_the_surest_comes_first(tmp_path, ending):
    columns = columns_of(["mouse2", "mouse1"])
    values = values_of(columns)
    values[2:4, :12] = np.nan  # mouse 2 hides
    WRITERS[ending](tmp_path / f"a{ending}", columns, values)
    both = load_deeplabcut(tmp_path, n_persons=2)
    assert both.sequences[0].shape == (6, 8, 2)
    np.testing.assert_allclose(both.sequences[0][:, 0, 0], values[:, 12], rtol=1e-6)
    assert np.isnan(both.sequences[0][:, 4:]).all(axis=(1, 2)).tolist() == [False, False, True, True, False, False]
    np.testing.assert_array_equal(load_deeplabcut(tmp_path).sequences[0], both.sequences[0][:, :4])


def test_points_that_are_there_once_are_no_individual(tmp_path):
    columns = columns_of(["mouse1", "mouse2"]) + columns_of(["single"], ["corner"])
    write_csv(tmp_path / "a.csv", columns, values_of(columns))
    bunch = load_deeplabcut(tmp_path, n_persons=3)
    assert bunch.skeleton.n_joints == 4
    assert np.isnan(bunch.sequences[0][:, 8:]).all()


def test_points_of_low_likelihood_are_nan_and_keep_it(tmp_path):
    values = values_of(columns_of())
    values[1, 5] = 0.3  # the left ear
    write_csv(tmp_path / "a.csv", columns_of(), values)
    bunch = load_deeplabcut(tmp_path, min_confidence=0.6)
    assert np.argwhere(np.isnan(bunch.sequences[0]).all(axis=-1)).tolist() == [[1, 1]]
    assert bunch.confidence[0][1, 1] == np.float32(0.3)


@pytest.mark.parametrize("ending", WRITERS)
def test_three_dimensions_without_a_likelihood_are_read(tmp_path, ending):
    columns = columns_of(coords=["x", "y", "z"])
    values = values_of(columns)
    values[3, 3:6] = np.nan
    WRITERS[ending](tmp_path / f"a{ending}", columns, values)
    bunch = load_deeplabcut(tmp_path)
    np.testing.assert_array_equal(bunch.sequences[0], values.reshape(6, 4, 3).astype(np.float32))
    assert np.argwhere(bunch.confidence[0] == 0).tolist() == [[3, 1]]


def test_columns_of_images_and_of_other_coordinates_are_no_coordinates(tmp_path):
    text = "scorer,,,net,net,net\nbodyparts,,,nose,nose,nose\ncoords,,,x,y,ncams\nlabeled-data,vid,img1.png,1,2,7\n"
    (tmp_path / "a.csv").write_text(text)
    assert load_deeplabcut(tmp_path).sequences[0].tolist() == [[[1, 2]]]


def test_joints_of_the_catalogue_are_put_in_its_order(tmp_path):
    parts = [COCO.joints[at] for at in np.random.default_rng(0).permutation(17)]
    columns = columns_of(parts=parts)
    values = values_of(columns)
    write_csv(tmp_path / "a.csv", columns, values)
    bunch = load_deeplabcut(tmp_path)
    assert bunch.skeleton is COCO
    at = columns.index(("DLC_net", "left_wrist", "x"))
    np.testing.assert_allclose(bunch.sequences[0][:, COCO.index("left_wrist"), 0], values[:, at], rtol=1e-6)


def test_given_bones_are_those_of_the_layout(folder):
    bones = [("leftEar", "snout"), ("rightEar", "snout"), ("snout", "tail_base")]
    skeleton = load_deeplabcut(folder, bones=bones).skeleton
    assert set(skeleton.bones) == {("left_ear", "snout"), ("right_ear", "snout"), ("snout", "tail_base")}


def test_unknown_bones_are_found_in_the_data(tmp_path):
    rng = np.random.default_rng(0)
    snout = rng.uniform(0, 500, size=(50, 2))
    angle = rng.uniform(0, 6, size=50)
    neck = snout + 30 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    values = np.concatenate([snout, rng.uniform(0, 500, size=(50, 2)), neck], axis=1)
    write_csv(tmp_path / "a.csv", columns_of(parts=["p1", "p2", "p3"], coords=["x", "y"]), values)
    assert frozenset(("p1", "p3")) in {frozenset(bone) for bone in load_deeplabcut(tmp_path).skeleton.bones}


def test_of_a_csv_and_an_hdf5_file_of_one_name_the_csv_is_read(folder):
    write_table_frame(folder / "clip.h5", columns_of(), values_of(columns_of()))
    assert load_deeplabcut(folder).name.tolist() == ["clip", "clip_fixed", "clip_table"]
    assert load_deeplabcut(folder / "clip.h5").name.tolist() == ["clip"]


def test_labels_segments_workers_and_the_cache(folder, tmp_path):
    expected = load_deeplabcut(folder, labels=lambda name: name[-5:])
    assert expected.target_names == ["clip", "fixed", "table"]
    with parallel_config(backend="threading", n_jobs=2):
        parallel = load_deeplabcut(folder)
    for other in (parallel, *(load_deeplabcut(folder, cache=tmp_path / "cache") for _ in range(2))):
        np.testing.assert_array_equal(other.sequences, expected.sequences)
        assert other.skeleton == expected.skeleton
    segments = {"recording": ["clip", "clip"], "start": [0, 2], "end": [2, 6], "label": ["groom", "rear"]}
    bunch = load_deeplabcut(folder / "clip.csv", segments=segments)
    assert ([len(one) for one in bunch.sequences], bunch.target_names) == ([2, 4], ["groom", "rear"])


# -- SLEAP


def sleap_people(n_tracks=2, n_frames=5):
    rng = np.random.default_rng(0)
    people = rng.uniform(1, 100, size=(n_frames, n_tracks, 3, 3))
    people[..., 2] = rng.uniform(0.8, 1.0, size=people.shape[:3]) - 0.3 * np.arange(n_tracks)[:, None]
    people[1, 0] = np.nan
    return people


def test_sleap_gives_tracks_names_bones_and_scores(tmp_path):
    people = sleap_people()
    write_sleap(
        tmp_path / "a.h5", people, ["head", "thorax", "abdomen"], edges=[("thorax", "head"), ("thorax", "abdomen")]
    )
    bunch = load_deeplabcut(tmp_path, n_persons=2)
    assert bunch.skeleton.name == "SLEAP"
    assert set(bunch.skeleton.bones) == {("head", "thorax"), ("abdomen", "thorax")}
    np.testing.assert_allclose(bunch.sequences[0].reshape(5, 2, 3, 2), people[..., :2], rtol=1e-6)
    np.testing.assert_allclose(bunch.confidence[0].reshape(5, 2, 3), np.nan_to_num(people[..., 2]), rtol=1e-6)


def test_sleap_without_scores_is_sure_of_what_is_there(tmp_path):
    write_sleap(tmp_path / "a.h5", sleap_people(1), ["a", "b", "c"], with_scores=False)
    assert load_deeplabcut(tmp_path).confidence[0].tolist() == [[float(at != 1)] * 3 for at in range(5)]


# -- faults

SOUND = "scorer,n,n,n\nbodyparts,nose,nose,nose\ncoords,x,y,likelihood\n0,1,2,0.9\n1,3,4,0.9\n"
FAULTS = {
    "empty": ("", "got 'an empty file', expected header rows scorer"),
    "another table": ("frame,x,y\n0,1,2\n", "got 'frame,x,y', expected header rows scorer, (individuals,) bodyparts"),
    "no coords": (SOUND.replace("coords", "wrong"), "expected header rows scorer, (individuals,) bodyparts and coords"),
    "no frames": ("".join(SOUND.splitlines(keepends=True)[:3]), "got 3 columns and 0 frames, expected x and y"),
    "no y": (SOUND.replace("x,y", "x,a"), "expected x and y of a body part"),
    "a coordinate missing": (
        SOUND.replace("nose,nose,nose", "nose,nose,tail"),
        "got 3 different columns of 3 for 2 body parts of 1 individuals, expected x, y, likelihood of each",
    ),
    "a column twice": (SOUND.replace("x,y,likelihood", "x,y,y"), "got 2 different columns of 3"),
    "a row cut short": (SOUND[:-5], "line 5: got 3 cells, expected 4 as in the header"),
    "a word": (SOUND.replace("3,4", "3,up"), "line 5: got text that is no number"),
    "infinity": (SOUND.replace("3,4", "3,inf"), "got the number inf"),
    "nobody": (SOUND.replace("0.9", "0"), "got nobody in 2 frames"),
    "no text": (b"\xff\xfe\xff" * 9, "got bytes that are no text"),
    "a cell of megabytes": ("scorer," + "x" * 2_000_000, "got text that is no CSV"),
    "HDF5 cut short": (b"\x89HDF\r\n\x1a\n" + b"\0" * 500, "got an HDF5 file that is damaged or of another kind"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file_is_named_in_bounds_and_left_out_as_asked(folder, fault):
    content, reason = FAULTS[fault]
    path = folder / "clip.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SkeletonFileError) as error:
        load_deeplabcut(folder)
    assert error.value.path == str(path)
    assert reason in str(error.value)
    assert len(error.value.reason) < 400
    with pytest.warns(UserWarning, match="left out 1 of 3 files"):
        bunch = load_deeplabcut(folder, on_error="warn")
    assert list(bunch.left_out) == ["clip"]


def spoil(change):
    def spoiled(path):
        write_table_frame(path, columns_of(), values_of(columns_of()))
        with h5py.File(path, "a") as file:
            change(file["df_with_missing"])

    return spoiled


def claim_much(path):
    with h5py.File(path, "w") as file:
        group = file.create_group("df")
        group.attrs["pandas_type"] = b"frame"
        group.attrs.update(nblocks=1, block0_items_nlevels=3)
        group.create_dataset("block0_values", shape=(10**9, 12), dtype="<f8", chunks=(1000, 12))
        for at in range(3):
            group.create_dataset(f"block0_items_level{at}", shape=(10**9,), dtype="S100", chunks=(1000,))
            group.create_dataset(f"block0_items_label{at}", shape=(12,), dtype="i1")


HDF5_FAULTS = {
    "nothing": (lambda path: h5py.File(path, "w").close(), "got an HDF5 file with nothing, expected a data frame"),
    "other data": (lambda path: write_other(path), "got an HDF5 file with X, weights, expected a data frame of"),
    "names of code": (
        spoil(lambda group: group["table"].attrs.update(values_block_0_kind=np.bytes_(b"cos\nsystem\n(S'true'\ntR."))),
        "column names with the pickle operation GLOBAL",
    ),
    "names of numbers": (
        spoil(lambda group: group["table"].attrs.update(values_block_0_kind=np.bytes_(b"(lp0\n(I1\ntp1\na."))),
        "column names with the pickle operation INT",
    ),
    "names that are no bytes": (
        spoil(lambda group: group["table"].attrs.update(values_block_0_kind=10**9)),
        "column names as int64",
    ),
    "too few names": (
        spoil(lambda group: group["table"].attrs.update(values_block_0_kind=np.bytes_(b"(lp0\n(Va\nVb\nVx\ntp1\na."))),
        "got 1 column names that do not fit the values",
    ),
    "no names": (spoil(lambda group: group["table"].attrs.clear()), "damaged or of another kind"),
    "claims of gigabytes": (claim_much, "got an array of 100,000,000,000 bytes in"),
    "SLEAP of another shape": (
        lambda path: write_sleap(path, sleap_people(), ["a", "b"]),
        "got tracks of shape (2, 2, 3, 5), expected (n_tracks, 2, 2, n_frames)",
    ),
}


def write_other(path):
    with h5py.File(path, "w") as file:
        file["weights"], file["X"] = [1.0], [2.0]


@pytest.mark.parametrize("fault", HDF5_FAULTS)
def test_hdf5_file_of_anything_else_is_a_fault(folder, fault):
    write, reason = HDF5_FAULTS[fault]
    path = folder / "clip_table.h5"
    write(path)
    with pytest.raises(SkeletonFileError) as error:
        load_deeplabcut(folder)
    assert error.value.path == str(path)
    assert reason in str(error.value)
    assert list(load_deeplabcut(folder, on_error="skip").left_out) == ["clip_table"]


def test_missing_package_is_named_with_its_extra_and_csv_needs_none(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"HDF5 files need h5py: pip install 'skeletonlearn\[mocap\]'"):
        load_deeplabcut(folder)
    assert load_deeplabcut(folder / "clip.csv").name.tolist() == ["clip"]


@pytest.mark.parametrize("wrong", [{"n_persons": 0}, {"min_confidence": "high"}, {"bones": 3}, {"labels": 3}])
def test_unknown_parameter_values_are_errors(folder, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        load_deeplabcut(folder, **wrong)


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_deeplabcut(folder, labels=str.upper)) == documented_keys(load_deeplabcut)
