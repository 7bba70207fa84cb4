"""
Where in time does the network look?
====================================

With ``pooling="attention"`` a classifier weighs the frames of a sequence before it decides, and ``attention_weights``
tells how. The sequences keep their own lengths. Two pictures: the weights over some test clips, above the bodies at
those moments, and the mean weights of each action.

Synthetic motions by default; real recordings with
``python examples/06_attention.py --data FOLDER --dataset nw_ucla``.
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from skeletonlearn import GRUClassifier, SkeletonClassifier
from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla, make_actions
from skeletonlearn.preprocessing import make_skeleton_pipeline

parser = argparse.ArgumentParser(description="Show which frames a classifier's decisions rest on.")
parser.add_argument("--dataset", choices=["synthetic", "nw_ucla", "msr_action3d"], default="synthetic")
parser.add_argument("--data", help="the folder with the files of a real data set")
parser.add_argument("--epochs", type=int, default=20, help="how often each sequence is seen")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--out", type=Path, default=Path("output"), help="where the pictures are written")
options = parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line
if options.dataset != "synthetic" and options.data is None:
    parser.error(f"--dataset {options.dataset} needs --data FOLDER, the folder with its files")

# %%
# Sequences of their own lengths
# ------------------------------
# The usual preprocessing without its last step, which would bring all sequences to one length. Afterwards every body
# faces the sensor, whose axes point to its left, up and away from it; a torso has length 1. Both networks below read
# frames in pairs, which share a weight. A last frame without a partner would have a pair's weight for itself and stand
# out for no other reason, so it is left out.


def whole_pairs(sequence: np.ndarray) -> np.ndarray:
    """A sequence without its last frame if their number is odd, but for a single frame."""
    return sequence[: max(len(sequence) // 2 * 2, 1)]


if options.dataset == "nw_ucla":
    actions = load_nw_ucla(options.data)
    train, test, unseen = actions.train_index, actions.test_index, "unseen camera"
elif options.dataset == "msr_action3d":
    actions = load_msr_action3d(options.data)
    train, test, unseen = actions.train_index, actions.test_index, "unseen subjects"
else:
    actions = make_actions(n_samples=360, random_state=options.seed)
    is_test = actions.camera == actions.camera.max()
    train, test, unseen = np.flatnonzero(~is_test), np.flatnonzero(is_test), "unseen camera"
preprocessing = make_skeleton_pipeline(actions.skeleton).set_params(resampler="passthrough")
sequences = [whole_pairs(sequence) for sequence in preprocessing.fit_transform(actions.sequences)]
X_train, X_test = ([sequences[at] for at in rows] for rows in (train, test))
y_train, y_test = actions.target[train], actions.target[test]
lengths = [len(sequence) for sequence in sequences]
print(f"{options.dataset}: {len(train)} sequences to train on, {len(test)} to test ({unseen}), ", end="")
print(f"{len(actions.target_names)} actions, {min(lengths)} to {max(lengths)} frames each.")

# %%
# Two classifiers that attend
# ---------------------------
# A GRU in both directions, and a transformer. Only the last step, from frames to one vector, is the same.

common = {
    "pooling": "attention",
    "skeleton": actions.skeleton,
    "max_epochs": options.epochs,
    "random_state": options.seed,
}
classifiers = {
    "GRU": GRUClassifier(128, **common),
    "transformer": SkeletonClassifier("transformer", hidden_dim=64, **common),
}
weights = {}
for name, classifier in classifiers.items():
    classifier.fit(X_train, y_train)
    weights[name] = classifier.attention_weights(X_test)

# %%
# Does the attention matter?
# --------------------------
# A frame's features know of all frames, before and after, so weight on a frame need not mean that the decision rests on
# what is seen in it. To find out, the classifiers judge clips that are cut down to a quarter of their frames: those of
# most weight, the middle of the clip, and those of least weight. The middle is there because actions often happen
# there: attention that knew no more than that would do as well.


def quarter(ranking: np.ndarray, sequence: np.ndarray) -> np.ndarray:
    """The quarter of the frames that ranks highest, in time order."""
    return sequence[np.sort(np.argsort(-ranking, kind="stable")[: -(-len(sequence) // 4)])]


def from_middle(sequence: np.ndarray) -> np.ndarray:
    """How near to the middle each frame is."""
    return -np.abs(np.arange(len(sequence)) - len(sequence) / 2)


print(f"\nAccuracy in % on the whole test set ({unseen}, {options.epochs} epochs, seed {options.seed}):")
print(f"\n{'':<14}{'whole clips':>14}{'most attended':>16}{'middle':>10}{'least attended':>17}")
for name, classifier in classifiers.items():
    attended = weights[name]
    rankings = (attended, [from_middle(clip) for clip in X_test], [-weight for weight in attended])
    cut = ([quarter(*pair) for pair in zip(ranking, X_test, strict=True)] for ranking in rankings)
    scores = [100 * classifier.score(clips, y_test) for clips in (X_test, *cut)]
    print(
        f"{name:<14}" + "".join(f"{score:>{width}.1f}" for score, width in zip(scores, (14, 16, 10, 17), strict=True))
    )
chance = 100 * np.mean(y_test == np.bincount(y_train).argmax())
print(f"{'chance':<14}{chance:>14.1f}")

# %%
# Clips
# -----
# The first test clip of four of the actions: above, the weight of each frame, as a multiple of what it would be if all
# counted the same; below, the body at the frame of most weight and at frames evenly spaced around it, standing where
# they are in time.

LEFT, RIGHT, TRUNK, CURVE, PEAK = "tab:blue", "tab:orange", "0.25", "tab:purple", "gold"
N_BODIES, N_CLIPS = 8, 4
WIDTH, ROW = 11.0, 2.9  # inches, of all and of a clip
YAW = np.deg2rad(30)  # seen a little from the side, so that what points at the viewer shows


def side_colour(joint: str) -> str:
    """The colour of a bone by the side of the body that its joint is on."""
    return LEFT if joint.startswith("left") else RIGHT if joint.startswith("right") else TRUNK


def draw_body(ax, joints: np.ndarray, at: float, stretch: float, *, strong: bool) -> None:
    """A stick figure, `(n_joints, 2)`, with its hip at a point of the horizontal axis."""
    x, y = at + stretch * joints[:, 0], joints[:, 1]
    for (child, _), edge in zip(actions.skeleton.bones, actions.skeleton.edges, strict=True):
        ax.plot(
            x[list(edge)],
            y[list(edge)],
            color=side_colour(child),
            linewidth=3 if strong else 2,
            alpha=1 if strong else 0.65,
            solid_capstyle="round",
        )
    head = actions.skeleton.joints.index("head")
    ax.plot(x[head], y[head], "o", color=TRUNK, markersize=9 if strong else 7, alpha=1 if strong else 0.65)


def as_seen(sequence: np.ndarray) -> np.ndarray:
    """Bodies from the front, turned a little, each with its hip at 0 from left to right: (n_frames, n_joints, 2)."""
    across = np.sin(YAW) * sequence[..., 2] - np.cos(YAW) * sequence[..., 0]
    return np.stack([across - across[:, [actions.skeleton.root]], sequence[..., 1]], axis=2)


def draw_clip(upper, lower, sequence: np.ndarray, weight: np.ndarray) -> None:
    """The weights of a clip's frames, and bodies below."""
    n_frames, peak = len(sequence), int(weight.argmax())
    step = max((n_frames - 1) / (N_BODIES - 1), 1)
    shown = np.arange(peak % step, n_frames - 0.5, step).round().astype(int)
    for ax in (upper, lower):
        ax.set_xlim(-0.6 * step, n_frames - 1 + 0.6 * step)
        ax.axvspan(peak - step / 2, peak + step / 2, color=PEAK, alpha=0.25, linewidth=0)
    relative = n_frames * weight
    upper.fill_between(range(n_frames), relative, color=CURVE, alpha=0.35, linewidth=0)
    upper.plot(range(n_frames), relative, color=CURVE)
    upper.axhline(1, color="0.5", linewidth=0.8, linestyle="--")
    upper.plot(shown, relative[shown], "o", color=CURVE, markersize=4)
    upper.set_ylim(0, 1.1 * relative.max())
    upper.set_ylabel("weight")
    upper.tick_params(labelbottom=False, bottom=False)

    bodies = as_seen(sequence)
    low, high = bodies[shown, :, 1].min() - 0.2, max(bodies[shown, :, 1].max() + 0.3, bodies[0, :, 1].min() + 3.6)
    box = lower.get_position()
    inch = (high - low) / (box.height * lower.figure.get_figheight())  # of the vertical axis
    frames_an_inch = (n_frames - 1 + 1.2 * step) / (box.width * lower.figure.get_figwidth())
    for frame in shown:
        draw_body(lower, bodies[frame], frame, frames_an_inch / inch, strong=frame == peak)
    lower.set_ylim(low, high)
    lower.set_xticks(shown)
    lower.set_yticks([])
    lower.spines[["left", "right", "top"]].set_visible(False)
    upper.spines[["right", "top"]].set_visible(False)


