"""Codebooks and codes."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from skeletonlearn.embedding._graph2vec._codes import fit_codebook, nearest_codes


@pytest.fixture
def blobs():
    """Two joints with three clusters each, far from each other."""
    rng = np.random.default_rng(0)
    centres = np.array([[[0.0, 0], [50, 0], [0, 50]], [[9.0, 9], [-40, 9], [9, -40]]])
    which = rng.integers(3, size=(300, 2))
    return centres, centres[np.arange(2), which] + rng.normal(size=(300, 2, 2))


def by_first_channel(centres):
    return np.array([one[np.lexsort(one.T)] for one in centres])


def test_centres_are_the_means_of_their_points(blobs):
    _, points = blobs
    codebook = fit_codebook(points, 3, np.random.RandomState(0))
    codes = nearest_codes(points, codebook)
    means = [[points[codes[:, joint] == code, joint].mean(axis=0) for code in range(3)] for joint in range(2)]
    np.testing.assert_allclose(codebook, means)


def test_centres_of_separate_clusters_are_scikit_learns(blobs):
    _, points = blobs
    found = fit_codebook(points, 3, np.random.RandomState(0))
    for joint in range(2):
        wanted = KMeans(3, n_init=5, random_state=0).fit(points[:, joint]).cluster_centers_
        np.testing.assert_allclose(by_first_channel(found[joint][None]), by_first_channel(wanted[None]))


def test_code_is_that_of_the_nearest_centre(blobs):
    centres, points = blobs
    distances = ((points[:, :, None] - centres) ** 2).sum(axis=-1)
    np.testing.assert_array_equal(nearest_codes(points, centres), distances.argmin(axis=-1))


def test_joint_with_fewer_points_than_codes_has_fewer_centres():
    points = np.array([0.0, 0.0, 1.0, 1.0])[:, None, None] * np.ones((1, 1, 2))
    codebook = fit_codebook(points, 4, np.random.RandomState(0))
    assert np.isfinite(codebook).all(axis=-1).sum() == 2
    codes = nearest_codes(points, codebook)[:, 0]
    assert codes[0] == codes[1] != codes[2] == codes[3]


def test_same_seed_gives_the_same_bits(blobs):
    _, points = blobs
    first, second = (fit_codebook(points, 5, np.random.RandomState(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_codes_of_a_slice_are_the_slice_of_the_codes(blobs):
    _, points = blobs
    codebook = fit_codebook(points, 6, np.random.RandomState(0))
    np.testing.assert_array_equal(nearest_codes(points[7:11], codebook), nearest_codes(points, codebook)[7:11])
