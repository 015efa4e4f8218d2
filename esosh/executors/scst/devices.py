"""The writes that make SCST's devices as they are configured.

The kernel deletes a device in use without a word, and its LUNs and its place in a device group with it, so
these are removed first, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...config.lazy import fresh
from ...config.scst import Device, Lun, Scst, Target
from ...records import replace
from ..step import Step, Write
from .attributes import IDENTITY, PARAMETERS, is_fixed
from .facts import Facts
from .queue import ROOT
from .sysfs import entry
from .writes import added, attribute_writes, changed, creation_steps, differences, removed

_DISRUPTIVE = IDENTITY | {
    "active", "cluster_mode", "size", "eui64_id", "naa_id", "scsi_device_name", "inq_vend_specific",
}
_CLUSTER_MODE = "cluster_mode"
_STAGES = {  # of a switch that stays where it is: other writes want it off, or another device the same disk
    ("active", "0"): "remove", (_CLUSTER_MODE, "0"): "remove", (_CLUSTER_MODE, "1"): "enable",
}
_WORD = re.compile(r"[^\s;=]+")


def remove(old: Scst, kept: Scst, facts: Facts) -> Iterator[Step]:
    """The devices that go."""
    for name in old.devices:
        if name not in kept.devices:
            yield _removal(name, old, facts)


def _removal(name: str, scst: Scst, facts: Facts) -> Step:
    device = scst.devices[name]
    folder = f"{ROOT}/handlers/{device.handler}"
    add = Write(f"{folder}/mgmt", f"add_device {name} {_parameters(device, facts)}".strip())
    uses = tuple(_uses(name, scst, facts))
    inverse = [add, *_other_attributes(name, device, facts)]
    return removed(folder, "del_device", name, inverse, disruption="io" if uses else "none", notes=uses)


def make(kept: Scst, new: Scst, facts: Facts) -> Iterator[Step]:
    """The devices that come, and what changes of those that stay."""
    for name in fresh(kept.devices, new.devices):
        device = new.devices[name]
        if name in kept.devices:
            yield from _changes(name, device, kept, facts)
        else:
            yield added(f"{ROOT}/handlers/{device.handler}", "add_device", name, _parameters(device, facts))
            yield from creation_steps(_other_attributes(name, device, facts))


def _changes(name: str, device: Device, kept: Scst, facts: Facts) -> Iterator[Step]:
    old, folder = kept.devices[name].attributes, f"{ROOT}/devices/{entry(name)}"
    may_disrupt = _DISRUPTIVE.intersection(differences(old, device.attributes))
    disruptive = _DISRUPTIVE if may_disrupt and any(_uses(name, kept, facts)) else ()
    steps = changed(folder, device.handler, old, device.attributes, facts, disruptive)
    return map(_in_its_stage, steps)


def _in_its_stage(step: Step) -> Step:
    do = step.do
    assert isinstance(do, Write)
    return replace(step, stage=_STAGES.get((do.path.rpartition("/")[2], do.text), step.stage))


def _parameters(device: Device, facts: Facts) -> str:
    """What add_device is told."""
    return "; ".join(f"{key}={device.attributes[key]}" for key in _told(device, facts))


def _told(device: Device, facts: Facts) -> list[str]:
    """The attributes that the handler's add_device takes here: an older SCST takes no t10_dev_id.

    cluster_mode is not among them: a device that has it on keeps its identity (EPERM).
    """
    known = PARAMETERS.get(device.handler, frozenset())
    names = known & (facts.handlers.get(device.handler) or known) - {_CLUSTER_MODE}
    return [key for key, value in device.attributes.items()
            if key in names and (is_fixed(device.handler, key) or _WORD.fullmatch(value))]


def _other_attributes(name: str, device: Device, facts: Facts) -> list[Write]:
    """The writes to a device that is just made, cluster_mode last."""
    ordered = dict(sorted(device.attributes.items(), key=lambda item: item[0] == _CLUSTER_MODE))
    return attribute_writes(f"{ROOT}/devices/{entry(name)}", ordered, _told(device, facts))


def _uses(name: str, scst: Scst, facts: Facts) -> Iterator[str]:
    """Who uses a device: LUNs, the sessions that see them, and device groups."""
    for target in scst.targets:
        for view in _lun_lists(name, target, scst.targets[target], facts):
            yield f"{name} was {view}"
    for group, device_group in scst.groups.items():
        if name in device_group.devices:
            yield f"{name} was in device group {group}"


def _lun_lists(device: str, name: str, target: Target, facts: Facts) -> Iterator[str]:
    """The LUNs of a device in a target and in its groups, and who has them open."""
    for group, luns in _views(target).items():
        numbers = sorted((number for number, lun in luns.items() if lun.device == device), key=int)
        if numbers:
            place = f"{name} group {group}" if group else name
            yield f"LUN {' '.join(numbers)} of {place}{_open(name, group, facts)}"


def _views(target: Target) -> dict[str, Mapping[str, Lun]]:
    """The LUNs of a target's groups, and its own, which have no group."""
    return {"": target.luns, **{name: group.luns for name, group in target.groups.items()}}


def _open(target: str, group: str, facts: Facts) -> str:
    """The initiators that are logged in and see the LUNs of a group."""
    sessions = (session for session in facts.sessions if (session.target, session.group) == (target, group))
    initiators = [session.initiator for session in sessions]
    return f", open: {' '.join(initiators)}" if initiators else ""
