"""The reader and the writer of pyskl's annotation pickles."""

import gzip
import os
import pickle
import zipfile

import numpy as np
import pytest
from sklearn.utils import Bunch

from skeletonlearn.datasets import SkeletonFileError, make_actions
from skeletonlearn.datasets._pyskl import load_pyskl, save_pyskl
from skeletonlearn.skeletons import COCO, KINECT_V1, NTU_RGBD, OPENPOSE_BODY25


def annotate(name="clip", label=0, *, persons=1, frames=4, joints=17, channels=2, score=False, seed=0, **changes):
    generator = np.random.default_rng(seed)
    annotation = {
        "frame_dir": name,
        "label": label,
        "img_shape": (1080, 1920),
        "original_shape": (1080, 1920),
        "total_frames": frames,
        "keypoint": generator.uniform(1, 9, (persons, frames, joints, channels)).astype(np.float16),
    }
    if score:
        annotation["keypoint_score"] = generator.uniform(0.1, 1, (persons, frames, joints)).astype(np.float16)
    return {key: value for key, value in (annotation | changes).items() if value is not ...}


def write(path, annotations, split=None, protocol=4):
    document = annotations if split is None else {"split": split, "annotations": annotations}
    path.write_bytes(pickle.dumps(document, protocol))
    return path


@pytest.fixture
def path(tmp_path):
    """Three clips, one of them with two persons, of three labels and two splits."""
    clips = [annotate("b", 2, persons=2, seed=1), annotate("a", 0, frames=3, seed=2), annotate("c", 0, seed=3)]
    return write(tmp_path / "set.pkl", clips, {"xsub_train": ["b", "c", "unknown"], "xsub_val": ["a"]})


def test_a_pickle_becomes_a_bunch_in_its_order(path):
    bunch = load_pyskl(path)
    assert bunch.name.tolist() == ["b", "a", "c"]
    assert bunch.target.tolist() == [2, 0, 0]
    assert bunch.target_names == ["0", "1", "2"]
    assert bunch.skeleton is COCO
    assert [one.shape for one in bunch.sequences] == [(4, 34, 2), (3, 34, 2), (4, 34, 2)]
    assert all(one.dtype == np.float32 for one in bunch.sequences)
    assert bunch.left_out == {}
    assert "confidence" not in bunch
    assert "train_index" not in bunch
    assert "xsub_train" in bunch.DESCR


def test_persons_stand_side_by_side_and_absent_ones_are_nan(path):
    bunch = load_pyskl(path)
    keypoint = pickle.loads(path.read_bytes())["annotations"][0]["keypoint"]
    for person in range(2):
        for joint in range(17):
            np.testing.assert_array_equal(bunch.sequences[0][:, person * 17 + joint], keypoint[person, :, joint])
    assert np.isnan(bunch.sequences[1][:, 17:]).all()
    assert not np.isnan(bunch.sequences[1][:, :17]).any()


@pytest.mark.parametrize("n_persons", [1, 2, 3])
def test_the_number_of_persons_can_be_chosen(path, n_persons):
    sequence, most = load_pyskl(path, n_persons=n_persons).sequences[0], load_pyskl(path).sequences[0]
    assert sequence.shape == (4, 17 * n_persons, 2)
    shared = min(34, 17 * n_persons)
    np.testing.assert_array_equal(sequence[:, :shared], most[:, :shared])
    assert np.isnan(sequence[:, shared:]).all()


def test_the_number_of_persons_does_not_depend_on_the_subset(path):
    assert load_pyskl(path, protocol="xsub", subset="test").sequences[0].shape == (3, 34, 2)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_of_python_3_is_read(tmp_path, protocol):
    clip = annotate(score=True)
    (sequence,) = load_pyskl(write(tmp_path / "set.pkl", [clip], protocol=protocol)).sequences
    np.testing.assert_array_equal(sequence, clip["keypoint"][0].astype(np.float32))


