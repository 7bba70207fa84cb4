"""Frame graphs as files: one JSON file in networkx's node-link form for each frame of each sequence."""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Iterable, Sequence
from functools import partial
from os import PathLike
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np

from skeletonlearn._files import write_whole
from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._errors import SkeletonFileError
from skeletonlearn.datasets._graph_document import GraphLayout, frame_document, read_frame
from skeletonlearn.datasets._read_files import Record, read_files
from skeletonlearn.datasets._source import FileContent, SourceFile, find_files
from skeletonlearn.skeletons import Skeleton, get_skeleton, list_skeletons

_MANIFEST = "samples.json"
_FORMAT = "skeletonlearn frame graphs"
_VERSION = 1
_LONGEST_NAME = 200  # bytes; file systems take 255
_MOST_NUMBERS = 10_000  # in a frame, joints times channels
_MOST_JOINTS = 1_000  # of one person

_DESCR = """\
Frame graphs of {n_samples} sequences of {skeleton}, {n_persons} person(s): a node for each joint seen, an edge for each
bone between two of them.
"""


def export_frame_graphs(
    sequences: Iterable[np.ndarray],
    folder: str | PathLike[str],
    *,
    skeleton: Skeleton | str,
    names: Iterable[str] | None = None,
    target: Iterable[int] | None = None,
) -> None:
    """Write each frame of each sequence as a graph: ``folder/<name>/<frame>.json``.

    Each file is what ``networkx.node_link_data(graph, edges="edges")`` gives: a node for each joint that was seen,
    with `id` (the joint's index), `joint` (its name) and `feature` (its coordinates; the name under which karateclub
    looks for node features), and, where there are several persons, `person`; an edge for each bone between two such
    joints. A joint with NaN is no node. The graph's own entries are `skeleton`, `sample`, `frame`, `n_persons`,
    `n_joints` (of all persons), `n_channels` and `target` (or null).

    ``folder/samples.json`` lists the samples and is written last, so that an export that was stopped is known by its
    absence: remove the folder and export again.

    Parameters
    ----------
    sequences : iterable of array-like of shape (n_frames_i, n_persons * n_joints, n_channels)
        The sequences, NaN where a joint is missing; stored as float32. They are taken one at a time.
    folder : path-like
        The folder to write; new or empty.
    skeleton : Skeleton or str
        The layout of one person, or its catalogue name.
    names : iterable of str or None, default=None
        A distinct name for each sequence, which becomes a folder; None is "sample_00000", "sample_00001", and so on.
    target : iterable of int or None, default=None
        A label for each sequence.

    Raises
    ------
    ValueError
        If the folder is a file or not empty, a name is no plain name of a folder, a sequence has no frame, other
        joints or channels than the first, or infinite numbers, or if there are more or fewer names or labels than
        sequences.

    See Also
    --------
    load_frame_graphs : Read such a folder.

    Notes
    -----
    karateclub's estimators take graphs with nodes 0, 1, ..., n - 1 and change them in place, so give them copies in
    which the joints that are left are counted anew:
    ``networkx.convert_node_labels_to_integers(graph, ordering="sorted")``.

    References
    ----------
    A. Narayanan, M. Chandramohan, R. Venkatesan, L. Chen, Y. Liu and S. Jaiswal (2017). graph2vec: learning
    distributed representations of graphs. arXiv:1707.05005.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from skeletonlearn.datasets import export_frame_graphs, load_frame_graphs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_frame_graphs([np.ones((2, 17, 3))], folder, skeleton="COCO", names=["wave"], target=[3])
    ...     bunch = load_frame_graphs(folder)
    >>> print(bunch.graphs[0][1])
    Graph with 17 nodes and 16 edges
    >>> bunch.name, bunch.target, bunch.sequences[0].shape
    (array(['wave'], dtype='<U4'), array([3]), (2, 17, 3))
    """
    layout = get_skeleton(skeleton)
    if layout.n_joints > _MOST_JOINTS:
        raise ValueError(f"skeleton={layout!r} has {layout.n_joints} joints, expected at most {_MOST_JOINTS}.")
    known_names = None if names is None else _checked_names(names)
    targets = None if target is None else _checked_targets(target)
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"folder={str(folder)!r} is a file, expected a new or empty folder.")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"folder={str(folder)!r} is not empty, expected a new or empty one.")
    graphs: GraphLayout | None = None
    samples: list[dict[str, Any]] = []
    for at, given in enumerate(sequences):
        sequence = _checked_sequence(at, given, graphs)
        graphs = graphs or GraphLayout(layout, layout.n_persons(sequence.shape[1]), sequence.shape[2])
        name = f"sample_{at:05}" if known_names is None else _item("names", known_names, at)
        label = None if targets is None else _item("target", targets, at)
        _write_frames(folder / name, sequence, name, label, graphs)
        samples.append({"name": name, "n_frames": len(sequence), "target": label})
    for what, values in (("names", known_names), ("target", targets)):
        if values is not None and len(values) != len(samples):
            raise ValueError(f"{what} has {len(values)} items, expected {len(samples)}, one for each sequence.")
    if graphs is None:
        raise ValueError("sequences is empty, expected at least one sequence.")
    _write_manifest(folder, graphs, samples)


