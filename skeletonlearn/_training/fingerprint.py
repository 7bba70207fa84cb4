"""What a fit depends on, as short texts that can be kept in a file and compared.

joblib.hash (1.6) cannot hash lambdas and modules, gives frozensets and tensors another hash in every process, depends
on the layout of arrays in memory, and copies memory-maps that are not contiguous.
"""

from __future__ import annotations

import copyreg
import hashlib
import pickle
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator

_BYTES_AT_ONCE = 2**24  # a memory-map is read in parts
_DEPTH = 40  # of objects in objects: what lies deeper is left out

# parameters that weights do not depend on, or that are compared as what they stand for: the seed and the device
_NOT_COMPARED = {"checkpoint", "device", "n_clips", "random_state", "verbose"}


def fingerprint_of_arrays(*arrays: np.ndarray | list[np.ndarray]) -> str:
    """Digest of the shapes, types and numbers of arrays, or of lists of them.

    Parameters
    ----------
    *arrays : ndarray or list of ndarray
        Each is read in parts, so that a memory-map is never copied whole.

    Returns
    -------
    str
        Hexadecimal digits, the same in every process and on every machine of one byte order.
    """
    digest = hashlib.sha256()
    for array in arrays:
        parts = array if isinstance(array, list) else [array]
        digest.update(f"{len(parts)} {isinstance(array, list)}".encode())
        for part in parts:
            _read_into(digest, part)
    return digest.hexdigest()


def fingerprints_of_parameters(estimator: BaseEstimator) -> dict[str, str]:
    """By name, a text of each parameter that the weights depend on.

    Parameters
    ----------
    estimator : estimator instance
        Its own parameters, not those of the objects in them.

    Returns
    -------
    dict of str to str
        Equal texts for equal values, in every process; long ones are digests.
    """
    parameters = estimator.get_params(deep=False)
    return {name: describe(value) for name, value in sorted(parameters.items()) if name not in _NOT_COMPARED}


def describe(value: Any) -> str:
    """A text that two values share if they are the same for training.

    Parameters
    ----------
    value : object
        Numbers, texts, arrays, containers; functions by their code and what they close over; modules and classes by
        name; other objects by their class and what pickle would keep of them.

    Returns
    -------
    str
        The text itself if it is short, else the beginning of it and its digest.
    """
    text = "".join(_words(value, ()))
    return text if len(text) <= 200 else f"{text[:80]}... {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _words(value: Any, within: tuple[Any, ...]) -> Iterator[str]:
    """The text of a value, piece by piece; `within` are the objects that it is held by, the outermost first."""
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        yield repr(value.item() if isinstance(value, np.generic) else value)
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield f"array {fingerprint_of_arrays(value)}"
    elif isinstance(value, torch.Tensor):
        data = value.detach().cpu().flatten().view(torch.uint8).numpy()  # NumPy has no bfloat16
        yield f"tensor {value.dtype} {tuple(value.shape)} {fingerprint_of_arrays(data)}"
    elif isinstance(value, torch.device | torch.dtype):
        yield str(value)
    elif isinstance(value, type):
        yield _full_name(value)
    elif isinstance(value, types.ModuleType):
        yield value.__name__
    elif len(within) == _DEPTH or any(value is one for one in within):
        yield "..."
    else:
        name, held = _contents(value)
        yield f"{name}("
        for key, one in held:
            yield f"{key}="
            yield from _words(one, (*within, value))
            yield ", "
        yield ")"


def _contents(value: Any) -> tuple[str, list[tuple[str, Any]]]:
    """What kind of thing a value is, and what it holds, by name."""
    name = _full_name(type(value))
    if isinstance(value, Mapping):
        return name, sorted(((describe(key), one) for key, one in value.items()), key=lambda item: item[0])
    if isinstance(value, np.ndarray):
        return name, [("shape", value.shape), *(("", one) for one in value.ravel().tolist())]
    if isinstance(value, list | tuple):
        return name, [("", one) for one in value]
    if isinstance(value, set | frozenset):
        return name, [(text, None) for text in sorted(map(describe, value))]
    if isinstance(value, types.CodeType):
        return "code", [("code", value.co_code), ("names", value.co_names), ("constants", value.co_consts)]
    if isinstance(value, types.CellType):
        try:
            return name, [("", value.cell_contents)]
        except ValueError:  # nothing was put in yet
            return name, []
    if isinstance(value, types.FunctionType):
        held = {"code": value.__code__, "defaults": value.__defaults__, "keywords": value.__kwdefaults__}
        return _full_name(value), [*held.items(), ("closure", value.__closure__)]
    if isinstance(value, types.MethodType):
        return value.__qualname__, [("self", value.__self__)]
    if isinstance(value, partial):
        return name, [("function", value.func), ("arguments", value.args), ("keywords", value.keywords)]
    if isinstance(value, torch.nn.Module):
        own = {"_parameters", "_buffers", "_modules"}
        return name, [(key, vars(value)[key]) for key in sorted(vars(value)) if key in own or key[0] != "_"]
    if is_dataclass(value):
        return name, [(field.name, getattr(value, field.name, None)) for field in fields(value)]
    return _pickled(value)


def _pickled(value: Any) -> tuple[str, list[tuple[str, Any]]]:
    """What pickle would keep of an object; of one that it cannot keep, the attributes."""
    reduce = copyreg.dispatch_table.get(type(value), lambda one: one.__reduce_ex__(4))
    name, attributes = _full_name(type(value)), list(getattr(value, "__dict__", {}).items())
    try:
        reduced = reduce(value)
    except (TypeError, AttributeError, NotImplementedError, RuntimeError, pickle.PickleError):
        return name, sorted(attributes, key=lambda item: item[0])
    if isinstance(reduced, str):  # the name of something global
        return f"{getattr(value, '__module__', None)}.{reduced}", attributes
    make, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    held = {"arguments": arguments, "state": state, "items": list(items or ()), "pairs": dict(pairs or ())}
    return f"{name} {_full_name(make)}", list(held.items())


def _full_name(value: Any) -> str:
    return f"{getattr(value, '__module__', None)}.{getattr(value, '__qualname__', type(value).__qualname__)}"


def _read_into(digest: Any, array: np.ndarray) -> None:
    array = np.asarray(array.astype(object), dtype=str) if array.dtype.hasobject else np.asarray(array)
    digest.update(f"{array.shape} {array.dtype.str}".encode())
    rows = max(1, _BYTES_AT_ONCE // max(1, array.nbytes // max(1, len(array)))) if array.ndim else 1
    for start in range(0, len(array) if array.ndim else 1, rows):
        part = array[start : start + rows] if array.ndim else array
        digest.update(np.ascontiguousarray(part).view(np.uint8).data if part.size else b"")
