"""A freshly booted box: ESOS's files as shipped, its kernel with SCST loaded, and a little storage.

Source of the files' defaults: etc/ and Makefile.in of ESOS 4; the wording is our own.
"""

from __future__ import annotations

import importlib.resources
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import medium, net, scst, services
from .ha import agents
from .hardware import Hardware
from .kernel import Kernel

if TYPE_CHECKING:
    from importlib.abc import Traversable

_SCRIPTS = ("rc.0", "rc.1", "rc.2", "rc.kdump", "rc.network", "rc.sysinit", "rc.syslogd", "rc.udev")
_STUB = "#!/bin/sh\n# {name} of a sandbox: esosh answers in its place\nexit 1\n"
_MODES = {"/etc/crontab": 0o600, "/root/.bash_history": 0o600}
_FOLDERS = ("/mnt/conf", "/opt", "/root/.ssh", "/var/lib", "/var/lock", "/var/log", "/var/run")
_FILE_DISK = "/mnt/vdisks/vd1/disk03.img"
_HANDLERS = "/sys/kernel/scst_tgt/handlers"
_STORAGE = (
    ("vdisk_blockio", "disk01", "/dev/sdb"),
    ("vdisk_blockio", "disk02", "/dev/sdc"),
    ("vdisk_fileio", "disk03", _FILE_DISK),
)


def build(directory: str, hardware: Hardware) -> None:
    """Fill the empty directory with a box that has just booted on this hardware."""
    root = Path(directory)
    for folder in _FOLDERS:
        (root / folder.lstrip("/")).mkdir(parents=True)
    _put_files(root, hardware)
    _put_scripts(root)
    _boot(Kernel(root, {"/sys/kernel/scst_tgt/": scst.write}), hardware)


def _put_files(root: Path, hardware: Hardware) -> None:
    for path, text in {**_etc(), **_generated(hardware)}.items():
        _put(root, path, text, _MODES.get(path, 0o644))


def _etc() -> dict[str, str]:
    return dict(_files(importlib.resources.files(__package__) / "etc", "/etc"))


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{path}/{entry.name}")
        else:
            yield f"{path}/{entry.name}", entry.read_text(encoding="utf-8")


def _generated(hardware: Hardware) -> dict[str, str]:
    """The files outside /etc, disks included."""
    return {
        "/hardware": str(hardware),
        "/proc/sys/kernel/hostname": "localhost\n",
        "/proc/sys/kernel/random/boot_id": f"{uuid.uuid5(uuid.NAMESPACE_DNS, hardware.box)}\n",
        "/root/.bash_history": "",
        _FILE_DISK: "",
        **{path: "" for path, _ in hardware.disks},
    }


def _put_scripts(root: Path) -> None:
    names = services.names((root / "etc/rc.conf").read_text())
    scripts = (*(f"rc.{name}" for name in names), *_SCRIPTS)
    for path in (*(f"/etc/rc.d/{script}" for script in scripts), "/usr/local/sbin/conf_sync.sh"):
        _put(root, path, _STUB.format(name=path.rpartition("/")[2]), 0o755)
    for path, text in agents.files().items():
        _put(root, path, text, 0o755)


def _boot(kernel: Kernel, hardware: Hardware) -> None:
    with kernel.command() as tree:
        net.boot(tree, hardware.nics)
    services.boot(kernel)
    _add_storage(kernel, hardware.box)
    medium.boot_first(kernel.tree)


def _add_storage(kernel: Kernel, box: str) -> None:
    for handler, device, file in _STORAGE:
        kernel.write(f"{_HANDLERS}/{handler}/mgmt", f"add_device {device} filename={file}")
    kernel.write("/sys/kernel/scst_tgt/targets/iscsi/mgmt", f"add_target iqn.2026-11.local.{box}:target1")


def _put(root: Path, path: str, text: str, mode: int) -> None:
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode())
    place.chmod(mode)
