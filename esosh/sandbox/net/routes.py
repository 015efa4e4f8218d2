"""The IPv4 routes of the box, in its main table.

Source: net/ipv4/fib_*.c of Linux 6.1; its order and its answers were observed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Optional

ANYWHERE = IPv4Network("0.0.0.0/0")
BOOT, KERNEL = "boot", "kernel"  # who made it: the word after `proto`; `boot` goes without saying


@dataclass(frozen=True)
class Route:
    """A route; str() gives the words of `ip route show`, which `ip route add` takes."""

    destination: IPv4Network
    device: str
    gateway: Optional[IPv4Address] = None
    protocol: str = BOOT
    source: Optional[IPv4Address] = None
    metric: int = 0

    def __str__(self) -> str:
        return " ".join((self.target, *self.words()))

    @property
    def target(self) -> str:
        """Its destination, as `ip` shows it."""
        if self.destination == ANYWHERE:
            return "default"
        is_host = self.destination.prefixlen == 32
        return str(self.destination.network_address if is_host else self.destination)

    def words(self, hidden: Container[str] = ()) -> Iterator[str]:
        """The words after the destination, without those of the `hidden` fields."""
        for field, word in (("gateway", "via"), ("device", "dev"), ("protocol", "proto")):
            value = getattr(self, field)
            if field not in hidden and value not in (None, BOOT):
                yield from (word, str(value))
        yield from () if self.gateway else ("scope", "link")
        yield from ("src", str(self.source)) if self.source and "source" not in hidden else ()
        yield from ("metric", str(self.metric)) if self.metric else ()

    @property
    def place(self) -> tuple[bool, IPv4Address, int, int]:
        """Its place in the table; routes of one place stand in the order they came."""
        network = self.destination
        return network != ANYWHERE, network.network_address, -network.prefixlen, self.metric