def test_points_at_the_origin_are_nan(tmp_path):
    keypoint = np.ones((1, 2, 25, 3))
    keypoint[0, 1, 4] = 0
    keypoint[0, 1, 5] = (0, 0, 2)
    keypoint[0, 0, 6] = (np.nan, 1, 1)
    path = write(tmp_path / "set.pkl", [annotate(frames=2, joints=25, keypoint=keypoint)])
    (sequence,) = load_pyskl(path).sequences
    assert np.argwhere(np.isnan(sequence).any(axis=2)).tolist() == [[0, 6], [1, 4]]
    assert np.isnan(sequence).sum() == 6


def test_points_without_score_are_nan_and_nan_points_have_no_score(tmp_path):
    clip = annotate(persons=2, frames=2, score=True)
    clip["keypoint_score"][1, 0, 3] = 0
    clip["keypoint_score"][0, 0, 2] = np.nan
    clip["keypoint"][0, 1, 5] = 0
    bunch = load_pyskl(write(tmp_path / "set.pkl", [clip, annotate("other", frames=2, score=True)]))
    (sequence, other), (score, other_score) = bunch.sequences, bunch.confidence
    missing = np.argwhere(np.isnan(sequence).all(axis=2)).tolist()
    assert missing == [[0, 2], [0, 17 + 3], [1, 5]]
    assert np.argwhere(score == 0).tolist() == missing
    assert score[1, 17 + 4] == np.float32(clip["keypoint_score"][1, 1, 4])
    assert score.dtype == np.float32
    assert (other_score[:, 17:] == 0).all()
    assert np.isnan(other[:, 17:]).all()


def test_a_clip_without_scores_among_others_has_1_where_joints_are_seen(tmp_path):
    clip = annotate("bare", frames=2)
    clip["keypoint"][0, 1, 5] = 0
    bunch = load_pyskl(write(tmp_path / "set.pkl", [annotate(score=True), clip]))
    assert np.argwhere(bunch.confidence[1] != 1).tolist() == [[1, 5]]


@pytest.mark.parametrize(
    ("joints", "channels", "layout"), [(17, 2, COCO), (17, 3, COCO), (25, 2, OPENPOSE_BODY25), (25, 3, NTU_RGBD)]
)
def test_the_layout_follows_from_joints_and_channels(tmp_path, joints, channels, layout):
    path = write(tmp_path / "set.pkl", [annotate(joints=joints, channels=channels)])
    assert load_pyskl(path).skeleton is layout


def test_a_layout_that_cannot_be_told_must_be_named(tmp_path):
    path = write(tmp_path / "set.pkl", [annotate(joints=20, channels=3)])
    with pytest.raises(ValueError, match="skeleton='auto' knows no layout of 20 joints x 3 channels"):
        load_pyskl(path)
    assert load_pyskl(path, skeleton="kinect_v1").skeleton is KINECT_V1


def test_a_protocol_names_the_parts(path):
    everything, train, test = (load_pyskl(path, protocol="xsub", subset=one) for one in ("all", "train", "test"))
    assert everything.train_index.tolist() == [0, 2]
    assert everything.test_index.tolist() == [1]
    assert train.name.tolist() == ["b", "c"]
    assert test.name.tolist() == ["a"]
    assert len(test.sequences) == len(test.target) == 1
    assert test.target_names == ["0", "1", "2"]
    assert everything.protocol == "xsub"


def test_splits_are_indices_of_the_samples_given(path):
    splits = load_pyskl(path).splits
    assert {name: index.tolist() for name, index in splits.items()} == {"xsub_train": [0, 2], "xsub_val": [1]}
    splits = load_pyskl(path, protocol="xsub", subset="test").splits
    assert {name: index.tolist() for name, index in splits.items()} == {"xsub_train": [], "xsub_val": [0]}


def test_a_pair_of_splits_is_a_protocol_and_other_clips_are_not_given(tmp_path):
    clips = [annotate(name) for name in "abc"]
    split = {"train1": ["c"], "test1": np.array(["b"]), "s_train": ("a",), "s_test": {"b"}}
    path = write(tmp_path / "set.pkl", clips, split)
    bunch = load_pyskl(path, protocol=("train1", "test1"))
    assert bunch.name.tolist() == ["b", "c"]
    assert (bunch.train_index.tolist(), bunch.test_index.tolist()) == ([1], [0])
    assert load_pyskl(path, protocol="s").name[load_pyskl(path, protocol="s").test_index].tolist() == ["b"]


