"""Decimal numbers in ASCII to float64, thousands at a time, with the very bits that `float` gives.

The window of the last sixteen bytes of each number is taken as two 64-bit words, and the digits in a word are combined
pairwise by three multiplications (Lemire 2018, "Quickly parsing eight digits"), here on whole arrays. At most fifteen
characters besides the sign make an integer below 2**53 and a power of ten below 10**15, both exact in float64, so their
quotient is rounded once and correctly (Clinger 1990). Other numbers (exponents, more digits) are read one by one.
"""

from __future__ import annotations

import re

import numpy as np

NUMBER = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""What counts as a number; narrower than `float`, which takes underscores, blanks, nan and inf."""

NUMBER_BYTES = b"0123456789+-.eE"

_MOST = 15  # characters besides the sign


def _bytes(value: int) -> np.uint64:
    return np.uint64(int.from_bytes(bytes([value]) * 8))


_ZEROS, _POINT_BITS, _ONE = _bytes(0x30), _bytes(0x10), np.uint64(1)
# "." ^ "0"; of the characters in NUMBER_BYTES, the digits give 0 to 9 and all others have the bit 0x10
_POINT = np.uint64(0x2E ^ 0x30)
_PAIR_STEPS = [(2561, 8, 0x00FF00FF00FF00FF), (6553601, 16, 0x0000FFFF0000FFFF), (42949672960001, 32, 2**32 - 1)]
_PAIRS = [tuple(map(np.uint64, step)) for step in _PAIR_STEPS]

# by the number of characters besides the sign: which bytes of the window they are
_WINDOW = 16
_KEEP = np.array([b"\0" * (_WINDOW - n) + b"\xff" * n for n in range(_MOST + 1)], dtype=f"V{_WINDOW}")

# by the number of characters from the point to the end, 0 where there is no point
_SCALE = np.array([10**n for n in range(16)], dtype=np.float64)
_NINES = np.array([0, *(9 * 10**n for n in range(15))], dtype=np.uint64)
# and, sixteen further, the same where there is a minus
_DIVISOR = np.outer([1.0, -1.0], _SCALE[[0, *range(15)]]).ravel()


def read_decimals(data: bytes, starts: np.ndarray, stops: np.ndarray) -> np.ndarray | None:
    """Read numbers that stand at known places in a text.

    Parameters
    ----------
    data : bytes
        The text.
    starts, stops : ndarray of int of shape (n,)
        Where each number starts and ends (exclusive): between them are only characters of `NUMBER_BYTES`, at
        least one. None ends before byte 16.

    Returns
    -------
    ndarray of shape (n,) or None
        The numbers, float64, bit by bit as `float` reads them; None where one is no `NUMBER`.
    """
    is_negative = np.frombuffer(data, np.uint8)[starts] == ord("-")
    n_characters = stops - starts - is_negative
    is_odd = n_characters > _MOST
    n_characters[is_odd] = 0
    windows = np.ndarray(len(data) - _WINDOW + 1, _KEEP.dtype, data, strides=(1,))  # from each byte of the text on
    digits = _to_words(windows[stops - _WINDOW])
    digits ^= _ZEROS
    digits &= _to_words(_KEEP[n_characters])  # now 0 to 9, _POINT, another character, or 0 before the number
    points = (digits & _POINT_BITS) >> np.uint64(4)
    others = digits & points  # 0 where the character is a point
    n_after = _count_from_point(points)
    is_odd |= n_characters <= (n_after > 0)  # no digit
    is_odd |= (others[:, 0] | others[:, 1]) > 0
    is_odd |= np.bitwise_count(points[:, 0] | points[:, 1] << _ONE) > 1
    n_after[is_odd] = 0
    digits -= points * _POINT
    numbers = _combine(digits, n_after) / _DIVISOR[n_after + 16 * is_negative]
    for at in np.flatnonzero(is_odd):
        number = data[starts[at] : stops[at]]
        if not NUMBER.fullmatch(number):
            return None
        numbers[at] = float(number)
    return numbers


def _to_words(windows: np.ndarray) -> np.ndarray:
    """The two words of each window, uint64 (n, 2)."""
    return windows.view("<u8").reshape(-1, 2)


def _count_from_point(points: np.ndarray) -> np.ndarray:
    """How many characters there are from the point to the end of the window, 0 without a point.

    Parameters
    ----------
    points : ndarray of uint64 of shape (n, 2)
        1 at the byte of the point, 0 at the others.

    Returns
    -------
    ndarray of int of shape (n,)
        The counts; nonsense where there are several points.
    """
    n_bits = np.bitwise_count(-points)  # from the point to the end of its word
    first, last = n_bits.T >> 3
    return (first + (first > 0) * np.uint8(8) + last).astype(np.intp)


def _combine(digits: np.ndarray, n_after: np.ndarray) -> np.ndarray:
    """The integers that digits make when the point among them is taken out.

    Parameters
    ----------
    digits : ndarray of uint64 of shape (n, 2)
        Digits, one a byte, 0 where the point is; overwritten.
    n_after : ndarray of int of shape (n,)
        Number of characters from the point to the end, 0 without a point.

    Returns
    -------
    ndarray of shape (n,)
        Integers, float64.
    """
    for factor, shift, mask in _PAIRS:
        digits *= factor
        digits >>= shift
        digits &= mask
    padded = digits[:, 0] * np.uint64(10**8) + digits[:, 1]
    # The 0 in place of the point: what is before it, times 10**n_after, plus what is after it, less than a tenth of
    # that power. So the nearest integer of the quotient is what is before it, whatever the rounding.
    before = np.rint(padded / _SCALE[n_after]).astype(np.uint64)
    return (padded - before * _NINES[n_after]).astype(np.float64)
