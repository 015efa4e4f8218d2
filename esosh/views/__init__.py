"""Results: lines, tables and trees, and items, which are what a view shows as data.

JSON is made of the items, and so is the picture that people see: it has nothing but their fields.
Texts come from users and from the machine, so control characters are never written to a terminal raw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..records import NOTHING, Record
from .secrets import MASK, is_secret_key, masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, Callable

VERSION = 2  # of JSON: the names of fields, which programs know
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
    """A result: Lines, a Table, a Tree, or Items, which are drawn as one of these."""


class Lines(View):
    """Lines of text; `data` is what JSON shows in their place, or gives it when it is called."""

    lines: tuple[Line, ...] = ()
    data: object = None

    @classmethod
    def of(cls, *texts: str, style: str = "", data: object = None) -> Lines:
        """Lines of the same style."""
        return cls(tuple(Line(text, style) for text in texts), data)


class Script(Lines):
    """Lines for a file, secrets and all: nothing is masked or cleaned."""


class Table(View):
    """Rows of cells below the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Tree(View):
    """A label and the trees below it; `style` as in Line."""

    label: str
    children: tuple[Tree, ...] = ()
    style: str = ""


class Item(Record):
    """What a view shows of one thing: its kind, its name ("" where it has none), and its fields.

    A value is None, a bool, a number, a text, an item, or a list or a mapping of these. One that costs
    something is given by a function, which is called when somebody asks for the field.
    """

    kind: str
    name: str
    fields: Mapping[str, object] = NOTHING

    def __getitem__(self, field: str) -> Any:
        value = self.fields[field]
        return value() if callable(value) else value

    def get(self, field: str, default: object = None) -> Any:
        """A field that not every kind has."""
        return self[field] if field in self.fields else default


class Items(View):
    """An item or a list of them, and how it is drawn: `draw` makes a view of it and of nothing else."""

    data: Any
    draw: Callable[[Any], View]


def topic(name: str, state: str, text: str, hint: str = "", details: Sequence[str] = ()) -> Item:
    """A line of the overview; its state is ok, off, warn or error, its hint the line that would help."""
    return Item("topic", name, {"state": state, "text": text, "hint": hint or None, "details": list(details)})


def lines(view: View) -> Iterator[Line]:
    """The view as lines of plain text."""
    if isinstance(view, Script):
        return iter(view.lines)
    return (Line(clean(text), line.style) for line in _raw_lines(view) for text in line.text.split("\n"))


def _raw_lines(view: View) -> Iterable[Line]:
    if isinstance(view, Items):
        return _raw_lines(view.draw(view.data))
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
    """The view as JSON data, without secrets."""
    if isinstance(view, Script):
        return {"lines": [line.text for line in view.lines]}
    return plain(_data(view))


def _data(view: View) -> object:
    if isinstance(view, Items):
        return view.data
    if isinstance(view, Table):
        return [dict(zip(view.columns, row)) for row in view.rows]
    assert isinstance(view, Lines)
    if view.data is None:
        return {"lines": [line.text for line in view.lines]}
    return view.data() if callable(view.data) else view.data


def plain(value: Any) -> object:
    """A value, items among it, as JSON data; texts are masked, and what a mapping has for a secret's key."""
    if isinstance(value, Item):
        fields = {field: plain(value[field]) for field in value.fields}
        return {"kind": value.kind, "name": masked(value.name) or None, **fields}
    if isinstance(value, Mapping):
        return {key: _hidden(key, inner) or plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return list(map(plain, value))
    return masked(value) if isinstance(value, str) else value


def _hidden(key: str, value: object) -> str:
    """What is shown in place of a secret; "" for what is none."""
    return MASK if value and isinstance(value, str) and is_secret_key(key, has_value=True) else ""
