"""What a change of the network costs on a box of 500 interfaces and 100 VLANs, beside one of 5 and 1."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

from benchmarks.boxes import Box, write_lines
from benchmarks.installation import Installation
from benchmarks.measure import duration, ratio, row
from esosh.sandbox.fresh import build
from esosh.sandbox.hardware import Hardware

_LARGE, _SMALL = (500, 100), (5, 1)  # interfaces and VLANs
_ROUNDS = 3


def networks(installation: Installation, folder: Path) -> None:
    """Show what one commit of all costs, and what one edit and its commit cost then."""
    large, small = (_box(installation, folder / f"net{nics}", nics) for nics, _ in (_LARGE, _SMALL))
    usage = large.run("-f", str(write_lines(folder / "large.esh", _lines(*_LARGE))))
    small.run("-f", str(write_lines(folder / "small.esh", _lines(*_SMALL))))
    row("500 interfaces and 100 VLANs in one commit", duration(usage.cpu))
    ratio("one mtu and its commit, on 500 / on 5", _committing(large), _committing(small), rounds=_ROUNDS)


def _box(installation: Installation, folder: Path, nics: int) -> Box:
    """A box with so many network cards."""
    folder.mkdir()
    cards = tuple((f"eth{nic}", f"52:54:00:01:{nic >> 8:02x}:{nic & 255:02x}") for nic in range(nics))
    disks = (("/dev/sdb", 1024), ("/dev/sdc", 1024))
    build(str(folder), Hardware("esos1", cards, disks=disks))
    return Box(installation, folder)


def _lines(nics: int, vlans: int) -> Iterator[str]:
    """Lines that give each interface, and a VLAN on each of the first ones, an address, with their commit."""
    yield from (f"net iface eth{nic} address=10.{nic >> 8}.{nic & 255}.1/24" for nic in range(nics))
    yield from (f"net vlan eth{nic}.7 address=10.8.{nic}.1/24" for nic in range(vlans))
    yield "commit allow link"


def _committing(box: Box) -> Callable[[], float]:
    """The measure of another mtu of an interface, and its commit."""
    sizes = itertools.cycle((4000, 9000))
    return lambda: box.cpu("net", "iface", "eth3", f"mtu={next(sizes)}") + box.cpu("commit", "allow", "link")
