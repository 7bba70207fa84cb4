"""Fit a system on the training part, score its final model on the test part."""

from __future__ import annotations

import platform
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from sklearn.ensemble import VotingClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import Pipeline

from skeletonlearn import Graph2VecEmbedder
from tests.benchmarks.accuracy.data import Split

ACCURACIES = ("standard", "clean", "top5", "macro_f1")
MEASURED = (
    *("protocol", "n_test", "n_clean", *ACCURACIES),
    *("n_parameters", "fit_seconds", "milliseconds_a_sequence", "versions"),
)
_PACKAGES = ("skeletonlearn", "scikit-learn", "torch", "karateclub", "aeon", "numpy")


def measure(model: Any, split: Split) -> dict[str, Any]:
    """Fit a system on the training part and score its final model on the whole test part.

    Parameters
    ----------
    model : estimator
        Unfitted; it sees nothing of the test part.
    split : Split
        The data set.

    Returns
    -------
    dict
        A value for each of `MEASURED`; None where it cannot be told.
    """
    start = time.perf_counter()
    model.fit(split.X[split.train], split.y[split.train])
    return {"fit_seconds": time.perf_counter() - start} | score(model, split)


def score(model: Any, split: Split) -> dict[str, Any]:
    """Score a fitted system on the whole test part.

    Parameters
    ----------
    model : estimator
        Fitted.
    split : Split
        The data set.

    Returns
    -------
    dict
        A value for each of `MEASURED` but the time of fitting.
    """
    X, y, clean = split.X[split.test], split.y[split.test], split.is_clean
    start = time.perf_counter()
    predicted = model.predict(X)
    seconds = time.perf_counter() - start
    return {
        "protocol": split.protocol,
        "n_test": len(y),
        "n_clean": int(clean.sum()),
        "standard": accuracy_score(y, predicted),
        "clean": accuracy_score(y[clean], predicted[clean]),
        "top5": top_k_accuracy(y, class_scores(model, X), model.classes_, 5),
        "macro_f1": f1_score(y, predicted, average="macro"),
        "n_parameters": count_parameters(model),
        "milliseconds_a_sequence": 1000 * seconds / len(y),
        "versions": versions(),
    }


def class_scores(model: Any, X: np.ndarray) -> np.ndarray | None:
    """How much a fitted system holds each class for the right one.

    Parameters
    ----------
    model : estimator
        Fitted.
    X : ndarray
        Sequences.

    Returns
    -------
    ndarray of shape (n_samples, n_classes) or None
        None where the system names one class and does not order the others.
    """
    if isinstance(model, Pipeline) and hasattr(model[-1], "pipeline_"):  # aeon's, which keep the ridge's scores inside
        return model[-1].pipeline_.decision_function(model[:-1].transform(X))
    if not hasattr(model, "predict_proba"):
        return None
    scores = model.predict_proba(X)
    return None if np.isin(scores, (0, 1)).all() else scores


def top_k_accuracy(y: np.ndarray, scores: np.ndarray | None, classes: np.ndarray, k: int) -> float | None:
    """Share of samples whose class is among the `k` of the greatest scores.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        True classes.
    scores : ndarray of shape (n_samples, n_classes) or None
        In the order of `classes`.
    classes : ndarray of shape (n_classes,)
        The classes.
    k : int
        How many count.

    Returns
    -------
    float or None
        None without scores.
    """
    if scores is None:
        return None
    best = np.asarray(classes)[np.argsort(-scores, axis=1, kind="stable")[:, :k]]
    return float((best == y[:, None]).any(axis=1).mean())


def count_parameters(model: Any) -> int | None:
    """How many trained numbers a fitted system predicts with: encoder and head, without what only training needs.

    Parameters
    ----------
    model : estimator
        Fitted.

    Returns
    -------
    int or None
        None where it cannot be told.
    """
    if isinstance(model, Pipeline | VotingClassifier):
        parts = model.estimators_ if isinstance(model, VotingClassifier) else [step for _, step in model.steps]
        counts = [count_parameters(part) for part in parts]
        return None if None in counts else sum(count for count in counts if count is not None)
    if isinstance(model, Graph2VecEmbedder):
        return model.word_vectors_.size + sum(codebook.size for codebook in model.codebooks_.values())
    if hasattr(model, "network_state_"):
        of_head = sum(array.size for name, array in model.network_state_.items() if name.startswith("head."))
        return of_head + sum(weights.numel() for weights in model.encoder_.parameters())
    if hasattr(model, "pipeline_"):  # aeon's MiniRocketClassifier; its kernels are drawn, not trained
        return count_parameters(model.pipeline_[-1])
    if hasattr(model, "classifier"):  # aeon's MultiRocketHydraClassifier
        return count_parameters(model.classifier)
    if hasattr(model, "coef_"):
        return np.size(model.coef_) + np.size(model.intercept_)
    return 0 if hasattr(model, "transform") else None


def versions() -> str:
    """What a row was measured with.

    Returns
    -------
    str
        Such as "python=3.11.9 numpy=2.3.5", of the packages that are installed.
    """
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return " ".join(f"{name}={number}" for name, number in found.items())
