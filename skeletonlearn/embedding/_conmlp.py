"""ConMLP: contrastive pretraining of an encoder on two views of each sequence."""

from __future__ import annotations

from functools import cache, partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from torch import nn

from skeletonlearn._training.batches import SequenceBatches
from skeletonlearn._training.callbacks import CallbackSupportMixin, Untold, tasks_of_fit, with_callbacks
from skeletonlearn._training.checkpoint import identify, open_checkpoint, seed_of_fit
from skeletonlearn._training.devices import resolve_device
from skeletonlearn._training.estimator import NetworkKeeperMixin
from skeletonlearn._training.hold_out import hold_out
from skeletonlearn._training.layout import layout_of
from skeletonlearn._training.loop import new_run, run_epoch, train
from skeletonlearn._training.own_loss import own_loss
from skeletonlearn._training.parameters import TRAINING_CONSTRAINTS, training_settings
from skeletonlearn._training.ranks import OneProcess, join_ranks
from skeletonlearn._training.seeding import draw_seed, seeded
from skeletonlearn._training.state import load_optimizer_arrays, optimizer_arrays
from skeletonlearn._training.views import view_pair
from skeletonlearn.base import SequenceEstimator, check_finite_result, check_sequences
from skeletonlearn.embedding._architecture import ConMLPArchitecture
from skeletonlearn.embedding._labels import contrast_labels
from skeletonlearn.embedding._objective import ContrastiveObjective
from skeletonlearn.losses import nt_xent, supcon, tcl
from skeletonlearn.nn import ENCODERS, FUSIONS, EncoderPlan, choose_streams, embedding_width
from skeletonlearn.skeletons import Skeleton

_LARGEST_BATCH = 512
_WITH_LABELS = {"smallest_batch": 64, "n_steps": 300, "fewest_epochs": 18}
_WITHOUT_LABELS = {"smallest_batch": 256, "n_steps": 600, "fewest_epochs": 35}


def _has_decoder(estimator: ConMLPEmbedder) -> bool:
    architecture = getattr(estimator, "_architecture", None)
    if not (architecture.has_decoder if architecture else estimator.reconstruction_weight):
        raise AttributeError(
            f"reconstruct needs a decoder: got reconstruction_weight={estimator.reconstruction_weight!r}, expected a "
            "positive number when fitting."
        )
    return True


