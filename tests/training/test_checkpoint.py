"""The file that a fit goes on from: whole or not there, and of no other fit."""

import errno
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

import skeletonlearn
from skeletonlearn import _files
from skeletonlearn._training.checkpoint import Checkpoint, Snapshot, seed_of_fit

_PAGE = 4096
IDENTITY = {"estimator": "Some", "X": "0123", "y": "4567", "learning_rate": "0.1"}


def snapshot(epoch):
    arrays = {
        "module/0.weight": np.arange(6, dtype=np.float32).reshape(2, 3) + epoch,
        "module/steps": np.array(epoch),
        "file": np.array([], dtype=np.float64),
        "facts": np.array([True]),
    }
    return Snapshot(arrays, {"epoch": epoch, "history": [{"loss": 0.1 * epoch}], "best": {"loss": float("inf")}})


def write(path, *epochs, seed=5, identity=IDENTITY):
    """A checkpoint object that has written some epochs."""
    checkpoint = Checkpoint(path, identity)
    checkpoint.draw_seed(seed)
    for epoch in epochs:
        checkpoint.write(snapshot(epoch))
    return checkpoint


def epoch_in(path, identity=IDENTITY):
    held = Checkpoint(path, identity).snapshot
    return None if held is None else held.facts["epoch"]


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.checkpoint"


def test_what_was_written_comes_back_to_the_bit(path):
    write(path, 3)
    held = Checkpoint(path, IDENTITY).snapshot
    assert {name: (array.dtype, array.shape, array.tobytes()) for name, array in held.arrays.items()} == {
        name: (array.dtype, array.shape, array.tobytes()) for name, array in snapshot(3).arrays.items()
    }
    assert snapshot(3).facts.items() <= held.facts.items()


def test_without_a_file_there_is_nothing_to_go_on_from_and_none_is_made(path):
    assert Checkpoint(path, IDENTITY).snapshot is None
    assert names_in(path.parent) == []


def test_the_last_two_are_kept_and_nothing_else(path):
    write(path, 0, 1, 2)
    assert names_in(path.parent) == ["fit.checkpoint", "fit.checkpoint.previous"]
    assert epoch_in(path) == 2
    path.unlink()
    assert epoch_in(path) == 1


def test_a_path_may_be_a_text(path):
    write(str(path), 0)
    assert epoch_in(str(path)) == 0


def test_the_folder_is_that_of_the_moment_when_the_fit_began(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    checkpoint = write("fit.checkpoint", 0)
    monkeypatch.chdir(tmp_path / "elsewhere")
    checkpoint.write(snapshot(1))
    assert epoch_in(tmp_path / "fit.checkpoint") == 1
    assert names_in(tmp_path / "elsewhere") == []


def test_the_seed_comes_from_the_file_where_none_is_told(path):
    assert write(path, 0, seed=None).draw_seed(None) >= 0
    first = Checkpoint(path, IDENTITY)
    assert first.draw_seed(None) == first.snapshot.facts["seed"]


def test_the_same_random_state_gives_the_seed_in_the_file_and_another_is_refused(path):
    write(path, 0, seed=5)
    assert Checkpoint(path, IDENTITY).draw_seed(5) == Checkpoint(path, IDENTITY).snapshot.facts["seed"]
    with pytest.raises(ValueError, match=r"differs in random_state: expected the same"):
        Checkpoint(path, IDENTITY).draw_seed(6)


def test_a_fit_without_a_checkpoint_has_a_seed_too():
    assert seed_of_fit(None, 5) == seed_of_fit(None, 5) != seed_of_fit(None, 6)


@pytest.mark.parametrize("name", ["X", "y"])
def test_other_data_are_refused_by_name_and_the_file_stays(path, name):
    write(path, 0)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=rf"fit\.checkpoint' is of a fit that differs in {name}: expected the same"):
        Checkpoint(path, IDENTITY | {name: "89ab"})
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        (IDENTITY | {"learning_rate": "0.2"}, r"differs in learning_rate \(there 0\.1, here 0\.2\):"),
        (IDENTITY | {"new": "1"}, r"differs in new \(there nothing, here 1\):"),
        ({"estimator": "Some", "X": "0123", "y": "4567"}, r"differs in learning_rate \(there 0\.1, here nothing\):"),
        (
            IDENTITY | {"estimator": "Other", "X": "89ab"},
            r"differs in X, estimator \(there Some, here Other\): expected the same data and parameters, or the path",
        ),
    ],
)
def test_other_parameters_are_refused_with_both_values(path, identity, text):
    write(path, 0)
    with pytest.raises(ValueError, match=text):
        Checkpoint(path, identity)


def test_a_file_of_another_version_of_the_package_is_refused(path, monkeypatch):
    write(path, 0)
    monkeypatch.setattr(skeletonlearn, "__version__", "99.0")
    with pytest.raises(ValueError, match=r"differs in version of skeletonlearn \(there .*, here 99\.0\)"):
        Checkpoint(path, IDENTITY)


