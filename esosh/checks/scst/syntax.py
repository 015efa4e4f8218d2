"""The text of scst.conf: lines that scstadmin drops, reads differently from how they look, or aborts at.

Source: scstadmin 3.11 (readConfigFile, parseStanza, checkConfiguration, configToAttr, applyLunAssignments).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterator, Mapping

from ...executors.scst.conf_tree import Key, Node, parse, words
from ...language.numbers import decimal
from ...records import Record
from .. import Finding

_OBJECTS: Mapping[str, Collection[str]] = {  # what a block holds besides attributes; "" is the file
    "": ("HANDLER", "TARGET_DRIVER", "DEVICE_GROUP", "ALUA"),
    "HANDLER": ("DEVICE",),
    "TARGET_DRIVER": ("TARGET",),
    "TARGET": ("LUN", "GROUP"),
    "GROUP": ("LUN", "INITIATOR"),
    "DEVICE_GROUP": ("DEVICE", "TARGET_GROUP"),
    "TARGET_GROUP": ("TARGET",),
}
_KEYWORDS = {*itertools.chain.from_iterable(_OBJECTS.values())}
_NAMELESS = "ALUA"  # the one block that has no name
_LARGEST_LUN = 16383
_MEMBERS = {  # what can be in only one of the blocks of a keyword that are in the same block
    "HANDLER": "DEVICE", "TARGET_DRIVER": "TARGET", "DEVICE_GROUP": "DEVICE", "TARGET_GROUP": "TARGET",
}
_SUBJECTS = ("DEVICE", "TARGET", "TARGET_DRIVER")
_FILE: Key = ("", "")  # the block that the whole file is


class _Line(Record):
    """A line of the file: its number, and the keyword and name of each block that it is in."""

    number: int
    blocks: tuple[Key, ...]

    def finding(self, code: str, text: str, hint: str = "", overridable: bool = False) -> Finding:
        """A finding on this line."""
        return finding(code, self.blocks, f"line {self.number} of scst.conf: {text}", hint, overridable)


class _Earlier(Record):
    """What is above a line in the same block: objects, and members of blocks with the name of their block."""

    objects: dict[Key, tuple[int, Node]]
    members: dict[Key, tuple[int, str]]


@functools.lru_cache(maxsize=2)
def findings(text: str) -> tuple[Finding, ...]:
    """Lines that do not say to scstadmin what they seem to."""
    root = parse(text)
    return *_block(root, 1, (_FILE,)), *_last_line(root, text)


def finding(
    code: str, blocks: tuple[Key, ...], text: str, hint: str = "", overridable: bool = False,
) -> Finding:
    """A finding on what is in these blocks: on the device group, the device, the target or the driver."""
    names = dict(reversed(blocks))
    if "DEVICE_GROUP" in names:
        return Finding(code, "alua", f"alua {names['DEVICE_GROUP']}", text, hint, overridable)
    name = next((names[keyword] for keyword in _SUBJECTS if keyword in names), "")
    return Finding(code, "scst", f"scst {name}".strip(), text, hint, overridable)


def _last_line(root: Node, file: str) -> Iterator[Finding]:
    """scstadmin ignores a last line that does not end."""
    if _is_cut_short(_last(root)):
        line = _Line(file.count("\n") + 1, (_FILE,))
        text = "this last line has no line end, so scstadmin ignores it; any commit adds one"
        yield line.finding("W375", text)


def _last(block: Node) -> Node:
    """The last line of a block, or of the last block in it."""
    while block.children:
        block = block.children[-1]
    return block


def _is_cut_short(line: Node) -> bool:
    """Whether a line is a statement without a line end."""
    return line.children is None and bool(line.words) and not line.raw.endswith("\n")


def numbered(block: Node, number: int) -> Iterator[tuple[int, Node]]:
    """What is in a block that begins on the line of this number, each with the number of its first line."""
    number += block.raw.count("\n")
    for node in block.children or ():
        yield number, node
        number += node.text().count("\n")


def _block(block: Node, number: int, blocks: tuple[Key, ...]) -> Iterator[Finding]:
    """Findings on the lines of a block that begins on the line of this number."""
    earlier = _Earlier({}, {})
    for inner_number, node in numbered(block, number):
        yield from _node(node, _Line(inner_number, blocks), earlier)


def _node(node: Node, line: _Line, earlier: _Earlier) -> Iterator[Finding]:
    keyword, _ = line.blocks[-1]
    if node.last:
        text = "this brace closes nothing, and scstadmin reads no further"
        yield line.finding("E370", text, overridable=True)
    elif node.words and node.words[0] not in {*_OBJECTS.get(keyword, ()), *_KEYWORDS}:
        yield from _attribute(node, line)
    elif node.words or node.is_block:
        yield from _dropped(node, line)
        if len(node.words) > 1 and node.words[0] in _OBJECTS.get(keyword, ()):
            yield from _object(node, line, earlier)
    yield from _before_brace(node, line)


def _dropped(node: Node, line: _Line) -> Iterator[Finding]:
    """A statement that scstadmin drops without a word, all of it or a part."""
    reason = _reason(node, line.blocks[-1])
    if reason:
        yield line.finding("W384", f"scstadmin drops {reason}")


def _reason(node: Node, block: Key) -> str:
    """What scstadmin drops of a statement, in words; "" for nothing."""
    inside = " and what is in it" if node.is_block else ""
    if not node.words:
        return f"a block without a name{inside}"
    keyword, *names = node.words
    if keyword not in _OBJECTS.get(block[0], ()):
        return f"{keyword} here{inside}: it belongs into another block"
    needed = 2 if keyword == "LUN" else 1
    if len(names) < needed and keyword != _NAMELESS:
        return f"{' '.join(node.words)}{inside}: it has no {'device' if names else 'name'}"
    others = " ".join(names[needed:])
    return f"{others}{inside}, behind {keyword} {' '.join(names[:needed])}" if others else ""


def _before_brace(node: Node, line: _Line) -> Iterator[Finding]:
    """A statement on the line of the brace that closes its block."""
    dropped = words(node.tail.rpartition("}")[0])
    if dropped:
        said = " ".join(dropped) if dropped[0] in _KEYWORDS else dropped[0]  # the rest may be a secret
        above = node.text()[: -len(node.tail)].count("\n")
        place = _Line(line.number + above, line.blocks)
        yield place.finding("W384", f"scstadmin drops {said}: a line ends before the brace")


def _object(node: Node, line: _Line, earlier: _Earlier) -> Iterator[Finding]:
    keyword, name = node.words[:2]
    if keyword == "LUN" and len(node.words) > 2 and not _is_lun_number(name):
        text = f"SCST will not start: {name} is no number of a LUN, which is 0 to {_LARGEST_LUN}"
        yield line.finding("E385", text)
    yield from _repeated(node, line, earlier.objects)
    yield from _in_two_blocks(node, line, earlier.members)
    yield from _block(node, line.number, (*line.blocks, (keyword, name)))


def _is_lun_number(word: str) -> bool:
    return decimal(word, most=_LARGEST_LUN) is not None


def _attribute(node: Node, line: _Line) -> Iterator[Finding]:
    """scstadmin aborts at an attribute with something behind its value, or takes a part of it for all."""
    name = node.words[0]
    if len(node.words) > 2:
        text = f"SCST will not start: {name} has more than one word behind it; put them in quotes"
        yield line.finding("E373", text, f'{name} "..."')
    elif _is_block(node):
        yield line.finding("E373", f"SCST will not start: scstadmin does not know a block {name} here")


def _is_block(node: Node) -> bool:
    """Whether it holds more than an attribute can: a word on each line, if no value is before the brace."""
    allowed = 0 if len(node.words) > 1 else 1
    return any(len(child.words) > allowed for child in node.children or ())


def _repeated(node: Node, line: _Line, objects: dict[Key, tuple[int, Node]]) -> Iterator[Finding]:
    """scstadmin reads the last of several blocks with one name, and aborts at a LUN with two devices."""
    key = node.key()
    if key is None:
        return
    number, other = objects.setdefault(key, (line.number, node))
    if _is_lun_of_two(node, other):
        text = f"SCST will not start: LUN {key[1]} is on line {number} too, with another device"
        yield line.finding("E374", text)
    elif node is not other and other.children:
        text = f"{' '.join(key)} is on line {number} too, and scstadmin reads only the last one"
        yield line.finding("E371", text)


def _is_lun_of_two(node: Node, other: Node) -> bool:
    """Whether two lines of one key map a LUN to two devices."""
    return node.words[0] == "LUN" and node.words[1:3] != other.words[1:3]


def _in_two_blocks(block: Node, line: _Line, members: dict[Key, tuple[int, str]]) -> Iterator[Finding]:
    """What is in two blocks and can be in only one."""
    keyword, name = block.words[:2]
    for number, member in _members(block, line.number):
        other_number, other = members.setdefault((keyword, member[1]), (number, name))
        if other != name:
            place = _Line(number, (*line.blocks, (keyword, name), member))
            text = f"{' '.join(member)} is in {keyword} {other} too, on line {other_number}"
            yield place.finding("E371", text)


def _members(block: Node, number: int) -> Iterator[tuple[int, Key]]:
    """What of a block can be in no other one, each with its line."""
    keyword = _MEMBERS.get(block.words[0])
    for line, node in numbered(block, number):
        if len(node.words) > 1 and node.words[0] == keyword:
            yield line, (node.words[0], node.words[1])
