"""From one joint layout to another."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._base import SequenceTransformer
from skeletonlearn.preprocessing._bodies import as_bodies
from skeletonlearn.skeletons import Skeleton, get_skeleton

_FACE = ("nose", "head")
# What stands for a part that a layout lacks, best first: the nearest joint further up or down the same limb.
_STANDS_FOR = {
    "head": ("nose",),
    "nose": ("head",),
    "eye": _FACE,
    "eye_inner": ("eye", *_FACE),
    "eye_outer": ("eye", *_FACE),
    "ear": _FACE,
    "mouth": _FACE,
    "spine_shoulder": ("neck",),
    "wrist": ("hand",),
    "hand": ("wrist",),
    "hand_tip": ("index", "hand", "wrist"),
    "index": ("hand_tip", "hand", "wrist"),
    "pinky": ("hand", "wrist"),
    "thumb": ("hand", "wrist"),
    "ankle": ("foot",),
    "foot": ("big_toe", "ankle"),
    "big_toe": ("foot", "ankle"),
    "small_toe": ("foot", "ankle"),
    "heel": ("ankle", "foot"),
}


class SkeletonConverter(SequenceTransformer):
    """Convert sequences from one joint layout to another.

    A joint of the target is, the first that applies: the source's joint of the same name; the source's role of that
    name (`hip`, where there is none, is the middle of the hips); the nearest joint of the same limb (hand, wrist;
    foot, ankle; head, nose; see `joint_sources_`); else missing, NaN.

    Parameters
    ----------
    source : Skeleton, str or None, default=None
        The layout of X, or its name.
    target : Skeleton, str or None, default=None
        The layout wanted, or its name. With both None, nothing is converted.

    Attributes
    ----------
    joint_sources_ : dict of str to tuple of str
        For each joint of the target the joints of the source whose mean it is; empty for those that are missing. Empty
        if nothing is converted.
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if the sequences differed in length.
    n_features_in_ : int
        Product of the sizes in `sequence_shape_in_`.

    See Also
    --------
    JointImputer : Fills in the joints that are missing.

    Notes
    -----
    Channels are kept: flat data stay flat. So are persons: each is converted by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import SkeletonConverter
    >>> converter = SkeletonConverter("COCO", "SBU")
    >>> converter.fit_transform(np.zeros((1, 4, 17, 2))).shape
    (1, 4, 15, 2)
    >>> converter.joint_sources_["head"], converter.joint_sources_["neck"]
    (('nose',), ('left_shoulder', 'right_shoulder'))
    """

    def __init__(self, source=None, target=None):
        self.source = source
        self.target = target

    def fit(self, X, y=None):
        """Check X against the source, and find what each joint of the target is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            The sequences, in the layout `source`.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The transformer itself.
        """
        super().fit(X, y)
        source, target = self._layout(), self.target
        self.joint_sources_ = (
            {} if source is None else {joint: _sources(source, joint) for joint in get_skeleton(target).joints}
        )
        return self

    def _check_parameters(self):
        if (self.source is None) != (self.target is None):
            raise ValueError(
                f"source={self.source!r} and target={self.target!r}: expected two layouts, or None for both."
            )
        for layout in (self.source, self.target):
            if layout is not None:
                get_skeleton(layout)

    def _layout(self):
        return None if self.source is None else get_skeleton(self.source)

    def _transform(self, X):
        source = self._layout()
        if source is None:
            return X.copy()
        bodies = as_bodies(X, source)
        # one joint after another in place of a matrix product: a missing joint must not touch the others
        out = np.full((*bodies.shape[:3], len(self.joint_sources_), X.shape[-1]), np.nan, dtype=X.dtype)
        for at, joints in enumerate(self.joint_sources_.values()):
            if joints:
                out[..., at, :] = bodies[..., [source.index(joint) for joint in joints], :].mean(axis=-2)
        return out.reshape(*X.shape[:2], -1, X.shape[-1])


def _sources(source: Skeleton, joint: str) -> tuple[str, ...]:
    """The joints of `source` whose mean is `joint`; none if it cannot be told."""
    side = next((prefix for prefix in ("left_", "right_") if joint.startswith(prefix)), "")
    stand_ins = _STANDS_FOR.get(joint.removeprefix(side), ())
    for name in (joint, *(name for part in stand_ins for name in (side + part, part))):
        if name in source.joints:
            return (name,)
        if name in source.roles:
            return tuple(source.roles[name])
    return ()
