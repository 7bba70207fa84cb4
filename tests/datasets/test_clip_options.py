"""The parameters that all readers of clips share, and their texts."""

from inspect import getdoc, signature

import pytest

from skeletonlearn import datasets
from skeletonlearn.datasets._clip_options import CLIP_TEXTS, ClipOptions

SHARED = ["labels", "segments", "fps", "untrimmed", "n_persons", "min_confidence", "on_error", "n_jobs", "cache"]
OWN_TEXTS = {"load_video": ("fps", "n_jobs", "cache")}  # they mean more there
LOADERS = [getattr(datasets, name) for name in datasets.__all__ if name.startswith("load_")]
LOADERS_OF_CLIPS = [load for load in LOADERS if "segments" in signature(load).parameters]


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": 3},
        {"labels": "file"},
        {"on_error": "ignore"},
        {"untrimmed": 1},
        {"fps": 0},
        {"fps": "30"},
        {"fps": float("nan")},
    ],
)
def test_an_unknown_value_is_an_error(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        ClipOptions(**wrong)


def test_frames_per_second_without_segments_are_an_error():
    with pytest.raises(ValueError, match=r"fps=30 is the unit of segments, but segments is None"):
        ClipOptions(fps=30)


@pytest.mark.parametrize("load", LOADERS_OF_CLIPS)
def test_a_shared_parameter_is_described_by_its_text_and_its_own_default(load):
    described = getdoc(load)
    for name in SHARED:
        if name in signature(load).parameters and name in CLIP_TEXTS and name not in OWN_TEXTS.get(load.__name__, ()):
            head, _, body = CLIP_TEXTS[name].partition("\n")
            default = signature(load).parameters[name].default
            shown = f'"{default}"' if isinstance(default, str) else repr(default)
            assert f"{head}, default={shown}\n{body}\n" in described


@pytest.mark.parametrize("load", LOADERS_OF_CLIPS)
def test_no_line_of_a_docstring_is_left_to_be_replaced(load):
    lines = [line.strip() for line in getdoc(load).splitlines()]
    assert [line for line in lines if line.startswith("{") and line.endswith("}")] == []


def test_readers_of_clips_are_found():
    assert len(LOADERS_OF_CLIPS) >= 3