def test_an_older_pickle_is_a_list_without_splits(tmp_path):
    path = write(tmp_path / "set.pkl", [annotate()])
    assert load_pyskl(path).splits == {}
    with pytest.raises(ValueError, match="needs a split 'xsub_train', but the file has no splits"):
        load_pyskl(path, protocol="xsub")


def test_the_same_file_is_read_from_a_folder_an_archive_and_gzip(path, tmp_path):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.write(path, "inside/set.pkl")
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "set.pickle.gz").write_bytes(gzip.compress(path.read_bytes()))
    for source in (tmp_path, tmp_path / "set.zip", tmp_path / "packed", tmp_path / "packed" / "set.pickle.gz"):
        assert load_pyskl(source).name.tolist() == ["b", "a", "c"]


def test_names_of_ntu_are_taken_apart(tmp_path):
    names = ["S001C002P003R002A013", "S017C003P020R001A060"]
    bunch = load_pyskl(write(tmp_path / "set.pkl", [annotate(name) for name in names]))
    assert bunch.setup.tolist() == [1, 17]
    assert bunch.camera.tolist() == [2, 3]
    assert bunch.subject.tolist() == [3, 20]
    assert bunch.repetition.tolist() == [2, 1]


@pytest.mark.parametrize("other", ["v_Diving_g01_c01", "S001C004P003R002A013"])
def test_other_names_say_nothing(tmp_path, other):
    path = write(tmp_path / "set.pkl", [annotate("S001C002P003R002A013"), annotate(other)])
    assert "camera" not in load_pyskl(path)


def test_names_of_classes_can_be_given(path):
    names = ["wave", "jump", "sit"]
    assert load_pyskl(path, target_names=names).target_names == names
    with pytest.raises(SkeletonFileError, match="got label 2, expected one from 0 to 1"):
        load_pyskl(path, target_names=names[:2])


