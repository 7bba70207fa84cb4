"""Frames of videos as they are displayed, with their times."""

import tracemalloc
import zipfile
from fractions import Fraction

import av
import numpy as np
import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._source import find_files
from skeletonlearn.datasets._video_frames import open_video
from tests.videos import grey, spots, turn, write_video

LEVELS = [20, 60, 100, 140, 180, 220]


def read(path, fps=None):
    """The pictures and the times of a video."""
    (file,) = find_files(path, "*.*", "clip.mp4")
    with open_video(file) as video:
        frames = list(video.frames(fps))
    return [picture for picture, _ in frames], [seconds for _, seconds in frames]


def levels(pictures):
    """The brightness of grey pictures, as the nearest of those written."""
    means = np.array([picture.mean() for picture in pictures])
    return [LEVELS[at] for at in np.abs(means[:, None] - LEVELS).argmin(axis=1)]


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "clip.mp4", grey(*LEVELS))


@pytest.mark.parametrize(
    ("ending", "codec"),
    [("mp4", "libx264"), ("mkv", "libx264"), ("webm", "libvpx-vp9"), ("mp4", "mpeg4"), ("mov", "libx264")],
)
def test_every_frame_comes_once_with_its_time(tmp_path, ending, codec):
    pictures, times = read(write_video(tmp_path / f"clip.{ending}", grey(*LEVELS), codec=codec))
    assert levels(pictures) == LEVELS
    assert pictures[0].shape == (48, 64, 3)
    assert pictures[0].dtype == np.uint8
    np.testing.assert_allclose(times, np.arange(6) / 30, atol=2e-3)


def test_colours_are_in_the_order_red_green_blue(tmp_path):
    picture = np.zeros((48, 64, 3), dtype=np.uint8)
    picture[..., 0] = 200
    ((first, *_), _) = read(write_video(tmp_path / "red.mp4", [picture] * 2))
    assert first[..., 0].mean() > 150 > 50 > first[..., 1:].mean()


def test_times_of_a_variable_rate_are_those_in_the_file(tmp_path):
    written = [0.0, 0.1, 0.15, 0.6, 0.7, 1.0]
    pictures, times = read(write_video(tmp_path / "clip.mkv", grey(*LEVELS), times=written))
    assert levels(pictures) == LEVELS
    np.testing.assert_allclose(times, written, atol=2e-3)


def test_a_rate_takes_the_nearest_frame_and_evens_out_a_variable_rate(tmp_path):
    written = [0.0, 0.1, 0.15, 0.6, 0.7, 1.0]
    pictures, times = read(write_video(tmp_path / "clip.mkv", grey(*LEVELS), times=written), fps=5)
    np.testing.assert_allclose(times, np.arange(6) / 5)
    assert levels(pictures) == [20, 100, 140, 140, 180, 220]  # the nearest to 0, .2, .4, .6, .8 and 1
    assert pictures[2] is pictures[3]


def test_the_first_frame_has_time_zero_wherever_the_file_begins(tmp_path):
    _, times = read(write_video(tmp_path / "clip.mkv", grey(*LEVELS), times=5 + np.arange(6) / 10))
    np.testing.assert_allclose(times, np.arange(6) / 10, atol=2e-3)


CORNERS = {  # the matrix, and the place of what is stored in the upper left corner
    "as it is": ((1, 0, 0, 1), (0, 0)),
    "a quarter to the right": ((0, 1, -1, 0), (0, -1)),
    "upside down": ((-1, 0, 0, -1), (-1, -1)),
    "a quarter to the left": ((0, -1, 1, 0), (-1, 0)),
    "mirrored": ((-1, 0, 0, 1), (0, -1)),
    "transposed": ((0, 1, 1, 0), (0, 0)),
}


@pytest.mark.parametrize("turned", CORNERS)
def test_frames_are_turned_and_mirrored_as_the_file_asks(tmp_path, turned):
    matrix, corner = CORNERS[turned]
    pictures = spots([[(10, 10)]] * 2, width=96, height=64, size=20)
    ((picture, *_), _) = read(turn(write_video(tmp_path / "clip.mp4", pictures), matrix))
    assert picture.shape == ((64, 96, 3) if matrix[0] else (96, 64, 3))
    corners = picture[[[5], [-6]], [5, -6]].mean(axis=-1)
    assert np.argwhere(corners > 128).tolist() == [[corner[0] % 2, corner[1] % 2]]


