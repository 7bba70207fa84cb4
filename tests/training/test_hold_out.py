"""Samples held out to validate with."""

import numpy as np
import pytest

from skeletonlearn._training.hold_out import hold_out
from skeletonlearn.embedding._labels import contrast_labels


def test_parts_are_all_samples_and_share_none():
    training, validation = hold_out(np.arange(40) % 4, 0.25, seed=0)
    assert sorted([*training, *validation]) == list(range(40))


def test_share_held_out_is_as_asked():
    assert [len(part) for part in hold_out(np.arange(40) % 4, 0.25, seed=0)] == [30, 10]


def test_classes_keep_their_shares():
    labels = np.repeat([0, 1], [40, 20])
    _, validation = hold_out(labels, 0.2, seed=0)
    assert np.bincount(labels[validation]).tolist() == [8, 4]


def test_classes_of_one_sample_do_not_hinder():
    training, validation = hold_out(np.arange(10), 0.2, seed=0)
    assert (len(training), len(validation)) == (8, 2)


@pytest.mark.parametrize("n_alone", [1, 2, 30])
def test_classes_of_one_sample_leave_the_shares_of_the_others(n_alone):
    labels = np.concatenate([np.repeat([0, 1], [40, 20]), 2 + np.arange(n_alone)])
    _, validation = hold_out(labels, 0.2, seed=0)
    counts = np.bincount(labels[validation], minlength=2)[:2]
    np.testing.assert_allclose(counts, len(validation) * np.array([40, 20]) / len(labels), atol=1)


def test_samples_without_a_label_keep_their_share_as_one_class():
    y = np.repeat([0, 1, -1], [40, 20, 40])
    _, validation = hold_out(contrast_labels(y, len(y)), 0.2, seed=0)
    assert [np.count_nonzero(y[validation] == label) for label in (0, 1, -1)] == [8, 4, 8]


def test_a_single_odd_sample_is_joined_to_the_rarest_class():
    labels = np.repeat([0, 1, 2], [30, 10, 1])
    parts = hold_out(labels, 0.25, seed=0)
    assert [np.count_nonzero(labels[part] == 0) for part in parts] == [22, 8]


def test_more_classes_than_room_do_not_hinder():
    training, validation = hold_out(np.arange(12) % 6, 0.25, seed=0)
    assert (len(training), len(validation)) == (9, 3)


def test_a_seed_holds_out_the_same_samples_each_time():
    first, second = (hold_out(np.arange(40) % 4, 0.25, seed=3)[1].tolist() for _ in range(2))
    assert first == second


def test_another_seed_holds_out_others():
    assert (
        hold_out(np.arange(40) % 4, 0.25, seed=3)[1].tolist() != hold_out(np.arange(40) % 4, 0.25, seed=4)[1].tolist()
    )


def test_a_share_of_zero_holds_out_none():
    training, validation = hold_out(np.arange(5), 0.0, seed=0)
    assert training.tolist() == [0, 1, 2, 3, 4]
    assert len(validation) == 0


@pytest.mark.parametrize(("fraction", "left", "held_out"), [(0.9, 1, 9), (0.99, 0, 10)])
def test_fewer_than_two_samples_to_train_on_are_refused(fraction, left, held_out):
    message = (
        rf"validation_fraction={fraction} of 10 sequences leaves {left} to train on .* {held_out} to validate with"
    )
    with pytest.raises(ValueError, match=message):
        hold_out(np.arange(10) % 2, fraction, seed=0)


def test_at_least_two_samples_are_held_out():
    assert len(hold_out(np.arange(10) % 2, 0.01, seed=0)[1]) == 2