FAULTS = {
    "no dict": ([1, 2], "got a value of type list of length 2, expected a dict"),
    "no label": (annotate("x", label=...), "got no label, expected frame_dir, label, keypoint"),
    "no keypoint": (annotate("x", keypoint=...), "got no keypoint"),
    "no name": (annotate(...), "got no frame_dir"),
    "a number as name": (annotate(5), "got a value of type int as frame_dir"),
    "an empty name": (annotate(""), "as frame_dir, expected a name"),
    "a long name": (annotate("x" * 256), "of length 256 as frame_dir, expected a name of 1 to 255"),
    "a name of control signs": (annotate("x\0"), "as frame_dir"),
    "a text label": (annotate("x", "5"), "got a value of type str of length 1 as label, expected an int"),
    "a float label": (annotate("x", 1.0), "type float as label"),
    "a bool label": (annotate("x", True), "type bool as label"),
    "a negative label": (annotate("x", -1), "got label -1, expected one from 0 to"),
    "a huge label": (annotate("x", 10**12), "got label 1000000000000, expected"),
    "an endless label": (annotate("x", 10**600), "got label a huge number, expected"),
    "other frames": (annotate("x", total_frames=5), "got total_frames 5, expected 4 as keypoint has"),
    "text frames": (annotate("x", total_frames="4"), "got total_frames a value of type str"),
    "18 joints": (
        annotate("x", joints=18),
        r"of shape \(1, 4, 18, 2\) .*, expected numbers of .*\(persons, frames, 17, 2",
    ),
    "3 channels": (annotate("x", channels=3), r"of shape \(1, 4, 17, 3\)"),
    "no person": (annotate("x", persons=0), r"of shape \(0, 4, 17, 2\)"),
    "no frame": (annotate("x", frames=0), r"of shape \(1, 0, 17, 2\)"),
    "101 persons": (annotate("x", persons=101, frames=1), "got 101 persons, expected at most 100"),
    "three axes": (annotate("x", keypoint=np.ones((4, 17, 2))), r"of shape \(4, 17, 2\)"),
    "a list": (annotate("x", keypoint=[[1, 2]]), "got keypoint a value of type list"),
    "text": (annotate("x", keypoint=np.full((1, 4, 17, 2), "a")), "type <U1"),
    "objects": (annotate("x", keypoint=np.full((1, 4, 17, 2), None)), "type object"),
    "complex": (annotate("x", keypoint=np.ones((1, 4, 17, 2), complex)), "type complex128"),
    "infinity": (annotate("x", keypoint=np.full((1, 4, 17, 2), np.inf)), "got an infinite keypoint"),
    "beyond float32": (annotate("x", keypoint=np.full((1, 4, 17, 2), 1e300)), "got an infinite keypoint"),
    "scores of another shape": (annotate("x", keypoint_score=np.ones((1, 4, 18))), "got keypoint_score of shape"),
    "scores in a list": (annotate("x", keypoint_score=[1.0]), "got keypoint_score a value of type list"),
    "infinite scores": (annotate("x", keypoint_score=np.full((1, 4, 17), np.inf)), "got an infinite keypoint_score"),
    "a name again": (annotate("a"), "got its frame_dir a second time"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_annotation_is_named_with_got_and_wanted(tmp_path, fault):
    annotation, message = FAULTS[fault]
    path = write(tmp_path / "set.pkl", [annotate("a"), annotation, annotate("b", 1)])
    with pytest.raises(SkeletonFileError, match=message) as error:
        load_pyskl(path)
    assert error.value.path == str(path)
    assert "annotation 1" in error.value.reason
    with pytest.warns(UserWarning, match=r"left out 1 of 3 .*annotation 1"):
        warned = load_pyskl(path, on_error="warn")
    skipped = load_pyskl(path, on_error="skip")
    assert warned.name.tolist() == skipped.name.tolist() == ["a", "b"]
    assert len(skipped.left_out) == 1


def test_what_is_left_out_goes_by_its_name_or_its_place(tmp_path):
    clips = [annotate("a"), annotate("x", -1), annotate("x", -1), 7]
    bunch = load_pyskl(write(tmp_path / "set.pkl", clips), on_error="skip")
    assert list(bunch.left_out) == ["x", "annotation 2", "annotation 3"]


def test_a_file_without_a_sound_annotation_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"None of 1 annotations could be read; the last fault: .*label"):
        load_pyskl(write(tmp_path / "set.pkl", [annotate(label="x")]), on_error="skip")


FILES = {
    "empty": (b"", "got an empty file"),
    "text": (b"a,b,c", "bytes that are no pickle"),
    "a number": (pickle.dumps(5), "got a value of type int of annotations, expected a dict with 'annotations'"),
    "no annotation": (pickle.dumps([]), "of length 0 of annotations"),
    "no annotations": (pickle.dumps({"split": {}}), "got a dict without 'annotations'"),
    "a dict of annotations": (pickle.dumps({"annotations": {"a": 1}}), "type dict of length 1 of annotations"),
    "numbers": (pickle.dumps([1, 2]), "got no annotation with a 4-dimensional array 'keypoint'"),
    "four channels": (pickle.dumps([annotate(channels=4)]), "got keypoints of 4 channels, expected 2 or 3"),
    "a list of splits": (pickle.dumps({"annotations": [annotate()], "split": ["a"]}), "as 'split', expected a dict"),
    "a number of split": (pickle.dumps({"annotations": [annotate()], "split": {1: []}}), "as the name of a split"),
    "a split of numbers": (
        pickle.dumps({"annotations": [annotate()], "split": {"a": [1]}}),
        "as the members of a split",
    ),
    "a split of text": (pickle.dumps({"annotations": [annotate()], "split": {"a": "bc"}}), "as the members of a split"),
    "code": (b"cos\nsystem\n(X\x04\x00\x00\x00exittR.", "no pickle"),
    "later code": (b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00exit\x85R.", r"got os\.system, expected"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_a_file_of_another_kind_is_refused_as_a_whole(tmp_path, name, on_error):
    data, message = FILES[name]
    path = tmp_path / "set.pkl"
    path.write_bytes(data)
    with pytest.raises(SkeletonFileError, match=message):
        load_pyskl(path, on_error=on_error)


def test_annotations_cannot_share_an_array_to_fill_the_memory(tmp_path):
    keypoint = np.ones((1, 100, 17, 2))
    clips = [annotate(f"clip {at}", keypoint=keypoint, frames=100) for at in range(20)]
    with pytest.raises(SkeletonFileError, match="annotations that share their keypoints"):
        load_pyskl(write(tmp_path / "set.pkl", clips))


def test_a_name_in_both_parts_is_an_error(tmp_path):
    split = {"x_train": ["a", "b"], "x_val": ["b"]}
    path = write(tmp_path / "set.pkl", [annotate("a"), annotate("b")], split)
    with pytest.raises(SkeletonFileError, match=r"got 1 names for training and testing \(the first: b\)"):
        load_pyskl(path, protocol="x")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"subset": "val"}, "subset='val' must be one of"),
        ({"on_error": "ignore"}, "on_error='ignore' must be one of"),
        ({"subset": "train"}, "needs a protocol"),
        ({"n_persons": 0}, "n_persons=0 must be a positive integer or None"),
        ({"n_persons": 1.5}, "n_persons=1.5 must be"),
        ({"n_persons": True}, "n_persons=True must be"),
        ({"skeleton": "dog"}, "skeleton='dog' must be one of"),
        ({"target_names": "abc"}, "target_names='abc' must be a list of text"),
        ({"target_names": [1, 2, 3]}, "must be a list of text"),
        ({"protocol": "xview"}, "needs a split 'xview_train', but the file has 'xsub_train', 'xsub_val'"),
        ({"protocol": ("xsub_train", "xsub_test")}, "needs a split 'xsub_test'"),
        ({"protocol": 5}, "protocol=5 must be text, a pair of split names or None"),
    ],
)
def test_wrong_parameters_are_errors(path, wrong, message):
    with pytest.raises(ValueError, match=message):
        load_pyskl(path, **wrong)


