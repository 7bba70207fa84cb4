"""Wrong inputs: each is refused by an error whose text says what was got and what was wanted."""

import re

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from torch import nn

from skeletonlearn import (
    ConMLPEmbedder,
    Graph2VecEmbedder,
    GRUClassifier,
    LinearProbe,
    LSTMClassifier,
    Skeleton,
    SkeletonClassifier,
    SkeletonRegressor,
)
from skeletonlearn.augmentation import BoneScale, Compose, JointMask, Mirror, Reverse, Shear, TemporalCrop
from skeletonlearn.datasets import (
    load_msr_action3d,
    load_nw_ucla,
    load_openpose,
    make_actions,
    sequences_from_table,
    write_ntu_skeleton,
)
from skeletonlearn.losses import (
    focal_loss,
    margin_contrastive,
    nt_xent,
    reconstruction_loss,
    supcon,
    tcl,
    temporal_cross_entropy,
)
from skeletonlearn.model_selection import CrossSubject, LeaveOneSubjectOut
from skeletonlearn.preprocessing import (
    BodyScaler,
    FramePadder,
    FrameResampler,
    JointImputer,
    RootCenterer,
    SequenceFlattener,
    SkeletonConverter,
    StreamBuilder,
    ViewAligner,
    make_skeleton_pipeline,
)
from skeletonlearn.skeletons import KINECT_V1, get_skeleton

X = np.random.default_rng(0).normal(size=(12, 6, 20, 3))
Y = np.arange(12) % 3
Z = torch.ones(8, 4)
LABELS = torch.arange(8) % 2


def put(value, dtype=None):
    """X with one number replaced."""
    changed = X.astype(dtype)
    changed[0, 2, 5, 0] = value
    return changed


class GivesAPair(nn.Module):
    """An encoder of the wrong kind."""

    def forward(self, x):
        return x, x


def embed(X=X, y=Y, **parameters):
    return lambda: ConMLPEmbedder(**{"encoder": "mlp", "max_epochs": 1, "hidden_dim": 8, **parameters}).fit(X, y)


def embed_later(X):
    return lambda: embed()().transform(X)


def probe(X=X, y=Y, sample_weight=None, **parameters):
    return lambda: LinearProbe(**parameters).fit(X, y, sample_weight=sample_weight)


def classify(X=X, y=Y, kind=SkeletonClassifier, sample_weight=None, **parameters):
    quick = {"max_epochs": 1, "hidden_dim": 8}
    return lambda: kind(**(quick | parameters)).fit(X, y, sample_weight=sample_weight)


def regress(X=X, y=Y / 2, **parameters):
    return lambda: SkeletonRegressor(**{"max_epochs": 1, "hidden_dim": 8, **parameters}).fit(X, y)


def graphs(X=X, **parameters):
    return lambda: Graph2VecEmbedder(KINECT_V1, **parameters).fit(X)


def fit(transformer, X=X):
    return lambda: transformer.fit(X).transform(X)


