"""A script that runs again: what its lines have already made or removed is taken for done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from ..commands import MISSING, Command, Edit
from ..config import Config
from ..errors import Refused


class Again:
    """A script that runs again. `line`: which of its lines runs now, counted from 0."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self.line = 0
        self._last_removals = {
            name: number for number, command in enumerate(commands) if isinstance(command, Edit)
            for name in command.gone()
        }

    def remainder(self, edit: Edit, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do of an edit, None for nothing; and what is so already, in words.

        An edit of what a later line removes has nothing left to do where that is gone. Raises Refused.
        """
        try:
            return edit.remainder(config)
        except Refused as error:
            if error.code != MISSING or self._last_removals.get(error.word, -1) <= self.line:
                raise
            return None, (f"gone already: {error.message}",)
