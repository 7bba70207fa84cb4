"""How large bodies are, by the joints that were recorded.

Shapes: N samples, T frames, J joints of one person, C channels, Y yardsticks. NaN is what is not known.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from skeletonlearn.preprocessing._bodies import check_parts, is_known, part_positions
from skeletonlearn.skeletons import Skeleton
from skeletonlearn.skeletons._rest_pose import standing_adult

REFERENCES = ("torso", "height", "palm", "std")
_TOPS = ("head", "nose", "neck")
_FEET = ("ankle", "foot", "knee")  # the ankle first: a foot's own length is no height
_LINES = (("neck", "hip"), ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"))
_LONG = 0.15  # metres of an adult: a bone such as that from nose to eye is made long by noise
_UNSTEADY = "spine"  # it is at the navel for some cameras and at the chest for others
_KNUCKLE = "middle_finger_mcp"


def check_reference(skeleton: Skeleton, reference: str) -> None:
    """Refuse a layout that lacks what a reference is measured by."""
    if reference == "torso":
        check_parts(skeleton, ("hip", "neck"))
    elif reference == "height":
        _paths_to_the_ground(skeleton)
    elif reference == "palm" and not has_palm(skeleton):
        raise ValueError(
            f"reference='palm' needs a joint whose name ends with {_KNUCKLE}; {skeleton.name} has "
            f"{', '.join(skeleton.joints)}."
        )


def has_palm(skeleton: Skeleton) -> bool:
    """Whether a layout has the knuckle of a middle finger, which ends the palm."""
    return bool(_knuckles(skeleton))


def reference_lengths(body: np.ndarray, skeleton: Skeleton, reference: str) -> np.ndarray:
    """Length of the torso, the height or the palm in each frame, (N, T, J, C) -> (N, T)."""
    if reference == "torso":
        return _distance(body, skeleton, ("neck", "hip"))
    return _height(body, skeleton) if reference == "height" else _palm(body, skeleton)


def median_of_positive(lengths: np.ndarray) -> np.ndarray:
    """Median over the frames, (N, T, ...) -> (N, 1, ...), of the lengths that are positive; NaN where none is."""
    shown = lengths > 0
    some = shown.any(axis=1, keepdims=True)
    medians = np.nanmedian(np.where(shown | ~some, np.where(some, lengths, 0.0), np.nan), axis=1, keepdims=True)
    return np.where(some, medians, np.nan)


def sizes_in_proportion(body: np.ndarray, skeleton: Skeleton, reference: str, *, per_frame: bool) -> np.ndarray:
    """The length of a reference that is not recorded, by what is: (N, T, J, C) -> (N, 1), or (N, T) per frame.

    Lines of the trunk and bones are compared with those of a standing adult. In a picture lines that point towards the
    camera are short, so the longest counts. In space that is the torso, else the mean of the long bones, which is
    steadier than any single line, else the widths of shoulders and hips.
    """
    adult = standing_adult(skeleton)[None, None]
    unit = reference_lengths(_seen_by(body, adult), skeleton, reference)
    of_adult = [one[0, 0] for one in _lines_and_bones(adult, skeleton)]
    recorded = _lines_and_bones(body, skeleton)
    if not per_frame:
        recorded = [median_of_positive(one) for one in recorded]
    lines, bones = zip(recorded, of_adult, strict=True)
    long = of_adult[1] > _LONG
    long_bones = tuple(one[..., long] for one in bones)
    if body.shape[-1] < 3:
        return unit * _first_positive(_longest_ratio(lines, long_bones), _ratio_of_sums(*bones))
    torso, widths = (tuple(one[..., part] for one in lines) for part in (slice(1), slice(1, None)))
    return unit * _first_positive(*(_ratio_of_sums(*one) for one in (torso, long_bones, widths, bones)))


def spread(body: np.ndarray, *, per_frame: bool) -> np.ndarray:
    """Standard deviation of the coordinates about their mean position: (N, T, J, C) -> (N, 1), or (N, T) per frame."""
    axes = (2, 3) if per_frame else (1, 2, 3)
    shown = ~np.isnan(body)
    body = np.where(shown, body.astype(np.float64), 0.0)
    count = np.maximum(shown.sum(axis=axes[:-1], keepdims=True), 1)
    for _ in range(2):  # the second time takes out the rounding of the first, which is all that a constant has
        body = np.where(shown, body - body.sum(axis=axes[:-1], keepdims=True) / count, 0.0)
    variance = (body**2).sum(axis=axes) / np.maximum(shown.sum(axis=axes), 1)
    return np.sqrt(variance).reshape(len(body), -1)


def spread_of_adult(body: np.ndarray, skeleton: Skeleton, reference: str) -> np.ndarray:
    """How far the joints that each sequence shows are spread in a standing adult, in units of a reference, (N, 1).

    1 where that is not known. With "std" the unit is the spread of all joints.
    """
    adult = _seen_by(body, standing_adult(skeleton)[None, None])
    is_spread = reference == "std"
    unit = spread(adult, per_frame=False) if is_spread else reference_lengths(adult, skeleton, reference)
    seen = is_known(body).any(axis=1)  # (N, J)
    of_seen = spread(np.where(seen[:, None, :, None], adult, np.nan), per_frame=False)
    return np.divide(of_seen, unit, out=np.ones_like(of_seen), where=(of_seen > 0) & (unit > 0))


def _seen_by(body, adult):
    """An adult in as many dimensions as the data have: in a picture, from the front."""
    return adult[..., : max(2, body.shape[-1])]


def _distance(body, skeleton, ends):
    """Distance between two joints or roles in each frame, (N, T)."""
    first, second = (part_positions(body, skeleton, end) for end in ends)
    return np.linalg.norm(first - second, axis=-1)


def _bone_lengths(body, skeleton):
    body = body.astype(np.float64)
    return np.linalg.norm(body - body[:, :, skeleton.parents], axis=-1)


def _lines_and_bones(body, skeleton):
    """Lengths of the torso, the widths of shoulders and hips, (N, T, 3), and of the bones, (N, T, J)."""
    lines = [
        _distance(body, skeleton, ends) if skeleton.roles.keys() >= set(ends) else np.full(body.shape[:2], np.nan)
        for ends in _LINES
    ]
    bones = _bone_lengths(body, skeleton)
    if _UNSTEADY in skeleton.joints:
        joint = skeleton.index(_UNSTEADY)
        bones[:, :, [joint, *np.flatnonzero(skeleton.parents == joint)]] = np.nan
    return [np.stack(lines, axis=-1), bones]


def _longest_ratio(*yardsticks):
    """The largest of all lengths divided by those of an adult, (..., Y) -> (...); NaN where nothing is recorded."""
    ratios = np.concatenate([lengths / of_adult for lengths, of_adult in yardsticks], axis=-1)
    return np.fmax.reduce(ratios, axis=-1, initial=np.nan)


def _ratio_of_sums(lengths, of_adult):
    """Mean recorded length divided by that of an adult, (..., Y) -> (...); NaN where nothing is recorded."""
    shown = (lengths > 0) & (of_adult > 0)
    of_shown = np.where(shown, of_adult, 0.0).sum(axis=-1)
    total = np.where(shown, lengths, 0.0).sum(axis=-1)
    return np.divide(total, of_shown, out=np.full(total.shape, np.nan), where=of_shown > 0)


def _first_positive(*sizes):
    """The first of several sizes that is positive, (...); NaN where none is."""
    return reduce(lambda first, other: np.where(first > 0, first, other), sizes)


def _knuckles(skeleton):
    return [at for at, joint in enumerate(skeleton.joints) if joint.endswith(_KNUCKLE)]


def _palm(body, skeleton):
    """Distance from the wrist to the knuckle of the middle finger in each frame, (N, T): mean of the hands shown."""
    palms = _bone_lengths(body, skeleton)[..., _knuckles(skeleton)]
    shown = palms > 0
    return np.where(shown, palms, 0.0).sum(axis=-1) / np.maximum(shown.sum(axis=-1), 1)


def _height(body, skeleton):
    """Way along the bones from the top of the body to the ground in each frame, (N, T): mean of both legs."""
    bones = _bone_lengths(body, skeleton)
    paths = _paths_to_the_ground(skeleton)
    return sum(bones[:, :, path].sum(axis=-1) for path in paths) / len(paths)


def _paths_to_the_ground(skeleton):
    """The bones (by their child) between the top of the body and each foot: one list of indices for each leg."""
    feet = [
        next((f"{side}_{part}" for part in _FEET if f"{side}_{part}" in skeleton.joints), None)
        for side in ("left", "right")
    ]
    top = next((part for part in _TOPS if part in skeleton.joints), None)
    feet = [foot for foot in feet if foot is not None]
    if top is None or not feet:
        raise ValueError(
            f"reference='height' needs a joint among {', '.join(_TOPS)}, and left_ or right_ with one among "
            f"{', '.join(_FEET)}; {skeleton.name} has {', '.join(skeleton.joints)}."
        )
    above = skeleton.ancestors[skeleton.index(top)]
    return [np.flatnonzero(above != skeleton.ancestors[skeleton.index(foot)]) for foot in feet]
