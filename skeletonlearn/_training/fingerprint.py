"""What a fit depends on, as short texts that can be kept in a file and compared."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator

_BYTES_AT_ONCE = 2**24  # a memory-map is read in parts
_DEPTH = 12  # of objects in objects: what lies deeper is taken for a circle

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
        Numbers, texts, arrays, containers, functions, classes, and objects by their class and what they hold.

    Returns
    -------
    str
        The text itself if it is short, else the beginning of it and its digest.
    """
    text = "".join(_words(value, _DEPTH))
    return text if len(text) <= 200 else f"{text[:80]}... {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _words(value: Any, depth: int) -> Iterator[str]:
    """The text of a value, piece by piece."""
    if depth == 0:
        yield "..."
    elif value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        yield repr(value.item() if isinstance(value, np.generic) else value)
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield f"array {fingerprint_of_arrays(value)}"
    elif isinstance(value, torch.Tensor):
        yield f"tensor {fingerprint_of_arrays(value.detach().cpu().numpy())}"
    elif isinstance(value, torch.device | torch.dtype):
        yield str(value)
    elif isinstance(value, type | types.BuiltinFunctionType):
        yield f"{value.__module__}.{value.__qualname__}"
    else:
        name, held = _contents(value)
        yield f"{name}("
        for key, one in held:
            yield f"{key}="
            yield from _words(one, depth - 1)
            yield ", "
        yield ")"


def _contents(value: Any) -> tuple[str, list[tuple[str, Any]]]:
    """What kind of thing a value is, and what it holds, by name."""
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, Mapping):
        return name, sorted((repr(key), one) for key, one in value.items())
    if isinstance(value, list | tuple | np.ndarray):
        return name, [("", one) for one in value]
    if isinstance(value, set | frozenset):
        return name, [("", one) for one in sorted(value, key=repr)]
    if isinstance(value, types.CodeType):
        return "code", [("code", value.co_code), ("names", value.co_names), ("constants", value.co_consts)]
    if isinstance(value, types.FunctionType):
        closed_over = [cell.cell_contents for cell in value.__closure__ or ()]
        held = {"code": value.__code__, "defaults": value.__defaults__, "keywords": value.__kwdefaults__}
        return f"{value.__module__}.{value.__qualname__}", [*held.items(), ("closure", closed_over)]
    if isinstance(value, types.MethodType):
        return value.__qualname__, [("self", value.__self__)]
    if isinstance(value, partial):
        return name, [("function", value.func), ("arguments", value.args), ("keywords", value.keywords)]
    if isinstance(value, torch.nn.Module):
        return name, [("module", repr(value)), ("weights", dict(value.state_dict()))]
    if is_dataclass(value):
        return name, [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, BaseEstimator):
        state = value.__getstate__()
        return name, sorted(state.items())
    return name, sorted(vars(value).items()) if hasattr(value, "__dict__") else []


def _read_into(digest: Any, array: np.ndarray) -> None:
    array = np.asarray(array) if array.dtype != object else np.asarray(array, dtype=str)
    digest.update(f"{array.shape} {array.dtype.str}".encode())
    rows = max(1, _BYTES_AT_ONCE // max(1, array.nbytes // max(1, len(array)))) if array.ndim else 1
    for start in range(0, len(array) if array.ndim else 1, rows):
        part = array[start : start + rows] if array.ndim else array
        digest.update(np.ascontiguousarray(part).view(np.uint8).data if part.size else b"")
