"""From one joint layout to another."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from skeletonlearn.preprocessing._bodies import as_bodies
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice
from skeletonlearn.skeletons import Skeleton, get_skeleton

# A joint that has the name of a role which its layout tells by another joint, as NTU_RGBD's neck, which lies above
# the shoulder centre that is meant by "neck" everywhere else.
_PROPER = "proper_"
# Points of the trunk between others, which may be such points themselves; a part named twice weighs twice.
_BETWEEN = {
    "hip": ("left_hip", "right_hip"),
    "neck": ("left_shoulder", "right_shoulder"),
    "spine": ("hip", "neck"),
    "spine_chest": ("spine", "neck"),
    "left_clavicle": ("neck", "neck", "left_shoulder"),
    "right_clavicle": ("neck", "neck", "right_shoulder"),
    _PROPER + "neck": ("neck", "neck", "head"),
}
_HEAD = ("head", _PROPER + "neck head_top", "head_top")
_FACE = ("nose", *_HEAD)
# What stands for a part that a layout lacks, best first: the mean of several joints, or the nearest of the same limb.
_STANDS_FOR = {
    "head": ("left_ear right_ear", "left_eye right_eye", "nose", *_HEAD[1:]),
    "head_top": ("head", "left_ear right_ear", "left_eye right_eye", "nose"),
    "nose": ("nose_tip", *_HEAD),
    "nose_tip": ("nose",),
    "eye": _FACE,
    "eye_inner": ("eye", *_FACE),
    "eye_outer": ("eye", *_FACE),
    "pupil": ("eye",),
    "ear": _FACE,
    "mouth": _FACE,
    "wrist": ("hand_wrist", "hand"),
    "hand": ("wrist index pinky", "wrist index_finger_mcp pinky_mcp", "wrist"),
    "hand_wrist": ("wrist", "hand"),
    "hand_tip": ("middle_finger_tip", "index", "hand", "wrist"),
    "index": ("index_finger_mcp", "hand_tip", "hand", "wrist"),
    "pinky": ("pinky_mcp", "hand", "wrist"),
    "thumb": ("thumb_ip", "hand", "wrist"),
    "ankle": ("foot",),
    "foot": ("big_toe", "ankle"),
    "big_toe": ("foot", "ankle"),
    "small_toe": ("foot", "ankle"),
    "heel": ("ankle", "foot"),
}
_LIMB_PARTS = frozenset((*_STANDS_FOR, "elbow", "knee"))


class SkeletonConverter(SequenceTransformer):
    """Convert sequences from one joint layout to another.

    A joint of the target is the source's joint that is the same part of the body, copied as it is. Where the source
    has none, it is filled in by the rules in the Notes, or missing.

    Parameters
    ----------
    source : Skeleton, str or None, default=None
        The layout of X, or its name.
    target : Skeleton, str or None, default=None
        The layout wanted, or its name. With both None, nothing is converted.
    fill : {"rules", "nan"}, default="rules"
        What becomes of the joints that the source does not have: `"rules"`, they are made of those that it has, as the
        Notes say; `"nan"`, they are missing.

    Attributes
    ----------
    joint_sources_ : dict of str to tuple of str
        For each joint of the target the joints of the source whose mean it is; one that is named twice weighs twice.
        Empty for those that are missing. The whole is empty if nothing is converted.
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if the sequences differed in length.
    n_features_in_ : int
        Product of the sizes in `sequence_shape_in_`.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.

    See Also
    --------
    JointImputer : Fills in the joints that are missing.

    Notes
    -----
    Two joints are the same part of the body if they have the same role (`Skeleton.roles`) or, without one, the same
    name. So the shoulder centre is called "neck" in all layouts but `NTU_RGBD`, `MPII` and `AZURE_KINECT`, which have
    a neck above it.

    With ``fill="rules"`` a joint without a counterpart is, the first that applies: what the source's role of that name
    says (as the hip of `COCO`, the middle of its hips); what this table says; else missing, NaN. Parts with a left and
    a right are made of joints of their own side.

    ============================  ===========================================================
    joint of the target           made of the first of these that the source has
    ============================  ===========================================================
    hip                           the middle of left and right hip
    neck (the shoulder centre)    the middle of left and right shoulder
    spine                         the middle of hip and neck
    spine_chest                   the middle of spine and neck
    clavicle                      the point a third of the way from the shoulder centre to the shoulder
    neck above the shoulders      the point a third of the way from the shoulder centre to the head
    head                          the middle of the ears; the middle of the eyes; nose; the middle of neck and
                                  head_top; head_top
    head_top                      head; the middle of the ears; the middle of the eyes; nose
    nose                          nose_tip; head; as for head
    nose_tip                      nose
    eye, ear, mouth               nose; head; as for head
    eye_inner, eye_outer          eye; as for eye
    pupil                         eye
    wrist                         hand_wrist; hand
    hand                          the mean of wrist, index and pinky, or of wrist and the knuckles of these; wrist
    hand_wrist                    wrist; hand
    hand_tip                      middle_finger_tip; index; hand; wrist
    index                         index_finger_mcp; hand_tip; hand; wrist
    pinky                         pinky_mcp; hand; wrist
    thumb                         thumb_ip; hand; wrist
    ankle                         foot
    foot                          big_toe; ankle
    big_toe, small_toe            foot; ankle
    heel                          ankle; foot
    ============================  ===========================================================

    Nothing stands for shoulders, elbows, left and right hips, knees, the joints of fingers, and the contours of a face.
    Between any two layouts of bodies in the catalogue no joint is missing but those of fingers and faces. A mean of
    several joints is missing where one of them is, so joints that were not found must be NaN, not the origin: see
    :class:`JointImputer`.

    Channels are kept: flat data stay flat, and a confidence is averaged as the coordinates are. So are persons: each
    is converted by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import SkeletonConverter
    >>> converter = SkeletonConverter("COCO", "SBU")
    >>> converter.fit_transform(np.zeros((1, 4, 17, 2))).shape
    (1, 4, 15, 2)
    >>> converter.joint_sources_["head"], converter.joint_sources_["neck"]
    (('left_ear', 'right_ear'), ('left_shoulder', 'right_shoulder'))
    """

    def __init__(self, source=None, target=None, *, fill="rules"):
        self.source = source
        self.target = target
        self.fill = fill

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
        source = self._layout()
        self.joint_sources_ = {} if source is None else _joint_sources(source, get_skeleton(self.target), self.fill)
        return self

    def _check_parameters(self):
        check_choice("fill", self.fill, ("rules", "nan"))
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
        for at, names in enumerate(self.joint_sources_.values()):
            joints = [source.index(name) for name in names]
            if len(joints) == 1:  # a copy keeps every bit
                out[..., at, :] = bodies[..., joints[0], :]
            elif joints:
                out[..., at, :] = bodies[..., joints, :].mean(axis=-2)
        return out.reshape(*X.shape[:2], -1, X.shape[-1])


def _joint_sources(source: Skeleton, target: Skeleton, fill: str) -> dict[str, tuple[str, ...]]:
    """For each joint of `target` the joints of `source` whose mean it is; none if it is to be missing."""
    find = _counterpart if fill == "nan" else _made_of
    return {joint: find(source, _part(target, joint)) for joint in target.joints}


def _part(skeleton: Skeleton, joint: str) -> str:
    """The part of the body that a joint is: a role, a part of a limb or the face, or just its name."""
    if skeleton.roles.get(joint) == (joint,) or joint.removeprefix("left_").removeprefix("right_") in _LIMB_PARTS:
        return joint
    own_role = next((role for role, joints in skeleton.roles.items() if joints == (joint,)), None)
    return own_role or (_PROPER + joint if joint in skeleton.roles else joint)


@lru_cache(maxsize=256)
def _joints_by_part(skeleton: Skeleton) -> dict[str, str]:
    """The joint that each part is; the first, where several are one part."""
    return {_part(skeleton, joint): joint for joint in reversed(skeleton.joints)}


def _counterpart(source: Skeleton, part: str) -> tuple[str, ...]:
    """The joint of `source` that is `part`, if there is one."""
    joint = _joints_by_part(source).get(part)
    return () if joint is None else (joint,)


def _told(source: Skeleton, part: str) -> tuple[str, ...]:
    """The joints whose mean `part` is by the layout itself: by a joint or by a role."""
    return _counterpart(source, part) or tuple(source.roles.get(part, ()))


def _made_of(source: Skeleton, part: str) -> tuple[str, ...]:
    """The joints of `source` whose mean is `part` by the layout or else by the rules; none if it cannot be told."""
    between = [_made_of(source, one) for one in _BETWEEN.get(part, ())]
    return (
        _told(source, part)
        or _mean_of(between)
        or _stand_in(source, part)
        or (_made_of(source, part.removeprefix(_PROPER)) if part.startswith(_PROPER) else ())
    )


def _stand_in(source: Skeleton, part: str) -> tuple[str, ...]:
    """The joints of the same limb, or of the face, whose mean stands for `part`."""
    side = next((prefix for prefix in ("left_", "right_") if part.startswith(prefix)), "")
    for parts in _STANDS_FOR.get(part.removeprefix(side), ()):
        for prefix in (side, ""):
            joints = _mean_of([_told(source, prefix + one) for one in parts.split()])
            if joints:
                return joints
    return ()


def _mean_of(points: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The joints whose mean is the mean of several points, each a mean of joints; none if a point is not known."""
    if not all(points):
        return ()
    common = math.lcm(*(len(joints) for joints in points))
    return tuple(joint for joints in points for joint in joints * (common // len(joints)))
