"""Measured rows in a CSV file that several processes add to, and that a run that was cut off goes on from."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_CUT_OFF = ",cut off"


class RowFile:
    """Rows with a key, each measured once.

    Every row is added by one write to the end of the file, so that rows of several processes never mix. A line that
    was cut off half-written is not a row.

    Parameters
    ----------
    path : path
        The file; made with the first row.
    key : sequence of str
        The columns that tell rows apart.
    measured : sequence of str
        The other columns.
    """

    def __init__(self, path: Path, key: Sequence[str], measured: Sequence[str]):
        self.path = Path(path)
        self.key = tuple(key)
        self.fields = (*key, *measured)

    def read(self) -> list[dict[str, str]]:
        """All whole rows as text, in the order of the file; of equal keys the first.

        Returns
        -------
        list of dict of str to str
            By column; "" is a blank.

        Raises
        ------
        ValueError
            If the file holds other columns.
        """
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8")
        whole = [_parse(line) for line in text[: text.rfind("\n") + 1].splitlines()]
        if whole and whole[0] != list(self.fields):
            raise ValueError(f"{self.path} has the columns {whole[0]}, expected {list(self.fields)}: name a new file.")
        rows: dict[tuple[str, ...], dict[str, str]] = {}
        for cells in whole[1:]:
            if len(cells) == len(self.fields):
                row = dict(zip(self.fields, cells, strict=True))
                rows.setdefault(self._key_of(row), row)
        return list(rows.values())

    def append(self, row: dict[str, Any]) -> None:
        """Add a row; None is a blank.

        Parameters
        ----------
        row : dict
            A value for each column.
        """
        if self.path.exists():
            self.read()  # refuse a file with other columns
        else:
            self._create()
        line = _line([row[field] for field in self.fields])
        with self.path.open("ab+", buffering=0) as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    # one cell too many, so that a line cut off in its last cell is not taken for a whole one
                    line = f"{_CUT_OFF * len(self.fields)}\n{line}"
            file.write(line.encode())

    def measure_once(self, key: dict[str, Any], measure: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        """Measure and add the row of this key, unless the file has it.

        Parameters
        ----------
        key : dict
            A value for each column of the key.
        measure : callable
            Gives the other columns.

        Returns
        -------
        dict or None
            The row, if it was measured now.
        """
        if self.has(key):
            return None
        row = key | measure()
        self.append(row)
        return row

    def has(self, key: dict[str, Any]) -> bool:
        """Whether there is a row with this key.

        Parameters
        ----------
        key : dict
            A value for each column of the key.

        Returns
        -------
        bool
            Whether there is.
        """
        return self._key_of(key) in {self._key_of(row) for row in self.read()}

    def _create(self) -> None:
        """Make the file with its header at one stroke, unless another process is faster."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        draft.write_text(_line(self.fields), encoding="utf-8")
        try:
            os.link(draft, self.path)
        except FileExistsError:
            self.read()
        finally:
            draft.unlink()

    def _key_of(self, row: dict[str, Any]) -> tuple[str, ...]:
        return tuple("" if row[field] is None else str(row[field]) for field in self.key)


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _parse(line: str) -> list[str]:
    """The cells of one line; none if it breaks off within quotes."""
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return []
