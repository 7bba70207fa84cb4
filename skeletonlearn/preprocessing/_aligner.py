"""Bodies turned to face the camera."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skeletonlearn.preprocessing._bodies import check_parts, hold, part_positions
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice

_LEAST = 1e-4  # a unit vector's remainder that is shorter points nowhere: single precision leaves about 1e-6
_SIDES = ("left_shoulder", "right_shoulder")
_PARTS = {"yaw": ("left_hip", "right_hip", *_SIDES), "full": ("hip", "neck", *_SIDES)}


class ViewAligner(SequenceTransformer):
    """Turn sequences so that the first person faces the camera.

    The line from the left to the right side of the body is laid along the first horizontal axis: +x where y is
    vertical. The body then faces -z, towards a camera whose z is depth; a plot that looks along -z shows its back. The
    sequence turns about the origin: put :class:`RootCenterer` before it. It is a proper rotation: bone lengths, the
    distances between persons and left and right are kept.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name. With None, nothing is turned.
    mode : {"yaw", "full"}, default="yaw"
        `"yaw"` turns about the vertical axis, by the mean of the line between the hips and that between the shoulders;
        leaning and lying remain visible. `"full"` also sets the body upright: the line from hip to neck is laid along
        the vertical axis, that between the shoulders, as far as it is perpendicular to it, along the lateral one.
    per : {"sequence", "frame"}, default="sequence"
        `"sequence"` turns all frames alike, by the mean over the frames of the lines' unit vectors, so that the body's
        own turning remains; `"frame"` turns each frame by itself. A frame that does not show the lines takes the turn
        of the last that did, else of the first that will.
    vertical_axis : {0, 1, 2}, default=1
        Channel that is vertical: 1 for Kinect cameras, 2 for many motion capture systems.

    Attributes
    ----------
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if the sequences differed in length.
    n_features_in_ : int
        Product of the sizes in `sequence_shape_in_`.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.

    See Also
    --------
    RootCenterer : Puts the origin, which is turned about, at the root.

    Notes
    -----
    Sequences whose direction cannot be told (missing or coinciding joints, a body that lies exactly on its side, turns
    that cancel each other) are left as they are. So are flat data of one or two channels: a picture cannot be turned
    out of its plane.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import ViewAligner
    >>> from skeletonlearn.skeletons import KINECT_V1
    >>> X = np.random.default_rng(0).normal(size=(2, 5, 20, 3))
    >>> quarter_turn = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    >>> aligner = ViewAligner(KINECT_V1).fit(X)
    >>> bool(np.allclose(aligner.transform(X @ quarter_turn), aligner.transform(X)))
    True
    """

    def __init__(self, skeleton=None, *, mode="yaw", per="sequence", vertical_axis=1):
        self.skeleton = skeleton
        self.mode = mode
        self.per = per
        self.vertical_axis = vertical_axis

    def _check_parameters(self):
        check_choice("mode", self.mode, ("yaw", "full"))
        check_choice("per", self.per, ("sequence", "frame"))
        axis = self.vertical_axis
        if not isinstance(axis, Integral) or isinstance(axis, bool) or axis not in (0, 1, 2):
            raise ValueError(f"vertical_axis={self.vertical_axis!r} must be 0, 1 or 2.")
        check_parts(self._layout(), _PARTS[self.mode])

    def _check_layout(self, n_joints, n_channels):
        super()._check_layout(n_joints, n_channels)
        if self._layout() is not None and n_channels > 3:
            raise ValueError(
                f"X has {n_channels} channels, but ViewAligner expected 3 (x, y, z), or flat data of fewer: drop a "
                "confidence with JointImputer before it, build streams with StreamBuilder after it."
            )

    def _transform(self, X):
        skeleton = self._layout()
        if skeleton is None or X.shape[-1] < 3:
            return X.copy()
        turns = self._rotations(X, skeleton).astype(X.dtype)  # (N, 1 or T, 3, 3)
        rows = X.reshape(len(X), turns.shape[1], -1, 3)
        return (rows @ turns.swapaxes(-1, -2)).reshape(X.shape)

    def _rotations(self, X, skeleton):
        """The rotation of each sequence, (N, 1, 3, 3), or of each frame, (N, T, 3, 3)."""
        lateral, up = self._directions(X, skeleton)
        if self.per == "sequence":
            lateral, up = _mean_direction(lateral), _mean_direction(up)
        lateral = _unit(lateral - np.sum(lateral * up, axis=-1, keepdims=True) * up, least=_LEAST)
        told = np.isfinite(lateral).all(axis=-1)
        turns = hold(_frame_of(lateral, up, self.vertical_axis), told)
        return np.where(told.any(axis=1)[:, None, None, None], turns, np.eye(3))

    def _directions(self, X, skeleton):
        """Unit vectors to the body's right and up in each frame, (N, T, 3) both; NaN where they cannot be told."""
        if self.mode == "full":
            up = part_positions(X, skeleton, "neck") - part_positions(X, skeleton, "hip")
            return _unit(_side_to_side(X, skeleton, ("shoulder",))), _unit(up)
        lateral = _unit(_side_to_side(X, skeleton, ("hip", "shoulder")))
        lateral[..., self.vertical_axis] = 0
        return _unit(lateral, least=_LEAST), np.broadcast_to(np.eye(3)[self.vertical_axis], lateral.shape)


def _side_to_side(X, skeleton, parts):
    """Mean over `parts` of the vectors from left to right, (N, T, 3); a part that is not shown does not count."""
    lines = [
        part_positions(X, skeleton, f"right_{part}") - part_positions(X, skeleton, f"left_{part}") for part in parts
    ]
    shown = [np.isfinite(line).all(axis=-1, keepdims=True) for line in lines]
    total = sum(np.where(seen, line, 0.0) for line, seen in zip(lines, shown, strict=True))
    return total / np.maximum(sum(seen.astype(float) for seen in shown), 1.0)


def _unit(vectors, least=0.0):
    """Vectors of length one; NaN for those that are not longer than `least`."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.divide(vectors, length, out=np.full_like(vectors, np.nan), where=length > least)


def _mean_direction(units):
    """Direction of the mean over frames, (N, T, 3) -> (N, 1, 3), of those unit vectors that are not NaN."""
    told = np.isfinite(units).all(axis=-1, keepdims=True)
    total = np.where(told, units, 0.0).sum(axis=1, keepdims=True)
    return _unit(total / np.maximum(told.sum(axis=1, keepdims=True), 1), least=_LEAST)


def _frame_of(lateral, up, vertical_axis):
    """Rotation matrices, (..., 3, 3), that take `lateral` to the first horizontal axis and `up` to the vertical one.

    The rows are lateral, up and their cross product, put at their axes; the sign keeps the determinant at +1.
    """
    first, second = (axis for axis in range(3) if axis != vertical_axis)
    rows = np.empty((*lateral.shape, 3))
    rows[..., first, :], rows[..., vertical_axis, :] = lateral, up
    rows[..., second, :] = np.cross(lateral, up) if vertical_axis == 1 else np.cross(up, lateral)
    return rows
