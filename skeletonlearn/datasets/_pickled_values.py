"""What a pickle may name: stand-ins that make NumPy arrays, sets and bytes from arguments that they check."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

WANTED = "expected nothing but NumPy arrays and plain containers (dict, list, tuple, set, text, bytes, numbers)"
_SCALARS = (str, bytes, bool, int, float, complex, type(None), np.generic)
_MOST_AXES = 64  # of a NumPy array


class Refused(Exception):
    """What a pickle has and what was expected of it."""


def check(holds: Any, got: str, wanted: str) -> None:
    """Refuse a pickle that has what it may not have."""
    if not holds:
        raise Refused(f"got {got}, expected {wanted}")


class Ledger:
    """What is remembered while a pickle is read, so that it cannot make more than it holds.

    Parameters
    ----------
    n_bytes : int
        The size of the pickle.
    """

    def __init__(self, n_bytes: int) -> None:
        self.unbuilt: dict[int, np.ndarray] = {}  # arrays that have no content so far, by id
        self.allowance = 4 * n_bytes  # items to copy; the pickle spends a byte or more on each that it holds

    def spend(self, n_items: int) -> None:
        """Refuse to copy, all in all, more than the pickle can have written."""
        self.allowance -= n_items
        if self.allowance < 0:
            raise Refused("got one value copied over and over, expected a pickle that writes out what it holds")

    def hashable(self, keys: list[Any]) -> list[Any]:
        """The same keys, if each is a scalar or a flat tuple: the hash of a deep one overflows the C stack."""
        for key in keys:
            if not isinstance(key, _SCALARS):
                if type(key) is not tuple or not all(isinstance(part, _SCALARS) for part in key):
                    raise Refused(f"got a {type(key).__name__} as a key or in a set, expected text, a number or None")
                self.spend(len(key))  # Python computes the hash of a tuple anew each time
        return keys


class ArrayType:
    """Stands for `numpy.ndarray`, which a pickle may name and not call."""


class Dtype:
    """Stands for a `numpy.dtype` until its byte order is known.

    Parameters
    ----------
    code : str
        Such as "f4": a type of numbers, text, bytes or objects.
    """

    def __init__(self, code: str) -> None:
        self.dtype = np.dtype(code)

    def set_state(self, state: Any) -> None:
        """Take the byte order from the state that NumPy writes."""
        plain = type(state) is tuple and len(state) == 8 and type(state[1]) is str and state[1] in tuple("<>|=")
        check(plain and all(part is None for part in state[2:5]), "a composite type of numbers", "a plain one")
        self.dtype = self.dtype.newbyteorder(state[1])


STAND_INS = (partial, ArrayType, Dtype)  # the functions are partial, with their ledger
_CODE = re.compile(r"b1|[iu][1248]|f[248]|f12|f16|c8|c16|c24|c32|[SU][1-9]\d{0,8}|O8?")


def _dtype(ledger: Ledger, code: Any, align: Any = False, copy: Any = True) -> Dtype:
    del ledger, align, copy  # both flags concern composite types only
    known = type(code) is str and _CODE.fullmatch(code)
    check(known, f"numbers of type {str(code)[:20] if type(code) is str else type(code).__name__}", "a plain type")
    return Dtype(code)


def _reconstruct(ledger: Ledger, kind: Any, shape: Any, code: Any) -> np.ndarray:
    del code  # of the empty array that the state replaces
    check(type(kind) is ArrayType, "a subclass of numpy.ndarray", "numpy.ndarray")
    check(type(shape) is tuple and shape == (0,), "a new array with a shape", "an empty one")
    array = np.empty(0, dtype=np.int8)
    ledger.unbuilt[id(array)] = array
    return array


def fill_array(ledger: Ledger, array: np.ndarray, state: Any) -> None:
    """Give a new array its shape, type and content.

    Parameters
    ----------
    ledger : Ledger
        The pickle's.
    array : ndarray
        As `_reconstruct` made it.
    state : object
        What the pickle says: version, shape, type, whether in Fortran order, bytes or a list of objects.
    """
    check(type(state) is tuple and len(state) == 5, "an array with another state", "NumPy's five parts")
    version, shape, stand_in, is_fortran, content = state
    check(type(version) is int and version == 1, "another version of an array's state", "version 1")
    check(type(is_fortran) in (bool, int), "an array of unclear order", "True or False")
    dtype = _checked_dtype(stand_in)
    n_items = _n_items(shape)
    if dtype.hasobject:
        check(type(content) is list and len(content) == n_items, "an object array without its items", f"{n_items}")
        ledger.spend(n_items)
    else:
        _check_content(content, (bytes,), n_items, dtype)
        ledger.spend(len(content))
    # what NumPy would trust here, the kind and the size of the content, has just been checked
    checked: Any = (1, shape, dtype, bool(is_fortran), content)
    array.__setstate__(checked)


def _from_buffer(ledger: Ledger, content: Any, stand_in: Any, shape: Any, order: Any, axes: Any = None) -> np.ndarray:
    """An array as protocol 5 writes it: over bytes, in C or Fortran order, or transposed (order "K")."""
    del ledger
    dtype = _checked_dtype(stand_in)
    check(not dtype.hasobject, "an object array made of bytes", "one made of objects")
    _check_content(content, (bytes, bytearray), _n_items(shape), dtype)
    check(type(order) is str and order in tuple("CFK"), "an array of unclear order", "C, F or K")
    if order != "K" or axes is None:
        return np.ndarray(shape, dtype, content, order="F" if order == "F" else "C")
    ordered = type(axes) is tuple and all(type(axis) is int for axis in axes)
    check(ordered and sorted(axes) == list(range(len(shape))), "an array with unclear axes", "each axis once")
    return np.ndarray(shape, dtype, content).transpose(axes)


def _scalar(ledger: Ledger, stand_in: Any, content: Any) -> Any:
    del ledger
    dtype = _checked_dtype(stand_in)
    check(not dtype.hasobject, "a scalar of type object", "a number, text or bytes")
    _check_content(content, (bytes,), 1, dtype)
    return np.ndarray((), dtype, content)[()]


def _checked_dtype(stand_in: Any) -> np.dtype[Any]:
    check(type(stand_in) is Dtype, f"a {type(stand_in).__name__} as the type of numbers", "numpy.dtype")
    return stand_in.dtype


def _n_items(shape: Any) -> int:
    proper = type(shape) is tuple and len(shape) <= _MOST_AXES
    proper = proper and all(type(size) is int and size >= 0 for size in shape)
    check(proper, "an array without a proper shape", f"a tuple of at most {_MOST_AXES} sizes")
    return math.prod(shape)


def _check_content(content: Any, kinds: tuple[type, ...], n_items: int, dtype: np.dtype[Any]) -> None:
    check(type(content) in kinds, f"array content in a {type(content).__name__}", "bytes")
    n_bytes = n_items * dtype.itemsize
    check(len(content) == n_bytes, f"{len(content)} bytes of array content", f"{n_bytes} for its shape and type")
    if dtype.kind == "U" and n_bytes:
        largest = np.ndarray(n_bytes // 4, np.dtype(np.uint32).newbyteorder(dtype.byteorder), content).max()
        check(largest <= 0x10FFFF, "array content that is no text", "Unicode")


def _encode(ledger: Ledger, text: Any, encoding: Any) -> bytes:
    """Bytes as protocol 2 writes them: as text, each byte a character."""
    check(type(text) is str and encoding in ("latin1", "latin-1"), "a call of _codecs.encode", "text in latin1")
    ledger.spend(len(text))
    return text.encode("latin1")


def _collect(kind: type[set[Any]] | type[frozenset[Any]]) -> Callable[..., Any]:
    def collect(ledger: Ledger, items: Any) -> Any:
        check(type(items) is list, f"a set made of a {type(items).__name__}", "a list")
        ledger.spend(len(items))
        return kind(ledger.hashable(items))

    return collect


def _bytes(ledger: Ledger) -> bytes:
    """Empty bytes: protocol 2 writes all others by _codecs.encode."""
    del ledger
    return b""


def _bytearray(ledger: Ledger, content: Any = b"", encoding: Any = "latin1") -> bytearray:
    if type(content) is str:
        content = _encode(ledger, content, encoding)
    check(type(content) is bytes, f"a bytearray made of a {type(content).__name__}", "bytes")
    ledger.spend(len(content))
    return bytearray(content)


def _complex(ledger: Ledger, real: Any, imaginary: Any) -> complex:
    del ledger
    check(type(real) is float and type(imaginary) is float, "a complex number without its parts", "two numbers")
    return complex(real, imaginary)


def _admitted() -> dict[tuple[str, str], Any]:
    """The names that a pickle may use, each with what stands for it here."""
    admitted: dict[tuple[str, str], Any] = {
        ("numpy", "ndarray"): ArrayType(),
        ("numpy", "dtype"): _dtype,
        ("_codecs", "encode"): _encode,
    }
    for core in ("numpy.core", "numpy._core"):  # before and since NumPy 2
        admitted[f"{core}.multiarray", "_reconstruct"] = _reconstruct
        admitted[f"{core}.multiarray", "scalar"] = _scalar
        admitted[f"{core}.numeric", "_frombuffer"] = _from_buffer
    for builtins in ("builtins", "__builtin__"):  # protocol 2 writes Python 2's names
        admitted[builtins, "set"] = _collect(set)
        admitted[builtins, "frozenset"] = _collect(frozenset)
        admitted[builtins, "bytes"] = _bytes
        admitted[builtins, "bytearray"] = _bytearray
        admitted[builtins, "complex"] = _complex
    return admitted


ADMITTED = _admitted()