def test_a_refusal_names_the_file_that_was_read(path):
    write(path, 0, 1)
    path.unlink()
    with pytest.raises(ValueError, match=r"fit\.checkpoint\.previous' is of a fit that differs in X"):
        Checkpoint(path, IDENTITY | {"X": "89ab"})


def spoil(path, how):
    content = path.read_bytes()
    if how == "emptied":
        path.write_bytes(b"")
    elif how == "flipped":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    elif how == "longer":
        path.write_bytes(content + b"\0")
    elif how == "something else":
        path.write_bytes(b"PK\x03\x04 an archive")
    else:
        path.write_bytes(content[:how])


DAMAGE = ["emptied", "flipped", "longer", "something else", 1, 20, 25, 26, 27, 50, 91, 92, 500, -1]


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_file_gives_way_to_the_one_before_it_with_a_warning(path, how):
    write(path, 0, 1)
    spoil(path, how)
    with pytest.warns(UserWarning, match=r"fit\.checkpoint: .*damaged.* Resuming from the checkpoint before it, "):
        assert epoch_in(path) == 0


@pytest.mark.parametrize("how", ["flipped", 25])
def test_a_damaged_file_does_not_take_the_place_of_the_whole_one_before_it(path, how):
    write(path, 0, 1)
    spoil(path, how)
    with pytest.warns(UserWarning, match="Resuming"):
        checkpoint = Checkpoint(path, IDENTITY)
    checkpoint.draw_seed(5)
    checkpoint.write(snapshot(1))
    path.unlink()
    assert epoch_in(path) == 0
    checkpoint.write(snapshot(2))
    checkpoint.write(snapshot(3))
    path.unlink()
    assert epoch_in(path) == 2


@pytest.mark.parametrize("how", DAMAGE)
def test_two_damaged_files_are_refused_and_left(path, how):
    write(path, 0, 1)
    for one in (path, Path(f"{path}.previous")):
        spoil(one, how)
    before = [one.read_bytes() for one in sorted(path.parent.iterdir())]
    with pytest.raises(ValueError, match=r"fit\.checkpoint: .*fit\.checkpoint\.previous: .*Expected a checkpoint"):
        Checkpoint(path, IDENTITY)
    assert [one.read_bytes() for one in sorted(path.parent.iterdir())] == before


def test_a_damaged_file_alone_is_refused(path):
    write(path, 0)
    spoil(path, "flipped")
    with pytest.raises(ValueError, match=r"its checksum does not fit. Expected a checkpoint of this fit, or no file"):
        Checkpoint(path, IDENTITY)


def test_a_newer_format_is_refused_and_not_taken_for_damage(path):
    write(path, 0, 1)
    path.write_bytes(path.read_bytes().replace(b"checkpoint 2\n", b"checkpoint 12\n", 1))
    with pytest.raises(ValueError, match=r"fit\.checkpoint' has version 12 of the format, expected version 2: "):
        Checkpoint(path, IDENTITY)


def test_reading_runs_no_code(path, tmp_path):
    class Bad:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "run",))

    write(path, 0)
    write(path).write(Snapshot({"bad": np.array([Bad()], dtype=object)}, {"epoch": 1}))
    with pytest.raises(ValueError, match="Object arrays cannot be loaded"):
        Checkpoint(path, IDENTITY)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["a folder", "."])
def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path, monkeypatch, name):
    (tmp_path / "a folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=r"checkpoint not read .*expected a file"):
        Checkpoint(name, IDENTITY)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "a file").write_text("")
    with pytest.raises(NotADirectoryError, match=r"checkpoint not read .*in a folder: .*a file"):
        Checkpoint(tmp_path / "a file" / "fit.checkpoint", IDENTITY)


def test_a_folder_that_is_not_there_is_told_when_writing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"checkpoint of epoch 0 not written .*expected a folder .*missing"):
        write(tmp_path / "missing" / "fit.checkpoint", 0)
    assert names_in(tmp_path) == []


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_told_and_what_is_there_can_be_read(path):
    write(path, 0)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="checkpoint of epoch 1 not written"):
            write(path, 1)
        assert epoch_in(path) == 0
    finally:
        path.parent.chmod(0o700)


def refuse(code):
    def refused(*_, **__):
        raise OSError(code, os.strerror(code))

    return refused


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_write_that_fails_leaves_the_one_before_as_it_was(path, monkeypatch, code):
    checkpoint = write(path, 0, 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse(code))
        with pytest.raises(OSError, match=r"checkpoint of epoch 2 not written \(.*An earlier .* as it was") as caught:
            checkpoint.write(snapshot(2))
    assert (caught.value.errno, caught.value.filename) == (code, str(path))
    assert names_in(path.parent) == ["fit.checkpoint", "fit.checkpoint.previous"]
    assert epoch_in(path) == 1
    checkpoint.write(snapshot(2))
    assert epoch_in(path) == 2


