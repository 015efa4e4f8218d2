"""iSCSI targets: made and deleted through the driver's mgmt, with the help of the daemon iscsi-scstd.

Source: iscsi-scst; observed 2026-11.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Collection

from ..tree import Tree
from . import mgmt, trace
from .attributes import KEY, Attribute, Attributes, empty, read_only, read_value, store, writable
from .names import claim, exists_in_any_case, next_number, path_of, require, unused_name
from .targets import ISCSI, delete_target, put_target, switch
from .words import first_word, only_word, parse_attributes, refusal, take_word, two_words

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
    **read_only(version="3.11.0-pre\nTRACING"),
    **empty("open_state"),
    "enabled": Attribute("0\n\n"),
    "iSNSServer": Attribute("\n\n"),
    "internal_portal": Attribute("\n\n"),
    "link_local": Attribute("1\n\n"),
    "trace_level": trace.level(*trace.ISCSI),
}
DRIVER_VALUES = ("IncomingUser", "OutgoingUser")  # an object has none, one or several of these attributes
TARGET_VALUES = (*DRIVER_VALUES, "allowed_portal")

_LONGEST_NAME = 255  # bytes that the daemon keeps of a name
_SHORTEST_SECRET = 12

_Words = tuple[str, ...]


def manage(tree: Tree, path: str, text: str) -> None:
    """Answer a write to targets/iscsi/mgmt."""
    commands = {
        "add_target": _add, "del_target": _delete,
        "add_attribute": _add_to_driver, "del_attribute": _delete_from_driver,
        "add_target_attribute": _add_to_target, "del_target_attribute": _delete_from_target,
    }
    mgmt.run(tree, path, text, commands)


def enable_driver(tree: Tree, path: str, text: str) -> None:
    """Answer a write to enabled of the driver."""
    tree.put(path, f"{switch(text)}\n\n")


def write_to_driver(tree: Tree, path: str, text: str) -> None:
    """Answer a write to a plain attribute of the driver."""
    store(tree, path, text, DRIVER)


def _add(tree: Tree, driver: str, text: str) -> None:
    name, parameters = take_word(text)
    values = [(key, _parse_value(key, value)) for key, value in parse_attributes(parameters, TARGET_VALUES)]
    if ";" in name:
        raise refusal(errno.EINVAL)
    if not tree.exists(f"{driver}/enabled"):  # the file exists as long as the daemon runs
        raise refusal(errno.EPERM)
    target = _claim(tree, driver, _cut(name))
    tid = next_number(tree, "/tid", first=1)
    put_target(tree, target, {**ISCSI, **read_only(tid=str(tid))})
    for key, words in values:
        _put_value(tree, target, key, words)


def _claim(tree: Tree, driver: str, name: str) -> str:
    """The path for a new target; EEXIST for another target's name, EBUSY for a name of the driver's own."""
    if exists_in_any_case(tree, driver, name):
        raise refusal(errno.EEXIST)
    if tree.exists(path_of(driver, name)):
        raise refusal(errno.EBUSY)
    return claim(tree, driver, name)


def _cut(name: str) -> str:
    """The part of a name that the daemon keeps."""
    return name.encode("utf-8", "surrogateescape")[:_LONGEST_NAME].decode("utf-8", "surrogateescape")


def _delete(tree: Tree, driver: str, text: str) -> None:
    target = _existing(tree, driver, only_word(text))
    if tree.list(f"{target}/sessions"):
        raise refusal(errno.EBUSY)
    delete_target(tree, target)


def _existing(tree: Tree, driver: str, name: str) -> str:
    """The target of that name, whose case matters here."""
    return require(tree, driver, name, errno.ENOENT)


def _add_to_driver(tree: Tree, driver: str, text: str) -> None:
    _add_value(tree, driver, text, DRIVER_VALUES)


def _delete_from_driver(tree: Tree, driver: str, text: str) -> None:
    _delete_value(tree, driver, text, DRIVER_VALUES)


def _add_to_target(tree: Tree, driver: str, text: str) -> None:
    name, rest = take_word(text)
    _add_value(tree, _existing(tree, driver, name), rest, TARGET_VALUES)


def _delete_from_target(tree: Tree, driver: str, text: str) -> None:
    name, rest = take_word(text)
    _delete_value(tree, _existing(tree, driver, name), rest, TARGET_VALUES)


def _add_value(tree: Tree, folder: str, text: str, allowed: Collection[str]) -> None:
    attribute, rest = _take_attribute(text, allowed)
    words = _parse_value(attribute, rest)
    values = _values(tree, folder, attribute).values()
    if attribute == "OutgoingUser" and values:
        raise refusal(errno.EEXIST)
    if words[0] in [value[0] for value in values]:
        raise refusal(errno.EINVAL)
    _put_value(tree, folder, attribute, words)


def _put_value(tree: Tree, folder: str, attribute: str, words: _Words) -> None:
    path = unused_name(f"{folder}/{attribute}", _values(tree, folder, attribute))
    mode = 0o600 if attribute in DRIVER_VALUES else 0o644
    tree.put(path, f"{' '.join(words)}\n{KEY}\n", mode)


def _delete_value(tree: Tree, folder: str, text: str, allowed: Collection[str]) -> None:
    attribute, rest = _take_attribute(text, allowed)
    first = first_word(rest)
    values = _values(tree, folder, attribute)
    path = next((path for path, words in values.items() if words[0] == first), None)
    if path is None:
        raise refusal(errno.ENOENT)
    tree.remove(path)


def _take_attribute(text: str, allowed: Collection[str]) -> tuple[str, str]:
    """The attribute that the first word names, and the text behind it; EINVAL when it is not allowed."""
    attribute, rest = take_word(text)
    if attribute not in allowed:
        raise refusal(errno.EINVAL)
    return attribute, rest


def _parse_value(attribute: str, text: str) -> _Words:
    """The words of a value: a user and a secret that is long enough, or one word."""
    if attribute not in DRIVER_VALUES:
        return (first_word(text),)
    user, secret = two_words(text)
    if len(secret) < _SHORTEST_SECRET:
        raise refusal(errno.EINVAL)
    return user, secret


def _values(tree: Tree, folder: str, attribute: str) -> dict[str, _Words]:
    """The words of each value, by the paths NAME, NAME1, NAME2, …"""
    pattern = re.compile(rf"{re.escape(attribute)}\d*")
    paths = [f"{folder}/{name}" for name in tree.list(folder) if pattern.fullmatch(name)]
    return {path: tuple(read_value(tree, path).split()) for path in paths}
