"""The choices that all readers offer."""

import pytest

from skeletonlearn.datasets._choices import ON_ERROR, SUBSETS, check_choice


@pytest.mark.parametrize(("value", "choices"), [("warn", ON_ERROR), ("test", SUBSETS), (None, (None, "AS1"))])
def test_a_choice_is_accepted(value, choices):
    check_choice("name", value, choices)


@pytest.mark.parametrize("value", ["val", "ALL", "", None, 0, ["all"]])
def test_another_value_is_an_error_with_got_and_wanted(value):
    with pytest.raises(ValueError, match="must be one of") as error:
        check_choice("subset", value, SUBSETS)
    assert str(error.value) == f"subset={value!r} must be one of 'all', 'train', 'test'."
