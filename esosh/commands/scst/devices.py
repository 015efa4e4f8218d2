"""scst device: what is exported; and SCST's own attributes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...config import Config, Device
from ...desk import Session
from ...errors import Refused
from ...executors.scst.attributes import PARAMETERS
from ...executors.scst.queue import ROOT
from ...executors.scst.sysfs import entry, loaded
from ...views import Lines, View
from .. import Change, Pairs
from .attributes import changed, given, settled, without
from .edits import DEVICE_FILES, Luns, device_of, free_name, mapped, put_device, with_scst

_PASSING = (  # handlers of SCSI devices. Source: SCST 3.11, scst/src/dev_handlers
    "dev_cdrom", "dev_changer", "dev_disk", "dev_disk_perf", "dev_modisk", "dev_modisk_perf", "dev_processor", "dev_raid",
    "dev_tape", "dev_tape_perf",
)
_ADDRESS = re.compile("[0-9]+(:[0-9]+){3}")  # H:C:I:L
_OURS = ("vdisk", "vcdrom")  # how no other handler begins
_ALIKE = 0.75  # how near a misspelt handler is


@dataclass(frozen=True)
class ScstDeviceAdd(Change):
    """Make a device."""

    handler: str
    device: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        free_name("device", self.device, DEVICE_FILES)
        there = config.scst.devices.get(self.device)
        if there is not None:
            if there.handler != self.handler:
                mend = str(ScstDeviceDel((self.device,)))
                raise Refused(f"device {self.device} is there, of {there.handler}", mend=mend, code="E203")
            wanted = changed(self.handler, there.attributes, given(self.pairs))
            settled(ScstDeviceSet(self.device, self.pairs), f"device {self.device}", wanted != there.attributes)
            return config
        self._known(config)
        if self.handler in _PASSING and not _ADDRESS.fullmatch(self.device):
            raise Refused(f"a device of {self.handler} is called as its SCSI device, H:C:I:L", word=self.device, code="E206")
        attributes = changed(self.handler, {}, given(self.pairs))
        if self.handler in ("vdisk_blockio", "vdisk_fileio") and "filename" not in attributes:
            raise Refused(f"a device of {self.handler} needs a file: filename=/...", code="E103")
        return put_device(config, self.device, Device(self.handler, attributes))

    def _known(self, config: Config) -> None:
        """Raises Refused for a handler that is misspelt; one that only the kernel of the box knows is left to the checks."""
        there = sorted({*PARAMETERS, *_PASSING, *(device.handler for device in config.scst.devices.values())})
        near = [name for name in there if name.startswith(f"{self.handler}_") or name.endswith(f"_{self.handler}")]
        near += difflib.get_close_matches(self.handler, there, 1, _ALIKE)
        if self.handler in there or not (near or self.device in there or self.handler.startswith(_OURS)):
            return
        swapped = [replace(self, handler=self.device, device=self.handler)] if self.device in there else []
        meant = swapped or [replace(self, handler=each) for each in near[:1]]
        about = f"no handler {self.handler}; there are: {' '.join(there)}"
        raise Refused(about, mend="".join(map(str, meant)), word=self.handler, code="E202")


@dataclass(frozen=True)
class ScstDeviceSet(Change):
    """Change attributes of a device."""

    device: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        there = device_of(config, self.device, self)
        attributes = changed(there.handler, there.attributes, given(self.pairs))
        return put_device(config, self.device, replace(there, attributes=attributes))


@dataclass(frozen=True)
class ScstDeviceUnset(Change):
    """Give attributes of a device their defaults again."""

    device: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        there = device_of(config, self.device, self)
        if "filename" in self.keys and there.handler != "vcdrom":  # which may be empty
            raise Refused(f"device {self.device} needs its file", word="filename", code="E218")
        keys = ["size" if key == "size_mb" else key for key in self.keys]
        attributes = without(there.attributes, keys, f"device {self.device}")
        return put_device(config, self.device, replace(there, attributes=attributes))


@dataclass(frozen=True)
class ScstDeviceDel(Change):
    """Take devices away, with their LUNs, and out of their device group."""

    devices: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for name in self.devices:
            device_of(config, name, self)
        gone = set(self.devices)
        scst = mapped(config.scst, lambda luns: {number: lun for number, lun in luns.items() if lun.device not in gone})
        groups = {name: replace(group, devices=group.devices - gone) for name, group in scst.groups.items()}
        left = {name: device for name, device in scst.devices.items() if name not in gone}
        return replace(config, scst=replace(scst, devices=left, groups=groups))

    def note(self, config: Config) -> str:
        """What goes with them."""
        return "; ".join(_uses(config, name) for name in self.devices)


def _uses(config: Config, name: str) -> str:
    """Where a device is exported, in words; "" for nowhere."""
    def numbers(luns: Luns) -> str:
        return " ".join(number for number, lun in luns.items() if lun.device == name)

    places = [(f"{target}{f' group {group}' if group else ''}", numbers(luns)) for target, about in config.scst.targets.items()
              for group, luns in (("", about.luns), *((group, inner.luns) for group, inner in about.groups.items()))]
    found = [f"LUN {luns} of {place}" for place, luns in places if luns]
    found += [f"device group {group}" for group, about in config.scst.groups.items() if name in about.devices]
    return f"{name}: with {', '.join(found)}" if found else ""


@dataclass(frozen=True)
class ScstDeviceResync(Change):
    """Take over the new size of a device's file or disk."""

    device: str

    def act(self, session: Session) -> View:
        if not loaded(session.host):
            raise Refused("SCST is stopped, and looks at its devices when it starts", mend="svc start scst", code="E215")
        device_of(session.candidate, self.device, self)
        folder = f"{ROOT}/devices/{entry(self.device)}"
        if not session.host.exists(f"{folder}/resync_size"):
            raise Refused(f"device {self.device} does not run, or has a size of its own", word=self.device, code="E215")
        before = session.host.read(f"{folder}/size").partition("\n")[0]
        session.host.write(f"{folder}/resync_size", "1\n")
        after = session.host.read(f"{folder}/size").partition("\n")[0]
        told = f"{before} bytes, now {after}" if before != after else f"{after} bytes, as before"
        return Lines.of(f"{self.device}: {told}", style="ok")

    def native(self) -> Iterator[str]:
        """The machine's own command for it."""
        yield f"echo 1 > {ROOT}/devices/{entry(self.device)}/resync_size"


@dataclass(frozen=True)
class ScstSet(Change):
    """Change attributes of SCST itself."""

    pairs: Pairs

    def edit(self, config: Config) -> Config:
        return with_scst(config, attributes=changed("core", config.scst.attributes, given(self.pairs)))


@dataclass(frozen=True)
class ScstUnset(Change):
    """Give attributes of SCST itself their defaults again."""

    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        return with_scst(config, attributes=without(config.scst.attributes, self.keys, "SCST"))
