"""Random views of skeleton sequences, on torch batches.

A view is called as ``view(batch, generator)`` with a batch (n_samples, n_frames, n_joints, n_channels) and returns a
tensor of the same shape, type and device. Each sample gets random numbers of its own, all from `generator`; the batch
itself is never changed. Views are values: they compare equal, print, pickle and copy.
"""

from skeletonlearn.augmentation._bone_scale import BoneScale
from skeletonlearn.augmentation._compose import Compose
from skeletonlearn.augmentation._jitter import Jitter
from skeletonlearn.augmentation._joint_mask import JointMask
from skeletonlearn.augmentation._mirror import Mirror
from skeletonlearn.augmentation._reverse import Reverse
from skeletonlearn.augmentation._rotate import Rotate
from skeletonlearn.augmentation._scale import Scale
from skeletonlearn.augmentation._shear import Shear
from skeletonlearn.augmentation._smooth import Smooth
from skeletonlearn.augmentation._temporal_crop import TemporalCrop
from skeletonlearn.augmentation._view import View, ViewLike

__all__ = [
    "BoneScale",
    "Compose",
    "Jitter",
    "JointMask",
    "Mirror",
    "Reverse",
    "Rotate",
    "Scale",
    "Shear",
    "Smooth",
    "TemporalCrop",
    "View",
    "ViewLike",
]
