"""The slaves of a bond and the members of a bridge: lists that words replace or change."""

from __future__ import annotations

from typing import Any, Callable, Optional

from ...config import Config
from ...config.net import ROLES, Net
from ...errors import Refused
from ...records import replace
from .. import Edit, Pair, values_by_key
from ..names import require
from .edits import master_of


def changed_list(
    net: Net, line: Any, kind: str, old: tuple[str, ...], check: Callable[[str], None]
) -> tuple[str, ...]:
    """The slaves or members after the words of a line: plain names replace them, +x and -x change them.

    Raises Refused for what cannot join or leave; `check` does so for the name of one that is new.
    """
    words, own = _words(line, kind), getattr(line, kind)
    changes_list = not words or words[0].startswith(("+", "-"))
    names = old if changes_list else ()
    for word in words:
        name = word.lstrip("+-")
        if word.startswith("-"):
            list_alone = replace(line, pairs=(Pair(f"{ROLES[kind]}s", words),))
            require(f"{ROLES[kind]} of {own}:", name, names, list_alone)
            names = tuple(other for other in names if other != name)
        elif name not in names:
            _check_free(net, kind, own, name)
            names = (*names, name)
    for name in names:
        if name not in old:
            check(name)
    return names


def _words(line: Any, kind: str) -> tuple[str, ...]:
    return tuple(values_by_key(line.pairs).get(f"{ROLES[kind]}s") or ())


def _check_free(net: Net, kind: str, own: str, name: str) -> None:
    """Raises Refused for an interface that something else has."""
    master = master_of(net, name)
    if master and master != (kind, own):
        other_kind, other = master
        role = ROLES[other_kind]
        hint = f"net {other_kind} {other} {role}s -{name}"
        raise Refused(f"{name} is a {role} of {other}", hint=hint, code="E207")


def remaining(
    line: Any, kind: str, old: tuple[str, ...], config: Config
) -> tuple[Optional[Edit], tuple[str, ...]]:
    """What is left to do of a line: those that are to leave may have left already."""
    role, own, words = ROLES[kind], getattr(line, kind), _words(line, kind)
    gone = [word for word in words if word.startswith("-") and word[1:] not in old]
    if not gone:
        line.edit(config)
        return line, ()
    left = tuple(word for word in words if word not in gone)
    others = tuple(pair for pair in line.pairs if pair.key != f"{role}s")
    pairs = (*others, Pair(f"{role}s", left)) if left else others
    told = tuple(f"gone already: no {role} of {own}: {word[1:]}" for word in gone)
    return (replace(line, pairs=pairs) if pairs else None), told
