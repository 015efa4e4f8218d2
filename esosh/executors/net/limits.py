"""The mtu that a link can have: what its driver takes, and of IPoIB what its mode does.

Source: ip-link(8), -details, since Linux 4.20 and iproute2 5.0; kernel Documentation/infiniband/ipoib.rst and
drivers/infiniband/ulp/ipoib/ipoib_main.c (a datagram holds the mtu of the InfiniBand port without 4 bytes).
"""

from __future__ import annotations

import contextlib

from ...config.net import LARGEST_MTU, SMALLEST_MTU
from ...host import Host
from ...language.numbers import decimal
from ...records import Record

DATAGRAM = "datagram"
LEAST_DATAGRAM, MOST_DATAGRAM = 2044, 4092  # bytes, on a port whose InfiniBand mtu is 2048, and 4096


class Limits(Record):
    """The range of a link's mtu, in bytes; `mode` is that of IPoIB, "" for any other link."""

    least: int = SMALLEST_MTU
    most: int = LARGEST_MTU
    mode: str = ""


def limits(host: Host, name: str) -> Limits:
    """The limits of a link that the box has; what `ip` does not show is not limited."""
    words = host.run(("ip", "-d", "link", "show", "dev", name)).out.split()
    shown = {key: decimal(value) for key, value in zip(words, words[1:]) if key in ("minmtu", "maxmtu")}
    mode = _mode(host, f"/sys/class/net/{name}/mode") if name.startswith("ib") else ""
    most = MOST_DATAGRAM if mode == DATAGRAM else LARGEST_MTU
    return Limits(max(shown.get("minmtu") or 0, SMALLEST_MTU), min(shown.get("maxmtu") or most, most), mode)


def _mode(host: Host, path: str) -> str:
    with contextlib.suppress(OSError):
        return host.read(path).strip()
    return ""
