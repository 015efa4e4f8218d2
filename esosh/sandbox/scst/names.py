"""The objects of SCST's tree: their names and paths, and the links between them.

The tree shows "/" in a name as "!", but a command has to give the "/". An object whose file name differs from
its name has a note of the name outside /sys. An empty note marks a stale link: the kernel forgot the object.
Objects named "." and "..", which the kernel accepts and no tree can show, lie outside /sys with all that they
hold. So do the counters of the numbers that only go up.
"""

from __future__ import annotations

import errno
import itertools
import os
import zlib
from collections.abc import Collection

from ..tree import Tree
from .words import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

ROOT = "/sys/kernel/scst_tgt"
NOTES = "/.kernel/scst"

_DOTS = (".", "..")
_LONGEST = 255  # bytes of a file name; the kernel accepts longer names, which no path can hold


def file_name(name: str) -> str:
    """The file name that the tree shows for an object's name.

    A name that is too long for a file is cut and gets a checksum.
    """
    shown = name.replace("/", "!")
    raw = shown.encode("utf-8", "surrogateescape")
    if len(raw) <= _LONGEST:
        return shown
    return f"{raw[:200].decode('utf-8', 'ignore')}~{zlib.crc32(raw):08x}"


def path_of(folder: str, name: str) -> str:
    """The path for the object of that name."""
    return f"{NOTES}{folder}/.dots/{len(name)}" if name in _DOTS else f"{folder}/{file_name(name)}"


def find(tree: Tree, folder: str, name: str) -> Optional[str]:
    """The path of the object of that name, None when there is none."""
    path = path_of(folder, name)
    return path if tree.is_folder_or_link(path) and _has_name(tree, path, name) else None


def require(tree: Tree, folder: str, name: str, error: int = errno.EINVAL) -> str:
    """The path of the object of that name; the error when there is none."""
    path = find(tree, folder, name)
    if path is None:
        raise refusal(error)
    return path


def claim(tree: Tree, folder: str, name: str) -> str:
    """The path for a new object; EEXIST when there is anything."""
    path = path_of(folder, name)
    if tree.exists(path):
        raise refusal(errno.EEXIST)
    if file_name(name) != name:
        tree.put(_note(path), name)
    return path


def name_of(tree: Tree, path: str) -> str:
    """The name by which commands know the object; empty for a stale link."""
    note = _note(path)
    return tree.read(note) if tree.exists(note) else os.path.basename(path)


def entries(tree: Tree, folder: str) -> list[str]:
    """The file names in a folder of objects, without its mgmt file."""
    return [name for name in tree.list(folder) if name != "mgmt"]


def objects(tree: Tree, folder: str) -> list[str]:
    """The paths of the folders and links in a folder, without stale links."""
    paths = [f"{folder}/{name}" for name in tree.list(folder)]
    return [path for path in paths if _is_live_object(tree, path)]


def exists_in_any_case(tree: Tree, folder: str, name: str) -> bool:
    """Whether an object has that name, upper and lower case being the same."""
    names = [entry for entry in tree.list(folder) if entry.lower() == file_name(name).lower()]
    return any(_has_name_in_any_case(tree, f"{folder}/{entry}", name) for entry in names)


def unused_name(name: str, taken: Collection[str], separator: str = "") -> str:
    """The first of `name`, `name1`, `name2`, … that is not taken; `separator` stands before the number."""
    numbered = (f"{name}{separator}{number}" for number in itertools.count(1))
    return next(candidate for candidate in itertools.chain((name,), numbered) if candidate not in taken)


def remove(tree: Tree, path: str) -> None:
    """Stage the removal of an object, all that is below it, and their notes."""
    tree.remove(path)
    if tree.exists(NOTES + path):
        tree.remove(NOTES + path)


def make_stale(tree: Tree, path: str) -> None:
    """Stage that the kernel forgets the object of a link that stays."""
    tree.put(_note(path), "")


def link(tree: Tree, path: str, target: str) -> None:
    """Stage a link, relative as all of SCST's links are."""
    names, folder = target.split("/"), path.split("/")[:-1]
    same = sum(itertools.takewhile(bool, map(str.__eq__, names, folder)))
    tree.link(path, "/".join((*[".."] * (len(folder) - same), *names[same:])))


def target_of(tree: Tree, path: str) -> str:
    """The path that a link leads to; empty when it is no link."""
    target = tree.readlink(path)
    return "" if target is None else os.path.normpath(os.path.join(os.path.dirname(path), target))


def next_number(tree: Tree, kind: str, first: int = 0) -> int:
    """The next number of a kind; no number is given twice."""
    number = coming_number(tree, kind, first)
    use_number(tree, kind, number)
    return number


def coming_number(tree: Tree, kind: str, first: int = 0) -> int:
    """The number that `next_number` would give; a staged counter comes first."""
    counter = _counter(kind)
    staged = tree.staged(counter)
    if staged is not None:
        return int(staged)
    return int(tree.read(counter)) if tree.exists(counter) else first


def use_number(tree: Tree, kind: str, number: int) -> None:
    """Stage that the next numbers of a kind go on behind this one."""
    tree.put(_counter(kind), str(number + 1))


def mark_number_used(tree: Tree, kind: str, number: int) -> None:
    """Stage that the next numbers of a kind go on behind this one, which was not given here."""
    if coming_number(tree, kind) <= number:
        use_number(tree, kind, number)


def _note(path: str) -> str:
    return f"{NOTES}{path}/.name"


def _counter(kind: str) -> str:
    return f"{NOTES}{kind}/.count"


def _is_live_object(tree: Tree, path: str) -> bool:
    return tree.is_folder_or_link(path) and name_of(tree, path) != ""


def _has_name(tree: Tree, path: str, name: str) -> bool:
    return name in _DOTS or name_of(tree, path) == name


def _has_name_in_any_case(tree: Tree, path: str, name: str) -> bool:
    return tree.is_folder_or_link(path) and name_of(tree, path).lower() == name.lower()
