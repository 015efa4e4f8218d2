"""cib: named candidates."""

from __future__ import annotations

from collections.abc import Iterator

from . import Context, Name


def cib(context: Context) -> Iterator[Name]:
    """The candidates that exist; live is the user's own one."""
    yield Name("live", "live", "your own")
    yield from (Name(name, "candidate") for name in context.candidates)
