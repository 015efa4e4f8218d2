"""Services: /etc/rc.conf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Service:
    """A service of rc.conf; with `opts` None its script has options of its own."""

    enabled: bool = False
    opts: Optional[str] = None


def blank(services: Mapping[str, Service]) -> Mapping[str, Service]:
    """The services, all disabled."""
    return {name: Service() for name in services}
