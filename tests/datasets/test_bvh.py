"""The reader of BVH files."""

import zipfile

import numpy as np
import pytest
from joblib import parallel_config
from scipy.spatial.transform import Rotation

from skeletonlearn.datasets import SkeletonFileError, load_bvh

BODY = {  # name: (parent, offset, channels), parents first
    "Hips": (None, (0, 0, 0), "Xposition Yposition Zposition Zrotation Xrotation Yrotation"),
    "Spine": ("Hips", (0, 20, 1), "Zrotation Xrotation Yrotation"),
    "LeftUpLeg": ("Hips", (9, -4, 0), "Xrotation Yrotation Zrotation"),
    "LeftLeg": ("LeftUpLeg", (0, -40, 0), "Yrotation Xrotation Zrotation"),
    "RightUpLeg": ("Hips", (-9, -4, 0), "Zrotation Yrotation Xrotation"),
    "RightLeg": ("RightUpLeg", (0, -40, 0), "Xposition Yposition Zposition Yrotation"),
}
CHANNELS = {name: channels.split() for name, (_, _, channels) in BODY.items()}
ENDS = {"Spine": (0, 15, 0), "LeftLeg": (0, -8, 12), "RightLeg": (0, -8, 12)}
N_CHANNELS = sum(map(len, CHANNELS.values()))


def hierarchy(name="Hips", level=0):
    parent, offset, channels = BODY[name]
    kind = "JOINT" if parent else "ROOT"
    inner = [f"OFFSET {' '.join(map(str, offset))}", f"CHANNELS {len(channels.split())} {channels}"]
    for child in [other for other, (above, *_) in BODY.items() if above == name]:
        inner += hierarchy(child, level + 1)
    if name in ENDS:
        inner += ["End Site", "{", f"\tOFFSET {' '.join(map(str, ENDS[name]))}", "}"]
    return [f"{kind} {name}", "{", *("\t" + line for line in inner), "}"]


def order(name="Hips"):
    """Joints in the order of the file."""
    children = [other for other, (above, *_) in BODY.items() if above == name]
    return [name, *(joint for child in children for joint in order(child))]


def text(values, *, seconds=0.01, n_frames=None):
    rows = [" ".join(f"{value:.9g}" for value in row) for row in values]
    motion = ["MOTION", f"Frames: {len(rows) if n_frames is None else n_frames}", f"Frame Time: {seconds}", *rows]
    return "\n".join(["HIERARCHY", *hierarchy(), *motion])


def random_values(n_frames=6, seed=0):
    return np.random.default_rng(seed).uniform(-170, 170, size=(n_frames, N_CHANNELS))


def positions_by_hand(values):
    """Positions of joints and end sites, one frame and one joint after another."""
    out = []
    for row in values:
        given, placed = iter(row), {}
        for name in order():
            parent, offset, _ = BODY[name]
            place, turn = np.array(offset, dtype=float), Rotation.identity()
            for channel in CHANNELS[name]:
                if "position" in channel:
                    place["XYZ".index(channel[0])] = next(given)
                else:
                    turn = turn * Rotation.from_euler(channel[0].lower(), next(given), degrees=True)
            above, above_turn = placed[parent] if parent else (np.zeros(3), Rotation.identity())
            placed[name] = (above + above_turn.apply(place), above_turn * turn)
        ends = {name: placed[name][0] + placed[name][1].apply(offset) for name, offset in ENDS.items()}
        out.append([point for name in order() for point in [placed[name][0], *([ends[name]] if name in ends else [])]])
    return np.array(out)


@pytest.fixture
def folder(tmp_path):
    """Two clips of two classes."""
    for at, clip in enumerate(("walk/take1", "wave/take2")):
        path = tmp_path / f"{clip}.bvh"
        path.parent.mkdir()
        path.write_text(text(random_values(6 + at, seed=at)))
    return tmp_path


def test_positions_are_those_of_a_plain_forward_kinematics(folder):
    bunch = load_bvh(folder, end_sites=True)
    for at, sequence in enumerate(bunch.sequences):
        assert sequence.dtype == np.float32
        np.testing.assert_allclose(sequence, positions_by_hand(random_values(6 + at, seed=at)), atol=1e-4)


