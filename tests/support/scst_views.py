"""What a view of SCST shows, as text."""

from __future__ import annotations

from collections.abc import Iterator

from esosh import views
from esosh.views import Tree


def text(tree: Tree) -> str:
    """The lines of a view."""
    return views.text(tree)


def warned(tree: Tree) -> Iterator[str]:
    """What is marked as disabled or absent."""
    return (line.text.strip() for line in views.lines(tree) if line.style == "warn")
