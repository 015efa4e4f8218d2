"""The box's network: its links at boot, its kernel's answers below /sys/class/net, and its programs."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface
from typing import Callable

from ...host import Output
from ..kernel import Kernel
from ..tree import Tree
from . import bonding, brctl, ethtool, files, hostname, ip, texts, udhcpc
from .changes import set_mtu
from .links import LOOP, LOOPBACK, UP, Address, Settings
from .network import Network
from .options import Refusal

_MODULES = frozenset({"8021q", "bonding", "bridge"})


def boot(tree: Tree, nics: Sequence[tuple[str, str]]) -> None:
    """Stage the files of `lo` and of the NICs, each a name and a MAC address, all up; bonding is loaded."""
    network = Network()
    lo = network.add("lo", "00:00:00:00:00:00", UP | LOOPBACK)
    lo.mtu, lo.type, lo.addresses = 65536, LOOP, [Address(IPv4Interface("127.0.0.1/8"))]
    for name, address in nics:
        nic = network.add(name, address)
        nic.flags |= UP
        nic.settings = Settings()
    files.create(tree, network)


def write(tree: Tree, path: str, text: str) -> None:
    """Stage the changes by one write to an attribute below /sys/class/net, or raise the kernel's OSError."""
    try:
        if not tree.exists(path):
            raise Refusal(errno.ENOENT)
        with files.change(tree) as network:
            _write(network, path[len(texts.NET) + 1 :].split("/"), text)
    except Refusal as refusal:
        raise OSError(refusal.number, os.strerror(refusal.number), path) from None


def _write(network: Network, names: Sequence[str], text: str) -> None:
    if names == ["bonding_masters"]:
        bonding.write_masters(network, text)
    elif names[1:] == ["mtu"]:
        set_mtu(network, network.link(names[0]), _number(text))
    elif names[1:-1] == ["bonding"]:
        bonding.write_option(network, names[0], names[2], text)
    else:
        raise Refusal(errno.EACCES)


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise Refusal(errno.EINVAL) from None


def _modprobe(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    module = next((word for word in argv[1:] if not word.startswith("-")), "")
    if module in _MODULES:
        return Output(0)
    return Output(1, err=f"modprobe: FATAL: Module {module} not found.\n")


PROGRAMS: Mapping[str, Callable[[Kernel, Sequence[str], str], Output]] = {
    "ip": ip.run,
    "ethtool": ethtool.run,
    "modprobe": _modprobe,
    "udhcpc": udhcpc.run,
    "brctl": brctl.run,
    "hostname": hostname.run,
}
