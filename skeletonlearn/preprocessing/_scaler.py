"""Bodies of one size."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._bodies import absent_bodies, as_bodies, check_parts, hold, part_positions
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice

_TOPS = ("head", "nose", "neck")
_FEET = ("ankle", "foot", "knee")  # the ankle first: a foot's own length is no height


class BodyScaler(SequenceTransformer):
    """Divide sequences by the size of the first person's body.

    All persons are divided by the same number: who is taller, and how far apart they are, remains visible.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name. With None, the size is `"std"`, of all joints.
    reference : {"torso", "height", "std"}, default="torso"
        What is one unit long afterwards: `"torso"`, the distance from hip to neck; `"height"`, the way along the bones
        from the head to an ankle (mean of both sides), which is the same sitting and standing; `"std"`, the standard
        deviation of the coordinates about their mean position.
    per : {"sequence", "frame"}, default="sequence"
        `"sequence"` takes the median size over the frames that show it (for `"std"` the deviation over all frames);
        `"frame"` divides each frame by its own size, for pictures of a person that comes nearer. A frame that does not
        show the size takes that of the last that did, else of the first that will.

    Attributes
    ----------
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if the sequences differed in length.
    n_features_in_ : int
        Product of the sizes in `sequence_shape_in_`.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.

    See Also
    --------
    RootCenterer : Puts the origin, which is scaled about, at the root.

    Notes
    -----
    A sequence without a size (missing or coinciding joints, a constant series) is divided by 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import BodyScaler
    >>> from skeletonlearn.skeletons import KINECT_V1
    >>> X = np.zeros((1, 4, 20, 3))
    >>> X[:, :, KINECT_V1.index("neck"), 1] = 0.5
    >>> float(BodyScaler(KINECT_V1).fit_transform(X).max())
    1.0
    """

    def __init__(self, skeleton=None, *, reference="torso", per="sequence"):
        self.skeleton = skeleton
        self.reference = reference
        self.per = per

    def _check_parameters(self):
        check_choice("reference", self.reference, ("torso", "height", "std"))
        check_choice("per", self.per, ("sequence", "frame"))
        skeleton = self._layout()
        if self.reference == "torso":
            check_parts(skeleton, ("hip", "neck"))
        elif self.reference == "height" and skeleton is not None:
            _paths_to_the_ground(skeleton)

    def _transform(self, X):
        sizes = self._sizes(X)  # (N, 1 or T)
        body = as_bodies(X, self._layout())[:, :, 0]
        largest = np.fmax.reduce(np.abs(body), axis=(1, 2, 3))[:, None]
        # what remains of a body that is one point, or of a constant series, is rounding
        shown = sizes > 100 * np.finfo(X.dtype).eps * largest
        sizes = np.where(shown.any(axis=1, keepdims=True), hold(sizes, shown), 1.0)
        return X / sizes[:, :, None, None].astype(X.dtype)

    def _sizes(self, X):
        """The size of each sequence, (N, 1), or of each frame, (N, T); NaN or 0 where there is none."""
        skeleton = self._layout()
        if skeleton is None or self.reference == "std":
            return _deviation(X, skeleton, axes=(2, 3) if self.per == "frame" else (1, 2, 3))
        lengths = _torso(X, skeleton) if self.reference == "torso" else _height(X, skeleton)
        return lengths if self.per == "frame" else _median_of_shown(lengths)


def _torso(X, skeleton):
    """Distance from hip to neck in each frame, (N, T)."""
    return np.linalg.norm(part_positions(X, skeleton, "neck") - part_positions(X, skeleton, "hip"), axis=-1)


def _height(X, skeleton):
    """Way along the bones from the top of the body to the ground in each frame, (N, T): mean of both legs."""
    body = X[:, :, : skeleton.n_joints].astype(np.float64)
    bones = np.linalg.norm(body - body[:, :, skeleton.parents], axis=-1)
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


def _median_of_shown(lengths):
    """Median over the frames, (N, T) -> (N, 1), of the lengths that are positive; 0 where none is."""
    shown = lengths > 0
    some = shown.any(axis=1)
    medians = np.zeros((len(lengths), 1))
    medians[some, 0] = np.nanmedian(np.where(shown, lengths, np.nan)[some], axis=1)
    return medians


def _deviation(X, skeleton, axes):
    """Standard deviation of the first person's coordinates about their mean position: (N, 1), or (N, T) by frame."""
    body = as_bodies(X, skeleton)[:, :, 0].astype(np.float64)  # (N, T, J, C)
    shown = ~np.isnan(body) & ~absent_bodies(X, skeleton)[:, :, :1, None]
    body = np.where(shown, body, 0.0)
    count = np.maximum(shown.sum(axis=axes[:-1], keepdims=True), 1)
    for _ in range(2):  # the second time takes out the rounding of the first, which is all that a constant has
        body = np.where(shown, body - body.sum(axis=axes[:-1], keepdims=True) / count, 0.0)
    variance = (body**2).sum(axis=axes) / np.maximum(shown.sum(axis=axes), 1)
    return np.sqrt(variance).reshape(len(X), -1)
