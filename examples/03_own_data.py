"""
Own data in five lines
======================

A folder of your own recordings becomes a cross-validated score in five lines: JSON files of a pose estimator, tables,
or videos. All that you need is a folder with a subfolder for each class. Here synthetic motions are first written as
such files, so that there is something to read. In your own script, put your folder in the first of the five lines.

If you have a folder of videos and the file of a pose model, add
``--video FOLDER --model pose_landmarker_full.task``.
"""

import argparse
import csv
import json
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from skeletonlearn import LinearProbe
from skeletonlearn.datasets import load_mediapipe, load_openpose, make_actions, sequences_from_table
from skeletonlearn.plotting import SkeletonDisplay
from skeletonlearn.preprocessing import make_skeleton_pipeline

parser = argparse.ArgumentParser(description="Score a classifier on your own skeleton sequences.")
parser.add_argument("--video", help="a folder that has a subfolder with videos for each class")
parser.add_argument("--model", help="the file of MediaPipe's pose landmarker")
parser.add_argument("--out", type=Path, default=Path("output"), help="where the picture is written")
options = parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line
data = Path(tempfile.mkdtemp())

# %%
# Files to read
# -------------
# Four actions by six subjects before one camera. The camera's picture is 1920 by 1080 pixels. Its x points to the right
# and its y down, while the x of the motions points to the left and their y up.


def make_motions(skeleton):
    """Make 48 clips of four actions."""
    return make_actions(48, n_classes=4, n_subjects=6, n_views=1, n_frames=(12, 24), skeleton=skeleton, random_state=0)


def take_picture(sequence):
    """Project joints (n_frames, n_joints, 3) to x and y in pixels and the depth behind the hips, on the scale of x."""
    x, y, depth = np.moveaxis(sequence, -1, 0)
    return np.stack([960 - 1400 * x / depth, 540 - 1400 * y / depth, 1400 * (depth / np.nanmedian(depth) - 1)], axis=-1)


def write_openpose(folder):
    """Write JSON files as OpenPose does, one per frame: ACTION/sSS_eEE_FRAME_keypoints.json."""
    actions = make_motions("OPENPOSE_BODY25")
    for at, sequence in enumerate(actions.sequences):
        clip = folder / actions.target_names[actions.target[at]] / f"s{actions.subject[at]:02}_e{at:02}"
        clip.parent.mkdir(parents=True, exist_ok=True)
        points = np.nan_to_num(take_picture(sequence)).round(3)  # what OpenPose does not find is (0, 0, 0)
        points[..., 2] = np.where(points.any(axis=-1), 0.9, 0)  # its confidence
        for frame, numbers in enumerate(points.reshape(len(points), -1).tolist()):
            people = [{"pose_keypoints_2d": numbers}]
            clip.with_name(f"{clip.name}_{frame:012}_keypoints.json").write_text(json.dumps({"people": people}))


def write_mediapipe(folder):
    """Write tables of MediaPipe's landmarks, one per clip: ACTION/sSS_eEE.csv."""
    actions = make_motions("MEDIAPIPE_POSE")
    header = [f"{joint}_{axis}" for joint in actions.skeleton.joints for axis in ("x", "y", "z")]
    for at, sequence in enumerate(actions.sequences):
        clip = folder / actions.target_names[actions.target[at]] / f"s{actions.subject[at]:02}_e{at:02}.csv"
        clip.parent.mkdir(parents=True, exist_ok=True)
        fractions = take_picture(sequence) / [1920, 1080, 1920]
        with open(clip, "w", newline="") as file:
            csv.writer(file).writerows([header, *fractions.reshape(len(sequence), -1)])


write_openpose(data / "openpose")
write_mediapipe(data / "mediapipe")

# %%
# JSON
# ----
# The five lines: read the clips, name the steps, score them. A joint that OpenPose did not find is NaN, and clips have
# different lengths. Preprocessing takes care of both.

clips = load_openpose(data / "openpose", labels="folder")
preprocessing = make_skeleton_pipeline(clips.skeleton, n_frames=32)
recogniser = make_pipeline(preprocessing, LinearProbe())
accuracy = cross_val_score(recogniser, clips.sequences, clips.target, cv=3)
print(f"OpenPose: {len(clips.name)} clips, {accuracy.mean():.0%} recognised")

