"""What `scstadmin -config` does with the text of an scst.conf: make what is missing, set what differs, keep the rest.

Source: scstadmin 3.11 as seen at work. It is no transaction: it stops at the first object that cannot be made and
leaves what it did; a value that the kernel refuses is only a warning.
"""

from __future__ import annotations

import contextlib
import re
import stat
from collections.abc import Iterator

from .kernel import Kernel
from .scst_handlers import HANDLERS
from .scst_iscsi import DRIVER_VALUES, TARGET_VALUES
from .scst_names import ROOT, shown, target_of

_CUTS = re.compile(r"([{}\n])")
_REMARKS = (re.compile(r"^#.*"), re.compile(r"[^\\]#.*"))
_WORD = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"|(\S+)', re.ASCII)
_OBJECTS = frozenset((
    "HANDLER", "DEVICE", "TARGET_DRIVER", "TARGET", "GROUP", "LUN", "INITIATOR", "DEVICE_GROUP", "TARGET_GROUP",
))
Block = dict[str, "Block"]  # what stands in a block: by the first word, within by the second, within by the third


class _Failed(Exception):
    """What scstadmin ends at: an object that cannot be made, a value that is none."""


def read(text: str) -> Block:
    """What an scst.conf says; the last of two alike counts.

    A brace that is not closed does no harm, one that closes nothing ends the file; a last line without its end is lost.
    """
    blocks: list[Block] = [{}]
    heads: list[str] = []
    statement = ""
    for part in [*_CUTS.split("\n".join(map(_plain, text.split("\n")))), *("}" * text.count("{"))]:
        if part == "{":
            heads.append(statement)
            blocks.append({})
        elif part == "}" and heads:
            inner = blocks.pop()
            _put(blocks[-1], heads.pop(), inner)
        elif part == "}":
            break
        elif part == "\n":
            _put(blocks[-1], statement, {})
        statement = part if part not in ("{", "}", "\n") else ""
    return blocks[0]


def _plain(line: str) -> str:
    """A line without its remark and its backslashes."""
    for remark in _REMARKS:
        line = remark.sub("", line, count=1)
    return re.sub(r"\\(.)", r"\1", line)


def _put(block: Block, statement: str, inner: Block) -> None:
    """Put a statement into a block; words behind the third are lost."""
    words = [found[1] if found[1] is not None else found[2] for found in _WORD.finditer(statement)][:3]
    for word in words[:-1]:
        block = block.setdefault(word, {})
    if words:
        block[words[-1]] = inner


def _named(block: Block, keyword: str) -> list[tuple[str, Block]]:
    """Name and block of each object of a kind, in scstadmin's order."""
    return sorted(block.get(keyword, {}).items(), key=lambda item: item[0])


