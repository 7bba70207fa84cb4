"""Quantisation: k-means codes of each joint's features.

scikit-learn's KMeans adds up clusters in the order in which its threads finish, but two fits must find the same words.
SciPy's kmeans2 does not stop when it has converged (5,000 points of 20 joints: 10 iterations leave the inertia 3 %
higher, 50 take 1.8 times as long as `fit_codebook`), and divides by zero where a joint has fewer points than codes.
Distances of SciPy's vq depend on the number of rows from some number of channels on (seen with 75).
"""

from __future__ import annotations

import numpy as np

_MOST_ITERATIONS = 50


def fit_codebook(points: np.ndarray, n_codes: int, rng: np.random.RandomState) -> np.ndarray:
    """Centres of each joint's clusters.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_joints, n_channels)
        A feature in some frames.
    n_codes : int
        Clusters of each joint; a joint with fewer distinct points has fewer.
    rng : RandomState
        Draws the first centres.

    Returns
    -------
    ndarray of shape (n_joints, n_codes, n_channels)
        The centres; infinite where there is none.
    """
    codebook = np.full((points.shape[1], n_codes, points.shape[2]), np.inf)
    for joint in range(points.shape[1]):
        centres = _first_centres(points[:, joint], n_codes, rng)
        codebook[joint, : len(centres)] = _lloyd(points[:, joint], centres)
    return codebook


def nearest_codes(points: np.ndarray, codebook: np.ndarray) -> np.ndarray:
    """The nearest centre of each joint, the first of equally near ones.

    Parameters
    ----------
    points : ndarray of shape (..., n_joints, n_channels)
        A feature.
    codebook : ndarray of shape (n_joints, n_codes, n_channels)
        Centres from :func:`fit_codebook`.

    Returns
    -------
    ndarray of int, shape (..., n_joints)
        Codes. A point's code does not depend on the other points, to the bit.
    """
    best = np.full(points.shape[:-1], np.inf)
    codes = np.zeros(points.shape[:-1], dtype=np.int64)
    for code in range(codebook.shape[1]):
        distance = _squared_distance(points, codebook[:, code])
        nearer = distance < best
        codes[nearer] = code
        np.minimum(best, distance, out=best)
    return codes


def _squared_distance(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distances over the last axis, channel by channel: no rounding that depends on the array's size."""
    total = np.zeros(points.shape[:-1])
    for channel in range(points.shape[-1]):
        difference = points[..., channel] - centres[..., channel]
        difference *= difference
        total += difference
    return total


def _first_centres(points: np.ndarray, n_codes: int, rng: np.random.RandomState) -> np.ndarray:
    """k-means++: each next centre is a point drawn in proportion to its squared distance from those before."""
    chosen = [rng.randint(len(points))]
    nearest = _squared_distance(points, points[chosen[0]])
    for draw in rng.uniform(size=n_codes - 1):
        reach = np.cumsum(nearest)
        if reach[-1] <= 0:  # every point is a centre
            break
        chosen.append(min(int(np.searchsorted(reach, draw * reach[-1], side="right")), len(points) - 1))
        nearest = np.minimum(nearest, _squared_distance(points, points[chosen[-1]]))
    return points[chosen]


def _lloyd(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Move centres to the means of their points until no point changes its centre; an empty cluster stays."""
    before = None
    for _ in range(_MOST_ITERATIONS):
        codes = nearest_codes(points[:, None], centres[None])[:, 0]
        if before is not None and np.array_equal(codes, before):
            break
        sizes = np.bincount(codes, minlength=len(centres))
        sums = [np.bincount(codes, weights=channel, minlength=len(centres)) for channel in points.T]
        filled = sizes > 0
        centres = centres.copy()
        centres[filled] = (np.stack(sums, axis=1) / np.maximum(sizes, 1)[:, None])[filled]
        before = codes
    return centres
