"""MediaPipe's pose landmarker in a process of its own."""

import subprocess

import numpy as np
import pytest

from skeletonlearn.datasets._pose_landmarker import PoseLandmarker, check_landmarker

MODEL = "pose_landmarker_full.task"
BLACK = np.zeros((64, 48, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def landmarker(real_data):
    with PoseLandmarker(real_data("pose_model") / MODEL, 2) as opened:
        yield opened


def test_in_a_black_picture_is_nobody(landmarker):
    assert landmarker.find(BLACK).shape == (0, 33, 7)
    assert landmarker.follow(1, BLACK).shape == (0, 33, 7)
    landmarker.forget(1)
    landmarker.forget(2)  # who was found in the last frame is not followed
    assert landmarker.follow(1, BLACK).shape == (0, 33, 7)


def test_nothing_is_written_and_no_report_goes_out(tmp_path, monkeypatch, capfd):
    proxies = "[(name, value) for name, value in sorted(os.environ.items()) if 'proxy' in name.lower()]"
    (tmp_path / "mediapipe.py").write_text(f"import os\nos.system('echo noise')\nraise RuntimeError({proxies})")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example")
    with pytest.raises(ValueError, match="MediaPipe answers") as error, PoseLandmarker("any.task", 1) as opened:
        opened.find(BLACK)
    assert "[('HTTPS_PROXY', 'none://none'), ('https_proxy', 'none://none')]" in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_no_process_starts_before_the_first_picture(real_data, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    with PoseLandmarker(real_data("pose_model") / MODEL, 1):
        pass


def test_a_file_that_is_no_model_is_an_error_that_says_where_to_get_one(tmp_path):
    (tmp_path / "other.task").write_bytes(b"nothing" * 100)
    with (
        pytest.raises(ValueError, match=r"other.task.: MediaPipe answers .*ai.google.dev/edge/mediapipe"),
        PoseLandmarker(tmp_path / "other.task", 1) as opened,
    ):
        opened.find(BLACK)


@pytest.mark.parametrize("missing", ["no.task", "."])
def test_a_model_that_is_missing_is_an_error_that_says_where_to_get_one(tmp_path, missing):
    with pytest.raises(FileNotFoundError, match=r"is no file, .*download it from https://ai.google.dev"):
        check_landmarker(tmp_path / missing)


def test_without_mediapipe_the_error_names_the_extra(tmp_path, monkeypatch):
    (tmp_path / "a.task").touch()
    monkeypatch.setattr("skeletonlearn.datasets._pose_landmarker.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'skeletonlearn\[video\]'"):
        check_landmarker(tmp_path / "a.task")


@pytest.mark.parametrize(
    ("lines", "error", "text"),
    [
        ("raise ImportError('libGL.so.1: no such file')", ImportError, "libGL.so.1.*On Linux it needs libgl1"),
        ("import os, sys; sys.stderr.write('out of memory'); os._exit(1)", RuntimeError, "ended: 'out of memory'"),
    ],
)
def test_a_process_that_fails_is_an_error_that_says_why(tmp_path, monkeypatch, lines, error, text):
    (tmp_path / "mediapipe.py").write_text(lines)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(error, match=text), PoseLandmarker("any.task", 1) as opened:
        opened.find(np.zeros((2000, 1000, 3), dtype=np.uint8))  # more than a pipe holds
