"""Bodies turned to face the camera."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from skeletonlearn.preprocessing._bodies import (
    check_parts,
    first_known,
    hold,
    is_known,
    mean_direction,
    part_positions,
    recorded_body,
    unit_vectors,
)
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice

_LEAST = 1e-4  # a unit vector's remainder that is shorter points nowhere: single precision leaves about 1e-6
_SHOULDERS = ("left_shoulder", "right_shoulder")
_HIPS = ("left_hip", "right_hip")
_UPRIGHT = (("neck", "hip"), ("neck", "spine"), ("head", "neck"), ("nose", "neck"))


class ViewAligner(SequenceTransformer):
    """Turn sequences so that the body faces the camera.

    The direction is that of the first person that a sequence shows, by the joints that were recorded. The line from
    the left to the right side of the body is laid along the first horizontal axis: +x where y is vertical. The body
    then faces -z, towards a camera whose z is depth; a plot that looks along -z shows its back. The sequence turns
    about the origin: put :class:`RootCenterer` before it. It is a proper rotation: bone lengths, the distances between
    persons and left and right are kept.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name. With None, nothing is turned.
    mode : {"yaw", "full"}, default="yaw"
        `"yaw"` turns about the vertical axis, by the mean of the line between the hips and that between the shoulders,
        or by the one that is recorded; leaning and lying remain visible. `"full"` also sets the body upright: the line
        from hip to neck is laid along the vertical axis, that between the shoulders, as far as it is perpendicular to
        it, along the lateral one. If a frame does not show the hip, the line from spine to neck serves, else that from
        neck to head or nose.
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

    Warns
    -----
    UserWarning
        If no frame of a sequence shows the lines, so that it is not turned. The sequences are named.

    See Also
    --------
    RootCenterer : Puts the origin, which is turned about, at the root.

    Notes
    -----
    Sequences without a direction (missing or coinciding joints, a body that lies exactly on its side, turns that cancel
    each other) are left as they are. So are flat data of one or two channels: a picture cannot be turned out of its
    plane.

    Joints are recorded if they are not NaN and :class:`JointImputer` did not invent them with ``fallback="mean"``.
    Zeros are positions: mark missing joints with :class:`MissingJointMarker` before.

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

    _DOUBT = (
        "shows no direction of the body and is not turned",
        "Leave such sequences out, or set mode='yaw', which needs shoulders or hips only.",
    )

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
        if self.mode == "full":
            check_parts(self._layout(), ("hip", "neck", *_SHOULDERS))
        elif self._layout() is not None and not has_sides(self._layout()):
            check_parts(self._layout(), _SHOULDERS)

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
        turns, in_doubt = self._rotations(recorded_body(X, skeleton), skeleton)  # (N, 1 or T, 3, 3)
        rows = X.reshape(len(X), turns.shape[1], -1, 3)
        return (rows @ turns.astype(X.dtype).swapaxes(-1, -2)).reshape(X.shape), in_doubt

    def _rotations(self, body, skeleton):
        """The rotation of each sequence, (N, 1, 3, 3), or of each frame, (N, T, 3, 3), and who is in doubt, (N,)."""
        lateral, up = self._directions(body, skeleton)
        hidden = ~(is_known(lateral).any(axis=1) & is_known(up).any(axis=1)) & is_known(body).any(axis=(1, 2))
        lateral, up = self._units(lateral, up)
        if self.per == "sequence":
            lateral, up = mean_direction(lateral, _LEAST), mean_direction(up, _LEAST)
        lateral = unit_vectors(lateral - np.sum(lateral * up, axis=-1, keepdims=True) * up, least=_LEAST)
        known = is_known(lateral)
        turns = hold(_frame_of(lateral, up, self.vertical_axis), known)
        return np.where(known.any(axis=1)[:, None, None, None], turns, np.eye(3)), hidden

    def _directions(self, body, skeleton):
        """Vectors to the body's right and up in each frame, (N, T, 3) both; NaN where they are not recorded."""
        if self.mode == "full":
            names = {*skeleton.joints, *skeleton.roles}
            lines = (
                part_positions(body, skeleton, above) - part_positions(body, skeleton, below)
                for above, below in _UPRIGHT
                if names >= {above, below}
            )
            return _side_to_side(body, skeleton, (_SHOULDERS,)), first_known(lines)
        lateral = _side_to_side(body, skeleton, (_HIPS, _SHOULDERS))
        return lateral, np.broadcast_to(np.eye(3)[self.vertical_axis], lateral.shape)

    def _units(self, lateral, up):
        """Unit vectors of both; NaN where they are not known."""
        lateral = unit_vectors(lateral)
        if self.mode == "full":
            return lateral, unit_vectors(up)
        lateral[..., self.vertical_axis] = 0
        return unit_vectors(lateral, least=_LEAST), up


def has_sides(skeleton):
    """Whether a layout has the joints or roles on both sides that show the direction of a body."""
    names = {*skeleton.joints, *skeleton.roles}
    return names >= set(_HIPS) or names >= set(_SHOULDERS)


def _side_to_side(body, skeleton, pairs):
    """Mean over pairs of the vectors from left to right, (N, T, 3); NaN where none of them is recorded."""
    names = {*skeleton.joints, *skeleton.roles}
    lines = [
        part_positions(body, skeleton, right) - part_positions(body, skeleton, left)
        for left, right in pairs
        if names >= {left, right}
    ]
    shown = [is_known(line)[..., None] for line in lines]
    total = sum(np.where(seen, line, 0.0) for line, seen in zip(lines, shown, strict=True))
    count = sum(seen.astype(float) for seen in shown)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _frame_of(lateral, up, vertical_axis):
    """Rotation matrices, (..., 3, 3), that take `lateral` to the first horizontal axis and `up` to the vertical one.

    The rows are lateral, up and their cross product, put at their axes; the sign keeps the determinant at +1.
    """
    first, second = (axis for axis in range(3) if axis != vertical_axis)
    rows = np.empty((*lateral.shape, 3))
    rows[..., first, :], rows[..., vertical_axis, :] = lateral, up
    rows[..., second, :] = np.cross(lateral, up) if vertical_axis == 1 else np.cross(up, lateral)
    return rows
