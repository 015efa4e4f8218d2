"""Makes the tables of the grammar. Only this module uses Lark, and only where esosh is built.

The parts of the tables, besides those that language/remarks reads from the text:

    rows        for each state of the parser, the first one first, four things, as bytes of their own:
                the state behind each terminal that may come; the state behind the name of each rule;
                the rules that may end here, each with the number of its lookahead;
                the patterns that a word may fit, each with its terminal and whether its words are keys
    lookaheads  the terminals before which a rule ends, as bytes of their own
    keywords    the terminal of each keyword and alias
    patterns    for each other terminal, what its words look like

A rule is its name, the number of its symbols, and which of them its branch keeps, where it does not keep all:
N for a symbol, ~N for the parts of that symbol's branch, None for what was left out.
"""

from __future__ import annotations

import itertools
import marshal
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Optional, Union

import lark
from lark.grammar import Rule, Symbol, Terminal

from .remarks import remarks

_Row = dict[str, Union[int, Rule]]  # by symbols: the state behind each, or the rule that ends before it


class _NoLexer(lark.lexer.Lexer):
    """No lexer: the parser is fed words one by one."""

    __future_interface__ = 2

    def __init__(self, conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[lark.Token]:
        return iter(())


def parser(text: str) -> lark.Lark:
    """Lark's own parser of the grammar."""
    return lark.Lark(text, parser="lalr", lexer=_NoLexer, maybe_placeholders=True)


def tables(text: str) -> bytes:
    """The tables of a grammar: always the same bytes for the same text."""
    compiled, parts = parser(text), remarks(text)
    keywords = {it.pattern.value: it.name for it in compiled.terminals if it.pattern.type == "str"}
    patterns = {it.name: it.pattern.to_regexp() for it in compiled.terminals if it.pattern.type != "str"}
    lookaheads: dict[tuple[str, ...], int] = {}
    parts["rows"] = tuple(
        _dumped((*_goals(row), _ends(row, lookaheads), _patterns(row, patterns, parts["key_terminals"])))
        for row in _rows(compiled)
    )
    parts["lookaheads"] = tuple(map(_dumped, lookaheads))
    parts["keywords"] = {**keywords, **{alias: keywords[word] for alias, word in parts["aliases"].items()}}
    parts["patterns"] = patterns
    return _dumped({name: _dumped(part) for name, part in parts.items()})


def _dumped(value: object) -> bytes:
    return marshal.dumps(_interned(value), 4)


def _interned(value: Any) -> Any:
    """The value with each text interned, as it is to be when it is read: rows are looked up by them."""
    if isinstance(value, str):
        return sys.intern(str(value))
    if isinstance(value, tuple):
        return tuple(map(_interned, value))
    if isinstance(value, dict):
        return {_interned(key): _interned(inner) for key, inner in value.items()}
    return value


def _rows(compiled: lark.Lark) -> Iterator[_Row]:
    """The rows of the parser's states, numbered as a search by name finds them: Lark's numbers are random."""
    table: Any = compiled.parser.parser._parse_table
    first, last = table.start_states["start"], table.end_states["start"]
    numbers = {first: 0}
    for state in (states := [first]):
        row = {symbol: argument for symbol, (_, argument) in sorted(table.states[state].items())}
        for goal in row.values():
            if not isinstance(goal, Rule) and goal not in numbers:
                numbers[goal] = len(states)
                states.append(goal)
        numbered = {symbol: goal if isinstance(goal, Rule) else numbers[goal] for symbol, goal in row.items()}
        yield {"$END": numbers[last]} if state == last else numbered


def _goals(row: _Row) -> tuple[dict[str, int], dict[str, int]]:
    """The states behind terminals, and behind the names of rules."""
    goals = {symbol: state for symbol, state in row.items() if isinstance(state, int)}
    shifts = {symbol: state for symbol, state in goals.items() if symbol.isupper()}
    return shifts, {symbol: state for symbol, state in goals.items() if symbol not in shifts}


def _ends(row: _Row, lookaheads: dict[tuple[str, ...], int]) -> tuple[Any, ...]:
    """The rules that may end, each with the number of its lookahead, which is added where it is new."""
    ends: dict[Rule, list[str]] = {}
    for symbol, rule in row.items():
        if isinstance(rule, Rule):
            ends.setdefault(rule, []).append(symbol)
    known = {rule: lookaheads.setdefault(tuple(symbols), len(lookaheads)) for rule, symbols in ends.items()}
    return tuple((_rule(rule), number) for rule, number in known.items())


def _rule(rule: Rule) -> tuple[str, int, Optional[tuple[Optional[int], ...]]]:
    kept = tuple(_kept(rule))
    return rule.origin.name, len(rule.expansion), None if kept == tuple(range(len(rule.expansion))) else kept


def _kept(rule: Rule) -> Iterator[Optional[int]]:
    """What a branch keeps of its rule's symbols: no plain keywords, and of a rule like "_net" its parts."""
    left_out = "".join(str(int(is_empty)) for is_empty in rule.options.empty_indices).split("0")
    for place, (symbol, empty) in enumerate(itertools.zip_longest(rule.expansion, left_out, fillvalue="")):
        yield from [None] * len(empty)
        if isinstance(symbol, Symbol) and (rule.options.keep_all_tokens or not _is_plain(symbol)):
            yield ~place if not symbol.is_term and symbol.name.startswith("_") else place


def _is_plain(symbol: Symbol) -> bool:
    return isinstance(symbol, Terminal) and symbol.filter_out


def _patterns(row: _Row, patterns: dict[str, str], keys: Sequence[str]) -> tuple[tuple[str, str, bool], ...]:
    """The patterns of the terminals that may come."""
    return tuple((name, pattern, name in keys) for name, pattern in patterns.items() if name in row)
