"""The lines of crm that make constraints: where resources go, and in which order they act."""

from __future__ import annotations

from typing import ClassVar, Optional

from ...config.ha import Element, Ha
from .. import Pairs, values_by_key
from ..names import missing
from .elements import Making
from .parts import option_pairs

_KINDS = ("Mandatory", "Optional", "Serialize")


class Constraint(Making):
    """An edit that makes a constraint."""

    SECTION: ClassVar[str] = "constraints"

    @property
    def bound(self) -> tuple[str, ...]:
        """The resources that it is about."""
        raise NotImplementedError

    def require(self, ha: Ha) -> None:
        for name in self.bound:
            if name not in ha.resources and name not in ha.tags:
                raise missing("resource", name, (*ha.resources, *ha.tags), self)


class HaLocation(Constraint):
    """Which node a resource prefers, or avoids."""

    constraint: str
    resource: str
    settings: Pairs
    score: str
    node: str

    @property
    def bound(self) -> tuple[str, ...]:
        return (self.resource,)

    def element(self) -> Element:
        ends = {"rsc": self.resource, "score": _score(self.score), "node": self.node}
        return Element("rsc_location", {**ends, **_given(self.settings)})


class HaColocation(Constraint):
    """A resource goes where another one is."""

    constraint: str
    score: str
    resource: str
    other: str
    settings: Pairs = ()

    @property
    def bound(self) -> tuple[str, ...]:
        return _name(self.resource), _name(self.other)

    def element(self) -> Element:
        ends = {**_end("rsc", "role", self.resource), **_end("with-rsc", "role", self.other)}
        return Element("rsc_colocation", {"score": _score(self.score), **ends, **_given(self.settings)})


class HaOrder(Constraint):
    """A resource acts after another one."""

    constraint: str
    kind: str
    first: str
    then: str
    settings: Pairs = ()

    @property
    def bound(self) -> tuple[str, ...]:
        return _name(self.first), _name(self.then)

    def element(self) -> Element:
        kind = self.kind.rstrip(":")
        how = {"kind": kind} if kind in _KINDS else {"score": _score(self.kind)}
        ends = {**_end("first", "action", self.first), **_end("then", "action", self.then)}
        return Element("rsc_order", {**how, **ends, **_given(self.settings)})


def _given(settings: Pairs) -> dict[str, str]:
    return {key: str(value) for key, value in values_by_key(settings).items()}


def _score(typed: str) -> str:
    """A score as the CIB has it."""
    return typed.rstrip(":").replace("inf", "INFINITY")


def _typed_score(score: str) -> str:
    return score.replace("INFINITY", "inf") + ":"


def _name(end: str) -> str:
    return end.partition(":")[0]


def _end(key: str, detail: str, typed: str) -> dict[str, str]:
    """One end of a constraint: a resource, and its role or action."""
    name, _, word = typed.partition(":")
    return {key: name, **({f"{key}-{detail}": word} if word else {})}


def line_of(name: str, element: Element) -> Optional[Constraint]:
    """The line of crm for a constraint; None where there is none for its kind."""
    settings = dict(element.attributes)

    def end(key: str, detail: str) -> str:
        return ":".join(filter(None, (settings.pop(key, ""), settings.pop(f"{key}-{detail}", ""))))

    if element.tag == "rsc_location" and "node" in settings:
        ends = settings.pop("rsc", ""), _typed_score(settings.pop("score", "")), settings.pop("node")
        return HaLocation(name, ends[0], option_pairs(settings), *ends[1:])
    if element.tag == "rsc_colocation":
        score = _typed_score(settings.pop("score", ""))
        both = end("rsc", "role"), end("with-rsc", "role")
        return HaColocation(name, score, *both, option_pairs(settings))
    if element.tag == "rsc_order":
        kind = f"{settings.pop('kind')}:" if "kind" in settings else _typed_score(settings.pop("score", ""))
        both = end("first", "action"), end("then", "action")
        return HaOrder(name, kind, *both, option_pairs(settings))
    return None
