"""Clips and frames by file names."""

import pytest

from skeletonlearn.datasets._clip_files import ClipFile
from skeletonlearn.datasets._frame_names import clip_and_frame


@pytest.mark.parametrize(
    ("below", "name"),
    [
        ("wave/clip1_007", ("wave/clip1", 7)),
        ("clip1-7", ("clip1", 7)),
        ("wave/clip1/clip1_7", ("wave/clip1", 7)),
        ("wave/clip1/000007", ("wave/clip1", 7)),
        ("wave/clip1/labels/7", ("wave/clip1", 7)),
        ("labels/clip1_7", ("clip1", 7)),
        ("000007", ("folder", 7)),
        ("wave/clip1", ("wave/clip", 1)),
        ("wave/clip", None),
    ],
)
def test_a_frame_is_named_by_its_clip_and_its_number(below, name):
    file = ClipFile(f"/somewhere/folder/{below}.txt", "", (), below, "")
    if below == "000007":
        file = ClipFile("/somewhere/folder/000007.txt", "", (), below, "")
    assert clip_and_frame(file, folder="labels") == name


def test_a_suffix_stands_behind_the_number():
    file = ClipFile("/folder/clip1_7_keypoints.json", "", (), "clip1_7_keypoints", "")
    assert clip_and_frame(file, suffix="_keypoints") == ("clip1", 7)
    assert clip_and_frame(file, suffix="_points") is None
