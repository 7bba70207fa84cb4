"""Pickles of NumPy arrays and plain containers, read without calling anything that a file names.

A pickle is a program for a stack machine, and Python's own machine imports and calls what the program asks for. The
machine here knows the operations that Python 3 writes for plain data in protocols 2 to 5. A name in a pickle only
selects one of the few functions of `_pickled_values`, which check their arguments; every other name is refused.
"""

from __future__ import annotations

import pickle
import pickletools
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from skeletonlearn.datasets._pickled_values import (
    ADMITTED,
    STAND_INS,
    WANTED,
    Dtype,
    Function,
    Ledger,
    Refused,
    check,
    fill_array,
)
from skeletonlearn.datasets._source import FileContent

_PROTOCOLS = range(2, 6)
_LONGEST_NUMBER = 1024  # bytes
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
        If the pickle names anything else, or is truncated or malformed. Nothing of it has run then.
    """
    machine = _Machine(content.data)
    try:
        value = machine.run()
        _check_plain(value)
    except Refused as refused:
        raise content.fault(f"{refused} (byte {machine.at:,})") from None
    except (ValueError, TypeError, KeyError, OverflowError, MemoryError, RecursionError) as error:
        text = str(error) or type(error).__name__
        raise content.fault(f"got a malformed pickle ({text}), {WANTED} (byte {machine.at:,})") from None
    return value


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


class _Machine:
    """The stack, the memo and the operations of a pickle.

    Parameters
    ----------
    data : bytes
        The pickle.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []  # the stacks under each open mark
        self.memo: dict[int, Any] = {}
        self.ledger = Ledger(len(data))

    def run(self) -> Any:
        """The one value that is left on the stack at the end."""
        wanted = f"a pickle of protocol {_PROTOCOLS[0]} to {_PROTOCOLS[-1]}"
        check(self.data, "an empty file", wanted)
        check(self.data[0] == pickle.PROTO[0], "bytes that are no pickle", wanted)
        operations, stop = _OPERATIONS, pickle.STOP[0]
        while (code := self.take(1)[0]) != stop:
            if code not in operations:
                raise Refused(f"got {_operation_name(code)}, {WANTED}")
            operations[code](self)
        rest = len(self.data) - self.at
        check(not rest, f"{rest} bytes after the end of the pickle", "none")
        check(len(self.stack) == 1 and not self.below, "a pickle that ends amid its values", "one value")
        return self.stack[0]

    def take(self, n_bytes: int) -> bytes:
        """The next bytes, of which there must be so many."""
        start, self.at = self.at, self.at + n_bytes
        if self.at > len(self.data):
            self.at = start
            raise Refused(f"got a pickle that is cut short, expected {n_bytes} bytes more")
        return self.data[start : self.at]

    def number(self, n_bytes: int) -> int:
        """The next bytes as an unsigned number."""
        return int.from_bytes(self.take(n_bytes), "little")

    def pop(self) -> Any:
        """The value on top of the stack."""
        if not self.stack:
            raise Refused("got an operation without its value, expected a whole pickle")
        return self.stack.pop()

    def pop_mark(self) -> list[Any]:
        """The values above the last mark."""
        if not self.below:
            raise Refused("got the end of a group without its beginning, expected a whole pickle")
        values, self.stack = self.stack, self.below.pop()
        return values

    def top(self, kind: type) -> Any:
        """The value on top of the stack, which must be of this type and stays there."""
        if not self.stack or type(self.stack[-1]) is not kind:
            raise Refused(f"got items without a {kind.__name__} to put them into, expected a whole pickle")
        return self.stack[-1]

    def check_protocol(self) -> None:
        protocol = self.number(1)
        wanted = f"{_PROTOCOLS[0]} to {_PROTOCOLS[-1]}"
        check(protocol in _PROTOCOLS, f"pickle protocol {protocol}", wanted)

    def check_frame(self) -> None:
        size, rest = self.number(8), len(self.data) - self.at
        check(size <= rest, f"a pickle that is cut short, with {rest} bytes", f"a frame of {size}")

    def mark(self) -> None:
        self.below.append(self.stack)
        self.stack = []

    def memoize(self, index: int) -> None:
        value = self.pop()
        self.memo[index] = value
        self.stack.append(value)

    def recall(self, index: int) -> None:
        if index not in self.memo:
            raise Refused(f"got a reference to value {index}, expected one of {len(self.memo)} values so far")
        self.stack.append(self.memo[index])

    def push_long(self, size: int) -> None:
        if size > _LONGEST_NUMBER:
            raise Refused(f"got a number of {size} bytes, expected at most {_LONGEST_NUMBER}")
        self.stack.append(int.from_bytes(self.take(size), "little", signed=True))

    def push_text(self, size: int) -> None:
        self.stack.append(self.take(size).decode("utf-8", "surrogatepass"))

    def push_tuple(self, size: int) -> None:
        if len(self.stack) < size:
            raise Refused(f"got a tuple without its items, expected {size}")
        self.stack[-size:] = [tuple(self.stack[-size:])]

    def push_group(self, kind: type[tuple[Any, ...]] | type[frozenset[Any]]) -> None:
        items = self.pop_mark()
        self.stack.append(kind(items) if kind is tuple else kind(self.ledger.hashable(items)))

    def extend(self, items: list[Any]) -> None:
        self.top(list).extend(items)

    def update_set(self, items: list[Any]) -> None:
        self.top(set).update(self.ledger.hashable(items))

    def update_dict(self, items: list[Any]) -> None:
        if len(items) % 2:
            raise Refused("got a key without its value, expected pairs")
        self.top(dict).update(zip(self.ledger.hashable(items[::2]), items[1::2], strict=True))

    def append(self) -> None:
        item = self.pop()
        self.extend([item])

    def set_item(self) -> None:
        value, key = self.pop(), self.pop()
        self.update_dict([key, value])

    def drop(self) -> None:
        """Take off a value or, where there is none above it, a mark."""
        if self.stack:
            self.stack.pop()
        else:
            self.pop_mark()

    def drop_group(self) -> None:
        self.pop_mark()

    def call(self) -> None:
        """Call what stands for a function with the arguments that the pickle gives."""
        arguments, function = self.pop(), self.pop()
        check(type(function) is Function, f"a call of a {type(function).__name__}", "one of an admitted function")
        check(type(arguments) is tuple, f"arguments in a {type(arguments).__name__}", "a tuple")
        self.stack.append(function.call(self.ledger, *arguments))

    def find(self, module: Any, name: Any) -> None:
        """Push the stand-in for a name, if it has one."""
        check(type(module) is str and type(name) is str, "a name that is no text", "text")
        if (module, name) not in ADMITTED:
            full = f"{module}.{name}"[:200]
            raise Refused(f"got {full if full.isprintable() else ascii(full)}, {WANTED}")
        self.stack.append(ADMITTED[module, name])

    def find_from_lines(self) -> None:
        module, name = self._line(), self._line()
        self.find(module, name)

    def find_from_stack(self) -> None:
        name, module = self.pop(), self.pop()
        self.find(module, name)

    def _line(self) -> str:
        end = self.data.find(b"\n", self.at)
        check(end >= 0, "a pickle that is cut short", "the rest of a name")
        return self.take(end + 1 - self.at)[:-1].decode()

    def build(self) -> None:
        """Fill what was pushed last: an array with its content, or a type of numbers with its byte order."""
        state = self.pop()
        target = self.stack[-1] if self.stack else None
        if type(target) is Dtype:
            target.set_state(state)
        elif type(target) is np.ndarray and id(target) in self.ledger.unbuilt:
            del self.ledger.unbuilt[id(target)]
            fill_array(self.ledger, target, state)
        else:
            raise Refused(f"got a state for a {type(target).__name__}, expected one for a new array")


