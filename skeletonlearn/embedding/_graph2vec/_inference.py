"""Vectors of documents whose words have been learned: deterministic, in batches, without random numbers.

Doc2Vec infers a vector by stochastic steps: for each word w of a document (PV-DBOW) it draws k noise words and
climbs log sigma(u_w v) + sum log sigma(-u_noise v). The expectation of that over the noise distribution p, where noise
that hits w itself is left out, is a concave function of the document vector v,

    F(v) = sum_w a_w log sigma(u_w v) + b_w log sigma(-u_w v) - ridge / 2 |v|^2,   b_w = k p_w (sum a - a_w),

a_w being how often w occurs. It is climbed here to its top by preconditioned conjugate gradients.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from threadpoolctl import ThreadpoolController
from torch import Tensor

# Every batch has exactly this many rows, the last one filled up: a document's vector has the same bits in any batch
_ROWS_AT_ONCE = 256
_ITERATIONS = 6  # at ridge 30 the gradient then is a thousandth of what it was
_NOISE_WORDS, _NOISE_POWER = 5, 0.75  # gensim's defaults, which karateclub trains with
_TINY = 1e-300  # keeps 0 / 0, of documents without words, at 0


@dataclass(frozen=True)
class DocumentInference:
    """Inference of document vectors.

    Parameters
    ----------
    vectors : ndarray of shape (n_words, dimensions), float64
        Output vectors of the words.
    noise : ndarray of shape (n_words,)
        Expected number of times that a word is drawn as noise for one other word.
    kept : ndarray of shape (n_words,)
        Share of a word's occurrences that down-sampling keeps.
    ridge : float
        Precision of the Gaussian prior of document vectors.
    preconditioner : ndarray of shape (dimensions, dimensions)
        Inverse of the curvature of F at a typical document's vector.
    """

    vectors: np.ndarray
    noise: np.ndarray
    kept: np.ndarray
    ridge: float
    preconditioner: np.ndarray

    @classmethod
    def fit(
        cls, vectors: np.ndarray, counts: np.ndarray, kept: np.ndarray, ridge: float, ids: np.ndarray
    ) -> DocumentInference:
        """Prepare inference, its preconditioner from some typical documents' word `ids`."""
        noise = counts.astype(np.float64) ** _NOISE_POWER
        noise *= _NOISE_WORDS / noise.sum()
        inference = cls(vectors, noise, kept, ridge, np.eye(vectors.shape[1]))
        flat = np.zeros((len(ids), vectors.shape[1]))
        inference = inference._preconditioned(ids, flat)
        for _ in range(2):
            inference = inference._preconditioned(ids, inference.infer(ids))
        return inference

    def infer(self, ids: np.ndarray) -> np.ndarray:
        """Vectors of documents.

        Parameters
        ----------
        ids : ndarray of int, shape (n_documents, n_words_of_a_document)
            Words; `n_words` is a word that is not known, and counts for nothing.

        Returns
        -------
        ndarray of shape (n_documents, dimensions), float64
            Zero for a document without a known word.
        """
        out = np.empty((len(ids), self.vectors.shape[1]))

        def infer_batch(start: int) -> None:
            some = ids[start : start + _ROWS_AT_ONCE]
            filled_up = np.pad(some, ((0, _ROWS_AT_ONCE - len(some)), (0, 0)), mode="edge")
            with torch.inference_mode():
                out[start : start + len(some)] = self._climb(self._counts(filled_up))[: len(some)].numpy()

        # Threads of ours, a batch each, in which torch has none of its own: batches are so small that torch's threads
        # would wait for each other most of the time, and many times longer where the cores are busy. OpenMP's limit
        # holds for the thread that sets it, so nobody else's changes.
        controller = ThreadpoolController()
        with ThreadPoolExecutor(
            torch.get_num_threads(), initializer=lambda: controller.limit(limits=1, user_api="openmp")
        ) as threads:
            list(threads.map(infer_batch, range(0, len(ids), _ROWS_AT_ONCE)))
        return out

    def _counts(self, ids: np.ndarray) -> Tensor:
        """How often each word is expected in each document, down-sampling included: (B, n_words)."""
        n_words = len(self.vectors)
        cells = ids + (n_words + 1) * np.arange(len(ids))[:, None]
        counts = np.bincount(cells.ravel(), minlength=len(ids) * (n_words + 1)).reshape(len(ids), -1)
        return torch.from_numpy(counts[:, :n_words] * self.kept)

    def _weights(self, counts: Tensor) -> Tensor:
        """a + b: all that is known of each word, as word and as noise."""
        return counts + torch.from_numpy(self.noise) * (counts.sum(dim=1, keepdim=True) - counts)

    def _preconditioned(self, ids: np.ndarray, at: np.ndarray) -> DocumentInference:
        """The same, its preconditioner the inverse of the mean curvature of these documents at these vectors."""
        weights = self._weights(self._counts(ids)).numpy()
        share = 1 / (1 + np.exp(-at @ self.vectors.T))
        mean = (weights * share * (1 - share)).mean(axis=0)
        curvature = (self.vectors.T * mean) @ self.vectors + self.ridge * np.eye(self.vectors.shape[1])
        return DocumentInference(self.vectors, self.noise, self.kept, self.ridge, np.linalg.inv(curvature))

    def _climb(self, counts: Tensor) -> Tensor:
        """The top of F for each document: (B, n_words) -> (B, dimensions).

        Conjugate gradients (Polak & Ribiere) whose step is Newton's along the direction, cut back by one secant step
        where it went past the top.
        """
        words, preconditioner = torch.from_numpy(self.vectors), torch.from_numpy(self.preconditioner)
        weights = self._weights(counts)
        v = counts.new_zeros(len(counts), words.shape[1])
        scores = torch.zeros_like(counts)  # u_w v
        direction, before, descent_before = torch.zeros_like(v), torch.zeros_like(v), v.new_full((len(v), 1), np.inf)
        for _ in range(_ITERATIONS):
            share = torch.sigmoid(scores)
            expected = weights * share
            gradient = torch.addmm(v, counts - expected, words, beta=-self.ridge)
            preconditioned = gradient @ preconditioner
            descent = _dot(gradient, preconditioned)
            turn = (descent - _dot(before, preconditioned)) / descent_before.clamp(min=_TINY)
            direction = torch.addcmul(preconditioned, turn.clamp(min=0), direction)
            before, descent_before = gradient, descent
            along = direction @ words.T
            prior = self.ridge * _dot(direction, direction)
            slope = _dot(gradient, direction)
            bend = _dot(torch.addcmul(expected, expected, share, value=-1), along * along)
            step = slope / (bend + prior).clamp(min=_TINY)
            ahead = counts - weights * torch.sigmoid(torch.addcmul(scores, step, along))
            slope_ahead = _dot(ahead, along) - self.ridge * _dot(v, direction) - step * prior
            step = torch.where(slope_ahead * slope < 0, step * slope / (slope - slope_ahead), step)
            v = torch.addcmul(v, step, direction)
            scores = torch.addcmul(scores, step, along)
        return v


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """Row by row: (B, D), (B, D) -> (B, 1)."""
    return (a * b).sum(dim=1, keepdim=True)
