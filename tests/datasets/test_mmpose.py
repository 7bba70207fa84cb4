"""The reader of MMPose's files."""

import json

import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError, load_mmpose
from skeletonlearn.skeletons import COCO, COCO_WHOLEBODY, H36M, HALPE26


def instance(x, *, n_points=17, n_channels=2, score=0.8, **more):
    """An instance whose points are at x, x + 1, ... in a row."""
    points = np.full((n_points, n_channels), 5.0)
    points[:, 0] = x + np.arange(n_points)
    scores, box = [score] * n_points, [[x, 0.0, x + 20.0, 10.0]]
    return {"keypoints": points.tolist(), "keypoint_scores": scores, "bbox": box, "bbox_score": 0.9, **more}


def frames_of(*people):
    return [{"frame_id": at, "instances": list(of_frame)} for at, of_frame in enumerate(people, start=1)]


def meta(names, links=(), dataset_name="coco"):
    return {
        "dataset_name": dataset_name,
        "num_keypoints": len(names),
        "keypoint_id2name": {str(at): name for at, name in enumerate(names)},
        "skeleton_links": [list(link) for link in links],
        "keypoint_colors": {"__ndarray__": [[0, 0, 0]], "dtype": "uint8", "shape": [1, 3]},
    }


def video(frames, names=COCO.joints, **more):
    return {"meta_info": meta(names, **more), "instance_info": frames}


def write(folder, name, value):
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def first_points(folder, n_persons=1):
    bunch = load_mmpose(folder, n_persons=n_persons)
    (sequence,) = bunch.sequences
    return np.nan_to_num(sequence[:, :: bunch.skeleton.n_joints, 0], nan=-1).tolist()


@pytest.mark.parametrize("form", [video, lambda frames: frames], ids=["demo", "inferencer"])
def test_a_video_is_a_clip(tmp_path, form):
    write(tmp_path, "wave/clip", form(frames_of([instance(1)], [], [instance(3)])))
    bunch = load_mmpose(tmp_path, labels="folder")
    assert bunch.name.tolist() == ["wave/clip"]
    assert bunch.target_names == ["wave"]
    assert bunch.skeleton is COCO
    assert bunch.sequences[0].shape == (3, 17, 2)
    assert bunch.sequences[0][0, :2].tolist() == [[1, 5], [2, 5]]
    assert np.isnan(bunch.sequences[0][1]).all()
    np.testing.assert_allclose(bunch.confidence[0][2], 0.8)


def test_frames_come_in_order_of_their_number(tmp_path):
    frames = frames_of([instance(1)], [instance(2)], [instance(3)])
    write(tmp_path, "clip", video(frames[::-1]))
    assert first_points(tmp_path) == [[1], [2], [3]]


def test_joints_are_sorted_by_their_names_into_a_layout_of_the_catalogue(tmp_path):
    write(tmp_path, "clip", video(frames_of([instance(0)]), names=COCO.joints[::-1]))
    bunch = load_mmpose(tmp_path)
    assert bunch.skeleton is COCO
    assert bunch.sequences[0][0, :, 0].tolist() == list(range(16, -1, -1))


def test_unknown_names_and_their_links_make_a_layout(tmp_path):
    names = ("snout", "withers", "left_paw", "right_paw")
    links = [(0, 1), (2, 1), (3, 1)]
    write(tmp_path, "clip", video(frames_of([instance(0, n_points=4)]), names, links=links, dataset_name="ap10k"))
    skeleton = load_mmpose(tmp_path).skeleton
    assert (skeleton.name, skeleton.joints) == ("MMPOSE_AP10K", names)
    assert {frozenset(bone) for bone in skeleton.bones} == {frozenset((names[a], names[b])) for a, b in links}


@pytest.mark.parametrize("layout", [COCO_WHOLEBODY, HALPE26], ids=lambda layout: layout.name)
def test_mmposes_names_of_whole_bodies_are_known_by_their_number(tmp_path, layout):
    names = [*COCO.joints, *(f"part-{at}" for at in range(17, layout.n_joints))]
    write(tmp_path, "clip", video(frames_of([instance(0, n_points=layout.n_joints)]), names))
    assert load_mmpose(tmp_path).skeleton is layout


@pytest.mark.parametrize(
    ("n_points", "n_channels", "layout"), [(26, 2, HALPE26), (133, 2, COCO_WHOLEBODY), (17, 3, H36M)]
)
def test_without_names_the_number_of_points_gives_the_layout(tmp_path, n_points, n_channels, layout):
    write(tmp_path, "clip", frames_of([instance(0, n_points=n_points, n_channels=n_channels)]))
    bunch = load_mmpose(tmp_path)
    assert bunch.skeleton is layout
    assert bunch.sequences[0].shape == (1, n_points, n_channels)


