"""Batches by index."""

import tracemalloc

import numpy as np
import pytest
import torch

from skeletonlearn._training.batches import (
    RaggedBatches,
    SequenceBatches,
    make_batches,
    ordered_batches,
    shuffled_batches,
    smallest_batch,
)

CPU = torch.device("cpu")


def sequences(n_samples, n_frames=4):
    return np.random.default_rng(0).standard_normal((n_samples, n_frames, 3, 2), dtype=np.float32)


def test_batch_holds_the_samples_asked_for_in_that_order():
    X = sequences(9)
    batch = SequenceBatches(X, CPU).take(np.array([7, 0, 7, 3]))
    np.testing.assert_array_equal(batch.numpy(), X[[7, 0, 7, 3]])


def test_a_smaller_batch_after_a_larger_one_is_right():
    X = sequences(9)
    batches = SequenceBatches(X, CPU)
    batches.take(np.arange(8))
    np.testing.assert_array_equal(batches.take(np.array([5, 2])).numpy(), X[[5, 2]])


def test_a_larger_batch_after_a_smaller_one_is_right():
    X = sequences(9)
    batches = SequenceBatches(X, CPU)
    batches.take(np.arange(2))
    np.testing.assert_array_equal(batches.take(np.arange(8)).numpy(), X[:8])


def test_writing_into_a_batch_leaves_the_data_as_they_were():
    X = sequences(5)
    before = X.copy()
    SequenceBatches(X, CPU).take(np.arange(3)).zero_()
    np.testing.assert_array_equal(X, before)


def test_batches_share_one_buffer():
    batches = SequenceBatches(sequences(9), CPU)
    first = batches.take(np.arange(4)).data_ptr()
    assert batches.take(np.arange(4, 8)).data_ptr() == first


@pytest.mark.parametrize("n_samples", [1, 3, 64])
def test_buffers_are_aligned_alike_whatever_their_size(n_samples):
    assert SequenceBatches(sequences(n_samples), CPU).take(np.arange(n_samples)).data_ptr() % 64 == 0


def test_a_read_only_memory_map_is_never_copied_whole(tmp_path):
    np.save(tmp_path / "X.npy", sequences(2000, n_frames=50))
    X = np.load(tmp_path / "X.npy", mmap_mode="r")
    tracemalloc.start()
    batches = SequenceBatches(X, CPU)
    for indices in ordered_batches(len(X), 100):
        batches.take(indices)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.nbytes / 10


def ragged(*lengths):
    X = sequences(len(lengths), n_frames=max(lengths))
    return [one[:length] for one, length in zip(X, lengths, strict=True)]


def test_sequences_of_one_length_need_no_lengths():
    X = sequences(9)
    batch, lengths = SequenceBatches(X, CPU).take_padded(np.array([7, 0]))
    np.testing.assert_array_equal(batch.numpy(), X[[7, 0]])
    assert lengths is None


def test_shorter_sequences_are_padded_with_zeros_at_the_end():
    X = ragged(4, 2, 1)
    batch, lengths = RaggedBatches(X, CPU).take_padded(np.array([2, 0, 1]))
    assert lengths.tolist() == [1, 4, 2]
    expected = np.zeros((3, 4, 3, 2), dtype=np.float32)
    expected[0, :1], expected[1], expected[2, :2] = X[2], X[0], X[1]
    np.testing.assert_array_equal(batch.numpy(), expected)


def test_a_ragged_batch_is_as_long_as_its_longest_sequence():
    batches = RaggedBatches(ragged(50, 2, 3), CPU)
    batch, lengths = batches.take_padded(np.array([1, 2, 1]))
    assert batch.shape == (3, 3, 3, 2)
    assert lengths.tolist() == [2, 3, 2]


def test_lengths_are_what_torch_packs_by():
    lengths = RaggedBatches(ragged(4, 2), CPU).take_padded(np.arange(2))[1]
    assert (lengths.dtype, lengths.device.type) == (torch.int64, "cpu")


def test_a_ragged_batch_is_float32_whatever_the_sequences():
    X = [one.astype(np.float64) for one in ragged(4, 2)]
    assert RaggedBatches(X, CPU).take_padded(np.arange(2))[0].dtype is torch.float32


