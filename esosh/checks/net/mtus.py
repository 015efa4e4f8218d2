"""The mtu of interfaces, and of the slaves that get it from their bond: what drivers take.

Source: kernel drivers/infiniband/ulp/ipoib/ipoib_main.c; ip-link(8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config.net import Net
from ...executors.net.limits import DATAGRAM, LEAST_DATAGRAM
from ...executors.net.links import Facts
from .. import Finding


def findings(net: Net, facts: Facts, since: Optional[Net]) -> Iterator[Finding]:
    """What is found on each mtu that is not as in `since`, and that the interface does not have yet."""
    for line, name, mtu in _mtus(net, since):
        link = facts.links.get(name)
        if link and link.mtu != mtu:
            yield from _finding(line, name, mtu, facts)


def _mtus(net: Net, since: Optional[Net]) -> Iterator[tuple[str, str, int]]:
    """The line that sets it, the interface that gets it, and the mtu."""
    for name, iface in net.ifaces.items():
        if since is None or since.ifaces.get(name) != iface:
            yield f"net iface {name}", name, iface.mtu
    for name, bond in net.bonds.items():
        if since is None or since.bonds.get(name) != bond:
            yield from ((f"net bond {name}", slave, bond.mtu) for slave in bond.slaves)


def _finding(line: str, name: str, mtu: int, facts: Facts) -> Iterator[Finding]:
    limits, subject = facts.limits[name], f"net {line.rsplit(maxsplit=1)[-1]}"
    is_datagram = limits.mode == DATAGRAM
    best = LEAST_DATAGRAM if is_datagram else min(max(mtu, limits.least), limits.most)
    hint = f"{line} mtu={best}"
    if not limits.least <= mtu <= limits.most:
        where = f"{name} in datagram mode" if is_datagram else f"the driver of {name}"
        text = f"mtu {mtu}: {where} takes {limits.least} to {limits.most}"
        yield Finding("E395", "net", subject, text, hint)
    elif is_datagram and mtu > LEAST_DATAGRAM:
        text = f"mtu {mtu}: {name} in datagram mode takes it only where the InfiniBand mtu is 4096"
        yield Finding("W396", "net", subject, text, hint)
