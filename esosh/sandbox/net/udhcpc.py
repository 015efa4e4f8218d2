"""The program `udhcpc` of BusyBox: gives an interface a DHCP lease.

The server of the sandbox gives no router and no name server. A client that waits gets no lease later.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Interface

from ...host import Output
from .. import processes
from ..kernel import Kernel
from ..tree import Tree
from . import files
from .changes import add_address
from .links import Address, Link
from .network import Network
from .states import is_running


def run(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `udhcpc -i IFACE [-n|-b] [-q] ...`: the lease is 192.168.77.N/24, N the number of the interface.

    It quits when it has the lease (-q) or when it gets none (-n); otherwise a process stays.
    """
    name = _interface_name(argv)
    with kernel.command() as tree, files.change(tree) as network:
        if name not in network.links:
            return Output(1, err="udhcpc: SIOCGIFINDEX: No such device\n")
        link = network.links[name]
        if is_running(network, link):
            return _lease(tree, network, link, argv)
        return _no_lease(tree, argv)


def _interface_name(argv: Sequence[str]) -> str:
    return argv[argv.index("-i") + 1] if "-i" in argv[:-1] else "eth0"


def _lease(tree: Tree, network: Network, link: Link, argv: Sequence[str]) -> Output:
    interface = IPv4Interface(f"192.168.77.{link.index}/24")
    if link.find_address(interface) is None:
        add_address(network, link, Address(interface, interface.network.broadcast_address))
    if "-q" not in argv:
        processes.start(tree, argv)
    return Output(0, err=f"udhcpc: lease of {interface.ip} obtained, lease time 3600\n")


def _no_lease(tree: Tree, argv: Sequence[str]) -> Output:
    if "-b" in argv:
        processes.start(tree, argv)
        return Output(0, err="udhcpc: no lease, forking to background\n")
    return Output(1, err="udhcpc: no lease, failing\n")
