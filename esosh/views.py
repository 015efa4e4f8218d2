"""Results as data: lines, tables and trees, with plain text and JSON.

What is shown comes from people and from the machine, so control characters never reach a terminal raw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

VERSION = 1
_FEW = 8  # names that a line lists
MASK = "****"  # what is shown in place of a secret
_USER = r"\b\w*(?i:incoming|outgoing|us?er|usr)\w*"  # misspelt, too
_REFERRED = r"(?!@ask\b|@/)"
_BLANKS = r"[^\S\n]+"
_IS = r"(?:=|[^\S\n]+)"
_SECRETS = (
    # as we write it, whole or not
    re.compile(rf"""({_USER}{_IS}"[^\S\n]*(?:[^\s"\\]|\\.)+{_BLANKS}){_REFERRED}(?:[^"\\\n]|\\.)+("|$)""", re.M),
    re.compile(rf"""({_USER}{_IS}'[^\S\n]*[^\s']+{_BLANKS}){_REFERRED}[^'\n]+('|$)""", re.M),
    re.compile(rf"""({_USER}=[^\s"'=]+\\ ){_REFERRED}[^\s"']+()"""),
    re.compile(rf"""(add_\w*attribute (?:\S+ )?{_USER}{_BLANKS}\S+{_BLANKS})\S+?(["']?(?:\s|$))""", re.M),  # as SCST is told
)
# of a line as it is typed
_GLUE = r"""["'\\\n]*"""  # what may stand between the letters of a word that is quoted in pieces
SECRET_KEY = re.compile("|".join((
    rf"\w*(?:{'|'.join(map(_GLUE.join, ('incoming', 'outgoing', 'user', 'usr')))})[\w\"'\\\n]*\s*=",
    rf"(?:{'|'.join(map(_GLUE.join, ('incoming', 'outgoing')))}){_GLUE}_?{_GLUE.join('us')}[\w\"'\\\n]*\s*",
)), re.I)  # of an iSCSI user, however it is spelt
USER_PAIR = re.compile(r"""(["'])[^\s="'\\]+ +(?:@ask|@/[^\s"'\\]+|(?P<secret>[^"'\\\n]+))\1""")  # a name and its secret
PIECES = re.compile(r"""[\s=:"'\\]+""")
USER_NAME = re.compile(r"[^:]+|(?:iqn|eui|naa)\..+")  # where no secret is glued to it
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: "1 edit", "2 edits"; `many` where an s does not do."""
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def few(names: Sequence[str]) -> str:
    """Names on one line; of very many, the first ones."""
    more = len(names) - _FEW
    return " ".join(names[:_FEW]) + (f" and {more} more" if more > 0 else "")


def clean(text: str) -> str:
    r"""Give the text as it is shown: without secrets, control characters and undecodable bytes written as \xNN.

    Those that turn text around are written as \uNNNN.
    """
    return _CONTROL.sub(_written, masked(text))


def masked(text: str) -> str:
    """The text with secrets as ****: what follows the name of an iSCSI user, in a line of ours, of scst.conf or of sysfs."""
    for secret in _SECRETS:
        text = secret.sub(rf"\1{MASK}\2", text)
    return text


def is_secretive(text: str) -> bool:
    """Whether a file has an iSCSI user whose secret is not masked, however it is written."""
    return any(MASK not in line for line in text.splitlines() if re.search("(Incoming|Outgoing)User", line))


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    byte = code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code  # an undecodable byte, as Python keeps it
    return f"\\x{byte:02x}" if byte < 0x100 else f"\\u{byte:04x}"


@dataclass(frozen=True)
class Line:
    """One line and how it is meant: "", ok, warn, error, add, del, command, dim or title."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines of text; `data` is what JSON shows in their place."""

    lines: tuple[Line, ...] = ()
    data: object = None

    @classmethod
    def of(cls, *texts: str, style: str = "", data: object = None) -> Lines:
        """Lines that are all meant alike."""
        return cls(tuple(Line(text, style) for text in texts), data)


@dataclass(frozen=True)
class Table:
    """Rows below a head; a cell is text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Tree:
    """A label and what hangs below it; `style` as in Line."""

    label: str
    children: tuple[Tree, ...] = field(default=())
    style: str = ""


View = Union[Lines, Table, Tree]


def lines(view: View) -> Iterator[Line]:
    """The view as lines of plain text."""
    if isinstance(view, Lines):
        shown: Iterable[Line] = view.lines
    elif isinstance(view, Table):
        shown = _table(view)
    else:
        shown = _tree(view)
    return (Line(clean(part), line.style) for line in shown for part in line.text.split("\n"))


def _table(table: Table) -> Iterator[Line]:
    rows = [[clean(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.columns))]
    for number, row in enumerate(rows):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
        yield Line(text, "" if number else "title")


def _tree(tree: Tree, indent: str = "") -> Iterator[Line]:
    yield Line(indent + tree.label, tree.style)
    for child in tree.children:
        yield from _tree(child, indent + "  ")


def text(view: View) -> str:
    """The view as plain text, each line with its end."""
    return "".join(line.text.rstrip() + "\n" for line in lines(view))


def data(view: View) -> object:
    """The view as JSON data."""
    if isinstance(view, Lines):
        return {"lines": [line.text for line in view.lines]} if view.data is None else view.data
    if isinstance(view, Table):
        return [dict(zip(view.columns, row)) for row in view.rows]
    return {"label": view.label, "children": [data(child) for child in view.children]}


def without_secrets(value: object) -> object:
    """JSON data with each of its texts as it is shown."""
    if isinstance(value, Mapping):
        return {key: without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_secrets(inner) for inner in value]
    return masked(value) if isinstance(value, str) else value