WRONG = {
    # the sequences
    "NaN": (embed(put(np.nan)), ValueError, "X contains NaN", "put a JointImputer"),
    "masked values": (embed(np.ma.masked_less(X, -2)), ValueError, "X contains NaN", "put a JointImputer"),
    "infinity": (embed(put(np.inf)), ValueError, "X contains infinity", "expected finite coordinates"),
    "None in an object array": (embed(put(None, object)), ValueError, "X contains NaN", "put a JointImputer"),
    "word in an object array": (embed(put("far", object)), ValueError, "string", "float: 'far'"),
    "dict in an object array": (embed(put({}, object)), TypeError, "'dict'", "a real number"),
    "words": (embed(np.full((12, 3), "far")), ValueError, "'far'", "float"),
    "complex": (embed(X.astype(complex)), ValueError, "dtype complex128", "expected real"),
    "complex list": (embed(list(X.astype(complex))), ValueError, "dtype complex128", "expected real"),
    "no samples": (embed(X[:0], Y[:0]), ValueError, "0 sample(s)", "minimum of 2"),
    "one sample": (embed(X[:1], Y[:1]), ValueError, "1 sample(s)", "minimum of 2"),
    "no frames": (embed(X[:, :0]), ValueError, "shape (12, 0, 20, 3)", "at least one frame"),
    "one axis": (embed(X[:, 0, 0, 0]), ValueError, "got 1D array", "Expected 2D array"),
    "five axes": (embed(X[None]), ValueError, "X has 5 dimensions", "expected 4: (n_samples, n_frames"),
    "persons on an axis of their own": (
        embed(X[:, :, None].transpose(0, 4, 1, 3, 2)),
        ValueError,
        "X has 5 dimensions",
        "pass X.transpose(0, 2, 4, 3, 1).reshape(12, 6, 20, 3)",
    ),
    "one sequence": (embed([X]), ValueError, "Sequence 0 of X has 4 dimensions", "expected 3: (n_frames"),
    "ragged for an embedder": (embed([X[0], X[1, :2]], Y[:2]), ValueError, "2 to 6 frames", "FrameResampler"),
    "ragged for a probe": (probe([X[0], X[1, :2]], Y[:2]), ValueError, "2 to 6 frames", "FrameResampler"),
    "ragged for a flattener": (fit(SequenceFlattener(), [X[0], X[1, :2]]), ValueError, "2 to 6", "equally long"),
    "unlike sequences": (fit(JointImputer(), [X[0], X[1, :, :7]]), ValueError, "7 joints", "sequence 0 has 20"),
    "infinity where NaN is fine": (fit(JointImputer(), put(np.inf)), ValueError, "infinity", "expected finite"),
    "parts of one sequence": (
        embed([X[0], [[1.0], 2]]),
        ValueError,
        "Sequence 1 of X has parts",
        "(n_frames, n_joints",
    ),
    "series of different lengths": (
        embed([[1.0, 2.0], [1.0]]),
        ValueError,
        "parts that differ in length",
        "equally long",
    ),
    "too large for float32": (embed(put(1e39)), ValueError, "contains infinity", "of at most 3.4e+38"),
    "too large for a probe": (probe(X * 1e200), ValueError, "coordinates up to 3.9e+200", "too large for LinearProbe"),
    "too large for graphs": (graphs(X * 1e200, features=("motion",)), ValueError, "3.9e+200", "metres, pixels"),
    "too large to be scaled": (fit(BodyScaler(), X * 1e200), ValueError, "up to 3.9e+200", "too large for BodyScaler"),
    "no sequences at all": (embed(None), TypeError, "X is None", "a list of sequences"),
    "data set": (embed(make_actions(4)), TypeError, "X is SkeletonBunch", "pass its `sequences`"),
    "dictionary": (embed(dict(enumerate(X))), TypeError, "X is dict", "pass its values, list(X.values())"),
    "path": (fit(FrameResampler(8), "clip.npy"), TypeError, "X is str", "expected an array (n_samples"),
    "sequences that come one by one": (embed(one for one in X), TypeError, "X is generator", "a list of sequences"),
    "channels before joints": (
        embed(X.transpose(0, 3, 1, 2), skeleton="KINECT_V1"),
        ValueError,
        "X has 6 joints",
        "(n_samples, n_frames, n_joints, n_channels)",
    ),
    # the sequences after fit
    "one sequence to embed": (embed_later(X[0]), ValueError, "X has 20 frames", "pass a batch of one, X[None]"),
    "too large later": (
        lambda: classify(kind=LSTMClassifier)().predict(X * 8e37),
        ValueError,
        "3.1e+38",
        "scale of those in",
    ),
    "other joints": (embed_later(X[:, :, :15]), ValueError, "X has 15 joints", "fitted with 20 joints"),
    "other channels": (embed_later(X[..., :2]), ValueError, "X has 2 channels", "fitted with 3 channels"),
    "other frames": (embed_later(X[:, :5]), ValueError, "X has 5 frames", "fitted with 6 frames"),
    "flattened": (embed_later(X.reshape(12, -1)), ValueError, "X has 360 frames", "fitted with 6 frames"),
    "no samples to embed": (embed_later(X[:0]), ValueError, "0 sample(s)", "minimum of 1"),
    "not fitted": (lambda: ConMLPEmbedder().transform(X), NotFittedError, "ConMLPEmbedder", "Call 'fit'"),
    # the targets
    "no labels for supcon": (embed(y=None, supervised=True), ValueError, "y=None", "expected labels"),
    "no labels for a probe": (probe(y=None), ValueError, "the target y is None", "requires y"),
    "one class": (embed(y=np.zeros(12, int)), ValueError, "1 class (0)", "at least 2"),
    "one class beside unlabelled": (embed(y=-(Y > 0).astype(int)), ValueError, "8 unlabelled", "at least 2"),
    "one class for a probe": (probe(y=np.zeros(12)), ValueError, "only one class", "at least 2 classes"),
    "y too short": (embed(y=Y[:5]), ValueError, "5]", "[12, "),
    "y of two axes": (embed(y=np.c_[Y, Y]), ValueError, "shape (12, 2)", "a 1d array"),
    "one-hot y": (embed(y=np.eye(3)[Y]), ValueError, "one-hot, with shape (12, 3)", "pass y.argmax(axis=1)"),
    "one-hot y for a classifier": (classify(y=np.eye(3)[Y]), ValueError, "shape (12, 3)", "pass y.argmax(axis=1)"),
    "continuous y": (embed(y=X[:, 0, 0, 0]), ValueError, "continuous values such as", "pass supervised=False"),
    "continuous y for a probe": (probe(y=X[:, 0, 0, 0]), ValueError, "continuous", "discrete classes"),
    "weights too short": (probe(sample_weight=np.ones(3)), ValueError, "(3,)", "expected (12,)"),
    "weights of words": (probe(sample_weight=["far"] * 12), ValueError, "'far'", "float"),
    "no weights": (classify(sample_weight=[]), ValueError, "0 sample(s)", "a minimum of 1"),
    "weights too large": (classify(sample_weight=np.full(12, 1e308)), ValueError, "has 1e+308", "sum is finite"),
    "negative class weight": (probe(class_weight={0: -1}), ValueError, "-1 for the class 0", "non-negative finite"),
    "class weight of a word": (
        classify(class_weight={0: "x"}),
        ValueError,
        "'x' for the class 0",
        "non-negative finite",
    ),
    "negative weights": (probe(sample_weight=-np.ones(12)), ValueError, "has -1.0", "expected non-negative"),
    # the embedder's parameters
    "k1": (embed(k1=-1), ValueError, "Got -1", "'k1' parameter of ConMLPEmbedder must be a float in the range [0"),
    "k2": (embed(k2=-0.5), ValueError, "Got -0.5", "'k2' parameter of ConMLPEmbedder must be a float in the range [0"),
    "k1 that is no number": (embed(k1=np.nan), ValueError, "Got nan", "a float in the range [0"),
    "temperature": (embed(temperature=0), ValueError, "Got 0", "must be a float in the range (0"),
    "batch of one": (embed(batch_size=1), ValueError, "Got 1", "in the range [2"),
    "encoder": (embed(encoder="gcn"), ValueError, "Got 'gcn'", "'cooccurrence'"),
    "encoder that is no factory": (embed(encoder=3), ValueError, "Got 3", "a callable"),
    "encoder of words": (embed(encoder=lambda *shape: "mlp"), TypeError, "got str", "a torch.nn.Module"),
    "encoder of four axes": (
        embed(encoder=lambda *shape: nn.Identity()),
        ValueError,
        "gave shape (2, 6, 20, 3)",
        "(2, n_components)",
    ),
    "encoder of four axes for all streams": (
        embed(encoder=lambda *shape: nn.Identity(), fusion="early"),
        ValueError,
        "gave shape (2, 6, 20, 12)",
        "(2, n_components)",
    ),
    "encoder of pairs": (embed(encoder=lambda *shape: GivesAPair()), ValueError, "gave tuple", "(2, n_components)"),
    "loss": (embed(loss="triplet"), ValueError, "Got 'triplet'", "'nt_xent'"),
    "supervised": (embed(supervised="yes"), ValueError, "Got 'yes'", "'auto'"),
    "optimizer": (embed(optimizer="lion"), ValueError, "Got 'lion'", "'adamw'"),
    "schedule": (embed(schedule="step"), ValueError, "Got 'step'", "'cosine'"),
    "precision": (embed(precision="int8"), ValueError, "Got 'int8'", "'bfloat16'"),
    "stream": (embed(streams=("joint", "angle")), ValueError, "'angle'", "one or more of joint, bone"),
    "no stream": (embed(streams=()), ValueError, "streams=()", "one or more of joint, bone"),
    "streams as a word": (embed(streams="bone"), ValueError, "Got 'bone'", "among {'auto'}, an instance of 'tuple'"),
    "fusion": (embed(fusion="middle"), ValueError, "Got 'middle'", "'late'"),
    "bones beside joints without skeleton": (
        embed(skeleton=None, streams=("joint", "bone")),
        ValueError,
        "20 joints and no layout",
        "needs the skeleton",
    ),
    "bones without skeleton": (
        embed(skeleton=None, streams=("bone",)),
        ValueError,
        "20 joints and no layout",
        "needs the skeleton",
    ),
    "bones of one joint": (
        embed(X[:, :, :1], streams=("bone",)),
        ValueError,
        "1 joint and no layout",
        "needs the skeleton",
    ),
    "skeleton's name": (embed(skeleton="NTU"), ValueError, "skeleton='NTU'", "must be one of NTU_RGBD"),
    "skeleton's near name": (embed(skeleton="kinect"), ValueError, "skeleton='kinect'", "Did you mean 'KINECT_V1'?"),
    "near name for a classifier": (
        classify(skeleton="NTU_RGB"),
        ValueError,
        "skeleton='NTU_RGB'",
        "Did you mean 'NTU_RGBD'?",
    ),
    "skeleton's kind": (embed(skeleton=25), ValueError, "Got 25", "Skeleton"),
    "skeleton of more joints": (embed(skeleton="NTU_RGBD"), ValueError, "X has 20 joints", "expected 25"),
    "skeleton of part of the joints": (embed(skeleton="SBU"), ValueError, "X has 20 joints", "expected 15"),
    "device that is not there": (embed(device="cuda:99"), ValueError, "device='cuda:99'", "one of the devices here"),
    "device's name": (embed(device="gpu"), ValueError, "device='gpu'", "one of the devices here: cpu"),
    "dropout": (embed(dropout=1.5), ValueError, "Got 1.5", "in the range [0.0, 1.0)"),
    "projection layers": (embed(projection_layers=3), ValueError, "Got 3", "in the range [1, 2]"),
    "hidden_dim": (embed(hidden_dim=2.5), ValueError, "Got 2.5", "must be an int"),
    "max_epochs": (embed(max_epochs=0), ValueError, "Got 0", "in the range [1"),
    "learning rate": (embed(learning_rate=-1e-3), ValueError, "Got -0.001", "in the range (0"),
    "random_state": (embed(random_state="zero"), ValueError, "Got 'zero'", "RandomState"),
    "validation fraction": (embed(validation_fraction=1.0), ValueError, "Got 1.0", "in the range (0.0, 1.0)"),
    "too few to train on": (
        embed(early_stopping=True, validation_fraction=0.9),
        ValueError,
        "leaves 1 to train on",
        "at least 2",
    ),
    "three views": (embed(augmentation=(Shear(),) * 3), TypeError, "(Shear(amount=1.0), Shear", "a pair of such views"),
    "view that is a name": (embed(augmentation="shear"), TypeError, "augmentation='shear'", "called as view(batch"),
    "view that is a class": (embed(augmentation=Shear), TypeError, "Shear'>", "called as view(batch"),
    "half a pair": (embed(augmentation=(Shear(), None)), TypeError, "Shear(amount=1.0), None", "a pair of such views"),
    "view of nothing": (embed(augmentation=lambda batch, rng: None), ValueError, "gave NoneType", "(12, 6, 20, 3)"),
    "view of fewer frames": (
        embed(augmentation=lambda batch, rng: batch[:, :2]),
        ValueError,
        "gave shape (12, 2, 20, 3)",
        "(12, 6, 20, 3)",
    ),
    "view without its skeleton": (
        embed(skeleton=None, augmentation=BoneScale()),
        ValueError,
        "skeleton=None",
        "expected a Skeleton",
    ),
    # the probe's parameters
    "C": (
        probe(C=0),
        ValueError,
        "Got 0",
        "'C' parameter of LinearProbe must be a str among {'auto'} or a float in the range (0",
    ),
    "embedder": (probe(embedder="conmlp"), ValueError, "Got 'conmlp'", "'transform'"),
    "unfitted embedder": (probe(embedder=ConMLPEmbedder()), NotFittedError, "got ConMLPEmbedder", "expected a fitted"),
    "class_weight": (probe(class_weight="even"), ValueError, "Got 'even'", "'balanced'"),
    # the classifiers
    "no classes": (classify(y=None), ValueError, "the target y is None", "requires y"),
    "one class for a classifier": (
        classify(y=np.full(12, "walk")),
        ValueError,
        "y has 1 class, 'walk'",
        "SkeletonClassifier needs at least 2 classes",
    ),
    "one class for a recurrent classifier": (
        classify(y=np.zeros(12, int), kind=GRUClassifier),
        ValueError,
        "y has 1 class, 0",
        "GRUClassifier needs at least 2 classes",
    ),
    "one class of positive weight": (
        classify(sample_weight=(Y == 1).astype(float)),
        ValueError,
        "1 class among samples of positive weight",
        "at least 2",
    ),
    "one class weighted above zero": (
        classify(class_weight={0: 0, 1: 0}),
        ValueError,
        "1 class among samples of positive weight",
        "at least 2",
    ),
    "no class weighted above zero": (
        classify(class_weight={0: 0, 1: 0, 2: 0}),
        ValueError,
        "gives the weight 0 to every class",
        "a positive weight for at least one",
    ),
    "classes weighted without end": (
        classify(class_weight={0: 1e308, 1: 1e308, 2: 1e308}),
        ValueError,
        "sample_weight times class_weight",
        "sum is finite",
    ),
    "persons on an axis of their own for a classifier": (
        classify(X[:, :, None]),
        ValueError,
        "X has 5 dimensions, but SkeletonClassifier",
        "pass X.reshape(12, 6, 20, 3)",
    ),
    "persons on an axis of their own for a probe": (
        probe(X[:, :, None]),
        ValueError,
        "X has 5 dimensions, but LinearProbe",
        "pass X.reshape(12, 6, 20, 3)",
    ),
    "dictionary for a classifier": (
        classify(dict(enumerate(X))),
        TypeError,
        "X is dict, but SkeletonClassifier",
        "list(X.values())",
    ),
    "dictionary for a probe": (probe(dict(enumerate(X))), TypeError, "X is dict, but LinearProbe", "list(X.values())"),
    "one-hot y for a probe": (probe(y=np.eye(3)[Y]), ValueError, "one-hot, with shape (12, 3)", "y.argmax(axis=1)"),
    # the regressor
    "no targets": (regress(y=None), ValueError, "This SkeletonRegressor estimator", "requires y"),
    "NaN as a target": (regress(y=np.where(Y == 0, np.nan, 1.0)), ValueError, "Input y contains NaN", "y"),
    "infinite target": (regress(y=np.where(Y == 0, np.inf, 1.0)), ValueError, "Input y contains infinity", "y"),
    "target too large for float32": (regress(y=np.where(Y == 0, 1e39, 1.0)), ValueError, "too large for float32", "y"),
    "words as targets": (regress(y=np.full(12, "far")), ValueError, "'far'", "float"),
    "targets of three axes": (
        regress(y=X[:, :, :, 0]),
        ValueError,
        "dim 3",
        "dim <= 2 is required by SkeletonRegressor",
    ),
    "targets too short": (regress(y=Y[:5] / 2), ValueError, "5]", "[12, "),
    "regressor's loss": (regress(loss="hinge"), ValueError, "Got 'hinge'", "'huber'"),
    "regressor's delta": (regress(delta=0), ValueError, "Got 0", "in the range (0"),
    "persons on an axis of their own for a regressor": (
        regress(X[:, :, None]),
        ValueError,
        "X has 5 dimensions, but SkeletonRegressor",
        "pass X.reshape(12, 6, 20, 3)",
    ),
    "dictionary for a regressor": (
        regress(dict(enumerate(X))),
        TypeError,
        "X is dict, but SkeletonRegressor",
        "list(X.values())",
    ),
    "continuous classes": (classify(y=X[:, 0, 0, 0]), ValueError, "continuous", "discrete classes"),
    "NaN for a classifier": (classify(put(np.nan)), ValueError, "X contains NaN", "put a JointImputer"),
    "one sequence for a classifier": (classify(X[:1], Y[:1]), ValueError, "1 sample(s)", "minimum of 2"),
    "the same sequence again": (
        regress(X[:1].repeat(3, axis=0), np.ones(3)),
        ValueError,
        "1 distinct sequence",
        "at least 2",
    ),
    "ragged for convolutions": (
        classify([X[0], X[1, :2]], Y[:2], encoder="tcn"),
        ValueError,
        "2 to 6 frames",
        "FrameResampler",
    ),
    "classifier's encoder": (classify(encoder="gcn"), ValueError, "Got 'gcn'", "'cooccurrence'"),
    "classifier's loss": (classify(loss="hinge"), ValueError, "Got 'hinge'", "'focal'"),
    "classifier's fusion": (classify(fusion="middle"), ValueError, "Got 'middle'", "'late'"),
    "recurrent fusion": (classify(kind=GRUClassifier, fusion="middle"), ValueError, "Got 'middle'", "'early'"),
    "classifier's streams as a word": (classify(streams="all"), ValueError, "Got 'all'", "'auto'"),
    "focus": (classify(gamma=-1), ValueError, "Got -1", "in the range [0"),
    "smoothing of all": (classify(label_smoothing=1), ValueError, "Got 1", "in the range [0"),
    "clips": (classify(n_clips=0), ValueError, "Got 0", "in the range [1"),
    "weights of no samples": (classify(sample_weight=np.zeros(12)), ValueError, "non-zero", "at least one"),
    "classes weighted by a word": (classify(class_weight="even"), ValueError, "Got 'even'", "'balanced'"),
    "pooling": (classify(kind=GRUClassifier, pooling="sum"), ValueError, "Got 'sum'", "'attention'"),
    "layers": (classify(kind=LSTMClassifier, n_layers=0), ValueError, "Got 0", "in the range [1"),
    "two directions of an odd width": (classify(kind=LSTMClassifier, hidden_dim=7), ValueError, "=7", "must be even"),
    "bones for a classifier": (
        classify(skeleton=None, streams=("bone",)),
        ValueError,
        "20 joints and no layout",
        "needs the skeleton",
    ),
    "nothing to freeze": (classify(freeze=True), ValueError, "pretrained=None", "a fitted embedder"),
    "a name to start from": (classify(pretrained="best"), ValueError, "Got 'best'", "'transform'"),
    # graph2vec
    "graphs of missing joints": (graphs(put(np.nan)), ValueError, "X contains NaN", "put a JointImputer"),
    "graph2vec's output": (graphs(output="matrix"), ValueError, "Got 'matrix'", "'sequence'"),
    "words that are too rare": (graphs(min_count=10**6), ValueError, "min_count=1000000", "words that graphs share"),
    "no codes": (graphs(n_codes=0), ValueError, "Got 0", "in the range ["),
    "graphs of another layout": (graphs(X[:, :, :19]), ValueError, "X has 19 joints", "expected 20"),
    # preprocessing
    "no length to resample to": (fit(FrameResampler(0)), ValueError, "n_frames=0", "a positive integer"),
    "resampling": (fit(FrameResampler(method="cubic")), ValueError, "method='cubic'", "'nearest'"),
    "clip longer than the padding": (fit(FramePadder(3, truncate=False)), ValueError, "6 frames", "at most n_frames=3"),
    "imputation": (fit(JointImputer(method="cubic")), ValueError, "method='cubic'", "'hold'"),
    "joints of another layout": (fit(RootCenterer("SBU")), ValueError, "X has 20 joints", "expected 15"),
    "root": (fit(RootCenterer("KINECT_V1", root="tail")), ValueError, "'tail'", "it has the joints hip"),
    "root that is a list": (fit(RootCenterer("KINECT_V1", root=[])), ValueError, "root=[]", "the name of a joint"),
    "vertical axes": (
        fit(ViewAligner(vertical_axis=np.arange(3))),
        ValueError,
        "array([0, 1, 2])",
        "must be 0, 1 or 2",
    ),
    "streams that are none": (fit(StreamBuilder(None)), ValueError, "streams=None", "must be a sequence of"),
    "padding too large": (fit(FramePadder(9, value=1e39), X.astype("f4")), ValueError, "value=1e+39", "has float32"),
    "layout that is a number": (fit(RootCenterer(20)), TypeError, "got int", "must be a Skeleton or the name of one"),
    "reference length": (fit(BodyScaler("KINECT_V1", reference="arm")), ValueError, "reference='arm'", "'torso'"),
    "alignment": (fit(ViewAligner(mode="pitch")), ValueError, "mode='pitch'", "'yaw'"),
    "channels to align": (
        fit(ViewAligner("KINECT_V1"), np.zeros((2, 3, 20, 4))),
        ValueError,
        "X has 4 channels",
        "expected 3 (x, y, z)",
    ),
    "bones without a layout": (fit(StreamBuilder(("bone",))), ValueError, "skeleton=None", "needs a skeleton"),
    "conversion to nothing": (fit(SkeletonConverter("KINECT_V1")), ValueError, "target=None", "expected two layouts"),
    "pipeline's alignment": (
        lambda: make_skeleton_pipeline("KINECT_V1", align="roll"),
        ValueError,
        "align='roll'",
        "'yaw'",
    ),
    # the losses
    "loss's temperature": (lambda: nt_xent(Z, temperature=0), ValueError, "temperature=0", "a positive finite number"),
    "temperature as a word": (
        lambda: supcon(Z, LABELS, temperature="hot"),
        TypeError,
        "temperature='hot'",
        "a positive finite number",
    ),
    "loss's k1": (lambda: tcl(Z, LABELS, k1=-1), ValueError, "k1=-1", "a non-negative finite number"),
    "loss's k2": (lambda: tcl(Z, LABELS, k2=float("nan")), ValueError, "k2=nan", "a non-negative finite number"),
    "views that do not divide": (lambda: nt_xent(Z, n_views=3), ValueError, "n_views=3", "divide the number of rows"),
    "too few labels": (lambda: supcon(Z, LABELS[:3]), ValueError, "labels has shape (3,)", "must be (8,)"),
    "labels with fractions": (lambda: supcon(Z, LABELS / 2), TypeError, "dtype torch.float32", "integer dtype"),
    "projections in NumPy": (lambda: tcl(Z.numpy(), LABELS), TypeError, "ndarray", "a torch.Tensor"),
    "projections of one axis": (lambda: nt_xent(Z[0]), ValueError, "shape (4,)", "(n_views * batch, dim)"),
    "integer projections": (lambda: supcon(LABELS[:, None], LABELS), TypeError, "torch.int64", "a floating dtype"),
    "reconstruction": (lambda: reconstruction_loss(Z, Z[:2]), ValueError, "shape (2, 4)", "must be equal"),
    "unknown class": (lambda: focal_loss(Z, LABELS + 7), ValueError, "from 7 to 8", "between 0 and 3"),
    "gamma": (lambda: focal_loss(Z, LABELS, gamma=-1), ValueError, "gamma=-1", "a non-negative finite number"),
    "margin": (lambda: margin_contrastive(Z, Z, LABELS, margin=0), ValueError, "margin=0", "a positive finite"),
    "no time axis": (lambda: temporal_cross_entropy(Z, LABELS), ValueError, "shape (8, 4)", "must be a non-empty ("),
    # the views
    "shear": (lambda: Shear(-1), ValueError, "amount=-1", "a non-negative finite number"),
    "probability": (lambda: Reverse(2), ValueError, "probability=2", "a number in [0, 1]"),
    "crop to nothing": (lambda: TemporalCrop(0), ValueError, "min_ratio=0", "a number in (0, 1]"),
    "mask of more than all": (lambda: JointMask(2.0), ValueError, "max_ratio=2.0", "a number in [0, 1]"),
    "composed class": (lambda: Compose((Shear,)), TypeError, "got <class", "only views, such as Shear()"),
    "view of an array": (lambda: Shear()(X, torch.Generator()), TypeError, "ndarray", "a torch.Tensor"),
    "view of three axes": (lambda: Shear()(Z[None], torch.Generator()), ValueError, "(1, 8, 4)", "(n_samples, n_fra"),
    "mirror without skeleton": (
        lambda: Mirror()(torch.from_numpy(X), torch.Generator()),
        ValueError,
        "skeleton=None",
        "expected a Skeleton",
    ),
    # skeletons
    "unknown layout": (lambda: get_skeleton("NTU"), ValueError, "skeleton='NTU'", "one of NTU_RGBD"),
    "layout's kind": (lambda: get_skeleton(25), TypeError, "got int", "a Skeleton or the name of one"),
    "unknown joint": (lambda: KINECT_V1.index("tail"), ValueError, "no joint 'tail'", "it has hip, spine"),
    "joints of one and a bit": (lambda: KINECT_V1.n_persons(21), ValueError, "21 joints", "expected 20"),
    "bones in a circle": (
        lambda: Skeleton("ring", ("a", "b"), (("a", "b"), ("b", "a"))),
        ValueError,
        "got 2 bones",
        "expected a tree: 1 bones",
    ),
    "bone of no joint": (lambda: Skeleton("odd", ("a", "b"), (("a", "q"),)), ValueError, "joint 'q'", "it has a, b"),
    "joint named twice": (lambda: Skeleton("odd", ("a", "a"), (("a", "a"),)), ValueError, "('a', 'a')", "distinct"),
    # data sets and protocols
    "protocol": (lambda: load_nw_ucla("nowhere", protocol="xsub"), ValueError, "protocol='xsub'", "'xview'"),
    "subset": (lambda: load_msr_action3d("nowhere", subset="val"), ValueError, "subset='val'", "'train'"),
    "no folder": (lambda: load_nw_ucla(None), TypeError, "Got None", "the path of a folder or zip archive"),
    "numbers for folders": (lambda: load_openpose([1, 2]), TypeError, "Got 1", "the path of a folder or zip archive"),
    "path of a table": (lambda: sequences_from_table("joints.csv"), TypeError, "table is a str", "pandas.read_csv"),
    "array for a table": (lambda: sequences_from_table(X), TypeError, "table is a ndarray", "expected a DataFrame"),
    "no actions": (lambda: make_actions(0), ValueError, "n_samples=0", "at least 1"),
    "too many actions": (lambda: make_actions(n_classes=99), ValueError, "n_classes=99", "from 2 to 17"),
    "all joints missing": (lambda: make_actions(missing=1.0), ValueError, "missing=1.0", "less than 1"),
    "lengths": (lambda: make_actions(n_frames=(9, 3)), ValueError, "(9, 3)", "1 <= least <= greatest"),
    "array for a recording": (lambda: write_ntu_skeleton("nowhere", X[0]), TypeError, "got ndarray", "an NTURecording"),
    "no subjects": (lambda: next(CrossSubject([1]).split(X)), ValueError, "groups=None", "expected the subject"),
    "one subject": (
        lambda: next(LeaveOneSubjectOut().split(X, groups=[7] * 12)),
        ValueError,
        "subjects [7]",
        "at least two",
    ),
    "subject on both sides": (
        lambda: CrossSubject([1], test_subjects=[1]),
        ValueError,
        "subjects [1] are in train_subjects and in test_subjects",
        "expected either",
    ),
}


@pytest.mark.parametrize(("call", "error", "got", "wanted"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_refused_with_what_was_got_and_wanted(call, error, got, wanted):
    with pytest.raises(error, match=re.escape(got)) as caught:
        call()
    assert isinstance(caught.value, ValueError | TypeError)
    assert wanted in str(caught.value)


def test_a_refused_fit_leaves_an_unfitted_estimator_unfitted():
    embedder = ConMLPEmbedder(temperature=0)
    with pytest.raises(ValueError, match="temperature"):
        embedder.fit(X, Y)
    with pytest.raises(NotFittedError):
        embedder.transform(X)
