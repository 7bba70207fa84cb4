"""What finds the poses in a video: MediaPipe's landmarker, or a callable of the user's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from os import PathLike
from types import TracebackType
from typing import Any, Protocol

import numpy as np

from skeletonlearn.datasets._pose_follower import PoseFollower
from skeletonlearn.datasets._pose_landmarker import PoseLandmarker, check_landmarker
from skeletonlearn.datasets._swapped_sides import find_swapped_sides
from skeletonlearn.skeletons import MEDIAPIPE_POSE, Skeleton, get_skeleton

Estimator = Callable[[np.ndarray, float], Any]
_PICTURE, _WORLD = [0, 1, 2, 6], [3, 4, 5, 6]  # numbers of a landmark: x, y, z in pixels, in metres, visibility


class PoseSource(Protocol):
    """Poses of videos, one video after another; a context manager."""

    skeleton: Skeleton

    def __enter__(self) -> PoseSource: ...

    def __exit__(self, *error: Any) -> None: ...

    def key(self) -> Any:
        """All that the poses depend on, as JSON takes it."""

    def of_video(self) -> AbstractContextManager[Callable[[np.ndarray, float], np.ndarray]]:
        """An estimator for the frames of one video, which gives x and y in pixels, other numbers, the confidence."""

    def finish(self, poses: np.ndarray) -> np.ndarray:
        """Choose the numbers wanted of one person over the frames: coordinates, then the confidence."""


class LandmarkerSource(AbstractContextManager):
    """Poses that MediaPipe finds.

    Parameters
    ----------
    model : path-like
        The model, a file of MediaPipe's.
    n_persons : int
        The number of persons wanted.
    world : bool
        Whether coordinates are metres from the middle of the hips, or pixels.
    """

    skeleton = MEDIAPIPE_POSE

    def __init__(self, model: str | PathLike[str], n_persons: int, world: bool) -> None:
        self._model = check_landmarker(model)
        self._n_persons, self._world = n_persons, world
        self._landmarker: PoseLandmarker | None = None

    def __enter__(self) -> LandmarkerSource:
        self._landmarker = PoseLandmarker(self._model, self._n_persons + 1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._landmarker is not None
        self._landmarker.__exit__(kind, error, trace)

    def key(self) -> Any:
        """The model, the version of MediaPipe, and how many people are followed."""
        status = self._model.stat()
        return [version("mediapipe"), status.st_size, status.st_mtime_ns, self._n_persons]

    @contextmanager
    def of_video(self) -> Iterator[PoseFollower]:
        """An estimator that follows the people of one video."""
        assert self._landmarker is not None
        follower = PoseFollower(self._landmarker, self._n_persons)
        try:
            yield follower
        finally:
            follower.close()

    def finish(self, poses: np.ndarray) -> np.ndarray:
        """Swap left and right in the frames that mix them up, and choose metres or pixels."""
        mirror = self.skeleton.mirror_index
        swapped = find_swapped_sides(poses[..., :2], mirror)
        poses = np.where(swapped[:, None, None], poses[:, mirror], poses)
        return poses[..., _WORLD if self._world else _PICTURE]


class CallableSource:
    """Poses that a callable of the user's finds.

    Parameters
    ----------
    estimator : callable
        From a frame and its seconds to an array (n_persons, n_joints, 2 to 4).
    skeleton : Skeleton, str or None
        The layout of one person; None takes the attribute `skeleton` of the estimator.

    Raises
    ------
    TypeError
        If it is no callable.
    ValueError
        If there is no layout.
    """

    def __init__(self, estimator: Estimator, skeleton: Skeleton | str | None) -> None:
        if not callable(estimator):
            raise TypeError(f"estimator={estimator!r} must be a callable (frame, seconds) -> (n_persons, n_joints, 3).")
        layout = getattr(estimator, "skeleton", None) if skeleton is None else skeleton
        if layout is None:
            raise ValueError("skeleton=None says not which joints estimator= gives: expected a Skeleton or its name.")
        self._estimator, self.skeleton = estimator, get_skeleton(layout)

    def __enter__(self) -> CallableSource:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def key(self) -> Any:
        """The estimator's own key.

        Raises
        ------
        ValueError
            If it has none.
        """
        key = getattr(self._estimator, "cache_key", None)
        if key is None:
            raise ValueError(
                "cache= needs to know when estimator= changes: give the estimator an attribute cache_key, a text that "
                "names its model and settings, or leave cache=None."
            )
        return [self.skeleton.name, key]

    @contextmanager
    def of_video(self) -> Iterator[Callable[[np.ndarray, float], np.ndarray]]:
        """The callable, its answers checked; its method `reset` is called first, if it has one."""
        getattr(self._estimator, "reset", lambda: None)()
        yield self._estimate

    def finish(self, poses: np.ndarray) -> np.ndarray:
        """The numbers as they are."""
        return poses

    def _estimate(self, picture: np.ndarray, seconds: float) -> np.ndarray:
        poses = np.asarray(self._estimator(picture, seconds), dtype=np.float32)
        n_joints = self.skeleton.n_joints
        if not len(poses):
            return np.empty((0, n_joints, 0), dtype=np.float32)
        if poses.ndim != 3 or poses.shape[1] != n_joints or poses.shape[2] not in (2, 3, 4):
            raise ValueError(
                f"estimator gave an array of shape {poses.shape}, expected (n_persons, {n_joints}, 3): x, y and the "
                f"confidence of each joint of {self.skeleton.name}; or x and y only; or x, y, z and the confidence."
            )
        if poses.shape[2] == 2:
            poses = np.concatenate([poses, np.ones_like(poses[..., :1])], axis=-1)
        return poses