def test_a_file_system_that_knows_no_fsync_of_folders_is_no_obstacle(path, monkeypatch):
    fsync = os.fsync

    def of_files_only(descriptor):
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", of_files_only)
    write(path, 0)
    assert epoch_in(path) == 0


def test_a_disk_that_is_full_is_told_and_the_one_before_is_as_it_was(path):
    write(path, 0)
    before = path.read_bytes()
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))
    try:
        with pytest.raises(OSError, match=r"checkpoint of epoch 1 not written .*with room for it"):
            write(path, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert names_in(path.parent) == ["fit.checkpoint"]


@pytest.fixture
def small_disk(tmp_path):
    """A file system in memory with room for a few small files."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", f"size={12 * _PAGE}", "tmpfs", folder]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_small_disk_that_is_full_is_told_and_the_one_before_is_as_it_was(small_disk):
    path, filler = small_disk / "fit.checkpoint", small_disk / "filler"
    checkpoint = write(path, 0, 1)
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(64 * _PAGE))
    with pytest.raises(OSError, match=r"checkpoint of epoch 2 not written \(No space left"):
        checkpoint.write(snapshot(2))
    assert epoch_in(path) == 1
    filler.unlink()
    checkpoint.write(snapshot(2))
    assert names_in(small_disk) == ["fit.checkpoint", "fit.checkpoint.previous"]
    assert epoch_in(path) == 2


def test_on_a_disk_that_is_read_only_the_file_can_be_read_and_writing_is_refused(small_disk):
    path = small_disk / "fit.checkpoint"
    write(path, 0)
    (small_disk / ".fit.checkpoint.0123456789abcdef.part").write_text("")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert epoch_in(path) == 0
    with pytest.raises(
        OSError, match=r"checkpoint of epoch 1 not written \(Read-only file system\); expected a folder"
    ):
        write(path, 1)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize(
    ("nth", "left"), [(1, ["fit.checkpoint", "fit.checkpoint.previous"]), (2, ["fit.checkpoint.previous"])]
)
def test_a_kill_before_or_between_the_two_renames_loses_one_epoch_at_most(path, monkeypatch, nth, left):
    checkpoint = write(path, 0, 1)
    replace, calls = os.replace, []

    def killed(source, target):
        calls.append(source)
        if len(calls) == nth:
            raise Killed
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # nothing is tidied up
        with pytest.raises(Killed):
            checkpoint.write(snapshot(2))
    assert [name for name in names_in(path.parent) if not name.endswith(".part")] == left
    assert len(names_in(path.parent)) == len(left) + 1
    assert epoch_in(path) == 1
    write(path, 2)
    assert epoch_in(path) == 2
    assert names_in(path.parent) == ["fit.checkpoint", "fit.checkpoint.previous"]
    path.unlink()
    assert epoch_in(path) == 1


@pytest.mark.parametrize("name", ["fit.checkpoint", "fit [1].*?", "ünï ☃", "fit"])
def test_what_killed_writes_left_is_removed_and_nothing_else(tmp_path, name):
    leftover = f".{name}.0123456789abcdef.part"
    others = ["other", f".{name}.part", f"{name}.part", f".{name}.1.0123456789abcdef.part", f".{name}.0123.part"]
    for one in [leftover, *others]:
        (tmp_path / one).write_text("")
    write(tmp_path / name, 0)
    assert names_in(tmp_path) == sorted([name, *others])


def test_leftovers_are_what_writing_makes(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(Killed), _files.write_whole(tmp_path / "fit"):
            raise Killed
    assert len(names_in(tmp_path)) == 1
    _files.remove_leftovers(tmp_path / "fit")
    assert names_in(tmp_path) == []


def test_leftovers_that_cannot_be_removed_are_no_obstacle(path, monkeypatch):
    write(path, 0)
    (path.parent / ".fit.checkpoint.0123456789abcdef.part").write_text("")
    monkeypatch.setattr(Path, "unlink", refuse(errno.EROFS))
    assert epoch_in(path) == 0


def test_two_checkpoints_in_one_folder_do_not_touch_each_other(tmp_path):
    names = ["fit", "fit.1", "fi", "fit.checkpoint"]
    for at, name in enumerate(names):
        write(tmp_path / name, at, at + 10, identity=IDENTITY | {"X": name})
    assert [epoch_in(tmp_path / name, IDENTITY | {"X": name}) for name in names] == [10, 11, 12, 13]


def test_a_link_to_a_file_elsewhere_is_followed_in_reading_and_writing(path, tmp_path):
    write(tmp_path / "target", 0)
    path.symlink_to(tmp_path / "target")
    write(path, 1)
    assert path.is_symlink()
    assert epoch_in(path) == epoch_in(tmp_path / "target") == 1
