"""Where SCST's objects lie in its tree, and under which names.

The tree shows "/" in a name as "!", but a command has to say "/" again. The name of every object that shows another
one is noted in a file of its own outside /sys. An empty note marks a stale link: the kernel forgot the object.
"""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Collection
from itertools import count
from typing import Optional

from .scst_words import refused
from .tree import Tree

ROOT = "/sys/kernel/scst_tgt"
NOTES = "/.kernel/scst"
_LONGEST = 255  # bytes of a file name; the kernel takes longer names, which no path can say


def shown(name: str) -> str:
    """What the tree shows for a name; one that is too long for a file gets a short stand-in."""
    flat = name.replace("/", "!")
    raw = flat.encode("utf-8", "surrogateescape")
    return flat if len(raw) <= _LONGEST else raw[:200].decode("utf-8", "ignore") + f"~{zlib.crc32(raw):08x}"


def find(tree: Tree, folder: str, name: str) -> Optional[str]:
    """The path of the object of that name, None when there is none."""
    path = f"{folder}/{shown(name)}"
    return path if _is_object(tree, path) and name_of(tree, path) == name else None


def known(tree: Tree, folder: str, name: str) -> str:
    """The path of the object of that name; EINVAL when there is none."""
    path = find(tree, folder, name)
    if path is None:
        raise refused(errno.EINVAL)
    return path


def claim(tree: Tree, folder: str, name: str) -> str:
    """The path for a new object; EEXIST when something is there, whatever it is."""
    path = f"{folder}/{shown(name)}"
    if tree.exists(path):
        raise refused(errno.EEXIST)
    if shown(name) != name:
        tree.put(_note(path), name)
    return path


def name_of(tree: Tree, path: str) -> str:
    """The name by which commands know the object; empty for a stale link."""
    return tree.read(_note(path)) if tree.exists(_note(path)) else os.path.basename(path)


def objects(tree: Tree, folder: str) -> list[str]:
    """The paths of the folders and links in a folder, stale links left out."""
    paths = [f"{folder}/{name}" for name in tree.list(folder)]
    return [path for path in paths if _is_object(tree, path) and name_of(tree, path)]


def remove(tree: Tree, path: str) -> None:
    """Stage the removal of an object, all that is below it, and their notes."""
    tree.remove(path)
    if tree.exists(NOTES + path):
        tree.remove(NOTES + path)


def orphan(tree: Tree, path: str) -> None:
    """Turn a link into a stale one."""
    tree.put(_note(path), "")


def link(tree: Tree, path: str, to: str) -> None:
    """Stage a relative link, as all of SCST's are."""
    tree.link(path, os.path.relpath(to, os.path.dirname(path)))


def target_of(tree: Tree, path: str) -> str:
    """The path that a link leads to; empty when it is no link."""
    to = tree.readlink(path)
    return "" if to is None else os.path.normpath(os.path.join(os.path.dirname(path), to))


def free(taken: Collection[str], first: int = 0, prefix: str = "") -> int:
    """The lowest number, from `first`, for which PREFIXn is not taken.

    The real kernel's numbers of copy manager LUNs and exports only go up; here, undoing has to bring back the
    same bytes.
    """
    return next(number for number in count(first) if f"{prefix}{number}" not in taken)


def _note(path: str) -> str:
    return f"{NOTES}{path}/.name"


def _is_object(tree: Tree, path: str) -> bool:
    return tree.isdir(path) or tree.readlink(path) is not None
