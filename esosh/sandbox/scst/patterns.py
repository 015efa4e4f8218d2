"""The entries of an initiator group as patterns for the names of initiators.

Source: __wildcmp() in scst_targ.c.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


def matches(pattern: str, name: str, negated: bool = False) -> bool:
    """Whether a name fits a pattern.

    `*` stands for any letters, `?` for one letter. The first `!` fits what does not fit the rest of the
    pattern; `negated` says that it came already.
    """
    matcher = _MATCHERS.get(pattern[:1], _matches_letter)
    return matcher(pattern, name, negated)


def _matches_letter(pattern: str, name: str, negated: bool) -> bool:
    if not pattern or not name:
        return pattern == name
    return pattern[0] in ("?", name[0]) and matches(pattern[1:], name[1:], negated)


def _matches_star(pattern: str, name: str, negated: bool) -> bool:
    if matches(pattern[1:], name, negated):
        return True
    if not name or pattern[1:2] == "!":
        return False
    return matches(pattern, name[1:], negated)


def _matches_negation(pattern: str, name: str, negated: bool) -> bool:
    if negated or not name:
        return _matches_letter(pattern, name, negated)
    return not matches(pattern[1:], name, negated=True)


_MATCHERS: Mapping[str, Callable[[str, str, bool], bool]] = {"*": _matches_star, "!": _matches_negation}
