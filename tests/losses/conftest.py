"""Slow NumPy references of the losses, written from the formulas, and batches to try them on."""

import math

import numpy as np
import pytest
import torch


def tcl_in_loops(z, labels, temperature, k1, k2):
    """Tuned contrastive loss, anchor by anchor and pair by pair, in float64."""
    z = np.asarray(z, dtype=np.float64)
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    losses = []
    for i in range(len(z)):
        positives = [j for j in range(len(z)) if j != i and labels[j] == labels[i]]
        negatives = [j for j in range(len(z)) if labels[j] != labels[i]]
        denominator = (
            sum(math.exp(z[i] @ z[p] / temperature) for p in positives)
            + k1 * sum(math.exp(-z[i] @ z[p]) for p in positives)
            + k2 * sum(math.exp(z[i] @ z[n] / temperature) for n in negatives)
        )
        terms = [math.log(math.exp(z[i] @ z[p] / temperature) / denominator) for p in positives]
        if positives:
            losses.append(-sum(terms) / len(positives))
    return sum(losses) / len(losses) if losses else 0.0


def plain_tcl(z, labels, temperature, k1, k2):
    """Tuned contrastive loss with masks, left to autograd; every anchor needs a positive."""
    z = torch.nn.functional.normalize(z, dim=1)
    similarity = z @ z.T
    same = labels[:, None] == labels
    positive = (same & ~torch.eye(len(z), dtype=torch.bool)).to(z.dtype)
    exponential = torch.exp(similarity / temperature)
    denominator = (
        (exponential * positive).sum(1)
        + k1 * (torch.exp(-similarity) * positive).sum(1)
        + k2 * (exponential * ~same).sum(1)
    )
    attraction = (similarity * positive).sum(1) / positive.sum(1) / temperature
    return (denominator.log() - attraction).mean()


def random_batch(n_rows, n_classes, seed=0, dtype=torch.float64, dim=7):
    """Rows that require a gradient, and labels of which each occurs twice where there is room."""
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(n_rows, dim, generator=generator, dtype=torch.float64).to(dtype)
    labels = torch.arange(n_rows // 2).remainder(n_classes).repeat(2)
    return z.requires_grad_(), labels


@pytest.fixture(scope="session")
def reference():
    return tcl_in_loops


@pytest.fixture(scope="session")
def plain():
    return plain_tcl


@pytest.fixture(scope="session")
def make_batch():
    return random_batch
