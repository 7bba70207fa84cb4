"""The reader of COCO keypoints."""

import json

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._coco_keypoints import load_coco_keypoints
from skeletonlearn.skeletons import COCO, COCO_WHOLEBODY, HALPE26, MPII, OPENPOSE_BODY25


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
    with parallel_config(backend="threading"):
        bunch = load_coco_keypoints(tmp_path, labels="folder", n_jobs=2)
    assert bunch.name.tolist() == ["kick/clip1", "wave/clip2", "wave/clip10"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1, 1], ["kick", "wave"])


# -- categories


def write_named(folder, name, names, links=None, *, points=None, others=(), **category):
    """Annotations of one image with one person, whose joints have the names."""
    points = np.column_stack([np.arange(len(names)), np.full((len(names), 2), 2)]) if points is None else points
    person = {"id": 1, "name": "person", "keypoints": names, "skeleton": links, **category}
    entry = {"image_id": 0, "category_id": 1, "keypoints": np.ravel(points).tolist()}
    value = {"images": [{"id": 0}], "annotations": [*others, entry], "categories": [person]}
    value["categories"] += [{"id": 2, "name": "dog", "keypoints": ["tail"]}, {"id": 3, "name": "bicycle"}]
    return write(folder, name, value)


@pytest.mark.parametrize("layout", [COCO, MPII, HALPE26, COCO_WHOLEBODY, OPENPOSE_BODY25], ids=lambda one: one.name)
@pytest.mark.parametrize("reverse", [False, True])
def test_joints_of_the_catalogue_are_brought_into_its_order(tmp_path, layout, reverse):
    names = list(layout.joints)[:: -1 if reverse else 1]
    write_named(tmp_path, "clip", names)
    bunch = load_coco_keypoints(tmp_path)
    assert bunch.skeleton is layout
    assert [names[int(x)] for x in bunch.sequences[0][0, :, 0]] == list(layout.joints)


def test_names_of_other_writers_are_understood(tmp_path):
    renamed = {"hip": "pelvis", "spine_shoulder": "thorax", "neck": "upper_neck"}
    names = [renamed.get(name, name).replace("left_", "l_").replace("right_", "r_") for name in MPII.joints]
    write_named(tmp_path, "clip", names)
    assert load_coco_keypoints(tmp_path).skeleton is MPII


def test_whole_bodies_are_known_by_how_they_begin_and_end(tmp_path):
    write_named(tmp_path, "clip", [*COCO.joints, *(f"face-{at}" for at in range(116))])
    assert load_coco_keypoints(tmp_path).skeleton is COCO_WHOLEBODY


CROWD = [f"{side}_{part}" for part in ("shoulder", "elbow", "wrist", "hip", "knee") for side in ("left", "right")]
CROWD += ["head", "neck"]


@pytest.mark.parametrize(
    "links",
    [
        [
            [1, 3],
            [3, 5],
            [2, 4],
            [4, 6],
            [7, 9],
            [8, 10],
            [11, 12],
            [12, 1],
            [12, 2],
            [1, 7],
            [2, 8],
            [7, 8],
        ],  # a circle
        [[1, 2]],
        [],
        None,
        [[1, 99], [3], "x", [1.5, 2], [True, 2], {}],
        3,
    ],
)
def test_other_joints_get_a_layout_of_their_names_whatever_their_bones(tmp_path, links):
    write_named(tmp_path, "clip", CROWD, links)
    bunch = load_coco_keypoints(tmp_path)
    assert bunch.skeleton.joints == tuple(CROWD)
    assert bunch.sequences[0].shape == (1, 12, 2)
    assert {"hip", "left_shoulder"} <= set(bunch.skeleton.roles)


@pytest.mark.parametrize("first", [0, 1])
def test_bones_are_counted_from_one_or_from_zero(tmp_path, first):
    tree = [(1, 0), (2, 1), (3, 2)]
    write_named(tmp_path, "clip", list("abcd"), [[one + first, other + first] for one, other in tree])
    assert {frozenset(edge) for edge in load_coco_keypoints(tmp_path).skeleton.edges} == set(map(frozenset, tree))


