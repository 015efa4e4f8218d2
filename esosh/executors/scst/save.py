"""Changes to /etc/scst.conf, in the layout of scstadmin.

DEVICE lines of a device group stand in the kernel's hash order: those there keep their place, new ones follow.
What runs and was never saved is added; what stands there and does not run is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Optional

from ...config import Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from .conf import Node, parse

_HEAD = "# SCST configuration, in the layout of scstadmin; written by esosh\n\n"


def amend(text: str, old: Scst, new: Scst) -> str:
    """The text made to say what `new` says; what neither has stays, for it may only be absent now."""
    root = parse(text or _HEAD)
    for name, device in new.devices.items():
        if not device.absent:
            _save_device(_block(root, 0, "HANDLER", device.handler), name, device)
    for driver, attributes in new.drivers.items():
        if any(target.driver == driver for target in new.targets.values()):
            _save_driver(root, driver, attributes, new)
    for name in old.groups:
        if name not in new.groups and root.child("DEVICE_GROUP", name):
            _drop(root, "DEVICE_GROUP", name)
    for name, about in new.groups.items():
        _save_group(_block(root, 0, "DEVICE_GROUP", name), old.groups.get(name, DeviceGroup()), about, new)
    for node in root.named("DEVICE_GROUP"):
        before, after = (scst.groups.get(node.words[1], DeviceGroup()) for scst in (old, new))
        others = {device for name, group in new.groups.items() if name != node.words[1] for device in group.devices}
        _take(node, "DEVICE", (before.devices - after.devices) | others)
    return root.text()


def _take(block: Node, keyword: str, names: Collection[str]) -> None:
    """Take the lines or blocks of these names out of a block."""
    for node in [node for node in block.named(keyword) if node.words[1] in names]:
        _children(block).remove(node)


def _save_device(handler: Node, name: str, device: Device) -> None:
    if handler.child("DEVICE", name) is None:
        _attributes(_block(handler, 1, "DEVICE", name), 2, device.attributes)


def _save_driver(root: Node, driver: str, attributes: Mapping[str, str], scst: Scst) -> None:
    fresh = root.child("TARGET_DRIVER", driver) is None
    block = _block(root, 0, "TARGET_DRIVER", driver)
    if fresh:
        _attributes(block, 1, attributes)
    for name, target in scst.targets.items():
        if target.driver == driver and not target.absent:
            _save_target(block, name, target)


def _save_target(driver: Node, name: str, target: Target) -> None:
    number = str(target.rel_tgt_id) if target.rel_tgt_id else None
    there = driver.child("TARGET", name)
    if there is not None:
        if there.attributes().get("rel_tgt_id", "0") != (number or "0"):
            _attribute(_opened(there, 1), 2, "rel_tgt_id", number)
        return
    block = _block(driver, 1, "TARGET", name)
    _attributes(block, 2, {**target.attributes, **({"rel_tgt_id": number} if number else {})})
    _luns(block, 2, target.luns)
    for group, about in target.groups.items():
        _initiator_group(_block(block, 2, "GROUP", group), about)


def _initiator_group(block: Node, group: InitiatorGroup) -> None:
    _attributes(block, 3, group.attributes)
    _luns(block, 3, group.luns)
    for initiator in sorted(group.initiators):
        _append(block, _line(3, "INITIATOR", initiator), apart=True)


def _luns(block: Node, depth: int, luns: Mapping[str, Lun]) -> None:
    for at, (number, lun) in enumerate(luns.items()):
        node = _fresh(depth, "LUN", number, lun.device) if lun.attributes else _line(depth, "LUN", number, lun.device)
        _attributes(node, depth + 1, lun.attributes)
        _append(block, node, apart=not at)


def _save_group(block: Node, old: DeviceGroup, new: DeviceGroup, scst: Scst) -> None:
    there = {node.words[1] for node in block.named("DEVICE")}
    children = _children(block)
    at = max((at for at, node in enumerate(children) if node.words[:1] == ("DEVICE",)), default=-1) + 1
    children[at:at] = [_line(1, "DEVICE", device) for device in sorted(new.devices - there)]
    for name in old.target_groups:
        if name not in new.target_groups and block.child("TARGET_GROUP", name):
            _drop(block, "TARGET_GROUP", name)
    for name, tgrp in new.target_groups.items():
        _save_tgrp(_block(block, 1, "TARGET_GROUP", name), tgrp, scst)
    for node in block.named("TARGET_GROUP"):
        before, after = (group.target_groups.get(node.words[1], TargetGroup()).targets for group in (old, new))
        others = {port for name, tgrp in new.target_groups.items() if name != node.words[1] for port in tgrp.targets}
        _take(node, "TARGET", (before.keys() - after.keys()) | others)


def _save_tgrp(block: Node, tgrp: TargetGroup, scst: Scst) -> None:
    number = str(tgrp.group_id) if tgrp.group_id else None
    for key, value in (("group_id", number), ("preferred", "1" if tgrp.preferred else None), ("state", tgrp.state)):
        if block.attributes().get(key, "0") != (value or "0"):
            _attribute(block, 2, key, value)
    for name, port in tgrp.targets.items():
        _save_port(block, name, port, local=name in scst.targets)


def _save_port(block: Node, name: str, port: Port, local: bool) -> None:
    there = block.child("TARGET", name)
    if there is None:
        apart = not any(block.named("TARGET"))
        there = _line(2, "TARGET", name)
        _append(block, there, apart)
    number = str(port.rel_tgt_id) if port.rel_tgt_id and not local else None
    if there.attributes().get("rel_tgt_id") != number:
        _attribute(_opened(there, 2), 3, "rel_tgt_id", number)


def _children(node: Node) -> list[Node]:
    assert node.children is not None
    return node.children


def _line(depth: int, *words: str) -> Node:
    return Node("\t" * depth + " ".join(map(_quoted, words)) + "\n", words)


def _fresh(depth: int, *words: str) -> Node:
    head = "\t" * depth + " ".join(map(_quoted, words))
    return Node(f"{head} {{\n", words, [], "\t" * depth + "}\n")


def _quoted(word: str) -> str:
    return f'"{word}"' if not word or " " in word or "\t" in word else word


def _opened(node: Node, depth: int) -> Node:
    """The node as a block, which it may not have been."""
    if node.children is None:
        fresh = _fresh(depth, *node.words)
        node.raw, node.children, node.tail = fresh.raw, fresh.children, fresh.tail
    return node


def _block(parent: Node, depth: int, keyword: str, name: str) -> Node:
    """The block of that name, made in its place in the order of names when it is not there."""
    there = parent.child(keyword, name)
    if there is not None:
        return _opened(there, depth)
    fresh, children = _fresh(depth, keyword, name), _children(parent)
    later = [at for at, node in enumerate(children) if node.words[:1] == (keyword,) and node.words[1:2] > (name,)]
    if depth and not later:
        _append(parent, fresh, apart=True)
        return fresh
    at = later[0] if later else _end(children, keyword)
    children[at:at] = [fresh, Node("\n")]
    return fresh


_ORDER = ("HANDLER", "TARGET_DRIVER", "DEVICE_GROUP")


def _end(children: list[Node], keyword: str) -> int:
    """Where the top-level blocks of a keyword end."""
    later = _ORDER[_ORDER.index(keyword) + 1 :]
    return next((at for at, node in enumerate(children) if node.words[:1] and node.words[0] in later), len(children))


def _append(parent: Node, node: Node, apart: bool) -> None:
    """At the end of a block; `apart`: behind a blank line, unless it is the first."""
    children = _children(parent)
    children.extend([Node("\n")] if apart and children and children[-1].raw.strip() else [])
    children.append(node)


def _drop(parent: Node, keyword: str, name: str) -> None:
    """Without a block and the blank line that stood it apart."""
    children = _children(parent)
    at = next(at for at, node in enumerate(children) if node.words[:2] == (keyword, name))
    del children[at]
    before = at - 1 if parent.raw else at
    if 0 <= before < len(children) and not children[before].raw.strip():
        del children[before]


def _attributes(block: Node, depth: int, attributes: Mapping[str, str]) -> None:
    for key, value in sorted(attributes.items()):
        _attribute(block, depth, key, value)


def _attribute(block: Node, depth: int, key: str, value: Optional[str]) -> None:
    """Set the line of an attribute in its place in the order of names, or take it away."""
    children = _children(block)
    kept = [node for node in children if node.words[:1] != (key,)]
    if value is not None:
        lines = list(_leading(kept))
        at = next((at for at in lines if kept[at].words[0] > key), lines[-1] + 1 if lines else 0)
        line = "\t" * depth + f"{key} {_quoted(value)}\n"
        fresh = [Node(line, (key, value))]
        first_block = not lines and any(node.words for node in kept)
        kept[at:at] = [*fresh, Node("\n")] if first_block and kept[at].raw.strip() else fresh
    children[:] = kept


def _leading(children: Iterable[Node]) -> Iterator[int]:
    """Where the attributes of a block stand."""
    for at, node in enumerate(children):
        if node.words and node.words[0].isupper():
            return
        if node.words:
            yield at