def test_end_sites_are_left_out_unless_asked_for(folder):
    with_ends, without = load_bvh(folder, end_sites=True), load_bvh(folder)
    assert without.skeleton.n_joints == len(BODY)
    assert set(with_ends.skeleton.joints) - set(without.skeleton.joints) == {
        *("spine_end", "left_leg_end", "right_leg_end")
    }
    kept = [with_ends.skeleton.index(joint) for joint in without.skeleton.joints]
    np.testing.assert_array_equal(with_ends.sequences[0][:, kept], without.sequences[0])


def test_layout_is_the_tree_of_the_file_with_sides_and_roles(folder):
    skeleton = load_bvh(folder).skeleton
    assert skeleton.joints == ("hips", "spine", "left_up_leg", "left_leg", "right_up_leg", "right_leg")
    assert set(skeleton.bones) == {
        *(("spine", "hips"), ("left_up_leg", "hips"), ("right_up_leg", "hips")),
        *(("left_leg", "left_up_leg"), ("right_leg", "right_up_leg")),
    }
    assert skeleton.mirror_pairs == ((2, 4), (3, 5))
    assert skeleton.roles["hip"] == ("hips",)
    assert skeleton.roles["left_hip"] == ("left_up_leg",)


def test_labels_names_and_frame_rates_come_with_the_clips(folder):
    (folder / "wave" / "take2.bvh").write_text(text(random_values(), seconds=0.02))
    bunch = load_bvh(folder, labels="folder")
    assert bunch.name.tolist() == ["walk/take1", "wave/take2"]
    assert (bunch.target.tolist(), bunch.target_names) == ([0, 1], ["walk", "wave"])
    np.testing.assert_allclose(bunch.frame_rate, [100, 50])


def test_segments_are_cut_and_whole_recordings_keep_them(folder):
    segments = {"recording": ["walk/take1"] * 2, "start": [0, 3], "end": [2, 6], "label": ["step", "turn"]}
    cut = load_bvh(folder / "walk" / "take1.bvh", segments={**segments, "recording": ["take1"] * 2})
    assert [len(one) for one in cut.sequences] == [2, 3]
    assert cut.target_names == ["step", "turn"]
    whole = load_bvh(folder, segments=segments, untrimmed=True)
    assert whole.segments["end"].tolist() == [2, 6]


