"""The audit of a split: exact and near duplicates across it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from skeletonlearn._containers import check_kind, unwrap
from skeletonlearn._progress import Progress
from skeletonlearn.model_selection._leaks._align import (
    Windows,
    difference,
    make_windows,
    may_be_near,
    rough_differences,
)
from skeletonlearn.model_selection._leaks._motion import Motion, make_motion
from skeletonlearn.model_selection._leaks._screen import candidates, describe

if TYPE_CHECKING:
    import pandas as pd

_MIN_JOINTS = 4  # fewer have too little shape to tell a copy from a look-alike
_ROUGHLY = 32  # training sequences compared roughly, per one that is aligned


@dataclass(frozen=True, eq=False, repr=False)
class Leaks:
    """What `find_leaks` found: one row for each pair, by test index, then distance, then training index.

    Parameters
    ----------
    test_index, train_index : ndarray of int of shape (n_pairs,)
        The test sequence and the training sequence that it repeats, as indices into all sequences.
    distance : ndarray of float of shape (n_pairs,)
        Their difference as a share of their movement; 0 for exact duplicates.
    kind : ndarray of str of shape (n_pairs,)
        "exact" or "near".
    n_test : int
        Number of test sequences compared.
    n_limited : int, default=0
        Number of test sequences with more candidates than `max_candidates`. They may repeat further training
        sequences.

    See Also
    --------
    find_leaks : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.model_selection import Leaks
    >>> leaks = Leaks(np.array([9]), np.array([2]), np.array([0.0]), np.array(["exact"]), n_test=4)
    >>> leaks
    1 of 4 test sequences repeat training sequences (1 exact, 0 near)
    >>> leaks.to_frame()["train_index"].tolist()
    [2]
    """

    test_index: np.ndarray
    train_index: np.ndarray
    distance: np.ndarray
    kind: np.ndarray
    n_test: int
    n_limited: int = 0

    def __len__(self) -> int:
        return len(self.test_index)

    def __repr__(self) -> str:
        leaking = len(np.unique(self.test_index))
        exact = len(np.unique(self.test_index[self.kind == "exact"]))
        limited = f"; {self.n_limited} have more candidates than were compared" if self.n_limited else ""
        return (
            f"{leaking} of {self.n_test} test sequences repeat training sequences "
            f"({exact} exact, {leaking - exact} near){limited}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the pairs as a table.

        Returns
        -------
        pandas.DataFrame
            With the columns test_index, train_index, distance and kind.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ImportError("to_frame needs pandas: install it with 'pip install pandas'.") from error
        columns = ("test_index", "train_index", "distance", "kind")
        return pd.DataFrame({name: getattr(self, name) for name in columns})


def find_leaks(
    sequences: Sequence[Any] | np.ndarray,
    train: Any,
    test: Any,
    *,
    tol: float = 0.1,
    max_candidates: int = 20,
    chunk_size: int = 1024,
    verbose: int = 0,
) -> Leaks:
    """Find test sequences that repeat training sequences: exact and near duplicates across a split.

    A near duplicate is the same recording at another frame rate, place, size or heading, with a little noise, or
    with up to 10 % of its duration cut off at either end, also of several of these at once. No skeleton need be known.

    Parameters
    ----------
    sequences : list of ndarray of shape (n_frames_i, n_joints, n_channels), or ndarray of four axes
        All sequences. NaN and masked values mark a missing joint, and so do zeros where several joints of a frame are
        at the origin.
        Two or three channels are coordinates in space; any other number is compared without turning.
    train, test : array-like of int, or of bool of shape (n_samples,)
        Indices of the two parts, such as a splitter gives, or masks. An index given twice counts once.
    tol : float, default=0.1
        How different near duplicates may be, as a share of their own movement: the root mean square distance of their
        joints after the best alignment, divided by the root mean square distance of the joints from their mean
        position within the body. 0.1 means that a tenth of what moves is unlike (see Notes). With 0, only exact
        duplicates are looked for.
    max_candidates : int, default=20
        Greatest number of training sequences that are aligned with each test sequence: the most similar candidates of
        the screen. It bounds the time where all sequences resemble each other. Exact duplicates are not limited.
    chunk_size : int, default=1024
        Number of sequences of either part compared at once. It bounds the memory and does not change the result.
    verbose : int, default=0
        0 shows nothing; 1 a progress bar in a terminal if rich is installed, else a line for each tenth or half a
        minute; 2 a line for each sequence.

    Returns
    -------
    Leaks
        The pairs: `test_index`, `train_index`, `distance` and `kind` ("exact" or "near"), sorted by test index, then
        distance. Its repr says how many test sequences leak; `to_frame()` makes a table.

    Raises
    ------
    ValueError
        If there are no sequences; if a part is empty, has indices out of range, or shares an index with the other; if
        sequences have other axes than these, differ in joints or channels, or hold infinity; or if a parameter is out
        of range.
    TypeError
        If sequences is None, a path, a mapping, a set or an iterator; if indices are not integers, or a parameter is
        not a number.

    See Also
    --------
    CrossSubject, CrossView : Splits that keep people and cameras apart.

    Notes
    -----
    Exact duplicates have the same shape and the same values, NaN being equal to NaN. For near duplicates, blank frames
    at the ends are left out, gaps bridged, both sequences resampled to 32 frames, bodies centred in each frame, and
    scale and rotation (one for the whole sequence) found by Procrustes analysis, for several cuts at either end. Two
    screens come before this alignment. The first compares distances between joints, which a rotation does not change.
    The second aligns the pairs that are left roughly: for each test sequence, the most similar ``32 * max_candidates``.
    The alignment takes a few milliseconds per pair, so it takes at most a few hundredths of a second per test sequence
    and candidate.

    On Northwestern-UCLA no two recordings by different cameras or of different people differ by less than 0.15, and
    test clips of view 3 that are not marked as copies differ by more than 0.28 from all training clips. On
    MSR-Action3D, with its smoother tracking, different people differ by 0.22 or more, but one person's repetitions of
    an action only by 0.12 or more, so a greater `tol` reports those. Copies at another frame rate, size or heading
    and with cut ends mostly differ by less than 0.05; noise of one hundredth of the body's size in each coordinate
    adds 0.05 to 0.1, or more where little moves.

    Not found: mirrored or reversed copies; copies turned differently in each frame (``ViewAligner(per="frame")``)
    or bone by bone; longer cuts; copies with reordered joints, or in other dimensions. Near duplicates need at least
    four joints in two channels or more, five frames, and movement of 2 % of the body's size; noise as large as the
    movement hides them. Another camera's recording of the same performance is no duplicate, and not reported:
    cross-view protocols hold such pairs by design.

    Examples
    --------
    >>> import numpy as np
    >>> from skeletonlearn.datasets import make_actions
    >>> from skeletonlearn.model_selection import find_leaks
    >>> sequences = make_actions(20, random_state=0).sequences
    >>> sequences[18] = sequences[3]
    >>> sequences[19] = 1.1 * sequences[7][::2] + 0.5
    >>> leaks = find_leaks(sequences, train=np.arange(15), test=np.arange(15, 20))
    >>> leaks
    2 of 5 test sequences repeat training sequences (1 exact, 1 near)
    >>> leaks.test_index, leaks.train_index
    (array([18, 19]), array([3, 7]))
    """
    sequences = _check_sequences(sequences)
    train, test = _check_part("train", train, len(sequences)), _check_part("test", test, len(sequences))
    both = np.intersect1d(train, test)
    if len(both):
        raise ValueError(f"train and test share {len(both)} indices ({_first(both)}), expected none.")
    _check_tol(tol)
    _check_positive_integer("max_candidates", max_candidates)
    _check_positive_integer("chunk_size", chunk_size)
    exact = _exact_pairs(sequences, train, test)
    rows = [(test_at, 0.0, train_at, "exact") for test_at, train_at in exact]
    n_limited = 0
    if tol > 0 and _can_be_aligned(sequences[0]):
        near = _NearPairs(sequences, exact, tol, max_candidates, chunk_size)
        near.find(train, test, verbose)
        rows += near.rows
        n_limited = near.n_limited
    rows.sort()
    columns = zip(*rows, strict=True) if rows else ((), (), (), ())
    test_index, distance, train_index, kind = columns
    return Leaks(
        np.array(test_index, dtype=int),
        np.array(train_index, dtype=int),
        np.array(distance, dtype=float),
        np.array(kind, dtype="<U5"),
        len(test),
        n_limited,
    )


def _exact_pairs(sequences: list[np.ndarray], train: np.ndarray, test: np.ndarray) -> set[tuple[int, int]]:
    """Pairs of test and training sequences with the same shape and values."""
    same = defaultdict(list)
    for at in train.tolist():
        same[_digest(sequences[at])].append(at)
    return {(at, partner) for at in test.tolist() for partner in same.get(_digest(sequences[at]), ())}


def _digest(sequence: np.ndarray) -> bytes:
    """A hash of shape and values, alike for all kinds of NaN, for 0 and -0, and for float32 and float64."""
    values = np.asarray(sequence, dtype=float) + 0.0
    values[np.isnan(values)] = np.nan
    return hashlib.blake2b(f"{values.shape}".encode() + values.tobytes(), digest_size=16).digest()


class _NearPairs:
    """The pairs that both screens let through and the alignment confirms."""

    def __init__(
        self,
        sequences: list[np.ndarray],
        exact: set[tuple[int, int]],
        tol: float,
        max_candidates: int,
        chunk_size: int,
    ) -> None:
        self._exact, self._tol, self._max_candidates, self._chunk_size = exact, tol, max_candidates, chunk_size
        self._sequences = sequences
        self._motion = lru_cache(chunk_size)(self._make_motion)
        self._windows = lru_cache(chunk_size)(self._make_windows)
        self.rows: list[tuple[int, float, int, str]] = []
        self.n_limited = 0

    def find(self, train: np.ndarray, test: np.ndarray, verbose: int) -> None:
        """Compare all test with all training sequences."""
        described, compared = describe(self._sequences, train, test, verbose)
        screened = candidates(described, compared, self._tol, self._chunk_size, _ROUGHLY * self._max_candidates)
        with Progress("comparing", "test sequence", len(compared.index), verbose) as progress:
            for done, (test_at, index, is_cut) in enumerate(screened, start=1):
                self._compare(test_at, [at for at in index.tolist() if (test_at, at) not in self._exact], is_cut)
                progress.done(done, {"near pairs": len(self.rows)})

    def _make_motion(self, at: int) -> Motion:
        motion = make_motion(self._sequences[at])
        assert motion is not None  # the screen leaves the others out
        return motion

    def _make_windows(self, at: int) -> Windows:
        return make_windows(self._motion(at))

    def _compare(self, test_at: int, index: list[int], is_cut: bool) -> None:
        """Align one test sequence with the most similar of its candidates."""
        if not index:
            return
        rough = rough_differences(self._windows(test_at), [self._windows(at) for at in index])
        order = np.argsort(rough, kind="stable")
        order = order[may_be_near(rough[order], self._tol)]
        self.n_limited += is_cut or len(order) > self._max_candidates
        for train_at in (index[place] for place in order[: self._max_candidates]):
            distance = difference(self._motion(test_at), self._motion(train_at), self._tol)
            if distance <= self._tol:
                self.rows.append((test_at, distance, train_at, "near"))


def _can_be_aligned(sequence: np.ndarray) -> bool:
    return sequence.shape[1] >= _MIN_JOINTS and sequence.shape[2] > 1


def _check_sequences(sequences: Any) -> list[np.ndarray]:
    """The sequences as arrays, alike in joints and channels."""
    check_kind(sequences, "find_leaks", "sequences")
    sequences = unwrap(sequences)
    given = getattr(sequences, "ndim", 4)
    if given != 4:
        raise ValueError(
            f"sequences has {given} dimensions, expected 4 (n_samples, n_frames, n_joints, n_channels) or a list of "
            "(n_frames_i, n_joints, n_channels)."
        )
    if len(sequences) == 0:
        raise ValueError("sequences is empty, expected at least one sequence.")
    arrays = [np.asarray(one) for one in sequences]
    for at, one in enumerate(arrays):
        if one.ndim != 3 or one.dtype.kind not in "fiub":
            raise ValueError(
                f"Sequence {at} has {one.ndim} dimensions and dtype {one.dtype}, expected real numbers in 3: "
                "(n_frames, n_joints, n_channels)."
            )
        if 0 in one.shape:
            raise ValueError(f"Sequence {at} has shape {one.shape}, expected at least one frame, joint and channel.")
        if one.shape[1:] != arrays[0].shape[1:]:
            raise ValueError(
                f"Sequence {at} has {one.shape[1]} joints and {one.shape[2]} channels, but sequence 0 has "
                f"{arrays[0].shape[1]} and {arrays[0].shape[2]}."
            )
        if np.isinf(one).any():
            raise ValueError(f"Sequence {at} holds infinity, expected finite values, or NaN for missing joints.")
    return arrays


def _check_part(name: str, part: Any, n_samples: int) -> np.ndarray:
    """Sorted indices, each once, from indices or a mask."""
    index = np.asarray(part)
    if index.ndim != 1:
        raise ValueError(f"{name} has {index.ndim} dimensions, expected 1: indices or a mask.")
    if index.dtype == bool:
        if len(index) != n_samples:
            raise ValueError(
                f"{name} is a mask of {len(index)} values, expected one for each of {n_samples} sequences."
            )
        index = np.flatnonzero(index)
    if len(index) == 0:
        raise ValueError(f"{name} is empty, expected at least one index.")
    if index.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {index.dtype}, expected integers or a mask of bool.")
    outside = index[(index < 0) | (index >= n_samples)]
    if len(outside):
        raise ValueError(f"{name} has indices out of range ({_first(outside)}), expected 0 to {n_samples - 1}.")
    return np.unique(index)


def _check_tol(tol: Any) -> None:
    if not isinstance(tol, Real) or isinstance(tol, bool):
        raise TypeError(f"tol={tol!r} must be a number.")
    if not 0 <= float(tol) < 1:
        raise ValueError(f"tol={tol!r} must be at least 0 and less than 1, a share of the movement.")


def _check_positive_integer(name: str, value: Any) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name}={value!r} must be an integer.")
    if value < 1:
        raise ValueError(f"{name}={value!r} must be at least 1.")


def _first(index: np.ndarray) -> str:
    """A few indices for an error."""
    return ", ".join(map(str, index[:5])) + (", ..." if len(index) > 5 else "")
