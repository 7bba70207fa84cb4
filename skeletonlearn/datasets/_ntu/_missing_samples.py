"""The official lists of samples whose skeletons are missing or incomplete."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_LISTS = {"ntu60": ("missing_ntu60.txt",), "ntu120": ("missing_ntu60.txt", "missing_ntu120.txt")}


@cache
def load_missing_names(dataset: str) -> frozenset[str]:
    """Load the names of the samples to leave out.

    The official list of NTU RGB+D 120 has all names of that of NTU RGB+D; ``missing_ntu120.txt`` holds those that it
    has besides.

    Parameters
    ----------
    dataset : {"ntu60", "ntu120"}
        NTU RGB+D or NTU RGB+D 120.

    Returns
    -------
    frozenset of str
        302 or 535 names such as "S001C002P005R002A008".
    """
    folder = files("skeletonlearn.datasets._ntu")
    return frozenset(name for list_ in _LISTS[dataset] for name in (folder / list_).read_text("utf-8").split())
