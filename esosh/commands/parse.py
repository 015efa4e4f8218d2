"""A line -> the command of its grammar rule."""

from __future__ import annotations

import functools
from itertools import chain

from ..errors import LineError
from ..language.grammar import Reading, interpretations, loose_interpretations
from ..language.sections import module
from ..language.source import command_rules
from ..language.words import split
from . import Command, Pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from ..language.words import Word


def parse(line: str, level: str = "") -> Optional[Command]:
    """The command that a line is, None for an empty one.

    Raises LineError with the place, what was expected, and the nearest line that fits.
    """
    words = _split(line)
    if not words:
        return None
    readings: list[Reading] = []
    for reading in map(Reading, chain(interpretations(words, level), loose_interpretations(words))):
        if _is_complete(reading):
            command = reading.tree(_made)
            assert isinstance(command, Command)
            return command
        readings.append(reading)
    raise _line_error(line, words, readings, level)


def _split(line: str) -> list[Word]:
    try:
        return split(line)
    except LineError as error:
        from ..language.masking import mask_error  # only a line that is wrong needs it

        raise mask_error(error, line) from None


def _line_error(line: str, words: list[Word], readings: list[Reading], level: str) -> LineError:
    """The error for a line, by the reading that came furthest."""
    from ..language import diagnostics, masking  # only a line that is wrong needs them

    best = max(readings, key=lambda reading: (len(reading.read), reading.wrong is None))
    error = diagnostics.line_error(line, words, best, level)
    masking.mask_error(error, line)
    return error


def _is_complete(reading: Reading) -> bool:
    return reading.wrong is None and "$END" in reading.accepts()


def _made(rule: str, parts: list[Any]) -> Any:
    """The command, pair, tuple or word that a rule and its parts are."""
    return _maker(rule)(*parts)


@functools.cache
def _maker(rule: str) -> Callable[..., Any]:
    """What makes a rule's parts into what its name says."""
    if rule in command_rules():
        return command_class(rule)  # type: ignore[no-any-return]
    if rule.endswith("_list"):
        return _list
    return Pair if rule.endswith("_pair") else _child


def _list(*parts: Any) -> tuple[Any, ...]:
    return parts


def _child(part: Any, *_: Any) -> Any:
    return part


@functools.cache
def command_class(rule: str) -> Any:
    """The class of a command's rule: NetBond in commands/net for net_bond.

    Raises Refused where its section has no commands.
    """
    words = rule.split("_")
    return getattr(module("commands", words[0]), "".join(word.capitalize() for word in words))
