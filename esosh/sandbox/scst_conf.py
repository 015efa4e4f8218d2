"""What `scstadmin -config` does with the text of an scst.conf: make what is missing, set what differs, keep the rest.

Source: scstadmin 3.11 as seen at work. It is no transaction: it stops at the first object that cannot be made and
leaves what it did; a value that the kernel refuses is only a warning.
"""

from __future__ import annotations

import contextlib
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from .kernel import Kernel
from .scst_handlers import HANDLERS
from .scst_iscsi import DRIVER_VALUES, TARGET_VALUES
from .scst_names import ROOT, shown, target_of

_TOKEN = re.compile(r'"([^"]*)"|(\S+)')


@dataclass
class Block:
    """A statement, and the statements between its braces."""

    words: list[str]
    inner: list[Block] = field(default_factory=list)

    def all(self, keyword: str) -> Iterator[tuple[str, Block]]:
        """Name and block of each statement within that begins with the keyword."""
        return ((block.words[1], block) for block in self.inner if len(block.words) > 1 and block.words[0] == keyword)

    def values(self) -> Iterator[tuple[str, str]]:
        """The attributes: name and value of each statement that is not an object."""
        for block in self.inner:
            if block.words[0] not in _OBJECTS and len(block.words) > 1:
                yield block.words[0], " ".join(block.words[1:])


_OBJECTS = frozenset((
    "HANDLER", "DEVICE", "TARGET_DRIVER", "TARGET", "GROUP", "LUN", "INITIATOR", "DEVICE_GROUP", "TARGET_GROUP",
))


class _Failed(Exception):
    """An object that cannot be made."""


def read(text: str) -> Block:
    """The statements of an scst.conf; a brace that is not closed does no harm."""
    top = Block([])
    open_blocks = [top]
    for line in text.splitlines():
        words: list[str] = []
        if not line.lstrip().startswith("#"):
            words = [quoted or bare for quoted, bare in _TOKEN.findall(line)]
        _line(words, open_blocks)
    return top


def _line(words: list[str], open_blocks: list[Block]) -> None:
    statement: list[str] = []
    for word in [*words, ""]:
        if word not in ("{", "}", ""):
            statement.append(word)
            continue
        if statement:
            open_blocks[-1].inner.append(Block(statement))
            statement = []
        if word == "{" and open_blocks[-1].inner:
            open_blocks.append(open_blocks[-1].inner[-1])
        elif word == "}" and len(open_blocks) > 1:
            open_blocks.pop()


def apply(kernel: Kernel, text: str) -> list[str]:
    """Configure SCST from the text of an scst.conf; the lines with which scstadmin would end, none if all is well."""
    if not text.strip():
        return []
    try:
        _Configuration(kernel, read(text)).apply()
    except _Failed as failed:
        return [f"FATAL: {failed}"]
    return []


