"""Toys: /etc/toys.conf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ball:
    """A ball; its size is in centimetres."""

    size: int = 20


@dataclass(frozen=True)
class Toy:
    """All toys."""

    balls: Mapping[str, Ball] = field(default_factory=dict)


def blank(toy: Toy) -> Toy:
    """No toy."""
    return Toy()
