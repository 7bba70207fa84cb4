"""
Pictures: motions, training, embeddings and decisions
=====================================================

Every display of ``skeletonlearn.plotting``, on synthetic motions, beside scikit-learn's own confusion matrix. As in
scikit-learn, a class method such as ``from_estimator`` makes a display and draws it, ``ax`` says where, and the figure
stays at hand as ``figure_``.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LinearProbe
from skeletonlearn.datasets import make_actions
from skeletonlearn.plotting import (
    AttentionDisplay,
    EmbeddingDisplay,
    JointImportanceDisplay,
    LossCurveDisplay,
    SkeletonDisplay,
    TopKDisplay,
    animate_sequence,
)
from skeletonlearn.preprocessing import make_skeleton_pipeline

parser = argparse.ArgumentParser(description="Draw every picture that there is.")
parser.add_argument("--epochs", type=int, default=15, help="how often each sequence is seen")
parser.add_argument("--out", type=Path, default=Path("output"), help="where the pictures are written")
options = parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line
options.out.mkdir(parents=True, exist_ok=True)

# %%
# A sequence
# ----------
# Six frames, evenly spread. Left and right have colours of their own. A ring is a joint that the sensor did not see,
# where it was seen last; bones that end in it are left out.

actions = make_actions(n_samples=240, n_classes=6, missing=0.03, random_state=0)
names = np.array(actions.target_names)
sequence, name = actions.sequences[1], names[actions.target[1]]
display = SkeletonDisplay.from_sequence(sequence, actions.skeleton)
display.figure_.suptitle(name)
display.figure_.savefig(options.out / "sequence.png", dpi=120)

# %%
# The same sequence as a film. It is also written as a GIF, which needs nothing but matplotlib.

film = animate_sequence(sequence, actions.skeleton)
film.save(options.out / "film.gif", writer="pillow")
plt.close()  # a notebook would show the last frame beside the film
plt.rcParams["animation.html"] = "jshtml"
film

# %%
# Two people have colours and markers of their own. ``projection="3d"`` would draw them in axes that can be turned.

pairs = make_actions(n_samples=24, n_classes=2, two_person=True, skeleton="NTU_RGBD", missing=0.0, random_state=0)
display = SkeletonDisplay.from_sequence(
    next(one for one in pairs.sequences if np.isfinite(one).all()), pairs.skeleton, azimuth=0
)
display.figure_.savefig(options.out / "two_people.png", dpi=120)

# %%
# Training
# --------
# The loss of each epoch, on what an embedder was trained on and on a tenth that was held out.

X = make_skeleton_pipeline(actions.skeleton, n_frames=32).fit_transform(actions.sequences)
X_train, X_test, y_train, y_test = train_test_split(X, names[actions.target], random_state=0, stratify=actions.target)
embedder = ConMLPEmbedder(
    skeleton=actions.skeleton, max_epochs=options.epochs, early_stopping=True, validation_fraction=0.1, random_state=0
)
embedder.fit(X_train, y_train)
display = LossCurveDisplay.from_estimator(embedder)
display.figure_.savefig(options.out / "loss_curve.png", dpi=120)

# %%
# An embedding
# ------------
# The test sequences in a plane, in which t-SNE puts near each other what has vectors near each other. Without
# ``method``, it is the plane in which the vectors differ most.

display = EmbeddingDisplay.from_estimator(embedder, X_test, y_test, method="tsne", random_state=0)
display.figure_.savefig(options.out / "embedding.png", dpi=120)

# %%
# Decisions
# ---------
# What a linear probe of the embedding takes for what, and how often the true class is among the ``k`` that it holds for
# most probable, beside a classifier that is trained from sequences to classes.

probe = LinearProbe(embedder=embedder).fit(X_train, y_train)
figure, ax = plt.subplots(figsize=(6.5, 5.5), layout="constrained")
ConfusionMatrixDisplay.from_estimator(probe, X_test, y_test, ax=ax, xticks_rotation="vertical")
figure.savefig(options.out / "confusion.png", dpi=120)

# %%

classifier = GRUClassifier(
    32, pooling="attention", skeleton=actions.skeleton, max_epochs=options.epochs, random_state=0
).fit(X_train, y_train)
display = TopKDisplay.from_estimator(probe, X_test, y_test, name="ConMLP, linear probe")
TopKDisplay.from_estimator(classifier, X_test, y_test, name="GRU", ax=display.ax_)
display.figure_.savefig(options.out / "top_k.png", dpi=120)

# %%
# Where a network looks
# ---------------------
# The weight that the GRU gives to each frame before it decides, and the bodies at those frames.

display = AttentionDisplay.from_estimator(classifier, X_test[:2], skeleton=actions.skeleton)
# sphinx_gallery_thumbnail_number = 7
display.figure_.savefig(options.out / "attention.png", dpi=120)

# %%
# What a decision rests on: how much accuracy is lost when a limb is taken from other sequences.

display = JointImportanceDisplay.from_estimator(
    probe, X_test, y_test, actions.skeleton, groups="limbs", n_repeats=3, random_state=0
)
display.figure_.savefig(options.out / "joint_importance.png", dpi=120)
print(f"Pictures: {', '.join(sorted(path.name for path in options.out.glob('*.*')))} in {options.out}")