def load_frame_graphs(folder: str | PathLike[str], *, n_jobs: int | None = None) -> SkeletonBunch:
    """Read the frame graphs that :func:`export_frame_graphs` has written.

    Parameters
    ----------
    folder : path-like
        The folder, or a zip archive of it.
    n_jobs : int or None, default=None
        Number of joblib workers that read files; None is 1.

    Returns
    -------
    SkeletonBunch
        With samples in the order in which they were written:

        graphs : list of list of networkx.Graph
            The graph of each frame of each sample, as ``networkx.node_link_graph`` reads it.
        sequences : list of ndarray of shape (n_frames_i, n_persons * n_joints, n_channels)
            The positions of the joints, float32, the very numbers that were written; NaN where a joint is no node.
        target : ndarray of int of shape (n_samples,)
            The labels, if there are any.
        skeleton : Skeleton
            The layout of one person.
        name : ndarray of str of shape (n_samples,)
            The samples' names.
        DESCR : str
            About the graphs.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no JSON file in it.
    SkeletonFileError
        If the export was not finished, a file is missing, is not listed or is no graph of the frame that it is named
        after.

    See Also
    --------
    export_frame_graphs : Write such a folder.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from skeletonlearn.datasets import export_frame_graphs, load_frame_graphs
    >>> clip = np.ones((5, 25, 3), dtype=np.float32)
    >>> clip[2, 24] = np.nan
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_frame_graphs([clip], folder, skeleton="NTU_RGBD")
    ...     bunch = load_frame_graphs(folder)
    >>> [graph.number_of_nodes() for graph in bunch.graphs[0]]
    [25, 25, 24, 25, 25]
    >>> bunch.graphs[0][0].nodes[3]
    {'joint': 'head', 'feature': [1.0, 1.0, 1.0]}
    """
    files = find_files(folder, "*.json", _MANIFEST, recursive=True)
    manifest = _find_manifest(folder, files)
    ((document,), _) = read_files([manifest], _read_manifest, on_error="raise")
    graphs, samples = document["graphs"], document["samples"]
    frames = _frames_in_order(manifest, files, samples)
    targets = {sample["name"]: sample["target"] for sample in samples}
    records, _ = read_files(frames, partial(read_frame, graphs, targets), on_error="raise", n_jobs=n_jobs)
    each = iter(records)
    apart = [[next(each) for _ in range(sample["n_frames"])] for sample in samples]
    bunch = SkeletonBunch(
        graphs=[[record["graph"] for record in sample] for sample in apart],
        sequences=[np.stack([record["positions"] for record in sample]) for sample in apart],
        skeleton=graphs.skeleton,
        name=np.array([sample["name"] for sample in samples]),
        DESCR=_DESCR.format(n_samples=len(samples), skeleton=graphs.skeleton.name, n_persons=graphs.n_persons),
    )
    if samples[0]["target"] is not None:
        bunch.target = np.array([sample["target"] for sample in samples])
    return bunch


