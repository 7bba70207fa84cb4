"""ConMLP: contrastive pretraining of an encoder on two views of each sequence."""

from __future__ import annotations

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from torch import nn

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn._training.devices import resolve_device
from skeletonlearn._training.estimator import NetworkEstimator
from skeletonlearn._training.fit import fit_networks, partial_fit_networks
from skeletonlearn._training.hooks.callbacks import with_callbacks
from skeletonlearn._training.input_scale import warn_about_scale
from skeletonlearn._training.parameters import NETWORK_PARAMETERS, NETWORK_TEXTS, choices, constraints
from skeletonlearn.base import check_finite_result, check_sequences
from skeletonlearn.embedding._contrast_task import ContrastTask
from skeletonlearn.embedding._labels import contrast_labels
from skeletonlearn.losses import CONTRASTIVE_LOSSES, loss_options, takes
from skeletonlearn.losses._own_loss import own_loss
from skeletonlearn.nn import (
    ENCODERS,
    DecoderPlan,
    EncoderPlan,
    NetworkPlan,
    ProjectionPlan,
    choose_streams,
    embedding_width,
)


def _has_decoder(estimator: ConMLPEmbedder) -> bool:
    plan = getattr(estimator, "_plan", None)
    if not (plan.has("decoder") if plan else estimator.reconstruction_weight):
        raise AttributeError(
            f"reconstruct needs a decoder: got reconstruction_weight={estimator.reconstruction_weight!r}, expected a "
            "positive number when fitting."
        )
    return True


_ENCODER = f"""encoder : {choices(ENCODERS)} or callable
    The network from a sequence to its embedding; ``"mlp"`` is the published one. A callable is a factory, called as
    ``encoder(n_frames, n_joints, n_channels)``, of a :class:`torch.nn.Module` from `(B, F, J, C)` to
    `(B, n_components)`; `n_channels` counts the channels of the streams that it receives: of one with late fusion, else
    all."""

_LOSS = f"""loss : {choices(CONTRASTIVE_LOSSES)} or callable
    Supervised contrastive, NT-Xent or tuned contrastive loss. Without labels each sequence is a class of its own, which
    makes ``"supcon"`` equal ``"nt_xent"``. ``"nt_xent"`` never looks at `y`. A callable is called as
    ``loss(z, labels)`` with the projections `(2 * batch, projection_dim)` of the one view and then of the other, not
    normalised, and one integer per row; it gives a tensor with one number."""


