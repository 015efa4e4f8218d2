"""Where the lines and the blocks of /etc/scst.conf begin and end.

scstadmin cuts the file at the ends of lines and at braces, outside of remarks. A remark takes the character
before its "#" along, so "{#" is no brace, and "\\#" begins no remark. What stands behind a brace is a line of
its own, unless it is blank or a remark. What the words of a line mean is said in conf.py. Source: scstadmin
3.11, readConfigFile and parseStanza.
"""

from __future__ import annotations

import functools
import re

_BRACE_OR_REMARK = re.compile(  # a brace with the rest of its line, where that is blank or a remark
    r"[#{}](?:(?<=[{}])(?!#)(?:[ \t\r\f\v]*(?:[^\\\n]#[^\n]*)?\n)?|(?<=#)(?<!\\#)[^\n]*)"
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Cut:
    """The places of a block in the text of the file: its head, what is in it, and its closing brace.

    `last`: it is no block, but a brace that closes nothing, and all that stands behind it.
    """

    __slots__ = ("blocks", "body", "end", "last", "start", "tail", "text")

    def __init__(self, text: str, start: int, body: int, last: bool = False) -> None:
        self.text, self.start, self.body, self.last = text, start, body, last
        self.tail = self.end = len(text)
        self.blocks: list[Cut] = []

    def inside(self) -> str:
        """All that stands between the head and the closing brace."""
        return self.text[self.body : self.tail]


@functools.lru_cache(maxsize=8)
def cut(text: str) -> Cut:
    """The whole file as a block without braces. Blocks that are not closed end with the file."""
    block, end = Cut(text, 0, 0), 0
    outer: list[Cut] = []
    for piece in _BRACE_OR_REMARK.finditer(text):
        at = piece.start()
        character = text[at]
        if character == "#":
            continue
        start = text.rfind("\n", end, at) + 1 or end
        end = piece.end()
        if character == "{":
            inner = Cut(text, start, end)
            block.blocks.append(inner)
            outer.append(block)
            block = inner
        elif outer:
            block.tail, block.end = start, end
            block = outer.pop()
        else:
            block.blocks.append(Cut(text, start, end, last=True))
            break
    return outer[0] if outer else block


def lines(text: str, start: int, end: int) -> list[str]:
    """The lines of a part of the text, each with its end."""
    return _LINE.findall(text, start, end)
