"""Losses on torch tensors: tensors in, scalar out; nothing here knows an estimator."""

from skeletonlearn.losses._focal_loss import focal_loss
from skeletonlearn.losses._margin_contrastive import margin_contrastive
from skeletonlearn.losses._nt_xent import nt_xent
from skeletonlearn.losses._reconstruction_loss import reconstruction_loss
from skeletonlearn.losses._supcon import supcon
from skeletonlearn.losses._tcl import tcl
from skeletonlearn.losses._temporal_cross_entropy import temporal_cross_entropy

__all__ = [
    "focal_loss",
    "margin_contrastive",
    "nt_xent",
    "reconstruction_loss",
    "supcon",
    "tcl",
    "temporal_cross_entropy",
]