def test_an_empty_protocol_is_an_error(tmp_path):
    path = write(tmp_path / "set.pkl", [annotate("a")], {"x_train": [], "x_val": ["b"], "y_train": ["a"], "y_val": []})
    with pytest.raises(ValueError, match="protocol='x' has no sample"):
        load_pyskl(path, protocol="x")
    with pytest.raises(ValueError, match="subset='test' is empty"):
        load_pyskl(path, protocol="y", subset="test")


def test_a_missing_file_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"such as ntu60_3danno.pkl"):
        load_pyskl(tmp_path / "nowhere.pkl")
    for name in ("a.pkl", "b.pkl"):
        write(tmp_path / name, [annotate()])
    with pytest.raises(ValueError, match="has 2 pickles, expected one"):
        load_pyskl(tmp_path)
    with pytest.raises(ValueError, match="must be the path of a pickle"):
        load_pyskl([tmp_path / "a.pkl"])


def sample_bunch(persons, channels, *, confidence):
    """Two ragged sequences with missing joints and persons, in two splits."""
    generator = np.random.default_rng(5)
    skeleton = COCO if channels == 2 else NTU_RGBD
    sequences = [
        generator.normal(size=(n_frames, persons * skeleton.n_joints, channels)).astype(np.float32)
        for n_frames in (3, 1)
    ]
    sequences[0][1, 4] = np.nan
    sequences[0][2] = np.nan
    if persons == 2:
        sequences[1][:, skeleton.n_joints :] = np.nan
    bunch = Bunch(
        sequences=sequences,
        target=np.array([1, 0]),
        skeleton=skeleton,
        name=np.array(["second", "first"]),
        splits={"s_train": np.array([1]), "s_val": np.array([0]), "none": np.array([], dtype=int)},
    )
    if confidence:
        scores = [generator.uniform(0.1, 1, one.shape[:2]).astype(np.float32) for one in sequences]
        bunch.confidence = [
            np.where(np.isnan(one).any(axis=2), np.float32(0), score)
            for one, score in zip(sequences, scores, strict=True)
        ]
    return bunch


