"""
Quickstart: embed skeleton sequences, judge the embedding, look at it
=====================================================================

A sequence is an array ``(n_frames, n_joints, 3)``. ``ConMLPEmbedder`` learns to turn a sequence into a vector by
contrast: views of the same class close to each other, all else far away. A linear classifier on the frozen
vectors then tells how much they hold. Trained on some cameras, tested on another that it has never seen.

Synthetic motions by default; real recordings with
``python examples/01_quickstart.py --data FOLDER --dataset nw_ucla``.
"""

import argparse
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skeletonlearn import ConMLPEmbedder, LinearProbe
from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla, make_actions
from skeletonlearn.plotting import LossCurveDisplay
from skeletonlearn.preprocessing import FrameResampler, JointImputer, SequenceFlattener, make_skeleton_pipeline

parser = argparse.ArgumentParser(description="Train, score and explain a ConMLP embedding.")
parser.add_argument("--dataset", choices=["synthetic", "nw_ucla", "msr_action3d"], default="synthetic")
parser.add_argument("--data", help="the folder with the files of a real data set")
parser.add_argument("--epochs", type=int, default=25, help="how often each sequence is seen")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--out", type=Path, default=Path("output"), help="where the pictures are written")
options = parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line
if options.dataset != "synthetic" and options.data is None:
    parser.error(f"--dataset {options.dataset} needs --data FOLDER, the folder with its files")

# %%
# The data
# --------
# Every loader gives the same ``Bunch``: ragged sequences, integer targets, names, the joint layout, and who performed
# what before which camera. A protocol says which samples train and which test.

if options.dataset == "nw_ucla":
    actions = load_nw_ucla(options.data)
    train, test, protocol = actions.train_index, actions.test_index, "NW-UCLA cross-view: views 1 and 2 against 3"
elif options.dataset == "msr_action3d":
    actions = load_msr_action3d(options.data)
    train, test, protocol = actions.train_index, actions.test_index, "MSR-Action3D cross-subject: odd against even"
else:
    actions = make_actions(n_samples=480, random_state=options.seed)
    is_test = actions.camera == actions.camera.max()
    train, test, protocol = np.flatnonzero(~is_test), np.flatnonzero(is_test), "synthetic motions, cross-view"
lengths = [len(sequence) for sequence in actions.sequences]
print(f"{protocol}: {len(train)} sequences to train on, {len(test)} to test, {len(actions.target_names)} actions,")
print(f"{actions.skeleton.n_joints} joints ({actions.skeleton.name}), {min(lengths)} to {max(lengths)} frames each.")

# %%
# Preprocessing
# -------------
# Missing joints are filled, the body is moved to the origin, turned to face the same way, scaled by its torso, and
# every sequence is brought to 64 frames.

preprocessing = make_skeleton_pipeline(actions.skeleton, n_frames=64)
X = preprocessing.fit_transform(actions.sequences).astype(np.float32)
y = actions.target
print(f"X is {X.shape}: (n_samples, n_frames, n_joints, n_channels).")

# %%
# Pipelines
# ---------
# The usual first attempts, a linear model on all coordinates as they were recorded and after preprocessing, and a
# linear model on a learned embedding.

linear = make_pipeline(SequenceFlattener(), StandardScaler(), LogisticRegression(max_iter=1000))
X_raw = make_pipeline(JointImputer(), FrameResampler(64)).fit_transform(actions.sequences)
raw_accuracy = linear.fit(X_raw[train], y[train]).score(X_raw[test], y[test])
linear_accuracy = linear.fit(X[train], y[train]).score(X[test], y[test])

embedder = ConMLPEmbedder(skeleton=actions.skeleton, max_epochs=options.epochs, random_state=options.seed, verbose=1)
pipeline = Pipeline([("emb", embedder), ("clf", LinearProbe())])
start = time.perf_counter()
pipeline.fit(X[train], y[train])
seconds = time.perf_counter() - start
predicted = pipeline.predict(X[test])
accuracy = accuracy_score(y[test], predicted)

print(f"\nAccuracy on the whole test set ({protocol}, seed {options.seed}):")
print(f"  chance                                            {100 / len(actions.target_names):5.1f} %")
print(f"  logistic regression on raw coordinates            {100 * raw_accuracy:5.1f} %")
print(f"  logistic regression on preprocessed coordinates   {100 * linear_accuracy:5.1f} %")
print(f"  linear probe of the ConMLP embedding              {100 * accuracy:5.1f} %   (trained in {seconds:.0f} s)")
if options.dataset == "nw_ucla":
    clean = np.asarray(actions.duplicate_of)[test] == ""
    clean_accuracy = accuracy_score(y[test][clean], predicted[clean])
    print(f"  ... on the {clean.sum()} test clips that do not repeat a training clip: {100 * clean_accuracy:.1f} %")

# %%
# What it confuses, and how it learned
# ------------------------------------

options.out.mkdir(parents=True, exist_ok=True)
n_classes = len(actions.target_names)
figure, ax = plt.subplots(figsize=(4 + 0.4 * n_classes, 3.5 + 0.4 * n_classes), layout="constrained")
ConfusionMatrixDisplay.from_predictions(
    y[test], predicted, labels=range(n_classes), display_labels=actions.target_names, ax=ax, xticks_rotation="vertical"
)
ax.set_title(f"Confusion on the test set, accuracy {100 * accuracy:.1f} %\n{protocol}")
figure.savefig(options.out / "confusion_matrix.png", dpi=120)

LossCurveDisplay.from_estimator(pipeline).figure_.savefig(options.out / "learning_curve.png", dpi=120)
print(f"\nPictures: {options.out / 'confusion_matrix.png'} and {options.out / 'learning_curve.png'}")
