"""Pickles of NumPy arrays and plain containers, read without calling anything that a file names.

Only `pickle.Unpickler.find_class` overridden is not enough. The C unpickler takes 1.6 GB for a pickle of 9 bytes with a
large memo index, and 1 MB of nested tuples as a dict key ends the process by a segmentation fault (Python 3.11.7). So
this is Python's own unpickler in Python, limited to the operations that plain data needs, with its dict keys checked.
A name in a pickle only selects one of the few functions of `_pickled_values`, which check their arguments: NumPy's own
trust the types and sizes that a pickle claims.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np

from skeletonlearn.datasets._pickled_values import (
    ADMITTED,
    STAND_INS,
    WANTED,
    Dtype,
    Ledger,
    Refused,
    check,
    fill_array,
)
from skeletonlearn.datasets._source import FileContent

_PROTOCOLS = range(2, 6)
_READS = 100_000  # that any pickle may take, however well it is compressed
_MALFORMED = (
    *(pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, AssertionError, BufferError, MemoryError, RuntimeError),
)
_AS_IN_PYTHON = (  # all but LONG4: numbers of more than 255 bytes take long to compute with
    *(pickle.PROTO, pickle.STOP, pickle.MARK, pickle.POP, pickle.POP_MARK),
    *(pickle.MEMOIZE, pickle.BINPUT, pickle.LONG_BINPUT, pickle.BINGET, pickle.LONG_BINGET),
    *(pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.BINFLOAT),
    *(pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.LONG1),
    *(pickle.SHORT_BINBYTES, pickle.BINBYTES, pickle.BINBYTES8),
    *(pickle.SHORT_BINUNICODE, pickle.BINUNICODE, pickle.BINUNICODE8),
    *(pickle.EMPTY_TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.TUPLE),
    *(pickle.EMPTY_LIST, pickle.APPEND, pickle.APPENDS, pickle.EMPTY_DICT, pickle.EMPTY_SET),
    *(pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.REDUCE),
)
_CONTAINERS = (dict, list, tuple, np.ndarray)


def read_pickle(content: FileContent) -> Any:
    """The value that a pickle holds, if it is made of NumPy arrays and plain containers only.

    Parameters
    ----------
    content : FileContent
        A file with one pickle of protocol 2 to 5.

    Returns
    -------
    object
        Of dict, list, tuple, set, frozenset, str, bytes, bytearray, int, float, complex, bool, None, and NumPy arrays
        and scalars of numbers, text and bytes; object arrays of these.

    Raises
    ------
    SkeletonFileError
        If the pickle names anything else, is truncated or malformed, or if a small compressed file unpacks to very many
        values. Nothing of it has run then.
    """
    file = _Reader(content)
    try:
        _check_protocol(content.data)
        value = _Unpickler(file).load()
        rest = len(content.data) - file.tell()
        check(not rest, f"{rest} bytes after the end of the pickle", "none")
        _check_plain(value)
    except Refused as refused:
        raise content.fault(f"{refused} (byte {file.tell():,})") from None
    except _MALFORMED as error:
        text = str(error) or type(error).__name__
        raise content.fault(f"got a malformed pickle ({text}), {WANTED} (byte {file.tell():,})") from None
    return value


def _check_protocol(data: bytes) -> None:
    wanted = f"{_PROTOCOLS[0]} to {_PROTOCOLS[-1]}"
    check(data, "an empty file", f"a pickle of protocol {wanted}")
    check(data[0] == pickle.PROTO[0], "bytes that are no pickle", f"a pickle of protocol {wanted}")
    check(len(data) > 1 and data[1] in _PROTOCOLS, f"pickle protocol {int.from_bytes(data[1:2])}", wanted)


def _check_plain(value: Any) -> None:
    """Refuse stand-ins that a pickle put where only values may be."""
    waiting, seen = [value], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, STAND_INS):
            raise Refused(f"got a function or type among the values, {WANTED}")
        if isinstance(one, _CONTAINERS) and id(one) not in seen:
            seen.add(id(one))  # a container may hold itself
            waiting += _items(one)


def _items(container: Any) -> Any:
    if isinstance(container, np.ndarray):
        return container.ravel().tolist() if container.dtype.hasobject else []
    return container.values() if isinstance(container, dict) else container  # keys are scalars


class _Reader(io.BytesIO):
    """The bytes of a pickle, which are all there and in as few pieces as arrays need.

    Parameters
    ----------
    content : FileContent
        The pickle. An operation takes up to three reads and at least one byte of a file that is not compressed.
    """

    def __init__(self, content: FileContent) -> None:
        super().__init__(content.data)
        self._reads = _READS + 3 * content.n_stored
        self._too_many = (
            f"got {content.n_stored:,} compressed bytes that unpack to {len(content.data):,} of many values"
        )

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes, of which there must be so many."""
        data = super().read(size)
        self._reads -= 1
        if self._reads < 0:
            raise Refused(f"{self._too_many}, expected mostly arrays; to read it anyway, decompress it first")
        if size and len(data) < size:
            raise Refused(f"got a pickle that is cut short, expected {size - len(data):,} bytes more")
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next line, which must have its end."""
        line = super().readline(size)
        check(line.endswith(b"\n"), "a pickle that is cut short", "the rest of a name")
        return line


class _Dispatch(dict[int, Callable[[Any], None]]):
    """The admitted operations by their codes."""

    def __missing__(self, code: int) -> Any:
        names = (known.name for known in pickletools.opcodes if known.code == chr(code))
        name = next(names, None)
        got = f"the operation {name}" if name else f"the byte {code:#04x}, which is no operation"
        raise Refused(f"got {got}, {WANTED}")


class _Unpickler(pickle._Unpickler):
    """Python's unpickler, limited to plain data.

    Parameters
    ----------
    file : _Reader
        The pickle.
    """

    stack: list[Any]
    read: Callable[[int], bytes]
    pop_mark: Callable[[], list[Any]]

    def __init__(self, file: _Reader) -> None:
        super().__init__(file)
        self.ledger = Ledger(len(file.getbuffer()))

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in for a name, if it has one."""
        if (module, name) not in ADMITTED:
            full = f"{module}.{name}"[:200]
            raise Refused(f"got {full if full.isprintable() else ascii(full)}, {WANTED}")
        stand_in = ADMITTED[module, name]
        return partial(stand_in, self.ledger) if callable(stand_in) else stand_in

    def _pass_over_frame(self) -> None:
        self.read(8)  # the size of the frame: all of it is in memory

    def _load_bytearray(self) -> None:
        self.stack.append(bytearray(self.read(int.from_bytes(self.read(8), "little"))))

    def _set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._update(dict(zip(self.ledger.hashable([key]), [value], strict=True)))

    def _set_items(self) -> None:
        items = self.pop_mark()
        self._update(dict(zip(self.ledger.hashable(items[::2]), items[1::2], strict=True)))

    def _add_items(self) -> None:
        self._update(set(self.ledger.hashable(self.pop_mark())))

    def _update(self, items: dict[Any, Any] | set[Any]) -> None:
        target = self.stack[-1]
        check(type(target) is type(items), f"a {type(target).__name__}", f"a {type(items).__name__} to put items into")
        target.update(items)

    def _load_frozenset(self) -> None:
        items = self.pop_mark()
        self.stack.append(frozenset(self.ledger.hashable(items)))

    def _build(self) -> None:
        """Fill what was pushed last: an array with its content, or a type of numbers with its byte order."""
        state, target = self.stack.pop(), self.stack[-1]
        if type(target) is Dtype:
            target.set_state(state)
        elif type(target) is np.ndarray and id(target) in self.ledger.unbuilt:
            del self.ledger.unbuilt[id(target)]
            fill_array(self.ledger, target, state)
        else:
            raise Refused(f"got a state for a {type(target).__name__}, expected one for a new array")

    dispatch: ClassVar = _Dispatch(
        {code[0]: pickle._Unpickler.dispatch[code[0]] for code in _AS_IN_PYTHON}
        | {
            pickle.FRAME[0]: _pass_over_frame,
            pickle.BYTEARRAY8[0]: _load_bytearray,
            pickle.SETITEM[0]: _set_item,
            pickle.SETITEMS[0]: _set_items,
            pickle.ADDITEMS[0]: _add_items,
            pickle.FROZENSET[0]: _load_frozenset,
            pickle.BUILD[0]: _build,
        }
    )
