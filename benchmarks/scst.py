"""The least of SCST that a benchmark needs: devices, LUNs, device groups, attributes. It refuses nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.memory import Memory

ROOT = "/sys/kernel/scst_tgt"
_DEVICES = f"{ROOT}/devices"
_KEY = "[key]\n"
_COPY_MANAGER = f"{ROOT}/targets/copy_manager/copy_manager_tgt/luns"
PATTERN = "pattern"  # the device that every new one is like


def write(host: Memory, path: str, text: str) -> bool:
    """Answer a write below ROOT; False for one that nothing answers."""
    folder, file = os.path.split(path)
    text = text.rstrip("\n")
    if file != "mgmt":
        host.put(path, f"{text}\n{_KEY}")
        return True
    verb, name, *rest = text.split(None, 2)
    answer = _ANSWERS.get((os.path.basename(folder), verb)) or _ANSWERS.get(("", verb))
    if answer:
        answer(host, folder, name, "".join(rest))
    return answer is not None


def _add_device(host: Memory, handler: str, name: str, parameters: str) -> None:
    device, pattern = f"{_DEVICES}/{name}", f"{_DEVICES}/{PATTERN}"
    for attribute in host.folders[pattern]:
        if f"{pattern}/{attribute}" in host.files:
            host.put(f"{device}/{attribute}", host.files[f"{pattern}/{attribute}"].replace(PATTERN, name))
    for pair in filter(None, parameters.split(";")):
        attribute, _, value = pair.strip().partition("=")
        host.put(f"{device}/{attribute}", f"{value}\n{_KEY}")
    host.mkdir(f"{device}/exported")
    host.link(f"{device}/handler", handler)
    host.link(f"{handler}/{name}", device)
    _add_lun(host, _COPY_MANAGER, name, str(len(host.folders[_COPY_MANAGER])))


def _delete_device(host: Memory, handler: str, name: str, parameters: str) -> None:
    host.remove(f"{handler}/{name}")
    host.remove(f"{_DEVICES}/{name}")


def _add_lun(host: Memory, luns: str, device: str, number: str) -> None:
    host.put(f"{luns}/{number}/read_only", "0\n")
    host.link(f"{luns}/{number}/device", f"{_DEVICES}/{device}")
    exported = f"{_DEVICES}/{device}/exported"
    host.link(f"{exported}/export{len(host.folders[exported])}", f"{luns}/{number}")


def _create_group(host: Memory, folder: str, name: str, rest: str) -> None:
    host.put(f"{folder}/{name}/devices/mgmt", "")
    host.put(f"{folder}/{name}/target_groups/mgmt", "")


def _add_member(host: Memory, folder: str, name: str, rest: str) -> None:
    host.link(f"{folder}/{name}", f"{_DEVICES}/{name}")


def _delete(host: Memory, folder: str, name: str, rest: str) -> None:
    host.remove(f"{folder}/{name}")


# by the folder of the mgmt file and the verb; "" for any folder
_ANSWERS = {
    ("", "add_device"): _add_device,
    ("", "del_device"): _delete_device,
    ("luns", "add"): _add_lun,
    ("device_groups", "create"): _create_group,
    ("device_groups", "add"): _create_group,
    ("devices", "add"): _add_member,
    ("", "del"): _delete,
}
