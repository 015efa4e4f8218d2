"""The text of an scst.conf, read as scstadmin reads it.

Source: scstadmin 3.11 as seen at work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter

_STATEMENT = re.compile(r"([^{}\n]*)([{}\n])")
_REMARKS = (re.compile(r"^#.*"), re.compile(r"[^\\]#.*"))
_WORD = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"|(\S+)', re.ASCII)
_OBJECTS = frozenset((
    "HANDLER", "DEVICE", "TARGET_DRIVER", "TARGET", "GROUP", "LUN", "INITIATOR",
    "DEVICE_GROUP", "TARGET_GROUP",
))
Block = dict[str, "Block"]
"""The statements of a block by their first word, each again by its second word, and by its third."""


class Invalid(Exception):
    """An attribute has a value that scstadmin does not accept."""


def read(text: str) -> Block:
    """Read an scst.conf; of two equal statements the last one counts.

    A brace that is not closed does no harm, one that closes nothing ends the file; a last line without its
    line end is lost.
    """
    lines = [_plain(line) for line in text.split("\n")]
    top: Block = {}
    open_blocks = [top]
    for statement, end in _STATEMENT.findall("\n".join(lines)):
        inner: Block = {}
        if end == "}":
            open_blocks.pop()
        else:
            _put(open_blocks[-1], statement, inner)
        if end == "{":
            open_blocks.append(inner)
        if not open_blocks:
            break
    return top


def named_blocks(block: Block, keyword: str) -> list[tuple[str, Block]]:
    """Name and block of each object of a kind, in scstadmin's order."""
    return sorted(block.get(keyword, {}).items(), key=itemgetter(0))


def values(block: Block) -> Iterator[tuple[str, str]]:
    """The attributes of a block with their values; an attribute with several values comes several times.

    Raises Invalid for a value of several words.
    """
    attributes = [name for name in block if name not in _OBJECTS]
    for name in attributes:
        yield from ((name, value) for value in _attribute_values(name, block[name]))


def _attribute_values(name: str, block: Block) -> list[str]:
    """The values of an attribute, an empty one when it has none."""
    if len(block) == 1 and any(block.values()):
        raise Invalid(f"attribute {name} has an invalid value")
    return [*block] or [""]


def _plain(line: str) -> str:
    """A line without its remark and its backslashes."""
    for remark in _REMARKS:
        line = remark.sub("", line, count=1)
    return re.sub(r"\\(.)", r"\1", line)


def _put(block: Block, statement: str, inner: Block) -> None:
    """Put a statement into a block; words behind the third are lost."""
    words = [quoted or plain for quoted, plain in _WORD.findall(statement)][:3]
    for word in words[:-1]:
        block = block.setdefault(word, {})
    if words:
        block[words[-1]] = inner
