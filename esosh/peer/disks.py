"""What a device is on two hosts: one disk with one shape, or two disks of one name."""

from __future__ import annotations

from collections.abc import Iterator

from ..checks import Finding
from ..commands import Pair
from ..commands.scst import ScstDeviceSet, ScstSet
from ..config import Device
from ..executors.scst.attributes import IDENTITY, default
from ..views import few
from .hosts import Hosts, finding

_VENDOR = "t10_vend_id"
_MADE_UP = ("t10_dev_id", "usn")  # of the device's name and setup_id, where they are not set
_VENDORS = {"vdisk_fileio": "SCST_FIO", "vdisk_nullio": "SCST_FIO", "vcdrom": "SCST_FIO", "vdisk_blockio": "SCST_BIO"}
_KEYS = {
    "E355": (*sorted(IDENTITY), "eui64_id", "naa_id", "scsi_device_name"),  # by these an initiator knows a disk
    "E357": ("blocksize", "size"),
    "E358": ("read_only",),
}


def setup(pair: Hosts) -> Iterator[Finding]:
    """setup_id, of which devices make up what they call themselves."""
    here, there = (scst.attributes.get("setup_id") or str(default("core", "setup_id")) for scst in (pair.mine, pair.theirs))
    made_up = [name for name in sorted(pair.shared) if pair.mine.devices[name].handler in _VENDORS
               and not pair.mine.devices[name].attributes.keys() >= {*_MADE_UP}]
    if here != there and made_up:
        text = f"setup_id {here} here, {there} on the other host: {few(made_up)} would seem to be other disks there"
        yield finding("E356", "scst", text, ScstSet((Pair("setup_id=", there),)))


def findings(name: str, mine: Device, theirs: Device) -> Iterator[Finding]:
    """Handlers and attributes that make of one disk two, or two shapes of one."""
    handlers = _handlers(mine, theirs)
    for code, keys in _KEYS.items():
        values = {key: (_value(mine, key), _value(theirs, key)) for key in keys}
        differ = {key: pair for key, pair in values.items() if pair[0] != pair[1] and not (handlers and key == _VENDOR)}
        other = [handlers] if handlers and code == "E355" else []
        told = [*other, *(f"{key} {here or 'not set'} here, {there or 'not set'} on the other host"
                          for key, (here, there) in differ.items())]
        if told:
            whole = not other and all(there for _, there in differ.values())
            mend = ScstDeviceSet(name, tuple(Pair(f"{key}=", there) for key, (_, there) in differ.items())) if whole else None
            yield finding(code, f"scst {name}", "; ".join(told), mend)


def _handlers(mine: Device, theirs: Device) -> str:
    """That the handlers differ, in words; where both are told to call themselves alike, it is meant so."""
    alike = mine.attributes.get(_VENDOR) == theirs.attributes.get(_VENDOR) is not None
    differ = mine.handler != theirs.handler and not alike
    return f"handler {mine.handler} here, {theirs.handler} on the other host" if differ else ""


def _value(device: Device, key: str) -> str:
    usual = _VENDORS.get(device.handler) if key == _VENDOR else default(device.handler, key)
    return device.attributes.get(key) or usual or ""
