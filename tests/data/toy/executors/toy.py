"""Toys: one line of /etc/toys.conf for each ball."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from ..config import Config
from ..config.toy import Ball, Toy
from ..host import Host
from ..views import Item, Items, Table, topic
from .step import Step

TOYS_CONF = "/etc/toys.conf"
FILES = (TOYS_CONF,)


def read(host: Host) -> Toy:
    """The toys of the file."""
    lines = host.read(TOYS_CONF).splitlines() if host.exists(TOYS_CONF) else []
    pairs = (line.split() for line in lines)
    return Toy({name: Ball(int(size)) for name, size in pairs})


saved = read


def running(host: Host, saved: Toy) -> Toy:
    """Toys run as they are saved."""
    return saved


def facts(host: Host) -> None:
    """Nothing more."""


def steps(old: Config, new: Config, facts: None) -> Iterator[Step]:
    """None besides the file."""
    return iter(())


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """The file with the balls that there are."""
    if old.toy == new.toy:
        return text
    return "".join(f"{name} {ball.size}\n" for name, ball in new.toy.balls.items())


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """Nothing."""
    return iter(())


def follow_ups(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """Nothing."""
    return iter(())


def status(host: Host, config: Config, name: Optional[str]) -> Items:
    """The balls and their sizes."""
    balls = read(host).balls
    return Items([Item("ball", ball, {"size": balls[ball].size}) for ball in balls if name in (None, ball)], _table)


def _table(balls: Iterable[Item]) -> Table:
    return Table(("ball", "size"), tuple((ball.name, str(ball["size"])) for ball in balls))


def overview(host: Host, config: Config) -> Iterator[Item]:
    """How many there are."""
    yield topic("toy", "ok", f"{len(config.toy.balls)} balls")
