"""The loader of videos."""

import pickle

import numpy as np
import pytest
from joblib import parallel_config

from skeletonlearn.datasets import SkeletonFileError, load_video
from skeletonlearn.datasets._video_estimators import CallableSource, LandmarkerSource
from skeletonlearn.skeletons import COCO, MEDIAPIPE_POSE, Skeleton
from tests.videos import spots, write_video

STICK = Skeleton("stick", ["foot", "head"], [("head", "foot")])


def find_spots(picture, seconds):
    """People whose feet are where white squares are, from left to right, and whose heads are 40 pixels above."""
    from scipy.ndimage import center_of_mass, label

    parts, count = label(picture[..., 1] > 128)
    feet = np.array(center_of_mass(parts > 0, parts, range(1, count + 1))).reshape(-1, 2)[:, ::-1]
    sure = np.linspace(1.0, 0.9, count)[:, None]
    return np.stack([np.hstack([feet, sure]), np.hstack([feet - [0, 40], sure])], axis=1)


class Recorder:
    """An estimator that remembers how it was called."""

    skeleton = STICK
    cache_key = "spots 1"

    def __init__(self):
        self.seconds, self.n_resets = [], 0

    def reset(self):
        self.n_resets += 1

    def __call__(self, picture, seconds):
        self.seconds.append(seconds)
        return find_spots(picture, seconds)


@pytest.fixture
def folder(tmp_path):
    """Two videos of a spot that moves to the right by 2 pixels a frame, in folders."""
    for name in ("walk/a", "wave/b"):
        path = tmp_path / f"{name}.mp4"
        path.parent.mkdir()
        write_video(path, spots([[(40 + 2 * at, 80)] for at in range(12)]))
    return tmp_path


def load(source, estimator=find_spots, **options):
    return load_video(source, estimator=estimator, **{"skeleton": STICK, **options})


def test_each_video_is_a_sequence_of_what_the_estimator_finds(folder):
    bunch = load(folder)
    assert bunch.name.tolist() == ["walk/a", "wave/b"]
    assert bunch.skeleton == STICK
    assert [one.shape for one in bunch.sequences] == [(12, 2, 2)] * 2
    assert all(one.dtype == np.float32 for one in (*bunch.sequences, *bunch.confidence))
    np.testing.assert_allclose(bunch.sequences[0][:, 0], [(40 + 2 * at, 80) for at in range(12)], atol=1)
    assert (bunch.confidence[0] == 1).all()
    assert bunch.left_out == {}


def test_rate_and_times_of_each_video_are_there(folder):
    write_video(folder / "slow.mkv", spots([[(40, 80)]] * 4), times=[0, 0.1, 0.15, 0.6])
    bunch = load(folder)
    np.testing.assert_allclose(bunch.fps, [5, 30, 30], rtol=0.01)
    np.testing.assert_allclose(bunch.seconds[0], [0, 0.1, 0.15, 0.6], atol=2e-3)
    even = load(folder, fps=10)
    assert even.fps.tolist() == [10, 10, 10]
    assert [len(one) for one in even.sequences] == [7, 4, 4]


def test_a_frame_that_is_taken_twice_is_estimated_once(folder):
    estimator = Recorder()
    bunch = load(folder / "walk" / "a.mp4", estimator, skeleton=None, fps=60)
    assert len(bunch.sequences[0]) == 23
    assert len(estimator.seconds) == 12


def test_an_estimator_with_a_reset_is_reset_before_each_video(folder):
    estimator = Recorder()
    load(folder, estimator)
    assert estimator.n_resets == 2


def test_labels_come_from_folders(folder):
    bunch = load(folder, labels="folder")
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1], ["walk", "wave"])


