"""Which entries of initiator groups take an initiator.

Source: SCST, scst_targ.c (__wildcmp, scst_check_reassign_sessions): a session follows its initiator from group to group.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...config import InitiatorGroup

_LETTERS = {"*": ".*?", "?": "."}


def takes(pattern: str, initiator: str) -> bool:
    """Whether an entry of a group takes an initiator, whatever their case.

    `*` and `?` stand for letters, and the first `!` turns the rest around: what does not match it is taken.
    """
    head, turned, rest = pattern.lower().partition("!")
    name = initiator.lower()
    if not turned:
        return bool(re.fullmatch(_expression(head), name))
    found = re.match(_expression(head), name)
    return bool(found and found.end() < len(name) and not re.fullmatch(_expression(rest), name[found.end():]))


def _expression(wild: str) -> str:
    return "".join(_LETTERS.get(letter) or re.escape(letter) for letter in wild)


def taken(initiator: str, groups: Mapping[str, InitiatorGroup]) -> dict[str, str]:
    """The groups that take an initiator, each with its entry that does: the initiator's own, where there is one."""
    found = {}
    for group, about in groups.items():
        entries = sorted(about.initiators, key=lambda entry: (entry != initiator, entry))
        entry = next((entry for entry in entries if entry == initiator or takes(entry, initiator)), None)
        if entry is not None:
            found[group] = entry
    return found