@pytest.mark.parametrize("persons", [1, 2])
@pytest.mark.parametrize("channels", [2, 3])
@pytest.mark.parametrize("confidence", [False, True])
def test_what_is_saved_is_loaded_again(tmp_path, persons, channels, confidence):
    saved = sample_bunch(persons, channels, confidence=confidence)
    save_pyskl(tmp_path / "set.pkl", saved)
    loaded = load_pyskl(tmp_path / "set.pkl")
    keys = ["sequences", "confidence"] if confidence else ["sequences"]
    for key in keys:
        for one, other in zip(loaded[key], saved[key], strict=True):
            np.testing.assert_array_equal(one, other, strict=True)
    assert ("confidence" in loaded) == confidence
    assert loaded.target.tolist() == [1, 0]
    assert loaded.name.tolist() == ["second", "first"]
    assert loaded.skeleton is saved.skeleton
    assert {key: index.tolist() for key, index in loaded.splits.items()} == {"s_train": [1], "s_val": [0], "none": []}


def test_a_saved_file_has_pyskls_layout_and_plain_pickle_reads_it(tmp_path):
    save_pyskl(tmp_path / "set.pkl", sample_bunch(2, 2, confidence=True), img_shape=(480, 640))
    document = pickle.loads((tmp_path / "set.pkl").read_bytes())
    assert document["split"] == {"s_train": ["first"], "s_val": ["second"], "none": []}
    first = document["annotations"][0]
    assert first["keypoint"].shape == (2, 3, 17, 2)
    assert first["keypoint_score"].shape == (2, 3, 17)
    assert {key: first[key] for key in ("frame_dir", "label", "total_frames", "img_shape", "original_shape")} == {
        "frame_dir": "second",
        "label": 1,
        "total_frames": 3,
        "img_shape": (480, 640),
        "original_shape": (480, 640),
    }
    assert type(first["label"]) is int
    assert type(first["frame_dir"]) is str
    assert (first["keypoint"][0, 1, 4] == 0).all()
    assert first["keypoint_score"][0, 1, 4] == 0


def test_a_joint_seen_at_the_origin_stays_seen(tmp_path):
    sequence = np.ones((2, 17, 3), dtype=np.float32)
    sequence[0, 3] = 0
    scores = np.ones((2, 17), dtype=np.float32)
    scores[1, 5] = 0
    save_pyskl(tmp_path / "set.pkl", {"sequences": [sequence], "target": [0], "skeleton": COCO, "confidence": [scores]})
    bunch = load_pyskl(tmp_path / "set.pkl")
    assert not np.isnan(bunch.sequences[0]).any()
    np.testing.assert_allclose(bunch.sequences[0], sequence, atol=1e-37)
    np.testing.assert_allclose(bunch.confidence[0], scores, atol=1e-37)


def test_a_joint_that_is_partly_missing_is_missing(tmp_path):
    sequence = np.ones((2, 17, 3))
    sequence[0, 3, 1] = np.nan
    save_pyskl(tmp_path / "set.pkl", {"sequences": [sequence], "target": [0], "skeleton": "coco"})
    (loaded,) = load_pyskl(tmp_path / "set.pkl").sequences
    assert np.isnan(loaded).sum() == 3
    assert np.isnan(sequence).sum() == 1


def test_any_bunch_of_the_package_can_be_saved(tmp_path):
    bunch = make_actions(6, skeleton="NTU_RGBD", two_person=True, n_classes=3, random_state=0)
    bunch.update(train_index=np.arange(4), test_index=np.arange(4, 6), protocol="xview")
    save_pyskl(tmp_path / "set.pkl", bunch)
    loaded = load_pyskl(tmp_path / "set.pkl", protocol="xview", subset="test")
    np.testing.assert_array_equal(loaded.sequences[1], bunch.sequences[5])
    assert loaded.name.tolist() == bunch.name[4:].tolist()