def test_segments_are_cut_in_seconds_of_the_new_rate(folder):
    table = {"recording": ["walk/a", "wave/b"], "start": [0.1, 0.0], "end": [0.3, 0.2], "label": ["go", "stop"]}
    bunch = load(folder, segments=table, fps=10)
    assert [len(one) for one in bunch.sequences] == [2, 2]
    np.testing.assert_allclose(bunch.sequences[0][:, 0, 0], [46, 52], atol=1)
    assert bunch.seconds[0] == [0.1, 0.2]
    assert bunch.target_names == ["go", "stop"]
    whole = load(folder, segments=table, fps=10, untrimmed=True)
    assert whole.segments["end"].tolist() == [3, 2]
    assert [len(one) for one in whole.sequences] == [4, 4]


def test_people_are_kept_apart_whatever_their_order(tmp_path):
    places = [[(30 + 3 * at, 50), (130, 110)] for at in range(12)]
    write_video(tmp_path / "two.mp4", spots(places))

    def by_turns(picture, seconds):
        return find_spots(picture, seconds)[:: -1 if round(30 * seconds) % 2 else 1]

    (sequence,) = load(tmp_path, by_turns, n_persons=2).sequences
    np.testing.assert_allclose(np.sort(sequence[:, [0, 2], 0], axis=1), np.sort(np.array(places)[..., 0]), atol=1)
    assert np.abs(np.diff(sequence[..., 0], axis=0)).max() < 5


def test_a_joint_of_low_confidence_and_one_that_is_nan_are_missing(folder):
    def estimator(picture, seconds):
        return [[[1, 2, 0.9], [3, np.nan if seconds > 0.2 else 4, 0.9 if seconds > 0.1 else 0.2]]]

    (sequence, _) = load(folder, estimator, min_confidence=0.5).sequences
    assert np.isnan(sequence[:, 1, 0]).tolist() == [True] * 4 + [False] * 3 + [True] * 5
    assert not np.isnan(sequence[:, 0]).any()


@pytest.mark.parametrize(
    ("numbers", "n_channels", "confidence"), [((1, 2), 2, 1), ((1, 2, 0.5), 2, 0.5), ((1, 2, 3, 0.5), 3, 0.5)]
)
def test_estimators_may_give_two_three_or_four_numbers_a_joint(folder, numbers, n_channels, confidence):
    bunch = load(folder, lambda picture, seconds: [[numbers, numbers]] if seconds else [])
    assert bunch.sequences[0].shape == (12, 2, n_channels)
    assert np.isnan(bunch.sequences[0][0]).all()
    assert bunch.confidence[0][1:].tolist() == [[confidence, confidence]] * 11


@pytest.mark.parametrize("answer", [[[1, 2, 3]], [[[1, 2, 3]]], [[[1], [2]]], [[[1] * 5] * 2]])
def test_an_answer_of_another_shape_is_an_error(folder, answer):
    with pytest.raises(ValueError, match=r"estimator gave an array of shape .*, expected \(n_persons, 2, 3\)"):
        load(folder, lambda picture, seconds: answer, on_error="skip")


def test_a_faulty_video_is_raised_or_left_out(folder):
    path = folder / "walk" / "a.mp4"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SkeletonFileError, match=r"a\.mp4: got no frame, .* cut short"):
        load(folder)
    with pytest.warns(UserWarning, match=r"left out 1 of 2 files: .*a\.mp4") as caught:
        warned = load_video(folder, estimator=find_spots, skeleton=STICK, on_error="warn", labels="folder")
    assert [warning.filename for warning in caught] == [__file__]
    assert warned.name.tolist() == ["wave/b"]
    assert list(warned.left_out) == ["walk/a"]
    (folder / "wave" / "b.mp4").write_bytes(b"")
    with pytest.raises(ValueError, match="None of 2 files could be read"):
        load(folder, on_error="skip")


@pytest.mark.parametrize("min_confidence", [0.0, 2.0])
def test_a_video_in_which_nobody_is_seen_is_a_fault(tmp_path, min_confidence):
    write_video(tmp_path / "dark.mp4", spots([[(40, 80)] if min_confidence else []] * 5))
    with pytest.raises(SkeletonFileError, match=r"dark\.mp4: got nobody in 5 frames"):
        load(tmp_path, min_confidence=min_confidence)


