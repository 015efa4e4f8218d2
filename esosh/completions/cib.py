"""cib: named candidates."""

from __future__ import annotations

from collections.abc import Iterator

from . import Known, Name


def cib(known: Known) -> Iterator[Name]:
    """The candidates that there are; live is one's own."""
    yield Name("live", "live", "your own")
    yield from (Name(name, "candidate") for name in known.candidates)