chosen = np.unique(np.linspace(0, len(actions.target_names) - 1, N_CLIPS).round().astype(int))
clips = [int(np.flatnonzero(y_test == label)[0]) for label in chosen]
predicted = classifiers["GRU"].predict([X_test[at] for at in clips])
figure = plt.figure(figsize=(WIDTH, ROW * len(clips) + 1.1))
height = figure.get_figheight()
rows = figure.add_gridspec(len(clips), left=0.06, right=0.99, bottom=0.5 / height, top=1 - 0.95 / height, hspace=0.32)
for row, at, label in zip(rows, clips, predicted, strict=True):
    upper, lower = row.subgridspec(2, 1, height_ratios=[1, 2], hspace=0).subplots()
    draw_clip(upper, lower, X_test[at], weights["GRU"][at])
    title = f"{actions.target_names[y_test[at]]}, recognised as {actions.target_names[label]}"
    upper.set_title(title, loc="left", fontsize=11)
lower.set_xlabel("frame")
handles = [plt.Line2D([], [], color=colour, linewidth=3) for colour in (LEFT, RIGHT, TRUNK)]
handles += [plt.Line2D([], [], color="0.5", linestyle="--"), plt.Rectangle((0, 0), 1, 1, color=PEAK, alpha=0.25)]
names = ["left", "right", "trunk", "all frames alike", "frame of most weight"]
figure.legend(handles, names, loc="upper right", ncols=len(names), frameon=False, bbox_to_anchor=(1, 1 - 0.35 / height))
figure.suptitle(
    "Where in time the GRU looks: first test clips of four actions", x=0.06, ha="left", y=1 - 0.12 / height, va="top"
)
options.out.mkdir(parents=True, exist_ok=True)
figure.savefig(options.out / "attention_clips.png", dpi=120)