def test_a_person_without_any_joint_is_nobody(folder):
    with pytest.raises(SkeletonFileError, match=r"got nobody in 12 frames"):
        load(folder, lambda picture, seconds: np.full((1, 2, 3), np.nan))


@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_an_error_of_the_estimator_is_no_fault_of_the_video(folder, on_error):
    def estimator(picture, seconds):
        raise ZeroDivisionError("the estimator's own")

    with pytest.raises(ZeroDivisionError, match="own"):
        load(folder, estimator, on_error=on_error)


def test_the_cache_spares_the_estimator(folder, tmp_path):
    estimator, cache = Recorder(), tmp_path / "poses"
    first = load(folder, estimator, cache=cache, fps=10)
    assert len(estimator.seconds) == 8
    again = load(folder, estimator, cache=cache, fps=10, min_confidence=0.1, labels="folder")
    assert len(estimator.seconds) == 8
    np.testing.assert_array_equal(first.sequences, again.sequences)
    assert (first.seconds, first.fps.tolist()) == (again.seconds, again.fps.tolist())


@pytest.mark.parametrize("change", ["rate", "estimator", "video"])
def test_what_has_changed_is_estimated_anew(folder, tmp_path, change):
    estimator, cache = Recorder(), tmp_path / "poses"
    load(folder, estimator, cache=cache, fps=10)
    if change == "video":
        write_video(folder / "walk" / "a.mp4", spots([[(40, 80)]] * 12))
    elif change == "estimator":
        estimator.cache_key = "spots 2"
    load(folder, estimator, cache=cache, fps=20 if change == "rate" else 10)
    assert len(estimator.seconds) == 8 + {"rate": 16, "estimator": 8, "video": 4}[change]


def test_a_cache_for_an_estimator_without_a_key_is_an_error(folder, tmp_path):
    with pytest.raises(ValueError, match="give the estimator an attribute cache_key"):
        load(folder, cache=tmp_path / "poses")


def test_workers_change_nothing(folder):
    with parallel_config("threading", n_jobs=2):
        np.testing.assert_array_equal(load(folder, n_jobs=1).sequences, load(folder).sequences)


def test_what_finds_poses_can_be_sent_to_processes(tmp_path):
    (tmp_path / "a.task").touch()
    for source in (LandmarkerSource(tmp_path / "a.task", 1, True), CallableSource(find_spots, STICK)):
        assert pickle.loads(pickle.dumps(source)).skeleton == source.skeleton


def test_progress_is_shown_for_each_video(folder, capfd):
    load(folder, verbose=1)
    shown = capfd.readouterr().err
    assert "poses of walk/a: frame 12 of 12: people 1" in shown
    assert "poses of wave/b: frame 12 of 12" in shown


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"estimator": None}, ValueError, "neither of model= and estimator=.*downloaded from https://ai.google.dev"),
        ({"model": "a.task"}, ValueError, "both of model= and estimator="),
        ({"estimator": None, "model": "a.task", "skeleton": None}, FileNotFoundError, "model='a.task' is no file"),
        ({"estimator": 3}, TypeError, "estimator=3 must be a callable"),
        ({"skeleton": None}, ValueError, "skeleton=None"),
        ({"skeleton": "body"}, ValueError, "body"),
        ({"fps": 0}, ValueError, "fps=0 must be a positive number"),
        ({"fps": True}, ValueError, "fps=True must be"),
        ({"fps": "30"}, ValueError, "fps='30' must be"),
        ({"world": 1}, ValueError, "world=1 must be True or False"),
        ({"n_persons": 0}, ValueError, "n_persons=0 must be"),
        ({"on_error": "ignore"}, ValueError, "on_error='ignore' must be"),
    ],
)
def test_parameters_of_unknown_values_are_errors(folder, options, error, text):
    with pytest.raises(error, match=text):
        load(folder, **options)


def test_the_layout_of_a_model_is_its_own(folder, tmp_path):
    (tmp_path / "a.task").touch()
    with pytest.raises(ValueError, match="skeleton='coco' is the layout of estimator="):
        load_video(folder, model=tmp_path / "a.task", skeleton="coco")


