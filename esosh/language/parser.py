"""A small LALR parser that is fed terminal by terminal. It reads only the rows that a line comes to."""

from __future__ import annotations

import functools
import re

from .tables import item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Callable, Optional, Union

    Kept = Sequence[Optional[int]]
    Rule = tuple[str, int, Optional[Kept]]  # language/compiler says what these are
    Step = tuple[tuple[Rule, ...], "Stack"]
    Make = Callable[[str, list[Any]], Any]

END = "$END"


class Row:
    """What may come in a state.

    `shifts`: the state behind each terminal. `gotos`: the state behind each rule. `ends`: the rules that may
    end here, each with the terminals that may follow it. `patterns`: what a word may fit, each with its
    terminal. `keys`: the patterns of keys among them.
    """

    __slots__ = ("ends", "gotos", "keys", "patterns", "shifts")

    def __init__(self, state: int) -> None:
        self.shifts: dict[str, int]
        self.gotos: dict[str, int]
        self.shifts, self.gotos, ends, patterns = item("rows", state)
        self.ends: list[tuple[Rule, frozenset[str]]] = [(rule, _lookahead(at)) for rule, at in ends]
        self.patterns = [(name, re.compile(pattern).fullmatch) for name, pattern, _ in patterns]
        self.keys = [fits for (_, fits), (_, _, is_key) in zip(self.patterns, patterns) if is_key]

    def has(self, terminal: str) -> bool:
        """Whether a terminal may come, as far as this state tells."""
        return terminal in self.shifts or self.rule_before(terminal) is not None

    def rule_before(self, terminal: str) -> Optional[Rule]:
        """The rule that ends here when this terminal comes."""
        for rule, lookahead in self.ends:
            if terminal in lookahead:
                return rule
        return None


_row = functools.cache(Row)


@functools.cache
def _lookahead(number: int) -> frozenset[str]:
    return frozenset(item("lookaheads", number))


class Stack:
    """A stack of states: the row of the one on top, and the stack below it.

    There is one object for each stack, which keeps what it found. They are few, for no rule is within itself.
    """

    def __init__(self, state: int, below: Optional[Stack] = None) -> None:
        self.row = _row(state)
        self._below = below
        self._above: dict[int, Stack] = {}
        self._steps: dict[str, Optional[Step]] = {}

    def step(self, terminal: str) -> Optional[Step]:
        """The rules that end before a terminal, and the stack behind it; None when it cannot come."""
        try:
            return self._steps[terminal]
        except KeyError:
            found = self._steps[terminal] = self._step(terminal)
            return found

    def _step(self, terminal: str) -> Optional[Step]:
        if terminal in self.row.shifts:
            return (), self._with(self.row.shifts[terminal])
        rule = self.row.rule_before(terminal)
        rest = rule and self._without(rule).step(terminal)
        return ((rule, *rest[0]), rest[1]) if rule and rest else None

    def _with(self, state: int) -> Stack:
        if state not in self._above:
            self._above[state] = Stack(state, self)
        return self._above[state]

    def _without(self, rule: Rule) -> Stack:
        """The stack when a rule has ended."""
        name, size, _ = rule
        stack = self
        for _ in range(size):
            assert stack._below
            stack = stack._below
        return stack._with(stack.row.gotos[name])

    @functools.cached_property
    def accepts(self) -> frozenset[str]:
        """The terminals that may come, END among them where the line may end."""
        after_rules = (lookahead & self._without(rule).accepts for rule, lookahead in self.row.ends)
        return frozenset(self.row.shifts).union(*after_rules)


@functools.cache
def empty_stack() -> Stack:
    """The stack before the first word."""
    return Stack(0)


def tree(read: Iterable[Union[str, Rule]], make: Make) -> Any:
    """What `make(rule, parts)` makes of the texts of words and of the rules that ended between them."""
    made: list[Any] = []
    for text_or_rule in read:
        if isinstance(text_or_rule, str):
            made.append(text_or_rule)
            continue
        name, size, kept = text_or_rule
        first = len(made) - size
        parts = made[first:] if kept is None else _kept(made[first:], kept)
        made[first:] = [parts if name[0] == "_" else make(name, parts)]
    return made[0]


def _kept(symbols: list[Any], kept: Kept) -> list[Any]:
    parts: list[Any] = []
    for place in kept:
        if place is None:
            parts.append(None)
        elif place >= 0:
            parts.append(symbols[place])
        elif parts:
            parts += symbols[~place]
        else:
            parts = symbols[~place]  # a list grows in place and is not copied with each of its words
    return parts