@pytest.mark.parametrize("category", [2, 3])
def test_what_is_no_person_is_left_out(tmp_path, category):
    other = {"image_id": 0, "category_id": category, "keypoints": [9, 9, 2]}
    if category == 3:
        del other["keypoints"]
    write_named(tmp_path, "clip", list(COCO.joints), others=[other])
    assert load_coco_keypoints(tmp_path).sequences[0][0, :, 0].tolist() == list(range(17))


def test_joints_at_minus_one_are_missing(tmp_path):
    points = np.array(person(5, third=2)).reshape(17, 3)
    points[3] = -1, -1, 0
    write_named(tmp_path, "clip", list(COCO.joints), points=points)
    assert np.flatnonzero(np.isnan(load_coco_keypoints(tmp_path).sequences[0][0, :, 0])).tolist() == [3]


@pytest.mark.parametrize("key", ["score", "bbox", "track_id", "idx", "id", "category_id", "area", "num_keypoints"])
def test_a_field_that_is_not_needed_is_never_a_fault(tmp_path, key):
    names = {"id": 1, "name": "person", "keypoints": list(COCO.joints)}
    for number, value in enumerate([None, "x", [], {}, [[None]], -1, float("nan"), 10**30]):
        entries = [result(at, at, **{key: value}) for at in range(3)]
        write(tmp_path, f"list{number}", entries)
        whole = {"images": [{"id": at} for at in range(3)], "annotations": entries, "categories": [names]}
        write(tmp_path, f"whole{number}", whole)
    assert [one[:, 0, 0].tolist() for one in load_coco_keypoints(tmp_path).sequences] == [[0, 1, 2]] * 16


@pytest.mark.parametrize("categories", [None, 3, [], [3], [{}], [{"keypoints": 3}], [{"id": [], "keypoints": [1]}]])
def test_categories_that_cannot_be_used_are_as_none(tmp_path, categories):
    write(tmp_path, "clip", {**annotations(IMAGES, [result(0, 5)]), "categories": categories})
    assert load_coco_keypoints(tmp_path).skeleton is COCO


def test_a_layout_can_be_named(tmp_path):
    write(tmp_path, "clip", [{"image_id": 0, "keypoints": [1.0] * 78}])
    assert load_coco_keypoints(tmp_path, skeleton="halpe26").skeleton is HALPE26
    with pytest.raises(SkeletonFileError, match=r"got 78 numbers .* skeleton=, .* load_alphapose"):
        load_coco_keypoints(tmp_path)


def test_files_of_other_joints_than_the_first_are_left_out(tmp_path):
    write_named(tmp_path, "a", list(COCO.joints))
    write_named(tmp_path, "b", CROWD)
    with pytest.raises(SkeletonFileError, match="got the layout COCO_OF_12_JOINTS with 12 joints, expected COCO"):
        load_coco_keypoints(tmp_path)
    assert list(load_coco_keypoints(tmp_path, on_error="skip").left_out) == ["b"]


def categories_of(*named):
    entries = [{"image_id": 0, "category_id": 1, "keypoints": [1, 1, 2] * 2}]
    categories = [{"id": at, "name": name, "keypoints": names} for at, (name, names) in enumerate(named, start=1)]
    return {**annotations(IMAGES, entries), "categories": categories}


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
    "two kinds of animals": (
        categories_of(("dog", ["a", "b"]), ("cat", ["a", "c"])),
        "got the categories dog, cat with different joints, expected one layout, or one 'person'",
    ),
    "a joint twice": (categories_of(("person", ["a", "a"])), "got names of joints that make no layout: got two joints"),
    "a joint too many": (categories_of(("person", ["a", "b", "c"])), "got 6 numbers as keypoints, expected 9"),
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
