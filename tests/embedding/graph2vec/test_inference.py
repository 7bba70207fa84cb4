"""Document vectors: the top of the expected objective of PV-DBOW."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from threadpoolctl import threadpool_info

from skeletonlearn.embedding._graph2vec import _inference
from skeletonlearn.embedding._graph2vec._inference import DocumentInference

N_WORDS, DIMENSIONS, RIDGE = 30, 6, 2.0


@pytest.fixture
def ids():
    """Documents of 12 words, one of them unknown now and then."""
    return np.random.default_rng(1).integers(0, N_WORDS + 1, size=(700, 12))


@pytest.fixture
def inference(ids):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N_WORDS, DIMENSIONS))
    counts, kept = rng.integers(5, 500, size=N_WORDS), rng.uniform(0.5, 1, size=N_WORDS)
    return DocumentInference.fit(vectors, counts, kept, RIDGE, ids[:100])


def loss(inference, document, v, n_noise=5):
    """Minus the objective, word by word as the formula has it: noise that hits the word itself is left out."""
    noise = inference.noise / inference.noise.sum()
    log_sigma = -np.logaddexp(0, -inference.vectors @ v)
    log_rest = -np.logaddexp(0, inference.vectors @ v)
    total = -RIDGE / 2 * v @ v
    for word in document[document < N_WORDS]:
        others = np.arange(N_WORDS) != word
        total += inference.kept[word] * (log_sigma[word] + n_noise * noise[others] @ log_rest[others])
    return -total


def test_noise_is_drawn_by_counts_to_three_quarters():
    counts = np.array([1, 16, 81])
    noise = DocumentInference.fit(np.eye(3), counts, np.ones(3), 1.0, np.array([[0, 1, 2]])).noise
    np.testing.assert_allclose(noise, 5 * np.array([1, 8, 27]) / 36)


def test_vectors_are_where_a_general_optimiser_finds_the_top(inference, ids, monkeypatch):
    monkeypatch.setattr(_inference, "_ITERATIONS", 60)
    for document, vector in zip(ids[:8], inference.infer(ids[:8]), strict=True):
        best = minimize(lambda v, document=document: loss(inference, document, v), np.zeros(DIMENSIONS), tol=1e-10)
        np.testing.assert_allclose(vector, best.x, atol=2e-4)


def test_the_usual_number_of_iterations_is_enough(inference, ids, monkeypatch):
    usual = inference.infer(ids)
    monkeypatch.setattr(_inference, "_ITERATIONS", 60)
    np.testing.assert_allclose(usual, inference.infer(ids), atol=1e-3)


def test_more_iterations_never_end_lower(inference, ids, monkeypatch):
    losses = []
    for n_iterations in range(1, 7):
        monkeypatch.setattr(_inference, "_ITERATIONS", n_iterations)
        vectors = inference.infer(ids[:50])
        losses.append([loss(inference, document, v) for document, v in zip(ids[:50], vectors, strict=True)])
    assert np.all(np.diff(losses, axis=0) <= 1e-9)


def test_far_words_do_not_make_it_diverge(ids):
    rng = np.random.default_rng(0)
    vectors = 100 * rng.normal(size=(N_WORDS, DIMENSIONS))
    inference = DocumentInference.fit(vectors, np.full(N_WORDS, 9), np.ones(N_WORDS), 0.1, ids[:100])
    found = inference.infer(ids)
    assert np.isfinite(found).all()
    assert np.linalg.norm(found, axis=1).max() < 10


@pytest.mark.parametrize("part", [slice(3, 4), slice(100, 150), slice(250, 263), slice(None, None, -1)])
def test_vectors_of_a_part_are_the_part_of_the_vectors(inference, ids, part):
    np.testing.assert_allclose(inference.infer(ids[part]), inference.infer(ids)[part], rtol=0, atol=1e-12)


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_vectors_do_not_depend_on_the_size_of_batches(inference, ids, rows, monkeypatch):
    usual = inference.infer(ids)
    monkeypatch.setattr(_inference, "_ROWS_AT_ONCE", rows)
    np.testing.assert_allclose(inference.infer(ids), usual, rtol=0, atol=1e-10)


def test_vectors_do_not_depend_on_the_number_of_threads(inference, ids):
    one_thread = inference.infer(ids)
    torch.set_num_threads(2)
    try:
        two_threads = inference.infer(ids)
    finally:
        torch.set_num_threads(1)
    np.testing.assert_allclose(two_threads, one_thread, rtol=0, atol=1e-10)


def test_threads_of_the_caller_stay_as_they_are(inference, ids):
    torch.set_num_threads(2)
    try:
        before = threadpool_info()
        inference.infer(ids)
        assert threadpool_info() == before
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


def test_order_of_words_does_not_matter(inference, ids):
    np.testing.assert_array_equal(inference.infer(ids[:, ::-1]), inference.infer(ids))


def test_document_without_a_known_word_is_zero(inference):
    np.testing.assert_array_equal(inference.infer(np.full((2, 12), N_WORDS)), 0.0)


def test_documents_of_no_words_at_all_are_zero(inference):
    np.testing.assert_array_equal(inference.infer(np.empty((2, 0), dtype=int)), np.zeros((2, DIMENSIONS)))


def test_inference_draws_no_random_numbers(inference, ids):
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    inference.infer(ids)
    assert torch.equal(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002
