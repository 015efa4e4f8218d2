"""The virtual machine as a box under test: its network as at boot, its configuration that of ESOS."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from vm import NICS

import esosh.sandbox
from esosh.host.local import LocalHost

_ETC = Path(esosh.sandbox.__file__).parent / "etc"
_KEPT = {"lo", "bonding_masters", *NICS}


class KernelBox(LocalHost):
    """The machine itself, its network as at boot: eth0 to eth5 up, without addresses, nothing else."""

    def __init__(self) -> None:
        super().__init__("/")
        _configure()
        for name in _others():
            _run("ip", "link", "del", name)
        _run("ip", "route", "flush", "table", "main")
        _run("ip", "addr", "flush", "dev", "lo", "scope", "global")
        for nic in NICS:
            _run("ip", "addr", "flush", "dev", nic)
            _run("ip", "link", "set", nic, "mtu", "1500", "up")


def _configure() -> None:
    for name in ("network.conf", "rc.conf", "modprobe.conf"):
        shutil.copyfile(_ETC / name, f"/etc/{name}")
    for folder in ("/etc/esosh", "/var/lib/esosh", "/etc/.git"):
        shutil.rmtree(folder, ignore_errors=True)


def _others() -> list[str]:
    return sorted({path.name for path in Path("/sys/class/net").iterdir()} - _KEPT)


def _run(*argv: str) -> None:
    subprocess.run(argv, check=False, capture_output=True)
