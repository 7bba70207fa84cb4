"""Reading many decimal numbers at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.datasets._ntu._decimal import read_decimals


def read(words):
    """Read words that stand in a text one after another, parted by blanks."""
    data = (" " * 16 + " ".join(words) + " ").encode()
    stops = 16 + np.cumsum([len(word) + 1 for word in words]) - 1
    return read_decimals(data, stops - [len(word) for word in words], stops)


def bits(values):
    return np.array(values, dtype=np.float64).tobytes()


def put_point(sign, digits, at, exponent):
    at %= len(digits) + 1
    return f"{sign}{digits[:at]}.{digits[at:]}{exponent}" if exponent is not None else f"{sign}{digits}"


def decimals(most_digits, exponents):
    """Lists of decimals, some integers, with leading and trailing zeros and points."""
    digits = st.integers(1, most_digits).flatmap(lambda n: st.integers(0, 10**n - 1).map(lambda i: f"{i:0{n}}"))
    words = st.builds(put_point, st.sampled_from(["", "-", "+"]), digits, st.integers(0, 30), exponents)
    return st.lists(words, min_size=1, max_size=20)


@given(decimals(14, st.sampled_from(["", "", "", None])))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_plain_decimals_have_the_bits_of_float(words):
    assert read(words).tobytes() == bits([float(word) for word in words])


@given(decimals(25, st.one_of(st.just(""), st.integers(-330, 310).map(lambda power: f"e{power}"))))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_decimals_have_the_bits_of_float(words):
    assert read(words).tobytes() == bits([float(word) for word in words])


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_shortest_decimals_of_floats_come_back(values):
    assert read([repr(value) for value in values]).tobytes() == bits(values)


def test_every_count_of_digits_before_and_after_the_point_is_right():
    digits = "9876543219876543"
    words = [digits[:before] + "." + digits[:after] for before in range(17) for after in range(17) if before + after]
    words += [digits[:n] for n in range(1, 17)]
    words += ["-" + word for word in words]
    assert read(words).tobytes() == bits([float(word) for word in words])


def test_a_minus_before_zero_is_kept():
    assert np.signbit(read(["-0", "0", "-0.000", "-.0", "+0"])).tolist() == [True, False, True, True, False]


WRONG = [
    "-",
    "+",
    ".",
    "-.",
    "e",
    "1e",
    "e5",
    "1e+",
    "--1",
    "-+1",
    "1-",
    "1.2.3",
    "..1",
    "1..",
    "1.-2",
    "1e5.",
    "1e2e3",
]
WRONG += ["1" * 16 + "-", "1" * 30 + "e"]


@pytest.mark.parametrize("word", WRONG)
def test_what_is_no_number_is_refused(word):
    assert read(["0.5", word, "-1.25"]) is None


def test_numbers_are_read_where_they_stand_whatever_is_around_them():
    data = b"123456789.123456789-7.5e3-12.25\n99.125 8"
    starts, stops = np.array([19, 25, 32]), np.array([23, 31, 38])
    assert read_decimals(data, starts, stops).tolist() == [-7.5, -12.25, 99.125]
