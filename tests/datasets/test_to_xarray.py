"""Sequences as data sets of xarray."""

import numpy as np
import pytest

from skeletonlearn.datasets import to_xarray
from skeletonlearn.skeletons import COCO

POINTS = np.arange(3 * 34 * 2, dtype=float).reshape(3, 34, 2)


@pytest.mark.parametrize("dims", [("time", "space", "keypoints", "individuals"), ("frame", "axis", "joint", "person")])
def test_values_are_where_their_names_say(dims):
    dataset = to_xarray(POINTS, "COCO", dims=dims, individuals=["ann", "bob"], confidence=POINTS[..., 0])
    wrist = COCO.index("left_wrist")
    at = {dims[0]: 2, dims[2]: "left_wrist", dims[3]: "bob"}
    assert dataset["position"].sel(at | {dims[1]: "y"}).item() == POINTS[2, 17 + wrist, 1]
    assert dataset["confidence"].sel(at).item() == POINTS[2, 17 + wrist, 0]


@pytest.mark.parametrize(("fps", "times", "unit"), [(None, [0, 1, 2], "frames"), (25, [0, 0.04, 0.08], "seconds")])
def test_time_is_in_frames_or_seconds(fps, times, unit):
    dataset = to_xarray(POINTS, COCO, fps=fps)
    np.testing.assert_allclose(dataset["time"], times)
    assert (dataset.attrs["time_unit"], dataset.attrs["ds_type"], dataset.attrs.get("fps")) == (unit, "poses", fps)


def test_masked_values_are_nan():
    dataset = to_xarray(np.ma.masked_equal(POINTS, 5), COCO)
    assert np.isnan(dataset["position"]).sum() == 1
    assert np.isnan(dataset["confidence"]).all()


FAULTS = {
    "shape": ((POINTS[0], COCO), {}, r"sequence has shape \(34, 2\), expected"),
    "channels": ((POINTS[..., :1], COCO), {}, r"sequence has shape \(3, 34, 1\)"),
    "layout": ((POINTS, "KINECT_V1"), {}, "34 joints, but KINECT_V1 has 20"),
    "confidence": ((POINTS, COCO), {"confidence": np.ones(3)}, r"confidence has shape \(3,\), expected \(3, 34\)"),
    "fps": ((POINTS, COCO), {"fps": 0}, "fps=0 must be a positive number"),
    "individuals": ((POINTS, COCO), {"individuals": ["a"]}, "got 1 names of individuals .* expected 2"),
    "dimensions": ((POINTS, COCO), {"dims": ["time"]}, "and 1 of dimensions, expected 2 and 4"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_fit_is_an_error(fault):
    given, parameters, reason = FAULTS[fault]
    with pytest.raises(ValueError, match=reason):
        to_xarray(*given, **parameters)


def test_without_xarray_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(ImportError, match=r"pip install 'skeletonlearn\[xarray\]'"):
        to_xarray(POINTS, COCO)
