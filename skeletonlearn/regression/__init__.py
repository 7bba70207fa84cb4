"""Regressors of sequences."""

from typing import TYPE_CHECKING

from skeletonlearn._lazy import lazy_names

if TYPE_CHECKING:
    from skeletonlearn.regression._skeleton_regressor import SkeletonRegressor
else:
    __getattr__, __dir__ = lazy_names(__name__, {"SkeletonRegressor": "skeletonlearn.regression._skeleton_regressor"})

__all__ = ["SkeletonRegressor"]
