"""The words that work on the session: files."""

from __future__ import annotations

from collections.abc import Iterator

from ..host import LocalHost
from . import Known, Name, files


def file(known: Known) -> Iterator[Name]:
    """What is in the folder that the begun word names, where esosh runs."""
    return files(LocalHost(), known.prefix)


def commit(known: Known) -> Iterator[Name]:
    """The commits that esosh made, the newest first."""
    return (Name(back, "live", about) for back, about in known.commits())


def new_file(known: Known) -> Iterator[Name]:
    """The files that are there: one of them is written over, or the folder of a new one is found."""
    return file(known)


def peer(known: Known) -> Iterator[Name]:
    """Files of the other host; its name is the user's to know."""
    return file(known)
