"""Numbers in file names."""

import re

import pytest

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._file_names import parse_name
from skeletonlearn.datasets._source import find_files

PATTERN = re.compile(r"a(?P<action>\d{2})_s(?P<subject>\d{2})")
ALLOWED = {"action": range(1, 21), "subject": (1, 2, 5)}


def parse(tmp_path, name):
    (tmp_path / name).touch()
    (file,) = find_files(tmp_path, "*.txt", "a01_s01.txt")
    return parse_name(file, PATTERN, "aAA_sSS (action, subject)", ALLOWED)


@pytest.mark.parametrize("name", ["a20_s05.txt", "a20_s05.txt.gz"])
def test_numbers_come_by_their_names(tmp_path, name):
    assert parse(tmp_path, name) == {"action": 20, "subject": 5}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("b01_s01.txt", "got the file name 'b01_s01', expected aAA_sSS (action, subject)"),
        ("a01_s01_copy.txt", "got the file name 'a01_s01_copy', expected"),
        ("xa01_s01.txt", "got the file name 'xa01_s01', expected"),
        ("a1_s1.txt", "got the file name 'a1_s1', expected"),
        ("a21_s01.txt", "got action 21 in the file name, expected one of 1 to 20"),
        ("a00_s01.txt", "got action 0 in the file name"),
        ("a01_s03.txt", "got subject 3 in the file name, expected one of 1, 2, 5"),
    ],
)
def test_another_name_is_a_fault(tmp_path, name, reason):
    with pytest.raises(SkeletonFileError) as error:
        parse(tmp_path, name)
    assert reason in error.value.reason
    assert error.value.path == str(tmp_path / name)


def test_a_number_without_a_list_of_the_known_ones_may_be_any(tmp_path):
    (tmp_path / "a99_s99.txt").touch()
    (file,) = find_files(tmp_path, "*.txt", "a01_s01.txt")
    assert parse_name(file, PATTERN, "aAA_sSS", {}) == {"action": 99, "subject": 99}
