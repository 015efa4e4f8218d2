"""Toys: /etc/toys.conf."""

from __future__ import annotations

from collections.abc import Mapping

from ..records import NOTHING, Record


class Ball(Record):
    """A ball; its size is in centimetres."""

    size: int = 20


class Toy(Record):
    """All toys."""

    balls: Mapping[str, Ball] = NOTHING


KIND, EMPTY = Toy, Toy()


def blank(toy: Toy) -> Toy:
    """No toy."""
    return Toy()
