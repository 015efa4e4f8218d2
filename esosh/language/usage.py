"""Syntax help: the form of each line, made from the grammar."""

from __future__ import annotations

import difflib
import functools
import itertools
import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..errors import Refused
from ..errors.codes import CODES
from ..views import Line, Lines
from .source import key_terminals, meanings, placeholders, source

_RULE = re.compile(r"^!?(\w+):\s*((?:.(?!\s//))*.)(?:\s//\s*(.*))?((?:\n  \|.*)*)", re.M)
_PART = re.compile(r'"[^"]*"|\w+|[\[\]|*+]')
_SPACE = re.compile(r"(?<=[\[=|]) | (?=[\]|]|\.\.\.)")  # blanks that a form does not show
_FEW = 4  # keys or words that a form lists one by one
_PREFIX = re.compile(r"^(?:NEW|OLD)_")
_CODE = re.compile(r"[EW]\d+", re.I)


class Rule(NamedTuple):
    """A rule of the grammar: its body, and what its lines do."""

    body: str
    help: str

    def may_be_empty(self) -> bool:
        """Whether it is a list of any number, none included."""
        return self.body.rstrip().endswith("*")


@functools.cache
def rules() -> dict[str, Rule]:
    """Each rule by its name."""
    return {name: Rule(body + more, help or "") for name, body, help, more in _RULE.findall(source())}


@functools.cache
def command_rules(above: str = "start") -> tuple[str, ...]:
    """The rules that are commands: what a line may be; a rule "_net" stands for its alternatives."""
    names = re.findall(r"\w+", rules()[above].body)
    return tuple(itertools.chain.from_iterable(map(_commands, names)))


def _commands(name: str) -> tuple[str, ...]:
    return command_rules(name) if name.startswith("_") else (name,)


@functools.cache
def forms() -> dict[str, str]:
    """The form of each command, by its rule."""
    return {name: form(name) for name in command_rules()}


@functools.cache
def form(rule: str, full: bool = False) -> str:
    """The form of a rule: keywords as they are, NAMES in capitals, [what may be left out], ... for more.

    `full` spells out what a key may be, however much that is.
    """
    return _form_of(rules()[rule].body, full)


def _form_of(body: str, full: bool) -> str:
    text = " ".join(_shown(part, full) for part in _PART.findall(body))
    return _SPACE.sub("", text)


def _shown(part: str, full: bool) -> str:
    if part.startswith('"'):
        return part[1:-1]
    if part in "*+":
        return "..."
    if part in placeholders():
        return placeholders()[part]
    if part in "[]|" or part.isupper():
        return _terminal(part)
    return _helper(part, full)


def _terminal(name: str) -> str:
    if name.endswith("_KEY"):
        return "KEY=" if name in key_terminals() else "KEY"
    return _PREFIX.sub("", name)


def _helper(rule: str, full: bool) -> str:
    """A helper rule inside a form: what it may be, or a name for it where that is long."""
    item = _item(rule)
    if item.endswith("_pair"):
        return _pairs(item, optional=rules()[rule].may_be_empty())
    if item.endswith("_key"):
        return _either(alternatives(item), "KEY") + "..."
    choices = alternatives(rule)
    if rule.endswith("_list"):
        return f"[{choices[0]}]" if rules()[rule].may_be_empty() else choices[0]
    return "|".join(choices) if full else _either(choices, rule.rpartition("_")[2].upper())


def _either(choices: Sequence[str], name: str) -> str:
    """The choices; the name in their place when they are many."""
    return "|".join(choices) if len(choices) <= _FEW else name


def _item(rule: str) -> str:
    """What a list is a list of; any other rule is its own."""
    return rules()[rule].body.rstrip(" +*") if rule.endswith("_list") else rule


def _pairs(rule: str, optional: bool) -> str:
    """Keys and lists, each by itself when they are few; in brackets when all may be left out."""
    choices = alternatives(rule)
    keys = [choice for choice in choices if "=" in choice]
    lists = [choice for choice in choices if "=" not in choice]
    most = _FEW if optional else 1
    shown = [*lists, *(keys if len(keys) <= most else ["KEY=VALUE..."])]
    return " ".join(map("[{}]".format, shown)) if optional else "|".join(shown)


@functools.cache
def alternatives(rule: str, full: bool = False) -> tuple[str, ...]:
    """What a helper rule may be, one by one."""
    bodies = map(str.strip, rules()[rule].body.split("|"))
    return tuple(choice for body in bodies for choice in _alternative(body, full))


def _alternative(body: str, full: bool) -> tuple[str, ...]:
    inlined = body.rstrip("+*")
    if inlined in rules() and inlined.startswith("_"):
        return alternatives(inlined, full)
    return (_form_of(body, full),)


def help(words: Sequence[str]) -> Lines:
    """The forms of the lines that begin with these words, and what they mean; of a single line also its keys.

    For the code of an error: its explanation. Raises Refused when no line begins so.
    """
    if len(words) == 1 and _CODE.fullmatch(words[0]):
        return _explanation(words[0].upper())
    names = [name for name, text in forms().items() if text.split()[: len(words)] == list(words)]
    if not names:
        raise Refused(f"no line begins with {' '.join(words)}", hint="help", word=words[0], code="E202")
    command = names[0] if len(names) == 1 else "_".join(words)
    lines = _details(command) if command in names else map(_summary, names)
    return Lines(tuple(lines), [{"form": forms()[name], "meaning": rules()[name].help} for name in names])


def _explanation(code: str) -> Lines:
    if code not in CODES:
        raise _unknown_code(code)
    text = textwrap.wrap(CODES[code], 76, initial_indent="    ", subsequent_indent="    ")
    return Lines((Line(code, "title"), *map(Line, text)), [{"code": code, "meaning": CODES[code]}])


def _unknown_code(code: str) -> Refused:
    near = [*(other for other in CODES if other.startswith(code)), *difflib.get_close_matches(code, CODES, 1)]
    hint = f"help {near[0]}" if near else ""
    codes = tuple(textwrap.wrap(" ".join(CODES), 75))
    return Refused(f"no code {code}; these are the codes:", details=codes, word=code, hint=hint, code="E202")


def _summary(command: str) -> Line:
    return Line(f"{forms()[command]:50}  {rules()[command].help}", "command")


def _details(command: str) -> Iterator[Line]:
    """The form of a command, its meaning, and each of its keys."""
    yield Line(forms()[command], "command")
    yield Line(f"    {rules()[command].help}")
    for choice in dict.fromkeys(_key_choices(command)):
        meaning = meanings().get(choice.partition("=")[0] + "=", "")
        yield Line(f"      {choice:38}  {meaning}".rstrip(), "dim")


def _key_choices(command: str) -> Iterator[str]:
    """What may stand in the place of each list of keys."""
    items = [_item(part) for part in _parts(command) if part in rules()]
    for item in items:
        if item.endswith(("_pair", "_key")):
            yield from alternatives(item, full=True)


def _parts(rule: str) -> Iterator[str]:
    """The parts of a rule's body, those of the rules that stand in its place ("_rule") among them."""
    for part in _PART.findall(rules()[rule].body):
        yield from _parts(part) if part in rules() and part.startswith("_") else (part,)
