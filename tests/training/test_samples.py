"""Samples as a classifier counts them."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from skeletonlearn._training.samples import (
    check_sample_weight,
    distinct_samples,
    weigh_classes,
    weigh_samples,
)


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(6, 4, 2, 3)).astype(np.float32)


Y = np.array([0, 1, 0, 1, 0, 1])


def test_copies_are_one_sample_of_their_summed_weight(X):
    X[4] = X[0]
    indices, weights = distinct_samples(X, Y, np.array([1.0, 2, 1, 1, 3, 2]))
    assert sorted(indices) == [0, 1, 2, 3, 5]
    assert weights[list(indices).index(0)] / weights[list(indices).index(1)] == 2
    assert weights.mean() == pytest.approx(1)


def test_a_copy_of_another_class_is_another_sample(X):
    X[1] = X[0]
    assert len(distinct_samples(X, Y, np.ones(6))[0]) == 6


def test_what_weighs_nothing_is_none(X):
    indices, _ = distinct_samples(X, Y, np.array([1.0, 0, 1, 0, 1, 0]))
    assert sorted(indices) == [0, 2, 4]


def test_the_order_comes_from_the_samples_alone(X):
    order = np.array([3, 1, 5, 0, 4, 2])
    first, weights = distinct_samples(X, Y, np.arange(1.0, 7))
    again, same_weights = distinct_samples(X[order], Y[order], np.arange(1.0, 7)[order])
    assert order[again].tolist() == first.tolist()
    np.testing.assert_array_equal(weights, same_weights)


def test_sequences_of_different_lengths_and_equal_bytes_differ():
    ragged = [np.zeros((2, 1, 3), np.float32), np.zeros((3, 1, 2), np.float32)]
    assert len(distinct_samples(ragged, np.zeros(2, int), np.ones(2))[0]) == 2


def test_balanced_classes_weigh_as_in_scikit_learn():
    y = np.array([0, 0, 0, 1, 2, 2])
    np.testing.assert_allclose(
        weigh_classes("balanced", np.arange(3), y, np.ones(6)),
        compute_class_weight("balanced", classes=np.arange(3), y=y),
    )


def test_balanced_classes_count_a_weight_of_two_as_two_samples():
    heavy = weigh_classes("balanced", np.arange(2), np.array([0, 1]), np.array([3.0, 1.0]))
    np.testing.assert_allclose(heavy, weigh_classes("balanced", np.arange(2), np.array([0, 0, 0, 1]), np.ones(4)))


def test_weights_are_given_by_class_or_not_at_all():
    classes = np.array(["a", "b"])
    assert weigh_classes({"a": 2.0, "b": 0.5}, classes, np.array([0, 1]), np.ones(2)).tolist() == [2, 0.5]
    assert weigh_classes(None, classes, np.array([0, 1]), np.ones(2)) is None


def test_balanced_classes_ignore_a_class_without_weight():
    y, weights = np.array([0, 0, 0, 1, 2]), np.array([1.0, 1, 1, 1, 0])
    found = weigh_classes("balanced", np.arange(3), y, weights)
    np.testing.assert_allclose(found, [*weigh_classes("balanced", np.arange(2), y[:4], weights[:4]), 0])


def test_class_without_samples_of_weight_weighs_nothing():
    found = weigh_classes({0: 2.0, 1: 3.0}, np.arange(2), np.array([0, 0, 1]), np.array([1.0, 1, 0]))
    assert found.tolist() == [2, 0]


def test_weights_of_samples_are_multiplied_by_those_of_their_classes():
    found = weigh_samples({0: 2.0, 1: 0.0}, np.arange(2), np.array([0, 1, 0]), np.array([1.0, 1, 3]))
    assert found.tolist() == [2, 0, 6]


def test_weights_that_underflow_beside_the_largest_are_none():
    assert weigh_samples(None, np.arange(2), np.array([0, 1]), np.array([1e-310, 1.0])).tolist() == [0, 1]


@pytest.mark.parametrize("weights", [[0, 0, 0], np.zeros(3), [0.0, -0.0, 0]])
def test_weights_that_are_all_0_are_refused_by_name(weights):
    with pytest.raises(ValueError, match="sample_weight is zero for every sample, expected at least one non-zero"):
        check_sample_weight(weights, np.ones((3, 1)))