@pytest.mark.parametrize("form", [lambda people: people, video], ids=["inferencer", "demo"])
def test_pictures_of_a_folder_are_a_clip(tmp_path, form):
    for clip in ("wave/clip1", "kick/clip1"):
        for at in (2, 10, 1):
            write(tmp_path, f"{clip}/predictions/{at:04}", form([instance(500), instance(at, score=0.9)]))
    bunch = load_mmpose(tmp_path, labels="folder")
    assert bunch.name.tolist() == ["kick/clip1", "wave/clip1"]
    assert bunch.sequences[0][:, 0, 0].tolist() == [1, 2, 10]


def test_persons_are_followed_by_their_tracks_or_their_positions(tmp_path):
    jumps = [[instance(500 * (at % 2), track_id=5), instance(250 + at, track_id=3)] for at in range(3)]
    write(tmp_path, "a/clip", video(frames_of(*jumps)))
    assert first_points(tmp_path / "a", n_persons=2) == [[0, 250], [500, 251], [0, 252]]
    order = [[instance(100), instance(500, score=0.9)], [instance(500, score=0.9), instance(101)]]
    write(tmp_path, "b/clip", video(frames_of(*order)))
    assert first_points(tmp_path / "b", n_persons=2) == [[500, 100], [500, 101]]


def test_points_without_a_score_above_0_are_nan(tmp_path):
    one = instance(1)
    one["keypoint_scores"][:3] = [0.0, -0.1, 0.2]
    write(tmp_path, "clip", frames_of([one]))
    (sequence,) = load_mmpose(tmp_path, min_confidence=0.3).sequences
    assert np.isnan(sequence[0, :, 0]).tolist() == [True, True, True, *[False] * 14]


def test_a_layout_can_be_given(tmp_path):
    write(tmp_path, "clip", video(frames_of([instance(0)]), names=[f"joint{at}" for at in range(17)]))
    assert load_mmpose(tmp_path, skeleton="COCO").skeleton is COCO


SOUND = frames_of([instance(1)])
FAULTS = {
    "a number": (3, "got int, expected an object with a list 'instance_info', or a list"),
    "no instances": ({"meta_info": {}}, "got keys ['meta_info'], expected an object with a list 'instance_info'"),
    "nothing": ([], "got nobody in"),
    "nobody": (frames_of([], []), "got nobody in 2 frames"),
    "a frame that is a number": ([*SOUND, 3], "got int as entry 1, expected a frame with 'frame_id' and 'instances'"),
    "no frame number": ([{"instances": []}], "got keys ['instances'] as entry 0, expected a frame with 'frame_id'"),
    "a frame twice": (SOUND * 2, "got the frame_id 1 twice, expected it once"),
    "a person that is a number": (frames_of([3]), "got int as entry 0, expected an instance with 'keypoints'"),
    "no scores": (frames_of([{"keypoints": [[1, 2]]}]), "got keys ['keypoints'] as entry 0, expected an instance"),
    "a word": (frames_of([{**instance(1), "keypoints": ["a"]}]), "that are no list of numbers"),
    "flat": (frames_of([{**instance(1), "keypoints": [1.0] * 34}]), "got 'keypoints' of shape (34,)"),
    "a score less": (frames_of([{**instance(1), "keypoint_scores": [1.0] * 16}]), "'keypoint_scores' of shape (16,)"),
    "two layouts": (frames_of([instance(1)], [instance(1, n_points=26)]), "of shape (26, 2), expected (17, 2)"),
    "20 points": (
        frames_of([instance(1, n_points=20)]),
        "got 20 points per person, expected 17 (COCO) or 26 (HALPE26)",
    ),
    "infinity": (frames_of([{**instance(1), "keypoints": [[np.inf, 1]] * 17}]), "got the number inf"),
    "names twice": (video(SOUND, names=["a"] * 17), "got names of joints that make no layout"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_named_with_got_and_wanted(tmp_path, fault):
    value, reason = FAULTS[fault]
    write(tmp_path, "a sound file", SOUND)
    path = write(tmp_path, "deep/faulty", value)
    with pytest.raises(SkeletonFileError) as error:
        load_mmpose(tmp_path)
    assert str(path) in str(error.value)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load_mmpose(tmp_path, on_error="warn")
    assert (bunch.name.tolist(), list(bunch.left_out)) == (["a sound file"], ["deep/faulty"])


@pytest.mark.parametrize(
    "damage",
    [
        {"keypoint_id2name": 3},
        {"keypoint_id2name": {"0": "nose"}},
        {"keypoint_id2name": {str(at): at for at in range(17)}},
        {"skeleton_links": 5},
        {"skeleton_links": [[1], "ab", [0, 99], [0, "a"]]},
    ],
)
def test_names_that_are_unusable_do_not_make_a_file_faulty(tmp_path, damage):
    write(tmp_path, "clip", {"meta_info": {**meta(COCO.joints), **damage}, "instance_info": SOUND})
    assert load_mmpose(tmp_path).skeleton is COCO
