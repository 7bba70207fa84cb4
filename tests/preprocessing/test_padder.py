"""FramePadder: any length to one, at its own speed."""

import numpy as np
import pytest

from skeletonlearn.preprocessing import FramePadder

CLIP = np.array([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize(
    ("padder", "expected"),
    [
        (FramePadder(5), [1, 2, 3, 0, 0]),
        (FramePadder(5, value=7), [1, 2, 3, 7, 7]),
        (FramePadder(5, value=np.nan), [1, 2, 3, np.nan, np.nan]),
        (FramePadder(8, mode="repeat"), [1, 2, 3, 1, 2, 3, 1, 2]),
        (FramePadder(5, mode="edge"), [1, 2, 3, 3, 3]),
        (FramePadder(3), [1, 2, 3]),
        (FramePadder(2), [1, 2]),
        (FramePadder(2, mode="repeat"), [1, 2]),
        (FramePadder(2, mode="edge"), [1, 2]),
    ],
    ids=str,
)
def test_clip_is_padded_or_cut(padder, expected):
    np.testing.assert_array_equal(padder.fit_transform(CLIP).ravel(), expected)


def test_longer_clip_is_refused_if_told_so():
    with pytest.raises(ValueError, match="X has a sequence of 3 frames, but FramePadder expected at most n_frames=2"):
        FramePadder(2, truncate=False).fit(CLIP).transform(CLIP)


def test_clip_of_the_wanted_length_is_not_refused():
    np.testing.assert_array_equal(FramePadder(3, truncate=False).fit_transform(CLIP).ravel(), CLIP[0])


def test_ragged_clips_become_one_array():
    clips = [np.ones((n_frames, 4, 3)) for n_frames in (2, 5, 9)]
    padded = FramePadder(6).fit_transform(clips)
    np.testing.assert_array_equal(padded[..., 0, 0].sum(axis=1), [2, 5, 6])


def test_value_that_is_no_number_of_the_kind_that_sequences_are_of_is_refused():
    with pytest.raises(ValueError, match=r"value=1e\+300 is too large for X, which has float32"):
        FramePadder(5, value=1e300).fit_transform(CLIP.astype(np.float32))
