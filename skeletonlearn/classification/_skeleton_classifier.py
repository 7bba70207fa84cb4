"""Any encoder of skeleton sequences, trained end to end by cross-entropy."""

from __future__ import annotations

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn._training.chosen_encoder import ENCODER_TEXTS, ChosenEncoderMixin
from skeletonlearn.classification._network_classifier import CLASSIFIER_TEXTS, NetworkClassifier


@fill_docstring({**CLASSIFIER_TEXTS, **ENCODER_TEXTS})
class SkeletonClassifier(ChosenEncoderMixin, NetworkClassifier):
    """Classify skeleton sequences with an encoder trained end to end, from scratch or from a pretrained embedder.

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
    {classifier_parameters}
    {training_parameters}

    Attributes
    ----------
    {classes_}
    {network_attributes}

    See Also
    --------
    GRUClassifier : The same with a recurrent encoder, its parameters spelled out.
    skeletonlearn.ConMLPEmbedder : Trains an encoder by contrast.

    Notes
    -----
    Equal sequences of one class are one training sample, with their weights added: a sample weight of three and three
    copies give the same weights to the bit, and so does any order of the samples.

    {callbacks_note}

    References
    ----------
    K. Simonyan & A. Zisserman, "Two-Stream Convolutional Networks for Action Recognition in Videos", NeurIPS 2014, for
    streams that are fused late.

    C. Li et al., "Co-occurrence Feature Learning from Skeleton Data for Action Recognition and Detection with
    Hierarchical Aggregation", IJCAI 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn import SkeletonClassifier
    >>> X = np.random.default_rng(0).normal(size=(12, 16, 20, 3))
    >>> y = np.arange(12) % 3
    >>> classifier = SkeletonClassifier(max_epochs=1, hidden_dim=32, random_state=0).fit(X, y)
    >>> classifier.predict_proba(X).shape
    (12, 3)
    """

    _parameter_constraints: dict = {
        **NetworkClassifier._parameter_constraints,
        **ChosenEncoderMixin._parameter_constraints,
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
