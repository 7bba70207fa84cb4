"""The names of samples of NTU RGB+D."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skeletonlearn.datasets._ntu._names import name_fault, parse_names

LAYOUT = re.compile(r"S([0-9]{3})C([0-9]{3})P([0-9]{3})R([0-9]{3})A([0-9]{3})")
MOST = {"setup": 32, "camera": 3, "subject": 106, "repetition": 2, "action": 120}
SOUND = "S001C002P003R002A013"


def parse_slowly(name):
    """The five numbers in one name; None if it is not sound."""
    match = LAYOUT.fullmatch(name)
    numbers = [int(digits) for digits in match.groups()] if match else [0]
    return numbers if all(1 <= number <= most for number, most in zip(numbers, MOST.values(), strict=False)) else None


NUMBERS = st.tuples(*(st.integers(0, most + 1) for most in MOST.values()))
NAMES = NUMBERS.map("S{0[0]:03}C{0[1]:03}P{0[2]:03}R{0[3]:03}A{0[4]:03}".format)
DAMAGED = st.builds(
    lambda name, at, text: name[:at] + text + name[at + 1 :], NAMES, st.integers(0, 19), st.text(max_size=2)
)


@given(st.lists(st.one_of(NAMES, DAMAGED, st.text(max_size=22)), max_size=8))
def test_names_are_parsed_as_one_by_one(names):
    numbers, is_sound = parse_names(names)
    slow = [parse_slowly(name) for name in names]
    assert is_sound.tolist() == [one is not None for one in slow]
    rows = np.stack(list(numbers.values()), axis=1)[is_sound].tolist()
    assert rows == [one for one in slow if one is not None]
    assert list(numbers) == list(MOST)


@given(st.one_of(NAMES, DAMAGED))
def test_a_name_has_a_fault_where_it_is_not_sound(name):
    fault = name_fault("folder/file.skeleton", name)
    assert (fault is None) == (parse_slowly(name) is not None)
    assert fault is None or str(fault).startswith("folder/file.skeleton: got ")


@pytest.mark.parametrize("name", [SOUND[:-1], SOUND + "0", SOUND + "\0", SOUND.lower(), SOUND.replace("3", "\u0663")])
def test_another_layout_is_no_name(name):
    assert not parse_names([SOUND, name])[1][1]
    assert "expected SsssCcccPpppRrrrAaaa" in str(name_fault("file", name))


def test_a_name_without_fault_has_none():
    assert name_fault("file", SOUND) is None
    assert {part: number.tolist() for part, number in parse_names([SOUND])[0].items()} == {
        **{"setup": [1], "camera": [2], "subject": [3]},
        **{"repetition": [2], "action": [13]},
    }
