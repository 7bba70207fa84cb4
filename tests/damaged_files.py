"""Damage to files, and what loaders make of it: a sound Bunch, or an error that names the file.

A case is a fixture, a seed and a number; the same three give the same damage.
"""

from __future__ import annotations

import json
import re
import resource
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from skeletonlearn.datasets import SkeletonFileError
from tests.file_fixtures import FIXTURES, Fixture

MOST_SECONDS = 30.0
"""What no case may take, on the slowest of machines: usual ones take hundredths."""
MOST_MEGABYTES = 500
"""What no case may add to the memory of the process: the files take kilobytes."""
_LONGEST_ERROR = 1_200  # characters, besides the path
_LARGEST = 1e10  # no coordinate of a fixture becomes larger without being a fault

_NUMBER = re.compile(rb"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_NUMBERS = (
    *(b"nan", b"NaN", b"Infinity", b"-inf", b"1e400", b"1e39", b"-1", b"0", b"1e-320", b"null", b"true", b'""', b'"a"'),
    *(b"[]", b"{}", b"[[[]]]", b"9" * 30, b"9" * 5000, b"0x10", b"1_0", b"1e6", b"2147483648", b"0.5.5", b"", b"\xff"),
)
_WRONG = (
    None,
    True,
    -1,
    0,
    3,
    1e300,
    10**400,
    float("nan"),
    float("inf"),
    "",
    "a",
    "0",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    ["a"],
)
_BYTES = (b"", b"\0", b"\xff\xfe", b"\n", b",", b'"', b"{", b"]", b"\0" * 1000, b"[" * 3000, b"\xef\xbb\xbf")


@dataclass(frozen=True)
class Outcome:
    """How a case ended.

    Attributes
    ----------
    kind : str
        "read", "refused", or the name of another error.
    message : str
        Of the error.
    failure : str
        Why that is not as promised; empty if it is.
    """

    kind: str
    message: str = ""
    failure: str = ""


def run(name: str, seed: int, number: int, folder: Path) -> Outcome:
    """Damage a file of a fixture, and load it.

    Parameters
    ----------
    name : str
        A key of `FIXTURES`.
    seed, number : int
        What the damage is drawn from.
    folder : Path
        An empty folder; it is left with the files.

    Returns
    -------
    Outcome
        How it ended.
    """
    fixture, rng = FIXTURES[name], np.random.default_rng([seed, number])
    path = str(rng.choice(sorted(fixture.files)))
    contents = {**fixture.files, path: damaged(fixture.files[path], rng)}
    write(contents, folder)
    drawn = {"n_persons": int(rng.integers(1, 3)), "min_confidence": float(rng.choice([0.0, 0.5]))}
    taken = signature(fixture.load).parameters
    parameters = {**fixture.parameters, **{name: value for name, value in drawn.items() if name in taken}}
    parameters["on_error"] = str(rng.choice(["raise", "raise", "raise", "skip"]))
    start, memory = time.perf_counter(), _peak_megabytes()
    outcome = _load(fixture, folder, path, parameters)
    spent = {"seconds": time.perf_counter() - start, "megabytes": _peak_megabytes() - memory}
    if not outcome.failure and (spent["seconds"] > MOST_SECONDS or spent["megabytes"] > MOST_MEGABYTES):
        return Outcome(outcome.kind, outcome.message, f"it took {spent}")
    return outcome


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _load(fixture: Fixture, folder: Path, path: str, parameters: dict[str, Any]) -> Outcome:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", ".*check_layout")  # damaged bodies may well be none
            bunch = fixture.load(folder, **parameters)
        check_bunch(bunch)
        _check_sound_clips(bunch, fixture, path, parameters)
    except SkeletonFileError as error:
        return Outcome("refused", str(error), fault_of(error, fixture.clip_of(path)))
    except Exception as error:  # noqa: BLE001 - what any file may raise is what is looked for
        message = str(error)
        if type(error) is ValueError and parameters["on_error"] == "skip" and message.startswith("None of "):
            return Outcome("refused", message)
        return Outcome(type(error).__name__, message, "".join(traceback.format_exception(error))[-3000:])
    return Outcome("read")


