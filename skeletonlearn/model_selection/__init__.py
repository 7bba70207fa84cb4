"""Evaluation protocols of skeleton data sets, as scikit-learn splitters."""

from skeletonlearn.model_selection._cross_setup import CrossSetup
from skeletonlearn.model_selection._cross_subject import CrossSubject
from skeletonlearn.model_selection._cross_view import CrossView
from skeletonlearn.model_selection._leaks import Leaks, find_leaks
from skeletonlearn.model_selection._leave_one_subject_out import LeaveOneSubjectOut

__all__ = ["CrossSetup", "CrossSubject", "CrossView", "Leaks", "LeaveOneSubjectOut", "find_leaks"]
