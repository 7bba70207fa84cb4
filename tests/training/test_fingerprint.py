"""What a fit depends on, as texts."""

import enum
import functools
import itertools
import logging
import math
import os
import re
import subprocess
import sys
import threading
from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator

from skeletonlearn import ConMLPEmbedder
from skeletonlearn._training import fingerprint
from skeletonlearn._training.fingerprint import describe, fingerprint_of_arrays, fingerprints_of_parameters
from skeletonlearn.augmentation import Compose, Jitter, Rotate
from skeletonlearn.skeletons import KINECT_V1, NTU_RGBD


class Slotted:
    __slots__ = ("empty", "strength")

    def __init__(self, strength):
        self.strength = strength


class Plain:
    def __init__(self, strength):
        self.strength = strength

    def view(self, batch, generator):
        return batch * self.strength


class Callable(torch.nn.Module):
    def __init__(self, strength):
        super().__init__()
        self.layer = torch.nn.Linear(2, 2, bias=False)
        torch.nn.init.constant_(self.layer.weight, 0.5)
        self.strength = strength


@dataclass
class Data:
    strength: float
    missing: int = field(init=False)


class Parametrised(BaseEstimator):
    def __init__(self, strength=1, checkpoint=None, verbose=0, random_state=None, device="cpu", n_clips=1):
        self.strength = strength
        self.checkpoint, self.verbose, self.random_state = checkpoint, verbose, random_state
        self.device, self.n_clips = device, n_clips


class Mode(enum.Enum):
    SOFT = 1
    HARD = 2


Pair = namedtuple("Pair", ["first", "second"])


def scaled_by(strength):
    return lambda batch, generator: batch * strength


def with_default(strength):
    def view(batch, generator, *, by=strength):
        return batch * by

    return view