class _Configuration:
    """One run of scstadmin over one file."""

    def __init__(self, kernel: Kernel, top: Block) -> None:
        self._kernel = kernel
        self._tree = kernel.tree
        self._top = top
        self._handlers = [(name, block) for name, block in top.all("HANDLER") if name in HANDLERS]
        self._drivers = [
            (f"{ROOT}/targets/{name}", block) for name, block in top.all("TARGET_DRIVER")
            if name != "copy_manager" and self._tree.isdir(f"{ROOT}/targets/{name}")
        ]
        self._devices = {name for _, handler in self._handlers for name, _ in handler.all("DEVICE")}

    def apply(self) -> None:
        """Do it all in scstadmin's order."""
        self._check()
        for name, value in self._top.values():
            self._set(f"{ROOT}/{name}", value)
        for name, handler in self._handlers:
            self._make_devices(name, handler)
        for driver, block in self._drivers:
            for name, target in block.all("TARGET"):
                self._make_target(driver, name, target)
        for name, group in self._top.all("DEVICE_GROUP"):
            self._make_device_group(name, group)
        self._enable()

    def _check(self) -> None:
        if not any(True for keyword in ("HANDLER", "TARGET_DRIVER") for _ in self._top.all(keyword)):
            raise _Failed("configuration has no handler and no target driver")
        for driver, block in self._drivers:
            for name, target in block.all("TARGET"):
                initiators = [initiator for _, group in target.all("GROUP") for initiator, _ in group.all("INITIATOR")]
                if len(initiators) > len(set(initiators)):
                    raise _Failed(f"target {name} has an initiator in two groups")
                if not self._tree.exists(f"{driver}/mgmt") and not self._tree.exists(f"{driver}/{shown(name)}"):
                    raise _Failed(f"target {name} of {driver.rpartition('/')[2]} is not there")

    def _make(self, mgmt: str, command: str) -> None:
        try:
            self._kernel.write(mgmt, command)
        except OSError as error:
            raise _Failed(f"{command}: {error.strerror}") from None

    def _set(self, path: str, value: str) -> None:
        """Write a value that differs to an attribute that can be written."""
        place = self._tree.path(path)
        if not place.is_file() or not place.stat().st_mode & stat.S_IWUSR:
            return
        if self._tree.read(path).partition("\n")[0] != value:
            with contextlib.suppress(OSError):
                self._kernel.write(path, value)

    def _make_devices(self, name: str, handler: Block) -> None:
        parameters = HANDLERS[name].parameters
        for device, block in handler.all("DEVICE"):
            values = dict(block.values())
            if not self._tree.exists(f"{ROOT}/devices/{device}"):
                given = "; ".join(f"{key}={value}" for key, value in values.items() if key in parameters)
                self._make(f"{ROOT}/handlers/{name}/mgmt", f"add_device {device} {given}")
            for key, value in values.items():
                self._set(f"{ROOT}/devices/{device}/{key}", value)

    def _make_target(self, driver: str, name: str, block: Block) -> None:
        target = f"{driver}/{shown(name)}"
        if not self._tree.exists(target):
            self._make(f"{driver}/mgmt", f"add_target {name}")
        for key, value in block.values():
            if key in TARGET_VALUES:
                self._add_value(driver, target, f"add_target_attribute {name} {key} {value}", value)
            elif key != "enabled":
                self._set(f"{target}/{key}", value)
        self._make_luns(target, block)
        for group, inner in block.all("GROUP"):
            self._make_group(target, group, inner)

    def _add_value(self, driver: str, folder: str, command: str, value: str) -> None:
        there = (name for name in self._tree.list(folder) if name.startswith(TARGET_VALUES))
        if value not in (self._tree.read(f"{folder}/{name}").partition("\n")[0] for name in there):
            self._make(f"{driver}/mgmt", command)

    def _make_luns(self, target: str, block: Block) -> None:
        for _, lun in block.all("LUN"):
            number, device = lun.words[1:3]
            there = target_of(self._tree, f"{target}/luns/{number}/device")
            if device not in self._devices or there == f"{ROOT}/devices/{device}":
                continue
            given = "; ".join(f"{key}={value}" for key, value in lun.values())
            self._make(f"{target}/luns/mgmt", f"{'replace' if there else 'add'} {device} {number} {given}")

    def _make_group(self, target: str, name: str, block: Block) -> None:
        group = f"{target}/ini_groups/{shown(name)}"
        if not self._tree.exists(group):
            self._make(f"{target}/ini_groups/mgmt", f"create {name}")
        self._make_luns(group, block)
        for initiator, _ in block.all("INITIATOR"):
            if not self._tree.exists(f"{group}/initiators/{shown(initiator)}"):
                self._make(f"{group}/initiators/mgmt", f"add {initiator}")
        for key, value in block.values():
            self._set(f"{group}/{key}", value)

    def _make_device_group(self, name: str, block: Block) -> None:
        group = f"{ROOT}/device_groups/{shown(name)}"
        if not self._tree.exists(group):
            self._make(f"{ROOT}/device_groups/mgmt", f"create {name}")
        for device, _ in block.all("DEVICE"):
            if device in self._devices and not self._tree.exists(f"{group}/devices/{device}"):
                self._make(f"{group}/devices/mgmt", f"add {device}")
        for target_group, inner in block.all("TARGET_GROUP"):
            self._make_target_group(f"{group}/target_groups", target_group, inner)

    def _make_target_group(self, folder: str, name: str, block: Block) -> None:
        group = f"{folder}/{shown(name)}"
        if not self._tree.exists(group):
            self._make(f"{folder}/mgmt", f"create {name}")
        for target, inner in block.all("TARGET"):
            if not self._tree.exists(f"{group}/{shown(target)}"):
                self._make(f"{group}/mgmt", f"add {target}")
            for key, value in inner.values():
                self._set(f"{group}/{shown(target)}/{key}", value)
        for key, value in block.values():
            self._set(f"{group}/{key}", value)

    def _enable(self) -> None:
        for driver, block in self._drivers:
            for name, target in block.all("TARGET"):
                enabled = dict(target.values()).get("enabled")
                if enabled is not None:
                    self._set(f"{driver}/{shown(name)}/enabled", enabled)
        for driver, block in self._drivers:
            for key, value in block.values():
                if key in DRIVER_VALUES:
                    self._add_value(driver, driver, f"add_attribute {key} {value}", value)
                else:
                    self._set(f"{driver}/{key}", value)
