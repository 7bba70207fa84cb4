"""The usual preprocessing in one line."""

from __future__ import annotations

from sklearn.pipeline import Pipeline

from skeletonlearn.preprocessing._aligner import ViewAligner
from skeletonlearn.preprocessing._centerer import RootCenterer
from skeletonlearn.preprocessing._imputer import JointImputer
from skeletonlearn.preprocessing._resampler import FrameResampler
from skeletonlearn.preprocessing._scaler import BodyScaler
from skeletonlearn.preprocessing._sequence_transformer import check_choice, check_flag
from skeletonlearn.skeletons import Skeleton


def make_skeleton_pipeline(
    skeleton: Skeleton | str | None,
    n_frames: int = 64,
    *,
    align: bool | str = True,
    scale: bool = True,
    center: str = "sequence",
    min_confidence: float | None = None,
    vertical_axis: int = 1,
) -> Pipeline:
    """Chain the usual preprocessing: impute, centre, align, scale, resample.

    Parameters
    ----------
    skeleton : Skeleton, str or None
        The joint layout of the data, or its name.
    n_frames : int, default=64
        Number of frames of every sequence that comes out.
    align : bool or {"yaw", "full"}, default=True
        Whether and how the body is turned to face the camera; True is `"yaw"`. See :class:`ViewAligner`.
    scale : bool, default=True
        Whether sequences are divided by the length of the torso. See :class:`BodyScaler`.
    center : {"sequence", "frame"}, default="sequence"
        Whether the root of the first frame or of each is the origin. See :class:`RootCenterer`.
    min_confidence : float or None, default=None
        If given, the last channel is a confidence. See :class:`JointImputer`.
    vertical_axis : {0, 1, 2}, default=1
        Channel that is vertical.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        With the steps `imputer`, `centerer`, `aligner`, `scaler` and `resampler`; those not wanted are
        `"passthrough"`, so that a grid search can still set them.

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
    ['imputer', 'centerer', 'aligner', 'scaler', 'resampler']
    """
    check_choice("align", align, (True, False, "yaw", "full"))
    check_flag("scale", scale)
    mode = "yaw" if align is True else align
    return Pipeline(
        [
            ("imputer", JointImputer(min_confidence=min_confidence, skeleton=skeleton)),
            ("centerer", RootCenterer(skeleton, per=center)),
            ("aligner", ViewAligner(skeleton, mode=mode, vertical_axis=vertical_axis) if align else "passthrough"),
            ("scaler", BodyScaler(skeleton) if scale else "passthrough"),
            ("resampler", FrameResampler(n_frames)),
        ]
    )
