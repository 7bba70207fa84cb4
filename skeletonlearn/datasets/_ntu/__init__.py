"""NTU RGB+D: the raw files, their cleaning, the protocols and the loader."""

from skeletonlearn.datasets._ntu._load import load_ntu_rgbd
from skeletonlearn.datasets._ntu._parse import read_ntu_skeleton
from skeletonlearn.datasets._ntu._recording import NTUBody, NTURecording
from skeletonlearn.datasets._ntu._write import write_ntu_skeleton

__all__ = ["NTUBody", "NTURecording", "load_ntu_rgbd", "read_ntu_skeleton", "write_ntu_skeleton"]