def object_array(*values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


TWO_VALUES = {
    "numbers": lambda value: value,
    "floats": lambda value: value / 3,
    "NumPy's numbers": np.float32,
    "texts": str,
    "bytes": lambda value: bytes([value]),
    "arrays": lambda value: np.arange(3) + value,
    "arrays with no axis": lambda value: np.array(value),
    "arrays of objects": lambda value: object_array("a", value),
    "tensors": lambda value: torch.arange(3) + value,
    "tensors with no axis": lambda value: torch.tensor(float(value)),
    "tensors that NumPy has no type for": lambda value: torch.tensor([1.0, value], dtype=torch.bfloat16),
    "types of tensors": lambda value: (torch.float32, torch.float64)[value - 1],
    "devices": lambda value: torch.device(f"cuda:{value}"),
    "lists": lambda value: [1, [2, value]],
    "tuples": lambda value: (1, value),
    "named tuples": lambda value: Pair(1, value),
    "sets": lambda value: {"a", "b", f"c{value}"},
    "dictionaries": lambda value: {"a": 1, "b": value},
    "keys": lambda value: {value: 1},
    "ordered dictionaries": lambda value: OrderedDict(a=value),
    "queues": lambda value: deque([1, value]),
    "ranges": range,
    "slices": slice,
    "paths": lambda value: Path(str(value)),
    "patterns": lambda value: re.compile(f"a{value}"),
    "members of an enumeration": Mode,
    "classes": lambda value: (int, float)[value - 1],
    "modules": lambda value: (math, re)[value - 1],
    "built-in functions": lambda value: (torch.relu, torch.tanh)[value - 1],
    "methods of built-in objects": lambda value: {"a": value}.get,
    "universal functions": lambda value: (np.tanh, np.exp)[value - 1],
    "closures": scaled_by,
    "defaults": with_default,
    "cached functions": lambda value: functools.lru_cache(scaled_by(value)),
    "partial functions": lambda value: functools.partial(math.pow, value),
    "methods": lambda value: Plain(value).view,
    "objects": Plain,
    "objects with slots": Slotted,
    "objects in objects": lambda value: Plain(Slotted([value])),
    "objects deep in objects": lambda value: functools.reduce(lambda held, _: [held], range(30), value),
    "data classes": Data,
    "networks": lambda value: torch.nn.Dropout(value / 3),
    "networks with attributes": Callable,
    "random generators": np.random.default_rng,
    "loggers": lambda value: logging.getLogger(f"skeletonlearn.tests.{value}"),
    "estimators": Parametrised,
    "views": lambda value: Compose([Jitter(0.01), Rotate(yaw=value)]),
    "skeletons": lambda value: (KINECT_V1, NTU_RGBD)[value - 1],
}


@pytest.mark.parametrize("kind", TWO_VALUES)
def test_values_have_the_same_text_if_they_are_the_same_and_only_then(kind):
    make = TWO_VALUES[kind]
    assert describe(make(1)) == describe(make(1))
    assert describe(make(1)) != describe(make(2))


def test_different_kinds_of_values_have_different_texts():
    texts = {kind: describe(make(1)) for kind, make in TWO_VALUES.items()}
    for (first, one), (second, other) in itertools.combinations(texts.items(), 2):
        assert one != other, (first, second)


def test_functions_differ_by_their_code():
    assert describe(lambda batch, generator: batch * 2) != describe(lambda batch, generator: batch * 3)
    assert describe(lambda batch, generator: batch.sum()) != describe(lambda batch, generator: batch.mean())
    assert describe(lambda batch, generator: [one + 1 for one in batch]) != describe(
        lambda batch, generator: [one + 2 for one in batch]
    )


def test_a_function_is_the_same_wherever_it_is_written():
    first = scaled_by(2)
    second = eval("lambda batch, generator: batch * strength", {"strength": 3})
    assert describe(first) == describe(scaled_by(2)) != describe(second)


def test_numbers_are_the_same_in_python_and_numpy():
    assert describe([1, 0.5, True]) == describe([np.int64(1), np.float64(0.5), np.bool_(True)])
    assert describe({np.int64(1): 2}) == describe({1: 2})


def test_the_order_of_a_set_or_a_dictionary_makes_no_difference():
    assert describe({"a": 1, "b": 2}) == describe({"b": 2, "a": 1})
    assert describe({"one", "two", "three"}) == describe({"three", "two", "one"})


def test_keys_and_members_without_a_text_of_their_own_are_compared_by_what_they_hold():
    first, second = ({Plain(1): 1, Plain(2): 2} for _ in range(2))
    assert describe(first) == describe(second) != describe({Plain(1): 1, Plain(3): 2})
    assert describe({Plain(1), Plain(2)}) == describe({Plain(2), Plain(1)})


def test_keys_with_the_same_text_are_no_obstacle():
    assert describe({Plain(1): np.ones(2), Plain(1): np.zeros(2)})


def test_a_function_that_closes_over_a_module_is_described_without_the_module():
    import torch as inner

    text = describe(lambda batch, generator: inner.flip(batch, [1]))
    assert len(text) < 300


def test_a_function_that_closes_over_itself_or_over_nothing_yet_is_described():
    def view(batch, generator):
        return later(view(batch, generator))

    assert describe(view) == describe(view)

    def later(batch):
        return batch


def test_a_circle_of_objects_has_an_end():
    parent = Plain(1)
    parent.children = [Plain(at) for at in range(30)]
    for child in parent.children:
        child.parent, child.siblings = parent, parent.children
    before = describe(parent)
    parent.children[29].strength = 31
    assert describe(parent) != before


def test_what_pickle_cannot_keep_is_told_by_its_class_and_attributes():
    class Unpicklable:
        def __init__(self, strength):
            self.strength = strength

        def __reduce_ex__(self, protocol):
            raise TypeError("not this one")

    assert describe(Unpicklable(1)) == describe(Unpicklable(1)) != describe(Unpicklable(2))
    assert describe([threading.Lock()]) == describe([threading.Lock()])
    assert describe(one for one in "ab") == describe(one for one in "ab")


def test_an_attribute_not_set_is_no_obstacle():
    assert describe(Data(1)) == describe(Data(1))
    assert describe(Slotted(1)) == describe(Slotted(1))


def test_short_texts_are_told_whole_and_long_ones_by_their_beginning_and_a_digest():
    assert describe("adamw") == "'adamw'"
    assert describe(0.1) == "0.1"
    long = describe("a" * 1000)
    assert long.startswith("'aaaa")
    assert len(long) < 120
    assert long != describe("a" * 999 + "b")


def test_looking_at_a_fitted_embedder_does_not_change_its_text():
    X = np.random.default_rng(0).normal(size=(4, 8, 20, 3)).astype(np.float32)
    embedder = ConMLPEmbedder("mlp", hidden_dim=8, max_epochs=1, skeleton="KINECT_V1", random_state=0).fit(X)
    before = describe(embedder)
    embedder.transform(X)
    assert describe(embedder) == before
    assert describe(embedder.fit(X + 1)) != before


@pytest.mark.parametrize("name", ["checkpoint", "verbose", "random_state", "device", "n_clips"])
def test_parameters_that_weights_do_not_depend_on_are_not_compared(name):
    assert fingerprints_of_parameters(Parametrised(**{name: 3})) == {"strength": "1"}


_TEXTS = """
from collections import deque
import numpy as np
from skeletonlearn._training.fingerprint import describe, fingerprint_of_arrays
from skeletonlearn.augmentation import Compose, Jitter, Rotate
class Held:
    pass
print(describe(lambda batch: batch if "a" in {"a", "b", "c"} else {Held(), "d"}))
print(describe({"a", "b", Held}), describe(Compose([Jitter(), Rotate()])), describe({Held(): deque("ab")}))
print(fingerprint_of_arrays(np.arange(5), np.array(["a", "b"], dtype=object)))
"""


def test_texts_are_the_same_in_every_process(capsys):
    exec(_TEXTS, {"__name__": "__main__"})
    there = subprocess.run(
        [sys.executable, "-c", _TEXTS],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert there == capsys.readouterr().out != ""


DIFFERENT_ARRAYS = [
    [np.zeros((2, 3))],
    [np.zeros((3, 2))],
    [np.zeros(6)],
    [np.zeros((2, 3), dtype=np.float32)],
    [np.zeros((2, 3), dtype=">f8")],
    [np.ones((2, 3))],
    [[np.zeros((2, 3))]],
    [[np.zeros(3), np.zeros(3)]],
    [np.zeros(3), np.zeros(3)],
    [[np.zeros(2), np.zeros(4)]],
    [np.zeros((0, 3))],
    [np.empty(0)],
    [[]],
    [np.array(0.0)],
    [np.array(["a", "b"])],
    [np.array(["a", "c"], dtype=object)],
    [np.array(["ab", ""])],
    [np.array([True, False])],
    [np.array(["2020-01-01"], dtype="M8[D]")],
]


def test_arrays_that_differ_in_anything_have_different_digests():
    digests = [fingerprint_of_arrays(*arrays) for arrays in DIFFERENT_ARRAYS]
    assert len(set(digests)) == len(DIFFERENT_ARRAYS)


def test_texts_have_one_digest_whatever_type_holds_them():
    texts = ["walk", "run"]
    kinds = [object, str, np.dtypes.StringDType()]
    assert len({fingerprint_of_arrays(np.array(texts, dtype=kind)) for kind in kinds}) == 1


def test_the_layout_in_memory_makes_no_difference(tmp_path):
    array = np.random.default_rng(0).normal(size=(6, 4, 3))
    np.save(tmp_path / "array.npy", array)
    layouts = [
        array,
        np.asfortranarray(array),
        np.repeat(array, 2, axis=1)[:, ::2],
        np.load(tmp_path / "array.npy", mmap_mode="r"),
    ]
    assert len({fingerprint_of_arrays(one) for one in layouts}) == 1


@pytest.mark.parametrize("at_once", [1, 100, 1000])
def test_the_size_of_the_parts_makes_no_difference(monkeypatch, at_once):
    array = np.random.default_rng(0).normal(size=(37, 5))
    whole = fingerprint_of_arrays(array)
    monkeypatch.setattr(fingerprint, "_BYTES_AT_ONCE", at_once)
    assert fingerprint_of_arrays(array) == whole
