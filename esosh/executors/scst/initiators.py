"""Which entries of initiator groups take an initiator.

Source: SCST, scst_targ.c (__wildcmp, scst_check_reassign_sessions): a session follows its initiator from
group to group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Optional

from ...config.scst import InitiatorGroup

_WILDCARDS = {"*": ".*?", "?": "."}


def takes(pattern: str, initiator: str) -> bool:
    """Whether an entry of a group takes an initiator, whatever their case.

    `*` and `?` stand for letters; the first `!` turns the rest around: what does not match it is taken.
    """
    head, negation, rest = pattern.lower().partition("!")
    name = initiator.lower()
    if not negation:
        return bool(re.fullmatch(_expression(head), name))
    match = re.match(_expression(head), name)
    tail = name[match.end() :] if match else ""
    return bool(tail) and not re.fullmatch(_expression(rest), tail)


def _expression(pattern: str) -> str:
    return "".join(_WILDCARDS.get(letter) or re.escape(letter) for letter in pattern)


def taken(initiator: str, groups: Mapping[str, InitiatorGroup]) -> dict[str, str]:
    """The groups that take an initiator, each with its entry for it: the initiator's own, if it has one."""
    entries = {name: _entry(initiator, group.initiators) for name, group in groups.items()}
    return {name: entry for name, entry in entries.items() if entry is not None}


def _entry(initiator: str, entries: Collection[str]) -> Optional[str]:
    if initiator in entries:
        return initiator
    return next((entry for entry in sorted(entries) if takes(entry, initiator)), None)
