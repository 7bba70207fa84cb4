"""
Own data in five lines
======================

Poses that OpenPose, MediaPipe or a COCO keypoint estimator found in your videos, or joints in a table of your
own: read them, name the classes, and score an embedding by cross-validation over subjects.

Without arguments, synthetic motions are written as such files and read again. For a folder of your own that has a
subfolder for each class:
``python examples/03_own_data.py --data FOLDER --format openpose --subject 's[0-9]+'``,
where the regular expression finds in a clip's name who performs; without it, clips are split at random.
"""

import argparse
import csv
import json
import re
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from skeletonlearn import ConMLPEmbedder, LinearProbe
from skeletonlearn.datasets import (
    load_coco_keypoints,
    load_mediapipe,
    load_openpose,
    make_actions,
    sequences_from_table,
)
from skeletonlearn.plotting import SkeletonDisplay
from skeletonlearn.preprocessing import make_skeleton_pipeline

LOADERS = {"openpose": load_openpose, "mediapipe": load_mediapipe, "coco": load_coco_keypoints}

parser = argparse.ArgumentParser(description="Score an embedding of your own skeleton sequences.")
parser.add_argument("--data", help="a folder that has a subfolder with clips for each class")
parser.add_argument("--format", choices=LOADERS, default="openpose", help="what wrote the files in it")
parser.add_argument("--subject", help="regular expression that finds the subject in a clip's name")
parser.add_argument("--epochs", type=int, default=25, help="how often each sequence is seen in a fit")
parser.add_argument("--folds", type=int, default=3)
parser.add_argument("--out", type=Path, default=Path("output"), help="where the picture is written")
options = parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line

# %%
# The five lines
# --------------
# One pipeline takes the sequences as they were read: of different lengths, with missing joints (NaN), flat or in
# depth. All that learns is fitted anew in each fold, on other subjects than those it is scored on.


def score(actions, subject=None):
    """Say how well an embedding tells the actions apart, cross-validated over subjects."""
    preprocessing = make_skeleton_pipeline(actions.skeleton, n_frames=32)
    embedder = ConMLPEmbedder(skeleton=actions.skeleton, max_epochs=options.epochs, random_state=0)
    pipeline = make_pipeline(preprocessing, embedder, LinearProbe())
    cv = StratifiedKFold(options.folds) if subject is None else GroupKFold(options.folds)
    accuracy = cross_val_score(pipeline, actions.sequences, actions.target, groups=subject, cv=cv)

    n_joints, n_channels = actions.sequences[0].shape[1:]
    chance = np.bincount(actions.target).max() / len(actions.target)
    unseen = "clips chosen at random" if subject is None else "subjects not trained on"
    print(
        f"{len(actions.sequences)} clips of {n_joints} joints in {n_channels} dimensions, "
        f"{len(actions.target_names)} actions: {100 * accuracy.mean():.0f} % of them recognised on {unseen} "
        f"({options.folds} folds); always guessing the most frequent action: {100 * chance:.0f} %."
    )


def find_subjects(names, pattern):
    """Who performs in each clip, as a regular expression finds it in the clip's name."""
    found = [re.search(pattern, name.rpartition("/")[2]) for name in names]
    unknown = [name for name, match in zip(names, found, strict=True) if match is None]
    if unknown:
        parser.error(f"--subject {pattern!r} finds nothing in the name {unknown[0]!r}")
    return [match.group() for match in found]


# %%
# A folder of your own
# --------------------
# Faulty files are left out with a warning that names them; ``actions.left_out`` says what is wrong with each.

if options.data is not None:
    actions = LOADERS[options.format](options.data, labels="folder", on_error="warn")
    score(actions, None if options.subject is None else find_subjects(actions.name, options.subject))
    raise SystemExit

# %%
# OpenPose
# --------
# It writes a JSON file for each frame, here ``ACTION/sSS_eEE_FRAME_keypoints.json``. What it did not find is (0, 0, 0).
# A camera makes pixels of the synthetic motions; their depth is lost.


def make_motions(skeleton):
    """Four actions by six subjects before one camera."""
    return make_actions(96, n_classes=4, n_subjects=6, n_views=1, n_frames=(12, 24), skeleton=skeleton, random_state=0)