def test_writing_into_a_ragged_batch_leaves_the_data_as_they_were():
    X = ragged(4, 4, 2)
    before = [one.copy() for one in X]
    RaggedBatches(X, CPU).take_padded(np.arange(3))[0].fill_(7)
    assert all(np.array_equal(one, was) for one, was in zip(X, before, strict=True))


def test_a_ragged_batch_lasts_beyond_the_next():
    batches = RaggedBatches(ragged(4, 2, 3), CPU)
    first = batches.take_padded(np.array([0, 1]))[0]
    before = first.clone()
    batches.take_padded(np.array([2, 2]))
    assert torch.equal(first, before)


@pytest.mark.parametrize(("X", "kind"), [(sequences(3), SequenceBatches), (ragged(4, 2), RaggedBatches)])
def test_a_list_makes_ragged_batches_and_an_array_does_not(X, kind):
    assert type(make_batches(X, CPU)) is kind


def test_a_list_of_one_length_gives_the_batches_of_its_array():
    X = sequences(5)
    indices = np.array([3, 1])
    batch, lengths = make_batches(list(X), CPU).take_padded(indices)
    assert torch.equal(batch, make_batches(X, CPU).take_padded(indices)[0])
    assert lengths.tolist() == [4, 4]


@pytest.mark.parametrize(("n_samples", "batch_size"), [(10, 3), (10, 10), (10, 512), (7, 2), (1, 1)])
def test_an_epoch_takes_every_sample_once(n_samples, batch_size):
    epoch = shuffled_batches(n_samples, batch_size, torch.Generator().manual_seed(0))
    assert sorted(np.concatenate(list(epoch))) == list(range(n_samples))


@pytest.mark.parametrize(("n_samples", "batch_size"), [(7, 2), (3, 2), (2, 2), (10, 3), (5, 4)])
def test_no_batch_is_of_one_sample(n_samples, batch_size):
    sizes = [len(batch) for batch in shuffled_batches(n_samples, batch_size, torch.Generator().manual_seed(0))]
    assert min(sizes) >= 2
    assert max(sizes) <= max(batch_size, 3)


@pytest.mark.parametrize(("n_samples", "batch_size"), [(10, 3), (513, 512), (1025, 512)])
def test_batches_of_an_epoch_differ_by_at_most_one_sample_and_are_no_larger_than_asked(n_samples, batch_size):
    sizes = [len(batch) for batch in shuffled_batches(n_samples, batch_size, torch.Generator().manual_seed(0))]
    assert max(sizes) <= batch_size
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(("n_samples", "batch_size"), [(10, 5), (19, 2), (11, 4), (3, 8)])
def test_the_smallest_batch_is_that_of_an_epoch(n_samples, batch_size):
    batches = shuffled_batches(n_samples, batch_size, torch.Generator().manual_seed(0))
    assert smallest_batch(n_samples, batch_size) == min(map(len, batches))


def test_epochs_of_one_generator_are_in_different_orders():
    generator = torch.Generator().manual_seed(0)
    first, second = (np.concatenate(list(shuffled_batches(50, 8, generator))) for _ in range(2))
    assert first.tolist() != second.tolist()


def test_ordered_batches_are_all_samples_in_order_with_a_short_last_one():
    assert [batch.tolist() for batch in ordered_batches(5, 2)] == [[0, 1], [2, 3], [4]]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")
def test_batches_on_an_accelerator_hold_the_same_samples():
    X = sequences(9)
    batch = SequenceBatches(X, torch.device("cuda")).take(np.array([7, 0, 3]))
    assert batch.device.type == "cuda"
    np.testing.assert_array_equal(batch.cpu().numpy(), X[[7, 0, 3]])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")
def test_ragged_batches_on_an_accelerator_hold_the_same_samples():
    X = ragged(4, 2, 1)
    on_accelerator, lengths = RaggedBatches(X, torch.device("cuda")).take_padded(np.array([2, 0]))
    assert (on_accelerator.device.type, lengths.device.type) == ("cuda", "cpu")
    assert torch.equal(on_accelerator.cpu(), RaggedBatches(X, CPU).take_padded(np.array([2, 0]))[0])
