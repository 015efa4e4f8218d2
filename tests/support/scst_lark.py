"""The tree of scst.conf as Lark makes it of scst_conf.lark: what the parser of conf_cut has to agree with."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import lark

from esosh.executors.scst.conf_tree import Node, words


class Tree(lark.Transformer):
    """The nodes of what Lark found."""

    def start(self, items: list[Node | lark.Token]) -> Node:
        return Node("", (), nodes(items))

    def block(self, items: list[Node | lark.Token]) -> Node:
        head, tail = str(items[0]), str(items[-1])
        return Node(head, words(head.partition("{")[0]), nodes(items[1:-1]), tail)


def nodes(items: list[Node | lark.Token]) -> list[Node]:
    return [item if isinstance(item, Node) else line(item) for item in items]


def line(token: lark.Token) -> Node:
    return Node(str(token), (), last=True) if token.type == "STRAY" else Node(str(token), words(token))


class Braces:
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
        yield from [lark.Token("TAIL", "")] * depth


@functools.cache
def parser() -> lark.Lark:
    grammar = Path(__file__).with_name("scst_conf.lark").read_text("utf-8")
    return lark.Lark(grammar, parser="lalr", lexer="basic", postlex=Braces(), transformer=Tree())


def parse(text: str) -> Node:
    tree = parser().parse(text)
    assert isinstance(tree, Node)
    return tree
