"""The error for a name that does not exist, with the names that do."""

from __future__ import annotations

import os

from . import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FEW = 12  # names that an error lists
_SIMILAR = 0.6  # how similar a name must be to be listed when there are many


def unknown_name(what: str, name: str, names: Iterable[str]) -> Refused:
    """The error for a name that does not exist, with those that do; `expected` are the similar ones.

    Of many names the message lists the three most similar ones.
    """
    existing = sorted(names)
    similar = _similar(name, existing)
    if len(existing) <= _FEW:
        listed = _listed("there are", existing)
    else:
        listed = _listed("there are, among others", similar[:3])
    return Refused(f"no {what} {name}{listed}", word=name, expected=tuple(similar), code="E202")


def _listed(introduction: str, names: Sequence[str]) -> str:
    return f"; {introduction}: {' '.join(names)}" if names else ""


def _similar(name: str, names: Sequence[str]) -> list[str]:
    """The similar names, the most similar first; of equal ones that with the longest common beginning."""
    from difflib import SequenceMatcher  # imported only when something was refused: it takes time

    matchers = {other: SequenceMatcher(None, name, other) for other in names if _may_be_similar(name, other)}
    ratios = {other: matcher.ratio() for other, matcher in matchers.items()}
    common = {other: len(os.path.commonprefix((name, other))) for other in ratios}  # noqa: RUF071
    similar = (other for other in ratios if ratios[other] >= _SIMILAR)
    return sorted(similar, key=lambda other: (-ratios[other], -common[other]))


def _may_be_similar(name: str, other: str) -> bool:
    """Whether two names are as long as similar ones are: a very long one is compared with none."""
    return 2 * min(len(name), len(other)) >= _SIMILAR * (len(name) + len(other))
