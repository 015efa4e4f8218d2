"""scst device: what is exported; and the attributes of SCST itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Optional

from ...config import Config
from ...config.lazy import changed, without
from ...config.scst import Device, DeviceGroup
from ...errors import Refused
from ...executors.scst.attributes import PARAMETERS
from ...executors.scst.queue import ROOT
from ...executors.scst.sysfs import entry, loaded
from ...host import Host
from ...records import replace
from ...views import Line, Lines, View
from .. import Action, Edit, Keyword, Pairs, Removal, Session
from .attributes import keys_and_values, refuse_other_settings, set_attributes, unset_attributes
from .edits import (
    DEVICE_FILES,
    Luns,
    check_name,
    device_of,
    places_of_luns,
    put_device,
    with_luns,
    with_scst,
)

_PASS_THROUGH = (  # handlers of SCSI devices. Source: SCST 3.11, scst/src/dev_handlers
    "dev_cdrom", "dev_changer", "dev_disk", "dev_disk_perf", "dev_modisk", "dev_modisk_perf", "dev_processor",
    "dev_raid", "dev_tape", "dev_tape_perf",
)
_ADDRESS = re.compile("[0-9]+(:[0-9]+){3}")  # H:C:I:L
_VIRTUAL = ("vdisk", "vcdrom")  # only handlers that PARAMETERS has begin so
_WITH_FILE = ("vdisk_blockio", "vdisk_fileio")
_ALIKE = 0.75  # how alike a misspelt handler is


class ScstDeviceAdd(Edit):
    """Make a device."""

    handler: Keyword
    device: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        check_name("device", self.device, DEVICE_FILES)
        existing = config.scst.devices.get(self.device)
        if existing is not None:
            self._check_same(existing)
            return config
        self._check_handler(config)
        self._check_address()
        attributes = set_attributes(self.handler, {}, keys_and_values(self.pairs))
        if self.handler in _WITH_FILE and "filename" not in attributes:
            raise Refused(f"a device of {self.handler} needs a file: filename=/...", code="E103")
        return put_device(config, self.device, Device(self.handler, attributes))

    def _check_same(self, existing: Device) -> None:
        """Raises Refused where the existing device has another handler or other settings."""
        if existing.handler != self.handler:
            message = f"device {self.device} already exists, with handler {existing.handler}"
            raise Refused(message, hint=str(ScstDeviceDel((self.device,))), code="E203")
        attributes = set_attributes(self.handler, existing.attributes, keys_and_values(self.pairs))
        line = ScstDeviceSet(self.device, self.pairs)
        refuse_other_settings(f"device {self.device}", attributes != existing.attributes, line)

    def _check_address(self) -> None:
        if self.handler in _PASS_THROUGH and not _ADDRESS.fullmatch(self.device):
            message = f"a device of {self.handler} has the name of its SCSI device, H:C:I:L"
            raise Refused(message, word=self.device, code="E206")

    def _check_handler(self, config: Config) -> None:
        """Raises Refused for a misspelt handler.

        A name that is unlike all handlers may be one that only the kernel of the box has.
        """
        if self.handler in PARAMETERS or self.handler in _PASS_THROUGH:
            return
        in_use = {device.handler for device in config.scst.devices.values()}
        handlers = sorted({*PARAMETERS, *_PASS_THROUGH, *in_use})
        if self.handler in handlers:
            return
        intended = self._intended(handlers)
        if intended or self.handler.startswith(_VIRTUAL):
            message = f"no handler {self.handler}; there are: {' '.join(handlers)}"
            raise Refused(message, hint=str(intended or ""), word=self.handler, code="E202")

    def _intended(self, handlers: Sequence[str]) -> Optional[ScstDeviceAdd]:
        """The line with name and handler in their order, or with the nearest handler."""
        if self.device in handlers:
            return replace(self, handler=self.device, device=self.handler)
        near = _near_handlers(self.handler, handlers)
        return replace(self, handler=near[0]) if near else None


def _near_handlers(name: str, handlers: Sequence[str]) -> list[str]:
    """The handlers of which the name is a part ("blockio"), then the one that is alike."""
    import difflib  # only a misspelt handler needs it

    longer = [other for other in handlers if other.startswith(f"{name}_") or other.endswith(f"_{name}")]
    return [*longer, *difflib.get_close_matches(name, handlers, 1, _ALIKE)]


class ScstDeviceSet(Edit):
    """Change attributes of a device."""

    device: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        device = device_of(config, self.device, self)
        attributes = set_attributes(device.handler, device.attributes, keys_and_values(self.pairs))
        return put_device(config, self.device, replace(device, attributes=attributes))


class ScstDeviceUnset(Removal):
    """Reset attributes of a device to their defaults."""

    device: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        device = device_of(config, self.device, self)
        if "filename" in self.keys and device.handler != "vcdrom":  # a vcdrom may be empty
            raise Refused(f"device {self.device} needs its file", word="filename", code="E218")
        keys = [_UNITS.get(key, key) for key in self.keys]
        attributes = unset_attributes(device.attributes, keys, f"device {self.device}")
        return put_device(config, self.device, replace(device, attributes=attributes))


_UNITS = {"size_mb": "size"}  # attributes that are another one in a larger unit


class ScstDeviceDel(Removal):
    """Delete devices, with their LUNs, also from their device groups."""

    devices: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for device in self.devices:
            device_of(config, device, self)
        names = set(self.devices)
        scst = with_luns(config.scst, lambda luns: _without_devices(luns, names))
        groups = changed(scst.groups, lambda _, group: _without_members(group, names))
        devices = without(scst.devices, *self.devices)
        return config.having(scst=replace(scst, devices=devices, groups=groups))

    def note(self, config: Config) -> str:
        """What is deleted with them."""
        return "; ".join(_uses(config, name) for name in self.devices)


def _without_members(group: DeviceGroup, devices: Collection[str]) -> DeviceGroup:
    left = group.devices.difference(devices)
    return group if left == group.devices else replace(group, devices=left)


def _without_devices(luns: Luns, devices: Collection[str]) -> Luns:
    return without(luns, *(number for number, lun in luns.items() if lun.device in devices))


def _uses(config: Config, name: str) -> str:
    """Where a device is exported, in words; "" for nowhere."""
    groups = [f"device group {dgrp}" for dgrp, group in config.scst.groups.items() if name in group.devices]
    uses = ", ".join([*_exports(config, name), *groups])
    return f"{name}: with {uses}" if uses else ""


def _exports(config: Config, device: str) -> Iterator[str]:
    """The LUNs of a device, in words."""
    for place, luns in places_of_luns(config.scst):
        numbers = sorted((number for number, lun in luns.items() if lun.device == device), key=int)
        if numbers:
            yield f"LUN {' '.join(numbers)} of {place}"


class ScstDeviceResync(Action):
    """Take over the new size of a device's file or disk."""

    device: str

    removes = True  # a smaller size cuts off data

    def prepare(self, session: Session) -> tuple[Line, ...]:
        if not loaded(session.host):
            message = "SCST is stopped, and looks at its devices when it starts"
            raise Refused(message, hint="svc start scst", code="E215")
        device_of(session.config, self.device, self)
        if not session.host.exists(f"{self._folder()}/resync_size"):
            message = f"device {self.device} does not run, or has a size of its own"
            raise Refused(message, word=self.device, code="E215")
        return ()

    def act(self, session: Session) -> View:
        self.prepare(session)
        host, folder = session.host, self._folder()
        before = _first_line(host, f"{folder}/size")
        host.write(f"{folder}/resync_size", "1\n")
        after = _first_line(host, f"{folder}/size")
        sizes = f"{before} bytes, now {after}" if before != after else f"{after} bytes, as before"
        return Lines.of(f"{self.device}: {sizes}", style="ok")

    def native(self) -> Iterator[str]:
        """The machine's own command for it."""
        yield f"echo 1 > {self._folder()}/resync_size"

    def _folder(self) -> str:
        return f"{ROOT}/devices/{entry(self.device)}"


def _first_line(host: Host, file: str) -> str:
    return host.read(file).partition("\n")[0]


class ScstSet(Edit):
    """Change attributes of SCST itself."""

    pairs: Pairs

    def edit(self, config: Config) -> Config:
        attributes = set_attributes("core", config.scst.attributes, keys_and_values(self.pairs))
        return with_scst(config, attributes=attributes)


class ScstUnset(Removal):
    """Reset attributes of SCST itself to their defaults."""

    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        return with_scst(config, attributes=unset_attributes(config.scst.attributes, self.keys, "SCST"))
