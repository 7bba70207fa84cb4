"""Which classes a classifier knows."""

import numpy as np
import pytest

from skeletonlearn._training.task import FitArguments
from skeletonlearn.classification._classes import check_two_classes, class_codes, known_classes

WORDS = np.array(["run", "sit", "walk"])


def known(y, fitted=None, **given):
    return known_classes(np.asarray(y), FitArguments(None, y, **given), fitted, "Any").tolist()


@pytest.mark.parametrize("y", [["walk", "run", "walk"], [3, -1, 3], [2.0, 0.0], [True, False]])
def test_a_fit_knows_the_classes_in_y(y):
    assert known(y) == sorted(set(y))


@pytest.mark.parametrize(("y", "shown"), [(["run", "run"], "'run'"), ([0, 0], "0"), ([1.5], "1.5")])
def test_one_class_is_refused(y, shown):
    with pytest.raises(ValueError, match=f"y has 1 class, {shown}, but Any needs at least 2 classes"):
        known(y)


def test_the_first_partial_fit_needs_all_classes():
    with pytest.raises(ValueError, match="classes must be passed on the first call to partial_fit"):
        known(["run", "sit"], is_partial=True)


def test_the_first_partial_fit_knows_the_classes_that_are_passed():
    assert known(["sit"], is_partial=True, classes=["walk", "run", "sit", "run"]) == WORDS.tolist()


def test_a_later_partial_fit_knows_the_classes_of_the_first():
    assert known(["sit"], fitted=WORDS, is_partial=True, continues=True) == WORDS.tolist()
    assert known(["sit"], fitted=WORDS, is_partial=True, continues=True, classes=WORDS[::-1]) == WORDS.tolist()


def test_other_classes_in_a_later_call_are_refused():
    with pytest.raises(ValueError, match=r"classes=\['run', 'sit'\] differ from those of the last fit, \['run'"):
        known(["sit"], fitted=WORDS, is_partial=True, continues=True, classes=["run", "sit"])


@pytest.mark.parametrize("given", [{"is_partial": True}, {}])
def test_unknown_classes_are_refused_by_name(given):
    with pytest.raises(ValueError, match=r"y has the classes \['bow', 'jump'\], expected only those of the first fit"):
        known(["run", "jump", "bow", "sit", "walk"], fitted=WORDS, continues=True, **given)


def test_unknown_classes_are_refused_in_the_first_partial_fit_too():
    with pytest.raises(ValueError, match=r"y has the classes \['bow'\], expected only"):
        known(["run", "bow"], is_partial=True, classes=["run", "sit"])


def test_a_warm_start_needs_all_classes_of_the_last_fit():
    with pytest.raises(ValueError, match=r"y has the classes \['run', 'sit'\], but warm_start=True continues with"):
        known(["run", "sit"], fitted=WORDS, continues=True)


def test_one_class_for_all_calls_is_refused():
    with pytest.raises(ValueError, match="y has 1 class, 'run'"):
        known(["run"], is_partial=True, classes=["run"])


@pytest.mark.parametrize("y", [["walk", "run", "sit", "run"], np.array(["walk", "run", "sit", "run"], dtype=object)])
def test_codes_are_places_among_the_classes(y):
    assert class_codes(y, WORDS).tolist() == [2, 0, 1, 0]


def test_codes_of_one_class_among_samples_of_weight_are_refused():
    check_two_classes(np.array([0, 0, 4]))
    with pytest.raises(ValueError, match=r"1 class among samples of positive weight .*, expected at least 2"):
        check_two_classes(np.array([4, 4]))
