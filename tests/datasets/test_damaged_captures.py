"""Damaged files of motion capture give sound sequences or a fault that names the file, and nothing else."""

import json
import random

import numpy as np
import pytest

from skeletonlearn.datasets import (
    SkeletonFileError,
    load_azure_kinect,
    load_bvh,
    load_c3d,
    load_deeplabcut,
    load_pku_mmd,
)
from tests.datasets.c3d_files import random_points, write_c3d
from tests.datasets.pose_hdf5_files import write_fixed_frame, write_sleap, write_table_frame
from tests.datasets.test_damaged_json import damaged_bytes, load_or_fault

WORDS = ["1e400", "-1", "nan", "inf", "9" * 40, "x", "", "0", "{", "}", "[", ",", "\n", '"', "null", "1e30", "é"]
COLUMNS = [("net", part, coord) for part in ("nose", "left_ear", "right_ear") for coord in ("x", "y", "likelihood")]
VALUES = np.random.default_rng(0).uniform(0.5, 1, size=(4, 9))

BVH = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT LeftLeg
  {
    OFFSET 0 -20 1
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -10 0
    }
  }
}
MOTION
Frames: 3
Frame Time: 0.04
0 90 0 10 20 30 40 50 60
0 90 0 11 20 30 40 51 60
0 90 0 12 20 30 40 52 60
"""
AZURE = {"frames": [{"bodies": [{"body_id": 3, "joint_positions": [[7.0, 8.0, 9.0]] * 32}]} for _ in range(3)]}


def csv_text():
    header = [",".join(names) for names in zip(("scorer", "bodyparts", "coords"), *COLUMNS, strict=True)]
    return "\n".join(header + [f"{at}," + ",".join(map(str, row)) for at, row in enumerate(VALUES)])


def cut_text(text, rng):
    """A text with a few places replaced by words, and sometimes its end cut off."""
    for _ in range(rng.randint(0, 2)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(WORDS) + text[at + rng.choice([0, 1, 2, 9]) :]
    return text[: rng.randrange(len(text))].encode() if rng.random() < 0.1 else text.encode()


def flip_bytes(data, rng):
    """Bytes of which some are others, mostly near the beginning, and sometimes the end cut off."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 9])):
        data[rng.randrange(min(len(data), rng.choice([64, 512, 2048, len(data)])))] = rng.choice([0, 127, 255, 1])
    return bytes(data[: rng.randrange(len(data))]) if rng.random() < 0.1 else bytes(data)


def written(write, ending, *arguments):
    def content(folder):
        write(folder / f"sound{ending}", *arguments)
        return (folder / f"sound{ending}").read_bytes()

    return content


PEOPLE = np.random.default_rng(0).uniform(0.5, 1, size=(4, 2, 3, 3))
FILES = {  # name, loader, sound content from a folder to write to, damage
    "azure kinect": ("a.json", load_azure_kinect, lambda folder: AZURE, damaged_bytes),
    "azure kinect cut": ("a.json", load_azure_kinect, lambda folder: json.dumps(AZURE), cut_text),
    "bvh": ("a.bvh", load_bvh, lambda folder: BVH, cut_text),
    "c3d": ("a.c3d", load_c3d, written(write_c3d, ".c3d", random_points()), flip_bytes),
    "deeplabcut csv": ("a.csv", load_deeplabcut, lambda folder: csv_text(), cut_text),
    "deeplabcut table": ("a.h5", load_deeplabcut, written(write_table_frame, ".h5", COLUMNS, VALUES), flip_bytes),
    "deeplabcut fixed": ("a.h5", load_deeplabcut, written(write_fixed_frame, ".h5", COLUMNS, VALUES), flip_bytes),
    "sleap": ("a.h5", load_deeplabcut, written(write_sleap, ".h5", PEOPLE, list("abc")), flip_bytes),
    "pku labels": ("l/0002-L.txt", None, lambda folder: "3,1,5,1\n12,2,9,2\n", cut_text),
    "pku recording": ("s/0002-L.txt", None, lambda folder: "\n".join([" ".join(["1.5"] * 150)] * 9), cut_text),
}


@pytest.fixture
def folder(tmp_path):
    """A folder with a sound recording of PKU-MMD."""
    for kind, text in {"s": "\n".join([" ".join(["1.5"] * 150)] * 9), "l": "3,1,5,1\n"}.items():
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "0002-L.txt").write_text(text)
    return tmp_path


def check_soundness(bunch):
    for sequence in bunch.sequences:
        assert len(sequence)
        assert sequence.shape[1] % bunch.skeleton.n_joints == 0
        assert sequence.shape[2] in (2, 3)
        assert sequence.dtype == np.float32
        assert not np.isinf(sequence).any()


@pytest.mark.parametrize("kind", FILES)
def test_damage_gives_sound_sequences_or_a_fault_that_names_the_file(folder, kind):
    name, load, sound, damage = FILES[kind]
    content, rng, n_sound = sound(folder), random.Random(kind), 0
    for _ in range(120):
        (folder / name).write_bytes(damage(content, rng))
        bunch = load_or_fault(load or load_pku_mmd, folder / name if load else folder)
        if isinstance(bunch, SkeletonFileError):
            assert bunch.path.startswith(str(folder))
            assert len(str(bunch)) < 1000
        else:
            n_sound += 1
            check_soundness(bunch)
    assert 5 < n_sound < 115
