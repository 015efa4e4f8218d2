"""/etc/scst.conf as a tree that keeps every line: what is not changed is written back byte for byte.

One statement a line, one tab a level, `NAME ... {` opens a block; values with blanks stand in quotes. Source:
scstadmin 3.11 and the files it wrote.
"""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional

from ...config import Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup


@dataclass
class Node:
    """One line, or a block with its head and its closing brace; words are () for comments and blank lines."""

    raw: str
    words: tuple[str, ...] = ()
    children: Optional[list[Node]] = None
    tail: str = ""

    def text(self) -> str:
        """The lines as they stand in the file."""
        return self.raw + "".join(child.text() for child in self.children or ()) + self.tail

    def named(self, keyword: str) -> Iterator[Node]:
        """The children that begin with a keyword and a name."""
        return (child for child in self.children or () if child.words[:1] == (keyword,) and len(child.words) > 1)

    def child(self, *words: str) -> Optional[Node]:
        """The child that begins with these words."""
        return next((child for child in self.children or () if child.words[: len(words)] == words), None)

    def attributes(self) -> dict[str, str]:
        """The lines that are a name in small letters and its value."""
        plain = (child for child in self.children or () if child.children is None and child.words)
        return {child.words[0]: " ".join(child.words[1:]) for child in plain if not child.words[0].isupper()}


def parse(text: str) -> Node:
    """The tree of a file; a missing closing brace passes, as it does in scstadmin."""
    root = Node("", children=[])
    open_blocks = [root]
    for line in text.splitlines(keepends=True):
        words = _words(line)
        if words == ("}",) and len(open_blocks) > 1:
            open_blocks.pop().tail = line
            continue
        block = words[-1:] == ("{",)
        node = Node(line, words[:-1] if block else words, [] if block else None)
        children = open_blocks[-1].children
        assert children is not None
        children.append(node)
        if block:
            open_blocks.append(node)
    return root


def _words(line: str) -> tuple[str, ...]:
    with contextlib.suppress(ValueError):
        return tuple(shlex.split(line, comments=True))
    return tuple(line.split())


def read(text: str) -> Scst:
    """What a file configures, but for the copy manager, which looks after itself."""
    root = parse(text)
    devices = {device.words[1]: Device(handler.words[1], device.attributes())
               for handler in root.named("HANDLER") for device in handler.named("DEVICE")}
    drivers = [driver for driver in root.named("TARGET_DRIVER") if driver.words[1] != "copy_manager"]
    targets = {target.words[1]: _target(driver.words[1], target) for driver in drivers for target in driver.named("TARGET")}
    groups = {group.words[1]: _group(group) for group in root.named("DEVICE_GROUP")}
    return Scst(devices, targets, groups, {driver.words[1]: driver.attributes() for driver in drivers})


def _target(driver: str, node: Node) -> Target:
    attributes = node.attributes()
    number = _number(attributes.pop("rel_tgt_id", "0"))
    groups = {group.words[1]: _initiators(group) for group in node.named("GROUP")}
    return Target(driver, number, attributes, _luns(node), groups)


def _initiators(node: Node) -> InitiatorGroup:
    return InitiatorGroup(_luns(node), frozenset(one.words[1] for one in node.named("INITIATOR")), node.attributes())


def _luns(node: Node) -> dict[str, Lun]:
    return {lun.words[1]: Lun(lun.words[2], lun.attributes()) for lun in node.named("LUN") if len(lun.words) > 2}


def _group(node: Node) -> DeviceGroup:
    tgrps = {tgrp.words[1]: _tgrp(tgrp) for tgrp in node.named("TARGET_GROUP")}
    return DeviceGroup(frozenset(device.words[1] for device in node.named("DEVICE")), tgrps)


def _tgrp(node: Node) -> TargetGroup:
    about = node.attributes()
    ports = {port.words[1]: Port(_number(port.attributes().get("rel_tgt_id", "0"))) for port in node.named("TARGET")}
    return TargetGroup(_number(about.get("group_id", "0")), about.get("state", "active"), about.get("preferred") == "1", ports)


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return 0
