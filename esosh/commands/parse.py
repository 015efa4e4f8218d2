"""A line -> the command of its grammar rule."""

from __future__ import annotations

import functools
from typing import Any, Optional

from ..errors import LineError
from ..language.diagnostics import line_error
from ..language.grammar import Reading, interpretations
from ..language.masking import mask_error
from ..language.sections import module
from ..language.usage import command_rules
from ..language.words import Word, split
from . import Command, Pair


def parse(line: str, level: str = "") -> Optional[Command]:
    """The command that a line is, None for an empty one.

    Raises LineError with the place, what was expected, and the nearest line that fits.
    """
    words = _split(line)
    if not words:
        return None
    readings: list[Reading] = []
    for reading in map(Reading, interpretations(words, level)):
        if _is_complete(reading):
            command = _built(reading.tree())
            assert isinstance(command, Command)
            return command
        readings.append(reading)
    best = max(readings, key=lambda reading: (len(reading.read), reading.wrong is None))
    raise mask_error(line_error(line, words, best, level), line)


def _split(line: str) -> list[Word]:
    try:
        return split(line)
    except LineError as error:
        raise mask_error(error, line) from None


def _is_complete(reading: Reading) -> bool:
    return reading.wrong is None and "$END" in reading.accepts()


def _built(node: Any) -> Any:
    """The command, pair, tuple or word that a part of a tree is, by the name of its rule."""
    if not isinstance(node, tuple):
        return node
    rule, children = node
    parts = tuple(map(_built, children))
    if rule in command_rules():
        return command_class(rule)(*parts)
    if rule.endswith("_list"):
        return parts
    return Pair(*parts) if rule.endswith("_pair") else parts[0]


@functools.cache
def command_class(rule: str) -> Any:
    """The class of a command's rule: NetBond in commands/net for net_bond.

    Raises Refused where its section has no commands.
    """
    words = rule.split("_")
    return getattr(module("commands", words[0]), "".join(word.capitalize() for word in words))
