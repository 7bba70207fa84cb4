"""Data sets: files of skeleton sequences, and synthetic motions, as Bunches of ragged sequences."""

from skeletonlearn.datasets._actions import make_actions
from skeletonlearn.datasets._alphapose import load_alphapose
from skeletonlearn.datasets._azure_kinect import load_azure_kinect
from skeletonlearn.datasets._bvh import load_bvh
from skeletonlearn.datasets._c3d import load_c3d
from skeletonlearn.datasets._coco_keypoints import load_coco_keypoints
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._florence3d import load_florence3d
from skeletonlearn.datasets._frame_graphs import export_frame_graphs, load_frame_graphs
from skeletonlearn.datasets._kinetics_skeleton import load_kinetics_skeleton
from skeletonlearn.datasets._mediapipe import load_mediapipe
from skeletonlearn.datasets._mmpose import load_mmpose
from skeletonlearn.datasets._msr_action3d import load_msr_action3d
from skeletonlearn.datasets._ntu import NTUBody, NTURecording, load_ntu_rgbd, read_ntu_skeleton, write_ntu_skeleton
from skeletonlearn.datasets._nw_ucla import load_nw_ucla
from skeletonlearn.datasets._openpose import load_openpose
from skeletonlearn.datasets._pku_mmd import load_pku_mmd
from skeletonlearn.datasets._pyskl import load_pyskl, save_pyskl
from skeletonlearn.datasets._sbu import load_sbu
from skeletonlearn.datasets._table import sequences_from_table
from skeletonlearn.datasets._utd_mhad import load_utd_mhad
from skeletonlearn.datasets._utkinect import load_utkinect
from skeletonlearn.datasets._video import load_video
from skeletonlearn.datasets._yolo_pose import load_yolo_pose

__all__ = [
    "NTUBody",
    "NTURecording",
    "SkeletonFileError",
    "export_frame_graphs",
    "load_alphapose",
    "load_azure_kinect",
    "load_bvh",
    "load_c3d",
    "load_coco_keypoints",
    "load_florence3d",
    "load_frame_graphs",
    "load_kinetics_skeleton",
    "load_mediapipe",
    "load_mmpose",
    "load_msr_action3d",
    "load_ntu_rgbd",
    "load_nw_ucla",
    "load_openpose",
    "load_pku_mmd",
    "load_pyskl",
    "load_sbu",
    "load_utd_mhad",
    "load_utkinect",
    "load_video",
    "load_yolo_pose",
    "make_actions",
    "read_ntu_skeleton",
    "save_pyskl",
    "sequences_from_table",
    "write_ntu_skeleton",
]
