"""Two hosts that offer the same devices: what of their configurations an initiator would stumble over.

Each host calls its own ports' target group by one name (the cluster's agents want it so) and the other host's by another;
a port has the same group_id and the same rel_tgt_id on both, and a device is the same disk on both. Source: the manual of
ESOS, ocf:esos:scst, and SCST (scst_vdisk.c) for what a device calls itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..checks import Finding
from ..commands.alua import AluaDeviceAdd, AluaDgrpAdd
from ..config import Scst
from ..views import few
from . import disks, luns, ports
from .hosts import Hosts, finding, hosts


def findings(mine: Scst, theirs: Scst) -> Iterator[Finding]:
    """What does not fit, or looks as if it did not, on this host beside the other; each with the line for this host."""
    pair = hosts(mine, theirs)
    for name in sorted({*mine.groups, *theirs.groups}):
        if name in mine.groups and name in theirs.groups:
            yield from ports.findings(name, pair)
            yield from _members(name, pair)
        elif name in mine.groups:
            yield finding("E342", f"alua {name}", "the other host has no such device group")
        else:
            yield finding("E342", f"alua {name}", "a device group of the other host alone", AluaDgrpAdd(name))
    yield from ports.clones(pair)
    yield from _nowhere(pair)
    yield from disks.setup(pair)
    yield from luns.findings(pair)
    for device in sorted(pair.shared):
        yield from disks.findings(device, mine.devices[device], theirs.devices[device])


def _members(name: str, pair: Hosts) -> Iterator[Finding]:
    """Devices that one host alone has in the device group."""
    mine, theirs = pair.mine.groups[name].devices, pair.theirs.groups[name].devices
    here, there = sorted(mine - theirs), sorted(theirs - mine)
    known = tuple(device for device in there if device in pair.mine.devices)
    unknown = [device for device in there if device not in pair.mine.devices]
    if here:
        yield finding("E353", f"alua {name}", f"on this host alone it has {few(here)}")
    if known:
        yield finding("E353", f"alua {name}", f"on the other host alone it has {few(known)}", AluaDeviceAdd(name, known))
    if unknown:
        yield finding("E353", f"alua {name}", f"on the other host it has {few(unknown)}, not a device of this one")


def _nowhere(pair: Hosts) -> Iterator[Finding]:
    """Devices of both hosts that initiators see, and that are in no device group of either."""
    grouped = {device for scst in (pair.mine, pair.theirs) for group in scst.groups.values() for device in group.devices}
    seen = {device for exports in (pair.here, pair.there) for device in exports.devices()}
    devices = tuple(sorted(pair.mine.devices.keys() & pair.theirs.devices.keys() & seen - grouped))
    if devices and pair.common:
        mend = AluaDeviceAdd(pair.common[0], devices) if len(pair.common) == 1 else None
        yield finding("W378", "alua", f"devices of both hosts, exported, and in no device group: {few(devices)}", mend)
