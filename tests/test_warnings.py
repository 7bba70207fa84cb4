"""Warnings that point at the user's line."""

import warnings

import pytest

from skeletonlearn._warnings import warn_user


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_a_warning_points_at_the_caller_however_deep_in_the_package_it_arises(depth):
    scope = {"__name__": "skeletonlearn.anything", "warn_user": warn_user}
    exec("def deep(n):\n    return deep(n - 1) if n else warn_user('mind this')", scope)
    with pytest.warns(UserWarning, match="mind this") as caught:
        scope["deep"](depth)
    assert [warning.filename for warning in caught] == [__file__]


def test_the_category_is_the_one_asked_for():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match="mind this"):
            warn_user("mind this", RuntimeWarning)
