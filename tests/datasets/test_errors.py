"""The errors of all readers."""

import copy
import pickle
from pathlib import Path

import pytest
from joblib import Parallel, delayed, parallel_config

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._errors import ON_ERROR, SUBSETS, check_choice


def facts(error):
    return type(error), error.path, error.line, error.reason, str(error)


@pytest.mark.parametrize(
    ("line", "text"), [(4, "a/S001.skeleton, line 4: got this"), (None, "a/S001.skeleton: got this")]
)
def test_the_text_names_file_line_and_reason(line, text):
    assert str(SkeletonFileError("a/S001.skeleton", line, "got this")) == text


def test_a_path_is_kept_as_text():
    error = SkeletonFileError(Path("a", "b"), 1, "got this")
    assert error.path == str(Path("a", "b"))


def test_it_is_a_value_error():
    assert issubclass(SkeletonFileError, ValueError)


@pytest.mark.parametrize("line", [None, 0, 7])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_copies_keep_path_line_and_reason(line, again):
    error = SkeletonFileError("a.skeleton", line, "got this, expected that")
    assert facts(again(error)) == facts(error)


def refuse(path):
    raise SkeletonFileError(path, 3, "got this")


@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_workers_raise_it_and_return_it_whole(backend):
    error = SkeletonFileError("a.skeleton", 3, "got this")
    with parallel_config(backend=backend, n_jobs=2):
        assert [facts(one) for one in Parallel()(delayed(copy.copy)(error) for _ in range(2))] == [facts(error)] * 2
        with pytest.raises(SkeletonFileError) as raised:
            Parallel()(delayed(refuse)("a.skeleton") for _ in range(2))
    assert facts(raised.value) == facts(error)


@pytest.mark.parametrize(("value", "choices"), [("warn", ON_ERROR), ("test", SUBSETS), (None, (None, "AS1"))])
def test_a_choice_is_accepted(value, choices):
    check_choice("name", value, choices)


@pytest.mark.parametrize("value", ["val", "ALL", "", None, 0, ["all"]])
def test_another_value_is_an_error_with_got_and_wanted(value):
    with pytest.raises(ValueError, match="must be one of") as error:
        check_choice("subset", value, SUBSETS)
    assert str(error.value) == f"subset={value!r} must be one of 'all', 'train', 'test'."
