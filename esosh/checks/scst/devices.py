"""SCST devices: those that SCST refuses to create, and those that share a file or a disk.

Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config.scst import Device, Scst, beyond
from ...executors.scst.facts import Facts
from ...executors.scst.kept import kept_in_place
from ...language.numbers import decimal
from .. import Finding

_WRITE_OPTIONS = ("nv_cache", "thin_provisioned", "write_through")
_EXCLUSIVE = "vdisk_blockio"  # its devices share no disk
_CLUSTER_MODE = "cluster_mode"


def findings(changed: Scst, scst: Scst) -> Iterator[Finding]:
    """Files that what changed shares with others, then attributes of it that contradict each other."""
    if any(_files(changed)):
        yield from _shared_files(changed, scst)
    for name, device in changed.devices.items():
        yield from _write_options(name, device)
        yield from _direct_io(name, device)
        yield from _uneven_lengths(name, device)


def kept_identities(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Identities that would change where SCST keeps them: the other hosts know the device by its own."""
    for name, device in beyond(new, old).devices.items():
        before = old.devices.get(name)
        if before is None or not (_is_on(before, _CLUSTER_MODE) and _is_on(device, _CLUSTER_MODE)):
            continue
        if _differs(before, device, "t10_dev_id") and name in kept_in_place(old, new, facts.value).devices:
            text = "SCST keeps its t10_dev_id while cluster_mode is on: switch that off in a commit"
            yield Finding("E383", "scst", f"scst {name}", text, f"scst device set {name} cluster_mode=0")


def _differs(old: Device, new: Device, key: str) -> bool:
    return old.attributes.get(key) != new.attributes.get(key)


def missing_files(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Devices that would be created, or recreated, whose file or disk does not exist."""
    if not facts.loaded:
        return
    saved_only = old.devices.keys() - facts.devices
    kept = kept_in_place(old, new, facts.value).devices
    for name, file in opened_files(beyond(new, old)).items():
        if name not in kept and name not in saved_only and not facts.exists(file):
            yield Finding("E363", "scst", f"scst {name}", f"{file} does not exist")


def opened_files(scst: Scst) -> dict[str, str]:
    """The file or disk of each device that opens one; an inactive device does not."""
    return {name: file for name, file in _files(scst) if _is_open(scst.devices[name])}


def _is_open(device: Device) -> bool:
    return device.attributes.get("active") != "0"


def _files(scst: Scst) -> Iterator[tuple[str, str]]:
    """The devices that have a file or a disk, each with its path."""
    for name, device in scst.devices.items():
        file = device.attributes.get("filename")
        if file:
            yield name, file


def _shared_files(changed: Scst, scst: Scst) -> Iterator[Finding]:
    """Files and disks of a device that changed and of another one, the first of each kind."""
    owners: dict[str, dict[tuple[bool, bool], str]] = {}
    for name, file in _files(scst):
        others, kind = owners.setdefault(file, {}), (_opens_alone(scst, name), name in changed.devices)
        pairs = [(owner, name) for (_, has_changed), owner in others.items() if has_changed or kind[1]]
        others.setdefault(kind, name)
        yield from _sharing(scst, file, pairs)


def _sharing(scst: Scst, file: str, pairs: list[tuple[str, str]]) -> Iterator[Finding]:
    """What is wrong with the worst pair of devices on one file or disk."""
    for owner, name in sorted(pairs, key=lambda pair: not _opens_alone(scst, *pair))[:1]:
        if _opens_alone(scst, owner, name):
            text = f"{owner} is on {file} too, and SCST opens a disk for one vdisk_blockio only"
            yield Finding("E381", "scst", f"scst {name}", text, f"scst device set {name} active=0")
        else:
            text = f"{owner} is on {file} too: initiators that write through both lose data"
            yield Finding("W362", "scst", f"scst {name}", text)


def _opens_alone(scst: Scst, *names: str) -> bool:
    """Whether SCST would open the disk of each of these devices for it alone."""
    devices = [scst.devices[name] for name in names]
    return all(device.handler == _EXCLUSIVE and _is_open(device) for device in devices)


def _write_options(name: str, device: Device) -> Iterator[Finding]:
    """SCST creates no read-only device with an option for writing."""
    options = [key for key in _WRITE_OPTIONS if _is_on(device, key)]
    if options and _is_on(device, "read_only"):
        text = f"it is read_only, so it cannot have {' and '.join(options)}"
        yield Finding("E360", "scst", f"scst {name}", text, f"scst device unset {name} {' '.join(options)}")


def _is_on(device: Device, key: str) -> bool:
    return device.attributes.get(key) == "1"


def _direct_io(name: str, device: Device) -> Iterator[Finding]:
    """SCST creates no device that bypasses the page cache without asynchronous I/O."""
    if _is_on(device, "o_direct") and not _is_on(device, "async"):
        text = "it has o_direct, so it needs async too"
        yield Finding("E380", "scst", f"scst {name}", text, f"scst device set {name} async=1")


def _uneven_lengths(name: str, device: Device) -> Iterator[Finding]:
    """The size of a vdisk_nullio, and the length of a transfer, are multiples of the blocksize."""
    blocksize = device.attributes.get("blocksize", "512")
    keys = ("size", "opt_trans_len") if device.handler == "vdisk_nullio" else ("opt_trans_len",)
    for key in keys:
        if not _is_multiple(device.attributes.get(key, "0"), blocksize):
            text = f"its {key} is not a multiple of its blocksize, {blocksize}"
            yield Finding("E361", "scst", f"scst {name}", text)


def _is_multiple(size: str, blocksize: str) -> bool:
    """Whether a size is a whole number of blocks; SCST itself refuses other words, and a blocksize of 0."""
    numbers = decimal(size), decimal(blocksize)
    return numbers[0] is None or not numbers[1] or numbers[0] % numbers[1] == 0
