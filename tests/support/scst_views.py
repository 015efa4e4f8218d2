"""What a view of SCST shows, as text."""

from __future__ import annotations

from collections.abc import Iterator

from esosh import views
from esosh.views import View


def text(view: View) -> str:
    """The lines of a view."""
    return views.text(view)


def warned(view: View) -> Iterator[str]:
    """What is marked as disabled or absent."""
    return (line.text.strip() for line in views.lines(view) if line.style == "warn")


def indented(shown: str, by: int) -> list[str]:
    """The lines of a text that are indented so far."""
    lines = shown.splitlines()
    return [line.strip() for line in lines if len(line) - len(line.lstrip()) == by]