def _operation_name(code: int) -> str:
    names = (known.name for known in pickletools.opcodes if known.code == chr(code))
    name = next(names, None)
    return f"the operation {name}" if name else f"the byte {code:#04x}, which is no operation"


_OPERATIONS: dict[int, Callable[[_Machine], None]] = {
    code[0]: operation
    for code, operation in {
        pickle.PROTO: _Machine.check_protocol,
        pickle.FRAME: _Machine.check_frame,
        pickle.MARK: _Machine.mark,
        pickle.POP: _Machine.drop,
        pickle.POP_MARK: _Machine.drop_group,
        pickle.MEMOIZE: lambda machine: machine.memoize(len(machine.memo)),
        pickle.BINPUT: lambda machine: machine.memoize(machine.number(1)),
        pickle.LONG_BINPUT: lambda machine: machine.memoize(machine.number(4)),
        pickle.BINGET: lambda machine: machine.recall(machine.number(1)),
        pickle.LONG_BINGET: lambda machine: machine.recall(machine.number(4)),
        pickle.NONE: lambda machine: machine.stack.append(None),
        pickle.NEWTRUE: lambda machine: machine.stack.append(True),
        pickle.NEWFALSE: lambda machine: machine.stack.append(False),
        pickle.BININT: lambda machine: machine.push_long(4),
        pickle.BININT1: lambda machine: machine.stack.append(machine.number(1)),
        pickle.BININT2: lambda machine: machine.stack.append(machine.number(2)),
        pickle.LONG1: lambda machine: machine.push_long(machine.number(1)),
        pickle.LONG4: lambda machine: machine.push_long(machine.number(4)),
        pickle.BINFLOAT: lambda machine: machine.stack.append(struct.unpack(">d", machine.take(8))[0]),
        pickle.SHORT_BINBYTES: lambda machine: machine.stack.append(machine.take(machine.number(1))),
        pickle.BINBYTES: lambda machine: machine.stack.append(machine.take(machine.number(4))),
        pickle.BINBYTES8: lambda machine: machine.stack.append(machine.take(machine.number(8))),
        pickle.BYTEARRAY8: lambda machine: machine.stack.append(bytearray(machine.take(machine.number(8)))),
        pickle.SHORT_BINUNICODE: lambda machine: machine.push_text(machine.number(1)),
        pickle.BINUNICODE: lambda machine: machine.push_text(machine.number(4)),
        pickle.BINUNICODE8: lambda machine: machine.push_text(machine.number(8)),
        pickle.EMPTY_TUPLE: lambda machine: machine.stack.append(()),
        pickle.TUPLE1: lambda machine: machine.push_tuple(1),
        pickle.TUPLE2: lambda machine: machine.push_tuple(2),
        pickle.TUPLE3: lambda machine: machine.push_tuple(3),
        pickle.TUPLE: lambda machine: machine.push_group(tuple),
        pickle.EMPTY_LIST: lambda machine: machine.stack.append([]),
        pickle.APPEND: _Machine.append,
        pickle.APPENDS: lambda machine: machine.extend(machine.pop_mark()),
        pickle.EMPTY_DICT: lambda machine: machine.stack.append({}),
        pickle.SETITEM: _Machine.set_item,
        pickle.SETITEMS: lambda machine: machine.update_dict(machine.pop_mark()),
        pickle.EMPTY_SET: lambda machine: machine.stack.append(set()),
        pickle.ADDITEMS: lambda machine: machine.update_set(machine.pop_mark()),
        pickle.FROZENSET: lambda machine: machine.push_group(frozenset),
        pickle.GLOBAL: _Machine.find_from_lines,
        pickle.STACK_GLOBAL: _Machine.find_from_stack,
        pickle.REDUCE: _Machine.call,
        pickle.BUILD: _Machine.build,
    }.items()
}
