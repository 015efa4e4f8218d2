"""A virtual machine with Debian's kernel and this machine's root file system; qemu emulates it, without KVM.

/etc and /var are overlays there: what a test writes is gone with the machine. It has six e1000 NICs on one wire, eth0
to eth5, and no other network.
"""

from __future__ import annotations

import fcntl
import glob
import itertools
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

PROJECT = Path(__file__).parents[2]
NICS = ("eth0", "eth1", "eth2", "eth3", "eth4", "eth5")
INSIDE = "ESOSH_TEST_VM"  # set in the environment of the tests that run in the machine
_SECONDS = 3600
_ROOT = "/run/root"
# Each process opens hundreds of files, so they come from a second export of the root, which the guest may cache.
_SCRIPT = """set -e
mkdir -p {root}
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=524288 cached {root}
for folder in proc sys dev run tmp etc var; do mount --rbind /$folder {root}/$folder; done
mount --rbind {out} {root}{out}
ln -s /dev/null /etc/udev/rules.d/80-net-setup-link.rules  # NICs keep the names that the kernel gives them
udevadm control --reload
modprobe -r e1000
modprobe -a e1000 8021q bridge dummy veth
modprobe bonding max_bonds=0
exec chroot {root} /bin/sh -c {command}
"""


def missing() -> Optional[str]:
    """What of the virtual machine is not installed here; None when all of it is."""
    needed = {"vng (pip: virtme-ng)": _vng(), "qemu-system-x86_64": shutil.which("qemu-system-x86_64"),
              "brctl (apt: bridge-utils)": shutil.which("brctl"), "ethtool": shutil.which("ethtool"),
              "busybox": shutil.which("busybox"), "a kernel of Debian's (apt: linux-image-amd64)": _image()}
    return next((f"{name} is not on this machine" for name, found in needed.items() if not found), None)


def reports(folder: Path, tests: str) -> dict[str, list[dict[str, Any]]]:
    """The reports of the tests of a folder by test; the first process that asks runs them in the machine."""
    lines = folder / "reports.jsonl"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not lines.exists():
            pytest = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--basetemp=/run/tests", tests)
            found = run(folder, pytest) / "reports.jsonl"
            lines.write_text(found.read_text() if found.exists() else "")
    by_test: dict[str, list[dict[str, Any]]] = {}
    for line in lines.read_text().splitlines():
        report = json.loads(line)
        by_test.setdefault(report["nodeid"], []).append(report)
    return by_test


def log(folder: Path) -> str:
    """The end of what the machine printed."""
    return (folder / "console").read_text(errors="replace")[-4000:]


def run(folder: Path, argv: Sequence[str], **variables: str) -> Path:
    """Run a command of this project in the machine; give the folder, INSIDE there, in which it leaves what it found."""
    out = folder / "out"
    out.mkdir()
    variables = {INSIDE: str(out), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/root", "PATH": os.environ["PATH"], **variables}
    environment = shlex.join(f"{name}={value}" for name, value in variables.items())
    inner = f"cd {PROJECT} && ip link set lo up && env {environment} {shlex.join(argv)} > {out}/printed 2>&1"
    script = out / "start"
    script.write_text(_SCRIPT.format(root=_ROOT, out=out, command=shlex.quote(inner)))
    with open(folder / "console", "w") as console:
        subprocess.run(_argv(out, script), stdin=subprocess.DEVNULL, stdout=console, stderr=console, timeout=_SECONDS,
                       check=False, env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"})
    return out


def _argv(out: Path, script: Path) -> list[str]:
    vng, image = _vng(), _image()
    assert vng and image
    cached = "-virtfs local,path=/,mount_tag=cached,security_model=none,readonly=on,multidevs=remap"
    hardware = [cached, *itertools.starmap(_nic, enumerate(NICS))]
    return [vng, "--disable-kvm", "--run", image, "--user", "root", "--memory", "2G", "--cpus", "1", "--no-dhcp",
            f"--rwdir={out}", "--overlay-rwdir=/etc", "--overlay-rwdir=/var",
            *(f"--qemu-opts={text}" for text in hardware), "--exec", f"sh {script}"]


def _nic(number: int, name: str) -> str:
    return f"-netdev hubport,id={name},hubid=0 -device e1000,netdev={name},mac=52:54:00:01:00:0{number}"


def _vng() -> Optional[str]:
    return shutil.which("vng", path=str(Path(sys.executable).parent))


def _image() -> Optional[str]:
    return next(iter(sorted(glob.glob("/boot/vmlinuz-*-amd64"), reverse=True)), None)