def _values(block: Block) -> Iterator[tuple[str, str]]:
    """The attributes of a block, each with its value, or with one after the other."""
    for name, values in block.items():
        if name not in _OBJECTS:
            if len(values) == 1 and any(values.values()):
                raise _Failed(f"attribute {name} has an invalid value")
            yield from ((name, value) for value in values or [""])


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
        self._handlers = [(name, block) for name, block in _named(top, "HANDLER") if name in HANDLERS]
        self._drivers = [
            (f"{ROOT}/targets/{name}", block) for name, block in _named(top, "TARGET_DRIVER")
            if name != "copy_manager" and self._tree.isdir(f"{ROOT}/targets/{name}")
        ]
        self._devices = {name for _, handler in self._handlers for name, _ in _named(handler, "DEVICE")}

    def apply(self) -> None:
        """Do it all in scstadmin's order."""
        self._check()
        for name, value in _values(self._top):
            self._set(f"{ROOT}/{name}", value)
        for name, handler in self._handlers:
            self._make_devices(name, handler)
        for driver, block in self._drivers:
            for name, target in _named(block, "TARGET"):
                self._make_target(driver, name, target)
        for name, group in _named(self._top, "DEVICE_GROUP"):
            self._make_device_group(name, group)
        self._enable()

    def _check(self) -> None:
        if not any(self._top.get(keyword) for keyword in ("HANDLER", "TARGET_DRIVER")):
            raise _Failed("configuration has no handler and no target driver")
        for driver, block in self._drivers:
            for name, target in _named(block, "TARGET"):
                initiators = [initiator for _, group in _named(target, "GROUP") for initiator, _ in _named(group, "INITIATOR")]
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
        for device, block in _named(handler, "DEVICE"):
            values = dict(_values(block))
            if not self._tree.exists(f"{ROOT}/devices/{device}"):
                given = "; ".join(f"{key}={value}" for key, value in values.items() if key in parameters)
                self._make(f"{ROOT}/handlers/{name}/mgmt", f"add_device {device} {given}")
            for key, value in values.items():
                self._set(f"{ROOT}/devices/{device}/{key}", value)

    def _make_target(self, driver: str, name: str, block: Block) -> None:
        target = f"{driver}/{shown(name)}"
        if not self._tree.exists(target):
            self._make(f"{driver}/mgmt", f"add_target {name}")
        for key, value in _values(block):
            if key in TARGET_VALUES:
                self._add_value(driver, target, f"add_target_attribute {name} {key} {value}", value)
            elif key != "enabled":
                self._set(f"{target}/{key}", value)
        self._make_luns(target, block)
        for group, inner in _named(block, "GROUP"):
            self._make_group(target, group, inner)

    def _add_value(self, driver: str, folder: str, command: str, value: str) -> None:
        there = (name for name in self._tree.list(folder) if name.startswith(TARGET_VALUES))
        if value not in (self._tree.read(f"{folder}/{name}").partition("\n")[0] for name in there):
            self._make(f"{driver}/mgmt", command)

    def _make_luns(self, target: str, block: Block) -> None:
        for number, devices in _named(block, "LUN"):
            there = target_of(self._tree, f"{target}/luns/{number}/device")
            if not devices or not self._devices.issuperset(devices):
                continue
            if len(devices) > 1:
                raise _Failed(f"LUN {number} of {target.rpartition('/')[2]} has several devices")
            for device, about in devices.items():
                given = "; ".join(f"{key}={value}" for key, value in _values(about))
                if there != f"{ROOT}/devices/{device}":
                    self._make(f"{target}/luns/mgmt", f"{'replace' if there else 'add'} {device} {number} {given}")

    def _make_group(self, target: str, name: str, block: Block) -> None:
        group = f"{target}/ini_groups/{shown(name)}"
        if not self._tree.exists(group):
            self._make(f"{target}/ini_groups/mgmt", f"create {name}")
        self._make_luns(group, block)
        for initiator, _ in _named(block, "INITIATOR"):
            if not self._tree.exists(f"{group}/initiators/{shown(initiator)}"):
                self._make(f"{group}/initiators/mgmt", f"add {initiator}")
        for key, value in _values(block):
            self._set(f"{group}/{key}", value)

    def _make_device_group(self, name: str, block: Block) -> None:
        group = f"{ROOT}/device_groups/{shown(name)}"
        if not self._tree.exists(group):
            self._make(f"{ROOT}/device_groups/mgmt", f"create {name}")
        for device, _ in _named(block, "DEVICE"):
            if device in self._devices and not self._tree.exists(f"{group}/devices/{device}"):
                self._make(f"{group}/devices/mgmt", f"add {device}")
        for target_group, inner in _named(block, "TARGET_GROUP"):
            self._make_target_group(f"{group}/target_groups", target_group, inner)

    def _make_target_group(self, folder: str, name: str, block: Block) -> None:
        group = f"{folder}/{shown(name)}"
        if not self._tree.exists(group):
            self._make(f"{folder}/mgmt", f"create {name}")
        for target, inner in _named(block, "TARGET"):
            if not self._tree.exists(f"{group}/{shown(target)}"):
                self._make(f"{group}/mgmt", f"add {target}")
            for key, value in _values(inner):
                self._set(f"{group}/{shown(target)}/{key}", value)
        for key, value in _values(block):
            self._set(f"{group}/{key}", value)

    def _enable(self) -> None:
        for driver, block in self._drivers:
            for name, target in _named(block, "TARGET"):
                enabled = dict(_values(target)).get("enabled")
                if enabled is not None:
                    self._set(f"{driver}/{shown(name)}/enabled", enabled)
        for driver, block in self._drivers:
            for key, value in _values(block):
                if key in DRIVER_VALUES:
                    self._add_value(driver, driver, f"add_attribute {key} {value}", value)
                else:
                    self._set(f"{driver}/{key}", value)
