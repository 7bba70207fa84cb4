"""The usual preprocessing in one line."""

from __future__ import annotations

from sklearn.pipeline import Pipeline

from skeletonlearn.preprocessing._aligner import ViewAligner, has_sides
from skeletonlearn.preprocessing._body_size import REFERENCES, has_palm
from skeletonlearn.preprocessing._centerer import RootCenterer
from skeletonlearn.preprocessing._imputer import JointImputer
from skeletonlearn.preprocessing._missing_marker import MissingJointMarker
from skeletonlearn.preprocessing._resampler import FrameResampler
from skeletonlearn.preprocessing._scaler import BodyScaler
from skeletonlearn.preprocessing._sequence_transformer import check_choice
from skeletonlearn.preprocessing._trimmer import FrameTrimmer
from skeletonlearn.skeletons import Skeleton, get_skeleton


def make_skeleton_pipeline(
    skeleton: Skeleton | str | None,
    n_frames: int = 64,
    *,
    align: bool | str = True,
    scale: bool | str = True,
    center: str = "sequence",
    min_confidence: float | None = None,
    vertical_axis: int = 1,
) -> Pipeline:
    """Chain the usual preprocessing: mark what is missing, trim, centre, align, scale, impute, resample.

    Bodies are measured before missing joints are filled in, so by recorded joints only.

    Parameters
    ----------
    skeleton : Skeleton, str or None
        The joint layout of the data, or its name.
    n_frames : int, default=64
        Number of frames of every sequence that comes out.
    align : bool or {"yaw", "full"}, default=True
        Whether and how the body is turned to face the camera. True is `"yaw"`, or no turn if the layout has neither
        left and right hips nor shoulders, as that of a hand. See :class:`ViewAligner`.
    scale : bool or {"torso", "height", "palm", "std"}, default=True
        Whether sequences are divided by a size of the body, and which. True is the first that the layout has of torso,
        palm and standard deviation. See :class:`BodyScaler`.
    center : {"sequence", "frame"}, default="sequence"
        Whether the root of the first frame or of each is the origin. The root is the hip, or the root of the layout
        where it has no hip, such as the wrist of a hand. See :class:`RootCenterer`.
    min_confidence : float or None, default=None
        If given, the last channel is a confidence. See :class:`MissingJointMarker`.
    vertical_axis : {0, 1, 2}, default=1
        Channel that is vertical.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        With the steps `marker`, `trimmer`, `centerer`, `aligner`, `scaler`, `imputer` and `resampler`; those not wanted
        are `"passthrough"`, so that a grid search can still set them.

    See Also
    --------
    FrameResampler : The last step, by which ragged sequences become one array.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import make_skeleton_pipeline
    >>> rng = np.random.default_rng(0)
    >>> clips = [rng.normal(size=(n_frames, 25, 3)) for n_frames in (40, 75)]
    >>> pipeline = make_skeleton_pipeline("NTU_RGBD", n_frames=32)
    >>> pipeline.fit_transform(clips).shape
    (2, 32, 25, 3)
    >>> list(pipeline.named_steps)
    ['marker', 'trimmer', 'centerer', 'aligner', 'scaler', 'imputer', 'resampler']
    """
    check_choice("align", align, (True, False, "yaw", "full"))
    check_choice("scale", scale, (True, False, *REFERENCES))
    layout = None if skeleton is None else get_skeleton(skeleton)
    mode, reference = _turn(layout, align), _reference(layout, scale)
    return Pipeline(
        [
            ("marker", MissingJointMarker(min_confidence=min_confidence, skeleton=skeleton)),
            ("trimmer", FrameTrimmer()),
            ("centerer", RootCenterer(skeleton, per=center, root=_root(layout))),
            ("aligner", ViewAligner(skeleton, mode=mode, vertical_axis=vertical_axis) if mode else "passthrough"),
            ("scaler", BodyScaler(skeleton, reference=reference) if reference else "passthrough"),
            ("imputer", JointImputer(zeros_are_missing=False, skeleton=skeleton)),
            ("resampler", FrameResampler(n_frames)),
        ]
    )


def _root(layout: Skeleton | None) -> str:
    return "hip" if layout is None or "hip" in layout.roles else layout.joints[layout.root]


def _turn(layout: Skeleton | None, align: bool | str) -> str | None:
    """Mode of the aligner; None for no turn."""
    if isinstance(align, str):
        return align
    return "yaw" if align and (layout is None or has_sides(layout)) else None


def _reference(layout: Skeleton | None, scale: bool | str) -> str | None:
    """Reference of the scaler; None for no scaling."""
    if isinstance(scale, str) or not scale:
        return scale or None
    if layout is None or {"hip", "neck"} <= layout.roles.keys():
        return "torso"
    return "palm" if has_palm(layout) else "std"
