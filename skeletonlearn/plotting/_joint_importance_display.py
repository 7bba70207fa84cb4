"""JointImportanceDisplay: how much worse an estimator gets without knowing a joint."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.utils import check_random_state

from skeletonlearn.base import is_ragged
from skeletonlearn.plotting._body import prepare_axes
from skeletonlearn.plotting._figure import figure_and_axes
from skeletonlearn.plotting._sequence import as_seen, check_sequence, limits_of
from skeletonlearn.skeletons import Skeleton, get_skeleton

_LEG = ("hip", "knee", "ankle", "foot", "heel", "big_toe", "small_toe")
_ARM = ("clavicle", "shoulder", "elbow", "wrist", "hand", "hand_tip", "thumb", "index", "pinky")


class JointImportanceDisplay:
    """How much an estimator's score drops when joints are permuted among samples, drawn on a body.

    All frames and channels of a joint, or of a group of joints, are taken from another sample, of all persons together;
    everything else stays. A small drop need not mean that the joint is unimportant: its neighbours on the limb may
    carry the same information. Groups show that better than single joints.

    It is recommended to use :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    importances : array-like of shape (n_groups, n_repeats)
        Drops of the score.
    groups : mapping of str to sequence of str
        Names of the joints of each group; no joint is in two.
    pose : array-like of shape (n_joints, n_channels)
        A body to draw on, of one person.
    skeleton : Skeleton or str
        Its layout.
    baseline_score : float or None, default=None
        The score with nothing permuted.
    vertical : {"y", "-y", "z", "-z", "x", "-x"}, default="y"
        The axis that points up.

    Attributes
    ----------
    importances_mean : ndarray of shape (n_groups,)
        Means over the repeats.
    importances_std : ndarray of shape (n_groups,)
        Standard deviations over the repeats.
    figure_ : Figure
        The figure.
    ax_ : Axes
        The axes.
    scatter_ : PathCollection
        The joints that are in a group.
    colorbar_ : Colorbar
        The scale of the colours.

    See Also
    --------
    sklearn.inspection.permutation_importance : The same for columns of a table.

    References
    ----------
    L. Breiman, "Random forests", Machine Learning 45, 2001.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import LinearProbe
    >>> from skeletonlearn.plotting import JointImportanceDisplay
    >>> X = np.random.default_rng(0).normal(size=(40, 4, 20, 3))
    >>> y = np.arange(40) % 2
    >>> X[:, :, 7] += y[:, None, None]  # the left hand
    >>> probe = LinearProbe().fit(X, y)
    >>> display = JointImportanceDisplay.from_estimator(probe, X, y, "KINECT_V1", groups="limbs", random_state=0)
    >>> list(display.groups)[display.importances_mean.argmax()]
    'left arm'
    """

    def __init__(self, importances, groups, pose, skeleton, *, baseline_score=None, vertical="y"):
        self.importances = importances
        self.groups = groups
        self.pose = pose
        self.skeleton = skeleton
        self.baseline_score = baseline_score
        self.vertical = vertical

    @property
    def importances_mean(self):
        """Means over the repeats, shape (n_groups,)."""
        return np.asarray(self.importances, dtype=np.float64).mean(axis=1)

    @property
    def importances_std(self):
        """Standard deviations over the repeats, shape (n_groups,)."""
        return np.asarray(self.importances, dtype=np.float64).std(axis=1)

    def plot(self, ax=None, *, cmap="viridis"):
        """Draw the importances as sizes and colours of joints.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.
        cmap : str or Colormap, default="viridis"
            Colours from the least to the greatest importance.

        Returns
        -------
        self : JointImportanceDisplay
            With the picture.

        Raises
        ------
        ValueError
            If groups, importances and pose do not fit together; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        pose, skeleton = check_sequence(self.pose, self.skeleton)
        if pose.shape[:2] != (1, skeleton.n_joints):
            raise ValueError(f"pose has shape {np.shape(self.pose)}, expected ({skeleton.n_joints}, n_channels).")
        groups, mean = check_groups(self.groups, skeleton), self.importances_mean
        if len(groups) != len(mean):
            raise ValueError(f"importances has {len(mean)} rows, expected one for each group: {len(groups)}.")
        of_joint = np.full(skeleton.n_joints, np.nan)
        for members, drop in zip(groups.values(), mean, strict=True):
            of_joint[members] = drop
        points = as_seen(pose[0], self.vertical, azimuth=0 if pose.shape[2] == 2 else 15)
        self.figure_, self.ax_ = figure_and_axes(ax, figsize=(4.2, 4.6))
        prepare_axes(self.ax_, limits_of(points, margin=0.12), 0, 0)
        for edge in skeleton.edges:
            self.ax_.plot(*points[list(edge)].T, color="0.8", linewidth=3, solid_capstyle="round", zorder=1)
        shown = ~np.isnan(of_joint) & ~np.isnan(points[:, 0])
        share = np.clip(of_joint[shown], 0, None) / max(np.nanmax(of_joint), np.finfo(float).tiny)
        kind = {"cmap": cmap, "vmin": min(0.0, mean.min()), "edgecolors": "0.3", "linewidths": 0.6, "zorder": 3}
        self.scatter_ = self.ax_.scatter(*points[shown].T, s=25 + 175 * share, c=of_joint[shown], **kind)
        self.colorbar_ = self.figure_.colorbar(self.scatter_, ax=self.ax_, shrink=0.8, label="drop of the score")
        if self.baseline_score is not None:
            self.ax_.set_title(f"score with all joints: {self.baseline_score:.3g}", fontsize="medium")
        return self

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        skeleton,
        *,
        groups=None,
        n_repeats=5,
        scoring=None,
        vertical="y",
        random_state=None,
        ax=None,
    ):
        """Measure and draw the importance of joints to a fitted estimator.

        Parameters
        ----------
        estimator : estimator or Pipeline
            Fitted, with a `score`, or whatever `scoring` asks for.
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            Sequences, best such that the estimator was not fitted with.
        y : array-like of shape (n_samples,)
            Classes.
        skeleton : Skeleton or str
            The layout of one person's joints.
        groups : mapping of str to sequence of str, "limbs" or None, default=None
            Names of the joints that are permuted together; ``"limbs"`` is arms, legs, hands and faces that are parts of
            the layout, and all others; None takes every
            joint by itself.
        n_repeats : int, default=5
            How often each group is permuted.
        scoring : str, callable or None, default=None
            The score, as in scikit-learn; None takes the estimator's own.
        vertical : {"y", "-y", "z", "-z", "x", "-x"}, default="y"
            The axis that points up.
        random_state : int, RandomState or None, default=None
            Seed of the permutations.
        ax : Axes or None, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        JointImportanceDisplay
            With the picture.

        Raises
        ------
        ValueError
            If sequences differ in length, or a parameter is not as wanted; the text says got and wanted.
        ImportError
            If matplotlib is not installed, which the extra ``plot`` brings.
        """
        if is_ragged(X) and len({len(one) for one in X}) > 1:
            raise ValueError("X has sequences of different lengths, expected equally long ones: use a FrameResampler.")
        X, skeleton = np.asarray(X), get_skeleton(skeleton)
        if X.ndim != 4:
            raise ValueError(f"X has {X.ndim} dimensions, expected 4: (n_samples, n_frames, n_joints, n_channels).")
        if not isinstance(n_repeats, Integral) or n_repeats < 1:
            raise ValueError(f"n_repeats={n_repeats!r} must be a positive integer.")
        n_persons = skeleton.n_persons(X.shape[2])
        if groups is None:
            groups = {joint: [joint] for joint in skeleton.joints}
        elif isinstance(groups, str) and groups == "limbs":
            groups = limbs_of(skeleton)
        of_person = skeleton.n_joints * np.arange(n_persons)[:, None]
        members = [(of_person + joints).ravel() for joints in check_groups(groups, skeleton).values()]
        scorer = check_scoring(estimator, scoring)
        baseline = scorer(estimator, X, y)
        generator = check_random_state(random_state)
        scores = [
            [_score_permuted(scorer, estimator, X, y, joints, generator) for _ in range(n_repeats)]
            for joints in members
        ]
        pose = _first_whole_body(X, skeleton)
        display = cls(baseline - np.array(scores), groups, pose, skeleton, baseline_score=baseline, vertical=vertical)
        return display.plot(ax)


