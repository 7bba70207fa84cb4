"""Devices and precisions by name."""

import pytest
import torch

from skeletonlearn._training.devices import autocast, available_devices, resolve_device


def test_the_processor_is_always_there_and_first():
    assert available_devices()[0] == "cpu"


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")])
def test_a_device_is_taken_by_name_or_as_an_object(device):
    assert resolve_device(device) == torch.device("cpu")


def test_auto_takes_the_processor_where_there_is_nothing_else(monkeypatch):
    monkeypatch.setattr("skeletonlearn._training.devices.available_devices", lambda: ["cpu"])
    assert resolve_device("auto") == torch.device("cpu")


def test_auto_takes_the_first_accelerator(monkeypatch):
    monkeypatch.setattr("skeletonlearn._training.devices.available_devices", lambda: ["cpu", "cuda:0", "cuda:1"])
    assert resolve_device("auto") == torch.device("cuda:0")


def test_cuda_without_a_number_is_the_first(monkeypatch):
    monkeypatch.setattr("skeletonlearn._training.devices.available_devices", lambda: ["cpu", "cuda:0"])
    assert resolve_device("cuda") == torch.device("cuda:0")


@pytest.mark.parametrize("device", ["cuda:99", "gpu", "", "xla", torch.device("cuda", 99)])
def test_a_device_that_is_not_there_is_refused_with_those_that_are(device):
    with pytest.raises(ValueError, match=r"must be 'auto' or one of the devices here: cpu"):
        resolve_device(device)


@pytest.mark.parametrize("device", [0, None])
def test_what_is_no_name_is_refused(device):
    with pytest.raises(TypeError, match=rf"device={device!r} must be 'auto' or one of the devices here: cpu"):
        resolve_device(device)


@pytest.mark.parametrize(
    ("precision", "expected"),
    [("auto", torch.float32), ("float32", torch.float32), ("bfloat16", torch.bfloat16), ("float16", torch.float16)],
)
def test_products_on_the_processor_have_the_precision_asked_for(precision, expected):
    with autocast(torch.device("cpu"), precision):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is expected


def test_unknown_precision_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"precision='half' must be one of auto, float32, bfloat16, float16"):
        autocast(torch.device("cpu"), "half")
