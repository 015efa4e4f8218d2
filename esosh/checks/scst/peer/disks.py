"""What a device is on two hosts: one disk with one shape, or two disks of one name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....commands import Pair
from ....commands.scst import ScstDeviceSet, ScstSet
from ....config.scst import Device, Scst
from ....executors.scst.attributes import IDENTITY, VENDORS, default
from ....records import Record
from ....views import few
from ... import Finding
from .hosts import Hosts, compared, finding

_VENDOR = "t10_vend_id"
_MADE_UP = {"t10_dev_id", "usn"}  # SCST makes them of the device's name and setup_id, where they are not set
_IDENTITY = (*sorted(IDENTITY), "eui64_id", "naa_id", "scsi_device_name")  # by which initiators know a disk
_SHAPE = ("blocksize", "size")
_WITHOUT = {"blocksize": "512", "read_only": "0"}  # of a device whose handler does not have the attribute


class _Difference(Record):
    """An attribute that is not alike on both hosts."""

    key: str
    mine: str
    theirs: str

    def __str__(self) -> str:
        return compared(self.key, self.mine, self.theirs, "not set")


def setup(pair: Hosts) -> Iterator[Finding]:
    """setup_id, of which devices make up what they call themselves."""
    mine, theirs = _setup_id(pair.mine), _setup_id(pair.theirs)
    devices = _made_up_devices(pair)
    if mine != theirs and devices:
        effect = f"initiators would take {few(devices)} for other disks there"
        text = f"{compared('setup_id', mine, theirs)}: {effect}"
        yield finding("E356", "scst", text, ScstSet((Pair("setup_id=", theirs),)))


def findings(name: str, mine: Device, theirs: Device) -> Iterator[Finding]:
    """Handlers and attributes that make two disks of one, or two shapes of one."""
    identity = _differences(mine, theirs, _IDENTITY)
    if _same_handler(mine, theirs):
        yield from _unequal("E355", name, identity)
    else:
        others = [str(difference) for difference in identity if difference.key != _VENDOR]
        text = "; ".join([compared("handler", mine.handler, theirs.handler), *others])
        yield finding("E355", f"scst {name}", text)
    yield from _unequal("E357", name, _differences(mine, theirs, _SHAPE))
    yield from _unequal("E358", name, _differences(mine, theirs, ("read_only",)))


def _setup_id(scst: Scst) -> str:
    return scst.attributes.get("setup_id") or str(default("core", "setup_id"))


def _made_up_devices(pair: Hosts) -> list[str]:
    return [name for name in sorted(pair.shared_devices) if _is_made_up(pair.mine.devices[name])]


def _is_made_up(device: Device) -> bool:
    """Whether SCST makes up a part of what a device calls itself."""
    return device.handler in VENDORS and not device.attributes.keys() >= _MADE_UP


def _same_handler(mine: Device, theirs: Device) -> bool:
    """Whether the handlers are the same, or two of them are meant: both devices are set to one vendor."""
    vendor = mine.attributes.get(_VENDOR)
    return mine.handler == theirs.handler or (vendor is not None and vendor == theirs.attributes.get(_VENDOR))


def _differences(mine: Device, theirs: Device, keys: Sequence[str]) -> list[_Difference]:
    values = [_Difference(key, _value(mine, key), _value(theirs, key)) for key in keys]
    return [value for value in values if value.mine != value.theirs]


def _value(device: Device, key: str) -> str:
    return device.attributes.get(key) or _usual(device.handler, key)


def _usual(handler: str, key: str) -> str:
    if key == _VENDOR:
        return VENDORS.get(handler, "")
    return default(handler, key) or _WITHOUT.get(key, "")


def _unequal(code: str, name: str, differences: Sequence[_Difference]) -> Iterator[Finding]:
    """A finding on all attributes that differ, with the line for this host if the other one has them all."""
    if differences:
        settable = all(difference.theirs for difference in differences)
        pairs = tuple(Pair(f"{difference.key}=", difference.theirs) for difference in differences)
        hint = ScstDeviceSet(name, pairs) if settable else None
        yield finding(code, f"scst {name}", "; ".join(map(str, differences)), hint)
