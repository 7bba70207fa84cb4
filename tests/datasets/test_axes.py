"""Which axis is which."""

import numpy as np
import pytest

from skeletonlearn.datasets._axes import read_axes

T, M, V, C = 5, 2, 4, 3
VALUES = np.arange(T * M * V * C).reshape(T, M, V, C)
LETTERS = "TMVC"


def in_order(order):
    """One sample with its axes in an order of letters."""
    return VALUES.transpose([LETTERS.index(letter) for letter in order])


@pytest.mark.parametrize("order", ["CTVM", "MTVC", "TMVC", "VCMT", "CVTM"])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_any_order_of_axes_is_brought_to_frames_persons_joints_channels(order, place):
    text = order[:place] + "N" + order[place:]
    X = np.stack([in_order(order), -in_order(order)], axis=place)
    axes = read_axes(text, X.shape)
    np.testing.assert_array_equal(axes.arrange(X.take(1, axis=place)), -VALUES)
    assert axes.text == text


@pytest.mark.parametrize(("text", "lacks"), [("TVC", "M"), ("NCTV", "M"), ("TV", "MC"), ("VC", "TM"), ("NTC", "MV")])
def test_axes_may_be_absent(text, lacks):
    index = tuple(0 if letter in lacks else slice(None) for letter in LETTERS)
    kept = "".join(letter for letter in LETTERS if letter not in lacks)
    own = text.replace("N", "")
    sample = VALUES[index].transpose([kept.index(letter) for letter in own])
    shape = (1, *sample.shape) if "N" in text else sample.shape
    got = read_axes(text, shape).arrange(sample)
    wanted = VALUES[tuple(slice(0, 1) if letter in lacks else slice(None) for letter in LETTERS)]
    np.testing.assert_array_equal(got, wanted)


GROUPS = {
    "NT(MVC)": {"n_joints": V},
    "NT(VMC)": {"n_joints": V},
    "NT(MV)C": {"n_joints": V},
    "NTM(VC)": {},
    "NTV(CM)": {},
    "N(VC)TM": {"n_joints": V, "n_channels": C},
}


@pytest.mark.parametrize("text", GROUPS)
def test_axes_may_share_an_axis_of_the_array(text):
    tokens = text.replace("(", "").replace(")", "")
    sample = in_order(tokens.replace("N", ""))
    n_groups, at, shape = 0, 0, []
    for part in text.replace("(", " ").replace(")", " ").split():
        is_group = f"({part})" in text
        sizes = [{"N": 1, "T": T, "M": M, "V": V, "C": C}[letter] for letter in part]
        shape += [int(np.prod(sizes))] if is_group else sizes
        n_groups, at = n_groups + is_group, at + len(part)
    axes = read_axes(text, shape, **GROUPS[text])
    assert n_groups == 1
    np.testing.assert_array_equal(axes.arrange(sample.reshape(shape[1:])), VALUES)


@pytest.mark.parametrize(
    ("shape", "n_joints", "text"),
    [((9, 3, 300, 25, 2), None, "NCTVM"), ((9, 300, 50, 3), 25, "NT(MV)C"), ((9, 300, 150), 25, "NT(MVC)")],
)
def test_the_number_of_axes_tells_the_usual_order(shape, n_joints, text):
    axes = read_axes(None, shape, n_joints)
    assert axes.text == text
    assert axes.sizes == {"N": 9, "C": 3, "T": 300, "V": 25, "M": 2}


def test_channels_are_two_where_three_do_not_fit():
    assert read_axes("NT(MVC)", (9, 300, 68), 17).sizes["C"] == 2
    assert read_axes("NT(MVC)", (9, 300, 102), 17).sizes["C"] == 3
    assert read_axes("NT(MVC)", (9, 300, 102), 17, 2).sizes == {"N": 9, "T": 300, "M": 3, "V": 17, "C": 2}


def test_joints_of_an_unknown_layout_are_one_person():
    assert read_axes("NT(MV)C", (9, 300, 50, 3)).sizes == {"N": 9, "T": 300, "M": 1, "V": 50, "C": 3}


FAULTS = {
    "a number of axes": (
        "NCTVM",
        (9, 300, 150),
        {},
        r"X has 3 axes of shape \(9, 300, 150\), but axes='NCTVM'",
    ),
    "an unknown letter": ("NXTV", (1, 2, 3, 4), {}, "axes='NXTV' is no order of axes, expected the letters N, C"),
    "a letter twice": ("NTTV", (1, 2, 3, 4), {}, "axes='NTTV' is no order of axes"),
    "small letters": ("ntvc", (1, 2, 3, 4), {}, "axes='ntvc' is no order"),
    "an open parenthesis": ("NT(VC", (1, 2, 3), {}, "is no order of axes"),
    "nothing": ("", (1,), {}, "axes='' is no order of axes"),
    "a number": (3, (1, 2, 3), {}, "axes=3 is no order of axes"),
    "samples in a group": ("(NT)VC", (6, 3, 4), {}, "has samples and others on one axis"),
    "other joints": (
        "NCTVM",
        (9, 3, 300, 25, 2),
        {"n_joints": 17},
        "N=9 samples, C=3 channels, T=300 frames, V=25 joints, M=2 persons: got 25 joints, expected 17",
    ),
    "other channels": ("NCTV", (9, 3, 300, 25), {"n_channels": 2}, "got 3 channels, expected 2"),
    "no layout": ("NT(MVC)", (9, 300, 150), {}, r"\(MVC\)=150 persons x joints x channels: give skeleton="),
    "no multiple": ("NT(MVC)", (9, 300, 151), {"n_joints": 25}, "151 is no multiple of 25 joints and 2 channels"),
    "another product": ("NT(VC)", (9, 300, 150), {"n_joints": 25}, "150 is no multiple of 25 joints and 3 channels"),
    "frames in a group": ("N(TMV)C", (9, 600, 3), {}, "leaves the sizes in .TMV. open"),
    "six axes": (None, (1,) * 6, {}, "X has 6 axes of shape .* name them"),
    "another usual order": (None, (9, 30, 3, 25, 2), {}, "C=30 channels.* in the usual order: name the axes"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_axes_that_do_not_fit_are_an_error_with_the_size_of_each(fault):
    text, shape, known, reason = FAULTS[fault]
    with pytest.raises(ValueError, match=reason):
        read_axes(text, shape, **known)
