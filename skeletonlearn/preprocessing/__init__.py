"""Sequences in, sequences out: the transformers that come before an estimator, one a file."""

from skeletonlearn.preprocessing._aligner import ViewAligner
from skeletonlearn.preprocessing._centerer import RootCenterer
from skeletonlearn.preprocessing._converter import SkeletonConverter
from skeletonlearn.preprocessing._flattener import SequenceFlattener
from skeletonlearn.preprocessing._imputer import JointImputer
from skeletonlearn.preprocessing._missing_marker import MissingJointMarker
from skeletonlearn.preprocessing._padder import FramePadder
from skeletonlearn.preprocessing._pipeline import make_skeleton_pipeline
from skeletonlearn.preprocessing._resampler import FrameResampler
from skeletonlearn.preprocessing._scaler import BodyScaler
from skeletonlearn.preprocessing._stream_builder import StreamBuilder
from skeletonlearn.preprocessing._trimmer import FrameTrimmer

__all__ = [
    "BodyScaler",
    "FramePadder",
    "FrameResampler",
    "FrameTrimmer",
    "JointImputer",
    "MissingJointMarker",
    "RootCenterer",
    "SequenceFlattener",
    "SkeletonConverter",
    "StreamBuilder",
    "ViewAligner",
    "make_skeleton_pipeline",
]
