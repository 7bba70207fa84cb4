"""A file from which an interrupted fit resumes, to the bit."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import torch
from sklearn.base import BaseEstimator

import skeletonlearn
from skeletonlearn._files import remove_leftovers, write_whole
from skeletonlearn._training.fingerprint import fingerprint_of_arrays, fingerprints_of_parameters
from skeletonlearn._training.seeding import draw_seed
from skeletonlearn._warnings import warn_user

_VERSION = 2
_FIRST_LINE = f"skeletonlearn checkpoint {_VERSION}\n".encode()
_DIGEST_LINE = 2 * hashlib.sha256().digest_size + 1
_NAMED_ONLY = {"X", "y", "sample_weight", "the weights to start from"}  # all else is short enough to show


@dataclass(frozen=True)
class Snapshot:
    """A fit between two epochs.

    Attributes
    ----------
    arrays : dict of str to ndarray
        Weights, moments and states of random generators, by name.
    facts : dict of str to object
        All else, as JSON can hold it.
    """

    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]

    def group(self, name: str) -> dict[str, np.ndarray]:
        """Return the arrays whose names begin with a group's, by the rest of their names."""
        start = f"{name}/"
        return {key.removeprefix(start): array for key, array in self.arrays.items() if key.startswith(start)}


class Checkpoint:
    """Reads and writes the checkpoint of one fit.

    A checkpoint is whole or not there: it takes the place of the last one, which is kept beside it with the ending
    ``.previous``, only once it is written and on the disk. It is plain NumPy arrays and JSON behind a checksum: reading
    one runs no code.

    Parameters
    ----------
    path : path-like
        The file.
    identity : mapping of str to str
        What the fit depends on, as texts that can be compared: data and parameters.

    Attributes
    ----------
    snapshot : Snapshot or None
        What the file holds; None if there is no file yet.

    Raises
    ------
    ValueError
        If the file is of a fit with another identity, of another format, or damaged like the one before it. It is left
        as it is.
    OSError
        If it cannot be read.
    """

    def __init__(self, path: str | PathLike[str], identity: Mapping[str, str]) -> None:
        self._path = Path(path).absolute()  # the working directory may change while fit runs
        self._identity = {**identity, **_versions()}
        self._seed: int | None = None
        self._is_damaged = False
        self._source = self._path
        remove_leftovers(self._path)
        self.snapshot = self._read()
        if self.snapshot is not None:
            self._check_identity(self.snapshot.facts["identity"])

    def draw_seed(self, random_state: Any) -> int:
        """The seed of the fit: the one in the file if `random_state` is None, else the one that it stands for.

        Parameters
        ----------
        random_state : int, RandomState or None
            As in the estimators.

        Returns
        -------
        int
            The seed.

        Raises
        ------
        ValueError
            If the file was made with another seed.
        """
        stored = None if self.snapshot is None else int(self.snapshot.facts["seed"])
        self._seed = stored if stored is not None and random_state is None else draw_seed(random_state)
        if stored is not None and self._seed != stored:
            raise ValueError(self._refusal(["random_state"]))
        return self._seed

    def write(self, snapshot: Snapshot) -> None:
        """Put a snapshot in the place of the last one, which is kept beside it.

        Parameters
        ----------
        snapshot : Snapshot
            The fit between two epochs.

        Raises
        ------
        OSError
            If it cannot be written; the last one is then as it was.
        """
        facts = {**snapshot.facts, "identity": self._identity, "seed": self._seed}
        payload = _packed(Snapshot(snapshot.arrays, facts))
        try:
            # a damaged file does not take the place of the whole one before it
            with write_whole(self._path, keep=None if self._is_damaged else self._previous) as file:
                file.write(_FIRST_LINE)
                file.write(hashlib.sha256(payload).hexdigest().encode() + b"\n")
                file.write(payload)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OSError(
                error.errno,
                f"checkpoint of epoch {facts['epoch']} not written ({reason}); expected a folder that can be written "
                "to, with room for it. An earlier checkpoint is as it was",
                str(self._path),
            ) from error
        self._is_damaged = False

    @property
    def _previous(self) -> Path:
        return Path(f"{self._path}.previous")

    def _read(self) -> Snapshot | None:
        """The newest snapshot that is whole."""
        damage = []
        for path in (self._path, self._previous):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                reason = error.strerror or str(error)
                raise OSError(
                    error.errno,
                    f"checkpoint not read ({reason}); expected a file that can be read, or none yet, in a folder",
                    str(path),
                ) from error
            try:
                snapshot = _unpacked(content)
            except _DamagedError as error:
                damage.append(f"{path}: {error}")
                continue
            except _OtherVersionError as error:
                raise ValueError(
                    f"checkpoint {str(path)!r} has version {error} of the format, expected version {_VERSION}: take "
                    "the skeletonlearn that wrote it, or a file of its own. Nothing was overwritten."
                ) from None
            self._source = path
            if damage:
                self._is_damaged = True
                warn_user(f"{damage[0]}. Resuming from the checkpoint before it, {path}.")
            return snapshot
        if damage:
            raise ValueError("; ".join(damage) + ". Expected a checkpoint of this fit, or no file, to begin anew.")
        return None

    def _check_identity(self, stored: Mapping[str, str]) -> None:
        names = sorted(stored.keys() | self._identity.keys())
        differing = [name for name in names if stored.get(name) != self._identity.get(name)]
        if differing:
            raise ValueError(self._refusal(differing, stored))

    def _refusal(self, names: list[str], stored: Mapping[str, str] | None = None) -> str:
        def shown(name: str) -> str:
            if stored is None or name in _NAMED_ONLY:
                return name
            return f"{name} (there {stored.get(name, 'nothing')}, here {self._identity.get(name, 'nothing')})"

        return (
            f"checkpoint {str(self._source)!r} is of a fit that differs in {', '.join(map(shown, names))}: expected "
            "the same data and parameters, or the path of a file of its own. Nothing was overwritten."
        )


