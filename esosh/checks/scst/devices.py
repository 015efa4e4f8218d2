"""SCST devices: those that SCST refuses to create, and those that share a file or a disk.

Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config.scst import Device, Scst, beyond
from ...executors.scst.facts import Facts
from ...executors.scst.kept import kept_in_place
from .. import Finding

_WRITE_OPTIONS = ("nv_cache", "write_through")


def findings(changed: Scst, scst: Scst) -> Iterator[Finding]:
    """Files that what changed shares with others, then attributes of it that contradict each other."""
    if any(_files(changed)):
        yield from _shared_files(changed, scst)
    for name, device in changed.devices.items():
        yield from _write_options(name, device)
        yield from _uneven_size(name, device)


def missing_files(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Devices that would be created, or recreated, whose file or disk does not exist."""
    if not facts.loaded:
        return
    saved_only = old.devices.keys() - facts.devices
    kept = kept_in_place(old, new).devices
    for name, file in opened_files(beyond(new, old)).items():
        if name not in kept and name not in saved_only and not facts.exists(file):
            yield Finding("E363", "scst", f"scst {name}", f"{file} does not exist")


def opened_files(scst: Scst) -> dict[str, str]:
    """The file or disk of each device that opens one; an inactive device does not."""
    return {name: file for name, file in _files(scst) if scst.devices[name].attributes.get("active") != "0"}


def _files(scst: Scst) -> Iterator[tuple[str, str]]:
    """The devices that have a file or a disk, each with its path."""
    for name, device in scst.devices.items():
        file = device.attributes.get("filename")
        if file:
            yield name, file


def _shared_files(changed: Scst, scst: Scst) -> Iterator[Finding]:
    """Files and disks of a device that changed and of another one."""
    owners: dict[str, str] = {}
    for name, file in _files(scst):
        owner = owners.setdefault(file, name)
        if owner != name and not changed.devices.keys().isdisjoint((owner, name)):
            text = f"{owner} is on {file} too: initiators that write through both lose data"
            yield Finding("W362", "scst", f"scst {name}", text)


def _write_options(name: str, device: Device) -> Iterator[Finding]:
    """SCST creates no read-only device with an option for writing."""
    options = [key for key in _WRITE_OPTIONS if _is_on(device, key)]
    if options and _is_on(device, "read_only"):
        text = f"it is read_only, so it cannot have {' and '.join(options)}"
        yield Finding("E360", "scst", f"scst {name}", text, f"scst device unset {name} {' '.join(options)}")


def _is_on(device: Device, key: str) -> bool:
    return device.attributes.get(key) == "1"


def _uneven_size(name: str, device: Device) -> Iterator[Finding]:
    """The size of a vdisk_nullio is a multiple of its blocksize."""
    size, blocksize = device.attributes.get("size", "0"), device.attributes.get("blocksize", "512")
    if device.handler == "vdisk_nullio" and not _is_multiple(size, blocksize):
        text = f"its size is not a multiple of its blocksize, {blocksize}"
        yield Finding("E361", "scst", f"scst {name}", text)


def _is_multiple(size: str, blocksize: str) -> bool:
    """Whether a size is a whole number of blocks; SCST itself refuses other words, and a blocksize of 0."""
    if not (size.isdecimal() and blocksize.isdecimal()):
        return True
    return int(size) % max(int(blocksize), 1) == 0
