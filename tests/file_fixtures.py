"""Small sound files for every loader of users' own files, which the tests of damaged files damage.

A new loader is one line in `FIXTURES`, or one for each of its forms.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from skeletonlearn import datasets
from skeletonlearn.skeletons import AZURE_KINECT
from tests.datasets.c3d_files import random_points, write_c3d
from tests.datasets.pose_hdf5_files import write_sleap

_RNG = np.random.default_rng(0)
N_FRAMES = 3
NO_FIXTURE = {
    *("load_florence3d", "load_frame_graphs", "load_msr_action3d", "load_ntu_rgbd", "load_nw_ucla", "load_pyskl"),
    *("load_human36m", "load_sbu", "load_utd_mhad", "load_utkinect"),
    "load_video",
}
"""The loaders of data sets of others, of graphs and of videos; they have tests of faults of their own."""


@dataclass(frozen=True, eq=False)
class Fixture:
    """Sound files, and the loader that reads them.

    Parameters
    ----------
    loader : str
        Its name in `skeletonlearn.datasets`.
    files : mapping of str to bytes
        The content of each file by its path below a folder.
    parameters : mapping of str to object
        What the loader is called with beside the folder.
    clips : tuple of str, default=("wave/a", "kick/b")
        Its two clips: with which the names of clips begin, and which the paths of files contain.
    """

    loader: str
    files: Mapping[str, bytes]
    parameters: Mapping[str, Any]
    clips: tuple[str, str] = ("wave/a", "kick/b")

    def clip_of(self, path: str) -> str:
        """The clip of one of the files."""
        return next(clip for clip in self.clips if clip in path)

    @property
    def load(self) -> Callable[..., Any]:
        """The loader."""
        return getattr(datasets, self.loader)


def fixture(loader: str, files: Mapping[str, bytes], **parameters: Any) -> Fixture:
    """A fixture of two clips, "wave/a" and "kick/b", from the files of one: "{}" stands for its path."""
    clips = {name.format(clip): content for clip in ("wave/a", "kick/b") for name, content in files.items()}
    return Fixture(loader, clips, {"labels": "folder", **parameters})


def pku_mmd() -> Fixture:
    """Two recordings and their labels."""
    rows = as_rows(*frames(lambda at: flat(50)), separator=" ")
    files = {f"Data/{clip}.txt": rows for clip in ("0002-L", "0010-M")}
    labels = {f"Label/{clip}.txt": b"34,0,2,1\n1,2,3,2\n" for clip in ("0002-L", "0010-M")}
    return Fixture("load_pku_mmd", files | labels, {}, ("0002-L", "0010-M"))


def points(n_joints: int, n_values: int = 3) -> list[list[float]]:
    """Points, the last number of each between 0 and 1."""
    return _RNG.uniform(0.1, 0.9, (n_joints, n_values)).round(3).tolist()


def flat(n_joints: int, n_values: int = 3) -> list[float]:
    """Numbers of points in a row."""
    return [number for point in points(n_joints, n_values) for number in point]


def as_json(value: Any) -> bytes:
    """JSON text."""
    return json.dumps(value).encode()


def as_lines(*values: Any) -> bytes:
    """JSON text, a value per line."""
    return b"\n".join(map(as_json, values))


def as_rows(*rows: list[Any], separator: str = ",") -> bytes:
    """Text with a line per row."""
    return "\n".join(separator.join(map(str, row)) for row in rows).encode()


def as_array(*shape: int) -> bytes:
    """A file of NumPy."""
    stream = io.BytesIO()
    np.save(stream, _RNG.uniform(0.1, 0.9, shape).astype(np.float32))
    return stream.getvalue()


def frames(make: Callable[[int], Any]) -> list[Any]:
    """What is made of the number of each frame."""
    return [make(at) for at in range(N_FRAMES)]


def frame_files(name: str, make: Callable[[], bytes]) -> dict[str, bytes]:
    """Files of a clip, one per frame; "#" stands for its number."""
    return {name.replace("#", f"{at:03}"): make() for at in range(N_FRAMES)}


def openpose_frame() -> bytes:
    """A frame of two people with hands."""
    hands = {f"hand_{side}_keypoints_2d": flat(21) for side in ("left", "right")}
    people = [{"person_id": [-1], "pose_keypoints_2d": flat(25), "face_keypoints_2d": [], **hands} for _ in range(2)]
    return as_json({"version": 1.3, "people": people})


def coco_results(**more: Any) -> list[dict[str, Any]]:
    """Results of two people a frame."""
    return [
        {"image_id": f"{at}.jpg", "category_id": 1, "keypoints": flat(17), "score": 1.5, "box": [1, 2, 3, 4], **more}
        for at in range(N_FRAMES)
        for _ in range(2)
    ]


def coco_annotations() -> dict[str, Any]:
    """A file with images, categories and annotations."""
    people = [{"id": at, "image_id": at % 3, "category_id": 1, "keypoints": flat(14)} for at in range(6)]
    names = [
        f"{side}_{joint}"
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in ("left", "right")
    ]
    names += ["head", "neck"]
    bones = [
        [1, 3],
        [3, 5],
        [2, 4],
        [4, 6],
        [7, 9],
        [9, 11],
        [8, 10],
        [10, 12],
        [13, 14],
        [14, 1],
        [14, 2],
        [14, 7],
        [14, 8],
    ]
    return {
        "images": [{"id": at, "file_name": f"{at}.jpg"} for at in range(N_FRAMES)],
        "categories": [{"id": 1, "name": "person", "keypoints": names, "skeleton": bones}],
        "annotations": people,
    }


def mmpose_video() -> dict[str, Any]:
    """A video of two people a frame."""
    names = {str(at): name for at, name in enumerate(datasets.make_actions(2, skeleton="COCO").skeleton.joints)}
    return {
        "meta_info": {"dataset_name": "coco", "keypoint_id2name": names, "skeleton_links": [[0, 1], [0, 2]]},
        "instance_info": frames(lambda at: {"frame_id": at + 1, "instances": [mmpose_person() for _ in range(2)]}),
    }


def mmpose_person() -> dict[str, Any]:
    """One person."""
    return {"keypoints": points(17, 2), "keypoint_scores": flat(17, 1), "bbox": [[1, 2, 3, 4]], "bbox_score": 0.9}


def yolo_row() -> list[float]:
    """A line of labels with a track."""
    return [0, 0.5, 0.5, 0.2, 0.4, *flat(17), 1]


def yolo_person() -> dict[str, Any]:
    """A person in JSON."""
    values = {name: flat(17, 1) for name in ("x", "y", "visible")}
    return {"name": "person", "class": 0, "confidence": 0.9, "track_id": 1, "box": {}, "keypoints": values}


def kinetics_clip() -> dict[str, Any]:
    """A clip of two people a frame."""
    people = [{"pose": flat(18, 2), "score": flat(18, 1)} for _ in range(2)]
    data = frames(lambda at: {"frame_index": at + 1, "skeleton": people * (at != 1)})
    return {"data": data, "label": "waving", "label_index": 3}


def landmarks(n_landmarks: int) -> list[dict[str, float]]:
    """Landmarks as MediaPipe's objects."""
    return [dict(zip(("x", "y", "z", "visibility"), point, strict=True)) for point in points(n_landmarks, 4)]


