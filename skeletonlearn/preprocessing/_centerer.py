"""Coordinates relative to the body's root."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._bodies import absent_bodies, as_bodies, check_parts, hold, part_indices
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice


class RootCenterer(SequenceTransformer):
    """Move sequences so that the root of the first person is at the origin.

    All persons of a sequence move together: their positions relative to each other are kept.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name. With None, the first joint is the root.
    per : {"sequence", "frame"}, default="sequence"
        `"sequence"` subtracts the root of the first frame that shows it, so that walking remains; `"frame"` subtracts
        the root of each frame, so that only the pose remains. A frame that does not show the root takes it from the
        last that did, else from the first that will.
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
    A person whose joints are all exactly zero in a frame is absent (a single-person clip in a two-person layout, or
    padding): it stays zero. A sequence that never shows the root is left as it is. Every channel is centred, a
    confidence too: drop that first, with :class:`JointImputer`.

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
        out = X - self._origins(X, absent[:, :, 0])[:, :, None]
        if absent.any():
            as_bodies(out, self._layout())[absent] = 0
        return out

    def _origins(self, X, absent):
        """The point to subtract, (N, 1, C) or (N, T, C); zero where there is none."""
        roots = X[:, :, self._root_indices()].mean(axis=2)
        shown = np.isfinite(roots).all(axis=-1) & ~absent
        held = hold(roots, shown)
        origins = held[:, :1] if self.per == "sequence" else held
        return np.where(shown.any(axis=1)[:, None, None], origins, X.dtype.type(0))
