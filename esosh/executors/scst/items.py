"""SCST's objects as the items of views: what is configured of each, and what of it runs.

`running` is None where SCST is stopped. What has to be read, or may be long, is given by functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional, Union

from ...config.scst import (
    SWITCHLESS,
    Driver,
    InitiatorGroup,
    Lun,
    Port,
    Scst,
    Target,
    TargetGroup,
    is_local,
    rel_tgt_id,
)
from ...language.numbers import decimal
from ...views import Item
from .facts import Session
from .visibility import Box

Luns = Mapping[str, Lun]


def device(box: Box, name: str) -> Item:
    """A device, with the file or the disk that it is on."""
    own = box.scst.devices[name]
    return Item("device", name, {
        "handler": own.handler, "running": box.runs(name), **backing(box.scst, name),
        "attributes": own.attributes,
    })


def backing(scst: Scst, name: str) -> dict[str, object]:
    """What a device is made of: a file or a disk, and a size in bytes (a text where it is no number)."""

    def attribute(key: str) -> Optional[str]:
        return scst.devices[name].attributes.get(key) if name in scst.devices else None

    def size() -> Union[int, str, None]:
        text = attribute("size")
        number = decimal(text or "")
        return text if number is None else number

    return {"filename": lambda: attribute("filename"), "size": size}


def lun(box: Box, number: str, own: Lun) -> Item:
    """A LUN and the device that it shows."""
    return Item("lun", number, {
        "number": decimal(number), "device": own.device, "running": box.runs(own.device),
        "read_only": lambda: own.attributes.get("read_only") == "1", "attributes": own.attributes,
    })


def luns(box: Box, own: Luns) -> list[Item]:
    """LUNs by number."""
    return [lun(box, number, own[number]) for number in sorted(own, key=lambda number: (len(number), number))]


def group(box: Box, target: str, name: str, own: InitiatorGroup) -> Item:
    """An initiator group of a target."""
    return Item("initiator_group", name, {
        "running": lambda: box.runs_group(target, name), "attributes": own.attributes,
        "initiators": sorted(own.initiators), "luns": lambda: luns(box, own.luns),
    })


def session(own: Session) -> Item:
    """An initiator that is logged in; `luns`: the devices that it sees, by number."""
    return Item("session", own.initiator, {
        "target": own.target, "group": own.group or None, "luns": own.luns,
    })


def target(box: Box, name: str) -> Item:
    """A target without what it shows: whether it runs and takes initiators, and its own settings."""
    own = box.scst.targets[name]
    return Item("target", name, {
        **reach(box, name), "rel_tgt_id": own.rel_tgt_id or None,
        **settings(own), "portals": sorted(own.portals),
    })


def reach(box: Box, name: str) -> dict[str, object]:
    """Whether a target of this host can be reached: each field that is false is a reason why not.

    Source: SCST 3.11's sysfs.
    """
    own = box.scst.targets[name]
    return {
        "driver": own.driver, "running": name in box.facts.targets if box.facts.loaded else None,
        "enabled": own.enabled or own.driver in SWITCHLESS,
        "driver_enabled": driver_enabled(box.scst, own.driver),
    }


def driver_enabled(scst: Scst, name: str) -> Optional[bool]:
    """Whether a target driver as a whole is enabled, None where it is not loaded; only iscsi can be disabled.

    Source: SCST 3.11's sysfs.
    """
    return (name != "iscsi" or scst.drivers[name].enabled) if name in scst.drivers else None


def settings(owner: Union[Driver, Target]) -> dict[str, object]:
    """The attributes of a driver or a target, and the names of its users."""
    return {
        "attributes": owner.attributes, "users": sorted(owner.users),
        "outgoing": owner.outgoing.partition(" ")[0] or None,
    }


def device_group(box: Box, name: str) -> Item:
    """A device group: its devices, and its target groups with their ports."""
    own = box.scst.groups[name]
    return Item("device_group", name, {
        "running": box.runs_device_group(name),
        "devices": lambda: [Item("member", device, {"running": box.runs(device)})
                            for device in sorted(own.devices)],
        "target_groups": lambda: [target_group(box, name, tgrp, inner)
                                  for tgrp, inner in sorted(own.target_groups.items())],
    })


def target_group(box: Box, dgrp: str, name: str, tgrp: TargetGroup) -> Item:
    """A target group of a device group, with its ALUA state and its ports."""
    return Item("target_group", name, {
        "device_group": dgrp, "running": box.runs_target_group(dgrp, name), **alua_state(tgrp),
        "ports": lambda: [port(box, target, tgrp.targets[target]) for target in sorted(tgrp.targets)],
    })


def alua_state(tgrp: TargetGroup) -> dict[str, Any]:
    """The id and the state of a target group, and whether its paths are the preferred ones."""
    return {"group_id": tgrp.group_id or None, "state": tgrp.state, "preferred": tgrp.preferred}


def port(box: Box, name: str, port: Port) -> Item:
    """A port of a target group; of the other host's, nothing tells whether it can be reached."""
    local = is_local(box.scst, name)
    unknown = dict.fromkeys(("driver", "running", "enabled", "driver_enabled"))
    return Item("port", name, {
        "local": local, "rel_tgt_id": rel_tgt_id(box.scst, name, port) or None,
        **(reach(box, name) if local else unknown),
    })
