"""Bodies of one size."""

from __future__ import annotations

import numpy as np

from skeletonlearn.preprocessing._bodies import hold, recorded_body
from skeletonlearn.preprocessing._body_size import (
    REFERENCES,
    check_reference,
    median_of_positive,
    reference_lengths,
    sizes_in_proportion,
    spread,
    spread_of_adult,
)
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer, check_choice


class BodyScaler(SequenceTransformer):
    """Divide sequences by the size of the body.

    The size is that of the first person that a sequence shows, by the joints that were recorded. All persons are
    divided by the same number: who is taller, and how far apart they are, remains visible.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The joint layout or its name. With None, the size is `"std"`, of all joints.
    reference : {"torso", "height", "palm", "std"}, default="torso"
        What is one unit long afterwards: `"torso"`, the distance from hip to neck; `"height"`, the way along the bones
        from the head to an ankle (mean of both sides), which is the same sitting and standing; `"palm"`, the distance
        from the wrist to the knuckle of the middle finger (mean of the hands); `"std"`, the standard deviation of the
        coordinates about their mean position.
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

    Warns
    -----
    UserWarning
        If a sequence shows no length of the body, so that it is scaled by the spread of its joints. The sequences are
        named.

    See Also
    --------
    RootCenterer : Puts the origin, which is scaled about, at the root.

    Notes
    -----
    A body keeps its scale when a part of it is cut off. If no frame shows the reference, the size follows from what is
    recorded, in proportion to a standing adult [1]_. In 3-D, that is the first of:

    1. the torso, for `"height"`;
    2. the mean of the long bones, such as those of arms and legs;
    3. the widths of shoulders and hips;
    4. the mean of the short bones, such as those of a face.

    In 2-D, lines that point towards the camera look short, so the longest of the first three, in proportion, is used
    before the fourth. A sequence that shows
    none of them is divided by the standard deviation of its joints, also in proportion to a standing adult. A
    sequence whose joints coincide has no size and is divided by 1.

    Joints are recorded if they are not NaN and :class:`JointImputer` did not invent them with ``fallback="mean"``.
    Zeros are positions: mark missing joints with :class:`MissingJointMarker` before.

    References
    ----------
    .. [1] D. A. Winter (2009). Biomechanics and motor control of human movement, 4th edition, figure 4.1.

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

    _DOUBT = (
        "shows no length of the body and is scaled by the spread of its joints",
        "Leave such sequences out, or convert them to the joints that are recorded.",
    )

    def __init__(self, skeleton=None, *, reference="torso", per="sequence"):
        self.skeleton = skeleton
        self.reference = reference
        self.per = per

    def _check_parameters(self):
        check_choice("reference", self.reference, REFERENCES)
        check_choice("per", self.per, ("sequence", "frame"))
        skeleton = self._layout()
        if skeleton is not None:
            check_reference(skeleton, self.reference)

    def _transform(self, X):
        body = recorded_body(X, self._layout())
        # what remains of a body that is one point, or of a constant series, is rounding
        largest = np.fmax.reduce(np.abs(body), axis=(1, 2, 3), initial=0.0)[:, None]
        least = 100 * np.finfo(X.dtype).eps * largest
        sizes, by_spread = self._sizes(body, least)
        shown = sizes > least
        sizes = np.where(shown.any(axis=1, keepdims=True), hold(sizes, shown), 1.0)
        return X / sizes[:, :, None, None].astype(X.dtype), by_spread & shown.any(axis=1)

    def _sizes(self, body, least):
        """The size of each sequence, (N, 1), or of each frame, (N, T), and whether only the spread served, (N,)."""
        skeleton, per_frame = self._layout(), self.per == "frame"
        lost = np.zeros(len(body), dtype=bool)
        if skeleton is None:
            return spread(body, per_frame=per_frame), lost
        if self.reference == "std":
            return _spread_in_proportion(body, skeleton, "std", per_frame=per_frame), lost
        sizes = reference_lengths(body, skeleton, self.reference)
        sizes = sizes if per_frame else median_of_positive(sizes)
        for substitute in (sizes_in_proportion, _spread_in_proportion):
            lost = ~(sizes > least).any(axis=1)
            if lost.any():
                sizes[lost] = substitute(body[lost], skeleton, self.reference, per_frame=per_frame)
        return sizes, lost


def _spread_in_proportion(body, skeleton, reference, *, per_frame):
    return spread(body, per_frame=per_frame) / spread_of_adult(body, skeleton, reference)
