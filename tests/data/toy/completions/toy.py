"""toy: the balls that there are."""

from __future__ import annotations

from collections.abc import Iterator

from . import Context, Name, merged


def ball(context: Context) -> Iterator[Name]:
    """Balls."""
    return merged(context.current.toy.balls, context.candidate.toy.balls, lambda name, ball: f"{ball.size} cm")
