"""The text of the grammar, and what can be read from it uncompiled: sections, keywords, secrets, remarks."""

from __future__ import annotations

import functools
import importlib.resources
import re

_ALIASES = re.compile(r"^// for (.+) read (\S+)$", re.M)
_SYNONYMS = re.compile(r"^// for (.+) say (\S+)$", re.M)
_MEANING = re.compile(r"^// (\w+=) (.+)$", re.M)
_PLACEHOLDER = re.compile(r"^// show (\S+) as (.+)$", re.M)
_KEY_TERMINAL = re.compile(r"^(\w+): /.*=/", re.M)
_HELP = re.compile(r"^!?(\w+):.*?\s//\s?(.*)$", re.M)


@functools.cache
def source() -> str:
    """The text of grammar.lark."""
    return importlib.resources.files("esosh").joinpath("grammar.lark").read_text("utf-8")


@functools.cache
def sections() -> tuple[str, ...]:
    """The sections as they are typed: the only list of them. Each comes after those that it refers to."""
    rule = re.search(r"^!section: (.*)$", source(), re.M)
    return tuple(re.findall(r'"(\w+)"', rule[1])) if rule else ()


@functools.cache
def keywords() -> frozenset[str]:
    """Every word of the language, aliases included, except numbers: no name stands where a number may."""
    quoted = re.findall(r'"([^"\n]+)"', re.sub(r"//.*", "", source()))
    return frozenset(word for word in (*aliases(), *quoted) if not word.isdigit())


@functools.cache
def secret_keys() -> frozenset[str]:
    """The keys whose value holds a secret ("IncomingUser="): those with a terminal SECRET_... behind them."""
    return frozenset(re.findall(r'"(\w+=)" SECRET_\w+', source()))


@functools.cache
def secret_owners() -> frozenset[str]:
    """The terminals that name the owner of a secret: those that follow such a key where a user is removed."""
    pairs = re.findall(r'"(\w+=)" (\w+)', source())
    values = {value for key, value in pairs if key in secret_keys()}
    return frozenset(value for value in values if not value.startswith("SECRET_"))


@functools.cache
def help_texts() -> dict[str, str]:
    """What each rule and each terminal means."""
    return dict(_HELP.findall(source()))


@functools.cache
def meanings() -> dict[str, str]:
    """What each key ("miimon=") means."""
    return dict(_MEANING.findall(source()))


@functools.cache
def placeholders() -> dict[str, str]:
    """What the form of a command shows in place of the name of a rule or a terminal."""
    return dict(_PLACEHOLDER.findall(source()))


@functools.cache
def key_terminals() -> frozenset[str]:
    """The terminals whose words are keys: their pattern ends in "=", and a value follows."""
    return frozenset(_KEY_TERMINAL.findall(source()))


@functools.cache
def aliases() -> dict[str, str]:
    """The words that are read as a keyword, each with that keyword."""
    return _remarked(_ALIASES)


@functools.cache
def synonyms() -> dict[str, str]:
    """The words of other tools, each with the keyword that is suggested for it."""
    return _remarked(_SYNONYMS)


def _remarked(remark: re.Pattern[str]) -> dict[str, str]:
    """The keyword of each word that remarks of this kind have."""
    return {word: keyword for words, keyword in remark.findall(source()) for word in words.split()}
