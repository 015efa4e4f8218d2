"""The path of a LUN from its initiator to its disk, and the ALUA state on it, from whichever end.

    initiator > target > group > LUN > device > file or disk > device group > target group > state
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from ...config import Config
from ...config.scst import InitiatorGroup, Lun, Port, Scst, TargetGroup, is_local, rel_tgt_id
from ...errors.names import unknown_name
from ...views import Item, Items
from . import items
from .facts import Facts
from .tracing_tree import drawn
from .visibility import Box, Sight, initiators, may_be_initiator, sights


def paths(config: Config, facts: Facts, name: str) -> Items:
    """All paths from or to an initiator, a device or a target.

    A pattern takes nearly any name, so what it takes counts only where nothing has that name. Of an initiator
    that nobody knows it shows what it would see. Raises Refused.
    """
    scst, box = config.scst, Box(config, facts)
    kinds = ((scst.devices, _device), (scst.targets, _own_target), (_remote_ports(box), _remote_port),
             (initiators(scst, facts), _initiator))
    found = [item(box, name) for names, item in kinds if name in names]
    if not found and may_be_initiator(name, scst):
        found = [_initiator(box, name)]
    if not found:
        names = set().union(*(names for names, _ in kinds))
        raise unknown_name("initiator, target or device", name, names)
    return Items(Item("trace", name, {"found": found}), drawn)


def _remote_ports(box: Box) -> set[str]:
    """The other host's ports."""
    ports = {port for _, _, tgrp in box.target_groups() for port in tgrp.targets}
    return {port for port in ports if not is_local(box.scst, port)}


def _initiator(box: Box, name: str) -> Item:
    """An initiator: the targets that it sees, and the other host's paths to the same devices."""
    seen = sights(box, name)
    devices = set().union(*(_devices(box, sight) for sight in seen))
    return Item("initiator", name, {
        "logged_in": any(sight.logged_in for sight in seen) if box.facts.loaded else None,
        "known": any(sight.is_known for sight in seen),
        "targets": [_sight(box, sight) for sight in seen],
        "remote_paths": [*_remote_paths(box, devices)],
    })


def _devices(box: Box, sight: Sight) -> set[str]:
    """The devices that an initiator sees of a target."""
    views = [view for group, view in box.views(sight.target).items() if group in sight.groups]
    return {lun.device for view in views for lun in view.luns.values()}


def _sight(box: Box, sight: Sight) -> Item:
    """A target as an initiator sees it, with groups of its session, too, that are not configured."""
    views = box.views(sight.target)
    groups = [_group(box, sight.target, group, views.get(group), entry)
              for group, entry in sight.groups.items() if group or group in views]
    return _target(box, sight.target, groups, sight.logged_in if box.facts.loaded else None)


def _target(box: Box, name: str, groups: Iterable[Item], logged_in: Optional[bool] = None) -> Item:
    """A target; `logged_in`: whether the initiator is that is asked for."""
    return Item("target", name, {
        **items.target(box, name).fields, "logged_in": logged_in, "groups": [*groups],
        "target_groups": lambda: _target_groups(box, name),
    })


def _target_groups(box: Box, target: str) -> list[Item]:
    """The target groups that a target is in."""
    return [items.target_group(box, *group) for group in box.target_groups() if target in group[2].targets]


def _group(box: Box, target: str, name: str, view: Optional[InitiatorGroup], entry: str = "") -> Item:
    """What initiators see of a target, and who they are; `entry`: what of the group takes the one asked for.

    The group "" has the LUNs of the target itself. A session may see one that is not configured.
    """
    own = InitiatorGroup() if view is None else view
    return Item("initiator_group", name, {
        **items.group(box, target, name, own).fields, "configured": view is not None, "entry": entry or None,
        "logged_in": sorted(box.logged_in(target, name)), "luns": _luns(box, target, own.luns),
    })


def _luns(box: Box, target: str, luns: Mapping[str, Lun]) -> list[Item]:
    """The LUNs, each with what its device is made of, and the path to it through the target."""

    def traced(lun: Item) -> Item:
        device = lun["device"]
        return Item("lun", lun.name, {
            **lun.fields, **items.backing(box.scst, device), "path": lambda: _path_to(box, target, device),
        })

    return list(map(traced, items.luns(box, luns)))


def _path_to(box: Box, target: str, device: str) -> Optional[Item]:
    """The path to a device through a target; None for a device in no device group.

    Source: SCST, scst_tg.c: a port's states are those of its target group in the device's device group.
    """
    dgrp = _device_group(box.scst, device)
    if not dgrp:
        return None
    for name, tgrp in box.scst.groups[dgrp].target_groups.items():
        if target in tgrp.targets and not box.is_idle(dgrp, name):
            return _path(box, target, dgrp, name, tgrp)
    return _path(box, target, dgrp)


def _device_group(scst: Scst, device: str) -> str:
    return next((name for name, group in scst.groups.items() if device in group.devices), "")


def _path(box: Box, port: str, dgrp: str, name: str = "", tgrp: Optional[TargetGroup] = None) -> Item:
    """A port, and the target group that gives it its state for a device group, if one does."""
    known = items.alua_state(tgrp) if tgrp else dict.fromkeys(("group_id", "state", "preferred"))
    return Item("path", port, {
        "local": is_local(box.scst, port),
        "rel_tgt_id": rel_tgt_id(box.scst, port, tgrp.targets[port] if tgrp else Port()) or None,
        "device_group": dgrp, "target_group": name or None, **known,
        "running": box.runs_target_group(dgrp, name) if tgrp else box.runs_device_group(dgrp),
    })


def _remote_paths(box: Box, devices: set[str]) -> Iterator[Item]:
    """The other host's ports to devices, each with its state."""
    for dgrp, name, tgrp in box.target_groups():
        if box.scst.groups[dgrp].devices & devices:
            ports = (port for port in tgrp.targets if not is_local(box.scst, port))
            yield from (_path(box, port, dgrp, name, tgrp) for port in ports)


def _own_target(box: Box, name: str) -> Item:
    """A target of this host, with all that it shows."""
    return _target(box, name, (_group(box, name, *group) for group in box.views(name).items()))


def _remote_port(box: Box, name: str) -> Item:
    return Item("remote_port", name, {"target_groups": _target_groups(box, name)})


def _device(box: Box, name: str) -> Item:
    """A device, the targets that export it, and its device groups."""
    dgrps = (dgrp for dgrp in box.scst.groups if name in box.scst.groups[dgrp].devices)
    exports = ((target, _exporting(box, target, name)) for target in sorted(box.scst.targets))
    return Item("device", name, {
        **items.device(box, name).fields,
        "targets": [_target(box, target, groups) for target, groups in exports if groups],
        "device_groups": [items.device_group(box, dgrp) for dgrp in dgrps],
    })


def _exporting(box: Box, target: str, device: str) -> list[Item]:
    """The groups of a target that show a device."""
    return [_group(box, target, group, view) for group, view in box.views(target).items()
            if any(lun.device == device for lun in view.luns.values())]
