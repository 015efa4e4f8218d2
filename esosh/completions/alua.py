"""alua: device groups, target groups, their targets and devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from ..commands.alua import local, rel_tgt_id
from ..config import Config, DeviceGroup, Port, TargetGroup
from . import Known, Name, merged

_NO_GROUP = DeviceGroup()
_NO_TARGET_GROUP = TargetGroup()


def dgrp(known: Known) -> Iterator[Name]:
    """Device groups."""
    return merged(known.current.scst.groups, known.candidate.scst.groups, _dgrp)


def new_dgrp(known: Known) -> Iterator[Name]:
    """Device groups that the candidate took away; any other name is free."""
    return (name for name in dgrp(known) if name.origin == "gone")


def tgrp(known: Known) -> Iterator[Name]:
    """Target groups of the device group that stands before."""
    live, candidate = (_group(config, known).target_groups for config in (known.current, known.candidate))
    return merged(live, candidate, _tgrp)


def port(known: Known) -> Iterator[Name]:
    """Targets in the target group that stands before, but for those that the line has."""
    live, candidate = (_target_group(config, known).targets for config in (known.current, known.candidate))
    return _but(known.said("PORT"), merged(live, candidate, lambda name, port: _port(known.candidate, name, port)))


def target(known: Known) -> Iterator[Name]:
    """Targets of this host, those in no target group of the device group first, then the other host's that are in use."""
    config = known.candidate
    dgrp, used = known.word("DGRP"), _used(config)
    here = {name: Port() for name in config.scst.targets}
    used_here = {name for name, (group, _) in used.items() if group == dgrp}
    ordered = sorted({**here, **{name: Port() for name in used}}, key=lambda name: (name in used_here, name not in here))
    places = (Name(name, _target_origin(known.current, name), _place(config, name, used.get(name))) for name in ordered)
    return _but(known.said("TARGET"), places)


def device(known: Known) -> Iterator[Name]:
    """SCST devices, those that are in no device group first."""
    owner = {name: group for group, about in known.candidate.scst.groups.items() for name in about.devices}
    said = known.said("DEVICE")
    for name, about in sorted(known.candidate.scst.devices.items(), key=lambda item: (item[0] in owner, item[0])):
        if name not in said:
            where = f"in {owner[name]}" if name in owner else "in no group"
            yield Name(name, "live", f"{about.handler}, {where}")


def member(known: Known) -> Iterator[Name]:
    """Devices in the device group that stands before."""
    live, candidate = (dict.fromkeys(sorted(_group(config, known).devices), "") for config in (known.current, known.candidate))
    devices = known.candidate.scst.devices
    about = merged(live, candidate, lambda name, _: devices[name].handler if name in devices else "no such device now")
    return _but(known.said("MEMBER"), about)


def values(known: Known) -> Mapping[str, str]:
    """Of the target group, and of the port in it, that the line names."""
    config, found = known.candidate, {}
    group = _group(config, known).target_groups.get(known.word("TGRP", "NEW_TGRP") or "")
    if group:
        found = {"group_id": str(group.group_id or ""), "state": group.state, "preferred": str(int(group.preferred))}
        name = known.word("PORT", "TARGET") or ""
        if name in group.targets:
            found["rel_tgt_id"] = str(rel_tgt_id(config, name, group.targets[name]) or "")
    return found


def _group(config: Config, known: Known) -> DeviceGroup:
    return config.scst.groups.get(known.word("DGRP") or "", _NO_GROUP)


def _target_group(config: Config, known: Known) -> TargetGroup:
    return _group(config, known).target_groups.get(known.word("TGRP") or "", _NO_TARGET_GROUP)


def _dgrp(name: str, group: DeviceGroup) -> str:
    devices = f"{len(group.devices)} device{'' if len(group.devices) == 1 else 's'}"
    return f"{' '.join(group.target_groups) or 'no target group'}, {devices}"


def _tgrp(name: str, group: TargetGroup) -> str:
    return f"group_id {group.group_id or '-'} {group.state}{', preferred' if group.preferred else ''}"


def _port(config: Config, name: str, port: Port) -> str:
    number = rel_tgt_id(config, name, port)
    return f"{'local' if local(config, name) else 'remote'}{f', rel_tgt_id {number}' if number else ''}"


def _used(config: Config) -> dict[str, tuple[str, str]]:
    """The device group and the target group that each target is in."""
    return {
        target: (dgrp, tgrp) for dgrp, group in config.scst.groups.items()
        for tgrp, about in group.target_groups.items() for target in about.targets
    }


def _target_origin(current: Config, name: str) -> str:
    return "live" if local(current, name) or name in _used(current) else "candidate"


def _place(config: Config, name: str, used: Optional[tuple[str, str]]) -> str:
    what = config.scst.targets[name].driver if local(config, name) else "the other host's"
    return f"{what}, in {' '.join(used)}" if used else what


def _but(said: tuple[str, ...], names: Iterator[Name]) -> Iterator[Name]:
    return (name for name in names if name.text not in said)
