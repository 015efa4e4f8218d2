"""Syntax help: the form of each line, made from the grammar."""

from __future__ import annotations

import functools
import re

from ..errors import Refused
from ..views import Line, Lines
from .source import command_rules, key_terminals, meanings, placeholders, rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PART = r'"[^"]*"|\w+|[\[\]|*+]'
_SPACE = r"(?<=[\[=|]) | (?=[\]|]|\.\.\.)"  # blanks that a form does not show
_FEW = 4  # keys or words that a form lists one by one


@functools.cache
def forms() -> dict[str, str]:
    """The form of each command, by its rule."""
    return {name: form(name) for name in command_rules()}


@functools.cache
def form(rule: str, full: bool = False) -> str:
    """The form of a rule: keywords as they are, NAMES in capitals, [what may be left out], ... for more.

    `full` spells out what a key may be, however much that is.
    """
    return _form_of(_body(rule), full)


def _body(rule: str) -> str:
    return rules()[rule][0]


def _may_be_empty(rule: str) -> bool:
    """Whether it is a list of any number, none included."""
    return _body(rule).rstrip().endswith("*")


def _form_of(body: str, full: bool) -> str:
    text = " ".join(_shown(part, full) for part in re.findall(_PART, body))
    return re.sub(_SPACE, "", text)


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
    return re.sub("^(?:NEW|OLD)_", "", name)


def _helper(rule: str, full: bool) -> str:
    """A helper rule inside a form: what it may be, or a name for it where that is long."""
    item = _item(rule)
    if item.endswith("_pair"):
        return _pairs(item, optional=_may_be_empty(rule))
    if item.endswith("_key"):
        return _either(alternatives(item), "KEY") + "..."
    choices = alternatives(rule)
    if rule.endswith("_list"):
        return f"[{choices[0]}]" if _may_be_empty(rule) else choices[0]
    return "|".join(choices) if full else _either(choices, rule.rpartition("_")[2].upper())


def _either(choices: Sequence[str], name: str) -> str:
    """The choices; the name in their place when they are many."""
    return "|".join(choices) if len(choices) <= _FEW else name


def _item(rule: str) -> str:
    """What a list is a list of; any other rule is its own."""
    return _body(rule).rstrip(" +*") if rule.endswith("_list") else rule


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
    bodies = map(str.strip, _body(rule).split("|"))
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
    if len(words) == 1 and re.fullmatch(r"[EW]\d+", words[0], re.I):
        return _explanation(words[0].upper())
    names = [name for name, text in forms().items() if text.split()[: len(words)] == list(words)]
    if not names:
        raise Refused(f"no line begins with {' '.join(words)}", hint="help", word=words[0], code="E202")
    command = names[0] if len(names) == 1 else "_".join(words)
    lines = _details(command) if command in names else map(_summary, names)
    return Lines(tuple(lines), [{"form": forms()[name], "meaning": rules()[name][1]} for name in names])


def _explanation(code: str) -> Lines:
    import textwrap  # only here, as is all that explains codes

    from ..errors.codes import CODES

    if code not in CODES:
        raise _unknown_code(code, CODES)
    text = textwrap.wrap(CODES[code], 76, initial_indent="    ", subsequent_indent="    ")
    return Lines((Line(code, "title"), *map(Line, text)), [{"code": code, "meaning": CODES[code]}])


def _unknown_code(code: str, known: Mapping[str, str]) -> Refused:
    import difflib
    import textwrap

    near = [*(other for other in known if other.startswith(code)), *difflib.get_close_matches(code, known, 1)]
    hint = f"help {near[0]}" if near else ""
    codes = tuple(textwrap.wrap(" ".join(known), 75))
    return Refused(f"no code {code}; these are the codes:", details=codes, word=code, hint=hint, code="E202")


def _summary(command: str) -> Line:
    return Line(f"{forms()[command]:50}  {rules()[command][1]}", "command")


def _details(command: str) -> Iterator[Line]:
    """The form of a command, its meaning, and each of its keys."""
    yield Line(forms()[command], "command")
    yield Line(f"    {rules()[command][1]}")
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
    for part in re.findall(_PART, _body(rule)):
        yield from _parts(part) if part in rules() and part.startswith("_") else (part,)
