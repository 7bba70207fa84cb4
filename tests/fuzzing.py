"""Random calls of every public estimator: each must end in a fitted estimator or in an error of the kind promised.

A case is text, a few lines of Python that run by themselves, so that whatever fails can be printed and run again.
Estimators are found by discovery, and what their parameters may be is read from `_parameter_constraints`, or, where
there are none, from the docstring.
"""

from __future__ import annotations

import builtins
import linecache
import re
import time
import traceback
import types
import warnings
from collections.abc import Iterable
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from numbers import Integral
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import networkx as nx
import numpy as np
import sklearn
import torch
from hypothesis import strategies as st
from sklearn.base import is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from torch import nn

import skeletonlearn
from skeletonlearn import ConMLPEmbedder
from skeletonlearn.preprocessing import JointImputer
from skeletonlearn.skeletons import Skeleton, get_skeleton, list_skeletons
from skeletonlearn.utils import all_estimators

ESTIMATORS = dict(all_estimators())
SKELETONS = {name: get_skeleton(name) for name in list_skeletons()}
PROMISED = (ValueError, TypeError, NotFittedError)
MOST_SECONDS = 60.0
"""What no case may take, on the slowest of machines: usual ones take hundredths."""

_OWN = Path(skeletonlearn.__file__).parent
_CHECKS = Path(sklearn.__file__).parent
_CASE = "<case>"

# the few parameters whose valid values would take long, or write, or have to be objects
_QUICK = {
    "max_epochs": "1",
    "epochs": "1",
    "hidden_dim": "8",
    "dimensions": "8",
    "n_graphs": "4",
    "projection_dim": "8",
    "max_iter": "20",
    "random_state": "0",
}
_VALUES = {
    "max_epochs": ("1", "2"),
    "epochs": ("1", "2"),
    "hidden_dim": ("1", "2", "3", "4", "8", "16"),
    "verbose": ("0", "False"),
    "checkpoint": ("None",),
    "device": ("'auto'", "'cpu'", "torch.device('cpu')"),
    "random_state": ("None", "0", "7", "2**32 - 1", "np.random.RandomState(3)", "np.int64(5)"),
    "augmentation": (
        "'auto'",
        "None",
        "Shear(1.0)",
        "(Shear(1.0), Reverse(0.5))",
        "Compose((Rotate(), Jitter(0.1), Smooth()))",
        "BoneScale()",
        "Mirror()",
        "TemporalCrop(0.5)",
        "JointMask(0.5)",
        "unchanged",
    ),
    "streams": ("'auto'", "('joint',)", "['motion', 'joint']", "('joint', 'bone')", "('bone_motion',)"),
    "features": ("'auto'", "('position',)", "('position', 'motion')", "('direction', 'direction_motion')", "()"),
    "loss": ("'nt_xent'", "'supcon'", "'tcl'", "'focal'", "'temporal_cross_entropy'", "one_number", "one_a_row"),
    "class_weight": ("None", "'balanced'", "{0: 1.0, 1: 2.0}", "{0: 0.5, 1: 1, 2: 3}", "{'a': 1.0}", "{}", "{0: -1}"),
    "root": ("'hip'", "'neck'", "'head'", "'spine'"),
}
_WRONG_VALUES = {
    "augmentation": ("nothing", "shorter", "Shear", "'shear'", "(Shear(1.0),)", "(Shear(1.0), None)", "nans"),
    "encoder": ("lambda *shape: 3", "Halves", "lambda *shape: nn.Flatten()", "lambda *shape: nn.Identity()", "int"),
    "loss": ("'triplet'", "int", "lambda z, labels: 3", "lambda z, labels: z", "lambda z, labels: labels", "nn.ReLU()"),
    "streams": ("()", "('joint', 'angle')", "'joint'", "(1, 2)", "[None]", "['joint', 'joint']", "np.array(['joint'])"),
    "features": ("('angle',)", "(1,)", "'position'", "[None]", "('motion', 'motion')"),
    "skeleton": ("'NTU'", "KINECT_V1.joints", "25", "Skeleton"),
    "class_weight": (
        "{0: float('nan')}",
        "{0: 'heavy'}",
        "{0: None}",
        "'even'",
        "[1.0, 2.0]",
        "{99: 1.0}",
        "{0: np.inf}",
    ),
    "pretrained": ("ConMLPEmbedder()", "FrozenEstimator(ConMLPEmbedder())", "JointImputer()", "'best'"),
    "embedder": ("ConMLPEmbedder()", "FrozenEstimator(ConMLPEmbedder())", "JointImputer()", "'best'"),
    "device": ("'gpu'", "'cuda:7'", "'meta'", "0", "torch.device('meta')", "''"),
    "checkpoint": ("3", "0.5", "[]", "b'far'"),
    "random_state": ("-1", "'zero'", "2**40", "np.random.default_rng(0)", "0.5", "True"),
}
WRONG = (
    "None",
    "np.nan",
    "np.inf",
    "-np.inf",
    "-1",
    "0",
    "-0.5",
    "0.5",
    "1e300",
    "1e-300",
    "True",
    "'nonsense'",
    "''",
    "'1'",
    "b'far'",
    "[]",
    "()",
    "{}",
    "[1, 'a']",
    "{'joint'}",
    "object()",
    "dict",
    "3 + 4j",
    "np.float32(0.25)",
    "np.int64(2)",
    "np.bool_(True)",
    "np.array([1.0, 2.0])",
    "np.array('linear')",
    "lambda *arguments: None",
)
_HUGE = {
    *("batch_size", "warmup_epochs", "n_iter_no_change", "max_words", "max_train_graphs", "min_count", "n_graphs"),
    *("k1", "k2", "temperature", "learning_rate", "weight_decay", "reconstruction_weight", "gamma", "tol", "C"),
    *("ridge", "value", "min_confidence", "vertical_axis"),
}