@fill_docstring({**NETWORK_TEXTS, "encoder": _ENCODER, "loss": _LOSS})
class ConMLPEmbedder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetworkEstimator):
    """Embed skeleton sequences with an encoder trained by contrast.

    The encoder receives two random views of each sequence. It learns to place the views of one sequence, and with
    labels the sequences of one class, close to each other and far from the rest. `transform` gives the encoder's
    output; the projection that the loss is taken in is left out.

    Parameters
    ----------
    {encoder}
    {loss}
    supervised : {"auto"} or bool, default="auto"
        Whether labels are used: ``"auto"`` uses them when `fit` gets them.
    {skeleton}
    {streams}
    {fusion}
    k1 : float, default=1.0
        Weight of the positives' term in the denominator of ``"tcl"``.
    k2 : float, default=1.0
        Weight of the negatives in the denominator of ``"tcl"``.
    temperature : float, default=0.1
        Temperature of the named losses.
    reconstruction_weight : float, default=0.0
        Weight of the error of the sequence rebuilt by a decoder from each view's embedding; 0 has no decoder.
    projection_dim : int, default=128
        Width of the space that the loss is taken in, of each stream's after late fusion.
    projection_layers : {1, 2}, default=1
        Layers of the projection: one linear layer (the published one), or a perceptron.
    hidden_dim : int, default=128
        Width of the encoder, of each stream's after late fusion. The embedding of ``"tcn"`` and ``"slowfast"`` is
        about six times as wide, that of other encoders just as wide.
    dropout : float or None, default=None
        Dropout of encoder and decoder; None is the encoder's own default (0.6 for ``"mlp"``).
    augmentation : "auto", None, view or pair of views, default="auto"
        How the two views are made: one recipe drawn twice, or a pair, from :mod:`skeletonlearn.augmentation`.
        ``"auto"`` crops in time, rescales bones (where there is a layout), turns (in 3-D), shears, jitters and
        smooths, with strengths that depend on whether there are labels and are meant for bodies scaled to a torso of
        length 1. The published pair is
        ``(Shear(1), Reverse(0.5))``.
    {training_parameters}

    Attributes
    ----------
    projector_ : torch.nn.Module
        The trained projection.
    decoder_ : torch.nn.Module or None
        The trained decoder.
    {network_attributes}

    See Also
    --------
    skeletonlearn.LinearProbe : Evaluates a frozen embedding.

    Notes
    -----
    {callbacks_note}

    References
    ----------
    C. Animesh & M. Chandraker, "Tuned Contrastive Learning", WACV 2025.
    P. Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020.
    T. Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import ConMLPEmbedder
    >>> X = np.random.default_rng(0).normal(size=(12, 16, 20, 3))
    >>> y = np.arange(12) % 3
    >>> ConMLPEmbedder(max_epochs=1, hidden_dim=32, random_state=0).fit_transform(X, y).shape
    (12, 768)
    """

    _parameter_constraints: dict = {
        **constraints(NETWORK_PARAMETERS),
        "encoder": [StrOptions(set(ENCODERS)), callable],
        "loss": [StrOptions(set(CONTRASTIVE_LOSSES)), callable],
        "supervised": [StrOptions({"auto"}), "boolean"],
        "k1": [Interval(Real, 0, None, closed="left")],
        "k2": [Interval(Real, 0, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "reconstruction_weight": [Interval(Real, 0, None, closed="left")],
        "projection_dim": [Interval(Integral, 1, None, closed="left")],
        "projection_layers": [Interval(Integral, 1, 2, closed="both")],
        "hidden_dim": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left"), None],
        "augmentation": "no_validation",  # `view_pair` checks it
    }

    def __init__(
        self,
        encoder="tcn",
        *,
        loss="supcon",
        supervised="auto",
        skeleton="auto",
        streams="auto",
        fusion="late",
        k1=1.0,
        k2=1.0,
        temperature=0.1,
        reconstruction_weight=0.0,
        projection_dim=128,
        projection_layers=1,
        hidden_dim=128,
        dropout=None,
        augmentation="auto",
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
        self.loss = loss
        self.supervised = supervised
        self.skeleton = skeleton
        self.streams = streams
        self.fusion = fusion
        self.k1 = k1
        self.k2 = k2
        self.temperature = temperature
        self.reconstruction_weight = reconstruction_weight
        self.projection_dim = projection_dim
        self.projection_layers = projection_layers
        self.hidden_dim = hidden_dim
        self.dropout = dropout
        self.augmentation = augmentation
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
    def fit(self, X, y=None):
        """Fit the encoder.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            Sequences; 3-D and 2-D arrays are read as one joint.
        y : array-like of shape (n_samples,), default=None
            Classes; -1 in an integer `y` marks a sequence without a label.

        Returns
        -------
        self : ConMLPEmbedder
            Fitted.
        """
        fit_networks(self, X, y)
        return self

    def partial_fit(self, X, y=None):
        """Train one more epoch, at the full learning rate, on these sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            Sequences.
        y : array-like of shape (n_samples,), default=None
            Classes, as in `fit`.

        Returns
        -------
        self : ConMLPEmbedder
            Fitted further; the optimiser's state is kept for the next call.
        """
        partial_fit_networks(self, X, y)
        return self

    def transform(self, X):
        """Transform sequences into embeddings.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            Sequences of the shape seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_components), float32
            The encoder's output.
        """
        return self._apply(X, _embed)

    def project(self, X):
        """Map sequences to the space that the loss is taken in, on the unit sphere.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            Sequences of the shape seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, projection_dim) or (n_samples, n_streams * projection_dim), float32
            Rows of length one. After late fusion the streams' projections, all of one length, are side by side.
        """
        return self._apply(X, lambda networks, batch, _: _on_sphere(networks["projector"](networks["encoder"](batch))))

    @available_if(_has_decoder)
    def reconstruct(self, X):
        """Rebuild sequences from their embeddings.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            Sequences of the shape seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_frames, n_joints, n_channels), float32
            What the decoder makes of each embedding.
        """
        return self._apply(X, lambda networks, batch, _: networks["decoder"](networks["encoder"](batch)))

    @property
    def projector_(self):
        return self._fitted_networks()["projector"]

    @property
    def decoder_(self):
        return self._fitted_networks()["decoder"] if self._plan.has("decoder") else None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _new_task(self, given):
        X, labels = self._check_training_data(given)
        warn_about_scale(self, X, has_default_views=isinstance(self.augmentation, str))
        return ContrastTask(
            X,
            labels,
            contrast=self._contrast(),
            augmentation=self.augmentation,
            reconstruction_weight=self.reconstruction_weight,
            remedy="The loss function that was passed as loss returned it. " if callable(self.loss) else "",
        )

    def _check_training_data(self, given):
        """Return X as float32 and its contrast labels."""
        y = given.y if self._takes_labels() else None
        if self._requires_labels() and y is None:
            raise ValueError(
                f"loss={self.loss!r} with supervised=True expected labels, got y=None; pass y, or supervised='auto'."
            )
        checked = check_sequences(
            self,
            given.X,
            "no_validation" if y is None else y,
            reset=not given.continues,
            dtype=np.float32,
            ensure_min_samples=given.fewest_samples,
        )
        X, y = (checked, None) if y is None else checked
        return X, contrast_labels(y, len(X), allow_one_class=given.is_partial)

    def _takes_labels(self):
        """Return whether labels are used if there are some."""
        wanted = isinstance(self.supervised, str) or bool(self.supervised)
        return wanted and (callable(self.loss) or takes(CONTRASTIVE_LOSSES[self.loss], "labels"))

    def _requires_labels(self):
        return not isinstance(self.supervised, str) and self._takes_labels()

    def _contrast(self):
        """Return the contrastive loss as a function of projections and labels."""
        if callable(self.loss):
            return partial(own_loss, self.loss, shapes=((),))
        loss = CONTRASTIVE_LOSSES[self.loss]
        options = loss_options(loss, self.get_params(deep=False))
        if takes(loss, "labels"):
            return partial(loss, **options)
        return lambda z, labels: loss(z, **options)

    def _plan_networks(self, skeleton):
        encoder = EncoderPlan(
            shape=self.sequence_shape_in_,
            encoder=self.encoder,
            streams=choose_streams(self.streams, skeleton),
            skeleton=skeleton,
            hidden_dim=int(self.hidden_dim),
            dropout=None if self.dropout is None else float(self.dropout),
            fusion=self.fusion,
        )
        decoder = (DecoderPlan(),) if self.reconstruction_weight > 0 else ()
        return NetworkPlan(encoder, (ProjectionPlan(int(self.projection_dim), int(self.projection_layers)), *decoder))

    def _output(self):
        return "embedding", _embed

    def _keep(self, networks, history, device):
        super()._keep(networks, history, device)
        self._n_features_out = embedding_width(self.encoder_, self.sequence_shape_in_)

    def _apply(self, X, apply):
        X = check_sequences(self, X, reset=False, dtype=np.float32)
        return check_finite_result(self, self._apply_in_batches(X, resolve_device(self.device), apply), X)


def _embed(networks, batch, lengths):
    return networks["encoder"](batch)


def _on_sphere(projections):
    """Return projections of the encoder's parts, `(B, n_parts, D)`, as one vector of length one."""
    each = nn.functional.normalize(projections, dim=2)
    return each.flatten(1) / each.shape[1] ** 0.5
