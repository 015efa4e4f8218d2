"""iSCSI targets: made and deleted through the driver's mgmt, with the help of the daemon iscsi-scstd.

Source: iscsi-scst; observed 2026-11.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from typing import Callable

from .scst_attributes import KEY, Attribute, Attributes, readable, silent, writable
from .scst_names import alike, claim, count, find, place
from .scst_targets import ISCSI, delete_target, make_target, switch
from .scst_trace import ISCSI as LEVELS
from .scst_trace import level
from .scst_words import command, nothing_more, phrases, refused, take
from .tree import Tree

MGMT = (
    'Usage: echo "add_target target_name [parameters]" >mgmt\n'
    '       echo "del_target target_name" >mgmt\n'
    '       echo "add_attribute <attribute> <value>" >mgmt\n'
    '       echo "del_attribute <attribute> <value>" >mgmt\n'
    '       echo "add_target_attribute target_name <attribute> <value>" >mgmt\n'
    '       echo "del_target_attribute target_name <attribute> <value>" >mgmt\n\n'
    "where parameters are one or more param_name=value pairs separated by ';'\n\n"
    "The following target driver attributes available: IncomingUser, OutgoingUser\n"
    "The following target attributes available: IncomingUser, OutgoingUser, allowed_portal\n\n"
)
DRIVER: Attributes = {
    **writable(isns_entity_name=""),
    **readable(version="3.11.0-pre\nTRACING"),
    **silent("open_state"),
    "enabled": Attribute("0\n\n"),
    "iSNSServer": Attribute("\n\n"),
    "internal_portal": Attribute("\n\n"),
    "link_local": Attribute("1\n\n"),
    "trace_level": level(*LEVELS),
}
DRIVER_VALUES = ("IncomingUser", "OutgoingUser")  # attributes of which there are none, one or several
TARGET_VALUES = (*DRIVER_VALUES, "allowed_portal")

_LONGEST_NAME = 255  # bytes that the daemon keeps of a name
_SHORTEST_SECRET = 12

_Command = Callable[[Tree, str, str], None]


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to targets/iscsi/mgmt."""
    actions: dict[str, _Command] = {
        "add_target": _add, "del_target": _delete,
        "add_attribute": _add_to_driver, "del_attribute": _delete_from_driver,
        "add_target_attribute": _add_to_target, "del_target_attribute": _delete_from_target,
    }
    action, rest = command(text, actions)
    action(tree, os.path.dirname(path), rest)


def enable_driver(tree: Tree, path: str, text: str) -> None:
    """Answer a write to enabled of the driver."""
    tree.put(path, f"{switch(text)}\n\n")


def _add(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    given = [(key, _checked(key, value)) for key, value in phrases(rest, TARGET_VALUES)]
    if ";" in name:
        raise refused(errno.EINVAL)
    if not tree.exists(f"{driver}/enabled"):  # as long as the daemon runs
        raise refused(errno.EPERM)
    name = _kept(name)
    if alike(tree, driver, name):
        raise refused(errno.EEXIST)
    if tree.exists(place(driver, name)):
        raise refused(errno.EBUSY)
    target = claim(tree, driver, name)
    make_target(tree, target, {**ISCSI, **readable(tid=str(count(tree, "/tid", first=1)))})
    for key, words in given:
        _put_value(tree, target, key, words)


def _kept(name: str) -> str:
    return name.encode("utf-8", "surrogateescape")[:_LONGEST_NAME].decode("utf-8", "surrogateescape")


def _delete(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    nothing_more(rest)
    target = _there(tree, driver, name)
    if tree.list(f"{target}/sessions"):
        raise refused(errno.EBUSY)
    delete_target(tree, target)


def _there(tree: Tree, driver: str, name: str) -> str:
    """The target of that name, which has to be said as it was made."""
    target = find(tree, driver, name)
    if target is None:
        raise refused(errno.ENOENT)
    return target


def _add_to_driver(tree: Tree, driver: str, text: str) -> None:
    _add_value(tree, driver, text, DRIVER_VALUES)


def _delete_from_driver(tree: Tree, driver: str, text: str) -> None:
    _delete_value(tree, driver, text, DRIVER_VALUES)


def _add_to_target(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    _add_value(tree, _there(tree, driver, name), rest, TARGET_VALUES)


def _delete_from_target(tree: Tree, driver: str, text: str) -> None:
    (name,), rest = take(text, 1)
    _delete_value(tree, _there(tree, driver, name), rest, TARGET_VALUES)


def _add_value(tree: Tree, folder: str, text: str, allowed: tuple[str, ...]) -> None:
    (name,), rest = take(text, 1)
    if name not in allowed:
        raise refused(errno.EINVAL)
    words = _checked(name, rest)
    there = [other for _, other in _values(tree, folder, name)]
    if name == "OutgoingUser" and there:
        raise refused(errno.EEXIST)
    if words[0] in (other[0] for other in there):
        raise refused(errno.EINVAL)
    _put_value(tree, folder, name, words)


def _put_value(tree: Tree, folder: str, name: str, words: list[str]) -> None:
    there = {path for path, _ in _values(tree, folder, name)}
    paths = (f"{folder}/{name}{index or ''}" for index in range(len(there) + 1))
    mode = 0o600 if name in DRIVER_VALUES else 0o644
    tree.put(next(path for path in paths if path not in there), f"{' '.join(words)}\n{KEY}\n", mode)


def _delete_value(tree: Tree, folder: str, text: str, allowed: tuple[str, ...]) -> None:
    (name, first), _ = take(text, 2)
    if name not in allowed:
        raise refused(errno.EINVAL)
    found = next((path for path, words in _values(tree, folder, name) if words[0] == first), None)
    if found is None:
        raise refused(errno.ENOENT)
    tree.remove(found)


def _checked(name: str, text: str) -> list[str]:
    """The words of a value: a user and a secret that is long enough, or one word."""
    words, _ = take(text, 2 if name in DRIVER_VALUES else 1)
    if name in DRIVER_VALUES and len(words[1]) < _SHORTEST_SECRET:
        raise refused(errno.EINVAL)
    return words


def _values(tree: Tree, folder: str, name: str) -> Iterator[tuple[str, list[str]]]:
    """The paths NAME, NAME1, NAME2, … and the words that each has."""
    for entry in tree.list(folder):
        if re.fullmatch(rf"{re.escape(name)}\d*", entry):
            yield f"{folder}/{entry}", tree.read(f"{folder}/{entry}").partition("\n")[0].split()
