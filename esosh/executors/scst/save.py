"""Changes to /etc/scst.conf, in the layout of scstadmin.

DEVICE lines of a device group stand in the kernel's hash order: those there keep their place, new ones follow.
What runs and was never saved is added; what stands there and does not run is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from ...config import Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from .conf import Node, parse

_HEAD = "# SCST configuration, in the layout of scstadmin; written by esosh\n\n"


def amend(text: str, scst: Scst) -> str:
    """The text made to say what `scst` says."""
    root = parse(text or _HEAD)
    for name, device in scst.devices.items():
        if not device.absent:
            _save_device(_block(root, 0, "HANDLER", device.handler), name, device)
    for driver, attributes in scst.drivers.items():
        if any(target.driver == driver for target in scst.targets.values()):
            _save_driver(root, driver, attributes, scst)
    for group in [node.words[1] for node in root.named("DEVICE_GROUP") if node.words[1] not in scst.groups]:
        _drop(root, "DEVICE_GROUP", group)
    for name, about in scst.groups.items():
        _save_group(_block(root, 0, "DEVICE_GROUP", name), about, scst)
    return root.text()


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


def _save_group(block: Node, group: DeviceGroup, scst: Scst) -> None:
    there = list(block.named("DEVICE"))
    children = _children(block)
    at = max((at for at, node in enumerate(children) if node.words[:1] == ("DEVICE",)), default=-1) + 1
    children[at:at] = [_line(1, "DEVICE", device) for device in sorted(group.devices - {node.words[1] for node in there})]
    for node in there:
        if node.words[1] not in group.devices:
            children.remove(node)
    for name in [node.words[1] for node in block.named("TARGET_GROUP") if node.words[1] not in group.target_groups]:
        _drop(block, "TARGET_GROUP", name)
    for name, tgrp in group.target_groups.items():
        _save_tgrp(_block(block, 1, "TARGET_GROUP", name), tgrp, scst)


def _save_tgrp(block: Node, tgrp: TargetGroup, scst: Scst) -> None:
    number = str(tgrp.group_id) if tgrp.group_id else None
    for key, value in (("group_id", number), ("preferred", "1" if tgrp.preferred else None), ("state", tgrp.state)):
        if block.attributes().get(key, "0") != (value or "0"):
            _attribute(block, 2, key, value)
    for node in [node for node in block.named("TARGET") if node.words[1] not in tgrp.targets]:
        _children(block).remove(node)
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
