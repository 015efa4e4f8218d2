"""Results as data: lines, tables and trees, with plain text and JSON.

Texts come from users and from the machine, so control characters are never written to a terminal raw.
"""

from __future__ import annotations

import re

from ..records import Record
from .secrets import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Callable, Optional

VERSION = 1
_FEW = 8  # names that a line lists
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: "1 edit", "2 edits"; `many` is the plural when it is not `one` with an s."""
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def few(names: Sequence[str]) -> str:
    """Names on one line; of many names only the first ones, and how many more there are."""
    more = len(names) - _FEW
    return " ".join(names[:_FEW]) + (f" and {more} more" if more > 0 else "")


def clean(text: str) -> str:
    r"""The text as it is shown: without secrets, with control characters and undecodable bytes as \xNN.

    Characters that change the direction of text are shown as \uNNNN.
    """
    shown = masked(text)
    return shown if shown.isprintable() else re.sub(_CONTROL, _escaped, shown)


def has_control(text: str) -> bool:
    """Whether a text has characters that are never shown raw."""
    return not text.isprintable() and re.search(_CONTROL, text) is not None


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    byte = code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code  # an undecodable byte, as Python keeps it
    return f"\\x{byte:02x}" if byte < 0x100 else f"\\u{byte:04x}"


class Line(Record):
    """One line and its style: "", ok, warn, error, add, del, command, dim or title."""

    text: str
    style: str = ""


class View(Record):
    """A result: Lines, a Table or a Tree."""


class Lines(View):
    """Lines of text; `data` is what JSON shows in their place, or gives it when it is called."""

    lines: tuple[Line, ...] = ()
    data: object = None

    @classmethod
    def of(cls, *texts: str, style: str = "", data: object = None) -> Lines:
        """Lines of the same style."""
        return cls(tuple(Line(text, style) for text in texts), data)


class Table(View):
    """Rows of cells below the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Tree(View):
    """A label and the trees below it; `style` as in Line. `data` gives what JSON shows besides."""

    label: str
    children: tuple[Tree, ...] = ()
    style: str = ""
    data: Optional[Callable[[], dict[str, object]]] = None


def lines(view: View) -> Iterator[Line]:
    """The view as lines of plain text."""
    return (Line(clean(text), line.style) for line in _raw_lines(view) for text in line.text.split("\n"))


def _raw_lines(view: View) -> Iterable[Line]:
    if isinstance(view, Lines):
        return view.lines
    if isinstance(view, Table):
        return _table(view)
    assert isinstance(view, Tree)
    return _tree(view)


def _table(table: Table) -> Iterator[Line]:
    rows = [tuple(map(clean, row)) for row in (table.columns, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    title, *body = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    yield Line(title, "title")
    yield from map(Line, body)


def _tree(tree: Tree, indent: str = "") -> Iterator[Line]:
    yield Line(indent + tree.label, tree.style)
    for child in tree.children:
        yield from _tree(child, indent + "  ")


def text(view: View) -> str:
    """The view as plain text; each line ends with a newline."""
    return "".join(line.text.rstrip() + "\n" for line in lines(view))


def data(view: View) -> object:
    """The view as JSON data."""
    if isinstance(view, Lines):
        if view.data is None:
            return {"lines": [line.text for line in view.lines]}
        return view.data() if callable(view.data) else view.data
    if isinstance(view, Table):
        return [dict(zip(view.columns, row)) for row in view.rows]
    assert isinstance(view, Tree)
    own = view.data() if view.data else {}
    return {"label": view.label, "children": [data(child) for child in view.children], **own}

