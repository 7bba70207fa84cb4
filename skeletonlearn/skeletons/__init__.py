"""Joint layouts: what the joints of a skeleton are called and how they hang together.

A layout is a :class:`Skeleton`. Those of common sensors, pose models and data sets are in the catalogue (`NTU_RGBD`,
`COCO`, ...). A user's own is built from joint names and bones in the same way, or found in the data by
:func:`infer_skeleton`. Everything else in the package asks the layout, never a joint number.
"""

from skeletonlearn.skeletons._catalogue import (
    AZURE_KINECT,
    COCO,
    COCO_WHOLEBODY,
    FLORENCE3D,
    H36M,
    HALPE26,
    HALPE_FULLBODY,
    KINECT_V1,
    MEDIAPIPE_HAND,
    MEDIAPIPE_HOLISTIC,
    MEDIAPIPE_POSE,
    MPII,
    MSR_ACTION3D,
    NTU_RGBD,
    OPENPOSE_BODY25,
    OPENPOSE_BODY25_HANDS,
    OPENPOSE_COCO18,
    OPENPOSE_WHOLEBODY,
    SBU,
    UTD_MHAD,
    get_skeleton,
    list_skeletons,
)
from skeletonlearn.skeletons._check_layout import LayoutReport, check_layout
from skeletonlearn.skeletons._inferred import infer_skeleton
from skeletonlearn.skeletons._skeleton import ROLES, Skeleton

__all__ = [
    "AZURE_KINECT",
    "COCO",
    "COCO_WHOLEBODY",
    "FLORENCE3D",
    "H36M",
    "HALPE26",
    "HALPE_FULLBODY",
    "KINECT_V1",
    "MEDIAPIPE_HAND",
    "MEDIAPIPE_HOLISTIC",
    "MEDIAPIPE_POSE",
    "MPII",
    "MSR_ACTION3D",
    "NTU_RGBD",
    "OPENPOSE_BODY25",
    "OPENPOSE_BODY25_HANDS",
    "OPENPOSE_COCO18",
    "OPENPOSE_WHOLEBODY",
    "ROLES",
    "SBU",
    "UTD_MHAD",
    "LayoutReport",
    "Skeleton",
    "check_layout",
    "get_skeleton",
    "infer_skeleton",
    "list_skeletons",
]
