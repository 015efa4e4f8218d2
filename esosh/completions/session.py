"""The words that work on the session: files."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ..host import LocalHost
from . import Known, Name


def file(known: Known) -> Iterator[Name]:
    """What is in the folder that the begun word names; a folder ends in "/"."""
    folder, host = os.path.dirname(known.prefix), LocalHost()
    place = os.path.abspath(folder or ".")
    hidden = os.path.basename(known.prefix).startswith(".")
    for name in host.list(place):
        if hidden or not name.startswith("."):
            yield Name(os.path.join(folder, name) + ("/" if host.path(os.path.join(place, name)).is_dir() else ""))


def commit(known: Known) -> Iterator[Name]:
    """The commits that esosh made, the newest first."""
    return (Name(back, "live", about) for back, about in known.commits())


def new_file(known: Known) -> Iterator[Name]:
    """The files that are there: one of them is written over, or the folder of a new one is found."""
    return file(known)


def peer(known: Known) -> Iterator[Name]:
    """Files of the other host; its name is the user's to know."""
    return file(known)
