"""LSTM and GRU over the frames of a sequence, trained end to end."""

from __future__ import annotations

from numbers import Integral, Real

from sklearn.utils._param_validation import Interval, StrOptions

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn._training.parameters import SharedParameter, choices, constraints, texts
from skeletonlearn.classification._network_classifier import CLASSIFIER_TEXTS, NetworkClassifier
from skeletonlearn.nn import POOLINGS

_PARAMETERS: dict[str, SharedParameter] = {
    "hidden_dim": SharedParameter(
        [Interval(Integral, 1, None, closed="left")],
        """int
    Width of the state, of both directions together.""",
    ),
    "n_layers": SharedParameter(
        [Interval(Integral, 1, None, closed="left")],
        """int
    Recurrent layers.""",
    ),
    "bidirectional": SharedParameter(
        ["boolean"],
        """bool
    Whether half of the units run backwards in time.""",
    ),
    "dropout": SharedParameter(
        [Interval(Real, 0, 1, closed="left"), None],
        """float or None
    Share of features dropped between layers and before pooling; None is the encoder's own default.""",
    ),
    "pooling": SharedParameter(
        [StrOptions(set(POOLINGS))],
        f"""{choices(POOLINGS)}
    From the states of all steps to one vector; "mean_max" gives both, one after the other. With "attention",
    `attention_weights` returns the weight of each frame.""",
    ),
}
_TEXTS = {**CLASSIFIER_TEXTS, **texts(_PARAMETERS)}


class RecurrentClassifier(NetworkClassifier):
    """What the two share: a subclass names its cell."""

    _cell: str

    _parameter_constraints: dict = {**NetworkClassifier._parameter_constraints, **constraints(_PARAMETERS)}

    def __init__(
        self,
        hidden_dim=256,
        *,
        skeleton="auto",
        streams="auto",
        fusion="early",
        n_layers=1,
        bidirectional=True,
        dropout=0.4,
        pooling="mean_max",
        loss="cross_entropy",
        gamma=2.0,
        class_weight=None,
        label_smoothing=0.1,
        augmentation="auto",
        n_clips=1,
        max_epochs="auto",
        batch_size="auto",
        learning_rate=2e-3,
        optimizer="adamw",
        weight_decay=0.02,
        schedule="cosine",
        warmup_epochs=5,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        warm_start=False,
        distributed=False,
        device="auto",
        precision="auto",
        checkpoint=None,
        random_state=None,
        verbose=0,
    ):
        self.hidden_dim = hidden_dim
        self.skeleton = skeleton
        self.streams = streams
        self.fusion = fusion
        self.n_layers = n_layers
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.pooling = pooling
        self.loss = loss
        self.gamma = gamma
        self.class_weight = class_weight
        self.label_smoothing = label_smoothing
        self.augmentation = augmentation
        self.n_clips = n_clips
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimizer = optimizer
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.warmup_epochs = warmup_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.distributed = distributed
        self.device = device
        self.precision = precision
        self.checkpoint = checkpoint
        self.random_state = random_state
        self.verbose = verbose

    def _takes_any_length(self):
        return True

    def _plan_encoder(self, skeleton):
        options = {"n_layers": int(self.n_layers), "bidirectional": bool(self.bidirectional), "pooling": self.pooling}
        return self._plan_named_encoder(self._cell, skeleton, options)


@fill_docstring(_TEXTS)
class LSTMClassifier(RecurrentClassifier):
    """Classify sequences of any length with a long short-term memory.

    Parameters
    ----------
    {hidden_dim}
    {skeleton}
    {streams}
    {fusion}
    {n_layers}
    {bidirectional}
    {dropout}
    {pooling}
    {classifier_parameters}
    {training_parameters}

    Attributes
    ----------
    {classes_}
    {network_attributes}

    See Also
    --------
    SkeletonClassifier : The same with any encoder.

    Notes
    -----
    Frames beyond the end of a sequence never enter the state. Equal sequences of one class are trained on as one, with
    their weights added.

    {callbacks_note}

    References
    ----------
    S. Hochreiter & J. Schmidhuber, "Long Short-Term Memory", Neural Computation 1997.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import LSTMClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = [rng.normal(size=(length, 20, 3)) for length in (5, 9, 7, 12)]
    >>> LSTMClassifier(hidden_dim=16, max_epochs=1, random_state=0).fit(X, [0, 1, 0, 1]).predict_proba(X).shape
    (4, 2)
    """

    _cell = "lstm"


@fill_docstring(_TEXTS)
class GRUClassifier(RecurrentClassifier):
    """Classify sequences of any length with gated recurrent units.

    Parameters
    ----------
    {hidden_dim}
    {skeleton}
    {streams}
    {fusion}
    {n_layers}
    {bidirectional}
    {dropout}
    {pooling}
    {classifier_parameters}
    {training_parameters}

    Attributes
    ----------
    {classes_}
    {network_attributes}

    See Also
    --------
    SkeletonClassifier : The same with any encoder.

    Notes
    -----
    Frames beyond the end of a sequence never enter the state. Equal sequences of one class are trained on as one, with
    their weights added.

    {callbacks_note}

    References
    ----------
    K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
    EMNLP 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import GRUClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = [rng.normal(size=(length, 20, 3)) for length in (5, 9, 7, 12)]
    >>> GRUClassifier(hidden_dim=16, max_epochs=1, random_state=0).fit(X, [0, 1, 0, 1]).predict_proba(X).shape
    (4, 2)
    """

    _cell = "gru"