def _checked_names(names: Iterable[str]) -> list[str]:
    if isinstance(names, str):
        raise ValueError(f"names={names!r} is one name, expected a list with one name for each sequence.")
    checked = list(names)
    for name in checked:
        if not isinstance(name, str) or not _is_folder_name(name):
            raise ValueError(
                f"names has {name!r}, expected the plain name of a folder: 1 to {_LONGEST_NAME} bytes of printable "
                "text, no separator, not '.' or '..'."
            )
    if len({name.casefold() for name in checked}) != len(checked):
        raise ValueError("names has the same name twice, but for case perhaps; expected distinct ones.")
    return [str(name) for name in checked]


def _is_folder_name(name: str) -> bool:
    # the Windows rules too, so that an export can be moved: they know both separators, drives and reserved signs
    plain = PureWindowsPath(name).name == name and not set(name) & set('<>:"|?*')
    plain = plain and name != _MANIFEST and name.strip(" .") == name and name.isprintable()
    return plain and 0 < len(name.encode()) <= _LONGEST_NAME


def _checked_targets(target: Iterable[int]) -> list[int]:
    labels = np.array(list(target) if isinstance(target, Iterable) else target)
    if labels.ndim != 1 or (labels.size and labels.dtype.kind not in "iu"):
        raise ValueError(f"target has shape {labels.shape} and type {labels.dtype}, expected one integer per sequence.")
    return labels.tolist()


def _checked_sequence(at: int, given: Any, graphs: GraphLayout | None) -> np.ndarray:
    try:
        with np.errstate(over="ignore"):
            sequence = np.asarray(given, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"sequences[{at}] is no array of numbers ({error}).") from None
    if sequence.ndim != 3 or 0 in sequence.shape or sequence[0].size > _MOST_NUMBERS:
        raise ValueError(
            f"sequences[{at}] has shape {sequence.shape}, expected (n_frames, n_joints, n_channels) with at most "
            f"{_MOST_NUMBERS} numbers a frame."
        )
    if graphs is not None and sequence.shape[1:] != (graphs.n_joints, graphs.n_channels):
        raise ValueError(
            f"sequences[{at}] has shape {sequence.shape}, expected (n_frames, {graphs.n_joints}, {graphs.n_channels}) "
            "as the first one has."
        )
    if np.isinf(sequence).any():
        raise ValueError(f"sequences[{at}] has infinite numbers, expected finite float32 ones or NaN.")
    return sequence


def _item(what: str, values: list[Any], at: int) -> Any:
    if at >= len(values):
        raise ValueError(f"{what} has {len(values)} items, expected one for each sequence, of which there are more.")
    return values[at]


def _write_frames(folder: Path, sequence: np.ndarray, name: str, target: int | None, graphs: GraphLayout) -> None:
    folder.mkdir()
    for frame, positions in enumerate(sequence):
        document = frame_document(graphs, positions, name, frame, target)
        (folder / _frame_name(frame)).write_text(json.dumps(document, allow_nan=False, separators=(",", ":")))


def _frame_name(frame: int) -> str:
    return f"{frame:05}.json"


def _write_manifest(folder: Path, graphs: GraphLayout, samples: list[dict[str, Any]]) -> None:
    skeleton = graphs.skeleton
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        "skeleton": {
            "name": skeleton.name,
            "joints": skeleton.joints,
            "bones": skeleton.bones,
            "roles": dict(skeleton.roles),
            "parts": dict(skeleton.parts),
        },
        "n_persons": graphs.n_persons,
        "n_channels": graphs.n_channels,
        "samples": samples,
    }
    with write_whole(folder / _MANIFEST) as file:
        file.write(json.dumps(document, indent=1).encode())


def _find_manifest(folder: str | PathLike[str], files: Sequence[SourceFile]) -> SourceFile:
    manifests = [file for file in files if file.name == _MANIFEST]
    if not manifests:
        path = Path(folder) / _MANIFEST
        raise SkeletonFileError(path, None, "got no such file, expected the list that a finished export ends with")
    if len(manifests) > 1:
        raise SkeletonFileError(str(manifests[1]), None, f"got {len(manifests)} files {_MANIFEST}, expected one")
    return manifests[0]


