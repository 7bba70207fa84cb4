"""The layouts of the sensors, models and data sets in use, by their names."""

from __future__ import annotations

from skeletonlearn.skeletons._hand import MEDIAPIPE_HAND
from skeletonlearn.skeletons._pose_models import COCO, HALPE26, MEDIAPIPE_POSE, MPII, OPENPOSE_BODY25, OPENPOSE_COCO18
from skeletonlearn.skeletons._sensors import (
    AZURE_KINECT,
    FLORENCE3D,
    H36M,
    KINECT_V1,
    MSR_ACTION3D,
    NTU_RGBD,
    SBU,
    UTD_MHAD,
)
from skeletonlearn.skeletons._skeleton import Skeleton, did_you_mean
from skeletonlearn.skeletons._whole_body import (
    COCO_WHOLEBODY,
    HALPE_FULLBODY,
    MEDIAPIPE_HOLISTIC,
    OPENPOSE_BODY25_HANDS,
    OPENPOSE_WHOLEBODY,
)

_CATALOGUE = {
    skeleton.name: skeleton
    for skeleton in (
        *(NTU_RGBD, KINECT_V1, AZURE_KINECT, MSR_ACTION3D, UTD_MHAD, SBU, FLORENCE3D, H36M),
        *(COCO, MPII, HALPE26, OPENPOSE_BODY25, OPENPOSE_COCO18, MEDIAPIPE_POSE, MEDIAPIPE_HAND),
        *(COCO_WHOLEBODY, HALPE_FULLBODY, OPENPOSE_BODY25_HANDS, OPENPOSE_WHOLEBODY, MEDIAPIPE_HOLISTIC),
    )
}


def list_skeletons() -> list[str]:
    """List the layouts of the catalogue.

    Returns
    -------
    list of str
        Their names.

    See Also
    --------
    get_skeleton : Gives one by its name.

    Examples
    --------
    >>> from skeletonlearn.skeletons import list_skeletons
    >>> list_skeletons()[:3]
    ['NTU_RGBD', 'KINECT_V1', 'AZURE_KINECT']
    """
    return list(_CATALOGUE)


def get_skeleton(skeleton: Skeleton | str) -> Skeleton:
    """A layout from itself or from its catalogue name.

    Parameters
    ----------
    skeleton : Skeleton or str
        A layout, or its name in any case.

    Returns
    -------
    Skeleton
        The layout.

    Raises
    ------
    ValueError
        If the name is not in the catalogue.
    TypeError
        If `skeleton` is neither a name nor a Skeleton.

    See Also
    --------
    list_skeletons : Names the catalogue.

    Examples
    --------
    >>> from skeletonlearn.skeletons import get_skeleton
    >>> get_skeleton("coco")
    <Skeleton COCO: 17 joints>
    """
    if isinstance(skeleton, Skeleton):
        return skeleton
    if not isinstance(skeleton, str):
        raise TypeError(f"skeleton={skeleton!r} must be a Skeleton or the name of one, got {type(skeleton).__name__}.")
    if skeleton.upper() not in _CATALOGUE:
        near = did_you_mean(skeleton, _CATALOGUE)
        raise ValueError(f"skeleton={skeleton!r} must be one of {', '.join(_CATALOGUE)}, or a Skeleton.{near}")
    return _CATALOGUE[skeleton.upper()]
