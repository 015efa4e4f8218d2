"""What initiators see of the devices of two hosts: through which host, as which LUN, and whether to write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import AbstractSet, Optional, TypeVar

from ....commands import Pair
from ....commands.scst import ScstInitiatorAdd
from ....config.scst import Device
from ....views import few
from ... import Finding
from .access import OTHERS, Access, Targets, transports
from .hosts import Hosts, compared, finding
from .visible import Sight, visible

_Item = TypeVar("_Item", bound="tuple[object, ...]")
_Difference = tuple[str, str, str]  # a code, the device, and the text
_OTHER_HOST = "the other"


def findings(pair: Hosts) -> Iterator[Finding]:
    """Devices that only one host exports, to all or to some, or that are not the same LUN on both."""
    mine = pair.my_exports.devices() & pair.grouped_devices
    theirs = pair.their_exports.devices() & pair.grouped_devices
    for where, devices in _one_sided(mine, theirs):
        yield finding("W351", "scst", f"exported by {where} host alone: {few(devices)}")
    seen: list[Sight] = []
    for my_targets, their_targets in transports(pair):
        of_transport = list(visible(my_targets, their_targets, mine & theirs))
        yield from _one_host(of_transport, my_targets, their_targets)
        seen += of_transport
    yield from _unequal(seen, pair)


def _one_sided(mine: AbstractSet[str], theirs: AbstractSet[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The devices that this host alone has, and those of the other one, where there are any."""
    for where, devices in (("this", mine - theirs), (_OTHER_HOST, theirs - mine)):
        if devices:
            yield where, tuple(sorted(devices))


def _merged(
    seen: Iterable[tuple[Iterable[_Item], tuple[str, ...]]],
) -> Iterator[tuple[_Item, tuple[str, ...]]]:
    """Each item once, in order, with all the initiators that it concerns."""
    concerned: dict[_Item, set[str]] = {}
    for items, initiators in seen:
        for item in items:
            concerned.setdefault(item, set()).update(initiators)
    for item in sorted(concerned):
        yield item, tuple(sorted(concerned[item]))


def _unequal(seen: list[Sight], pair: Hosts) -> Iterator[Finding]:
    """Devices that initiators see through both hosts, and not alike."""
    differences = ((_differences(sight, pair), sight.initiators) for sight in seen)
    for (code, device, text), initiators in _merged(differences):
        yield finding(code, f"scst {device}", f"{text}, for {_words(initiators)}")


def _one_host(seen: list[Sight], mine: Targets, theirs: Targets) -> Iterator[Finding]:
    """Devices that an initiator sees through only one of the hosts."""
    items = ((_one_sided(sight.mine.keys(), sight.theirs.keys()), sight.initiators) for sight in seen)
    for (where, devices), initiators in _merged(items):
        text = f"seen through {where} host alone by {_words(initiators)}: {few(devices)}"
        hint = _admission(mine, theirs, initiators, devices) if where == _OTHER_HOST else None
        yield finding("W351", "scst", text, hint)


def _admission(
    mine: Targets, theirs: Targets, initiators: tuple[str, ...], devices: tuple[str, ...],
) -> Optional[ScstInitiatorAdd]:
    """The line that puts initiators into their group of the other host, if this host's has the devices."""
    groups = set[str]().union(*(target.groups_of(initiators) for target in theirs.values()))
    if OTHERS in initiators or len(groups) != 1:
        return None
    group = groups.pop()
    free = [name for name in _homes(mine, group, devices) if not mine[name].groups_of(initiators)]
    return ScstInitiatorAdd(free[0], Pair("group", group), initiators) if len(free) == 1 else None


def _homes(targets: Targets, group: str, devices: tuple[str, ...]) -> list[str]:
    """The targets that have the group, and LUNs of all these devices in it."""
    return [name for name, target in targets.items() if _exports(target, group, devices)]


def _exports(target: Access, group: str, devices: tuple[str, ...]) -> bool:
    """Whether a target has the group, and LUNs of all these devices in it."""
    configured = target.target.groups.get(group)
    return configured is not None and {lun.device for lun in configured.luns.values()}.issuperset(devices)


def _differences(sight: Sight, pair: Hosts) -> Iterator[_Difference]:
    """The LUN numbers of each device, and whether it can be written there, where these differ."""
    for device in sight.mine.keys() & sight.theirs.keys():
        mine, theirs = sight.mine[device], sight.theirs[device]
        if mine.keys() != theirs.keys():
            yield "E354", device, compared("LUN", _listed(mine), _listed(theirs))
        if not _is_read_only(device, pair):
            yield from _access_differences(device, mine, theirs)


def _access_differences(
    device: str, mine: Mapping[str, set[str]], theirs: Mapping[str, set[str]],
) -> Iterator[_Difference]:
    for number in mine.keys() & theirs.keys():
        if mine[number] != theirs[number]:
            text = compared(f"LUN {number} with read_only", _listed(mine[number]), _listed(theirs[number]))
            yield "E358", device, text


def _is_read_only(device: str, pair: Hosts) -> bool:
    """Whether the device itself cannot be written on one of the hosts; that is reported of the device."""
    configured = (scst.devices.get(device, Device("")) for scst in (pair.mine, pair.theirs))
    return any(host_device.attributes.get("read_only") == "1" for host_device in configured)


def _listed(numbers: Collection[str]) -> str:
    return " and ".join(sorted(numbers, key=int))


def _words(initiators: tuple[str, ...]) -> str:
    names = [initiator for initiator in initiators if initiator != OTHERS]
    words = [few(names)] if names else []
    words += ["those that no group takes"] if OTHERS in initiators else []
    return " and ".join(words)
