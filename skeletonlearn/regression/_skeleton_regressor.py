"""Any encoder of skeleton sequences, trained end to end to predict numbers."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils._param_validation import Interval, StrOptions

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn._training.chosen_encoder import ENCODER_TEXTS, ChosenEncoderMixin
from skeletonlearn._training.fit import fit_networks, partial_fit_networks
from skeletonlearn._training.hooks.callbacks import with_callbacks
from skeletonlearn._training.input_scale import warn_about_scale
from skeletonlearn._training.parameters import choices
from skeletonlearn._training.predictor import PREDICTOR_TEXTS
from skeletonlearn._training.samples import check_sample_weight, distinct_samples, without_negligible
from skeletonlearn.losses import REGRESSION_LOSSES, loss_options
from skeletonlearn.nn import NetworkPlan, PredictionPlan
from skeletonlearn.regression._regression_task import RegressionTask, make_regression_loss

_LOSS = f"""loss : {choices(REGRESSION_LOSSES)} or callable
    The loss of standardised targets. A callable is called as ``loss(prediction, target)``, both `(n, n_outputs)`; it
    gives a tensor with one loss per row, `(n,)`, or per row and output, `(n, n_outputs)`, which sample weights then
    weigh."""


@fill_docstring({**PREDICTOR_TEXTS, **ENCODER_TEXTS, "loss": _LOSS})
class SkeletonRegressor(RegressorMixin, ChosenEncoderMixin):
    """Predict numbers from skeleton sequences, such as the quality of an exercise, an age or an angle.

    An encoder is trained end to end, from scratch or from a pretrained embedder. Targets of any unit can be passed as
    they are: they are standardised for training, and predictions are in their unit.

    Parameters
    ----------
    {encoder}
    {pretrained}
    {freeze}
    {skeleton}
    {streams}
    {fusion}
    {hidden_dim}
    {dropout}
    {pooling}
    {loss}
    delta : float, default=1.0
        The error from which the Huber loss is linear, in standard deviations of the target.
    {augmentation}
    {n_clips}
    {training_parameters}

    Attributes
    ----------
    n_outputs_ : int
        Numbers per prediction.
    {network_attributes}

    See Also
    --------
    SkeletonClassifier : Predicts classes.
    skeletonlearn.ConMLPEmbedder : Trains an encoder by contrast; with labels that are numbers, pass supervised=False.

    Notes
    -----
    Equal sequences with equal targets are one training sample, with their weights added: a sample weight of three and
    three copies give the same weights to the bit, and so does any order of the samples.

    {callbacks_note}

    References
    ----------
    P. J. Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 1964.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import SkeletonRegressor
    >>> X = np.random.default_rng(0).normal(size=(12, 16, 20, 3))
    >>> ages = np.linspace(20, 80, 12)
    >>> regressor = SkeletonRegressor(max_epochs=1, hidden_dim=32, random_state=0).fit(X, ages)
    >>> regressor.predict(X).shape
    (12,)
    """

    _parameter_constraints: dict = {
        **ChosenEncoderMixin._parameter_constraints,
        "loss": [StrOptions(set(REGRESSION_LOSSES)), callable],
        "delta": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        encoder="tcn",
        *,
        pretrained=None,
        freeze=False,
        skeleton="auto",
        streams="auto",
        fusion="late",
        hidden_dim=128,
        dropout=None,
        pooling=None,
        loss="squared_error",
        delta=1.0,
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
        self.encoder = encoder
        self.pretrained = pretrained
        self.freeze = freeze
        self.skeleton = skeleton
        self.streams = streams
        self.fusion = fusion
        self.hidden_dim = hidden_dim
        self.dropout = dropout
        self.pooling = pooling
        self.loss = loss
        self.delta = delta
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

    @with_callbacks
    def fit(self, X, y, sample_weight=None):
        """Fit encoder and regressor end to end.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences; 3-D and 2-D arrays are read as one joint. Encoders that take any length take lists of sequences
            of different lengths.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets, in any unit.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, from 0. A weight of three is the same as having the sample three times.

        Returns
        -------
        self : SkeletonRegressor
            Fitted.
        """
        fit_networks(self, X, y, sample_weight)
        return self

    def partial_fit(self, X, y, sample_weight=None):
        """Train one more epoch, at the full learning rate, on these sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences, of one shape in all calls.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets. Their mean and scale in the first call standardise those of all calls.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, from 0.

        Returns
        -------
        self : SkeletonRegressor
            Fitted further; the optimiser's state is kept for the next call.
        """
        partial_fit_networks(self, X, y, sample_weight)
        return self

    def predict(self, X):
        """Predict the targets of each sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences with the joints and channels seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predictions, in the unit of the targets; one column is returned as a vector.
        """
        predictions = self._mean_over_clips(self._check(X))
        return predictions[:, 0] if self.n_outputs_ == 1 else predictions

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.single_output = True
        tags.target_tags.multi_output = True
        return tags

    def _new_task(self, given):
        self._validate_params()
        X, y = self._check_training_data(given, multi_output=True, y_numeric=True)
        targets = self._check_targets(y, given.continues)
        weights = check_sample_weight(given.sample_weight, X)
        rows, row_weights = distinct_samples(X, targets, without_negligible(weights))
        if len(rows) < 2 and not given.is_partial:
            raise ValueError(f"Got {len(rows)} distinct sequences of positive weight, expected at least 2.")
        warn_about_scale(self, [X[row] for row in rows], has_default_views=isinstance(self.augmentation, str))
        given_weights = np.empty(0) if given.sample_weight is None else np.asarray(given.sample_weight)
        return RegressionTask(
            X,
            rows,
            row_weights,
            np.zeros(len(rows), dtype=int),
            targets=targets,
            data={"y": targets, "sample_weight": given_weights},
            augmentation=self.augmentation,
            freeze=self._freezes(),
            remedy=self._remedy(),
            loss=self._make_loss(),
            continues=given.continues,
        )

    def _check_targets(self, y: np.ndarray, continues: bool) -> np.ndarray:
        """Return targets as float32, `(n_samples, n_outputs)`, and store their number."""
        with np.errstate(over="ignore"):  # what becomes infinite is refused
            targets = np.asarray(y, dtype=np.float32).reshape(len(y), -1)
        if not np.isfinite(targets).all():
            raise ValueError("y has values that are too large for float32, expected smaller ones.")
        if continues and targets.shape[1] != self.n_outputs_:
            raise ValueError(
                f"y has {targets.shape[1]} outputs, but {type(self).__name__} was fitted with {self.n_outputs_}."
            )
        self.n_outputs_: int = targets.shape[1]
        return targets

    def _make_loss(self):
        is_own = callable(self.loss)
        loss = self.loss if is_own else REGRESSION_LOSSES[self.loss]
        options = {} if is_own else loss_options(loss, self.get_params(deep=False))
        return make_regression_loss(loss, options, is_own=is_own)

    def _plan_networks(self, skeleton):
        return NetworkPlan(self._plan_encoder(skeleton), (PredictionPlan(self.n_outputs_, rescaled=True),))

    def _output(self):
        return "prediction", _predictions


def _predictions(networks, x, lengths):
    """Return predictions of a batch, `(B, n_outputs)`: the mean over the parts of the encoder."""
    return networks["head"](networks["encoder"](x, lengths)).float().mean(dim=1)
