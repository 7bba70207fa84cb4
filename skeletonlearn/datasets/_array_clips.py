"""Samples of an array as clips: axes in order, what is missing as NaN, padding trimmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from skeletonlearn._containers import is_ragged, unwrap
from skeletonlearn._sequences import recorded_frames
from skeletonlearn.datasets._array_files import ArrayPart, StoredArray
from skeletonlearn.datasets._axes import Axes, read_axes


@dataclass
class ArrayClip:
    """A sample without its padding.

    Parameters
    ----------
    points : ndarray of shape (n_frames, n_persons, n_joints, n_channels)
        The coordinates, NaN where a joint is missing.
    confidence : ndarray of shape (n_frames, n_persons, n_joints) or None
        The confidence, 0 where a joint is missing.
    """

    points: np.ndarray
    confidence: np.ndarray | None

    @property
    def n_persons(self) -> int:
        """The place of the last person who is ever seen."""
        seen = np.flatnonzero(~np.isnan(self.points).all(axis=(0, 2, 3)))
        return int(seen[-1]) + 1 if len(seen) else 1


class ArrayReader:
    """How the samples of an array become clips.

    Parameters
    ----------
    axes, n_channels, confidence_channel, zeros, trim : object
        As of :func:`~skeletonlearn.datasets.sequences_from_array`.
    n_joints : int or None
        The joints of a person, where known.

    Attributes
    ----------
    used : str or None
        The axes, once samples were read.
    """

    def __init__(
        self,
        axes: str | None,
        n_joints: int | None,
        n_channels: int | None,
        confidence_channel: int | None,
        zeros: str,
        trim: bool,
    ) -> None:
        self.used = axes
        self._n_joints, self._n_channels, self._channel = n_joints, n_channels, confidence_channel
        self._zeros, self._trim = zeros, trim

    def read(self, part: ArrayPart) -> Iterator[ArrayClip]:
        """The samples of a part, one by one."""
        samples = part.samples
        if is_ragged(samples):
            samples = unwrap(samples)
            arrays = [np.asanyarray(one) for one in samples]
            shapes = [(len(arrays), *one.shape) for one in arrays]
            each = zip(arrays, shapes, strict=True)
            yield from (self._clip(one, self._axes_of(shape), at) for at, (one, shape) in enumerate(each))
            return
        samples = samples if isinstance(samples, StoredArray) else np.asanyarray(samples)
        axes = self._axes_of(samples.shape)
        for at, one in enumerate(_one_by_one(samples, axes)):
            yield self._clip(one, axes, at)

    def _axes_of(self, shape: tuple[int, ...]) -> Axes:
        if 0 in shape:
            raise ValueError(f"X has shape {shape}, expected at least one sample, frame, joint and channel.")
        axes = read_axes(self.used, shape, self._n_joints, self._n_channels)
        self.used = axes.text
        return axes

    def _clip(self, sample: np.ndarray, axes: Axes, at: int) -> ArrayClip:
        points = axes.arrange(_as_floats(sample, at))
        score = None
        if self._channel is not None:
            score, points = self._split(points)
        points = self._with_missing(points, score)
        frames = slice(None)
        if self._trim:
            frames = recorded_frames(points.reshape(len(points), -1, points.shape[-1]))
        if score is not None:
            score = np.where(np.isnan(points).any(axis=-1) | np.isnan(score), np.float32(0), score)[frames].copy()
        return ArrayClip(points[frames].copy(), score)  # a view would keep the padding in memory

    def _split(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n_channels, channel = points.shape[-1], self._channel
        if not isinstance(channel, Integral) or not -n_channels <= channel < n_channels or n_channels < 2:
            raise ValueError(f"confidence_channel={channel!r} must be one of the {n_channels} channels of X, from 0.")
        return points[..., channel], np.delete(points, channel, axis=-1)

    def _with_missing(self, points: np.ndarray, score: np.ndarray | None) -> np.ndarray:
        zero = (points == 0).all(axis=-1)
        missing = np.isnan(points).all(axis=-1)
        if self._zeros != "keep" and points.shape[2] > 1:  # the zeros of a lone joint are values
            missing |= zero if self._zeros == "joints" else (zero | missing).all(axis=-1, keepdims=True)
        if score is not None:
            missing |= score <= 0
        return np.where(missing[..., None], np.float32(np.nan), points)


def _one_by_one(samples: Any, axes: Axes) -> Iterator[np.ndarray]:
    """The samples; of an array in an archive one at a time, if samples are its first axis."""
    if "N" not in axes.parts:
        yield _whole(samples)
    elif axes.parts[0] == "N":
        yield from samples
    else:
        yield from np.moveaxis(_whole(samples), axes.parts.index("N"), 0)


def _whole(samples: Any) -> np.ndarray:
    return np.stack(list(samples)) if isinstance(samples, StoredArray) else samples


def _as_floats(sample: np.ndarray, at: int) -> np.ndarray:
    values = np.asarray(unwrap(sample))
    if values.dtype.kind not in "biuf":
        raise ValueError(f"Sample {at} of X has values of type {values.dtype}, expected numbers.")
    with np.errstate(over="ignore"):
        floats = values.astype(np.float32)
    if np.isinf(floats).any():
        raise ValueError(f"Sample {at} of X has infinite numbers, expected finite ones of float32, or NaN.")
    return floats
