"""The constants that losses take when none are given are those of their documentation."""

import re

import pytest
import torch

from skeletonlearn import losses

GENERATOR = torch.Generator().manual_seed(0)
Z = torch.randn(8, 3, generator=GENERATOR, dtype=torch.float64)
OTHER = Z + 0.1 * torch.randn(8, 3, generator=GENERATOR, dtype=torch.float64)  # nearer than any margin
LABELS = torch.arange(8) % 2
STEPS = torch.randn(8, 4, 3, generator=GENERATOR, dtype=torch.float64)

CALLS = {
    "nt_xent": ((Z,), ("temperature",)),
    "supcon": ((Z, LABELS), ("temperature",)),
    "tcl": ((Z, LABELS), ("temperature", "k1", "k2")),
    "margin_contrastive": ((Z, OTHER, LABELS), ("margin",)),
    "focal_loss": ((Z, LABELS), ("gamma", "label_smoothing")),
    "temporal_cross_entropy": ((STEPS, LABELS), ("label_smoothing",)),
}


def documented(function, name):
    return float(re.search(rf"^ *{name} : float, default=([\d.]+)$", function.__doc__, flags=re.MULTILINE)[1])


@pytest.mark.parametrize(("name", "constant"), [(name, one) for name, (_, all_of) in CALLS.items() for one in all_of])
def test_a_constant_that_is_not_given_is_the_documented_one(name, constant):
    function, (arguments, _) = getattr(losses, name), CALLS[name]
    default = documented(function, constant)
    assert function(*arguments) == function(*arguments, **{constant: default})
    assert function(*arguments) != function(*arguments, **{constant: default + 0.5})
