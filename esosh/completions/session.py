"""The words of the session: files and commits."""

from __future__ import annotations

from collections.abc import Iterator

from ..host.local import LocalHost
from . import Context, Name, files


def file(context: Context) -> Iterator[Name]:
    """Files of the machine that esosh runs on."""
    return files(LocalHost(), context.prefix)


def commit(context: Context) -> Iterator[Name]:
    """The commits that esosh made, the newest first."""
    return (Name(number, "live", description) for number, description in context.commits())


def new_file(context: Context) -> Iterator[Name]:
    """Files that exist: to overwrite one, or to reach the folder of a new one."""
    return file(context)


def peer(context: Context) -> Iterator[Name]:
    """Files of lines or scst.conf; completion does not know the name of the other host."""
    return file(context)
