"""Texts that docstrings share: they are put in at import, with the defaults of the class."""

import re
import subprocess
import sys
from inspect import getdoc, signature

import pytest
from sklearn.utils._param_validation import StrOptions

from skeletonlearn._docstrings import fill_docstring
from skeletonlearn._training.estimator import NetworkEstimator
from skeletonlearn._training.parameters import NETWORK_PARAMETERS, texts
from skeletonlearn.utils import all_estimators
from skeletonlearn.utils.discovery import public_modules

TEXTS = {
    "width": "width : int\n    How wide.\n    Or how narrow.",
    "shape": 'shape : {"round", "square"}\n    Of what.',
    "note": "It is a note.",
    "sizes": ["width", "shape"],
}
NETWORK_ESTIMATORS = [one for _, one in all_estimators() if issubclass(one, NetworkEstimator)]
PUBLIC_CLASSES = sorted(
    {
        thing
        for module in public_modules()
        for thing in (getattr(module, name) for name in module.__all__)
        if isinstance(thing, type)
    },
    key=lambda one: one.__name__,
)

every_estimator = pytest.mark.parametrize("estimator_class", [one for _, one in all_estimators()])
every_network_estimator = pytest.mark.parametrize("estimator_class", NETWORK_ESTIMATORS)

WITHOUT_DOCSTRINGS = """
from skeletonlearn._docstrings import fill_docstring

@fill_docstring({"note": "It is a note."})
class Table:
    '''A table.

    {note}
    '''

print(Table.__doc__)
"""


def filled(docstring):
    """The docstring of a class with the parameters width and shape."""

    class Table:
        def __init__(self, width=3, shape="round"):
            pass

    Table.__doc__ = docstring
    return fill_docstring(TEXTS)(Table).__doc__


def test_a_line_is_replaced_at_its_own_indentation():
    assert filled("A table.\n\n    {note}\n    ") == "A table.\n\n    It is a note.\n    "


def test_the_default_follows_the_type_of_a_parameter():
    expected = "A table.\n\n    width : int, default=3\n        How wide.\n        Or how narrow.\n    "
    assert filled("A table.\n\n    {width}\n    ") == expected


def test_a_default_that_is_text_is_in_double_quotes():
    assert 'shape : {"round", "square"}, default="round"\n' in filled("A table.\n\n    {shape}\n    ")


def test_a_group_is_its_members_in_their_order():
    docstring = filled("A table.\n\n    {sizes}\n    ")
    assert docstring == filled("A table.\n\n    {width}\n    {shape}\n    ")


def test_braces_within_a_line_stay():
    docstring = 'A table.\n\n    shape : {"round"}\n        One of {width}, or {"width": 1}.\n    '
    assert filled(docstring) == docstring


def test_a_name_without_a_text_raises():
    with pytest.raises(KeyError, match="height"):
        filled("A table.\n\n    {height}\n    ")


def test_a_class_has_no_docstring_where_python_leaves_docstrings_out():
    run = subprocess.run([sys.executable, "-OO", "-c", WITHOUT_DOCSTRINGS], capture_output=True, text=True, check=True)
    assert run.stdout == "None\n"


@pytest.mark.parametrize("public_class", PUBLIC_CLASSES)
def test_no_line_of_a_public_class_is_left_to_be_replaced(public_class):
    lines = [line.strip() for line in getdoc(public_class).splitlines()]
    assert [line for line in lines if line.startswith("{") and line.endswith("}")] == []


@every_network_estimator
def test_a_shared_parameter_is_described_by_its_text_and_its_own_default(estimator_class):
    described = getdoc(estimator_class)
    for name, text in texts(NETWORK_PARAMETERS).items():
        head, _, body = text.partition("\n")
        default = signature(estimator_class).parameters[name].default
        shown = f'"{default}"' if isinstance(default, str) else repr(default)
        assert f"{head}, default={shown}\n{body}\n" in described


@every_network_estimator
def test_every_parameter_has_a_constraint(estimator_class):
    assert set(estimator_class._parameter_constraints) == set(signature(estimator_class).parameters)


@every_network_estimator
def test_a_shared_parameter_has_the_constraint_of_all(estimator_class):
    shared = {name: parameter.constraint for name, parameter in NETWORK_PARAMETERS.items()}
    assert {name: estimator_class._parameter_constraints[name] for name in shared} == shared


@every_estimator
def test_every_name_that_a_parameter_may_be_is_in_its_type(estimator_class):
    types = dict(re.findall(r"^(\w+) : (.*)", getdoc(estimator_class), flags=re.MULTILINE))
    missing = [
        f"{name}={option!r}"
        for name, constraint in getattr(estimator_class, "_parameter_constraints", {}).items()
        for options in constraint
        if isinstance(options, StrOptions)
        for option in options.options
        if f'"{option}"' not in types[name]
    ]
    assert not missing