def fault_of(error: SkeletonFileError, clip: str) -> str:
    """Find what an error lacks: the damaged file, or its clip, a reason, or shortness."""
    if clip not in str(error):
        return f"it names {error.path} only, not {clip}"
    if not error.reason.startswith("got "):
        return f"its reason does not say what was got: {error.reason}"
    if len(str(error)) > _LONGEST_ERROR:
        return f"it has {len(str(error))} characters"
    return ""


def _check_sound_clips(bunch: Any, fixture: Fixture, path: str, parameters: dict[str, Any]) -> None:
    """Check that clips of the other file are read as they are without the damage."""
    given = {name: value for name, value in parameters.items() if name != "on_error"}
    sound = _sound_clips(fixture, tuple(given.items()))
    for name, sequence in zip(bunch.name.tolist(), bunch.sequences, strict=True):
        if not name.startswith(fixture.clip_of(path)):
            assert name in sound, f"{name!r} is no clip of the other file"
            assert np.array_equal(sequence, sound[name], equal_nan=True), f"{name!r} is read in another way"


@cache
def _sound_clips(fixture: Fixture, parameters: tuple[tuple[str, Any], ...]) -> dict[str, np.ndarray]:
    with TemporaryDirectory() as folder:
        write(fixture.files, Path(folder))
        bunch = fixture.load(folder, **dict(parameters))
    return dict(zip(bunch.name.tolist(), bunch.sequences, strict=True))


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def check_bunch(bunch: Any) -> None:
    """Check that what was read has the shapes that it promises.

    Raises
    ------
    AssertionError
        If it does not.
    """
    n_joints, n_channels = bunch.sequences[0].shape[1:]
    assert n_joints % bunch.skeleton.n_joints == 0
    assert len(bunch.sequences) == len(bunch.name) == len(set(bunch.name.tolist()))
    assert "target" not in bunch or len(bunch.target) == len(bunch.sequences)
    for sequence in bunch.sequences:
        assert sequence.dtype == np.float32
        assert sequence.shape[1:] == (n_joints, n_channels)
        assert 0 < len(sequence) < 10_000
        assert not np.isinf(sequence).any()
        assert np.nanmax(np.abs(sequence), initial=0.0) < _LARGEST
    if "confidence" in bunch:
        assert [one.shape for one in bunch.confidence] == [one.shape[:2] for one in bunch.sequences]
        assert all(np.isfinite(one).all() and one.dtype == np.float32 for one in bunch.confidence)


# Damage ---------------------------------------------------------------------------------------------------------------


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """A content with some damage, of one kind or two."""
    for _ in range(int(rng.integers(1, 3))):
        content = DAMAGES[int(rng.integers(len(DAMAGES)))](content, rng)
    return content


def _cut(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: int(rng.integers(len(content) + 1))]


def _flip(content: bytes, rng: np.random.Generator) -> bytes:
    flipped = np.frombuffer(content, np.uint8).copy()
    for at in rng.integers(max(len(flipped), 1), size=int(rng.integers(1, 9))):
        flipped[at : at + 1] ^= 1 << int(rng.integers(8))
    return flipped.tobytes()


def _insert(content: bytes, rng: np.random.Generator) -> bytes:
    at, more = int(rng.integers(len(content) + 1)), _BYTES[int(rng.integers(len(_BYTES)))]
    return content[:at] + more + content[at:]


def _remove(content: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content) + 1))
    return content[:start] + content[start + int(rng.integers(1, 200)) :]


def _repeat(content: bytes, rng: np.random.Generator) -> bytes:
    start, stop = np.sort(rng.integers(len(content) + 1, size=2)).tolist()
    return content[:stop] + content[start:]