def test_pixels_are_made_square(tmp_path):
    with av.open(str(tmp_path / "wide.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=30, width=64, height=48, pix_fmt="yuv420p")
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for picture in grey(*LEVELS):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    assert read(tmp_path / "wide.mkv")[0][0].shape == (48, 85, 3)


def test_a_video_in_an_archive_gives_the_same(tmp_path, clip):
    with zipfile.ZipFile(tmp_path / "clips.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(clip, "clip.mp4")
    clip.rename(tmp_path / "other.name")
    (file,) = find_files(tmp_path / "clips.zip", "*.mp4", "clip.mp4")
    with open_video(file) as video:
        assert levels(picture for picture, _ in video.frames()) == LEVELS


@pytest.mark.parametrize(("fps", "count"), [(None, 6), (10, 2), (60, 12)])
def test_the_number_of_frames_is_known_beforehand(clip, fps, count):
    (file,) = find_files(clip, "*.mp4", "clip.mp4")
    with open_video(file) as video:
        assert video.count(fps) == count


def test_no_more_than_a_few_frames_are_held(tmp_path):
    path = write_video(tmp_path / "long.mp4", grey(*[100] * 150, width=320, height=240), codec="mpeg4")
    (file,) = find_files(path, "*.mp4", "clip.mp4")
    tracemalloc.start()
    with open_video(file) as video:
        n_bytes = sum(picture.nbytes for picture, _ in video.frames())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_bytes == 150 * 320 * 240 * 3 > 10 * peak


def write_sound(path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))


def test_a_file_without_pictures_is_a_fault(tmp_path):
    write_sound(tmp_path / "sound.wav")
    with pytest.raises(SkeletonFileError, match=r"sound.wav: got a file with audio, expected a video stream"):
        read(tmp_path / "sound.wav")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "got an empty file, expected a video"),
        (b"no video at all" * 100, "got no video that FFmpeg reads .Invalid data"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", "got no video that FFmpeg reads"),
        (b"ffconcat version 1.0\nfile 'clip.mp4'\n", "got no video that FFmpeg reads"),
    ],
    ids=["empty", "text", "a playlist of addresses", "a list of files"],
)
def test_what_is_no_video_is_a_fault(tmp_path, clip, content, reason):
    path = tmp_path / "other.mp4"
    path.write_bytes(content)
    with pytest.raises(SkeletonFileError, match=rf"other.mp4: {reason}") as error:
        read(path)
    assert error.value.path == str(path)


def test_a_codec_that_nobody_knows_is_a_fault(clip):
    clip.write_bytes(clip.read_bytes().replace(b"avc1\0\0\0", b"zzzz\0\0\0"))
    with pytest.raises(SkeletonFileError, match="got a video of unknown codec, expected one that FFmpeg decodes"):
        read(clip)


def test_a_file_that_is_gone_is_a_fault(clip):
    (file,) = find_files(clip, "*.mp4", "clip.mp4")
    clip.unlink()
    with pytest.raises(SkeletonFileError, match=r"got an unreadable file .*No such file"), open_video(file):
        pass


MOVING = [
    np.random.default_rng(at).integers(0, 255, size=(48, 64, 3), dtype=np.uint8) for at in range(30)
]  # noise takes many bytes, so that a part of the file is a part of the frames


@pytest.mark.parametrize("part", [0.5, 0.8, 0.95])
@pytest.mark.parametrize(
    ("ending", "options"),
    [("mp4", {}), ("mp4", {"movflags": "faststart"}), ("mkv", {}), ("webm", {})],
    ids=["index last", "index first", "Matroska", "WebM"],
)
def test_a_video_that_is_cut_short_is_a_fault(tmp_path, ending, options, part):
    codec = "libvpx-vp9" if ending == "webm" else "libx264"
    path = write_video(tmp_path / f"clip.{ending}", MOVING, rate=10, codec=codec, **options)
    assert len(read(path)[0]) == 30
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with pytest.raises(SkeletonFileError, match=r"cut short"):
        read(path)


def test_a_gap_of_minutes_is_a_fault(tmp_path):
    path = write_video(tmp_path / "clip.mkv", grey(*LEVELS), times=[0, 0.1, 0.2, 400, 400.1, 400.2])
    with pytest.raises(SkeletonFileError, match=r"got no frame from 0.2 s to 400.0 s, expected at most 60 s"):
        read(path, fps=30)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_video_is_read_or_a_fault(tmp_path, seed):
    path = tmp_path / "clip.mp4"
    write_video(path, MOVING[:6], codec="mpeg4", movflags="faststart")
    random = np.random.default_rng(seed)
    data = np.frombuffer(path.read_bytes(), dtype=np.uint8).copy()
    places = random.integers(len(data) if seed % 2 else 1000, size=8)  # anywhere, or in the header
    data[places] = random.integers(256, size=8)
    path.write_bytes(data.tobytes())
    try:
        pictures, times = read(path, fps=20)
    except SkeletonFileError as error:
        pictures, times = [error], [0.0]
    assert len(pictures) == len(times) > 0


def test_without_the_decoder_the_error_names_the_extra(clip, monkeypatch):
    monkeypatch.setattr("skeletonlearn.datasets._video_frames.find_spec", lambda name: None)
    (file,) = find_files(clip, "*.mp4", "clip.mp4")
    with pytest.raises(ImportError, match=r"pip install 'skeletonlearn\[video\]'"), open_video(file):
        pass
