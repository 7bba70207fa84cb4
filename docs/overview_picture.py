"""Draw the picture of the README: frames of a motion, and what an embedding makes of an unseen camera's recordings.

`python docs/overview_picture.py` writes docs/_static/overview.png. All of it is synthetic.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from skeletonlearn import ConMLPEmbedder
from skeletonlearn.datasets import make_actions
from skeletonlearn.plotting import EmbeddingDisplay, SkeletonDisplay
from skeletonlearn.preprocessing import make_skeleton_pipeline

FILE = Path(__file__).parent / "_static" / "overview.png"
ACTION = "wave with both hands"
N_SHOWN = 6

actions = make_actions(n_samples=480, n_classes=8, missing=0.0, random_state=0)
names = np.array(actions.target_names)
X = make_skeleton_pipeline(actions.skeleton, n_frames=32).fit_transform(actions.sequences)
unseen = actions.camera == actions.camera.max()
embedder = ConMLPEmbedder(skeleton=actions.skeleton, random_state=0).fit(X[~unseen], actions.target[~unseen])

figure = plt.figure(figsize=(10, 6.4), layout="constrained")
strip, map_ = figure.subfigures(2, 1, height_ratios=[1, 1.5])
shown = actions.sequences[np.flatnonzero(names[actions.target] == ACTION)[0]]
frames = np.linspace(0, len(shown) - 1, N_SHOWN).astype(int)
axes = strip.subplots(1, N_SHOWN)
SkeletonDisplay.from_sequence(shown, actions.skeleton, frames=frames, azimuth=0, ax=axes, legend=False)
strip.suptitle(f"A sequence, {ACTION!r}: the body's left side in blue, its right in orange")
EmbeddingDisplay.from_estimator(
    embedder, X[unseen], names[actions.target[unseen]], method="tsne", random_state=0, ax=map_.subplots()
)
map_.suptitle(f"{unseen.sum()} sequences of a camera not trained on, embedded by ConMLPEmbedder")
figure.savefig(FILE, dpi=100)
