"""How to say it: the form of each line, made from the grammar."""

from __future__ import annotations

import difflib
import functools
import re
import textwrap
from collections.abc import Iterator, Sequence

from . import language
from .codes import CODES
from .errors import Refused
from .grammar import source
from .views import Line, Lines

_RULE = re.compile(r"^!?(\w+):\s*((?:.(?!\s//))*.)(?:\s//\s*(.*))?((?:\n  \|.*)*)", re.M)
_PART = re.compile(r'"[^"]*"|\w+|[\[\]|*+]')
_FEW = 4  # keys or words that a form lists one by one
_SHORT = {
    "_line": "LINE", "topic": "SECTION [NAME]", "section": "SECTION", "level": "SECTION",
    "_new_device": "HANDLER DEVICE [KEY=VALUE...]", "EXPORTER": "TARGET", "RENAMED": "NAME", "SET_KEY": "KEY",
    "USER_NAME": "NAME",
}
_PREFIX = re.compile(r"^(?:NEW|OLD)_")
_MEANING = re.compile(r"^// (\w+=) (.+)$", re.M)
_CODE = re.compile(r"[EW]\d+", re.I)


@functools.cache
def rules() -> dict[str, tuple[str, str]]:
    """Each rule's body and help."""
    return {name: (body + more, help or "") for name, body, help, more in _RULE.findall(source())}


@functools.cache
def meanings() -> dict[str, str]:
    """What keys mean, as far as the grammar's remarks say it."""
    return dict(_MEANING.findall(source()))


@functools.cache
def forms() -> dict[str, str]:
    """The form of each command, by its rule."""
    return {name: form(name) for name in rules() if language.command_class(name)}


@functools.cache
def form(rule: str, full: bool = False) -> str:
    """The form of a rule: keywords as they are, NAMES in capitals, [what may be left out], ... for more.

    `full` spells out what a key may be, however much that is.
    """
    text = " ".join(_shown(part, full) for part in _PART.findall(rules()[rule][0]))
    return re.sub(r"(?<=[\[=|]) | (?=[\]|]|\.\.\.)", "", text)


def _shown(part: str, full: bool) -> str:
    if part.startswith('"'):
        return part[1:-1]
    if part in "*+":
        return "..."
    if part in _SHORT:
        return _SHORT[part]
    return _PREFIX.sub("", part) if part in "[]|" or part.isupper() else _helper(part, full)


def _helper(rule: str, full: bool) -> str:
    """A helper rule inside a form: what it may be, or a name for it where that is long."""
    choices = alternatives(rule)
    if _item(rule).endswith("_pair"):
        return _pairs(_item(rule), optional=rules()[rule][0].rstrip().endswith("*"))
    if _item(rule).endswith("_key"):
        keys = alternatives(_item(rule))
        return ("|".join(keys) if len(keys) <= _FEW else "KEY") + "..."
    if rule.endswith("_list"):
        return f"[{choices[0]}]" if rules()[rule][0].rstrip().endswith("*") else choices[0]
    return "|".join(choices) if full or len(choices) <= _FEW else rule.rpartition("_")[2].upper()


def _item(rule: str) -> str:
    """What a list is a list of; any other rule is its own."""
    return rules()[rule][0].rstrip(" +*") if rule.endswith("_list") else rule


def _pairs(rule: str, optional: bool) -> str:
    """Keys and lists, each by itself where they are few; in brackets where all may be left out."""
    choices = alternatives(rule)
    keys = [choice for choice in choices if "=" in choice]
    lists = [choice for choice in choices if "=" not in choice]
    shown = [*lists, *(keys if len(keys) <= (_FEW if optional else 1) else ["KEY=VALUE..."])]
    return " ".join(f"[{choice}]" for choice in shown) if optional else "|".join(shown)


@functools.cache
def alternatives(rule: str, full: bool = False) -> tuple[str, ...]:
    """What a helper rule may be, one by one."""
    return tuple(choice for body in rules()[rule][0].split("|") for choice in _alternative(body.strip(), full))


def _alternative(body: str, full: bool) -> tuple[str, ...]:
    inlined = body.rstrip("+*")
    if inlined in rules() and inlined.startswith("_"):
        return alternatives(inlined, full)
    text = " ".join(_shown(part, full) for part in _PART.findall(body)).replace("OTHER_KEY VALUE", "KEY=VALUE")
    return (re.sub(r"(?<=[\[=|]) | (?=[\]|]|\.\.\.)", "", text),)


def help(words: Sequence[str]) -> Lines:
    """The forms of the lines that begin with these words, each with its meaning; of a single one, its keys too.

    A code is explained. Raises Refused when no line begins so.
    """
    if len(words) == 1 and _CODE.fullmatch(words[0]):
        return _explained(words[0].upper())
    found = [name for name, text in forms().items() if text.split()[: len(words)] == list(words)]
    if not found:
        raise Refused(f"no line begins with {' '.join(words)}", mend="help", word=words[0], code="E202")
    exact = [name for name in found if " ".join(words) == name.replace("_", " ")]
    lines = list(_whole((exact or found)[0])) if len(found) == 1 or exact else [_entry(name) for name in found]
    return Lines(tuple(lines), [{"form": forms()[name], "meaning": rules()[name][1]} for name in found])


def _explained(code: str) -> Lines:
    if code not in CODES:
        near = next((each for each in CODES if each.startswith(code)), "".join(difflib.get_close_matches(code, CODES, 1)))
        raise Refused(f"no code {code}; these are the codes:", details=tuple(textwrap.wrap(" ".join(CODES), 75)), word=code,
                      mend=near and f"help {near}", code="E202")
    text = textwrap.wrap(CODES[code], 76, initial_indent="    ", subsequent_indent="    ")
    return Lines((Line(code, "title"), *map(Line, text)), [{"code": code, "meaning": CODES[code]}])


def _entry(name: str) -> Line:
    return Line(f"{forms()[name]:50}  {rules()[name][1]}", "command")


def _whole(name: str) -> Iterator[Line]:
    yield Line(forms()[name], "command")
    yield Line(f"    {rules()[name][1]}")
    keyed = [rule for rule in _parts(name) if rule in rules() and _item(rule).endswith(("_pair", "_key"))]
    choices = (choice for rule in keyed for choice in alternatives(_item(rule), full=True))
    for choice in dict.fromkeys(choices):
        meaning = meanings().get(choice.partition("=")[0] + "=", "")
        yield Line(f"      {choice:38}  {meaning}".rstrip(), "dim")


def _parts(rule: str) -> Iterator[str]:
    """The parts of a rule's body, those of the rules that stand in its place ("_rule") among them."""
    for part in _PART.findall(rules()[rule][0]):
        yield from _parts(part) if part in rules() and part.startswith("_") else (part,)
