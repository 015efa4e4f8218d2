"""/etc/scst.conf as a tree that keeps every byte, and what it says.

One statement a line, `NAME ... {` opens a block; of statements with the same name the last one counts, and a brace that
closes nothing ends the file. Source: scstadmin 3.11 (readConfigFile, parseLine, configToAttr) and the files it wrote.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.resources
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Optional, Union

import lark

from ...config import COPY_MANAGER, Device, DeviceGroup, Driver, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from . import attributes

REMARK = re.compile(r"^#.*|[^\\]#.*")
_NOTED = "# Non-key attributes"
_WORD = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"|(\S+)', re.ASCII)
_USERS, _OUTGOING, _PORTALS = "IncomingUser", "OutgoingUser", "allowed_portal"
_SIZE = "size"
_SAID = (_USERS, _OUTGOING, _PORTALS, "enabled", "rel_tgt_id", "group_id", "state", "preferred")  # never only noted
Key = tuple[str, str]  # a keyword and a name; or an attribute, and which one where there are several


@dataclass
class Node:
    """One line, or a block with its head and its closing brace; words are () for comments and blank lines.

    `last`: a brace that closes nothing, and all that stands behind it; nobody reads that.
    """

    raw: str
    words: tuple[str, ...] = ()
    children: Optional[list[Node]] = None
    tail: str = ""
    last: bool = False

    def text(self) -> str:
        """The lines as they stand in the file."""
        pieces: list[str] = []
        left: list[Union[Node, str]] = [self]
        while left:  # no recursion: a file may nest deeper than Python
            part = left.pop()
            if isinstance(part, str):
                pieces.append(part)
            else:
                pieces.append(part.raw)
                left += [part.tail, *reversed(part.children or ())]
        return "".join(pieces)

    def named(self, keyword: str) -> Iterator[Node]:
        """The children that begin with a keyword and a name."""
        return (child for child in self.children or () if child.words[:1] == (keyword,) and len(child.words) > 1)

    def key(self) -> Optional[Key]:
        """What the node is in its block; None for what is not known."""
        if len(self.words) > 1 and self.words[0].isupper():
            return self._lun() if self.words[0] == "LUN" else (self.words[0], self.words[1])
        if not self.words or self.words[0].isupper() or self.children is not None:
            return None
        return attribute_key(_SIZE if self._in_mebibytes() else self.words[0], self.value())

    def _lun(self) -> Optional[Key]:
        known = len(self.words) > 2 and re.fullmatch("[0-9]+", self.words[1])
        return ("LUN", self.words[1].lstrip("0") or "0") if known else None

    def value(self) -> str:
        """What follows the first word; a size is one in bytes."""
        text = " ".join(self.words[1:])
        return str(int(text) << 20) if self._in_mebibytes() else text

    def _in_mebibytes(self) -> bool:
        return self.words[0] == "size_mb" and bool(re.fullmatch("[0-9]{1,13}", " ".join(self.words[1:])))

    def begins_notes(self) -> bool:
        """Whether the attributes below are the kernel's own state, which scstadmin noted."""
        return not self.words and self.raw.strip().startswith(_NOTED)


def attribute_key(name: str, value: str) -> Key:
    """The key of an attribute: a user is known by its name, a portal by itself."""
    return name, {_USERS: attributes.user(value)[0], _PORTALS: value}.get(name, "")


@dataclass(frozen=True)
class Contents:
    """What stands in a block, by its key; `noted`: below the remark of scstadmin that it is the kernel's own state."""

    said: dict[Key, list[Node]] = field(default_factory=dict)
    noted: dict[Key, list[Node]] = field(default_factory=dict)

    def named(self, keyword: str) -> dict[str, Node]:
        """What begins with a keyword, by its name."""
        return {name: nodes[-1] for (word, name), nodes in self.said.items() if word == keyword}

    def value(self, key: str) -> str:
        """The value of an attribute, "" where there is none."""
        nodes = self.said.get((key, ""))
        return nodes[-1].value() if nodes else ""

    def attributes(self, kind: str) -> dict[str, str]:
        """The attributes that are configuration, as the kernel shows them; those noted are, if their default is another one."""
        noted = {word: nodes[-1].value() for (word, _), nodes in self.noted.items() if attributes.default(kind, word) is not None}
        values = {**noted, **{word: nodes[-1].value() for (word, _), nodes in self.said.items() if not word.isupper()}}
        return {key: attributes.canonical(kind, key, value) for key, value in values.items()
                if key not in (_USERS, _OUTGOING, _PORTALS) and attributes.saved(kind, key, value)}

    def users(self) -> dict[str, str]:
        """The secret of each user; one without a secret is none."""
        pairs = (attributes.user(node.value()) for node in self.named(_USERS).values())
        return {name: secret for name, secret in pairs if secret}

    def outgoing(self) -> str:
        """The user as which a target logs in, and its secret."""
        name, secret = attributes.user(self.value(_OUTGOING))
        return f"{name} {secret}" if secret else ""


class _Tree(lark.Transformer[lark.Token, Node]):
    """The nodes of what Lark found."""

    def start(self, items: list[Union[Node, lark.Token]]) -> Node:
        return Node("", children=_nodes(items))

    def block(self, items: list[Union[Node, lark.Token]]) -> Node:
        head, tail = str(items[0]), str(items[-1])
        return Node(head, words(head.partition("{")[0]), _nodes(items[1:-1]), tail)


def _nodes(items: list[Union[Node, lark.Token]]) -> list[Node]:
    return [item if isinstance(item, Node) else _line(item) for item in items]


