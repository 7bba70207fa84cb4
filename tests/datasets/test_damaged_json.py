"""Damaged files of clips give a sound sequence or a fault that names the file, and nothing else."""

import copy
import json
import random

import numpy as np
import pytest

from skeletonlearn.datasets import (
    SkeletonFileError,
    load_alphapose,
    load_coco_keypoints,
    load_kinetics_skeleton,
    load_mmpose,
    load_openpose,
    load_yolo_pose,
)
from skeletonlearn.skeletons import COCO

JUNK = [None, True, -1, 10**30, 1e308, float("nan"), float("inf"), "", "x", "a" * 5000, [], {}, [[]], {"x": 1}, [None]]


def coco(names, *, in_list):
    """Three images of two persons, as results or as annotations."""
    points = [float(at) for at in range(1, 3 * len(names) + 1)]
    tracks = {"category_id": 1, "track_id": 3, "idx": [0.0]}
    entries = [{"image_id": at // 2, **tracks, "keypoints": points} for at in range(6)]
    if in_list:
        return entries
    links = [[1, 2], [2, 3], [3, 1], [3, 4]]
    categories = [{"id": 1, "name": "person", "keypoints": list(names), "skeleton": links}, {"id": 2, "name": "dog"}]
    images = [{"id": at, "file_name": f"{at}.jpg"} for at in range(3)]
    return {"images": images, "annotations": entries, "categories": categories}


def openpose():
    parts = {"pose_keypoints_2d": [5.0] * 75, "hand_left_keypoints_2d": [5.0] * 63, "hand_right_keypoints_2d": []}
    return {"version": 1.3, "people": [{"person_id": [-1], **parts} for _ in range(2)]}


def alphapose():
    entry = {"category_id": 1, "keypoints": [5.0] * 78, "score": 2.5, "box": [1.0] * 4, "idx": [[0.0], [0.0]]}
    return [{"image_id": f"{at // 2}.jpg", **entry} for at in range(6)]


def alphapose_of_images():
    return {f"{at}.jpg": {"version": "AlphaPose v0.3", "bodies": [{"joints": [5.0] * 54}]} for at in range(3)}


def mmpose():
    names = {str(at): name for at, name in enumerate(COCO.joints)}
    meta = {"dataset_name": "coco", "keypoint_id2name": names, "skeleton_links": [[0, 1], [1, 2]]}
    person = {"keypoints": [[5.0, 6.0] for _ in range(17)], "keypoint_scores": [0.5] * 17, "bbox": [[1.0] * 4]}
    return {"meta_info": meta, "instance_info": [{"frame_id": at, "instances": [person] * 2} for at in range(3)]}


def yolo():
    points = {"x": [5.0] * 17, "y": [6.0] * 17, "visible": [0.5] * 17}
    return [[{"name": "person", "class": 0, "track_id": at, "keypoints": points} for at in range(2)] for _ in range(3)]


def kinetics():
    person = {"pose": [0.5] * 36, "score": [0.5] * 18}
    frames = [{"frame_index": at, "skeleton": [person] * 2} for at in range(3)]
    return {"data": frames, "label": "waving", "label_index": 3}


def load_with_hands(path):
    return load_openpose(path, parts=("body", "left_hand", "right_hand"))


FILES = {
    "results": ("clip.json", load_coco_keypoints, coco(COCO.joints, in_list=True)),
    "annotations": ("clip.json", load_coco_keypoints, coco(COCO.joints, in_list=False)),
    "own joints": ("clip.json", load_coco_keypoints, coco("abcd", in_list=False)),
    "alphapose": ("clip.json", load_alphapose, alphapose()),
    "alphapose of images": ("clip.json", load_alphapose, alphapose_of_images()),
    "mmpose": ("clip.json", load_mmpose, mmpose()),
    "yolo": ("clip.json", load_yolo_pose, yolo()),
    "kinetics": ("clip.json", load_kinetics_skeleton, kinetics()),
    "openpose": ("clip_1_keypoints.json", load_with_hands, openpose()),
}


def places(value, path=()):
    """The paths of all values within a JSON value; of the numbers in a list only the first."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if not (isinstance(inner, float) and key):
            yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def damaged(value, rng):
    """A copy in which some values are junk, gone, or there twice."""
    value = copy.deepcopy(value)
    for _ in range(rng.randint(1, 3)):
        found = list(places(value))
        if not found:
            return rng.choice(JUNK)
        *path, last = rng.choice(found)
        holder = value
        for key in path:
            holder = holder[key]
        if rng.random() < 0.6:
            holder[last] = copy.deepcopy(rng.choice(JUNK))
        elif isinstance(holder, list) and rng.random() < 0.5:
            holder.insert(last, copy.deepcopy(holder[last]))
        else:
            del holder[last]
    return value


def damaged_bytes(value, rng):
    data = bytearray(json.dumps(value if rng.random() < 0.2 else damaged(value, rng)).encode())
    if rng.random() < 0.3:
        data[rng.randrange(len(data))] = rng.randrange(256)
        data = data[: rng.randint(1, len(data))] if rng.random() < 0.3 else data
    return bytes(data)


def load_or_fault(load, path):
    try:
        return load(path)
    except SkeletonFileError as error:
        return error


def check_soundness(bunch):
    (sequence,) = bunch.sequences
    assert sequence.shape[1:] == (bunch.skeleton.n_joints, 2)
    assert sequence.dtype == np.float32
    assert not np.isnan(sequence).all()
    assert not np.isinf(sequence).any()


@pytest.mark.parametrize("kind", FILES)
def test_damage_gives_a_sound_sequence_or_a_fault_that_names_the_file(tmp_path, kind):
    name, load, value = FILES[kind]
    rng, n_sound = random.Random(kind), 0
    for _ in range(200):
        (tmp_path / name).write_bytes(damaged_bytes(value, rng))
        bunch = load_or_fault(load, tmp_path / name)
        if isinstance(bunch, SkeletonFileError):
            assert bunch.path.startswith(str(tmp_path))
            assert len(str(bunch)) < 1000
        else:
            n_sound += 1
            check_soundness(bunch)
    assert 20 < n_sound < 180
