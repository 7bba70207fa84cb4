"""Any encoder of skeleton sequences, trained end to end by cross-entropy."""

from __future__ import annotations

from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.validation import check_is_fitted

from skeletonlearn.classification._network_classifier import NetworkClassifier
from skeletonlearn.nn import ENCODERS, POOLINGS, takes_lengths


class SkeletonClassifier(NetworkClassifier):
    """Classify skeleton sequences with an encoder trained end to end, from scratch or from a pretrained embedder.

    Parameters
    ----------
    encoder : str or callable, default="tcn"
        The network from a sequence to its features: ``"tcn"``, ``"slowfast"``, ``"cooccurrence"``, ``"mixer"``,
        ``"mlp"``, ``"lstm"``, ``"gru"`` or ``"transformer"``; the last three take sequences of any length. A callable
        is a factory, called as ``encoder(n_frames, n_joints, n_channels)``, of a :class:`torch.nn.Module` from
        `(B, F, J, C)` to `(B, D)`; `n_channels` counts the channels of the streams that it sees: of one after late
        fusion, else of all.
    pretrained : fitted ConMLPEmbedder or None, default=None
        Whose encoder to start from. Encoder, streams, skeleton and sizes are then the embedder's, and the parameters
        of those names are not looked at. It is not changed, and clones share it.
    freeze : bool, default=False
        Whether the pretrained encoder stays as it is and only the last layer is trained.
    skeleton : Skeleton, str or None, default="auto"
        The joint layout, or its name in the catalogue; the number of persons follows from the number of joints.
        ``"auto"`` finds the bones in the sequences, as :func:`skeletonlearn.skeletons.infer_skeleton` does, where
        joints have 2 or 3 channels. Without a layout (None) there are no bone streams, and bones are not rescaled.
    streams : "auto" or tuple of {"joint", "bone", "motion", "bone_motion"}, default="auto"
        What the encoder sees, computed from the joints after the views. ``"auto"`` is all of them where there is a
        layout, else joints and their motion.
    fusion : {"early", "late"}, default="late"
        ``"early"`` stacks the streams as channels of one encoder. ``"late"`` trains an encoder for each stream, each
        with its own loss; their probabilities are averaged.
    hidden_dim : int, default=128
        Width of the encoder, of each stream's after late fusion.
    dropout : float or None, default=None
        Dropout of the encoder; None is its own default.
    pooling : {"last", "mean", "max", "mean_max", "attention"} or None, default=None
        How ``"tcn"``, ``"lstm"``, ``"gru"`` and ``"transformer"`` come from time steps to one vector; None is the
        encoder's own way. With "attention", `attention_weights` tells where in time the network looks.
    loss : {"cross_entropy", "focal", "temporal_cross_entropy"} or callable, default="cross_entropy"
        ``"temporal_cross_entropy"`` lets every time step predict the class.
        A callable is called as ``loss(scores, target)`` with class scores before the softmax, `(n, n_classes)`, and
        class indices `(n,)`; it gives a tensor with one loss a row, `(n,)`, which class and sample weights then weigh.
    gamma : float, default=2.0
        Focus of the focal loss.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in scikit-learn.
    label_smoothing : float, default=0.1
        Part of the target distribution spread evenly over all classes by the named losses.
    augmentation : "auto", None or view, default="auto"
        A random view of each sequence in each epoch, from :mod:`skeletonlearn.augmentation`. ``"auto"`` crops in time,
        rescales bones (where there is a layout), turns (in 3-D), shears and jitters bodies that are scaled to a torso
        of length 1; series of one joint it leaves as they are.
    n_clips : int, default=1
        How many parts of a sequence are judged when predicting; their probabilities are averaged. The first is the
        whole.
    max_epochs : int or "auto", default="auto"
        How often each sequence is seen. ``"auto"`` is as often as it takes for 1,600 batches, but at least 35 and at
        most 400 times.
    batch_size : int or "auto", default="auto"
        Sequences in a batch. ``"auto"`` is a sixteenth of all, but at least 32 and at most 256, or all if there are
        fewer.
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
    classes_ : ndarray of shape (n_classes,)
        The classes.
    encoder_ : torch.nn.Module
        The trained encoder, streams included.
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
    n_features_in_ : int
        Frames times joints times channels.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.
    sequence_shape_in_ : tuple of int
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if sequences differed in length.
    skeleton_ : Skeleton or None
        The layout gone by: that of `skeleton`, or the bones found.

    See Also
    --------
    GRUClassifier : The same with a recurrent encoder, its parameters spelled out.
    skeletonlearn.ConMLPEmbedder : Trains an encoder by contrast.

    Notes
    -----
    Equal sequences of one class are trained on as one, with their weights added: a sample weight of three and three
    copies give the same weights to the bit, and so does any order of the samples.

    With scikit-learn 1.9 and later, `set_callbacks` takes callbacks such as :class:`sklearn.callback.ProgressBar`. They
    are told of the fit and of each epoch, in a pipeline and in a search too.

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
        "encoder": [StrOptions(set(ENCODERS)), callable],
        "pretrained": [HasMethods("transform"), None],
        "freeze": ["boolean"],
        "pooling": [StrOptions(set(POOLINGS)), None],
        **NetworkClassifier._parameter_constraints,
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
        self.device = device
        self.precision = precision
        self.checkpoint = checkpoint
        self.random_state = random_state
        self.verbose = verbose

    def __sklearn_clone__(self):
        """An unfitted classifier that starts from the same embedder: scikit-learn's own clone would unfit that too."""
        twin = super().__sklearn_clone__()
        twin.pretrained = self.pretrained
        return twin

    def _validate_params(self):
        super()._validate_params()
        if self.pretrained is None:
            if self.freeze:
                raise ValueError("freeze=True needs a fitted embedder, got pretrained=None.")
            return
        check_is_fitted(self._embedder())
        if not hasattr(self._embedder(), "_architecture"):
            raise ValueError(f"pretrained={self.pretrained!r} must be a fitted ConMLPEmbedder.")

    def _embedder(self):
        return self.pretrained.estimator if isinstance(self.pretrained, FrozenEstimator) else self.pretrained

    def _takes_any_length(self):
        if self.pretrained is not None:
            return self._embedder().encoder_.takes_lengths
        return takes_lengths(self.encoder)

    def _frozen(self):
        return self.freeze

    def _encoder_plan(self, shape, skeleton):
        if self.pretrained is not None:
            plan = self._embedder()._architecture.encoder
            if plan.shape[1:] != shape[1:] or (plan.shape != shape and not self._takes_any_length()):
                raise ValueError(
                    f"X has sequences of shape {shape}, but the pretrained embedder was fitted with {plan.shape} "
                    "(n_frames, n_joints, n_channels)."
                )
            return plan
        options = {} if self.pooling is None else {"pooling": self.pooling}
        return self._plan_for(self.encoder, shape, skeleton, options)

    def _start_from(self, networks):
        if self.pretrained is not None:
            networks["encoder"].load_state_dict(self._embedder().encoder_.state_dict())
            networks["encoder"].requires_grad_(not self.freeze)