def _line(token: lark.Token) -> Node:
    return Node(str(token), last=True) if token.type == "STRAY" else Node(str(token), words(token))


class _Braces:
    """Blocks that are not closed end with the file; what closes no block ends it."""

    always_accept = ()

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        depth = 0
        for token in stream:
            depth += {"HEAD": 1, "TAIL": -1}.get(token.type, 0)
            if depth < 0:
                yield lark.Token("STRAY", "".join([token, *stream]))
                return
            yield token
        yield from (lark.Token("TAIL", "") for _ in range(depth))


@functools.cache
def _parser() -> lark.Lark:
    grammar = importlib.resources.files("esosh").joinpath("executors/scst/conf.lark").read_text("utf-8")
    return lark.Lark(grammar, parser="lalr", lexer="basic", postlex=_Braces(), transformer=_Tree())


def parse(text: str) -> Node:
    """The tree of a file, whatever it holds."""
    tree: object = _parser().parse(text)
    assert isinstance(tree, Node)
    return tree


def words(line: str) -> tuple[str, ...]:
    """The words of a line, cut as scstadmin cuts them: remarks, then backslashes, then quotes."""
    if "#" in line:
        line = REMARK.sub("", line, count=1)
    if "\\" in line:
        line = re.sub(r"\\(.)", r"\1", line)
    return tuple(quoted or bare for quoted, bare in _WORD.findall(line))


def contents(block: Node) -> Contents:
    """What stands in a block, by its key; at the top, a block ends what scstadmin noted."""
    found, noted = Contents(), False
    for node in block.children or ():
        noted = node.begins_notes() or (noted and (bool(block.raw) or node.children is None))
        key = node.key()
        if key:
            place = found.noted if noted and not key[0].isupper() and key[0] not in _SAID else found.said
            place.setdefault(key, []).append(node)
    return found


@functools.lru_cache(maxsize=8)
def read(text: str) -> Scst:
    """What a file configures, but for the copy manager, which looks after itself."""
    top = contents(parse(text))
    devices = {name: Device(handler, contents(device).attributes(handler))
               for handler, block in top.named("HANDLER").items() for name, device in contents(block).named("DEVICE").items()}
    drivers = {name: contents(block) for name, block in top.named("TARGET_DRIVER").items() if name != COPY_MANAGER}
    targets = {name: _target(driver, contents(target)) for driver, block in drivers.items()
               for name, target in block.named("TARGET").items()}
    groups = {name: _device_group(contents(block)) for name, block in top.named("DEVICE_GROUP").items()}
    said = Scst(devices, targets, groups, {name: _driver(block) for name, block in drivers.items()}, top.attributes("core"))
    return _numbered(said)


def _numbered(scst: Scst) -> Scst:
    """The id of a target of this host is the target's own; that in a target group counts, for scstadmin sets it last."""
    ports = [(name, port) for _, group in sorted(scst.groups.items()) for _, tgrp in sorted(group.target_groups.items())
             for name, port in tgrp.targets.items() if name in scst.targets and port.rel_tgt_id]
    if not ports:
        return scst
    numbers = {name: port.rel_tgt_id for name, port in ports}
    targets = {name: replace(target, rel_tgt_id=numbers.get(name, target.rel_tgt_id)) for name, target in scst.targets.items()}
    return replace(scst, targets=targets, groups={name: _local(group, numbers) for name, group in scst.groups.items()})


def _local(group: DeviceGroup, local: Collection[str]) -> DeviceGroup:
    tgrps = {key: replace(tgrp, targets={name: Port() if name in local else port for name, port in tgrp.targets.items()})
             for key, tgrp in group.target_groups.items()}
    return replace(group, target_groups=tgrps)


def _driver(block: Contents) -> Driver:
    return Driver(block.value("enabled") == "1", block.attributes("driver"), block.users(), block.outgoing())


def _target(driver: str, block: Contents) -> Target:
    groups = {name: _initiators(contents(group)) for name, group in block.named("GROUP").items()}
    return Target(driver, block.value("enabled") == "1", _number(block.value("rel_tgt_id")), block.attributes("target"),
                  block.users(), block.outgoing(), frozenset(block.named(_PORTALS)), _luns(block), groups)


def _initiators(block: Contents) -> InitiatorGroup:
    return InitiatorGroup(_luns(block), frozenset(block.named("INITIATOR")), block.attributes("group"))


def _luns(block: Contents) -> dict[str, Lun]:
    luns = sorted(block.named("LUN").items(), key=lambda item: (len(item[0]), item[0]))
    return {number: Lun(node.words[2], contents(node).attributes("lun")) for number, node in luns}


def _device_group(block: Contents) -> DeviceGroup:
    tgrps = {name: _target_group(contents(tgrp)) for name, tgrp in block.named("TARGET_GROUP").items()}
    return DeviceGroup(frozenset(block.named("DEVICE")), tgrps)


def _target_group(block: Contents) -> TargetGroup:
    ports = {name: Port(_number(contents(port).value("rel_tgt_id"))) for name, port in block.named("TARGET").items()}
    return TargetGroup(_number(block.value("group_id")), block.value("state") or "active", block.value("preferred") == "1", ports)


def _number(text: str) -> int:
    """An id as the kernel reads it, where 010 is octal; 0 where it takes none."""
    with contextlib.suppress(ValueError):
        number = int(text, 8 if re.match("0[0-9]", text) else 0)
        return number if 0 <= number <= 65535 else 0
    return 0