def test_archive_workers_and_cache_give_what_files_give(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "takes.zip", "w") as archive:
        for path in folder.rglob("*.bvh"):
            archive.write(path, path.relative_to(folder))
    expected = load_bvh(folder)
    with parallel_config(backend="threading", n_jobs=2):
        parallel = load_bvh(folder)
    for other in (
        parallel,
        load_bvh(tmp_path / "takes.zip"),
        *(load_bvh(folder, cache=tmp_path / "cache") for _ in range(2)),
    ):
        assert other.name.tolist() == expected.name.tolist()
        assert other.skeleton == expected.skeleton
        for ours, theirs in zip(other.sequences, expected.sequences, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_windows_line_ends_tabs_and_blank_lines_are_read(tmp_path):
    (tmp_path / "a.bvh").write_text(text(random_values()))
    (tmp_path / "b.BVH").write_bytes(text(random_values()).replace("\n", "\t\r\n\r\n").encode("utf-8-sig"))
    one, other = load_bvh(tmp_path).sequences
    np.testing.assert_array_equal(one, other)


def test_numbers_that_are_no_numbers_hide_what_hangs_from_them(tmp_path):
    values = random_values()
    values[2, order().index("Hips") + 6] = np.nan  # a rotation of the spine
    (tmp_path / "a.bvh").write_text(text(values))
    missing = np.isnan(load_bvh(tmp_path, end_sites=True).sequences[0]).any(axis=-1)
    assert np.argwhere(missing).tolist() == [[2, 2]]  # the end of the spine


def without(line):
    return "\n".join(one for one in text(random_values()).splitlines() if line not in one)


SOUND = text(random_values())
FAULTS = {
    "empty": ("", "got a file without a line MOTION"),
    "no hierarchy": ("MOTION\nFrames: 1", "got MOTION before the end of the hierarchy"),
    "cut in the hierarchy": (SOUND[:200], "without a line MOTION"),
    "cut in a frame": (SOUND.rpartition(" ")[0], "got 21 numbers, expected 22 numbers: the channels of a frame"),
    "a frame too few": (SOUND.rpartition("\n")[0], "got 5 frames, expected 6 as the line Frames: says"),
    "a word": (SOUND.replace("Frames: 6", "Frames: six"), "expected a line of 'Frames:' and a number"),
    "no frame time": (without("Frame Time"), "expected a line of 'Frame Time:' and a number"),
    "no time between frames": (text(random_values(), seconds=0), "got the frame time 0, expected seconds above 0"),
    "no frames": (text([]), "got 0 frames, expected 0 as the line Frames: says, and at least one"),
    "a word among the channels": (SOUND + "x", "text that is no number"),
    "infinity": (SOUND + "\ninf" + " 1" * (N_CHANNELS - 1), "got the number inf, expected coordinates and angles"),
    "a bracket too many": (SOUND.replace("MOTION", "}\nMOTION"), "got '}', expected HIERARCHY"),
    "a bracket too few": (SOUND.replace("}\nMOTION", "MOTION"), "got MOTION before the end of the hierarchy"),
    "a second root": (SOUND.replace("MOTION", "ROOT Hips\n{\n}\nMOTION"), "got 'ROOT Hips', expected HIERARCHY"),
    "no name": (SOUND.replace("JOINT Spine", "JOINT"), "got 'JOINT', expected HIERARCHY"),
    "one name twice": (SOUND.replace("JOINT Spine", "JOINT Hips"), "got two joints of the name 'Hips'"),
    "no offset": (SOUND.replace("OFFSET 0 20 1", ""), "got the joint 'Spine' without an OFFSET"),
    "an offset of two numbers": (SOUND.replace("OFFSET 0 20 1", "OFFSET 0 20"), "expected OFFSET and three numbers"),
    "an offset of words": (SOUND.replace("OFFSET 0 20 1", "OFFSET 0 up 1"), "got 'OFFSET 0 up 1', expected"),
    "an unknown channel": (SOUND.replace("3 Zrotation", "3 Wrotation"), "expected CHANNELS, their number, and"),
    "a wrong number of channels": (SOUND.replace("CHANNELS 6", "CHANNELS 7"), "expected CHANNELS, their number"),
    "a line of nothing known": (SOUND.replace("JOINT Spine", "BONE Spine"), "got 'BONE Spine', expected"),
    "no text": (b"\xff\xfe\xff" * 9, "got bytes that are no text"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_file_is_named_and_left_out_as_asked(folder, fault):
    content, reason = FAULTS[fault]
    path = folder / "wave" / "take2.bvh"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SkeletonFileError) as error:
        load_bvh(folder)
    assert error.value.path == str(path)
    assert reason in str(error.value)
    with pytest.warns(UserWarning, match="left out 1 of 2 files"):
        bunch = load_bvh(folder, on_error="warn")
    assert bunch.name.tolist() == ["walk/take1"]
    assert list(bunch.left_out) == ["wave/take2"]


def test_line_of_the_fault_is_named(folder):
    path = folder / "wave" / "take2.bvh"
    path.write_text(SOUND.replace("OFFSET 0 20 1", "OFFSET 0 20"))
    with pytest.raises(SkeletonFileError) as error:
        load_bvh(folder)
    assert SOUND.splitlines()[error.value.line - 1].strip() == "OFFSET 0 20 1"


def test_file_of_other_joints_than_the_first_is_left_out(folder):
    (folder / "wave" / "take2.bvh").write_text(SOUND.replace("Spine", "Chest"))
    with pytest.raises(SkeletonFileError, match="got the layout BVH with 6 joints, expected BVH with 6 as in"):
        load_bvh(folder)


def test_hierarchy_of_endless_joints_is_refused_at_once(tmp_path):
    (tmp_path / "a.bvh").write_text("HIERARCHY\nROOT a\n{\n" + "JOINT b\n{\n" * 100_000)
    with pytest.raises(SkeletonFileError, match="got more than 2000 joints, expected a body"):
        load_bvh(tmp_path)


def test_end_sites_must_be_true_or_false(folder):
    with pytest.raises(ValueError, match="end_sites='yes' must be True or False"):
        load_bvh(folder, end_sites="yes")


def test_what_comes_back_is_what_the_docstring_lists(folder, documented_keys):
    assert set(load_bvh(folder, labels=str.upper)) == documented_keys(load_bvh)