def test_a_folder_without_videos_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file \*\.mp4 or \*\.MP4"):
        load(tmp_path)


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load(folder, labels=str.upper)) == documented_keys(load_video)


def test_the_example_of_the_guide_for_people_of_coco_is_read(folder):
    bunch = load(folder, lambda picture, seconds: np.full((1, 17, 3), 1 + seconds), skeleton="COCO")
    assert bunch.skeleton is COCO


# real videos, with MediaPipe


@pytest.fixture(scope="module")
def model(real_data):
    return real_data("pose_model") / "pose_landmarker_full.task"


@pytest.fixture(scope="module")
def real_clips(real_data, model):
    """The three clips at 6 frames a second, with room for two persons."""
    return load_video(real_data("video"), model=model, n_persons=2, fps=6)


def persons(bunch, name):
    sequence = bunch.sequences[bunch.name.tolist().index(name)]
    return sequence[:, :33], sequence[:, 33:]


def test_the_walker_is_one_person_throughout(real_clips):
    assert real_clips.skeleton is MEDIAPIPE_POSE
    for name in ("walk_cam01", "walk_cam02"):
        walker, _ = persons(real_clips, name)
        assert walker.shape == (10, 33, 3)
        assert not np.isnan(walker).any()


def test_two_people_are_there_in_all_frames(real_clips):
    for person in persons(real_clips, "two_people"):
        assert not np.isnan(person).any()


def test_coordinates_are_metres_from_the_hips(real_clips):
    hips = MEDIAPIPE_POSE.role_index("hip")
    for sequence in real_clips.sequences:
        assert np.nanmax(np.abs(sequence[:, hips].mean(axis=1))) < 0.01
        height = np.nanmax(sequence[:, :33, 1]) - np.nanmin(sequence[:, :33, 1])
        assert 1.2 < height < 2.0


def side_by_side(person):
    """How far left hip and shoulder are to the right of the right ones in the picture."""
    left, right = ([MEDIAPIPE_POSE.index(f"{side}_{part}") for part in ("shoulder", "hip")] for side in SIDES)
    return (person[:, left, 0] - person[:, right, 0]).mean(axis=1)


SIDES = ("left", "right")


def test_left_and_right_are_on_their_sides(real_clips):
    for name in ("walk_cam01", "walk_cam02"):
        assert (side_by_side(persons(real_clips, name)[0]) > 0).all()  # he comes towards the camera
    towards, away = sorted(persons(real_clips, "two_people"), key=lambda person: -side_by_side(person).mean())
    assert (side_by_side(towards) > 0).all()
    assert (side_by_side(away) < 0).all()


def test_thighs_and_shanks_keep_their_lengths(real_clips):
    for name in ("walk_cam01", "walk_cam02"):
        walker = persons(real_clips, name)[0]
        for side in SIDES:
            for bone in (("hip", "knee"), ("knee", "ankle")):
                upper, lower = (walker[:, MEDIAPIPE_POSE.index(f"{side}_{joint}")] for joint in bone)
                length = np.linalg.norm(upper - lower, axis=-1)
                assert 0.3 < np.median(length) < 0.5
                assert np.mean(np.abs(length / np.median(length) - 1) < 0.15) >= 0.9


def test_the_same_video_gives_the_same_bits_and_the_cache_has_pixels_too(real_clips, real_data, model, tmp_path):
    options = {"model": model, "n_persons": 2, "fps": 6, "cache": tmp_path}
    path = real_data("video") / "walk_cam01.mp4"
    for _ in range(2):
        np.testing.assert_array_equal(load_video(path, **options).sequences[0], real_clips.sequences[1])
    walker = load_video(path, world=False, **options).sequences[0][:, :33]
    assert 100 < walker[..., 0].min() < walker[..., 0].max() < 1080
    assert 200 < walker[..., 1].min() < walker[..., 1].max() < 1400
