"""Where SCST's objects lie in its tree, and under which names.

The tree shows "/" in a name as "!", but a command has to say "/" again. The name of every object that shows another
one is noted in a file of its own outside /sys. An empty note marks a stale link: the kernel forgot the object. Objects
called "." and "..", which the kernel takes and no tree can show, lie outside /sys as a whole. Numbers that only go up
are noted there as well.
"""

from __future__ import annotations

import errno
import os
import zlib
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


def place(folder: str, name: str) -> str:
    """The path for the object of that name."""
    return f"{NOTES}{folder}/.dots/{len(name)}" if name in (".", "..") else f"{folder}/{shown(name)}"


def find(tree: Tree, folder: str, name: str) -> Optional[str]:
    """The path of the object of that name, None when there is none."""
    path = place(folder, name)
    return path if _is_object(tree, path) and (name in (".", "..") or name_of(tree, path) == name) else None


def known(tree: Tree, folder: str, name: str) -> str:
    """The path of the object of that name; EINVAL when there is none."""
    path = find(tree, folder, name)
    if path is None:
        raise refused(errno.EINVAL)
    return path


def claim(tree: Tree, folder: str, name: str) -> str:
    """The path for a new object; EEXIST when something is there, whatever it is."""
    path = place(folder, name)
    if tree.exists(path):
        raise refused(errno.EEXIST)
    if shown(name) != name and name not in (".", ".."):
        tree.put(_note(path), name)
    return path


def name_of(tree: Tree, path: str) -> str:
    """The name by which commands know the object; empty for a stale link."""
    return tree.read(_note(path)) if tree.exists(_note(path)) else os.path.basename(path)


def objects(tree: Tree, folder: str) -> list[str]:
    """The paths of the folders and links in a folder, stale links left out."""
    paths = [f"{folder}/{name}" for name in tree.list(folder)]
    return [path for path in paths if _is_object(tree, path) and name_of(tree, path)]


def alike(tree: Tree, folder: str, name: str) -> bool:
    """Whether there is an object of that name, upper and lower case being the same."""
    entries = (entry for entry in tree.list(folder) if entry.lower() == shown(name).lower())
    paths = (f"{folder}/{entry}" for entry in entries)
    return any(_is_object(tree, path) and name_of(tree, path).lower() == name.lower() for path in paths)


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


def count(tree: Tree, what: str, first: int = 0) -> int:
    """The next number of a kind; numbers are never given twice."""
    note = f"{NOTES}{what}/.count"
    number = int(tree.read(note)) if tree.exists(note) else first
    tree.put(note, str(number + 1))
    return number


def counted(tree: Tree, what: str, number: int) -> None:
    """A number of a kind was given behind our back."""
    note = f"{NOTES}{what}/.count"
    if not tree.exists(note) or int(tree.read(note)) <= number:
        tree.put(note, str(number + 1))


def _note(path: str) -> str:
    return f"{NOTES}{path}/.name"


def _is_object(tree: Tree, path: str) -> bool:
    return tree.isdir(path) or tree.readlink(path) is not None