def limbs_of(skeleton: Skeleton) -> dict[str, list[str]]:
    """The joints of each arm and leg, by their names, of hands and faces that are parts, and all others."""
    parts = {joint: part for part, joints in skeleton.parts.items() if part != "body" for joint in joints}
    limbs: dict[str, list[str]] = {}
    for joint in skeleton.joints:
        side, _, part = joint.partition("_")
        limb = "leg" if part in _LEG else "arm" if part in _ARM else ""
        name = f"{side} {limb}" if side in ("left", "right") and limb else "trunk and head"
        limbs.setdefault(parts.get(joint, name).replace("_", " "), []).append(joint)
    return limbs


def check_groups(groups: Any, skeleton: Skeleton) -> dict[str, list[int]]:
    """Indices of the joints of each group."""
    if not isinstance(groups, Mapping) or not groups:
        raise ValueError(f"groups={groups!r} must be a mapping of names to joint names, 'limbs' or None.")
    for name, joints in groups.items():
        if isinstance(joints, str) or not len(joints):
            raise ValueError(f"groups[{name!r}]={joints!r} must be a sequence of joint names, at least one.")
    indices = {name: [skeleton.index(joint) for joint in joints] for name, joints in groups.items()}
    every = [joint for members in indices.values() for joint in members]
    twice = sorted({skeleton.joints[joint] for joint in every if every.count(joint) > 1})
    if twice:
        raise ValueError(f"groups have {', '.join(twice)} twice, expected each joint in one group at the most.")
    return indices


def _score_permuted(scorer, estimator, X, y, joints, generator):
    permuted = X.copy()
    permuted[:, :, joints] = X[generator.permutation(len(X))][:, :, joints]
    return scorer(estimator, permuted, y)


def _first_whole_body(X: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """The first person's joints in the first frame that misses the fewest."""
    bodies = X[:, :, : skeleton.n_joints].reshape(-1, skeleton.n_joints, X.shape[3])
    return bodies[np.isnan(bodies).sum(axis=(1, 2)).argmin()]