def write_openpose(folder):
    """Write synthetic motions as OpenPose does."""
    actions = make_motions("OPENPOSE_BODY25")
    for at, sequence in enumerate(actions.sequences):
        clip = folder / actions.target_names[actions.target[at]] / f"s{actions.subject[at]:02}_e{at:02}"
        clip.parent.mkdir(exist_ok=True)
        x, y, depth = np.moveaxis(sequence, -1, 0)
        confidence = np.where(np.isnan(depth), np.nan, 0.9)
        pixels = np.stack([960 + 1400 * x / depth, 540 - 1400 * y / depth, confidence], axis=-1)
        for frame, points in enumerate(np.where(np.isnan(pixels), 0, pixels).round(3)):
            people = [{"pose_keypoints_2d": points.ravel().tolist()}]
            clip.with_name(f"{clip.name}_{frame:012}_keypoints.json").write_text(json.dumps({"people": people}))


with tempfile.TemporaryDirectory() as folder:
    write_openpose(Path(folder))
    openpose = load_openpose(folder, labels="folder")
print("OpenPose: ", end="")
score(openpose, find_subjects(openpose.name, "s[0-9]+"))

# %%
# MediaPipe
# ---------
# Users save its landmarks in many ways; here as a CSV file for each clip, a row a frame, columns such as
# ``left_shoulder_x``. The labels come from a table.


def write_mediapipe(folder):
    """Write synthetic motions as tables of landmarks, and give the label of each."""
    actions = make_motions("MEDIAPIPE_POSE")
    header = [f"{joint}_{axis}" for joint in actions.skeleton.joints for axis in ("x", "y", "z", "visibility")]
    for name, sequence in zip(actions.name, actions.sequences, strict=True):
        visibility = np.where(np.isnan(sequence[..., :1]), np.nan, 0.9)
        with open(folder / f"{name}.csv", "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(header)
            rows.writerows(np.concatenate([sequence, visibility], axis=-1).reshape(len(sequence), -1))
    return dict(zip(actions.name.tolist(), np.array(actions.target_names)[actions.target], strict=True))


with tempfile.TemporaryDirectory() as folder:
    label_of = write_mediapipe(Path(folder))
    mediapipe = load_mediapipe(folder, labels=label_of)
print("MediaPipe: ", end="")
score(mediapipe, find_subjects(mediapipe.name, "s[0-9]+"))

# %%
# A table
# -------
# A row for each joint of each frame, from motion capture or a sensor of your own. Joints without a row are missing.


def make_table():
    """Synthetic motions as a table."""
    actions = make_motions("KINECT_V1")
    tables = []
    for at, sequence in enumerate(actions.sequences):
        frame, joint = np.indices(sequence.shape[:2]).reshape(2, -1)
        table = pd.DataFrame(sequence.reshape(-1, 3), columns=["x", "y", "z"])
        table = table.assign(clip=actions.name[at], frame=frame, joint=np.array(actions.skeleton.joints)[joint])
        tables.append(table.assign(action=actions.target_names[actions.target[at]], subject=actions.subject[at]))
    return pd.concat(tables).dropna()


table = make_table()
motions = sequences_from_table(table, sample="clip", target="action", subject="subject", skeleton="KINECT_V1")
print("Table: ", end="")
score(motions, motions.subject)

# %%
# What was read
# -------------
# The same action in each of the three layouts. Pixels count from the top of the image downwards, which ``vertical``
# says.

SHOWN = "wave with one hand"
read = {"OpenPose": (openpose, "-y"), "MediaPipe": (mediapipe, "y"), "Table": (motions, "y")}
figure, axes = plt.subplots(1, len(read), figsize=(9, 4), layout="constrained")
for ax, (title, (actions, vertical)) in zip(axes, read.items(), strict=True):
    at = list(actions.target).index(list(actions.target_names).index(SHOWN))
    sequence = actions.sequences[at]
    SkeletonDisplay(sequence, actions.skeleton, frames=len(sequence) // 2, vertical=vertical).plot(ax, legend=False)
    ax.set_title(f"{title}, {actions.skeleton.n_joints} joints")
figure.suptitle(SHOWN)
options.out.mkdir(parents=True, exist_ok=True)
figure.savefig(options.out / "own_data.png", dpi=120)
print(f"\nPicture: {options.out / 'own_data.png'}")
