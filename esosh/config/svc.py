"""Services: /etc/rc.conf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from ..records import NOTHING, Record


class Service(Record):
    """A service of rc.conf; with `opts` None its script has options of its own."""

    enabled: bool = False
    opts: Optional[str] = None


KIND = Mapping[str, Service]
EMPTY: KIND = NOTHING


def blank(services: Mapping[str, Service]) -> Mapping[str, Service]:
    """The services, all disabled."""
    return {name: Service() for name in services}
