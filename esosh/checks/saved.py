"""scst.conf: what scstadmin makes less of it than it says, what it cannot hold, and what stands in it only.

Source: scstadmin 3.11 (readConfigFile, parseStanza, checkConfiguration, configToAttr, applyLunAssignments).
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import AbstractSet

from ..config import Scst
from ..executors.scst import conf, save
from ..executors.scst.absent import absent
from ..executors.scst.conf import Key, Node
from ..executors.scst.facts import Facts
from . import Finding

_OBJECTS: Mapping[str, Collection[str]] = {  # what stands in a block besides attributes; "" is the file
    "": ("HANDLER", "TARGET_DRIVER", "DEVICE_GROUP", "ALUA"), "HANDLER": ("DEVICE",), "TARGET_DRIVER": ("TARGET",),
    "TARGET": ("LUN", "GROUP"), "GROUP": ("LUN", "INITIATOR"), "DEVICE_GROUP": ("DEVICE", "TARGET_GROUP"),
    "TARGET_GROUP": ("TARGET",),
}
_MEMBERS = {  # what can be in one of the blocks of a keyword, among those in the same block
    "HANDLER": "DEVICE", "TARGET_DRIVER": "TARGET", "DEVICE_GROUP": "DEVICE", "TARGET_GROUP": "TARGET",
}


@dataclass(frozen=True)
class _Place:
    """A line of the file, and the keyword and name of each block that it stands in."""

    number: int
    path: tuple[Key, ...] = ()

    def finding(self, code: str, text: str, mend: str = "", overridable: bool = False) -> Finding:
        """A finding about it."""
        return _about(code, self.path, f"line {self.number} of scst.conf: {text}", mend, overridable)


def findings(scst: Scst, facts: Facts, text: str) -> Iterator[Finding]:
    """What the text of scst.conf says otherwise than it seems, and what of a configuration it cannot say."""
    yield from _said(text)
    yield from _beyond(scst)
    yield from _undefined(scst, conf.read(text), facts)


def _about(code: str, path: tuple[Key, ...], text: str, mend: str = "", overridable: bool = False) -> Finding:
    """A finding about what stands in these blocks: its subject is the device group, the device, the target or the driver."""
    names = dict(reversed(path))
    if "DEVICE_GROUP" in names:
        return Finding(code, "alua", f"alua {names['DEVICE_GROUP']}", text, mend, overridable)
    name = next((names[keyword] for keyword in ("DEVICE", "TARGET", "TARGET_DRIVER") if keyword in names), "")
    return Finding(code, "scst", f"scst {name}".strip(), text, mend, overridable)


@functools.lru_cache(maxsize=2)
def _said(text: str) -> tuple[Finding, ...]:
    """What scstadmin reads otherwise than it stands in the file."""
    root = conf.parse(text)
    found = [*_block(root, 1, ())]
    if root.children and _cut_short(root):
        place = _Place(text.count("\n") + 1)
        found.append(place.finding("W375", "it does not end, and scstadmin leaves such a last line out; any commit ends it"))
    return tuple(found)


def _cut_short(block: Node) -> bool:
    """Whether the last line of a file is a statement without a line's end."""
    while block.children:
        block = block.children[-1]
    return block.children is None and bool(block.words) and not block.raw.endswith("\n")


def _block(block: Node, number: int, path: tuple[Key, ...]) -> Iterator[Finding]:
    """What stands in a block, which begins on the line of this number."""
    keyword = path[-1][0] if path else ""
    first: dict[Key, tuple[int, Node]] = {}
    homes: dict[Key, tuple[int, str]] = {}
    number += block.raw.count("\n")
    for node in block.children or ():
        place = _Place(number, path)
        if node.last:
            yield place.finding("E370", "this brace closes nothing, and scstadmin reads no further", overridable=True)
        elif node.words and node.words[0] not in _OBJECTS.get(keyword, ()):
            yield from _attribute(node, place)
        elif len(node.words) > 1:
            yield from _repeated(node, place, first)
            yield from _housed(node, place, homes)
            yield from _block(node, number, (*path, (node.words[0], node.words[1])))
        number += node.text().count("\n")


