"""The official lists of samples to leave out."""

import re

import pytest

from skeletonlearn.datasets._ntu._missing_samples import load_missing_names

NAME = re.compile(r"S\d{3}C\d{3}P\d{3}R\d{3}A\d{3}")


@pytest.mark.parametrize(("dataset", "count"), [("ntu60", 302), ("ntu120", 535)])
def test_the_lists_have_the_published_lengths(dataset, count):
    names = load_missing_names(dataset)
    assert len(names) == count
    assert all(NAME.fullmatch(name) for name in names)


def test_the_larger_list_is_the_smaller_one_and_samples_of_the_new_setups_and_actions():
    assert load_missing_names("ntu60") < load_missing_names("ntu120")
    assert all(int(name[1:4]) <= 17 and int(name[-3:]) <= 60 for name in load_missing_names("ntu60"))
    new = load_missing_names("ntu120") - load_missing_names("ntu60")
    assert all(int(name[1:4]) > 17 and int(name[-3:]) > 60 for name in new)


@pytest.mark.parametrize(("dataset", "file"), [("ntu60", "NTU_RGBD"), ("ntu120", "NTU_RGBD120")])
def test_the_lists_are_the_official_ones(real_data, dataset, file):
    text = (real_data("ntu_missing") / f"{file}_samples_with_missing_skeletons.txt").read_text()
    assert load_missing_names(dataset) == set(NAME.findall(text))
