"""alua: device groups, target groups, their targets and devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from ..config import Config
from ..config.scst import DeviceGroup, Port, Scst, TargetGroup, is_local, rel_tgt_id
from . import Context, Name, Names, except_typed, merged

_NO_GROUP = DeviceGroup()
_NO_TARGET_GROUP = TargetGroup()
_Place = tuple[str, str]  # a device group and a target group


def dgrp(context: Context) -> Names:
    """Device groups."""
    return merged(context.current.scst.groups, context.candidate.scst.groups, _dgrp_summary)


def new_dgrp(context: Context) -> Iterator[Name]:
    """Device groups that the candidate deleted; any other name is free."""
    return (name for name in dgrp(context) if name.origin == "gone")


def tgrp(context: Context) -> Names:
    """Target groups of the line's device group."""
    live, candidate = context.live_and_candidate(lambda config: _group(config, context).target_groups)
    return merged(live, candidate, _tgrp_summary)


def port(context: Context) -> Names:
    """Targets in the line's target group, without those that the line has."""
    def summary(name: str, port: Port) -> str:
        return _port_summary(context.candidate, name, port)

    live, candidate = context.live_and_candidate(lambda config: _target_group(config, context).targets)
    return except_typed(context.words_of("PORT"), merged(live, candidate, summary))


def target(context: Context) -> Names:
    """Targets of this host, then the other host's; those in no group of the device group come first."""
    scst = context.candidate.scst
    places = _places(scst)
    in_group = {name for name, (dgrp, _) in places.items() if dgrp == context.word("DGRP")}
    names = dict.fromkeys((*scst.targets, *places))
    ordered = sorted(names, key=lambda name: (name in in_group, not is_local(scst, name)))
    live = {*context.current.scst.targets, *_places(context.current.scst)}

    def described(name: str) -> Name:
        origin = "live" if name in live else "candidate"
        return Name(name, origin, _target_summary(scst, name, places.get(name)))

    return except_typed(context.words_of("TARGET"), Names(dict.fromkeys(ordered, described)))


def device(context: Context) -> Names:
    """SCST devices, those that are in no device group first."""
    scst = context.candidate.scst
    owners = {device: name for name, group in scst.groups.items() for device in group.devices}
    ordered = sorted(sorted(scst.devices), key=owners.__contains__)
    live = context.current.scst.devices

    def described(name: str) -> Name:
        place = f"in {owners[name]}" if name in owners else "in no device group"
        origin = "live" if name in live else "candidate"
        return Name(name, origin, f"{scst.devices[name].handler}, {place}")

    return except_typed(context.words_of("DEVICE"), Names(dict.fromkeys(ordered, described)))


def member(context: Context) -> Names:
    """Devices in the line's device group."""
    devices = context.candidate.scst.devices

    def summary(name: str, _: object) -> str:
        return devices[name].handler if name in devices else "no such device now"

    live, candidate = context.live_and_candidate(lambda config: _members(config, context))
    return except_typed(context.words_of("MEMBER"), merged(live, candidate, summary))


def values(context: Context) -> Mapping[str, str]:
    """Of the target group, and of the port in it, that the line names."""
    config = context.candidate
    group = _group(config, context).target_groups.get(context.word("TGRP", "NEW_TGRP") or "")
    if not group:
        return {}
    return {**_group_values(group), **_port_values(config, group, context.word("PORT", "TARGET") or "")}


def _group_values(group: TargetGroup) -> dict[str, str]:
    number = str(group.group_id or "")
    return {"group_id": number, "state": group.state, "preferred": str(int(group.preferred))}


def _port_values(config: Config, group: TargetGroup, name: str) -> dict[str, str]:
    if name not in group.targets:
        return {}
    return {"rel_tgt_id": str(rel_tgt_id(config.scst, name, group.targets[name]) or "")}


def _group(config: Config, context: Context) -> DeviceGroup:
    return config.scst.groups.get(context.word("DGRP") or "", _NO_GROUP)


def _target_group(config: Config, context: Context) -> TargetGroup:
    return _group(config, context).target_groups.get(context.word("TGRP") or "", _NO_TARGET_GROUP)


def _members(config: Config, context: Context) -> Mapping[str, None]:
    """The devices of the line's device group, in order."""
    return dict.fromkeys(sorted(_group(config, context).devices))


def _dgrp_summary(name: str, group: DeviceGroup) -> str:
    target_groups = " ".join(group.target_groups) or "no target group"
    count = len(group.devices)
    return f"{target_groups}, {count} {'device' if count == 1 else 'devices'}"


def _tgrp_summary(name: str, group: TargetGroup) -> str:
    return f"group_id {group.group_id or '-'} {group.state}{', preferred' if group.preferred else ''}"


def _port_summary(config: Config, name: str, port: Port) -> str:
    side = "local" if is_local(config.scst, name) else "remote"
    number = rel_tgt_id(config.scst, name, port)
    return f"{side}, rel_tgt_id {number}" if number else side


def _places(scst: Scst) -> dict[str, _Place]:
    """The device group and the target group of each target that is in one."""
    return {
        target: (dgrp, tgrp)
        for dgrp, device_group in scst.groups.items()
        for tgrp, target_group in device_group.target_groups.items()
        for target in target_group.targets
    }


def _target_summary(scst: Scst, name: str, place: Optional[_Place]) -> str:
    owner = scst.targets[name].driver if is_local(scst, name) else "the other host's"
    return f"{owner}, in {' '.join(place)}" if place else owner