def _attribute(node: Node, place: _Place) -> Iterator[Finding]:
    """scstadmin ends at an attribute with something behind its value, or takes a part of it for all."""
    behind = [child for child in node.children or () if child.words]
    if len(node.words) > 2:
        text = f"{node.words[0]} has more than one word behind it, which scstadmin does not take: put them into quotes"
        yield place.finding("E373", text, f'{node.words[0]} "..."')
    elif any(len(child.words) > 1 for child in behind) or (behind and len(node.words) > 1):
        yield place.finding("E373", f"scstadmin knows no block {node.words[0]} there, and ends at it")


def _repeated(node: Node, place: _Place, first: dict[Key, tuple[int, Node]]) -> Iterator[Finding]:
    """Blocks of one name, of which scstadmin takes the last; LUNs of one number and two devices, at which it ends."""
    key = node.key()
    if key is None:
        return
    line, other = first.setdefault(key, (place.number, node))
    if key[0] == "LUN" and node.words[1:3] != other.words[1:3]:
        yield place.finding("E374", f"LUN {key[1]} stands on line {line} too, and scstadmin ends at a LUN with two devices")
    elif node is not other and other.children:
        yield place.finding("E371", f"{' '.join(key)} stands on line {line} too, and scstadmin reads the last one only")


def _housed(node: Node, place: _Place, homes: dict[Key, tuple[int, str]]) -> Iterator[Finding]:
    """What stands in two blocks and can be in one."""
    keyword, home = node.words[:2]
    number = place.number + node.raw.count("\n")
    for child in node.children or ():
        if child.words[:1] == (_MEMBERS.get(keyword),) and len(child.words) > 1:
            line, other = homes.setdefault((keyword, child.words[1]), (number, home))
            if other != home:
                where = _Place(number, (*place.path, (keyword, home), (child.words[0], child.words[1])))
                yield where.finding("E371", f"{' '.join(child.words[:2])} stands in {keyword} {other} too, on line {line}")
        number += child.text().count("\n")


def _beyond(scst: Scst) -> Iterator[Finding]:
    """What the file cannot hold."""
    for path in save.unwritable(scst):
        what = " ".join(word for word in path[-1] if word)
        text = f"scst.conf cannot hold {what}: it takes no quotation marks, braces and ends of lines, and no backslash at an end"
        yield _about("E372", path, text)


def _undefined(scst: Scst, saved: Scst, facts: Facts) -> Iterator[Finding]:
    """LUNs and members of device groups that are no device, in a configuration, and in the file beside what runs."""
    known = {*scst.devices, *facts.devices, *facts.scsi}
    here = dict(_strangers(scst, known))
    for (topic, name, text), mend in here.items():
        yield Finding("E376", topic, f"{topic} {name}", text, mend)
    for topic, name, text in sorted(dict(_strangers(saved, known | saved.devices.keys())).keys() - here) if facts.loaded else ():
        yield Finding("E376", topic, f"{topic} {name}", f"in scst.conf alone: {text}")


def _strangers(scst: Scst, known: AbstractSet[str]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Topic, name and text of each, and the line that takes it out."""
    for name, target in scst.targets.items():
        for group, luns in (("", target.luns), *((f"group {group} ", about.luns) for group, about in target.groups.items())):
            for number, lun in luns.items():
                if lun.device not in known:
                    text = f"{group}LUN {number}: there is no device {lun.device}"
                    yield ("scst", name, text), f"scst lun del {name} {group}{number}"
    for name, about in scst.groups.items():
        for device in sorted(about.devices - known):
            yield ("alua", name, f"there is no device {device}"), f"alua device del {name} {device}"


def idle(old: Scst, scst: Scst, facts: Facts) -> Iterator[Finding]:
    """Groups that stand in the file only, and go on so."""
    there, text = absent(old, old, facts), "stands in scst.conf and does not run; it does when SCST starts"
    for name in sorted(there.groups & scst.groups.keys()):
        yield Finding("W377", "alua", f"alua {name}", f"it {text}", f"alua dgrp del {name}")
    for name, tgrp in sorted(there.target_groups):
        if name in scst.groups and tgrp in scst.groups[name].target_groups:
            yield Finding("W377", "alua", f"alua {name} {tgrp}", f"it {text}", f"alua tgrp del {name} {tgrp}")
    for name, group in sorted(there.initiators):
        if name in scst.targets and group in scst.targets[name].groups:
            yield Finding("W377", "scst", f"scst {name}", f"group {group} {text}", f"scst group del {name} {group}")
