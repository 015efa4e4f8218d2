"""The rc scripts of services: start, stop and status as on the box; a plain file stands for a running daemon.

Source: etc/rc.d of ESOS.
"""

from __future__ import annotations

import errno
import os
import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Callable, Optional

from ..host import Output
from . import medium
from .ha import manager as cib
from .hardware import read_hardware
from .kernel import Kernel
from .scst.boot import load, unload
from .scst.scstadmin import apply

_RUNNING, _STOPPED, _UNKNOWN = 0, 1, 2

_WITHOUT_STATUS = frozenset(
    ("openibd", "mdraid", "lvm2", "zfs", "dmcache", "drbd", "rbdmap", "fsmount", "serial", "nvmet")
)
_RUNNING_PATHS = {
    "scst": "/sys/kernel/scst_tgt", "eio": "/proc/enhanceio",
    "btier": "/sys/module/btier", "mhvtl": "/sys/module/mhvtl",
}
_NO_SERVICES = frozenset(("0", "1", "2", "kdump", "network", "sysinit", "udev"))
_REQUIRED_SERVICES = {"corosync": "sbd", "pacemaker": "corosync"}
_REQUIRED_FILES = {  # and the exit status where the file is missing
    "openibd": ("/etc/infiniband/openib.conf", 0),
    "sbd": ("/etc/sysconfig/sbd", 0),
    "corosync": ("/etc/corosync/corosync.conf", 1),
}
WALL = "/var/log/wall"
_SCST_CONF = "/etc/scst.conf"


def names(rc_conf: str) -> tuple[str, ...]:
    """The services in rc.conf, in its order, which is the order of start."""
    return tuple(re.findall(r"^rc\.(\w+)_enable=", rc_conf, re.MULTILINE))


def enabled(rc_conf: str, name: str) -> bool:
    """Whether rc.conf enables a service, read as check_enabled in etc/rc.d/common of ESOS does.

    That greps for a prefix, so two lines make one value, neither yes nor no; quotes are part of the value.
    """
    lines = re.findall(rf"^rc.{name}_enable.*", rc_conf, re.MULTILINE)
    fields = re.sub(r"[ \t\n]+", " ", " ".join(lines)).split("=")
    return len(fields) > 1 and fields[1].replace(" ", "").lower() in ("yes", "true", "on", "1")


def boot(kernel: Kernel) -> None:
    """Start the system log and all enabled services."""
    rc_conf = kernel.tree.read("/etc/rc.conf")
    for name in ("syslogd", *(name for name in names(rc_conf) if enabled(rc_conf, name))):
        _start(kernel, name)


def _script(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    if not kernel.tree.exists(argv[0]):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])
    name = posixpath.basename(argv[0])[len("rc."):]
    action = _ACTIONS.get(" ".join(argv[1:]))
    if action is None or name in _NO_SERVICES:
        return Output(1, f"usage: {argv[0]} start|stop|status\n")
    return action(kernel, name)


def _status(kernel: Kernel, name: str) -> Output:
    if name in _WITHOUT_STATUS:
        return Output(_UNKNOWN)
    return Output(_RUNNING if kernel.tree.exists(_running_path(name)) else _STOPPED)


def _runs(kernel: Kernel, name: str) -> bool:
    return _status(kernel, name).status == _RUNNING


def _running_path(name: str) -> str:
    """The path that exists while the service runs."""
    return _RUNNING_PATHS.get(name, f"/var/run/{name}.pid")


def _start(kernel: Kernel, name: str) -> Output:
    start = _STARTS.get(name, _start_daemon)
    output = _failed_requirement(kernel, name) or start(kernel, name)
    return Output(output.status, f"starting {name}\n{output.out}", output.err)


def _failed_requirement(kernel: Kernel, name: str) -> Optional[Output]:
    file, status = _REQUIRED_FILES.get(name, ("/", 0))
    if not kernel.tree.exists(file):
        return Output(status, f"{file} is not there\n")
    service = _REQUIRED_SERVICES.get(name)
    if service and _is_enabled(kernel, service) and not _runs(kernel, service):
        return Output(1, f"ERROR: {service} is enabled and does not run\n")
    return None


def _is_enabled(kernel: Kernel, name: str) -> bool:
    return enabled(kernel.tree.read("/etc/rc.conf"), name)


def _start_daemon(kernel: Kernel, name: str) -> Output:
    if _runs(kernel, name):
        return Output(1, f"ERROR: {name} runs already\n")
    if name not in _WITHOUT_STATUS:
        _mark_running(kernel, name)
    return Output(0)


def _mark_running(kernel: Kernel, name: str) -> None:
    with kernel.command() as tree:
        if name in _RUNNING_PATHS:
            tree.mkdir(_running_path(name))
        else:
            tree.put(_running_path(name), "sandbox\n")


def _start_sbd(kernel: Kernel, name: str) -> Output:
    """rc.sbd notes when it started, and saves that to the boot medium (etc/rc.d/rc.sbd)."""
    output = _start_daemon(kernel, name)
    if output.status:
        return output
    save = medium.PROGRAMS[medium.CONF_SYNC]
    return Output(0, save(kernel, (medium.CONF_SYNC,), "").err)


def _start_pacemaker(kernel: Kernel, name: str) -> Output:
    output = _start_daemon(kernel, name)
    if not output.status:
        with kernel.command() as tree:
            cib.start(tree, tree.read("/proc/sys/kernel/hostname").strip())
    return output


def _start_scst(kernel: Kernel, name: str) -> Output:
    """Exit 0 even when the configuration fails and SCST is unloaded again: the script ignores the failure."""
    out = _skipped_script(kernel, "/etc/pre-scst_xtra_conf")
    if _runs(kernel, name):
        return Output(1, f"{out}ERROR: iscsi-scstd runs already\n")
    hardware = read_hardware(kernel.tree)
    load(kernel, hardware.fc_ports, "scst_local" in hardware.modules, hardware.scsi)
    out += _configure_scst(kernel)
    return Output(0, out + _skipped_script(kernel, "/etc/post-scst_xtra_conf"))


def _configure_scst(kernel: Kernel) -> str:
    """Apply scst.conf, and give what scstadmin prints."""
    if not kernel.tree.exists(_SCST_CONF):
        return ""
    errors = apply(kernel, kernel.tree.read(_SCST_CONF))
    if errors:
        unload(kernel)
    return "".join(f"{error}\n" for error in errors)


def _skipped_script(kernel: Kernel, script: str) -> str:
    return f"{script}: not run in a sandbox\n" if kernel.tree.exists(script) else ""


def _stop(kernel: Kernel, name: str) -> Output:
    out = f"stopping {name}\n"
    if name in _WITHOUT_STATUS:
        return Output(0, out)
    if not _runs(kernel, name):
        return Output(1, f"{out}ERROR: {name} does not run\n")
    _end(kernel, name)
    return Output(0, out)


def _end(kernel: Kernel, name: str) -> None:
    if name == "scst":
        return unload(kernel)
    with kernel.command() as tree:
        tree.remove(_running_path(name))


_Action = Callable[[Kernel, str], Output]
_ACTIONS: Mapping[str, _Action] = {"start": _start, "stop": _stop, "status": _status}
_STARTS: Mapping[str, _Action] = {"scst": _start_scst, "sbd": _start_sbd, "pacemaker": _start_pacemaker}


def _wall(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Write to a file what all terminals would show; a simulated box has none."""
    with open(kernel.tree.path(WALL), "a") as wall:
        wall.write(stdin)
    return Output(0)


PROGRAMS = {"/etc/rc.d/*": _script, "wall": _wall}
