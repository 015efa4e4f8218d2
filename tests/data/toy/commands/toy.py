"""toy: balls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ..config import Config
from ..config.lazy import having, without
from ..config.paths import Path
from ..config.toy import Ball
from ..records import replace
from . import Command, Edit, Pair, Removal
from .names import look_up


def _with(config: Config, name: str, size: Pair) -> Config:
    return config.having(toy=replace(config.toy, balls=having(config.toy.balls, {name: Ball(int(str(size.value)))})))


class ToyBallAdd(Edit):
    """A ball."""

    ball: str
    size: Pair

    def edit(self, config: Config) -> Config:
        return _with(config, self.ball, self.size)


class ToyBallSet(Edit):
    """Change its size."""

    ball: str
    size: Pair

    def edit(self, config: Config) -> Config:
        look_up("ball", self.ball, config.toy.balls, self)
        return _with(config, self.ball, self.size)


class ToyBallDel(Removal):
    """Take it away."""

    ball: str

    def edit(self, config: Config) -> Config:
        look_up("ball", self.ball, config.toy.balls, self)
        return config.having(toy=replace(config.toy, balls=without(config.toy.balls, self.ball)))


def owns(path: Path, *configs: Config) -> Optional[str]:
    """A ball."""
    return path[2] if path[0] == "toy" else None


def names(config: Config) -> tuple[str, ...]:
    """The balls."""
    return tuple(config.toy.balls)


def lines(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """A line for each ball."""
    return (ToyBallAdd(ball, Pair("size=", str(each.size))) for ball, each in config.toy.balls.items() if name in (None, ball))


def clear(config: Config, name: Optional[str] = None) -> Iterator[Command]:
    """Every ball goes."""
    return (ToyBallDel(ball) for ball in config.toy.balls if name in (None, ball))
