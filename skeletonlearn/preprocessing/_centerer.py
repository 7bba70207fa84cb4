"""Coordinates relative to the body's root."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._bodies import (
    absent_bodies,
    as_bodies,
    check_parts,
    hold,
    is_known,
    part_indices,
    recorded_body,
)
from skeletonlearn.preprocessing._hidden_hip import trace_hip
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice


class RootCenterer(SequenceTransformer):
    """Move sequences so that the root of the body is at the origin.

    The root is that of the first person that a sequence shows, by the joints that were recorded. All persons of a
    sequence move together: their positions relative to each other are kept.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name. With None, the first joint is the root.
    per : {"sequence", "frame"}, default="sequence"
        `"sequence"` subtracts the root of the first frame that shows it, so that walking remains; `"frame"` subtracts
        the root of each frame, so that only the pose remains.
    root : str, default="hip"
        Role or joint of the layout that is the root.

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
    ViewAligner : Turns the body, about the origin.
    BodyScaler : Makes bodies equally large.

    Notes
    -----
    A frame that does not show the hip may show the shoulders. The hip is then where it is relative to the neck, else
    to both shoulders, else to one shoulder, in the last frame that shows both, else in the first one that will. If no
    frame shows both, the hip is one torso below the neck, by the size that :class:`BodyScaler` would find. Below is
    the direction from the neck to the spine, else from the head to the neck; without them the neck is the root.

    Other roots, and hips without shoulders, stay where the last frame shows them, else the first one that will. If no
    frame of a sequence shows the root, it is the mean of the recorded joints in the first frame that shows any.

    Joints are recorded if they are not NaN and :class:`JointImputer` did not invent them with ``fallback="mean"``.
    Zeros are positions: mark missing joints with :class:`MissingJointMarker` before. Only a person whose joints are all
    exactly zero in a frame is absent (a single-person clip in a two-person layout, or padding): it stays zero. Every
    channel is centred, a confidence too: drop that first.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import RootCenterer
    >>> X = np.full((1, 4, 20, 3), 2.0)
    >>> float(np.abs(RootCenterer("KINECT_V1").fit_transform(X)).max())
    0.0
    """

    def __init__(self, skeleton=None, *, per="sequence", root="hip"):
        self.skeleton = skeleton
        self.per = per
        self.root = root

    def _check_parameters(self):
        check_choice("per", self.per, ("sequence", "frame"))
        if not isinstance(self.root, str):
            raise ValueError(f"root={self.root!r} must be the name of a joint, or of a role such as 'hip'.")
        check_parts(self._layout(), (self.root,))

    def _root_indices(self):
        skeleton = self._layout()
        return [0] if skeleton is None else part_indices(skeleton, self.root)

    def _transform(self, X):
        absent = absent_bodies(X, self._layout())
        out = X - self._origins(recorded_body(X, self._layout())).astype(X.dtype)[:, :, None]
        if absent.any():
            as_bodies(out, self._layout())[absent] = 0
        return out

    def _origins(self, body):
        """The point to subtract, (N, 1, C) or (N, T, C); zero where there is none."""
        recorded = body[:, :, self._root_indices()].mean(axis=2)
        roots = recorded if is_known(recorded).all() else self._complete(recorded, body)
        if self.per == "sequence":
            never = ~is_known(recorded).any(axis=1)
            recorded[never] = roots[never]
            roots = recorded
        shown = is_known(roots)
        held = hold(roots, shown)
        origins = held[:, :1] if self.per == "sequence" else held
        return np.where(shown.any(axis=1)[:, None, None], origins, 0)

    def _complete(self, roots, body):
        """The roots, (N, T, C), with those that follow from other joints where they are not recorded."""
        roots = roots.astype(np.float64)
        skeleton = self._layout()
        if skeleton is not None and self.root == "hip":
            roots = trace_hip(roots, body, skeleton)
        never = ~is_known(roots).any(axis=1)
        roots[never] = _mean_of_known(body[never])
        return roots


def _mean_of_known(body):
    """Mean of the joints that each frame shows, (N, T, J, C) -> (N, T, C); NaN where it shows none."""
    known = is_known(body)[..., None]
    total = np.where(known, body, 0.0).sum(axis=2, dtype=np.float64)
    count = known.sum(axis=2)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
