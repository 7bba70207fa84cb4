"""Poses in HDF5 files: DeepLabCut's data frames, as pandas writes them, and SLEAP's analysis files."""

from __future__ import annotations

import io
import itertools
import pickletools
from typing import Any

import numpy as np

from skeletonlearn.datasets._errors import SkeletonFileError, cut
from skeletonlearn.datasets._pose_columns import LEVELS, Column, PoseTable, gather_columns, with_confidence
from skeletonlearn.datasets._source import FileContent, most_unpacked

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MALFORMED = (  # what the package raises for damaged files
    *(OSError, RuntimeError, LookupError, TypeError, ValueError, OverflowError, AttributeError, MemoryError),
)
_MOST_GROUPS = 100  # that are looked at; a file of poses has one
_SLEAP = ("tracks", "node_names")
_WANTED = "expected a data frame of DeepLabCut, or an analysis file of SLEAP"


def is_hdf5(content: FileContent) -> bool:
    """Whether a file begins as an HDF5 file does."""
    return content.data[:8] == _SIGNATURE


def import_h5py() -> Any:
    """The package that reads HDF5.

    Returns
    -------
    module
        The package.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    try:
        import h5py  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportError("HDF5 files need h5py: pip install 'skeletonlearn[mocap]'") from error
    return h5py


def read_pose_hdf5(content: FileContent) -> PoseTable:
    """Read the poses of an HDF5 file.

    Parameters
    ----------
    content : FileContent
        The file.

    Returns
    -------
    PoseTable
        The poses.

    Raises
    ------
    SkeletonFileError
        If it holds something else, or is damaged.
    """
    try:
        with import_h5py().File(io.BytesIO(content.data), "r") as file:
            if all(name in file for name in _SLEAP):
                return _read_sleap(content, file)
            return gather_columns(content, *_read_frame(content, _find_frame(content, file)))
    except SkeletonFileError:
        raise
    except _MALFORMED as error:
        text = cut(" ".join(str(error).split()), 120) or type(error).__name__
        raise content.fault(f"got an HDF5 file that is damaged or of another kind ({text}), {_WANTED}") from None


def _find_frame(content: FileContent, file: Any) -> Any:
    """The first group that pandas wrote."""
    for name in itertools.islice(file, _MOST_GROUPS):
        if _text(getattr(file[name], "attrs", {}).get("pandas_type", b"")).startswith("frame"):
            return file[name]
    raise content.fault(f"got an HDF5 file with {cut(', '.join(file) or 'nothing', 80)}, {_WANTED}")


def _read_frame(content: FileContent, group: Any) -> tuple[list[Column], np.ndarray]:
    """The columns of a data frame and their values, which lie in blocks of one type each."""
    blocks = _table_blocks(content, group) if "table" in group else _fixed_blocks(content, group)
    columns = [column for names, _ in blocks for column in names]
    if any(len(names) != values.shape[-1] or values.ndim != 2 for names, values in blocks):
        raise content.fault(f"got {len(columns)} column names that do not fit the values, {_WANTED}")
    return columns, np.concatenate([values.astype(np.float64) for _, values in blocks], axis=1)


def _table_blocks(content: FileContent, group: Any) -> list[tuple[list[Column], np.ndarray]]:
    """A frame in the format "table": a structured array, whose column names are in its attributes."""
    table = group["table"]
    values = _read_array(content, table)
    fields = [name for name in values.dtype.names or () if name.startswith("values_block_")]
    return [(_unpickle_columns(table.attrs[f"{name}_kind"]), values[name]) for name in fields]


def _fixed_blocks(content: FileContent, group: Any) -> list[tuple[list[Column], np.ndarray]]:
    """A frame in the format "fixed": arrays of values, and for each level names and codes."""
    blocks = []
    for at in range(min(int(group.attrs["nblocks"]), _MOST_GROUPS)):
        n_levels = int(group.attrs[f"block{at}_items_nlevels"])
        levels = [
            np.array([_text(name) for name in _read_array(content, group[f"block{at}_items_level{level}"])])[
                _read_array(content, group[f"block{at}_items_label{level}"])
            ]
            for level in range(min(n_levels, len(LEVELS)))
        ]
        names = list(zip(*(level.tolist() for level in levels), strict=True))
        blocks.append((names, _read_array(content, group[f"block{at}_values"])))
    return blocks


def _read_array(content: FileContent, dataset: Any) -> np.ndarray:
    """All of a data set, if it does not claim far more than the file can hold."""
    n_bytes = dataset.size * dataset.dtype.itemsize
    most = most_unpacked(len(content.data))
    if n_bytes > most:
        raise content.fault(f"got an array of {n_bytes:,} bytes in {len(content.data):,}, expected at most {most:,}")
    return np.asarray(dataset[()])


def _read_sleap(content: FileContent, file: Any) -> PoseTable:
    joints = [_text(name) for name in _read_array(content, file["node_names"])]
    tracks = _read_array(content, file["tracks"])
    wanted = f"expected (n_tracks, 2, {len(joints)}, n_frames)"
    if tracks.ndim != 4 or tracks.shape[2] != len(joints) or tracks.shape[1] not in (2, 3) or not tracks.size:
        raise content.fault(f"got tracks of shape {tracks.shape}, {wanted}")
    people = tracks.astype(np.float64).transpose(3, 0, 2, 1)
    if "point_scores" not in file:
        return PoseTable(joints, with_confidence(people), _sleap_bones(content, file))
    scores = _read_array(content, file["point_scores"]).astype(np.float64).transpose(2, 0, 1)
    if scores.shape != people.shape[:3]:
        raise content.fault(f"got point_scores of another shape than tracks {tracks.shape}, {wanted}")
    return PoseTable(joints, np.concatenate([people, scores[..., None]], axis=-1), _sleap_bones(content, file))


def _sleap_bones(content: FileContent, file: Any) -> list[list[str]] | None:
    if "edge_names" not in file:
        return None
    names = _read_array(content, file["edge_names"])
    return [[_text(child), _text(parent)] for parent, child in names] if names.size else None


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _unpickle_columns(data: Any) -> list[Column]:
    """The list of tuples of texts that pandas keeps as a pickle of protocol 0; nothing else is made of it."""
    if not isinstance(data, bytes):
        raise TypeError(f"column names as {type(data).__name__}")
    columns: list[Column] = []
    names: list[Any] = []
    memo: dict[Any, Any] = {}
    last: Any = None
    for operation, argument, _ in pickletools.genops(data):
        match operation.name:
            case "UNICODE" | "STRING":
                names.append(last := argument)
            case "PUT":
                memo[argument] = last
            case "GET":
                names.append(memo[argument])
            case "TUPLE":
                columns.append(last := tuple(names))
                names = []
            case "MARK" | "LIST" | "APPEND" | "STOP":
                pass
            case other:
                raise ValueError(f"column names with the pickle operation {other}")
    return columns
