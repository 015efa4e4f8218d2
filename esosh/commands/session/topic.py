"""What a word of the session is about: all, a section, or an object of it."""

from __future__ import annotations

from typing import Optional

from .. import Pair

Topic = Optional[Pair]


def named(topic: Topic) -> tuple[Optional[str], Optional[str]]:
    """The section and the name; None for all."""
    return (topic.key, str(topic.value) if topic.value else None) if topic else (None, None)
