"""The errors of all readers."""

import copy
import pickle
from pathlib import Path

import pytest
from joblib import Parallel, delayed, parallel_config

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._errors import ON_ERROR, SUBSETS, check_choice, cut, describe


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


@pytest.mark.parametrize("longest", [40, 100, 101])
def test_a_long_text_is_cut_in_its_middle(longest):
    text = "".join(f"{at} " for at in range(1000))
    short = cut(text, longest)
    assert len(short) == longest
    assert short.startswith("0 1 2 3 ")
    assert short.endswith("999 ")
    assert cut(short, longest) == short


def test_a_reason_is_bounded_and_keeps_what_was_expected():
    error = SkeletonFileError("a.json", 3, f"got {'x' * 10_000}, expected a list")
    assert len(str(error)) < 700
    assert str(error).endswith("expected a list")
    assert facts(pickle.loads(pickle.dumps(error))) == facts(error)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1], "list"),
        (None, "NoneType"),
        ({"b": 1, "a": 2}, "keys ['a', 'b']"),
        ({str(at): at for at in range(1000)}, "keys ['0', '1', '10', '100', '101', '102', '103', '104'] and 992 more"),
    ],
)
def test_a_value_is_described_in_a_few_words(value, text):
    assert describe(value) == text


def test_long_keys_are_described_in_a_few_words():
    assert len(describe({f"{at}" * 1000: at for at in range(1000)})) < 450
