"""What is useful around the estimators."""

from skeletonlearn.utils.discovery import all_estimators

__all__ = ["all_estimators"]
