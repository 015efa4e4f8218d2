"""`scstadmin -config`: makes the missing objects of an scst.conf, sets differing values, and keeps all else.

It is no transaction: it stops at the first object that cannot be made and leaves what it did; a value that
the kernel refuses is only a warning.

Source: scstadmin 3.11 as seen at work.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..kernel import Kernel
from .conf import Block, Invalid, named_blocks, read, values
from .handlers import HANDLERS
from .iscsi import DRIVER_VALUES, TARGET_VALUES
from .names import ROOT, file_name, target_of
from .words import first_line

_DEVICES = f"{ROOT}/devices"
_COPY_MANAGER = f"{ROOT}/targets/copy_manager"  # scstadmin sets its attributes, and skips its target


class _Failed(Exception):
    """An object cannot be made: scstadmin ends."""


class _Target(NamedTuple):
    driver: str
    name: str
    block: Block

    @property
    def path(self) -> str:
        return f"{self.driver}/{file_name(self.name)}"


def apply(kernel: Kernel, text: str) -> list[str]:
    """Configure SCST from the text of an scst.conf; the lines with which scstadmin fails, if it does."""
    if not text.strip():
        return []
    try:
        _Scstadmin(kernel, read(text)).apply()
    except (_Failed, Invalid) as failure:
        return [f"FATAL: {failure}"]
    return []


class _Scstadmin:
    """One run of scstadmin over one file."""

    def __init__(self, kernel: Kernel, top: Block) -> None:
        self._kernel = kernel
        self._tree = kernel.tree
        self._top = top
        self._handlers = [(name, block) for name, block in named_blocks(top, "HANDLER") if name in HANDLERS]
        self._devices = _device_names(self._handlers)
        self._drivers = _drivers(top)
        self._targets = _targets(driver for driver in self._drivers if driver[0] != _COPY_MANAGER)

    def apply(self) -> None:
        """Make and set everything in scstadmin's order."""
        self._check()
        self._set_values(ROOT, self._top)
        for handler, block in self._handlers:
            self._make_devices(handler, block)
        for target in self._targets:
            self._make_target(target)
        for group, block in named_blocks(self._top, "DEVICE_GROUP"):
            self._make_device_group(group, block)
        for target in self._targets:
            self._enable(target)
        for driver, block in self._drivers:
            self._set_driver_values(driver, block)

    def _check(self) -> None:
        if not self._top.get("HANDLER") and not self._top.get("TARGET_DRIVER"):
            raise _Failed("configuration has no handler and no target driver")
        for target in self._targets:
            self._check_target(target)
        for driver, _ in self._drivers:
            if not self._tree.isdir(driver):
                raise _Failed(f"target driver {os.path.basename(driver)} is not loaded or available")

    def _check_target(self, target: _Target) -> None:
        initiators = _initiators(target.block)
        if len(initiators) > len(set(initiators)):
            raise _Failed(f"target {target.name} has an initiator in two groups")
        is_loaded, makes_targets = self._tree.isdir(target.driver), self._tree.exists(f"{target.driver}/mgmt")
        if is_loaded and not makes_targets and not self._tree.exists(target.path):
            raise _Failed(f"target {target.name} of {os.path.basename(target.driver)} is not there")

    def _make(self, mgmt: str, command: str) -> None:
        try:
            self._kernel.write(mgmt, command)
        except OSError as error:
            raise _Failed(f"{command}: {error.strerror}") from None

    def _make_missing(self, path: str, mgmt: str, command: str) -> None:
        if not self._tree.exists(path):
            self._make(mgmt, command)

    def _set(self, path: str, value: str) -> None:
        """Write a value that differs to an attribute that can be written."""
        if self._is_writable(path) and first_line(self._tree.read(path)) != value:
            with contextlib.suppress(OSError):
                self._kernel.write(path, value)

    def _is_writable(self, path: str) -> bool:
        place = self._tree.path(path)
        return place.is_file() and bool(place.stat().st_mode & stat.S_IWUSR)

    def _set_values(self, folder: str, block: Block) -> None:
        for key, value in values(block):
            self._set(f"{folder}/{key}", value)

    def _make_devices(self, handler: str, block: Block) -> None:
        for device, inner in named_blocks(block, "DEVICE"):
            attributes = dict(values(inner))
            if not self._tree.exists(f"{ROOT}/handlers/{handler}/{device}"):
                self._add_device(handler, device, attributes)
            for key, value in attributes.items():
                self._set(f"{_DEVICES}/{device}/{key}", value)

    def _add_device(self, handler: str, device: str, attributes: Mapping[str, str]) -> None:
        accepted = HANDLERS[handler].parameters
        parameters = _joined((key, value) for key, value in attributes.items() if key in accepted)
        self._make(f"{ROOT}/handlers/{handler}/mgmt", f"add_device {device} {parameters}")

    def _make_target(self, target: _Target) -> None:
        self._make_missing(target.path, f"{target.driver}/mgmt", f"add_target {target.name}")
        for key, value in values(target.block):
            if key in TARGET_VALUES:
                command = f"add_target_attribute {target.name} {key} {value}"
                self._add_value(target.driver, target.path, command, value)
            elif key != "enabled":
                self._set(f"{target.path}/{key}", value)
        self._make_luns(target.path, target.block)
        for group, inner in named_blocks(target.block, "GROUP"):
            self._make_group(target.path, group, inner)

    def _add_value(self, driver: str, folder: str, command: str, value: str) -> None:
        """Add a value to the values that the folder of a driver or of a target has."""
        files = [name for name in self._tree.list(folder) if name.startswith(TARGET_VALUES)]
        if value not in [first_line(self._tree.read(f"{folder}/{name}")) for name in files]:
            self._make(f"{driver}/mgmt", command)

    def _make_luns(self, owner: str, block: Block) -> None:
        """Make the LUNs of a target or of a group, but for those of devices that the file does not have."""
        for number, devices in named_blocks(block, "LUN"):
            if devices and self._devices.issuperset(devices):
                self._make_lun(owner, number, devices)

    def _make_lun(self, owner: str, number: str, devices: Block) -> None:
        if len(devices) > 1:
            raise _Failed(f"LUN {number} of {os.path.basename(owner)} has several devices")
        [(device, inner)] = devices.items()
        parameters = _joined(values(inner))
        present = target_of(self._tree, f"{owner}/luns/{number}/device")
        if present != f"{_DEVICES}/{device}":
            verb = "replace" if present else "add"
            self._make(f"{owner}/luns/mgmt", f"{verb} {device} {number} {parameters}")

    def _make_group(self, target: str, name: str, block: Block) -> None:
        group = f"{target}/ini_groups/{file_name(name)}"
        self._make_missing(group, f"{target}/ini_groups/mgmt", f"create {name}")
        self._make_luns(group, block)
        for initiator, _ in named_blocks(block, "INITIATOR"):
            path = f"{group}/initiators/{file_name(initiator)}"
            self._make_missing(path, f"{group}/initiators/mgmt", f"add {initiator}")
        self._set_values(group, block)

    def _make_device_group(self, name: str, block: Block) -> None:
        group = f"{ROOT}/device_groups/{file_name(name)}"
        self._make_missing(group, f"{ROOT}/device_groups/mgmt", f"create {name}")
        devices = [device for device, _ in named_blocks(block, "DEVICE") if device in self._devices]
        for device in devices:
            self._make_missing(f"{group}/devices/{device}", f"{group}/devices/mgmt", f"add {device}")
        for target_group, inner in named_blocks(block, "TARGET_GROUP"):
            self._make_target_group(f"{group}/target_groups", target_group, inner)

    def _make_target_group(self, folder: str, name: str, block: Block) -> None:
        group = f"{folder}/{file_name(name)}"
        self._make_missing(group, f"{folder}/mgmt", f"create {name}")
        for target, inner in named_blocks(block, "TARGET"):
            path = f"{group}/{file_name(target)}"
            self._make_missing(path, f"{group}/mgmt", f"add {target}")
            self._set_values(path, inner)
        self._set_values(group, block)

    def _enable(self, target: _Target) -> None:
        enabled = dict(values(target.block)).get("enabled")
        if enabled is not None:
            self._set(f"{target.path}/enabled", enabled)

    def _set_driver_values(self, driver: str, block: Block) -> None:
        for key, value in values(block):
            if key in DRIVER_VALUES:
                self._add_value(driver, driver, f"add_attribute {key} {value}", value)
            else:
                self._set(f"{driver}/{key}", value)


def _device_names(handlers: Iterable[tuple[str, Block]]) -> set[str]:
    return {device for _, handler in handlers for device, _ in named_blocks(handler, "DEVICE")}


def _drivers(top: Block) -> list[tuple[str, Block]]:
    """Path and block of each target driver."""
    return [(f"{ROOT}/targets/{name}", block) for name, block in named_blocks(top, "TARGET_DRIVER")]


def _targets(drivers: Iterable[tuple[str, Block]]) -> list[_Target]:
    """The targets of the drivers with these paths."""
    return [_Target(driver, *target) for driver, block in drivers for target in named_blocks(block, "TARGET")]


def _initiators(target: Block) -> list[str]:
    """The initiators of all groups of a target."""
    groups = [group for _, group in named_blocks(target, "GROUP")]
    return [initiator for group in groups for initiator, _ in named_blocks(group, "INITIATOR")]


def _joined(parameters: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{key}={value}" for key, value in parameters)