def test_saving_puts_a_whole_file_in_place_of_the_old_one_or_leaves_it(tmp_path, monkeypatch):
    path = tmp_path / "set.pkl"
    path.write_bytes(b"old")
    good = {"sequences": [np.ones((1, 17, 2))], "target": [0], "skeleton": COCO}

    def fail(*args):
        raise OSError("no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="no space"):
            save_pyskl(path, good)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["set.pkl"]
    save_pyskl(path, good)
    assert os.listdir(tmp_path) == ["set.pkl"]
    assert len(load_pyskl(path).sequences) == 1


GOOD = {"sequences": [np.ones((2, 17, 2)), np.ones((3, 17, 2))], "target": [0, 1], "skeleton": COCO}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": None}, "bunch has no target; expected sequences, target and skeleton"),
        ({"skeleton": None}, "bunch has no skeleton"),
        ({"sequences": []}, "sequences is empty"),
        ({"target": [0]}, r"bunch.target has shape \(1,\)"),
        ({"target": [0, -1]}, "labels of 0 or more"),
        ({"target": [0.0, 1.0]}, "type float64, expected 2 labels"),
        ({"name": ["a"]}, "bunch.name has 1 items, expected 2"),
        ({"name": ["a", "a"]}, "1 distinct names, expected 2"),
        ({"name": ["a", ""]}, "bunch.name has '', expected 1 to 255"),
        ({"confidence": [np.ones((2, 17))]}, "bunch.confidence has 1 items"),
        (
            {"confidence": [np.ones((2, 17)), np.ones((2, 17))]},
            r"confidence\[1\] has shape \(2, 17\), expected \(3, 17",
        ),
        ({"sequences": [np.ones((2, 17, 2)), np.ones((3, 18, 2))]}, "18 joints, but COCO has 17"),
        ({"sequences": [np.ones((2, 17, 4))] * 2}, r"expected \(n_frames, n_joints, 2 or 3\)"),
        ({"sequences": [np.ones((0, 17, 2))] * 2}, r"has shape \(0, 17, 2\)"),
        ({"sequences": [np.ones((2, 17 * 101, 2))] * 2}, "has 101 persons, expected at most 100"),
        ({"sequences": [np.full((2, 17, 2), np.inf)] * 2}, r"sequences\[0\] has infinite numbers"),
        ({"splits": {"train": [2]}}, r"bunch.splits\['train'\] .* expected indices from 0 to 1"),
        ({"splits": {"train": [-1]}}, "expected indices from 0 to 1"),
        ({"splits": {"train": [True, False]}}, "type bool"),
        ({"splits": {"train": ["a"]}}, "type <U1"),
    ],
)
def test_a_bunch_that_cannot_be_saved_is_an_error_and_nothing_is_written(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        save_pyskl(tmp_path / "set.pkl", GOOD | changes)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("img_shape", [5, (1,), (0, 4), (1.5, 2)])
def test_a_wrong_image_shape_is_an_error(tmp_path, img_shape):
    with pytest.raises(ValueError, match="must be the height and the width"):
        save_pyskl(tmp_path / "set.pkl", GOOD, img_shape=img_shape)


@pytest.mark.parametrize("operation", [b"N", b"]", b"}", b")"])
def test_a_small_compressed_file_that_unpacks_to_millions_of_values_is_refused_at_once(tmp_path, operation):
    path = tmp_path / "bomb.pkl"
    path.write_bytes(gzip.compress(b"\x80\x04(" + operation * 40_000_000 + b"t."))
    assert path.stat().st_size < 50_000
    with pytest.raises(SkeletonFileError, match="to read it anyway, decompress it first"):
        load_pyskl(path)


@pytest.mark.parametrize(
    ("bunch", "text"),
    [
        (np.ones((2, 3, 17, 2)), "bunch is a ndarray, expected a Bunch or a dict"),
        (None, "bunch is a NoneType"),
        ({"sequences": 3, "target": [1], "skeleton": "COCO"}, "bunch.sequences is a int, expected a list or an array"),
        (
            {"sequences": [np.ones((2, 17, 2))], "target": [1], "skeleton": "COCO", "name": 3},
            "bunch.name is a int, expected a list",
        ),
    ],
)
def test_what_is_no_bunch_is_an_error_with_got_and_wanted(tmp_path, bunch, text):
    with pytest.raises(TypeError, match=text):
        save_pyskl(tmp_path / "motions.pkl", bunch)
    assert list(tmp_path.iterdir()) == []
