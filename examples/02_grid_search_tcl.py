"""
Grid search over the constants of the tuned contrastive loss
============================================================

The tuned contrastive loss weighs positives (``k1``) and negatives (``k2``) in its denominator. Good values depend on
batch size, temperature and number of classes, so they are searched, as any parameter in scikit-learn is. The
search sees training subjects only: each fold leaves some of them out.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline

from skeletonlearn import ConMLPEmbedder, LinearProbe
from skeletonlearn.datasets import load_nw_ucla, make_actions
from skeletonlearn.preprocessing import make_skeleton_pipeline

parser = argparse.ArgumentParser(description="Search k1 and k2 of the tuned contrastive loss.")
parser.add_argument("--dataset", choices=["synthetic", "nw_ucla"], default="synthetic")
parser.add_argument("--data", help="the folder with the files of a real data set")
parser.add_argument("--epochs", type=int, default=10, help="how often each sequence is seen in a fit")
parser.add_argument("--folds", type=int, default=3)
parser.add_argument("--out", type=Path, default=Path("output"), help="where the picture is written")
options = parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line
if options.dataset != "synthetic" and options.data is None:
    parser.error(f"--dataset {options.dataset} needs --data FOLDER, the folder with its files")

# %%
# The data
# --------

if options.dataset == "nw_ucla":
    actions = load_nw_ucla(options.data)
    train, test = actions.train_index, actions.test_index
else:
    actions = make_actions(n_samples=300, random_state=0)
    is_test = actions.camera == actions.camera.max()
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
X = make_skeleton_pipeline(actions.skeleton, n_frames=32).fit_transform(actions.sequences).astype(np.float32)
y, subject = actions.target, actions.subject

# %%
# The search
# ----------
# With ``k1=0, k2=1`` the loss is the supervised contrastive one, so that the plain loss takes part in the search.

grid = {"emb__k1": [0, 1, 10, 100], "emb__k2": [0.5, 1, 2]}
pipeline = Pipeline(
    [
        ("emb", ConMLPEmbedder(loss="tcl", skeleton=actions.skeleton, max_epochs=options.epochs, random_state=0)),
        ("clf", LinearProbe()),
    ]
)
search = GridSearchCV(pipeline, grid, cv=GroupKFold(options.folds))
search.fit(X[train], y[train], groups=subject[train])

# %%
# The result
# ----------

order = np.argsort(search.cv_results_["rank_test_score"], kind="stable")
print(f"{'k1':>6} {'k2':>6}   accuracy over {options.folds} folds of subjects (mean, standard deviation)")
for at in order:
    parameters = search.cv_results_["params"][at]
    mean, deviation = (search.cv_results_[f"{what}_test_score"][at] for what in ("mean", "std"))
    print(f"{parameters['emb__k1']:>6} {parameters['emb__k2']:>6}   {100 * mean:.1f} ± {100 * deviation:.1f} %")
print(f"\nBest: {search.best_params_}; refitted, accuracy on the whole test set (cross-view, seed 0):", end=" ")
print(f"{100 * search.score(X[test], y[test]):.1f} %")

options.out.mkdir(parents=True, exist_ok=True)
scores = 100 * search.cv_results_["mean_test_score"].reshape(len(grid["emb__k1"]), len(grid["emb__k2"]))
figure, ax = plt.subplots(figsize=(5, 5), layout="constrained")
image = ax.imshow(scores, cmap="viridis")
for (row, column), score in np.ndenumerate(scores):
    ax.text(column, row, f"{score:.1f}", ha="center", va="center", color="w" if score < scores.mean() else "k")
ax.set(xlabel="k2", ylabel="k1", title="Cross-validated accuracy in %")
ax.set_xticks(range(len(grid["emb__k2"])), grid["emb__k2"])
ax.set_yticks(range(len(grid["emb__k1"])), grid["emb__k1"])
figure.colorbar(image, ax=ax, shrink=0.8)
figure.savefig(options.out / "grid_search_tcl.png", dpi=120)
print(f"Picture: {options.out / 'grid_search_tcl.png'}")
