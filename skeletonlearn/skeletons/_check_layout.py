"""Whether a named layout fits recorded positions: steady bones, and left and right on their sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse.csgraph import minimum_spanning_tree

from skeletonlearn._containers import check_kind, unwrap
from skeletonlearn._warnings import warn_user
from skeletonlearn.skeletons._catalogue import get_skeleton, list_skeletons
from skeletonlearn.skeletons._inferred import evenly_spaced, weigh_pairs
from skeletonlearn.skeletons._sides import looks_mirrored
from skeletonlearn.skeletons._skeleton import Skeleton

_MOST_BODIES, _FRAMES = 32, 16
"""How many bodies are examined, and how many frames of each, both evenly spaced."""

_MOST_JOINTS = 1280
"""How many joints are examined in a frame of each body, which bounds the bodies of many joints to fewer."""

_PERMUTATIONS = 200
_LEAST_STRUCTURE = 0.3
"""How much lighter than a mean pair the bones of the best tree are, as a share, in anything that is a body."""

_STEADY = 0.7
_BEYOND_CHANCE = 3.0  # standard deviations
_CLEARLY_BETTER = 0.05


@dataclass(frozen=True)
class LayoutReport:
    """What :func:`check_layout` has found.

    Parameters
    ----------
    skeleton : Skeleton
        The layout that was checked.
    fits : bool or None
        Whether the joints are those of the layout. None if it cannot be checked: nothing in the data stays together as
        a body does, nothing was recorded, or half the joints of the layout hang from one.
    steadiness : float
        How steady the bones are in length: 1 as those of the steadiest tree over the joints, 0 as pairs of joints
        chosen by chance. NaN if it is not known.
    bones : dict of (str, str) to float
        For each bone the deviation and the mean of its length, relative to those of all pairs of joints. The bones of a
        body are far below 1.
    mirrored : bool or None
        Whether left and right are on the wrong sides. None if the layout has no joints that show where a body faces,
        or they do not agree.
    better : Skeleton or None
        A layout of the catalogue that fits clearly better.

    See Also
    --------
    check_layout : Makes it.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> from skeletonlearn.skeletons import check_layout
    >>> report = check_layout(make_actions(20, random_state=0).sequences, "KINECT_V1")
    >>> report.fits, report.mirrored, len(report.bones)
    (True, False, 19)
    """

    skeleton: Skeleton
    fits: bool | None
    steadiness: float
    bones: dict[tuple[str, str], float] = field(repr=False)
    mirrored: bool | None
    better: Skeleton | None

    def __repr__(self) -> str:
        fits = {True: "fits", False: "does not fit", None: "could not be checked"}[self.fits]
        sides = {True: "on the wrong sides", False: "on their sides", None: "not known"}[self.mirrored]
        lines = [
            f"<LayoutReport: {self.skeleton.name} {fits}",
            f"  bones steady in length: {self.steadiness:.2f} (1 as the steadiest tree, 0 as pairs by chance)",
            f"  left and right: {sides}",
        ]
        if self.better is not None:
            lines.append(f"  fits better: {self.better.name}")
        return "\n".join(lines) + ">"


def check_layout(sequences: np.ndarray | Sequence[np.ndarray], skeleton: Skeleton | str) -> LayoutReport:
    """Check whether the joints of sequences are those of a layout.

    Bones keep their length while a body moves, and their ends are close to each other. So a layout fits if its bones
    are nearly as steady as those of the steadiest tree over all joints, and far steadier than those of the same layout
    with its joints shuffled. It does not fit if another layout of the catalogue with as many joints is clearly
    steadier.

    Parameters
    ----------
    sequences : array-like of shape (n_samples, n_frames, n_joints, n_channels) or sequence of arrays (n_frames_i, ...)
        Positions, in any unit, 2-D or 3-D, of one person or several. A last channel whose values are all from 0 to 1,
        after two others or three, is taken for a confidence. Joints that are NaN, masked, or zero in all channels are
        left out. At most 32 bodies and 16 frames of each are examined, and fewer bodies of more than 40
        joints.
    skeleton : Skeleton or str
        The layout of one person, or its name.

    Returns
    -------
    LayoutReport
        Whether it fits, how steady each bone is, whether left and right are swapped, and a better layout.

    Raises
    ------
    ValueError
        If the name is not in the catalogue, or the sequences are not of that shape.
    TypeError
        If the sequences are None, a path, a mapping, a set or an iterator.

    See Also
    --------
    infer_skeleton : Finds the bones of joints that nobody described.

    Notes
    -----
    Left and right are swapped in a mirror image, in coordinates of a left-handed system, and where the names of the two
    sides are exchanged. In 3-D the nose and the toes show where a body faces: from a body's back, its left is on the
    left. In 2-D a body faces the camera if its toes are below its heels, or, where faces are missing in some frames, in
    those in which nose and eyes are seen. Its left is then on the right of the picture.

    A layout of the same bones in the same order, such as FLORENCE3D for SBU, cannot be told apart.

    Examples
    --------
    >>> from skeletonlearn.datasets import make_actions
    >>> from skeletonlearn.skeletons import check_layout
    >>> data = make_actions(n_samples=20, skeleton="COCO", random_state=0)
    >>> check_layout(data.sequences, "COCO").fits
    True
    >>> check_layout(data.sequences, "H36M")
    <LayoutReport: H36M does not fit
      bones steady in length: 0.45 (1 as the steadiest tree, 0 as pairs by chance)
      left and right: not known
      fits better: COCO>
    """
    layout = get_skeleton(skeleton)
    check_kind(sequences, "check_layout")
    n_joints, bodies = _sample_bodies(unwrap(sequences), layout)
    known = [one for one in map(get_skeleton, list_skeletons()) if one.n_joints == n_joints]
    rivals = [one for one in known if one.joints != layout.joints]
    weights = None if _is_star(layout) else _pair_weights(bodies)
    if weights is None:
        return LayoutReport(layout, None, np.nan, {}, None, None)
    if n_joints != layout.n_joints:
        return LayoutReport(layout, False, np.nan, {}, None, _best(rivals, weights, -np.inf))
    steadiness = _steadiness(layout, weights)
    same_names = [_steadiness(one, weights) for one in known if one.joints == layout.joints]
    better = _best(rivals, weights, max([steadiness, *same_names]))
    fits = better is None and (steadiness >= _STEADY or _is_beyond_chance(layout, weights))
    mirrored = looks_mirrored(bodies, layout) if fits else None
    return LayoutReport(layout, fits, steadiness, _bone_weights(layout, weights), mirrored, better)


def warn_of_wrong_layout(sequences: np.ndarray | Sequence[np.ndarray], skeleton: Skeleton | str) -> None:
    """Warn if a layout clearly does not fit the sequences, or left and right are swapped.

    Parameters
    ----------
    sequences : array-like of shape (n_samples, n_frames, n_joints, n_channels) or sequence of arrays (n_frames_i, ...)
        As of :func:`check_layout`.
    skeleton : Skeleton or str
        The layout of one person, or its name.
    """
    report = check_layout(sequences, skeleton)
    fault = _fault(report)
    if fault is not None:
        warn_user(f"{fault} See skeletonlearn.skeletons.check_layout.")


def _fault(report: LayoutReport) -> str | None:
    """What is clearly wrong, in a sentence or two."""
    name = f"skeleton={report.skeleton.name!r}"
    better = "" if report.better is None else f" {report.better.name} fits better."
    if report.fits is False and np.isnan(report.steadiness):
        return f"{name} does not fit the data, which have another number of joints.{better}"
    if report.fits is False:
        return f"{name} does not fit the data: what it calls bones changes in length as no bones do.{better}"
    if report.mirrored:
        return (
            f"Left and right are swapped in the data by {name}: the coordinates are mirrored, of a left-handed system, "
            "or the names of the sides are exchanged."
        )
    return None


def _sample_bodies(X: np.ndarray | Sequence[np.ndarray], layout: Skeleton) -> tuple[int, list[np.ndarray]]:
    """Joints of a body, and bodies of (n_frames, n_joints, n_channels), missing joints NaN.

    If the joints are no multiple of the layout's, all are taken for one body.
    """
    chosen = [_filled(X[at]) for at in evenly_spaced(len(X), _MOST_BODIES)]
    shapes = {one.shape[1:] if one.ndim == 3 else None for one in chosen}
    if len(shapes) != 1 or None in shapes:
        got = ", ".join(sorted({str(one.shape) for one in chosen})[:3]) or "none"
        raise ValueError(
            f"sequences have the shape {got}, expected one or more of shape (n_frames, n_joints, n_channels), all with "
            "the same joints and channels."
        )
    if chosen[0].shape[2] > 2 and all(_is_confidence(one[..., -1]) for one in chosen):
        chosen = [one[..., :-1] for one in chosen]
    total = chosen[0].shape[1]
    n_joints = total if total % layout.n_joints else layout.n_joints
    bodies = []
    for sequence in chosen:
        frames = sequence[evenly_spaced(len(sequence), _FRAMES)]
        persons = frames.reshape(len(frames), -1, n_joints, frames.shape[2])
        bodies += [np.where(body.any(axis=2, keepdims=True), body, np.nan) for body in persons.swapaxes(0, 1)]
    most = max(4, min(_MOST_BODIES, _MOST_JOINTS // n_joints))
    return n_joints, [bodies[at] for at in evenly_spaced(len(bodies), most)]


def _is_confidence(channel: np.ndarray) -> bool:
    known = channel[np.isfinite(channel)]
    return bool(((known >= 0) & (known <= 1)).all())


def _is_star(layout: Skeleton) -> bool:
    """Whether half the joints or more hang from one, so that what is called bones are none."""
    children = np.bincount(layout.parents, minlength=layout.n_joints) - (np.arange(layout.n_joints) == layout.root)
    return bool(2 * children.max() >= layout.n_joints)


def _filled(sequence: np.ndarray) -> np.ndarray:
    """Positions in double precision, masked ones NaN."""
    positions = np.ma.asarray(sequence)
    return np.ma.filled(positions.astype(np.float64), np.nan)


def _pair_weights(bodies: list[np.ndarray]) -> np.ndarray | None:
    """What a bone between each two joints would weigh, relative to a mean pair; None if nothing holds together."""
    n_joints, n_channels = bodies[0].shape[1:]
    if n_channels not in (2, 3) or n_joints < 4:
        return None
    weights = weigh_pairs(bodies)
    known = np.isfinite(weights[np.triu_indices(n_joints, 1)])
    if not known.any():
        return None
    weights = weights / (np.nanmean(weights[np.triu_indices(n_joints, 1)]) or 1.0)
    return weights if 1 - _best_tree(weights) >= _LEAST_STRUCTURE else None


def _best_tree(weights: np.ndarray) -> float:
    """The mean weight of the bones of the lightest tree over the joints that were seen."""
    seen = np.isfinite(weights).sum(axis=0) > 1
    pairs = weights[np.ix_(seen, seen)]
    filled = np.where(np.isfinite(pairs), pairs, 2 * np.nanmax(pairs))
    return float(minimum_spanning_tree(np.maximum(filled, 1e-6)).data.mean())  # to scipy, zero is no edge


def _mean_bone(layout: Skeleton, weights: np.ndarray) -> float:
    bones = np.array(list(_bone_weights(layout, weights).values()))
    return float(np.nanmean(bones)) if np.isfinite(bones).any() else 1.0


def _bone_weights(layout: Skeleton, weights: np.ndarray) -> dict[tuple[str, str], float]:
    return {bone: float(weights[ends]) for bone, ends in zip(layout.bones, layout.edges, strict=True)}


def _steadiness(layout: Skeleton, weights: np.ndarray) -> float:
    return (1 - _mean_bone(layout, weights)) / (1 - _best_tree(weights))


def _best(rivals: list[Skeleton], weights: np.ndarray, steadiness: float) -> Skeleton | None:
    """The steadiest layout, if it is clearly steadier than the one that was named."""
    measured = [(_steadiness(rival, weights), rival) for rival in rivals]
    best, rival = max(measured, key=lambda pair: pair[0], default=(-np.inf, None))
    return rival if best >= max(steadiness + _CLEARLY_BETTER, _STEADY) else None


def _is_beyond_chance(layout: Skeleton, weights: np.ndarray) -> bool:
    """Whether the bones are far steadier than those of the layout with its joints shuffled."""
    rng = np.random.default_rng(0)
    orders = [rng.permutation(layout.n_joints) for _ in range(_PERMUTATIONS)]
    shuffled = [_mean_bone(layout, weights[np.ix_(order, order)]) for order in orders]
    return bool(_mean_bone(layout, weights) < np.mean(shuffled) - _BEYOND_CHANCE * np.std(shuffled))
