"""Every fact that may be configured: frozen dataclasses, one module for each section.

The order of Config's fields is the order in which sections are applied. There are four shapes: a dataclass, a
mapping from name to object, a scalar in canonical form, and a tuple (merged whole) or a frozenset (merged per
element). What a file holds and esosh does not know is kept in `other`.

A section's module has `blank(section)`: what is left of it when all that can be removed is removed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..language.sections import module
from .net import Net
from .scst import Scst
from .svc import Service


@dataclass(frozen=True)
class Config:
    """The whole configuration of a box."""

    scst: Scst = field(default_factory=Scst)
    net: Net = field(default_factory=Net)
    svc: Mapping[str, Service] = field(default_factory=dict)


FIELDS = tuple(part.name for part in dataclasses.fields(Config))


def blank(config: Config) -> Config:
    """The configuration with all removed that can be: what is left is what the box itself brings."""
    return Config(**{name: module("config", name).blank(getattr(config, name)) for name in FIELDS})
