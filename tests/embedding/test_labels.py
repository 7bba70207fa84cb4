"""From a target to contrast labels."""

import numpy as np
import pytest

from skeletonlearn.embedding._labels import contrast_labels


def positives(labels):
    """Which samples are positives of which, as pairs."""
    return {(i, j) for i in range(len(labels)) for j in range(i) if labels[i] == labels[j]}


@pytest.mark.parametrize("y", [[3, 5, 3, 9], ["wave", "kick", "wave", "sit"], [0.0, 1.0, 0.0, 2.0], [True, False] * 2])
def test_samples_are_positives_where_their_classes_are_equal(y):
    assert positives(contrast_labels(y, 4)) == positives(y)


def test_without_a_target_every_sample_is_its_own_class():
    assert positives(contrast_labels(None, 5)) == set()


def test_unlabelled_samples_are_each_their_own_class():
    assert positives(contrast_labels([-1, 0, -1, 1, 0, -1], 6)) == {(4, 1)}


def test_all_unlabelled_is_no_labels_at_all():
    assert positives(contrast_labels([-1, -1, -1], 3)) == set()


def test_minus_one_as_a_string_is_a_class():
    assert positives(contrast_labels(["-1", "a", "-1"], 3)) == {(2, 0)}


def test_labels_are_integers_from_zero():
    labels = contrast_labels(["b", "a", "b"], 3)
    assert labels.dtype == np.int64
    assert sorted(set(labels.tolist())) == [0, 1]


def test_one_class_is_refused_with_advice():
    with pytest.raises(ValueError, match=r"y has 1 class .*7.*at least 2; pass supervised=False"):
        contrast_labels([7, 7, 7], 3)


def test_one_class_beside_unlabelled_samples_is_refused_with_their_number():
    with pytest.raises(ValueError, match=r"y has 1 class .* beside 2 unlabelled samples \(-1\)"):
        contrast_labels([7, -1, 7, -1], 4)


def test_continuous_targets_are_refused():
    with pytest.raises(ValueError, match="continuous"):
        contrast_labels([0.1, 0.2, 0.35], 3)
