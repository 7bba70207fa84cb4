"""Losses on torch tensors: tensors in, one number out; nothing here knows an estimator."""

from skeletonlearn.losses._absolute_error import absolute_error
from skeletonlearn.losses._cross_entropy import cross_entropy
from skeletonlearn.losses._focal_loss import focal_loss
from skeletonlearn.losses._huber_loss import huber_loss
from skeletonlearn.losses._margin_contrastive import margin_contrastive
from skeletonlearn.losses._nt_xent import nt_xent
from skeletonlearn.losses._reconstruction_loss import reconstruction_loss
from skeletonlearn.losses._registry import (
    CLASSIFICATION_LOSSES,
    CONTRASTIVE_LOSSES,
    REGRESSION_LOSSES,
    loss_options,
    takes,
)
from skeletonlearn.losses._squared_error import squared_error
from skeletonlearn.losses._supcon import supcon
from skeletonlearn.losses._tcl import tcl
from skeletonlearn.losses._temporal_cross_entropy import temporal_cross_entropy

__all__ = [
    "CLASSIFICATION_LOSSES",
    "CONTRASTIVE_LOSSES",
    "REGRESSION_LOSSES",
    "absolute_error",
    "cross_entropy",
    "focal_loss",
    "huber_loss",
    "loss_options",
    "margin_contrastive",
    "nt_xent",
    "reconstruction_loss",
    "squared_error",
    "supcon",
    "takes",
    "tcl",
    "temporal_cross_entropy",
]
