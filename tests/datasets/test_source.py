"""Files in folders and archives."""

import gzip
import io
import json
import os
import re
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from skeletonlearn.datasets import SkeletonFileError, _source
from skeletonlearn.datasets._source import FileContent, SourceFile, find_files, list_members, read_contents

EXAMPLE = "S001.skeleton"


def find(source, **options):
    return find_files(source, "S*.skeleton", EXAMPLE, **options)


def read(source, **options):
    """The bytes, or what is wrong, of each file by its name."""
    files = find(source, **options)
    contents = [one.reason if isinstance(one, SkeletonFileError) else one.data for one in read_contents(files)]
    return dict(zip([file.name for file in files], contents, strict=True))


def write_zip(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def content(data, path="folder/S001.skeleton"):
    return FileContent(SourceFile(str(path), "", (len(data), 0)), data)


# -- folders


def test_the_matching_files_of_a_folder_come_sorted_by_name(tmp_path):
    for name in ("S002.skeleton", "S001.skeleton", "s003.skeleton", "S004.txt", "notes.skeleton"):
        (tmp_path / name).write_bytes(name.encode())
    assert [file.name for file in find(tmp_path)] == ["S001.skeleton", "S002.skeleton"]
    assert read(str(tmp_path)) == {"S001.skeleton": b"S001.skeleton", "S002.skeleton": b"S002.skeleton"}


@pytest.mark.parametrize(("recursive", "names"), [(False, ["S002"]), (True, ["S001", "S002", "S003"])])
def test_subfolders_are_looked_into_only_where_asked_for(tmp_path, recursive, names):
    (tmp_path / "inner" / "most").mkdir(parents=True)
    for path in ("inner/S001.skeleton", "S002.skeleton", "inner/most/S003.skeleton"):
        (tmp_path / path).touch()
    assert [file.stem for file in find(tmp_path, recursive=recursive)] == names


def test_files_of_several_sources_are_sorted_as_one(tmp_path):
    for folder, number in (("one", 2), ("other", 1)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"S{number:03}.skeleton").touch()
    write_zip(tmp_path / "packed.zip", {"S000.skeleton": b""})
    (tmp_path / "S003.skeleton").touch()
    found = find([tmp_path / "one", str(tmp_path / "other"), tmp_path / "packed.zip", tmp_path / "S003.skeleton"])
    assert [file.stem for file in found] == ["S000", "S001", "S002", "S003"]


def test_files_of_one_name_come_sorted_by_folder(tmp_path):
    for folder in ("b", "a"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / EXAMPLE).touch()
    assert [file.path.parent.name for file in find(tmp_path, recursive=True)] == ["a", "b"]


def test_what_macos_puts_beside_a_file_is_not_found(tmp_path):
    for name in (EXAMPLE, f"._{EXAMPLE}"):
        (tmp_path / name).touch()
    assert [file.name for file in find_files(tmp_path, "*.skeleton", EXAMPLE)] == [EXAMPLE]


def test_a_folder_whose_name_matches_is_a_folder(tmp_path):
    (tmp_path / "S001.skeleton").mkdir()
    (tmp_path / "S001.skeleton" / "S002.skeleton").touch()
    with pytest.raises(FileNotFoundError, match=r"has no file S\*.skeleton"):
        find(tmp_path)
    assert [file.stem for file in find(tmp_path, recursive=True)] == ["S002"]


def test_links_to_files_are_followed_and_links_to_folders_are_not(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").write_bytes(b"linked")
    (tmp_path / "data" / "S001.skeleton").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data" / "S002.skeleton").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "data" / "circle").symlink_to(tmp_path, target_is_directory=True)
    assert read(tmp_path / "data", recursive=True) == {"S001.skeleton": b"linked"}


@pytest.mark.parametrize("target", ["nowhere", EXAMPLE])
def test_a_link_to_nowhere_is_a_faulty_file(tmp_path, target):
    (tmp_path / EXAMPLE).symlink_to(tmp_path / target)
    (fault,) = read(tmp_path).values()
    assert fault.startswith("got an unreadable file (")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_a_faulty_file_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / EXAMPLE)
    assert read(tmp_path) == {EXAMPLE: "got a pipe, device or folder, expected a file"}


def test_a_file_that_goes_after_it_was_found_is_a_faulty_file(tmp_path):
    (tmp_path / EXAMPLE).touch()
    files = find(tmp_path)
    (tmp_path / EXAMPLE).unlink()
    (fault,) = read_contents(files)
    assert "No such file" in fault.reason


@pytest.mark.parametrize("change", [lambda path: path.write_text("longer"), lambda path: os.utime(path, (1, 1))])
def test_the_stamp_of_a_file_changes_with_its_size_or_time(tmp_path, change):
    (tmp_path / EXAMPLE).write_text("text")
    before = find(tmp_path)
    assert before == find(tmp_path)
    change(tmp_path / EXAMPLE)
    assert before[0].stamp != find(tmp_path)[0].stamp


def test_missing_sources_say_what_was_looked_for(tmp_path):
    wanted = r"expected a folder or zip archive with files S\*.skeleton such as S001.skeleton"
    with pytest.raises(FileNotFoundError, match=f"nowhere' does not exist; {wanted}"):
        find(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=rf"has no file S\*.skeleton; {wanted}"):
        find(tmp_path)
    with pytest.raises(FileNotFoundError, match="got an empty list"):
        find([])
    (tmp_path / "data.zip").write_bytes(write_zip(tmp_path / "whole.zip", {EXAMPLE: b"x" * 100}).read_bytes()[:-30])
    with pytest.raises(FileNotFoundError, match=f"no zip archive, or one cut short; {wanted}"):
        find(tmp_path / "data.zip")


# -- archives


def test_members_in_folders_are_read_and_nothing_is_written(tmp_path):
    members = {
        "data/": b"",
        "data/S001.skeleton": b"one",
        "S002.skeleton": b"two",
        "data/S003.skeleton/": b"",
        "__MACOSX/data/._S001.skeleton": b"attributes",
        "../../S004.skeleton": b"above",
        "/S005.skeleton": b"absolute",
        "data\\inner\\S006.skeleton": b"windows",
        "data/readme.txt": b"text",
    }
    folder = tmp_path / "deep" / "inside"
    folder.mkdir(parents=True)
    archive = write_zip(folder / "data.zip", members)
    before = sorted(tmp_path.rglob("*"))
    got = {one.stem: one.data for one in read_contents(find(archive))}
    assert got == {
        "S001": b"one",
        "S002": b"two",
        "S004": b"above",
        "S005": b"absolute",
        "S006": b"windows",
    }
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/S005.skeleton").exists()


@pytest.mark.parametrize("member", [EXAMPLE, f"data/{EXAMPLE}", f"/{EXAMPLE}", f"../{EXAMPLE}"])
def test_a_fault_names_the_archive_and_the_member(tmp_path, member):
    archive = write_zip(tmp_path / "data.zip", {member: b"text"})
    (one,) = read_contents(find(archive))
    assert str(one.fault("got this, expected that", 3)) == f"{archive}/{member}, line 3: got this, expected that"


def test_of_two_members_of_one_name_the_later_counts(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr(EXAMPLE, b"old")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(EXAMPLE, b"new")
    assert [one.data for one in read_contents(find(tmp_path / "data.zip"))] == [b"new"]


def test_the_stamp_of_a_member_changes_with_its_content(tmp_path):
    one, other, again = (
        list_members(write_zip(tmp_path / "data.zip", {EXAMPLE: data}))[0].stamp for data in (b"a", b"b", b"a")
    )
    assert one == again != other


@pytest.mark.parametrize("order", [["S001.skeleton", "S002.skeleton"], ["S002.skeleton", "S001.skeleton"]])
def test_members_come_sorted_by_name(tmp_path, order):
    archive = write_zip(tmp_path / "data.zip", dict.fromkeys(order, b""))
    assert [file.name for file in find(archive)] == ["S001.skeleton", "S002.skeleton"]


def test_each_archive_is_opened_once(tmp_path, monkeypatch):
    opened = []

    class Spy(zipfile.ZipFile):
        def __init__(self, path):
            opened.append(Path(path).name)
            super().__init__(path)

    archives = [
        write_zip(tmp_path / f"{name}.zip", {f"S{number:03}.skeleton": b"" for number in range(start, 100, 2)})
        for start, name in enumerate("ab")
    ]
    files = find(archives)  # by turns from one and the other
    monkeypatch.setattr(zipfile, "ZipFile", Spy)
    assert len(list(read_contents(files))) == 100
    assert sorted(opened) == ["a.zip", "b.zip"]


def test_archives_are_closed_when_the_reader_stops_early(tmp_path):
    archive = write_zip(tmp_path / "data.zip", {EXAMPLE: b"", "S002.skeleton": b""})
    contents = read_contents(find(archive))
    next(contents)
    contents.close()  # else the interpreter warns of an open file, which is an error in these tests


def packed(data, **changes):
    """A zip archive of one member, with fields of its central record changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(EXAMPLE, data)
    raw = bytearray(buffer.getvalue())
    at = raw.index(b"PK\x01\x02")
    for field, value in changes.items():
        offset, code = {"flags": (8, "<H"), "method": (10, "<H"), "size": (24, "<L"), "place": (42, "<L")}[field]
        struct.pack_into(code, raw, at + offset, value)
        if field in ("flags", "method"):
            struct.pack_into(code, raw, offset - 2, value)  # the member's own header
    return raw


def spoil(raw, start, stop):
    """The archive with its packed bytes from `start` to `stop` wiped out."""
    at = 30 + len(EXAMPLE)  # after the member's header
    raw[at + start : at + stop] = b"\xff" * (stop - start)
    return raw


DATA = bytes(range(256)) * 40
FAULTY_ARCHIVES = {
    "encrypted": (packed(DATA, flags=1), "encrypted"),
    "packed by a method of gigabytes": (packed(DATA, method=14), "got a member packed by method 14, expected a stored"),
    "packed by an unknown method": (packed(DATA, method=77), "got a member packed by method 77"),
    "damaged": (spoil(packed(DATA), 20, 40), "got an unreadable file (Error -3 while decompressing"),
    "longer than it says": (packed(DATA, size=100), "Bad CRC-32"),
    "far longer than any": (packed(DATA, size=2**31), "got 2,147,483,648 bytes or more out of"),
    "placed elsewhere": (packed(DATA, place=5), "Bad magic number"),
    "placed behind the end": (packed(DATA, place=10_000_000), "got an unreadable file ("),
}


@pytest.mark.parametrize("fault", FAULTY_ARCHIVES)
def test_a_faulty_member_is_named_with_what_is_wrong(tmp_path, fault):
    raw, text = FAULTY_ARCHIVES[fault]
    (tmp_path / "data.zip").write_bytes(raw)
    (error,) = read_contents(find(tmp_path / "data.zip"))
    assert isinstance(error, SkeletonFileError)
    assert error.path == f"{tmp_path / 'data.zip'}/{EXAMPLE}"
    assert text in error.reason


def test_a_member_cut_short_within_an_intact_archive_is_a_faulty_file(tmp_path):
    raw = packed(DATA)
    at = raw.index(b"PK\x01\x02")
    struct.pack_into("<L", raw, at + 20, 40)  # fewer packed bytes than there are
    (tmp_path / "data.zip").write_bytes(raw)
    (error,) = read_contents(find(tmp_path / "data.zip"))
    assert "got an unreadable file" in error.reason


def test_one_faulty_member_does_not_harm_the_next(tmp_path):
    archive = write_zip(tmp_path / "data.zip", {"S001.skeleton": DATA, "S002.skeleton": b"sound"})
    archive.write_bytes(spoil(bytearray(archive.read_bytes()), 20, 40))
    one, other = read_contents(find(archive))
    assert isinstance(one, SkeletonFileError)
    assert other.data == b"sound"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({0: 0}, "Bad magic number for central directory"),
        ({9: 0x08, 46: 0xFF}, "'utf-8' codec can't decode"),  # the name says to be UTF-8 and is not
    ],
)
def test_an_archive_whose_directory_is_damaged_is_an_error(tmp_path, changes, reason):
    raw = packed(DATA)
    at = raw.index(b"PK\x01\x02")
    for offset, byte in changes.items():
        raw[at + offset] = byte
    (tmp_path / "data.zip").write_bytes(raw)
    with pytest.raises(SkeletonFileError, match=r"data.zip: got no readable zip archive") as error:
        find(tmp_path / "data.zip")
    assert reason in error.value.reason


def test_an_archive_with_a_nameless_member_is_an_error(tmp_path):
    raw = packed(DATA)
    at = raw.index(b"PK\x01\x02")
    raw[at + 28], raw[at + 32] = 0, len(EXAMPLE)  # the name becomes a comment
    (tmp_path / "data.zip").write_bytes(raw)
    with pytest.raises((SkeletonFileError, FileNotFoundError), match=r"no readable zip archive|has no file"):
        find(tmp_path / "data.zip")


def test_an_archive_that_goes_after_it_was_listed_is_a_fault_of_each_member(tmp_path):
    archive = write_zip(tmp_path / "data.zip", {"S001.skeleton": b"", "S002.skeleton": b""})
    files = find(archive)
    archive.unlink()
    assert ["No such file" in one.reason for one in read_contents(files)] == [True, True]


def test_no_damage_to_an_archive_gives_another_exception(tmp_path):
    path = tmp_path / "data.zip"
    sound = packed(DATA)
    for at in range(len(sound)):
        raw = bytearray(sound)
        raw[at] ^= 0xFF
        path.write_bytes(raw)
        try:
            contents = list(read_contents(find(path)))
        except (SkeletonFileError, FileNotFoundError):
            continue
        assert all(isinstance(one, SkeletonFileError) or one.data == DATA for one in contents)


def test_a_member_that_unpacks_to_more_than_it_says_does_not_fill_the_memory(tmp_path):
    (tmp_path / "data.zip").write_bytes(packed(bytes(2**27), size=1000))
    files = find(tmp_path / "data.zip")
    assert peak_memory(lambda: list(read_contents(files))) < 2**22


# -- compressed files


def peak_memory(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_compressed_file_is_found_and_unpacked(tmp_path):
    (tmp_path / "S001.skeleton.gz").write_bytes(gzip.compress(b"one"))
    (tmp_path / "S002.skeleton").write_bytes(gzip.compress(b"two"))  # compressed without saying so
    (tmp_path / "S003.skeleton.gz").write_bytes(b"not compressed")
    assert read(tmp_path) == {"S001.skeleton": b"one", "S002.skeleton": b"two", "S003.skeleton": b"not compressed"}
    assert [file.stem for file in find(tmp_path)] == ["S001", "S002", "S003"]


def test_a_compressed_file_may_be_given_alone_or_lie_in_an_archive(tmp_path):
    (tmp_path / "S001.skeleton.gz").write_bytes(gzip.compress(b"one"))
    archive = write_zip(tmp_path / "data.zip", {"data/S002.skeleton.gz": gzip.compress(b"two")})
    assert read([tmp_path / "S001.skeleton.gz", archive]) == {"S001.skeleton": b"one", "S002.skeleton": b"two"}


def test_a_compressed_file_of_several_parts_is_unpacked_whole(tmp_path):
    (tmp_path / "S001.skeleton.gz").write_bytes(gzip.compress(b"one") + gzip.compress(b"two"))
    assert read(tmp_path) == {"S001.skeleton": b"onetwo"}


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda raw: raw[:-20], "end-of-stream marker"),
        (lambda raw: raw[:5], "end-of-stream marker"),
        (lambda raw: raw[:2], "end-of-stream marker"),
        (lambda raw: raw[:2] + b"\x07" + raw[3:], "Unknown compression method"),
        (lambda raw: raw[:-8] + bytes(8), "CRC check failed"),
        (lambda raw: raw[:12] + b"\xff" * 20 + raw[32:], "Error -3 while decompressing"),
        (lambda raw: raw + b"more", "Not a gzipped file"),
    ],
)
def test_a_damaged_compressed_file_is_named_with_what_is_wrong(tmp_path, spoil, text):
    (tmp_path / "S001.skeleton.gz").write_bytes(spoil(gzip.compress(DATA)))
    (reason,) = read(tmp_path).values()
    assert text in reason


def test_a_compressed_file_that_unpacks_to_far_more_is_refused_before_it_fills_the_memory(tmp_path):
    (tmp_path / "S001.skeleton.gz").write_bytes(gzip.compress(bytes(2**27)))
    files = find(tmp_path)
    assert peak_memory(lambda: list(read_contents(files))) < 2**26
    (error,) = read_contents(files)
    assert re.fullmatch(r"got 1\d,\d+,\d+ bytes or more out of 130,\d+ compressed ones, expected .*", error.reason)


def test_a_compressed_file_within_a_compressed_member_is_refused(tmp_path):
    inner = gzip.compress(bytes(2**24))
    archive = tmp_path / "deflated.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("S001.skeleton.gz", inner)
    (error,) = read_contents(find(archive))
    assert "compressed ones, expected at most 1,048,576" in error.reason


def test_an_archive_of_many_members_that_each_unpack_to_far_more_is_refused(tmp_path):
    archive = tmp_path / "data.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for at in range(100):
            file.writestr(f"S{at:03}.skeleton", bytes(2**20))
    with pytest.raises(SkeletonFileError, match=r"data.zip: got 104,857,600 bytes or more out of 1\d\d,\d+ compressed"):
        find(archive)


def test_an_archive_whose_members_share_their_bytes_is_refused(tmp_path):
    archive = write_zip(tmp_path / "data.zip", {f"S{at:03}.skeleton": DATA * 100 for at in range(3)})
    raw = archive.read_bytes()
    directory = raw.index(b"PK\x01\x02")
    entry = bytearray(raw[directory : raw.index(b"PK\x01\x02", directory + 1)])
    entries = b""
    for at in range(50):
        entry[46:50] = f"S{at:03}".encode()
        entries += entry
    end = bytearray(raw[raw.index(b"PK\x05\x06") :])
    end[8:16] = struct.pack("<HHI", 50, 50, len(entries))
    archive.write_bytes(raw[:directory] + entries + end)
    with pytest.raises(SkeletonFileError, match=r"compressed bytes together, expected at most the archive's"):
        find(archive)


def test_a_small_compressed_file_takes_little_memory(tmp_path):
    (tmp_path / "S001.skeleton.gz").write_bytes(gzip.compress(b"one"))
    files = find(tmp_path)
    assert peak_memory(lambda: list(read_contents(files))) < 2**22


def test_a_member_as_large_as_the_limit_is_read_and_a_larger_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(_source, "_MOST_BYTES", 100)
    archive = write_zip(tmp_path / "data.zip", {"S001.skeleton": b"x" * 100, "S002.skeleton": b"x" * 101})
    first, second = read(archive).values()
    assert first == b"x" * 100
    assert second.startswith("got 101 bytes or more out of 6 compressed ones, expected at most 100")


def test_a_file_that_is_not_compressed_may_be_of_any_size(tmp_path, monkeypatch):
    monkeypatch.setattr(_source, "_MOST_BYTES", 100)
    (tmp_path / "S001.skeleton").write_bytes(b"x" * 101)
    assert read(tmp_path) == {"S001.skeleton": b"x" * 101}


# -- text and JSON


@pytest.mark.parametrize("data", ["Größe".encode(), "Größe".encode("utf-8-sig")])
def test_text_is_utf8_with_or_without_a_mark(data):
    assert content(data).text() == "Größe"


@pytest.mark.parametrize("data", ["Größe".encode("latin-1"), "text".encode("utf-16"), b"ab\xff"])
def test_other_bytes_are_no_text(data):
    with pytest.raises(SkeletonFileError, match=r"S001.skeleton: got bytes that are no text, expected utf-8 \("):
        content(data).text()


@pytest.fixture(params=["json", "orjson"])
def _decoder(request, monkeypatch):
    if request.param == "orjson":
        pytest.importorskip("orjson")
    else:
        monkeypatch.setattr(_source, "_fast_loads", lambda: None)


@pytest.mark.usefixtures("_decoder")
def test_json_gives_its_value():
    value = {"a": [1, 2.5, None, "ö"]}
    assert content(json.dumps(value, ensure_ascii=False).encode("utf-8-sig")).json() == value


@pytest.mark.usefixtures("_decoder")
@pytest.mark.parametrize("text", ["[NaN, -Infinity, 1e400]", '"\\ud800"', '{"a": 1, "a": 2}'])
def test_json_that_orjson_refuses_is_read_all_the_same(text):
    assert repr(content(text.encode()).json()) == repr(json.loads(text))


@pytest.mark.usefixtures("_decoder")
@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", None, "got an empty file, expected JSON"),
        (" \n", None, "got an empty file, expected JSON"),
        ('{"a":\n[1, 2', 2, "is cut short"),
        ('{"a": 1}\n{"b": 2}', 2, "Extra data"),
        ("70\n1 2 3", 2, "not JSON"),
        ("[" * 100_000, None, "got JSON beyond what can be read (maximum recursion depth"),
        ("1" * 5000, None, "got JSON beyond what can be read (Exceeds the limit"),
    ],
)
def test_faulty_json_is_named_with_its_line(text, line, reason):
    with pytest.raises(SkeletonFileError) as error:
        content(text.encode()).json()
    assert error.value.line == line
    assert reason in error.value.reason


@pytest.mark.parametrize(
    ("path", "member", "name", "stem"),
    [
        ("data/S001.skeleton", "", "S001.skeleton", "S001"),
        ("data/S001.skeleton.gz", "", "S001.skeleton", "S001"),
        ("data.zip", "inner/S001.skeleton", "S001.skeleton", "S001"),
        ("data.zip", "inner/a.b.json.gz", "a.b.json", "a.b"),
        ("data.zip", "plain", "plain", "plain"),
    ],
)
def test_names_and_stems(path, member, name, stem):
    file = SourceFile(str(path), member, (0, 0))
    assert (file.name, file.stem) == (name, stem)
    assert (FileContent(file, b"").name, FileContent(file, b"").stem) == (name, stem)
