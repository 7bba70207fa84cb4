"""The frames of images and the numbers of frames."""

import pytest

from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._image_frames import frames_by_number, frames_of_images, place_frames
from skeletonlearn.datasets._source import FileContent, SourceFile

CONTENT = FileContent(SourceFile("folder/clip.json", "", ()), b"")


@pytest.mark.parametrize("name", ["{}.jpg", "clip2_{:05}.png", "take 1/{}", "{}"])
def test_images_that_are_missing_between_others_are_frames(name):
    images = [name.format(number) for number in (12, 9, 10, 9)]
    frame, n_frames = frames_of_images(images)
    assert [frame[image] for image in images] == [3, 0, 1, 0]
    assert n_frames == 4


def test_images_that_are_numbers_are_placed_by_them():
    assert frames_of_images([7, 3, 4]) == ({3: 0, 4: 1, 7: 4}, 5)


def test_images_whose_names_differ_in_more_than_a_number_stand_one_after_another():
    assert frames_of_images(["b1_9.jpg", "a2_1.jpg", "a10_1.jpg"]) == (
        {"a2_1.jpg": 0, "a10_1.jpg": 1, "b1_9.jpg": 2},
        3,
    )
    assert frames_of_images(["1_9.jpg", "2_4.jpg"]) == ({"1_9.jpg": 0, "2_4.jpg": 1}, 2)
    assert frames_of_images(["02.jpg", "2.jpg"])[1] == 2


def test_no_image_is_no_frame():
    assert frames_of_images([]) == ({}, 0)


@pytest.mark.parametrize(
    ("numbers", "frames", "n_frames"),
    [
        ([5], [0], 1),
        ([0, 1, 4], [0, 1, 4], 5),
        ([0, 5, 10, 25], [0, 1, 2, 5], 6),
        ([1, 2, 1000], [0, 1, 2], 3),
        ([0, 10**30, 3 * 10**30], [0, 1, 3], 4),
    ],
)
def test_frames_stand_in_steps_of_the_common_divisor_unless_few_places_were_taken(numbers, frames, n_frames):
    got, n_got = place_frames(numbers)
    assert (got.tolist(), n_got) == (frames, n_frames)


def test_frames_of_a_file_may_come_in_any_order():
    frames, n_frames = frames_by_number(CONTENT, [4, 2, 5], "frame_id")
    assert (frames.tolist(), n_frames) == ([2, 0, 3], 4)


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ([1, "2"], "got '2' as 'frame_id', expected a whole number"),
        ([1, None], "got None as 'frame_id'"),
        ([3, 1, 3], "got the frame_id 3 twice, expected it once"),
    ],
)
def test_frames_without_a_number_of_their_own_are_faults(numbers, reason):
    with pytest.raises(SkeletonFileError, match=reason):
        frames_by_number(CONTENT, numbers, "frame_id")