def unchanged(batch, generator):
    """A user's own view."""
    return batch


def nothing(batch, generator):
    """A view that forgets to give anything."""


def shorter(batch, generator):
    """A view that loses a frame."""
    return batch[:, 1:]


def nans(batch, generator):
    """A view that spoils what it sees."""
    return batch * float("nan")


def one_number(rows: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """A user's own contrastive loss."""
    return rows.square().mean()


def one_a_row(rows: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """A user's own loss of class scores."""
    return rows.square().mean(dim=1)


class Halves(nn.Module):
    """A user's own encoder, sound but for widths that do not divide by 2."""

    def __init__(self, n_frames: int, n_joints: int, n_channels: int) -> None:
        super().__init__()
        self.layer = nn.Linear(n_channels * n_joints, 4)

    def forward(self, x):
        return self.layer(x.flatten(2)).mean(dim=1)


@cache
def fitted_embedder(n_frames: int = 6, n_joints: int = 20, n_channels: int = 3) -> ConMLPEmbedder:
    """An embedder to start from."""
    X = np.random.default_rng(0).normal(size=(6, n_frames, n_joints, n_channels))
    return ConMLPEmbedder(hidden_dim=4, projection_dim=4, max_epochs=1, random_state=0).fit(X)


def numbers(*shape: int, seed: int = 0, scale: float = 1.0, dtype: Any = np.float64) -> np.ndarray:
    """Normally distributed numbers; whole ones are made of them for whole dtypes."""
    drawn = np.random.default_rng(seed).normal(size=shape) * scale
    with np.errstate(over="ignore", invalid="ignore"):
        return drawn.astype(dtype)


def put(X: np.ndarray, *values: Any) -> np.ndarray:
    """X with some of its numbers replaced."""
    flat = np.array(X).reshape(-1)
    for at, value in enumerate(values):
        if flat.size:
            flat[at * 7919 % flat.size] = value
    return flat.reshape(X.shape)


def ragged(X: np.ndarray) -> list[np.ndarray]:
    """Sequences cut to different lengths."""
    return [one[: 1 + at % len(one)] if np.ndim(one) and len(one) else one for at, one in enumerate(X)]


def as_objects(sequences: Iterable[Any]) -> np.ndarray:
    """An object array of sequences."""
    sequences = list(sequences)
    out = np.empty(len(sequences), dtype=object)
    for at, one in enumerate(sequences):
        out[at] = one
    return out


def read_only(X: np.ndarray) -> np.ndarray:
    """X, not to be written to."""
    X = np.array(X)
    X.flags.writeable = False
    return X


def every_other(X: np.ndarray) -> np.ndarray:
    """X as a view with gaps in memory."""
    return np.repeat(X, 2, axis=-1)[..., ::2]


def graphs(n_samples: int, n_nodes: int = 5, seed: int = 0) -> list[list[nx.Graph]]:
    """Samples of networkx graphs."""
    return [[nx.gnp_random_graph(n_nodes, 0.5, seed=seed + 3 * at + k) for k in range(3)] for at in range(n_samples)]


def look(estimator: Any, X: Any) -> None:
    """Look at all that a fitted estimator makes of X: finite, and a row a sample."""
    names = ["transform", "project", "reconstruct", "predict_proba", "predict_log_proba", "attention_weights"]
    for name in [*names, "predict"] if is_regressor(estimator) else names:
        if hasattr(estimator, name):
            out = getattr(estimator, name)(X)
            assert len(out) == len(X), f"{name}: {len(out)} rows for {len(X)} samples"
            for part in out if isinstance(out, list) else [out]:
                assert np.issubdtype(part.dtype, np.floating), f"{name}: {part.dtype}"
                assert not np.isinf(part).any(), f"{name}: infinity"
                assert not np.isnan(part).any() or _may_be_missing(estimator, X), f"{name}: NaN"
    if is_classifier(estimator):
        assert np.allclose(estimator.predict_proba(X).sum(axis=1), 1), "probabilities do not sum to 1"
        assert np.isin(estimator.predict(X), estimator.classes_).all(), "classes that are none"
    elif hasattr(estimator, "get_feature_names_out"):
        assert estimator.transform(X).shape[1] == len(estimator.get_feature_names_out()), "a name for each column"


def _may_be_missing(estimator: Any, X: Any) -> bool:
    """Whether NaN may come out: it came in and was not to be filled, or was asked for, or a layout lacks a joint."""
    if isinstance(estimator, JointImputer) or not get_tags(estimator).input_tags.allow_nan:
        return False
    parts = [np.asarray(part, dtype=float) for part in X]
    return (
        any(np.isnan(part).any() for part in parts)
        or "nan" in str(estimator.get_params().values()).lower()
        or not all(getattr(estimator, "joint_sources_", {}).values())
    )


@dataclass(frozen=True)
class Case:
    """One call, as text."""

    estimator: str
    parameters: dict[str, str]
    X: str
    y: str
    fit: str
    X_new: str

    @property
    def snippet(self) -> str:
        """Python that runs the case."""
        given = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        lines = [
            f"X = {self.X}",
            f"y = {self.y}",
            f"X_new = {self.X_new}",
            f"estimator = {self.estimator}({given})",
            *([self.fit] if self.fit else []),
            "look(estimator, X_new)",
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Outcome:
    """How a case ended.

    Attributes
    ----------
    kind : str
        "fitted", or the name of the error.
    message : str
        Of the error.
    failure : str
        Why that is not as promised; empty if it is.
    warnings : tuple of str
        Kinds and texts of all warnings.
    seconds : float
        What it took.
    """

    kind: str
    message: str
    failure: str
    warnings: tuple[str, ...]
    seconds: float


def run(case: Case) -> Outcome:
    """Run a case, in a folder of its own: a checkpoint may be any text, which is then the name of a file."""
    code = compile(case.snippet, _CASE, "exec")
    start = time.perf_counter()
    with TemporaryDirectory() as folder, chdir(folder), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kind, message, failure = _end_of(code)
    seconds = time.perf_counter() - start
    if not failure and seconds > MOST_SECONDS:
        failure = f"it took {seconds:.0f} seconds"
    told = sorted({f"{one.category.__name__}: {_without_numbers(str(one.message))}" for one in caught})
    return Outcome(kind, message, failure, tuple(told), seconds)


def _end_of(code: types.CodeType) -> tuple[str, str, str]:
    """Kind and message of what a case ends in, and what is wrong with that."""
    try:
        exec(code, dict(_names()))
    except PROMISED as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return type(error).__name__, str(error), "" if _is_said_by_us(frame) else _told(error)
    except Exception as error:  # noqa: BLE001 - what any call may raise is what is looked for
        return type(error).__name__, str(error), _told(error)
    return "fitted", "", ""


def _is_said_by_us(frame: traceback.FrameSummary) -> bool:
    """Whether an error was raised on purpose, here or in scikit-learn's checks, and not by what came to grief."""
    path = Path(frame.filename)
    if path.is_relative_to(_CHECKS):
        return True
    line = linecache.getline(frame.filename, frame.lineno or 0).lstrip()
    return path.is_relative_to(_OWN) and line.startswith("raise")


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+(\.\d+)?(e[-+]?\d+)?", "#", text)


def shortened(message: str) -> str:
    """A message without its numbers and the values that it quotes, to tell kinds of messages apart."""
    for value, sign in {
        r"0x[0-9a-f]+": "#",
        r"'[^']*'": "'...'",
        r"Got .* instead": "Got ... instead",
        r"=.* (must|and|needs)\b": r"=... \1",
    }.items():
        message = re.sub(value, sign, message)
    return _without_numbers(message)[:200]


@cache
def _names() -> dict[str, Any]:
    """What a case's text may use: this module, all public names, and a catalogue's layouts."""
    public: dict[str, Any] = {}
    for module in (skeletonlearn, skeletonlearn.augmentation, skeletonlearn.preprocessing):
        public |= {name: getattr(module, name) for name in module.__all__}
    own = {"FrozenEstimator": FrozenEstimator, "Skeleton": Skeleton, "nn": nn, "np": np, "torch": torch}
    return vars(builtins) | SKELETONS | public | ESTIMATORS | own | globals()


PREAMBLE = "from tests.fuzzing import _names; globals().update(_names())"
"""The line that a printed snippet needs before it."""


# What to draw ---------------------------------------------------------------------------------------------------------


@st.composite
def cases(draw: st.DrawFn, names: Iterable[str] = tuple(ESTIMATORS)) -> Case:
    """Cases of some estimators: mostly valid ones with a few things wrong."""
    name = draw(st.sampled_from(sorted(names)))
    estimator_class = ESTIMATORS[name]
    layout = draw(st.sampled_from([None, *sorted(SKELETONS)]))
    shape = draw(_shapes(layout))
    X = draw(_containers(draw(_arrays(shape)), shape))
    X_new = "X" if _often(draw, 7) else draw(_containers(draw(_arrays(draw(_shapes(layout)))), shape))
    estimator = estimator_class()
    fit = draw(_calls_of_fit(shape[0] if shape else 1, is_classifier(estimator) or is_regressor(estimator)))
    return Case(name, draw(_parameters(estimator_class, layout)), X, draw(_targets(shape[0])), fit, X_new)


def _often(draw: st.DrawFn, tenths: int) -> bool:
    return draw(st.integers(0, 9)) < tenths


@st.composite
def _shapes(draw: st.DrawFn, layout: str | None) -> tuple[int, ...]:
    """Shapes of arrays, most of them of sequences in a layout."""
    n_samples = draw(st.integers(2, 12)) if _often(draw, 9) else draw(st.sampled_from([0, 1]))
    n_frames = draw(st.integers(2, 24)) if _often(draw, 9) else draw(st.sampled_from([0, 1]))
    joints_of_layout = SKELETONS[layout].n_joints if layout else draw(st.integers(1, 5))
    n_joints = joints_of_layout if _often(draw, 8) else draw(st.sampled_from([0, 1, 7, 25, 2 * joints_of_layout]))
    n_channels = 3 if _often(draw, 6) else draw(st.sampled_from([0, 1, 2, 4, 6]))
    shape = (n_samples, n_frames, n_joints, n_channels)
    if _often(draw, 8):
        return shape
    return draw(st.sampled_from([shape[:3], shape[:2], shape[:1], (*shape, 2)]))


@st.composite
def _arrays(draw: st.DrawFn, shape: tuple[int, ...]) -> str:
    """Text of an array."""
    scale = "" if _often(draw, 8) else f", scale={draw(st.sampled_from(_SCALES))}"
    dtype = "" if _often(draw, 7) else f", dtype={draw(st.sampled_from(_DTYPES))}"
    text = f"numbers({''.join(f'{size}, ' for size in shape)}seed={draw(st.integers(0, 3))}{scale}{dtype})"
    if _often(draw, 8):
        return text
    return f"put({text}, {draw(st.sampled_from(_ODD_NUMBERS))})" if "dtype" not in text else text


_SCALES = ("0", "1e-300", "1e-30", "1e4", "1e20", "1e38", "1e200")
_DTYPES = ("np.float32", "np.float16", "int", "np.int8", "object", "bool", "complex", "str", "np.longdouble")
_ODD_NUMBERS = ("np.nan", "np.inf", "np.nan, np.nan, np.nan, np.nan", "-np.inf, np.nan", "1e300", "3.5e38", "0, 0, 0")


@st.composite
def _containers(draw: st.DrawFn, array: str, shape: tuple[int, ...]) -> str:
    """Text of what sequences may come in."""
    if _often(draw, 7):
        return array
    wrappers = ["np.asfortranarray({})", "read_only({})", "every_other({})", "{}[::-1]", "list({})", "{}.tolist()"]
    if len(shape) > 2:
        wrappers += ["ragged({})", "tuple(ragged({}))", "as_objects(ragged({}))", "as_objects({})", "torch.tensor({})"]
        wrappers += ["ragged(ragged({}))" if shape[0] > 1 else "[{}]", "[*{}, None]", "[*{}, 3.0]", "[*{}, [[1.0], 2]]"]
    others = ["None", "'far'", "3.0", "[]", "{}", "[[]]", "[None]", "graphs(4)", "[[nx.Graph()]]", "graphs(3)[0]"]
    others += ["[*graphs(3), None]", "[*graphs(3), []]", "object()", "[{}, {}]", "[[[]], [[]]]"]
    if _often(draw, 2):
        return draw(st.sampled_from(others))
    wrapper = draw(st.sampled_from(wrappers))
    if "tensor" in wrapper and re.search("object|str|longdouble", array):
        return array
    return wrapper.format(array)


@st.composite
def _targets(draw: st.DrawFn, n: int) -> str:
    """Text of targets for so many samples."""
    k = draw(st.integers(2, 4))
    if _often(draw, 7):
        return f"np.arange({n}) % {k}"
    return draw(
        st.sampled_from(
            [
                "None",
                f"np.arange({n}) % 2 - 1",
                f"np.full({n}, -1)",
                f"np.array(list('abc'))[np.arange({n}) % 3]",
                f"[['a', 'b'][at % 2] for at in range({n})]",
                f"(np.arange({n}) % {k}).astype(float)",
                f"(np.arange({n}) % {k}).astype(object)",
                f"np.arange({n}) % 2 == 0",
                f"np.zeros({n}, int)",
                f"np.arange({n})",
                f"np.arange({n + 2}) % {k}",
                f"put(np.arange({n}) % 2.0, np.nan)",
                f"put(np.arange({n}) % 2.0, np.inf)",
                f"numbers({n})",
                f"numbers({n}, 2)",
                f"(np.arange({n}) % {k})[:, None]",
                f"[[0, 'a'][at % 2] for at in range({n})]",
                f"[None] * {n}",
                f"[[0, None][at % 2] for at in range({n})]",
                "3",
                "'far'",
                "{}",
                f"np.arange({n}) % 2 + 1j",
                f"np.arange({n}) % 2 * 10**15",
            ]
        )
    )


@st.composite
def _calls_of_fit(draw: st.DrawFn, n: int, predicts: bool) -> str:
    """Text that fits, once or in some other way."""
    if _often(draw, 8):
        return "estimator.fit(X, y)"
    ways = ["", "estimator.fit(X, y).fit(X, y)", "estimator.fit(X, y).fit(X_new, y)"]
    if predicts:
        weights = [f"np.ones({n})", f"np.zeros({n})", f"np.arange({n})", f"-np.ones({n})", f"np.full({n}, np.nan)"]
        weights += [f"np.ones({n + 1})", f"np.ones(({n}, 1))", f"['far'] * {n}", "2.0", "'far'", f"np.full({n}, 1e300)"]
        weights += [f"np.full({n}, np.inf)", f"[None] * {n}", "{}", f"put(np.zeros({n}), 1.0)", "[]"]
        ways += [f"estimator.fit(X, y, sample_weight={draw(st.sampled_from(weights))})"] * 4
    else:
        train = "getattr(estimator, 'partial_fit', estimator.fit)(X, y)"
        ways += [
            "estimator.fit(X)",
            "estimator.fit_transform(X, y)",
            f"{train}\n{train}",
            f"estimator.fit(X, y)\n{train}",
        ]
    return draw(st.sampled_from(ways))


@st.composite
def _parameters(draw: st.DrawFn, estimator_class: type, layout: str | None) -> dict[str, str]:
    """Texts of parameters: quick ones, a few others that are valid, and sometimes one or two that are not."""
    names = sorted(estimator_class().get_params(deep=False))
    given = {name: value for name, value in _QUICK.items() if name in names}
    if not names:
        return given
    if "skeleton" in names and layout and _often(draw, 7):
        given["skeleton"] = repr(layout)
    valid = _valid_values(estimator_class)
    for name in draw(st.lists(st.sampled_from(names), max_size=6, unique=True)):
        given[name] = draw(st.sampled_from(valid.get(name) or WRONG))
    n_wrong = 0 if _often(draw, 6) else draw(st.integers(1, 2))
    for _ in range(n_wrong):
        name = draw(st.sampled_from(names))
        given[name] = draw(st.sampled_from(_wrong_values(name)))
    return given


def _wrong_values(name: str) -> tuple[str, ...]:
    special = _WRONG_VALUES.get(name, ())
    values = special + tuple(one for one in WRONG if name != "random_state" or one != "True") if special else WRONG
    return values + (("10**12", "1e30", "1e308") if name in _HUGE else ())


@cache
def _valid_values(estimator_class: type) -> dict[str, list[str]]:
    """By name of parameter, texts of values that its constraints, or its line in the docstring, allow."""
    constraints = getattr(estimator_class, "_parameter_constraints", None)
    if constraints is None:
        valid = {name: _values_of_docstring(line) for name, line in _docstring_types(estimator_class).items()}
    else:
        checked = {name: wanted for name, wanted in constraints.items() if wanted != "no_validation"}
        valid = {name: [text for one in wanted for text in _values_of(one)] for name, wanted in checked.items()}
    return {name: list(_VALUES.get(name, values)) for name, values in valid.items()}


def _values_of(constraint: Any) -> list[str]:
    """Texts of values that one of scikit-learn's constraints allows."""
    if constraint is None:
        return ["None"]
    if isinstance(constraint, StrOptions):
        return sorted(map(repr, constraint.options))
    if isinstance(constraint, Interval):
        return _values_in(constraint)
    if isinstance(constraint, HasMethods):
        return ["fitted_embedder()", "fitted_embedder(5, 15, 3)", "FrozenEstimator(fitted_embedder())"]
    named = {"boolean": ["True", "False"], "verbose": ["0"], "random_state": ["0"]}
    if isinstance(constraint, str):
        return named[constraint]
    if constraint is callable:
        return ["Halves"]
    if constraint is Skeleton:
        return sorted(SKELETONS)
    return []  # other instances have values of their own above, by name


def _values_in(interval: Interval) -> list[str]:
    """Texts of some numbers at and near the ends of an interval."""
    low = 0 if interval.left is None else interval.left
    if interval.type is Integral:
        numbers_in = [low + more for more in range(8) if low + more in interval]
        return [str(number) for number in numbers_in]
    return [str(number) for number in (0, 1e-8, 0.01, 0.3, 0.5, 0.9, 1, 1.0, 3.5, 50.0) if number in interval]


def _docstring_types(estimator_class: type) -> dict[str, str]:
    """What the docstring says of the type of each parameter."""
    found = re.findall(r"^    (\w+) : (.+)$", estimator_class.__doc__ or "", flags=re.MULTILINE)
    names = estimator_class().get_params(deep=False)
    return {name: line for name, line in found if name in names}


def _values_of_docstring(line: str) -> list[str]:
    """Texts of values that a parameter's line in a docstring tells."""
    options = re.search(r"\{(.*?)\}", line)
    values = [] if options is None else options.group(1).replace('"', "'").split(", ")
    if "Skeleton" in line:
        values += sorted(SKELETONS) + [repr(name) for name in sorted(SKELETONS)]
    for kind, some in {"bool": ["True", "False"], "int": ["1", "2", "5", "30"], "float": ["0.0", "0.5", "-2"]}.items():
        values += some if re.search(rf"\b{kind}\b", line) else []
    return values + (["None"] if "None" in line else [])
