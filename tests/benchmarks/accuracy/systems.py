"""The systems that the bench compares: a name and a factory each, in the groups of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skeletonlearn import (
    ConMLPEmbedder,
    Graph2VecEmbedder,
    GRUClassifier,
    LinearProbe,
    LSTMClassifier,
    SkeletonClassifier,
)
from skeletonlearn.augmentation import Reverse, Shear
from skeletonlearn.preprocessing import SequenceFlattener
from skeletonlearn.skeletons import Skeleton

Factory = Callable[[Skeleton, int], Any]
"""From the layout and the seed to an unfitted system."""

BETTER_ENCODER = "tcn"
"""The encoder of the contrastive systems that are not as published."""

RECONSTRUCTION_WEIGHT = 1.0
PUBLISHED = {
    "encoder": "mlp",
    "hidden_dim": 256,
    "streams": ("joint",),
    "augmentation": (Shear(1.0), Reverse(0.5)),
    "max_epochs": 100,
}
WITH_LABELS = {"max_epochs": 100}
WITHOUT_LABELS = {"projection_layers": 2}

PUBLISHED_METHODS: dict[str, dict[str, Any]] = {
    "nt_xent": {"loss": "nt_xent"},
    "supcon": {"loss": "supcon"},
    "tcl": {"loss": "tcl"},
    "tcl, self-supervised": {"loss": "tcl", "supervised": False},
}
BETTER_METHODS: dict[str, dict[str, Any]] = {
    "supcon": {"loss": "supcon", **WITH_LABELS},
    "nt_xent, self-supervised": {"loss": "nt_xent", **WITHOUT_LABELS},
    "tcl": {"loss": "tcl", **WITH_LABELS},
    "tcl, self-supervised": {"loss": "tcl", "supervised": False, **WITHOUT_LABELS},
}
"""Self-supervised supcon is nt_xent, so it has no row of its own."""


def mini_rocket(skeleton: Skeleton, seed: int) -> Pipeline:
    """The classifier that a user would pick instead; needs the extra `bench`."""
    from aeon.classification.convolution_based import MiniRocketClassifier

    return make_pipeline(FunctionTransformer(as_series), MiniRocketClassifier(random_state=seed))


def multi_rocket_hydra(skeleton: Skeleton, seed: int) -> Pipeline:
    """The strongest of the fast classifiers of series; needs the extra `bench`."""
    from aeon.classification.convolution_based import MultiRocketHydraClassifier

    return make_pipeline(FunctionTransformer(as_series), MultiRocketHydraClassifier(random_state=seed))


def as_series(X: np.ndarray) -> np.ndarray:
    """Sequences as aeon takes them: `(n_samples, n_joints * n_channels, n_frames)`."""
    return X.reshape(*X.shape[:2], -1).transpose(0, 2, 1).astype(np.float64)


def contrastive(name: str, method: dict[str, Any], common: dict[str, Any]) -> Iterator[tuple[str, Factory]]:
    """A contrastive system judged by a linear probe, without and with reconstruction."""
    for weight in (0.0, RECONSTRUCTION_WEIGHT):
        parameters = {**common, **method, "reconstruction_weight": weight}
        words = f"ConMLP {name}{', reconstruction' if weight else ''} + LinearProbe"
        yield words, lambda skeleton, seed, parameters=parameters: probed(skeleton, seed, parameters)


def probed(skeleton: Skeleton, seed: int, parameters: dict[str, Any]) -> Pipeline:
    """An embedder judged by a linear probe; the published system knows nothing of bones."""
    layout = None if parameters["encoder"] == "mlp" else skeleton
    return Pipeline([("emb", ConMLPEmbedder(skeleton=layout, random_state=seed, **parameters)), ("clf", LinearProbe())])


def on_graphs(classifier: type, **parameters: Any) -> Factory:
    """The report's other system: 60 frame graphs, embedded one by one, to a recurrent network."""

    def make(skeleton: Skeleton, seed: int) -> Pipeline:
        embedder = Graph2VecEmbedder(skeleton, output="sequence", n_graphs=60, random_state=seed, **parameters)
        return Pipeline([("emb", embedder), ("clf", classifier(random_state=seed))])

    return make


def trained(classifier: type, **parameters: Any) -> Factory:
    """A network trained end to end that judges the whole clip and two parts of it."""
    common = {"n_clips": 3, **parameters}
    return lambda skeleton, seed: classifier(skeleton=skeleton, random_state=seed, **common)


def vote(**members: Factory) -> Factory:
    """Several systems whose probabilities are averaged."""
    return lambda skeleton, seed: VotingClassifier(
        [(name, make(skeleton, seed)) for name, make in members.items()], voting="soft"
    )


def of_several_seeds(make: Factory, n_seeds: int = 3) -> Factory:
    """One system, fitted from several seeds, whose probabilities are averaged; no two rows share a seed."""
    return lambda skeleton, seed: VotingClassifier(
        [(f"seed_{at}", make(skeleton, at)) for at in range(n_seeds * seed, n_seeds * (seed + 1))], voting="soft"
    )