# %%
# Actions
# -------
# Each clip's weights, brought to the same length, then the mean over the test clips of an action.

N_STEPS = 50
# sphinx_gallery_thumbnail_number = 2


def over_share(weight: np.ndarray) -> np.ndarray:
    """A clip's relative weights at evenly spaced shares of its length."""
    frames = np.linspace(0, len(weight) - 1, N_STEPS)
    return len(weight) * np.interp(frames, np.arange(len(weight)), weight)


n_classes = len(actions.target_names)
means = {
    name: [
        np.mean([over_share(of_clip[at]) for at in np.flatnonzero(y_test == label)], axis=0)
        for label in range(n_classes)
    ]
    for name, of_clip in weights.items()
}
figure, axes = plt.subplots(1, len(means), figsize=(11, 1.8 + 0.33 * n_classes), layout="constrained", sharey=True)
for ax, (name, mean) in zip(axes, means.items(), strict=True):
    image = ax.imshow(
        mean,
        aspect="auto",
        cmap="magma",
        vmin=0,
        extent=(0, 100, n_classes - 0.5, -0.5),
        vmax=np.max(list(means.values())),
    )
    ax.set(title=name, xlabel="share of the clip in %")
axes[0].set_yticks(range(n_classes), actions.target_names)
figure.colorbar(image, ax=axes, label="mean weight of a frame\n(1: as if all counted the same)")
figure.suptitle("Mean attention of each action over time")
figure.savefig(options.out / "attention_classes.png", dpi=120)
print(f"\nPictures: {options.out / 'attention_clips.png'} and {options.out / 'attention_classes.png'}")
