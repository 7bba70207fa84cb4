"""One row for each sequence."""

from __future__ import annotations

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skeletonlearn.base import SequenceEstimator, check_sequences


class SequenceFlattener(TransformerMixin, SequenceEstimator):
    """Make one row of each sequence, for estimators that take tables.

    Attributes
    ----------
    sequence_shape_in_ : tuple of int
        `(n_frames, n_joints, n_channels)` seen in `fit`.
    n_features_in_ : int
        Product of `sequence_shape_in_`: the number of columns.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.

    See Also
    --------
    FrameResampler : Makes sequences equally long, which this needs.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.preprocessing import SequenceFlattener
    >>> flattener = SequenceFlattener()
    >>> flattener.fit_transform(np.zeros((5, 30, 20, 3))).shape
    (5, 1800)
    >>> flattener.get_feature_names_out()[:4]
    array(['frame0_joint0_x', 'frame0_joint0_y', 'frame0_joint0_z',
           'frame0_joint1_x'], dtype=object)
    """

    def fit(self, X, y=None):
        """Remember the shape of X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            The sequences. NaN marks a missing joint.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The flattener itself.
        """
        check_sequences(self, X, reset=True, allow_nan=True)
        return self

    def transform(self, X):
        """Flatten sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            The sequences, of the shape seen in `fit`.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_frames * n_joints * n_channels)
            A new array: frame by frame, in it joint by joint, in it channel by channel.
        """
        X = check_sequences(self, X, reset=False, allow_nan=True)
        return np.array(X.reshape(len(X), -1))

    def get_feature_names_out(self, input_features=None):
        """Name the columns.

        Parameters
        ----------
        input_features : None
            Ignored: the names follow from the shape seen in `fit`.

        Returns
        -------
        names : ndarray of str objects
            Such as `"frame0_joint3_x"`; channels from the fourth on, or all if there are more than three, are numbered.
        """
        check_is_fitted(self)
        n_frames, n_joints, n_channels = self.sequence_shape_in_
        channels = "xyz"[:n_channels] if n_channels <= 3 else [f"channel{at}" for at in range(n_channels)]
        names = [
            f"frame{frame}_joint{joint}_{channel}"
            for frame in range(n_frames)
            for joint in range(n_joints)
            for channel in channels
        ]
        return np.asarray(names, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