EARLY = {"fusion": "early", "streams": ("joint", "bone", "motion"), "hidden_dim": 256}
"""One encoder for three streams."""

GROUPS: dict[str, dict[str, Factory]] = {
    "Peers": {
        "LogisticRegression on joints": lambda skeleton, seed: make_pipeline(
            SequenceFlattener(), StandardScaler(), LogisticRegression(max_iter=2000)
        ),
        "MiniRocket (aeon)": mini_rocket,
        "MultiRocket-Hydra (aeon)": multi_rocket_hydra,
    },
    "ConMLP as published": dict(
        row
        for name, method in PUBLISHED_METHODS.items()
        for row in contrastive(f"{name}, flat mlp as published", method, PUBLISHED)
    ),
    f"ConMLP, {BETTER_ENCODER}": dict(
        row for name, method in BETTER_METHODS.items() for row in contrastive(name, method, {"encoder": BETTER_ENCODER})
    ),
    "graph2vec": {
        "Graph2Vec + LogisticRegression": lambda skeleton, seed: make_pipeline(
            Graph2VecEmbedder(skeleton, random_state=seed), LogisticRegression(max_iter=2000)
        ),
        "Graph2Vec + LSTM": on_graphs(LSTMClassifier),
        "Graph2Vec + GRU": on_graphs(GRUClassifier),
        "Graph2Vec of positions + LSTM": on_graphs(LSTMClassifier, features=("position", "motion"), max_words=1024),
    },
    "Trained end to end": {
        "LSTMClassifier": trained(LSTMClassifier, **EARLY),
        "GRUClassifier": trained(GRUClassifier, **EARLY),
        "SkeletonClassifier": trained(SkeletonClassifier),
        "SkeletonClassifier, whole clip": trained(SkeletonClassifier, n_clips=1),
        "SkeletonClassifier, one tcn for all streams": trained(SkeletonClassifier, **EARLY),
        "SkeletonClassifier cooccurrence": trained(SkeletonClassifier, encoder="cooccurrence", **EARLY),
        "SkeletonClassifier transformer": trained(SkeletonClassifier, encoder="transformer", max_epochs=60, **EARLY),
    },
    "Late fusion": {
        "VotingClassifier of three networks": vote(
            tcn=trained(SkeletonClassifier),
            cooccurrence=trained(SkeletonClassifier, encoder="cooccurrence", **EARLY),
            gru=trained(GRUClassifier, **EARLY),
        ),
        "VotingClassifier of three seeds, whole clip": of_several_seeds(trained(SkeletonClassifier, n_clips=1)),
    },
    "Nothing set": {
        "ConMLPEmbedder() + LogisticRegression, nothing set": lambda skeleton, seed: Pipeline(
            [("emb", ConMLPEmbedder(random_state=seed)), ("clf", LogisticRegression(max_iter=2000))]
        ),
        "ConMLPEmbedder() + LinearProbe(), nothing set": lambda skeleton, seed: Pipeline(
            [("emb", ConMLPEmbedder(random_state=seed)), ("clf", LinearProbe())]
        ),
        "SkeletonClassifier(), nothing set": lambda skeleton, seed: SkeletonClassifier(random_state=seed),
        "GRUClassifier(), nothing set": lambda skeleton, seed: GRUClassifier(random_state=seed),
        "LSTMClassifier(), nothing set": lambda skeleton, seed: LSTMClassifier(random_state=seed),
    },
}
"""By group, in the order of the table."""

SYSTEMS: dict[str, Factory] = {name: factory for group in GROUPS.values() for name, factory in group.items()}


def choose(wanted: Sequence[str] | None) -> list[str]:
    """The systems that a command asked for.

    Parameters
    ----------
    wanted : sequence of str or None
        Whole names, or parts that stand for all names they are in; None is all systems.

    Returns
    -------
    list of str
        Names, in the order of the table.

    Raises
    ------
    ValueError
        If no name has one of the parts.
    """
    if wanted is None:
        return list(SYSTEMS)
    chosen: set[str] = set()
    for part in wanted:
        found = {part} if part in SYSTEMS else {name for name in SYSTEMS if part in name}
        if not found:
            raise ValueError(f"no system is called {part!r}, expected parts of:\n" + "\n".join(SYSTEMS))
        chosen |= found
    return [name for name in SYSTEMS if name in chosen]


def shorten(model: Any, max_epochs: int | None) -> Any:
    """Let a system train for few epochs, to try the bench.

    Parameters
    ----------
    model : estimator
        Unfitted.
    max_epochs : int or None
        The most epochs that any of its parts trains; None leaves it as it is.

    Returns
    -------
    estimator
        The same.
    """
    if max_epochs is not None:
        parameters = model.get_params(deep=True)
        lengths = [name for name in parameters if name.rpartition("__")[2] in ("max_epochs", "epochs")]
        shorter = {name: max_epochs for name in lengths if parameters[name] == "auto" or parameters[name] > max_epochs}
        model.set_params(**shorter)
    return model