class ConMLPEmbedder(
    CallbackSupportMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetworkKeeperMixin, SequenceEstimator
):
    """Embed skeleton sequences with an encoder trained by contrast.

    Each sequence is seen in two random views. The encoder learns to place the views of one sequence, and where
    there are labels the sequences of one class, close to each other and far from the rest. `transform` gives the
    encoder's output; the projection that the loss is taken in is left out.

    Parameters
    ----------
    encoder : str or callable, default="tcn"
        The network from a sequence to its embedding: ``"mlp"`` (the published one), ``"tcn"``, ``"slowfast"``,
        ``"cooccurrence"``, ``"mixer"``, ``"lstm"``, ``"gru"`` or ``"transformer"``. A callable is a factory,
        called as ``encoder(n_frames, n_joints, n_channels)``, of a :class:`torch.nn.Module` from `(B, F, J, C)`
        to `(B, n_components)`; `n_channels` counts the channels of the streams that it sees: of one after late
        fusion, else of all.
    loss : {"supcon", "nt_xent", "tcl"} or callable, default="supcon"
        Supervised contrastive, NT-Xent or tuned contrastive loss. Without labels each sequence is a class of its
        own, which makes ``"supcon"`` equal ``"nt_xent"``. ``"nt_xent"`` never looks at `y`. A callable is called as
        ``loss(z, labels)`` with the projections `(2 * batch, projection_dim)` of the one view and then of the other,
        not normalised, and one integer a row; it gives a tensor with one number.
    supervised : {"auto"} or bool, default="auto"
        Whether labels are used: ``"auto"`` uses them when `fit` gets them.
    skeleton : Skeleton, str or None, default="auto"
        The joint layout, or its name in the catalogue; the number of persons follows from the number of joints.
        ``"auto"`` finds the bones in the sequences, as :func:`skeletonlearn.skeletons.infer_skeleton` does, where
        joints have 2 or 3 channels. Without a layout (None) there are no bone streams and no views that change the
        body.
    streams : "auto" or tuple of {"joint", "bone", "motion", "bone_motion"}, default="auto"
        What the encoder sees, computed from the joints after the views. ``"auto"`` is all of them where there is a
        layout, else joints and their motion.
    fusion : {"early", "late"}, default="late"
        ``"early"`` stacks the streams as channels of one encoder. ``"late"`` trains an encoder for each stream, each
        with its own loss; their embeddings are put side by side.
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
    max_epochs : int or "auto", default="auto"
        How often each sequence is seen. ``"auto"`` is as often as it takes for 600 batches, but at least 35 and at most
        400 times; with labels for 300 batches, and at least 18 times, and some more still pay.
    batch_size : int or "auto", default="auto"
        Sequences in a batch. ``"auto"`` is a sixteenth of all, but at least 64 (256 without labels, where the batch
        is all that a sequence is contrasted with) and at most 512, or all if there are fewer.
    learning_rate : float, default=0.002
        Largest learning rate.
    optimizer : {"adamw", "adam", "sgd"}, default="adamw"
        The optimiser.
    weight_decay : float, default=0.02
        Weight decay of matrices; biases and normalisation are spared.
    schedule : {"cosine", "constant"}, default="cosine"
        The learning rate after the warm-up.
    warmup_epochs : int, default=5
        Epochs in which the learning rate rises; half of all epochs at the most.
    early_stopping : bool, default=False
        Whether to hold out `validation_fraction` of the sequences, stop when their loss no longer falls, and keep
        the weights where it was lowest.
    validation_fraction : float, default=0.1
        Share of sequences held out for early stopping.
    n_iter_no_change : int, default=10
        Epochs without a fall of at least `tol` before stopping early.
    tol : float, default=1e-4
        What counts as a fall of the validation loss.
    warm_start : bool, default=False
        Whether `fit` goes on from the weights of the last fit.
    distributed : bool, default=False
        Whether `fit` shares each batch among the processes of a :mod:`torch.distributed` group, as ``torchrun`` starts
        them, all of which call it with the same data and parameters. The loss is that of the whole batch, as if one
        process had done it all, and all end with the same weights. Only `fit` does so.
    device : str or torch.device, default="auto"
        Where to compute; ``"auto"`` takes an accelerator if there is one.
    precision : {"auto", "float32", "bfloat16", "float16"}, default="auto"
        ``"auto"`` is mixed precision on a GPU and float32 elsewhere.
    checkpoint : str, path-like or None, default=None
        File that `fit` writes after each epoch. A `fit` that was cut off goes on from it, when called again with the
        same data and parameters, and ends with the same weights, to the bit on a processor; with others it is refused.
        Each fit needs a file of its own, so leave this None in a search. The checkpoint before the last is kept
        beside it, with the ending ``.previous``.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, views and dropout. The same integer gives the same weights, to the bit, on a
        processor.
    verbose : int, default=0
        1 shows progress and the time left: a bar in terminals and notebooks if `tqdm` is installed, else lines. 2 shows
        a line per epoch. Lines go to the logger ``skeletonlearn``, or to standard error if logging does not show them.

    Attributes
    ----------
    encoder_ : torch.nn.Module
        The trained encoder, streams included.
    projector_ : torch.nn.Module
        The trained projection.
    decoder_ : torch.nn.Module or None
        The trained decoder.
    network_state_ : dict of str to ndarray
        Weights and buffers of all networks, as arrays.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    validation_curve_ : list of float or None
        Validation loss of each epoch; None without early stopping.
    history_ : list of dict
        All that was measured in each epoch.
    n_iter_ : int
        Epochs run.
    device_ : str
        Where it was trained.
    optimizer_state_ : dict of str to dict of str to ndarray
        After `partial_fit`: by the name of the optimiser, its moments.
    n_features_in_ : int
        Frames times joints times channels.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.
    sequence_shape_in_ : tuple of int
        `(n_frames, n_joints, n_channels)` seen in `fit`.
    skeleton_ : Skeleton or None
        The layout gone by: that of `skeleton`, or the bones found.

    See Also
    --------
    skeletonlearn.LinearProbe : Judges a frozen embedding.

    Notes
    -----
    With scikit-learn 1.9 and later, `set_callbacks` takes callbacks such as :class:`sklearn.callback.ProgressBar`. They
    are told of the fit and of each epoch, in a pipeline and in a search too.

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
        "encoder": [StrOptions(set(ENCODERS)), callable],
        "loss": [StrOptions({"supcon", "nt_xent", "tcl"}), callable],
        "supervised": [StrOptions({"auto"}), "boolean"],
        "skeleton": [Skeleton, str, None],
        "streams": [StrOptions({"auto"}), tuple, list],
        "fusion": [StrOptions(set(FUSIONS))],
        "k1": [Interval(Real, 0, None, closed="left")],
        "k2": [Interval(Real, 0, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "reconstruction_weight": [Interval(Real, 0, None, closed="left")],
        "projection_dim": [Interval(Integral, 1, None, closed="left")],
        "projection_layers": [Interval(Integral, 1, 2, closed="both")],
        "hidden_dim": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left"), None],
        "warm_start": ["boolean"],
        "distributed": ["boolean"],
        **TRAINING_CONSTRAINTS,
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
        """Train the encoder.

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
        going_on = self.warm_start and hasattr(self, "network_state_")
        X, labels = self._check_training_data(X, y, reset=not going_on)
        device = resolve_device(self.device)
        with join_ranks(self.distributed, device) as ranks:
            self._fit_together(X, y, labels, going_on, ranks.own_device(device), ranks)
        self.__dict__.pop("optimizer_state_", None)
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
        first = not hasattr(self, "network_state_")
        X, labels = self._check_training_data(X, y, reset=first)
        device = resolve_device(self.device)
        done = 0 if first else self.n_iter_
        # a different, reproducible stream of random numbers in each call
        seed = draw_seed(self.random_state) + done
        settings = self._settings(len(X), OneProcess(), schedule="constant", warmup_epochs=0)
        with seeded(seed, device) as generator:
            networks = self._networks_to_train(X, not first).to(device)
            run = new_run(networks, settings, generator, device, OneProcess())
            load_optimizer_arrays(run.optimizer, getattr(self, "optimizer_state_", {}).get(self.optimizer, {}))
            objective = self._objective(networks, X, labels, device, run.ranks)
            losses = run_epoch(run, objective, len(X), settings, 0)
        record = {"epoch": done + 1, **losses, "learning_rate": settings.learning_rate}
        self._finish(networks, [*([] if first else self.history_), record], device)
        self.optimizer_state_ = {self.optimizer: optimizer_arrays(run.optimizer)}
        return self

    def transform(self, X):
        """Embed sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels)
            Sequences of the shape that `fit` saw.

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
            Sequences of the shape that `fit` saw.

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
            Sequences of the shape that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_frames, n_joints, n_channels), float32
            What the decoder makes of each embedding.
        """
        return self._apply(X, lambda networks, batch, _: networks["decoder"](networks["encoder"](batch)))

    @property
    def encoder_(self):
        return self._fitted_networks()["encoder"]

    @property
    def projector_(self):
        return self._fitted_networks()["projector"]

    @property
    def decoder_(self):
        networks = self._fitted_networks()
        return networks["decoder"] if self._architecture.has_decoder else None

    @property
    def loss_curve_(self):
        return [record["loss"] for record in self.history_]

    @property
    def validation_curve_(self):
        losses = [record["validation_loss"] for record in self.history_ if "validation_loss" in record]
        return losses or None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _check_training_data(self, X, y, *, reset):
        """X as float32 and its contrast labels, after all parameters have been checked."""
        self._validate_params()
        if y is None and self.supervised is True and self.loss != "nt_xent":
            raise ValueError(
                f"loss={self.loss!r} with supervised=True expected labels, got y=None; pass y, or supervised='auto'."
            )
        if self.supervised is False or self.loss == "nt_xent":
            y = None
        checked = check_sequences(
            self, X, "no_validation" if y is None else y, reset=reset, dtype=np.float32, ensure_min_samples=2
        )
        X, y = (checked, None) if y is None else checked
        labels = contrast_labels(y, len(X))
        self._uses_labels = len(np.unique(labels)) < len(labels)
        return X, labels

    def _fit_together(self, X, y, labels, going_on, device, ranks):
        """Train, alone or with the other processes of a group."""
        data = {"X": X, "y": labels, "the weights to start from": self._first_weights(going_on)}
        identity = cache(partial(identify, self, device, **data))  # it reads all of X
        if ranks.size > 1:
            ranks.agree(identity())
        checkpoint = ranks.ask_first(lambda: open_checkpoint(self.checkpoint, identity))
        seed = ranks.share(seed_of_fit(checkpoint, self.random_state))
        training, validation = hold_out(labels, self.validation_fraction if self.early_stopping else 0.0, seed)
        settings = self._settings(len(training), ranks)
        with seeded(seed, device) as generator:
            networks = self._networks_to_train(X, going_on).to(device)
            ranks.begin(networks)
            objective = self._objective(networks, X, labels, device, ranks)
            history = train(
                networks,
                lambda indices, generator: objective(training[indices], generator),
                len(training),
                settings,
                generator,
                device,
                validation_loss=partial(objective.evaluate, validation, settings.batch_size, seed)
                if self.early_stopping
                else None,
                checkpoint=checkpoint,
                ranks=ranks,
                tasks=tasks_of_fit(self, X, y) if ranks.rank == 0 else Untold(),
                title=type(self).__name__,
            )
        self._finish(networks, history, device)

    def _first_weights(self, going_on):
        return list(self.network_state_.values()) if going_on else []

    def _settings(self, n_samples, ranks, **changes):
        automatic = _WITH_LABELS if self._uses_labels else _WITHOUT_LABELS
        if ranks.rank > 0:
            changes["verbose"] = 0  # the first process speaks for all
        settings = training_settings(self, n_samples, largest_batch=_LARGEST_BATCH, **automatic, **changes)
        if n_samples // -(-n_samples // settings.batch_size) < ranks.size:
            raise ValueError(
                f"{n_samples} sequences in batches of {settings.batch_size} leave some of {ranks.size} processes with "
                f"none, expected batches of at least {ranks.size}."
            )
        return settings

    def _networks_to_train(self, X, going_on):
        return self._copied_networks() if going_on else self._new_networks(layout_of(self.skeleton, X))

    def _new_networks(self, skeleton):
        """Untrained networks for the shape that `fit` saw; what they are made of is remembered."""
        self.skeleton_ = skeleton
        self._architecture = ConMLPArchitecture(
            encoder=EncoderPlan(
                shape=self.sequence_shape_in_,
                encoder=self.encoder,
                streams=choose_streams(self.streams, skeleton),
                skeleton=skeleton,
                hidden_dim=int(self.hidden_dim),
                dropout=None if self.dropout is None else float(self.dropout),
                fusion=self.fusion,
            ),
            projection_dim=int(self.projection_dim),
            projection_layers=int(self.projection_layers),
            has_decoder=self.reconstruction_weight > 0,
        )
        return self._architecture.build()

    def _build_networks(self):
        return self._architecture.build()

    def _describe_networks(self):
        return self._architecture.described()

    def _describe_output(self):
        return "embedding", _embed

    def _objective(self, networks, X, labels, device, ranks):
        skeleton = self._architecture.encoder.skeleton
        return ContrastiveObjective(
            networks,
            SequenceBatches(X, device),
            labels,
            view_pair(self.augmentation, X.shape[3], skeleton, supervised=self._uses_labels),
            self._contrast(),
            self.reconstruction_weight if self._architecture.has_decoder else 0.0,
            device,
            ranks,
        )

    def _contrast(self):
        """The contrastive loss as a function of projections and labels."""
        if callable(self.loss):
            return partial(own_loss, self.loss, shape=())
        if self.loss == "nt_xent":
            return lambda z, labels: nt_xent(z, self.temperature)
        if self.loss == "supcon":
            return partial(supcon, temperature=self.temperature)
        return partial(tcl, temperature=self.temperature, k1=self.k1, k2=self.k2)

    def _finish(self, networks, history, device):
        super()._finish(networks, history, device)
        self._n_features_out = embedding_width(self.encoder_, self.sequence_shape_in_)

    def _apply(self, X, apply):
        X = check_sequences(self, X, reset=False, dtype=np.float32)
        return check_finite_result(self, self._apply_in_batches(X, resolve_device(self.device), apply), X)


def _embed(networks, batch, lengths):
    return networks["encoder"](batch)


def _on_sphere(projections):
    """Projections of the encoder's parts, `(B, n_parts, D)`, as one vector of length one."""
    each = nn.functional.normalize(projections, dim=2)
    return each.flatten(1) / each.shape[1] ** 0.5
