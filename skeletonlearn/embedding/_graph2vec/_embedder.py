"""graph2vec: frames of skeletons as graphs, graphs as documents, documents as vectors."""

from __future__ import annotations

from copy import copy
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skeletonlearn._training.seeding import draw_seed
from skeletonlearn.base import SequenceEstimator, check_sequences, refuse_overflow
from skeletonlearn.embedding._graph2vec._features import choose_features
from skeletonlearn.embedding._graph2vec._frame_coder import count_windows
from skeletonlearn.embedding._graph2vec._frame_words import FrameWords
from skeletonlearn.embedding._graph2vec._inference import DocumentInference
from skeletonlearn.embedding._graph2vec._topology import FrameGraph
from skeletonlearn.embedding._graph2vec._vocabulary import WordRules, check_words
from skeletonlearn.skeletons import Skeleton, get_skeleton

_FIXED = ("joints", "channels")  # sequences may be of any length
_TYPICAL = 1024  # training graphs that the inference is prepared on
_SEEDS = 2**31 - 1


def _gives_vectors(estimator: Graph2VecEmbedder) -> bool:
    if estimator.output == "sequence":
        raise AttributeError("output='sequence' has no feature names: expected output='flat' or 'mean'.")
    return True


class Graph2VecEmbedder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, SequenceEstimator):
    """Embed skeleton sequences as documents of graphs (graph2vec).

    Each frame is a graph of joints. The features of a joint are quantised to one of a few codes. Karateclub's
    Weisfeiler-Lehman words describe which codes occur together along the bones. Doc2Vec, as in
    :class:`karateclub.Graph2Vec`, embeds each such document of words as a vector.

    Parameters
    ----------
    skeleton : Skeleton, str or None, default=None
        The joint layout, or its name in the catalogue: its bones are the edges of the graphs. With None no joints are
        joined. The number of persons follows from the number of joints.
    output : {"flat", "mean", "sequence"}, default="flat"
        How the vectors of a sequence's graphs are combined: concatenated in one row, averaged, or kept as an array
        `(n_graphs, dimensions)` in time order, for recurrent classifiers.
    n_graphs : int, default=60
        Graphs of each sequence, at evenly spaced frames: the published 60 of 300 frames. Sequences that are all
        shorter have as many as the longest has room for.
    frames_per_graph : int, default=1
        Consecutive frames in one graph. Each node is joined to itself in the next frame.
    features : "auto" or tuple, default="auto"
        The features that are quantised: ``"position"``, ``"motion"`` (the difference between the frames before and
        after), ``"direction"`` (of the bone from the parent joint, in the axes of the body, so that it does not depend
        on the view) and ``"direction_motion"``. Each feature has nodes of its own. ``"auto"`` is direction and motion,
        and without a skeleton, or in two dimensions, position and motion.
    n_codes : int, default=8
        Codes of each joint's features.
    max_train_graphs : int or None, default=5000
        Most graphs to train on, drawn at random; None trains on all. All are embedded.
    max_words : int or None, default=512
        Most words, the most frequent ones; None keeps all that `min_count` keeps. The time of `transform` grows in
        proportion.
    wl_iterations : int, default=1
        Weisfeiler-Lehman iterations (karateclub: 2).
    attributed : "auto" or bool, default="auto"
        Whether nodes have features, else their degrees count. ``"auto"``: in sequences they have, in graphs if all
        nodes have the attribute ``"feature"``.
    erase_base_features : bool, default=False
        Whether the nodes' own features are left out of the words.
    dimensions : int, default=128
        Dimensions of a graph's vector.
    workers : int, default=1
        Threads that train. With more than one, the same seed does not give the same vectors.
    down_sampling : float, default=0.0
        Threshold above which frequent words are left out at random in training. The paper's 1e-4 starves a vocabulary
        as small as this one.
    epochs : int, default=10
        How often each training graph is seen.
    learning_rate : float, default=0.1
        Learning rate in the beginning (karateclub: 0.025, which needs several times as many epochs).
    min_count : int or "auto", default="auto"
        Fewest occurrences of a word that is kept. ``"auto"`` is karateclub's 5, and less with fewer than 1,000 graphs.
    ridge : float, default=30.0
        How strongly vectors are drawn to zero in inference: the precision of their prior.
    random_state : int, RandomState or None, default=None
        Seed of codes, training graphs and word vectors; karateclub's `seed`. The same integer gives the same
        vectors, to the bit, with one worker.

    Attributes
    ----------
    words_ : ndarray of str, shape (n_words,)
        The words that were kept, as karateclub spells them, most frequent first.
    word_counts_ : ndarray of int, shape (n_words,)
        How often each occurs in the training graphs.
    word_vectors_ : ndarray of shape (n_words, dimensions), float64
        Their output vectors in Doc2Vec.
    codebooks_ : dict of str to ndarray of shape (n_joints, n_codes, n_channels)
        Centres of each feature's codes; infinite where a joint has fewer. Not after fitting graphs.
    n_graphs_ : int
        Graphs of each sequence.
    attributed_ : bool
        Whether nodes have features.
    n_features_in_ : int
        Frames times joints times channels.
    feature_names_in_ : ndarray of str
        Column names, where X was a table with them.
    sequence_shape_in_ : tuple
        `(n_frames, n_joints, n_channels)` seen in `fit`; n_frames is None if the sequences differed in length.

    See Also
    --------
    ConMLPEmbedder : Embeds whole sequences with a network.

    Notes
    -----
    X may also be a list of samples that are lists of :class:`networkx.Graph`, of any topology. They are hashed one by
    one by karateclub, on copies, where frames, which share one topology, are hashed all at once to the same words.

    Vectors do not come from Doc2Vec's own inference, which depends on the order of calls and on the interpreter's
    hash seed, but from the expectation of its steps over the noise distribution, climbed to its top. Training graphs
    are embedded in the same way, so `fit_transform(X)` equals `fit(X).transform(X)`.

    Codes of positions depend on where a body is and looks: centre, align and scale sequences first. `fit` imports
    karateclub, which is published under the GPL.

    References
    ----------
    A. Narayanan et al., "graph2vec: Learning Distributed Representations of Graphs", MLG Workshop 2017.
    B. Rozemberczki et al., "Karate Club: An API Oriented Open-Source Python Framework for Unsupervised Learning on
    Graphs", CIKM 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.embedding import Graph2VecEmbedder
    >>> X = np.random.default_rng(0).normal(size=(12, 16, 20, 3))
    >>> embedder = Graph2VecEmbedder("KINECT_V1", n_graphs=4, dimensions=8, random_state=0)
    >>> embedder.fit_transform(X).shape
    (12, 32)
    >>> embedder.set_params(output="sequence").transform(X).shape
    (12, 4, 8)
    """

    _parameter_constraints: dict = {
        "skeleton": [Skeleton, str, None],
        "output": [StrOptions({"flat", "mean", "sequence"})],
        "n_graphs": [Interval(Integral, 1, None, closed="left")],
        "frames_per_graph": [Interval(Integral, 1, None, closed="left")],
        "features": [StrOptions({"auto"}), tuple, list],
        "n_codes": [Interval(Integral, 2, None, closed="left")],
        "max_train_graphs": [Interval(Integral, 2, None, closed="left"), None],
        "max_words": [Interval(Integral, 1, None, closed="left"), None],
        "wl_iterations": [Interval(Integral, 0, None, closed="left")],
        "attributed": [StrOptions({"auto"}), "boolean"],
        "erase_base_features": ["boolean"],
        "dimensions": [Interval(Integral, 1, None, closed="left")],
        "workers": [Interval(Integral, 1, None, closed="left")],
        "down_sampling": [Interval(Real, 0, 1, closed="both")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "min_count": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "ridge": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        skeleton=None,
        *,
        output="flat",
        n_graphs=60,
        frames_per_graph=1,
        features="auto",
        n_codes=8,
        max_train_graphs=5_000,
        max_words=512,
        wl_iterations=1,
        attributed="auto",
        erase_base_features=False,
        dimensions=128,
        workers=1,
        down_sampling=0.0,
        epochs=10,
        learning_rate=0.1,
        min_count="auto",
        ridge=30.0,
        random_state=None,
    ):
        self.skeleton = skeleton
        self.output = output
        self.n_graphs = n_graphs
        self.frames_per_graph = frames_per_graph
        self.features = features
        self.n_codes = n_codes
        self.max_train_graphs = max_train_graphs
        self.max_words = max_words
        self.wl_iterations = wl_iterations
        self.attributed = attributed
        self.erase_base_features = erase_base_features
        self.dimensions = dimensions
        self.workers = workers
        self.down_sampling = down_sampling
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.min_count = min_count
        self.ridge = ridge
        self.random_state = random_state

    def fit(self, X, y=None):
        """Learn codes, words and word vectors.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list
            Sequences, as a list where they differ in length; or samples, each a list of networkx graphs.
        y : None
            Ignored.

        Returns
        -------
        self : Graph2VecEmbedder
            Fitted.

        Raises
        ------
        ValueError
            If a parameter or the shape of X is not as wanted, or the graphs share no words, or all are alike.
        """
        self._validate_params()
        fitted = copy(self)
        fitted._fit(X)
        self.__dict__ = fitted.__dict__  # all attributes at once: a fit that fails changes nothing
        return self

    def transform(self, X):
        """Embed sequences, or samples of graphs.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list
            Sequences with as many joints and channels as in `fit`, of any length; or samples, each a list of networkx
            graphs.

        Returns
        -------
        ndarray of shape (n_samples, n_components) or (n_samples, n_graphs, dimensions), float32
            The vectors. A graph without known words has the zero vector.
        """
        check_is_fitted(self)
        return np.concatenate([self._pooled(self._inference.infer(ids)) for ids in self._ids(X)])

    def to_graphs(self, X):
        """Turn sequences into the networkx graphs that they stand for.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_frames, n_joints, n_channels) or list of array-like
            Sequences, as in `transform`.

        Returns
        -------
        list of list of networkx.Graph
            Each sequence's graphs. The attribute ``"feature"`` of a node is ``"joint:code"``; joints are counted on
            from feature to feature.
        """
        check_is_fitted(self)
        from skeletonlearn.embedding._graph2vec._graphs import frame_graphs  # noqa: PLC0415 - imports karateclub

        X = self._check_sequences(X)
        coder = self._words.coder
        graphs = [graph for block in coder.blocks(X) for graph in frame_graphs(coder.codes(block), coder.frame_graph)]
        return [graphs[at : at + self.n_graphs_] for at in range(0, len(graphs), self.n_graphs_)]

    @available_if(_gives_vectors)
    def get_feature_names_out(self, input_features=None):
        """Name the columns of the output.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str
            The class's name in lower case and the number of the column.
        """
        return super().get_feature_names_out(input_features)

    def set_output(self, *, transform=None):
        """Set the container of the output; 3-D output cannot be a DataFrame.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, default=None
            The container; ignored with ``output="sequence"``.

        Returns
        -------
        self : Graph2VecEmbedder
            The estimator itself.
        """
        return self if self.output == "sequence" else super().set_output(transform=transform)

    @property
    def _n_features_out(self):
        return self.word_vectors_.shape[1] * (self.n_graphs_ if self.output == "flat" else 1)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_inference")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _fit(self, X):
        rng = np.random.RandomState(draw_seed(self.random_state))
        rules = WordRules(self.wl_iterations, self.erase_base_features, self.min_count, self.max_words)
        learn = self._fit_graphs if _holds_graphs(X) else self._fit_sequences
        self._words, ids = learn(X, rules, rng)
        vocabulary = self._words.vocabulary
        self._inference = self._train(vocabulary, ids, rules.least_count(len(ids)), rng)
        self.words_, self.word_counts_ = vocabulary.words, vocabulary.counts
        self.word_vectors_ = self._inference.vectors
        if isinstance(self._words, FrameWords):
            self.n_graphs_, self.attributed_ = self._words.coder.n_graphs, True
            self.codebooks_ = self._words.coder.codebooks
        else:
            self.n_graphs_, self.attributed_ = self._words.n_graphs, self._words.attributed

    def _fit_sequences(self, X, rules, rng):
        """The words of sequences, and those of the training graphs."""
        if not self.attributed:
            raise ValueError("attributed=False leaves all frames alike, expected 'auto' or True where X is sequences.")
        X = check_sequences(self, X, reset=True, ragged=True, fixed=_FIXED, ensure_min_samples=2)
        _, n_joints, n_channels = self.sequence_shape_in_
        skeleton = None if self.skeleton is None else get_skeleton(self.skeleton)
        if skeleton is not None:
            skeleton.n_persons(n_joints)
        features = choose_features(self.features, skeleton, n_channels)
        frame_graph = FrameGraph(skeleton, n_joints, len(features), self.frames_per_graph, self.n_codes)
        n_graphs = min(self.n_graphs, count_windows(X, self.frames_per_graph))
        with refuse_overflow(self, X):
            return FrameWords.fit(X, frame_graph, features, n_graphs, rules, self.max_train_graphs, rng)

    def _fit_graphs(self, X, rules, rng):
        """The words of networkx graphs, and those of the training graphs."""
        from skeletonlearn.embedding._graph2vec._graphs import GraphWords, check_graphs  # noqa: PLC0415

        words, ids = GraphWords.fit(check_graphs(X), self.n_graphs, self.attributed, rules, self.max_train_graphs, rng)
        for name in ("sequence_shape_in_", "n_features_in_", "feature_names_in_", "codebooks_"):
            self.__dict__.pop(name, None)  # of an earlier fit
        return words, ids

    def _train(self, vocabulary, ids, min_count, rng):
        """Train Doc2Vec on the words of graphs; give what infers vectors from words."""
        # here, not above: karateclub's licence is the GPL, and it takes seconds to import
        from skeletonlearn.embedding._graph2vec._model import WordGraph2Vec  # noqa: PLC0415

        check_words(ids, len(vocabulary.words), min_count)
        model = WordGraph2Vec(
            dimensions=self.dimensions,
            workers=self.workers,
            down_sampling=self.down_sampling,
            epochs=self.epochs,
            learning_rate=self.learning_rate,
            min_count=min_count,
            seed=int(rng.randint(_SEEDS)),
        )
        model.fit_documents(vocabulary.documents(ids))
        vectors, kept = model.learned(vocabulary.words.tolist())
        return DocumentInference.fit(vectors, vocabulary.counts, kept, float(self.ridge), ids[:_TYPICAL])

    def _pooled(self, vectors):
        """Combine the vectors of some samples' graphs, as `output` specifies."""
        vectors = vectors.reshape(-1, self.n_graphs_, vectors.shape[1])
        if self.output == "mean":
            vectors = vectors.mean(axis=1)
        return (vectors.reshape(len(vectors), -1) if self.output == "flat" else vectors).astype(np.float32)

    def _check_sequences(self, X):
        if not hasattr(self, "sequence_shape_in_"):
            raise ValueError(
                f"Got sequences, but {type(self).__name__} was fitted with networkx graphs, expected those."
            )
        return check_sequences(self, X, reset=False, ragged=True, fixed=_FIXED)

    def _ids(self, X):
        """Words of the graphs of all samples, some samples at a time."""
        if not _holds_graphs(X):
            return self._words.ids(self._check_sequences(X))
        from skeletonlearn.embedding._graph2vec._graphs import GraphWords, check_graphs  # noqa: PLC0415

        words = self._words
        return GraphWords(self.n_graphs_, self.attributed_, words.rules, words.vocabulary).ids(check_graphs(X))


def _holds_graphs(X):
    """Whether X is a list of lists of networkx graphs, judged by the first; networkx is not imported for it."""
    first = X[0] if isinstance(X, list | tuple) and len(X) else None
    return isinstance(first, list | tuple) and len(first) > 0 and hasattr(first[0], "number_of_nodes")
