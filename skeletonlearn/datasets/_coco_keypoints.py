"""Reader of COCO keypoints: annotations of a data set, or results of a pose estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np

from skeletonlearn.datasets._bunch import SkeletonBunch
from skeletonlearn.datasets._clip_files import Labels, bunch_of_clips, find_clips, label_clips, natural_key
from skeletonlearn.datasets._errors import ON_ERROR, check_choice
from skeletonlearn.datasets._persons import check_persons, keep_persons, number_persons, seen_people
from skeletonlearn.datasets._read_files import Record, read_files
from skeletonlearn.datasets._source import FileContent, Source
from skeletonlearn.skeletons import COCO

_TRACKS = ("track_id", "idx")
_N_NUMBERS = 3 * COCO.n_joints  # x, y, and the visibility or confidence

_DESCR = """\
COCO keypoints, a JSON file a clip: 17 points of each person in pixels of the picture, x to the right, y down. Points
and persons that were not labelled or found are NaN.
"""


def load_coco_keypoints(
    source: Source,
    *,
    labels: Labels = None,
    n_persons: int = 1,
    min_confidence: float = 0.0,
    on_error: Literal["raise", "warn", "skip"] = "raise",
    n_jobs: int | None = None,
) -> SkeletonBunch:
    """Load clips of COCO keypoints, one from each JSON file.

    A clip's name is its path below `source` without the ending, such as ``"wave/clip1"``. A file has one of two forms:

    - annotations, as of a data set: ``{"images": [{"id", "file_name"}], "annotations": [{"image_id", "keypoints"}]}``.
      The images are the frames, in natural order of file name, or of id where a file name lacks;
    - results, as pose estimators (AlphaPose among them) write: ``[{"image_id", "keypoints", "score"}]``. The images
      that occur are the frames, in natural order of their id, so that ``"2.jpg"`` comes before ``"10.jpg"``. An image
      without any person does not occur, and leaves no gap.

    Keypoints are 17 times x, y and a third number, which is the visibility (0 not labelled, 1 labelled but hidden, 2
    visible) or the estimator's confidence. Who is who over time is said by ``track_id`` or ``idx`` where all entries of
    a file have it, and else told by where people were in the frames before.

    Parameters
    ----------
    source : path-like or sequence of path-like
        The folder, or zip archive, with the files, in subfolders or not; several of them are read as one, and names
        then start with theirs.
    labels : "folder", mapping of str to label, callable or None, default=None
        The label of each clip: "folder", the uppermost folder below `source` that holds it; else by the clip's name.
        None gives no target.
    n_persons : int, default=1
        How many persons a sequence has: those with the most confidence, summed over joints and frames, most first.
        Somebody seen in none of their frames, and at least half as surely, goes on in their place, as one who was lost
        and found again.
    min_confidence : float, default=0.0
        Points whose third number is less are NaN. Those where it is 0 always are.
    on_error : {"raise", "warn", "skip"}, default="raise"
        What to do with a faulty file, or one in which nobody is ever seen: raise, leave it out with a warning, or leave
        it out silently.
    n_jobs : int or None, default=None
        Number of joblib workers that read files; None is 1.

    Returns
    -------
    SkeletonBunch
        With clips in natural order of their names:

        sequences : list of ndarray of shape (n_frames_i, n_persons * 17, 2)
            Coordinates as in the files, float32; NaN where a point or a person was not seen.
        confidence : list of ndarray of shape (n_frames_i, n_persons * 17)
            The third number of each point, float32; 0 where it was not seen.
        target : ndarray of int of shape (n_samples,)
            Classes, from 0, where there are labels.
        target_names : list of str
            The names of the classes in natural order, where there are labels.
        skeleton : Skeleton
            `COCO`.
        name : ndarray of str of shape (n_samples,)
            The clips' names.
        left_out : dict of str to str
            What is wrong with each clip that was left out, by its name.
        DESCR : str
            About the data.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no JSON file in it.
    ValueError
        If a file is faulty and on_error="raise", if no file is sound, if a clip has no label, or if a parameter has an
        unknown value.

    See Also
    --------
    sequences_from_table : Reads a table with a row for each frame and joint.

    References
    ----------
    T.-Y. Lin et al. (2014). Microsoft COCO: common objects in context. ECCV. The site cocodataset.org tells the format
    of annotations and of results.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from skeletonlearn.datasets import load_coco_keypoints
    >>> results = [{"image_id": f"{at}.jpg", "keypoints": [310.5, 200.0, 0.9] * 17, "score": 2.5} for at in range(12)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "clip1.json").write_text(json.dumps(results))
    ...     bunch = load_coco_keypoints(folder, labels=lambda name: "wave")
    >>> bunch.sequences[0].shape, bunch.target_names
    ((12, 17, 2), ['wave'])
    """
    check_persons(n_persons, min_confidence)
    check_choice("on_error", on_error, ON_ERROR)
    files = find_clips(source, ("*.json",), "clip1.json")
    classes = label_clips({file.stem: file.folder for file in files}, labels)
    read_one = partial(_read_clip, n_persons, min_confidence)
    records, left_out = read_files(files, read_one, on_error=on_error, n_jobs=n_jobs)
    return bunch_of_clips(records, classes, skeleton=COCO, left_out=left_out, DESCR=_DESCR)


def _read_clip(n_persons: int, min_confidence: float, content: FileContent) -> Record:
    """One file: its sequence and confidence."""
    images, entries = _images_and_entries(content)
    if not entries:
        raise content.fault("got no entry with keypoints, expected a person in one image at least")
    frame = {image: at for at, image in enumerate(images)}
    numbers = np.stack([_keypoints(content, entry) for entry in entries])
    detections: list[list[int]] = [[] for _ in images]
    for at, entry in enumerate(entries):
        if _plain(content, entry, "image_id") not in frame:
            raise content.fault(f"got the image_id {entry['image_id']!r}, expected the id of one of the images")
        detections[frame[entry["image_id"]]].append(at)
    track = _tracks(content, entries)
    frames, persons = [], []
    for rows in detections:
        seen = [at for at in rows if len(seen_people(numbers[[at]], min_confidence))]
        frames.append(seen_people(numbers[seen], min_confidence))
        persons.append(np.array([track[at] for at in seen] if track else [], dtype=np.intp))
    if not any(len(people) for people in frames):
        raise content.fault(f"got nobody in {len(frames)} images, expected a person in one of them at least")
    sequence, confidence = keep_persons(frames, persons if track else number_persons(frames), n_persons)
    return {"name": content.stem, "sequence": sequence, "confidence": confidence}


def _images_and_entries(content: FileContent) -> tuple[list[Any], list[Any]]:
    """The ids of the images in order, and the entries that have keypoints."""
    value = content.json()
    if isinstance(value, list):
        return sorted({_plain(content, entry, "image_id") for entry in value}, key=natural_key), value
    if not isinstance(value, dict) or not {"images", "annotations"} <= value.keys():
        got = f"keys {sorted(value)}" if isinstance(value, dict) else type(value).__name__
        raise content.fault(f"got {got}, expected an object with 'images' and 'annotations', or a list of results")
    images, annotations = value["images"], value["annotations"]
    if not isinstance(images, list) or not isinstance(annotations, list):
        got = f"{type(images).__name__} and {type(annotations).__name__}"
        raise content.fault(f"got {got} as 'images' and 'annotations', expected lists")
    ids = [_plain(content, image, "id") for image in images]
    if len(set(ids)) < len(ids):
        raise content.fault(f"got {len(ids)} images with {len(set(ids))} distinct ids, expected an id for each")
    names = ids
    if all("file_name" in image for image in images):
        names = [image["file_name"] for image in images]
    return [ids[at] for at in sorted(range(len(ids)), key=lambda at: natural_key(names[at]))], annotations


def _plain(content: FileContent, entry: Any, key: str) -> Any:
    """A number or text of an entry."""
    if not isinstance(entry, dict) or not isinstance(entry.get(key), int | float | str):
        got = f"keys {sorted(entry)}" if isinstance(entry, dict) else type(entry).__name__
        raise content.fault(f"got an entry with {got}, expected an object with a number or text {key!r}")
    return entry[key]


def _keypoints(content: FileContent, entry: Mapping[str, Any]) -> np.ndarray:
    """The points of an entry, (17, 3)."""
    wanted = f"expected {_N_NUMBERS}: x, y and visibility or confidence of {COCO.n_joints} points"
    if not isinstance(entry, dict) or "keypoints" not in entry:
        got = f"keys {sorted(entry)}" if isinstance(entry, dict) else type(entry).__name__
        raise content.fault(f"got an entry with {got}, expected an object with 'keypoints'")
    try:
        numbers = np.array(entry["keypoints"], dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise content.fault(f"got keypoints that are no list of numbers ({error}), {wanted}") from None
    if numbers.size != _N_NUMBERS:
        raise content.fault(f"got {numbers.size} numbers as keypoints, {wanted}")
    return numbers.reshape(COCO.n_joints, 3)


def _tracks(content: FileContent, entries: Sequence[Mapping[str, Any]]) -> list[int] | None:
    """The number of each entry's person, from 0; None where the file does not say it for all."""
    key = next((key for key in _TRACKS if all(entry.get(key) is not None for entry in entries)), None)
    if key is None:
        return None
    code: dict[Any, int] = {}
    tracks = [code.setdefault(_plain(content, entry, key), len(code)) for entry in entries]
    seen: set[tuple[Any, int]] = set()
    for entry, track in zip(entries, tracks, strict=True):
        if (entry["image_id"], track) in seen:
            raise content.fault(f"got {key} {entry[key]!r} twice in image {entry['image_id']!r}, expected it once")
        seen.add((entry["image_id"], track))
    return tracks
