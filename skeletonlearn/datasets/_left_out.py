"""What readers leave out, and when they refuse the rest."""

from __future__ import annotations

from collections.abc import Collection

from skeletonlearn._warnings import warn_user
from skeletonlearn.datasets._errors import ON_ERROR, SkeletonFileError, check_choice


class LeftOut:
    """What a reader leaves out: the first fault is raised, or one warning at the end lists all faults.

    Parameters
    ----------
    on_error : {"raise", "warn", "skip"}
        What to do with what is faulty: raise its error, leave it out with one warning for all, or leave it out
        silently.

    Attributes
    ----------
    by_name : dict of str to str
        What is wrong with each thing left out, as the loaders give it in `left_out`.
    faults : dict of str to SkeletonFileError
        The same as errors.

    Raises
    ------
    ValueError
        If `on_error` has an unknown value.
    """

    def __init__(self, on_error: str) -> None:
        check_choice("on_error", on_error, ON_ERROR)
        self.on_error = on_error
        self.by_name: dict[str, str] = {}
        self.faults: dict[str, SkeletonFileError] = {}

    def add(self, name: str, fault: SkeletonFileError, *, otherwise: str | None = None) -> None:
        """Leave one thing out, or raise its fault.

        Parameters
        ----------
        name : str
            Its name.
        fault : SkeletonFileError
            What is wrong with it.
        otherwise : str or None, default=None
            What it goes by where something else of that name is left out already; None replaces that.

        Raises
        ------
        SkeletonFileError
            The fault, if `on_error` is "raise".
        """
        if self.on_error == "raise":
            raise fault
        if otherwise is not None and name in self.by_name:
            name = otherwise
        self.by_name[name] = str(fault)
        self.faults[name] = fault

    def warn(self, total: int, what: str = "files") -> None:
        """Say in one warning what was left out, if the caller wants to be warned.

        Parameters
        ----------
        total : int
            How many there were.
        what : str, default="files"
            What is counted.
        """
        if self.by_name and self.on_error == "warn":
            shown = list(self.by_name.values())[:10]
            more = (
                f"; and {len(self.by_name) - len(shown)} more (see left_out)" if len(self.by_name) > len(shown) else ""
            )
            text = f"left out {len(self.by_name)} of {total} {what}: {'; '.join(shown)}{more}"
            warn_user(text)

    def require(self, sound: Collection[object], expectation: str) -> None:
        """Refuse a result in which nothing is left.

        Parameters
        ----------
        sound : collection
            What is left.
        expectation : str
            What there should be, such as "3 files could be read, expected at least one".

        Raises
        ------
        ValueError
            If nothing is left; the text ends in the last fault.
        """
        if not sound:
            last = "".join(f"; the last fault: {text}" for text in list(self.by_name.values())[-1:])
            raise ValueError(f"None of {expectation}{last}")


def require_clips(n_sound: int, left_out: LeftOut, total: int, what: str) -> None:
    """Refuse a result without any clip, after the warning of why that is.

    Parameters
    ----------
    n_sound : int
        How many were read.
    left_out : LeftOut
        What was not.
    total : int
        How many there were.
    what : str
        What is counted.

    Raises
    ------
    ValueError
        If nothing was read.
    """
    if not n_sound:
        left_out.warn(total, what)
    left_out.require(range(n_sound), f"{total} {what} could be read, expected at least one")
