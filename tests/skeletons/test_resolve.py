"""From the `skeleton` parameter of an estimator to a layout."""

import numpy as np
import pytest

from skeletonlearn.skeletons import KINECT_V1, infer_skeleton
from skeletonlearn.skeletons import _resolve as resolve
from skeletonlearn.skeletons._resolve import resolve_skeleton

X = np.random.default_rng(0).normal(size=(8, 6, 5, 3))


@pytest.fixture
def no_inference(monkeypatch):
    def refuse(X):
        pytest.fail("bones were inferred")

    monkeypatch.setattr(resolve, "infer_skeleton", refuse)


def test_auto_infers_the_bones():
    assert resolve_skeleton("auto", X) == infer_skeleton(X)


def test_auto_infers_the_bones_of_sequences_of_different_lengths():
    sequences = [sequence[: 3 + at % 4] for at, sequence in enumerate(X)]
    assert resolve_skeleton("auto", sequences) == infer_skeleton(sequences)


@pytest.mark.parametrize("shape", [(8, 6, 1, 3), (8, 6, 5, 1), (8, 6, 5, 4)])
def test_what_are_no_bodies_of_points_has_no_layout(shape, no_inference):
    assert resolve_skeleton("auto", np.zeros(shape)) is None


@pytest.mark.parametrize("skeleton", ["KINECT_V1", "kinect_v1", KINECT_V1])
def test_a_layout_and_its_name_are_taken_without_inference(skeleton, no_inference):
    assert resolve_skeleton(skeleton, X) is KINECT_V1


def test_none_is_no_layout(no_inference):
    assert resolve_skeleton(None, X) is None


@pytest.mark.parametrize(("name", "near"), [("NTU_RGB", "NTU_RGBD"), ("Kinect", "KINECT_V1"), ("openpose", "OPENPOSE")])
def test_a_name_that_is_nearly_right_is_refused_with_the_right_one(name, near):
    with pytest.raises(ValueError, match=rf"skeleton='{name}' must be one of .* Did you mean '{near}"):
        resolve_skeleton(name, X)


def test_a_name_that_is_like_no_other_is_refused_without_a_guess():
    with pytest.raises(ValueError, match=r"skeleton='walrus' must be one of NTU_RGBD, .*, or a Skeleton\.$"):
        resolve_skeleton("walrus", X)
