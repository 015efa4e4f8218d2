"""The topic of a session word: everything, a section, or an object of a section."""

from __future__ import annotations

from typing import Optional

from .. import Pair

Topic = Optional[Pair]


def section_and_name(topic: Topic) -> tuple[Optional[str], Optional[str]]:
    """The section and the name of the object; None for all."""
    if topic is None:
        return None, None
    return topic.key, str(topic.value) if topic.value else None
