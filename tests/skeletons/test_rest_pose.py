"""The proportions of a standing adult."""

import numpy as np
import pytest

from skeletonlearn.skeletons import COCO, KINECT_V1, NTU_RGBD, Skeleton
from skeletonlearn.skeletons._rest_pose import standing_adult


@pytest.mark.parametrize("skeleton", [KINECT_V1, NTU_RGBD, COCO], ids=lambda one: one.name)
def test_adult_stands_upright_with_the_right_side_at_positive_x(skeleton):
    adult = standing_adult(skeleton)
    for part in ("shoulder", "elbow", "hip", "knee"):
        left, right = adult[skeleton.index(f"left_{part}")], adult[skeleton.index(f"right_{part}")]
        np.testing.assert_allclose(right, left * [-1, 1, 1])
        assert right[0] > 0
    assert adult[skeleton.index("left_shoulder"), 1] > adult[skeleton.index("left_hip"), 1]


def test_shoulder_centre_is_one_place_in_all_layouts():
    neck = standing_adult(KINECT_V1)[KINECT_V1.index("neck")]
    np.testing.assert_array_equal(standing_adult(NTU_RGBD)[NTU_RGBD.index("spine_shoulder")], neck)


def test_joints_that_are_no_part_of_the_body_have_no_place():
    stick = Skeleton("stick", ("hip", "racket"), (("racket", "hip"),))
    np.testing.assert_array_equal(np.isnan(standing_adult(stick)).all(axis=1), [False, True])