def _replace_number(content: bytes, rng: np.random.Generator) -> bytes:
    found = [match.span() for match in _NUMBER.finditer(content)]
    if not found:
        return content
    start, stop = found[int(rng.integers(len(found)))]
    return content[:start] + _NUMBERS[int(rng.integers(len(_NUMBERS)))] + content[stop:]


def _change_lines(content: bytes, rng: np.random.Generator) -> bytes:
    lines = content.split(b"\n")
    at, other = rng.integers(len(lines), size=2).tolist()
    change = int(rng.integers(4))
    if change == 0:
        del lines[at]
    elif change == 1:
        lines.insert(other, lines[at])
    elif change == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = lines[at].replace(b",", b";" if rng.random() < 0.5 else b" , ")
    return b"\n".join(lines)


def _change_cell(content: bytes, rng: np.random.Generator) -> bytes:
    lines = content.split(b"\n")
    at = int(rng.integers(len(lines)))
    cells = lines[at].split(b",")
    cell = int(rng.integers(len(cells)))
    cells[cell : cell + 1] = [[], [b""], [b"x"], [b"frame", b"class"], [cells[0]]][int(rng.integers(5))]
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _change_json(content: bytes, rng: np.random.Generator) -> bytes:
    value: Any = None
    with suppress(ValueError, RecursionError):
        value = json.loads(content)
    if not isinstance(value, list | dict):
        return _replace_number(content, rng)
    value = deepcopy(value)
    places = [
        (holder, key)
        for holder in _holders(value)
        for key in (holder if isinstance(holder, dict) else range(len(holder)))
    ]
    if places:
        holder, key = places[int(rng.integers(len(places)))]
        _CHANGES[int(rng.integers(len(_CHANGES)))](holder, key, rng)
    return json.dumps(value).encode()


def _holders(value: Any) -> list[Any]:
    """All objects and lists in a value, those near the root as often as all others together."""
    found, level = [value], [value]
    everything = [value]
    while level:
        level = [one for holder in level for one in (holder.values() if isinstance(holder, dict) else holder)]
        level = [one for one in level if isinstance(one, list | dict)]
        everything += level
        found += level[:20]
    return found + everything


def _put_wrong(holder: Any, key: Any, rng: np.random.Generator) -> None:
    holder[key] = _WRONG[int(rng.integers(len(_WRONG)))]


def _drop(holder: Any, key: Any, rng: np.random.Generator) -> None:
    del holder[key]


def _rename(holder: Any, key: Any, rng: np.random.Generator) -> None:
    if isinstance(holder, dict):
        holder[["", "x", key.upper(), key * 100, f"{key} "][int(rng.integers(5))]] = holder.pop(key)


def _wrap(holder: Any, key: Any, rng: np.random.Generator) -> None:
    holder[key] = [[holder[key]], {"a": holder[key]}, [holder[key]] * 2, [[[holder[key]]]]][int(rng.integers(4))]


def _grow(holder: Any, key: Any, rng: np.random.Generator) -> None:
    if isinstance(holder, list):
        holder.extend([holder[key]] * int(rng.choice([1, 2, 100])))
    else:
        holder.update({f"{key}{at}": holder[key] for at in range(100)})


def _empty(holder: Any, key: Any, rng: np.random.Generator) -> None:
    holder.clear()


def _nest(holder: Any, key: Any, rng: np.random.Generator) -> None:
    for _ in range(200):
        holder[key] = [holder[key]]


_CHANGES: tuple[Callable[[Any, Any, np.random.Generator], None], ...] = (
    *(_put_wrong, _put_wrong, _put_wrong, _drop, _rename, _wrap, _grow, _empty, _nest),
)
DAMAGES: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    *(_cut, _flip, _insert, _remove, _repeat, _replace_number, _replace_number, _change_lines, _change_cell),
    *(_change_json, _change_json, _change_json, _change_json),
)