def holistic_frame(at: int) -> dict[str, Any]:
    """A frame with a body and hands."""
    return {
        "frame": at,
        "pose_landmarks": landmarks(33),
        "left_hand_landmarks": landmarks(21),
        "right_hand_landmarks": None if at else landmarks(21),
    }


def hands_frame(at: int) -> dict[str, Any]:
    """A frame with two hands and their sides."""
    sides = [[{"category_name": side, "score": 0.9, "index": at}] for side in ("Left", "Right")]
    return {"hand_landmarks": [landmarks(21), landmarks(21)], "handedness": sides}


def landmark_table() -> bytes:
    """A table of two clips."""
    header = ["class", "clip", "frame", *(f"{axis}{at}" for at in range(1, 34) for axis in "xyzv")]
    rows = [[name, name[0], at, *flat(33, 4)] for name in ("wave", "kick") for at in range(N_FRAMES)]
    return as_rows(header, *rows)


def long_landmark_table() -> bytes:
    """A table with a row per landmark."""
    rows = [[at, "left_hand", number, *flat(1)] for at in range(N_FRAMES) for number in range(21)]
    return as_rows(["frame", "type", "landmark_index", "x", "y", "z"], *rows)


def azure_joints(at: int) -> list[list[float]]:
    """A body in millimetres."""
    return [[number * 1000 for number in point] for point in points(32)]


def azure_json() -> dict[str, Any]:
    """A recording of two bodies."""
    names = [name.upper() for name in AZURE_KINECT.joints]
    bodies = frames(lambda at: [{"body_id": body, "joint_positions": azure_joints(at)} for body in (1, 2)])
    return {"joint_names": names, "frames": [{"frame_id": at, "bodies": one} for at, one in enumerate(bodies)]}