# %%
# Clips of one person resemble each other. To learn how well the classifier does on people that it has not seen, keep
# each person's clips together. Here the subject is the start of the file name.

openpose = clips
subject = [name.rpartition("/")[2][:3] for name in clips.name]
accuracy = cross_val_score(recogniser, clips.sequences, clips.target, groups=subject, cv=GroupKFold(3))
print(f"OpenPose: {accuracy.mean():.0%} recognised of subjects not trained on")

# %%
# `LinearProbe` takes a second. With more clips,
# ``SkeletonClassifier(skeleton=clips.skeleton)`` in its place trains a network, and recognises more.
#
# Tables
# ------
# Only the first line is another one. A folder of CSV files, a file per clip:

clips = load_mediapipe(data / "mediapipe", labels="folder")
preprocessing = make_skeleton_pipeline(clips.skeleton, n_frames=32)
recogniser = make_pipeline(preprocessing, LinearProbe())
accuracy = cross_val_score(recogniser, clips.sequences, clips.target, cv=3)
print(f"MediaPipe: {len(clips.name)} clips, {accuracy.mean():.0%} recognised")

# %%
# Many save all clips in one table, whose first column is the class: ``load_mediapipe("poses.csv")`` reads it. No
# ``labels`` are needed then. The column is found by its name, or given as ``target="emotion"``.
#
# Joints from motion capture or a sensor of your own come from a table that pandas reads, with a row for each joint of
# each frame.

mediapipe = clips
actions = make_motions("KINECT_V1")
rows = [
    (name, frame, joint, *xyz, actions.target_names[label], subject)
    for name, sequence, label, subject in zip(
        actions.name, actions.sequences, actions.target, actions.subject, strict=True
    )
    for frame, pose in enumerate(sequence.tolist())
    for joint, xyz in zip(actions.skeleton.joints, pose, strict=True)
]
columns = ["clip", "frame", "joint", "x", "y", "z", "action", "subject"]
pd.DataFrame(rows, columns=columns).to_csv(data / "motions.csv", index=False)
pd.read_csv(data / "motions.csv").head()

# %%
table = pd.read_csv(data / "motions.csv")
clips = sequences_from_table(table, sample="clip", target="action", skeleton="KINECT_V1")
recogniser = make_pipeline(make_skeleton_pipeline(clips.skeleton, n_frames=32), LinearProbe())
accuracy = cross_val_score(recogniser, clips.sequences, clips.target, cv=3)
print(f"Table: {len(clips.name)} clips, {accuracy.mean():.0%} recognised")

# %%
# Video
# -----
# The extra ``video`` finds the poses too. Nothing is downloaded: the model is a file that you name. With ``cache``, the
# poses are kept, so that only the first run takes long.

if options.video:
    from skeletonlearn.datasets import load_video

    clips = load_video(options.video, model=options.model, labels="folder", cache=options.out, verbose=1)
    preprocessing = make_skeleton_pipeline(clips.skeleton, n_frames=32)
    recogniser = make_pipeline(preprocessing, LinearProbe())
    accuracy = cross_val_score(recogniser, clips.sequences, clips.target, cv=3)
    print(f"Video: {len(clips.name)} clips, {accuracy.mean():.0%} recognised")

# %%
# What was read
# -------------
# Look at a clip before you trust a score. Left must be on the left side of the body, and the feet at the bottom.
# The rows of a picture count from the top, so ``vertical="-y"`` draws these the right way up.

SHOWN = "wave with one hand"
read = {"OpenPose": (openpose, "-y"), "MediaPipe": (mediapipe, "-y")}
figure, axes = plt.subplots(1, len(read), figsize=(7, 4), layout="constrained")
for ax, (title, (clips, vertical)) in zip(axes, read.items(), strict=True):
    at = list(clips.target).index(list(clips.target_names).index(SHOWN))
    sequence = clips.sequences[at]
    SkeletonDisplay(sequence, clips.skeleton, frames=len(sequence) // 2, vertical=vertical).plot(ax, legend=False)
    ax.set_title(f"{title}, {clips.skeleton.n_joints} joints")
figure.suptitle(SHOWN)
options.out.mkdir(parents=True, exist_ok=True)
figure.savefig(options.out / "own_data.png", dpi=120)
print(f"Picture: {options.out / 'own_data.png'}")
