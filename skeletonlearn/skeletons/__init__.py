"""Joint layouts: what the joints of a skeleton are called and how they hang together.

A layout is a :class:`Skeleton`. Ten are in the catalogue (`NTU_RGBD`, `KINECT_V1`, ...); a user's own is built
from joint names and bones in the same way, or found in the data by :func:`infer_skeleton`. Everything else in the
package asks the layout, never a joint number.
"""

from skeletonlearn.skeletons._catalogue import (
    COCO,
    FLORENCE3D,
    H36M,
    KINECT_V1,
    MEDIAPIPE_POSE,
    MSR_ACTION3D,
    NTU_RGBD,
    OPENPOSE_BODY25,
    SBU,
    UTD_MHAD,
    get_skeleton,
    list_skeletons,
)
from skeletonlearn.skeletons._inferred import infer_skeleton
from skeletonlearn.skeletons._skeleton import ROLES, Skeleton

__all__ = [
    "COCO",
    "FLORENCE3D",
    "H36M",
    "KINECT_V1",
    "MEDIAPIPE_POSE",
    "MSR_ACTION3D",
    "NTU_RGBD",
    "OPENPOSE_BODY25",
    "ROLES",
    "SBU",
    "UTD_MHAD",
    "Skeleton",
    "get_skeleton",
    "infer_skeleton",
    "list_skeletons",
]
