"""Frames of a video file as they are displayed, one after another, with their times."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib.util import find_spec
from typing import Any, BinaryIO

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._source import SourceFile

_SLACK = 0.1  # seconds that the last frame may end before the declared end: writers round
_LONGEST_GAP = 60.0  # seconds between two frames; more is a damaged timestamp
_USUAL_RATE = 25.0  # frames per second, where a file has neither timestamps nor a rate
_ROUNDING = 1e-6  # seconds
_MICROSECONDS = 1e6
_MOST_PIXELS = 2**26  # of a frame, twice as many as any camera's; a damaged header may claim more than there is memory


class Video:
    """An open video file.

    Parameters
    ----------
    file : SourceFile
        The file, for errors.
    container : av.container.InputContainer
        The open file.

    Attributes
    ----------
    seconds : float or None
        The duration that the file declares.
    rate : float
        The average number of frames per second.
    """

    def __init__(self, file: SourceFile, container: Any) -> None:
        self._file, self._container = file, container
        if not container.streams.video:
            held = ", ".join(stream.type for stream in container.streams) or "nothing"
            raise SkeletonFileError(str(file), None, f"got a file with {held}, expected a video stream")
        self._stream = container.streams.video[0]
        if self._stream.codec_context is None:
            raise SkeletonFileError(str(file), None, "got a video of unknown codec, expected one that FFmpeg decodes")
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.options = {"max_pixels": str(_MOST_PIXELS)}
        self.rate = float(self._stream.guessed_rate or self._stream.average_rate or _USUAL_RATE)
        self.seconds = _declared_seconds(container, self._stream)

    def frames(self, fps: float | None = None) -> Iterator[tuple[np.ndarray, float]]:
        """Decode the frames, each as RGB picture of the displayed size, rotated and mirrored as the file asks.

        Parameters
        ----------
        fps : float or None, default=None
            Frames per second: the frame nearest in time to each moment k / fps. None gives every frame once.

        Yields
        ------
        picture : ndarray of uint8 of shape (height, width, 3)
            The picture; the same object again where a frame is the nearest to several moments.
        seconds : float
            Its time, 0 for the first frame.
        """
        display = _Display(self._stream)
        timed = self._timed_frames()
        if fps is not None:
            timed = _nearest_frames(timed, fps)
        before, picture = None, np.empty(0, dtype=np.uint8)
        for frame, seconds in timed:
            if frame is not before:
                before, picture = frame, display.picture_of(frame)
            yield picture, seconds

    def count(self, fps: float | None = None) -> int:
        """Estimate how many frames `frames` gives, at least 1."""
        seconds = 0.0 if self.seconds is None else self.seconds
        return max(1, round(seconds * (self.rate if fps is None else fps)))

    def _timed_frames(self) -> Iterator[tuple[Any, float]]:
        """Each decoded frame with its seconds since the first; faulty where the video ends early or skips."""
        start = last = end = None
        for frame in self._decoded():
            step = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 1 / self.rate
            time = frame.time if frame.time is not None else 0.0 if last is None else last + step
            start = time if start is None else start
            last = max(time - start, 0.0 if last is None else last)
            self._check_gap(end, last)
            end = last + step
            yield frame, last
        if end is None:
            raise self._fault("got no frame, expected one at least: the video is empty, cut short or damaged")
        self._check_end(end)

    def _decoded(self) -> Iterator[Any]:
        from av.error import FFmpegError  # noqa: PLC0415 - optional

        try:
            for packet in self._container.demux(self._stream):
                if packet.is_corrupt:
                    raise self._fault("got a damaged part, expected sound frames: the video is cut short or damaged")
                yield from packet.decode()
        except FFmpegError as error:
            raise self._fault(f"got frames that cannot be decoded ({error.strerror}): is it cut short?") from None

    def _check_gap(self, end: float | None, seconds: float) -> None:
        if end is not None and seconds - end > _LONGEST_GAP:
            raise self._fault(f"got no frame from {end:.1f} s to {seconds:.1f} s, expected at most {_LONGEST_GAP:g} s")

    def _check_end(self, end: float) -> None:
        if self.seconds is not None and end < self.seconds - _SLACK:
            raise self._fault(f"got frames up to {end:.2f} s, expected {self.seconds:.2f} s: the video is cut short")

    def _fault(self, reason: str) -> SkeletonFileError:
        return SkeletonFileError(str(self._file), None, reason)


@contextmanager
def open_video(file: SourceFile) -> Iterator[Video]:
    """Open a video file, or one in a zip archive.

    Parameters
    ----------
    file : SourceFile
        The file.

    Yields
    ------
    Video
        The open file; its frames are decoded as they are asked for.

    Raises
    ------
    ImportError
        If PyAV is not installed.
    SkeletonFileError
        If the file is no video that FFmpeg reads.
    """
    check_decoder()
    import av  # noqa: PLC0415 - optional

    with _open_file(file) as stream:
        try:
            container = av.open(stream, metadata_errors="replace", options={"protocol_whitelist": "none"})
        # the whitelist: a playlist in place of a video must not open other files or addresses
        except (av.error.FFmpegError, OSError, ValueError) as error:
            reason = f"got no video that FFmpeg reads ({getattr(error, 'strerror', None) or error}): is it cut short?"
            raise SkeletonFileError(str(file), None, reason) from None
        with container:
            yield Video(file, container)


def check_decoder() -> None:
    """Raise ImportError where the decoder is not installed."""
    if find_spec("av") is None:
        raise ImportError("Videos are decoded by PyAV, which is not installed: pip install 'skeletonlearn[video]'.")


@contextmanager
def _open_file(file: SourceFile) -> Iterator[BinaryIO]:
    """The bytes of a file, or of a member of an archive, without reading it whole."""
    try:
        if file.member:
            with zipfile.ZipFile(file.location) as archive, archive.open(file.member) as member:
                yield member  # type: ignore[misc]  # seekable, and read only
        else:
            with open(file.location, "rb") as stream:
                if not stream.read(1):
                    raise SkeletonFileError(str(file), None, "got an empty file, expected a video")
                stream.seek(0)
                yield stream
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise SkeletonFileError(str(file), None, f"got an unreadable file ({error})") from None


class _Display:
    """How the frames of a video are shown: pixels made square, turned and mirrored.

    Parameters
    ----------
    stream : av.video.stream.VideoStream
        Knows the ratio of a pixel's sides.
    """

    def __init__(self, stream: Any) -> None:
        self._ratio = float(stream.sample_aspect_ratio or 1)
        self._size: tuple[int, int] | None = None

    def picture_of(self, frame: Any) -> np.ndarray:
        """The RGB picture of a frame, all of the size of the first."""
        if self._size is None:
            self._size = max(1, round(frame.width * self._ratio)), frame.height
        width, height = self._size
        picture = frame.to_ndarray(format="rgb24", width=width, height=height)
        return np.ascontiguousarray(_orient(picture, _display_matrix(frame)))


def _display_matrix(frame: Any) -> np.ndarray | None:
    """The 2 x 2 matrix M that takes a point (x, y) of the stored picture to (x, y) @ M on the display."""
    from av.sidedata.sidedata import Type  # noqa: PLC0415 - optional

    data = frame.side_data.get(Type.DISPLAYMATRIX)
    return None if data is None else np.frombuffer(bytes(data), dtype=np.int32).reshape(3, 3)[:2, :2]


def _orient(picture: np.ndarray, matrix: np.ndarray | None) -> np.ndarray:
    """A picture turned by the multiple of 90 degrees that is nearest, and mirrored if the matrix mirrors."""
    if matrix is None:
        return picture
    (xx, xy), (yx, yy) = matrix.tolist()
    if abs(xy) > abs(xx):  # the stored columns are rows on the display
        picture, xx, yy = picture.swapaxes(0, 1), yx, xy
    return picture[:: -1 if yy < 0 else 1, :: -1 if xx < 0 else 1]


def _declared_seconds(container: Any, stream: Any) -> float | None:
    """How long the pictures last by the file's own word; None where it says nothing or speaks of sound too."""
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    begin = (container.start_time or 0) / _MICROSECONDS  # Matroska declares the time of the end
    with suppress(ValueError, KeyError):  # "00:00:01.333000000"
        hours, minutes, seconds = stream.metadata["DURATION"].split(":")
        return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds)).total_seconds() - begin
    if container.duration is None or len(container.streams) > 1:
        return None
    return container.duration / _MICROSECONDS - begin


def _nearest_frames(timed: Iterator[tuple[Any, float]], fps: float) -> Iterator[tuple[Any, float]]:
    """The frame nearest to each moment k / fps, up to the last frame."""
    at = 0
    before, seconds = next(timed)
    for frame, later in timed:
        while at / fps < (seconds + later) / 2:
            yield before, at / fps
            at += 1
        before, seconds = frame, later
    while at / fps <= seconds + _ROUNDING:
        yield before, at / fps
        at += 1
