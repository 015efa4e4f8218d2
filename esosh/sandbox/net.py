"""The box's network: its links at boot, what its kernel answers below /sys/class/net, and its programs."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface
from typing import Callable

from ..host import Output
from . import net_bonding, net_ethtool, net_files, net_ip
from .kernel import Kernel
from .net_links import LOOP, LOOPBACK, UP, Address, Network, Settings
from .net_options import Refusal
from .tree import Tree

_MODULES = frozenset({"bonding"})


def boot(tree: Tree, nics: Sequence[tuple[str, str]]) -> None:
    """Stage the files of `lo` and of the NICs, each a name and a MAC address, all up; bonding is loaded."""
    network = Network()
    lo = network.add("lo", "00:00:00:00:00:00", UP | LOOPBACK)
    lo.mtu, lo.type, lo.addresses = 65536, LOOP, [Address(IPv4Interface("127.0.0.1/8"))]
    for name, address in nics:
        nic = network.add(name, address)
        nic.flags |= UP
        nic.settings = Settings()
    net_files.create(tree, network)


def write(tree: Tree, path: str, text: str) -> None:
    """Stage what one write to an attribute below /sys/class/net does, or raise the kernel's OSError."""
    try:
        if not tree.exists(path):
            raise Refusal(errno.ENOENT)
        with net_files.change(tree) as network:
            _write(network, path[len(net_files.NET) + 1 :].split("/"), text)
    except Refusal as no:
        raise OSError(no.number, os.strerror(no.number), path) from None


def _write(network: Network, place: Sequence[str], text: str) -> None:
    if place == ["bonding_masters"]:
        net_bonding.write_masters(network, text)
    elif place[1:] == ["mtu"]:
        network.set_mtu(network.link(place[0]), _number(text))
    elif len(place) == 3 and place[1] == "bonding":
        net_bonding.write_option(network, network.link(place[0]), place[2], text)
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
    "ip": net_ip.run,
    "ethtool": net_ethtool.run,
    "modprobe": _modprobe,
    "udhcpc": net_ip.lease,
}
