"""MediaPipe's pose landmarker, in a process of its own.

In this process its libraries would write to standard error, change the environment, start threads that outlive them,
and report the use of MediaPipe over the network. The other process has its own standard error and environment, which
names a proxy that does not exist.
"""

from __future__ import annotations

import os
import subprocess  # nosec B404 - it starts one program of this package
import sys
from contextlib import AbstractContextManager, suppress
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any

import numpy as np

from skeletonlearn.datasets import _landmarker_program
from skeletonlearn.datasets._landmarker_program import ANSWER, EVERYBODY, REQUEST

N_LANDMARKS, N_NUMBERS = 33, 7
MODELS = "https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker#models"
_NO_PROXY = "none://none"
_LOG_SHOWN = 500  # characters
_SYSTEM_PACKAGES = "libgl1, libegl1, libgles2 and libglib2.0-0"  # as Debian and Ubuntu name them


def check_landmarker(model: str | PathLike[str]) -> Path:
    """Refuse a model that is no file, and an environment without MediaPipe.

    Parameters
    ----------
    model : path-like
        The file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If MediaPipe is not installed.
    """
    path = Path(model)
    if not path.is_file():
        raise FileNotFoundError(
            f"model={str(path)!r} is no file, expected MediaPipe's pose landmarker such as pose_landmarker_full.task; "
            f"download it from {MODELS}"
        )
    if find_spec("mediapipe") is None:
        raise ImportError("Poses are found by MediaPipe, which is not installed: pip install 'skeletonlearn[video]'.")
    return path


class PoseLandmarker(AbstractContextManager):
    """Find the poses in pictures.

    The process starts with the first picture, and ends with the context.

    Parameters
    ----------
    model : path-like
        The model, a file of MediaPipe's.
    n_poses : int
        The largest number of poses that `find` gives.
    """

    def __init__(self, model: str | PathLike[str], n_poses: int) -> None:
        self._model, self._n_poses = str(model), n_poses
        self._process: subprocess.Popen[bytes] | None = None

    def find(self, picture: np.ndarray) -> np.ndarray:
        """Find the poses of everybody in a picture.

        Parameters
        ----------
        picture : ndarray of uint8 of shape (height, width, 3)
            The picture, RGB.

        Returns
        -------
        ndarray of shape (n_poses, 33, 7)
            For each landmark x, y and z in pixels, x, y and z in metres, and the visibility.

        Raises
        ------
        ValueError
            If MediaPipe refuses the model.
        RuntimeError
            If its process ended.
        """
        return self._poses_of(EVERYBODY, picture)

    def follow(self, person: int, picture: np.ndarray) -> np.ndarray:
        """Find one person in the next picture of a series.

        Parameters
        ----------
        person : int
            Number of the person and the series, from 1.
        picture : ndarray of uint8 of shape (height, width, 3)
            A picture in which the person is about where they were in the one before.

        Returns
        -------
        ndarray of shape (n_poses, 33, 7)
            As `find` gives them, one or none.
        """
        return self._poses_of(person, picture)

    def forget(self, person: int) -> None:
        """End a series.

        Parameters
        ----------
        person : int
            Number that `follow` was called with.
        """
        self._send(REQUEST.pack(person, 0, 0))

    def _poses_of(self, person: int, picture: np.ndarray) -> np.ndarray:
        if self._process is None:
            self._start()
        height, width = picture.shape[:2]
        self._send(REQUEST.pack(person, height, width), np.ascontiguousarray(picture))
        n_poses = self._read_count()
        poses = np.frombuffer(self._read(4 * n_poses * N_LANDMARKS * N_NUMBERS), dtype="<f4").astype(np.float64)
        poses = poses.reshape(n_poses, N_LANDMARKS, N_NUMBERS)
        poses[..., :3] *= width, height, width
        return poses

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            with suppress(OSError):  # it ended before
                self._pipe(process.stdin).close()
            process.kill()
            process.wait()
            self._pipe(process.stdout).close()
            self._log.close()

    def _start(self) -> None:
        self._log = TemporaryFile()  # noqa: SIM115 - __exit__ closes it
        environment = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
        environment |= {"https_proxy": _NO_PROXY, "HTTPS_PROXY": _NO_PROXY}
        program = [sys.executable, "-P", _landmarker_program.__file__, self._model, str(self._n_poses), *sys.path]
        self._process = subprocess.Popen(  # nosec B603 - nothing of it comes from a file
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=environment
        )

    def _send(self, head: bytes, picture: np.ndarray | None = None) -> None:
        assert self._process is not None
        with suppress(BrokenPipeError):  # it says why before it ends
            pipe = self._pipe(self._process.stdin)
            pipe.write(head)
            if picture is not None:
                pipe.write(picture.data)
            pipe.flush()

    def _read_count(self) -> int:
        (count,) = ANSWER.unpack(self._read(ANSWER.size))
        if count >= 0:
            return count
        (length,) = ANSWER.unpack(self._read(ANSWER.size))
        reason = self._read(length).decode(errors="replace")[:_LOG_SHOWN]
        if reason.startswith(("ImportError", "ModuleNotFoundError", "OSError")):
            raise ImportError(f"MediaPipe cannot be imported ({reason}). On Linux it needs {_SYSTEM_PACKAGES}.")
        raise ValueError(
            f"model={self._model!r}: MediaPipe answers {reason!r}; expected its pose landmarker, a file such as "
            f"pose_landmarker_full.task from {MODELS}"
        )

    def _read(self, n_bytes: int) -> bytes:
        assert self._process is not None
        data = self._pipe(self._process.stdout).read(n_bytes)
        if len(data) < n_bytes:
            self._log.seek(0)
            log = self._log.read().decode(errors="replace").strip()
            raise RuntimeError(f"MediaPipe's process ended: {log[-_LOG_SHOWN:]!r}")
        return data

    @staticmethod
    def _pipe(pipe: IO[Any] | None) -> IO[Any]:
        assert pipe is not None
        return pipe