def identify(estimator: BaseEstimator, device: torch.device, **data: np.ndarray | list[np.ndarray]) -> dict[str, str]:
    """What a fit depends on, as texts that can be compared.

    Parameters
    ----------
    estimator : estimator instance
        With its parameters.
    device : torch.device
        Where it is trained.
    **data : ndarray or list of ndarray
        What it is trained on, by the names that errors show.

    Returns
    -------
    dict of str to str
        By name.
    """
    return {
        "estimator": type(estimator).__name__,
        "device": device.type,
        **fingerprints_of_parameters(estimator),
        **{name: fingerprint_of_arrays(array) for name, array in data.items()},
    }


def open_checkpoint(path: str | PathLike[str] | None, identity: Callable[[], Mapping[str, str]]) -> Checkpoint | None:
    """The checkpoint of a fit, if one is asked for.

    Parameters
    ----------
    path : path-like or None
        An estimator's parameter `checkpoint`.
    identity : callable
        Gives what the fit depends on, as :func:`identify` does; called only if there is a path: it reads all of X.

    Returns
    -------
    Checkpoint or None
        The checkpoint, with what its file holds.
    """
    return None if path is None else Checkpoint(path, identity())


def seed_of_fit(checkpoint: Checkpoint | None, random_state: Any) -> int:
    """The seed of a fit that may go on from a checkpoint.

    Parameters
    ----------
    checkpoint : Checkpoint or None
        Where it goes on from.
    random_state : int, RandomState or None
        As in the estimators.

    Returns
    -------
    int
        The seed.
    """
    return draw_seed(random_state) if checkpoint is None else checkpoint.draw_seed(random_state)


class _DamagedError(Exception):
    """A file that is not what was written."""


class _OtherVersionError(Exception):
    """A file in another version of the format, which is what it says."""


def _versions() -> dict[str, str]:
    """What else a fit's bits depend on."""
    return {
        "version of skeletonlearn": skeletonlearn.__version__,
        "version of scikit-learn": sklearn.__version__,
        "version of torch": torch.__version__,
    }


def _packed(snapshot: Snapshot) -> bytes:
    facts = np.frombuffer(json.dumps(snapshot.facts).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    # names are kept apart from those that NumPy's function has for itself
    np.savez(buffer, **{f"array/{name}": array for name, array in snapshot.arrays.items()}, facts=facts)  # type: ignore[arg-type]
    return buffer.getvalue()


def _unpacked(content: bytes) -> Snapshot:
    first_line = re.match(rb"skeletonlearn checkpoint (\d{1,9})\n", content)
    if first_line is None:
        raise _DamagedError("not a checkpoint, or its beginning is damaged")
    if first_line[0] != _FIRST_LINE:
        raise _OtherVersionError(first_line[1].decode())
    start = len(_FIRST_LINE) + _DIGEST_LINE
    digest, payload = content[len(_FIRST_LINE) : start - 1], content[start:]
    if hashlib.sha256(payload).hexdigest().encode() != digest:
        raise _DamagedError("damaged, its checksum does not fit")
    with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
        arrays = {name.removeprefix("array/"): archive[name] for name in archive.files if name != "facts"}
        facts = json.loads(archive["facts"].tobytes())
    return Snapshot(arrays, facts)