def _read_manifest(content: FileContent) -> Record:
    """What an export shares, and its samples."""
    document = content.json()
    keys = ("format", "version", "skeleton", "n_persons", "n_channels", "samples")
    if not isinstance(document, dict) or not set(keys) <= document.keys():
        raise content.fault(f"got {type(document).__name__} without all keys, expected {', '.join(keys)}")
    if document["format"] != _FORMAT or document["version"] != _VERSION:
        raise content.fault(f"got another format or version, expected {_FORMAT!r}, version {_VERSION}")
    skeleton = _read_skeleton(content, document["skeleton"])
    sizes = (document["n_persons"], document["n_channels"])
    if (
        not all(type(size) is int and size > 0 for size in sizes)
        or skeleton.n_joints * math.prod(sizes) > _MOST_NUMBERS
    ):
        raise content.fault(f"got other sizes of frames, expected at most {_MOST_NUMBERS} numbers a frame")
    samples = document["samples"]
    if not isinstance(samples, list) or not samples:
        raise content.fault("got no samples, expected a list of at least one")
    for sample in samples:
        _check_sample(content, sample)
    if len({sample["name"].casefold() for sample in samples}) != len(samples):
        raise content.fault("got a sample twice, expected distinct names")
    if len({sample["target"] is None for sample in samples}) != 1:
        raise content.fault("got targets of some samples, expected all or none")
    return {"graphs": GraphLayout(skeleton, *sizes), "samples": samples}


def _check_sample(content: FileContent, sample: Any) -> None:
    if not isinstance(sample, dict) or not {"name", "n_frames", "target"} <= sample.keys():
        raise content.fault(f"got sample {reprlib.repr(sample)}, expected name, n_frames and target")
    name, n_frames, target = sample["name"], sample["n_frames"], sample["target"]
    if not isinstance(name, str) or not _is_folder_name(name):
        raise content.fault(f"got the sample name {reprlib.repr(name)}, expected the plain name of a folder")
    if type(n_frames) is not int or n_frames < 1:
        raise content.fault(f"got n_frames {reprlib.repr(n_frames)} of {name}, expected a positive integer")
    if target is not None and (type(target) is not int or not -(2**63) <= target < 2**63):
        raise content.fault(f"got target {reprlib.repr(target)} of {name}, expected an integer or null")


def _read_skeleton(content: FileContent, parts: Any) -> Skeleton:
    wanted = "expected a skeleton with name, joints, bones and roles"
    if not isinstance(parts, dict) or not isinstance(parts.get("name"), str):
        raise content.fault(f"got {type(parts).__name__} without a name, {wanted}")
    joints, bones, roles = (parts.get(key, ()) for key in ("joints", "bones", "roles"))
    cut = parts.get("parts", {})  # files of earlier versions have none
    if not _is_text_list(joints) or len(joints) > _MOST_JOINTS:
        raise content.fault(f"got no joints or more than {_MOST_JOINTS}, {wanted}")
    if not isinstance(bones, list) or not all(_is_text_list(bone) and len(bone) == 2 for bone in bones):
        raise content.fault(f"got bones that are no pairs of joints, {wanted}")
    if not isinstance(roles, dict) or not all(_is_text_list(names) for names in roles.values()):
        raise content.fault(f"got roles that are no lists of joints, {wanted}")
    if not isinstance(cut, dict) or not all(_is_text_list(names) for names in cut.values()):
        raise content.fault(f"got parts that are no lists of joints, {wanted}")
    pairs = tuple((child, parent) for child, parent in bones)
    skeleton = Skeleton(parts["name"], tuple(joints), pairs, roles, cut)  # its ValueError becomes this file's fault
    known = [get_skeleton(name) for name in list_skeletons()]
    return next((one for one in known if one == skeleton), skeleton)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _frames_in_order(
    manifest: SourceFile, files: Sequence[SourceFile], samples: list[dict[str, Any]]
) -> list[SourceFile]:
    """The file of each frame of each sample, none missing and none left over."""
    base = manifest.inner.parent
    found = {file.inner.with_name(file.name): file for file in files if file is not manifest}
    frames = []
    for sample in samples:
        for frame in range(sample["n_frames"]):
            inner = base / sample["name"] / _frame_name(frame)
            if inner not in found:
                path = str(manifest.path / inner) if manifest.member else str(inner)
                reason = f"got no such file, expected {sample['n_frames']} frames of {sample['name']}"
                raise SkeletonFileError(path, None, reason)
            frames.append(found.pop(inner))
    for file in found.values():
        raise SkeletonFileError(str(file), None, f"got a file that {_MANIFEST} does not list, expected none")
    return frames
