"""Files that are there whole or not at all."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from skeletonlearn import _files
from skeletonlearn._files import remove_leftovers, write_whole
from skeletonlearn.classification import GRUClassifier
from skeletonlearn.datasets import NTUBody, NTURecording, make_actions, save_pyskl, write_ntu_skeleton


@pytest.fixture
def link(tmp_path):
    """A symbolic link to a file in another folder."""
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    path = tmp_path / "here" / "fit"
    try:
        path.symlink_to(tmp_path / "there" / "target")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    return path


def names(path):
    return sorted(one.name for one in path.iterdir())


def write(path, content, **options):
    with write_whole(path, **options) as file:
        file.write(content)


def write_pyskl(path):
    save_pyskl(path, make_actions(3, skeleton="COCO", random_state=0))


def write_ntu(path):
    body = NTUBody(72057594037931101, np.arange(2), np.zeros((2, 25, 3), np.float32))
    write_ntu_skeleton(path, NTURecording(2, [body]))


def write_weights(path):
    X, y = np.random.default_rng(0).normal(size=(12, 4, 5, 3)), np.arange(12) % 2
    GRUClassifier(max_epochs=2, random_state=0).fit(X, y).save_weights(path)


def write_checkpoint(path):
    X, y = np.random.default_rng(0).normal(size=(12, 4, 5, 3)), np.arange(12) % 2
    GRUClassifier(max_epochs=2, random_state=0, checkpoint=path).fit(X, y)


WRITERS = [lambda path: write(path, b"new"), write_pyskl, write_ntu, write_weights, write_checkpoint]


@pytest.mark.parametrize("write_to", WRITERS)
@pytest.mark.parametrize("there", [False, True])
def test_a_link_stays_a_link_and_its_target_is_written(link, write_to, there):
    target = link.resolve()
    if there:
        write_to(target)
        target.with_name("target.previous").unlink(missing_ok=True)
    write_to(link)
    assert link.is_symlink()
    assert target.stat().st_size > 0
    assert names(target.parent) == ["target"]


def test_a_chain_of_links_is_followed_to_its_end(link):
    first = link.with_name("first")
    first.symlink_to("fit")  # relative to its folder, not to the working directory
    write(first, b"new")
    assert first.is_symlink()
    assert link.is_symlink()
    assert link.resolve().read_bytes() == b"new"


def test_a_circle_of_links_is_refused(link):
    first = link.with_name("first")
    first.symlink_to(link.with_name("second"))
    link.with_name("second").symlink_to(first)
    with pytest.raises(OSError, match="links that lead in a circle"):
        write(first, b"new")
    remove_leftovers(first)
    assert names(link.parent) == ["first", "fit", "second"]


def test_a_target_stays_as_it_was_where_writing_fails(link):
    write(link, b"old")
    with pytest.raises(KeyError), write_whole(link):
        raise KeyError
    assert link.read_bytes() == b"old"
    assert names(link.resolve().parent) == ["target"]


@pytest.mark.parametrize("other_file_system", [False, True])
def test_the_target_that_was_there_is_kept_under_the_name_asked_for(link, monkeypatch, other_file_system):
    replace = os.replace

    def refuse(source, target):
        if other_file_system and Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link", str(source))
        replace(source, target)

    monkeypatch.setattr("os.replace", refuse)
    kept = link.with_name("fit.previous")
    for content in (b"first", b"second", b"third"):
        write(link, content, keep=kept)
    assert link.is_symlink()
    assert link.read_bytes() == b"third"
    assert kept.read_bytes() == b"second"
    assert names(link.parent) == ["fit", "fit.previous"]
    assert names(link.resolve().parent) == ["target"]


def test_a_file_that_cannot_be_kept_is_not_replaced(link, monkeypatch):
    write(link, b"old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(PermissionError(errno.EACCES, "denied")))
    with pytest.raises(PermissionError, match="denied"):
        write(link, b"new", keep=link.with_name("fit.previous"))
    assert link.read_bytes() == b"old"


def test_what_a_killed_process_left_beside_the_target_is_removed(link, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(KeyError), _files.write_whole(link):
            raise KeyError
    assert len(names(link.resolve().parent)) == 1
    remove_leftovers(link)
    assert names(link.resolve().parent) == []


def test_a_checkpoint_behind_a_link_resumes(link):
    write_checkpoint(link)
    assert names(link.parent) == ["fit", "fit.previous"]
    before = link.read_bytes()
    write_checkpoint(link)
    assert link.is_symlink()
    assert link.read_bytes() == before


def test_a_folder_that_does_not_exist_is_an_error_that_names_the_file_asked_for(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        write(tmp_path / "nowhere" / "fit", b"new")
    assert error.value.filename == str(tmp_path / "nowhere" / "fit")