def azure_table() -> bytes:
    """A table with a joint per cell."""
    rows = frames(lambda at: [" ".join(map(str, joint)) for joint in azure_joints(at)])
    return as_rows([name.upper() for name in AZURE_KINECT.joints], *rows)


_BVH = """HIERARCHY
ROOT Hips
{
OFFSET 0 0 0
CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
JOINT LeftUpLeg
{
OFFSET 9 -4 0
CHANNELS 3 Zrotation Xrotation Yrotation
End Site
{
OFFSET 0 -40 0
}
}
}
MOTION
Frames: 3
Frame Time: 0.01
"""


def bvh() -> bytes:
    """A tree that moves and turns."""
    return _BVH.encode() + as_rows(*frames(lambda at: flat(3)), separator=" ")


def c3d_file() -> bytes:
    """Markers."""
    with TemporaryDirectory() as folder:
        return write_c3d(Path(folder) / "a.c3d", random_points(N_FRAMES)).read_bytes()


def deeplabcut_table() -> bytes:
    """A table of two joints with three rows of header."""
    header = [
        ["scorer", *["net"] * 6],
        ["bodyparts", *["snout"] * 3, *["tail"] * 3],
        ["coords", *["x", "y", "likelihood"] * 2],
    ]
    return as_rows(*header, *frames(lambda at: [at, *flat(2)]))


def sleap_file() -> bytes:
    """An analysis file of HDF5."""
    with TemporaryDirectory() as folder:
        people = _RNG.uniform(0.1, 0.9, (N_FRAMES, 1, 3, 3))
        return write_sleap(Path(folder) / "a.h5", people, ["snout", "spine", "tail"]).read_bytes()


FIXTURES = {
    "alphapose": fixture("load_alphapose", {"{}.json": as_json(coco_results(idx=[0.0]))}),
    "azure kinect json": fixture("load_azure_kinect", {"{}.json": as_json(azure_json())}),
    "azure kinect table": fixture("load_azure_kinect", {"{}.csv": azure_table()}),
    "bvh": fixture("load_bvh", {"{}.bvh": bvh()}),
    "c3d": fixture("load_c3d", {"{}.c3d": c3d_file()}),
    "coco annotations": fixture("load_coco_keypoints", {"{}.json": as_json(coco_annotations())}),
    "coco results": fixture("load_coco_keypoints", {"{}.json": as_json(coco_results())}),
    "deeplabcut": fixture("load_deeplabcut", {"{}.csv": deeplabcut_table()}),
    "kinetics": fixture("load_kinetics_skeleton", {"{}.json": as_json(kinetics_clip())}, labels=None),
    "mediapipe frames": fixture("load_mediapipe", frame_files("{}/#.npy", lambda: as_array(258))),
    "mediapipe hands": fixture("load_mediapipe", {"{}.json": as_json(frames(hands_frame))}),
    "mediapipe holistic": fixture("load_mediapipe", {"{}.json": as_json({"frames": frames(holistic_frame)})}),
    "mediapipe lines": fixture("load_mediapipe", {"{}.jsonl": as_lines(*frames(holistic_frame))}),
    "mediapipe long table": fixture("load_mediapipe", {"{}.csv": long_landmark_table()}),
    "mediapipe npy": fixture("load_mediapipe", {"{}.npy": as_array(N_FRAMES, 75, 3)}),
    "mediapipe rows": fixture("load_mediapipe", {"{}.txt": as_rows(*frames(lambda at: [at, *flat(42)]))}),
    "mediapipe table": fixture("load_mediapipe", {"{}.csv": landmark_table()}, labels=None),
    "mmpose pictures": fixture("load_mmpose", frame_files("{}/#.json", lambda: as_json([mmpose_person()]))),
    "mmpose video": fixture("load_mmpose", {"{}.json": as_json(mmpose_video())}),
    "openpose": fixture("load_openpose", frame_files("{}_#_keypoints.json", openpose_frame)),
    "openpose gzipped": fixture(
        "load_openpose", frame_files("{}_#_keypoints.json.gz", lambda: gzip.compress(openpose_frame(), mtime=0))
    ),
    "pku-mmd": pku_mmd(),
    "sleap": fixture("load_deeplabcut", {"{}.h5": sleap_file()}),
    "yolo json": fixture("load_yolo_pose", frame_files("{}_#.json", lambda: as_json([yolo_person(), yolo_person()]))),
    "yolo labels": fixture("load_yolo_pose", frame_files("{}_#.txt", lambda: as_rows(yolo_row(), separator=" "))),
}
