"""The rc scripts of services: start, stop and status, each as on the box, daemons being plain files.

Source: etc/rc.d of ESOS.
"""

from __future__ import annotations

import errno
import os
import posixpath
import re
from collections.abc import Sequence

from ..host import Output
from . import medium, scst
from .hardware import hardware
from .kernel import Kernel

_RUNNING, _STOPPED, _UNKNOWN = 0, 1, 2

_WITHOUT_STATUS = frozenset(
    ("openibd", "mdraid", "lvm2", "zfs", "dmcache", "drbd", "rbdmap", "fsmount", "serial", "nvmet")
)
_SIGNS = {
    "scst": "/sys/kernel/scst_tgt", "eio": "/proc/enhanceio",
    "btier": "/sys/module/btier", "mhvtl": "/sys/module/mhvtl",
}
_NO_SERVICES = frozenset(("0", "1", "2", "kdump", "network", "sysinit", "udev"))
_NEEDS = {"corosync": "sbd", "pacemaker": "corosync"}
_FILES = {
    "openibd": ("/etc/infiniband/openib.conf", 0),
    "sbd": ("/etc/sysconfig/sbd", 0),
    "corosync": ("/etc/corosync/corosync.conf", 1),
}
WALL = "/var/log/wall"
_SCST_CONF = "/etc/scst.conf"


def names(rc_conf: str) -> tuple[str, ...]:
    """The services that rc.conf speaks of, in its order, which is the order of start."""
    return tuple(re.findall(r"^rc\.(\w+)_enable=", rc_conf, re.MULTILINE))


def enabled(rc_conf: str, name: str) -> bool:
    """Whether rc.conf enables a service, by the reading of check_enabled in etc/rc.d/common of ESOS.

    It greps for a prefix, so two lines make one value that is neither yes nor no; quotes belong to the value.
    """
    lines = re.findall(rf"^rc.{name}_enable.*", rc_conf, re.MULTILINE)
    fields = re.sub(r"[ \t\n]+", " ", " ".join(lines)).split("=")
    return len(fields) > 1 and fields[1].replace(" ", "").lower() in ("yes", "true", "on", "1")


def boot(kernel: Kernel) -> None:
    """Start the system log and all that is enabled."""
    rc_conf = kernel.tree.read("/etc/rc.conf")
    for name in ("syslogd", *(name for name in names(rc_conf) if enabled(rc_conf, name))):
        _start(kernel, name)


def _script(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    if not kernel.tree.exists(argv[0]):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])
    name = posixpath.basename(argv[0])[len("rc."):]
    action = _ACTIONS.get(argv[1]) if len(argv) == 2 else None
    if action is None or name in _NO_SERVICES:
        return Output(1, f"usage: {argv[0]} start|stop|status\n")
    return action(kernel, name)


def _status(kernel: Kernel, name: str) -> Output:
    if name in _WITHOUT_STATUS:
        return Output(_UNKNOWN)
    return Output(_RUNNING if kernel.tree.exists(_sign(name)) else _STOPPED)


def _runs(kernel: Kernel, name: str) -> bool:
    return _status(kernel, name).status == _RUNNING


def _sign(name: str) -> str:
    """What is there while the service runs."""
    return _SIGNS.get(name, f"/var/run/{name}.pid")


def _start(kernel: Kernel, name: str) -> Output:
    said = f"starting {name}\n"
    file, status = _FILES.get(name, ("/", 0))
    if not kernel.tree.exists(file):
        return Output(status, f"{said}{file} is not there\n")
    before = _NEEDS.get(name)
    if before and enabled(kernel.tree.read("/etc/rc.conf"), before) and not _runs(kernel, before):
        return Output(1, f"{said}ERROR: {before} is enabled and does not run\n")
    if name == "scst":
        return _start_scst(kernel, said)
    if _runs(kernel, name):
        return Output(1, f"{said}ERROR: {name} runs already\n")
    if name not in _WITHOUT_STATUS:
        _show(kernel, name)
    return Output(0, said + (_synced(kernel) if name == "sbd" else ""))


def _synced(kernel: Kernel) -> str:
    """rc.sbd keeps when it started, and saves that to the boot medium (etc/rc.d/rc.sbd)."""
    return medium.PROGRAMS[medium.CONF_SYNC](kernel, (medium.CONF_SYNC,), "").err


def _show(kernel: Kernel, name: str) -> None:
    with kernel.command() as tree:
        if name in _SIGNS:
            tree.mkdir(_sign(name))
        else:
            tree.put(_sign(name), "sandbox\n")


def _start_scst(kernel: Kernel, said: str) -> Output:
    """Exit 0 even when the configuration fails and SCST is unloaded again: the script goes on behind the failure."""
    said += _note(kernel, "/etc/pre-scst_xtra_conf")
    if _runs(kernel, "scst"):
        return Output(1, f"{said}ERROR: iscsi-scstd runs already\n")
    parts = hardware(kernel.tree)
    scst.load(kernel, parts.fc_ports, "scst_local" in parts.modules, parts.scsi)
    if kernel.tree.exists(_SCST_CONF):
        errors = scst.apply(kernel, kernel.tree.read(_SCST_CONF))
        said += "".join(f"{error}\n" for error in errors)
        if errors:
            scst.unload(kernel)
    return Output(0, said + _note(kernel, "/etc/post-scst_xtra_conf"))


def _note(kernel: Kernel, script: str) -> str:
    return f"{script}: not run in a sandbox\n" if kernel.tree.exists(script) else ""


def _stop(kernel: Kernel, name: str) -> Output:
    said = f"stopping {name}\n"
    if name in _WITHOUT_STATUS:
        return Output(0, said)
    if not _runs(kernel, name):
        return Output(1, f"{said}ERROR: {name} does not run\n")
    if name == "scst":
        scst.unload(kernel)
    else:
        with kernel.command() as tree:
            tree.remove(_sign(name))
    return Output(0, said)


_ACTIONS = {"start": _start, "stop": _stop, "status": _status}


def _wall(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """A simulated box has no terminals: what all of them would show goes to a file."""
    with open(kernel.tree.path(WALL), "a") as wall:
        wall.write(stdin)
    return Output(0)


PROGRAMS = {"/etc/rc.d/*": _script, "wall": _wall}
