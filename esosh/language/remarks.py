"""What the text of the grammar says by itself: sections, keywords, secrets, what rules and words mean."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

_ALIASES = re.compile(r"^// for (.+) read (\S+)$", re.M)
_SYNONYMS = re.compile(r"^// for (.+) say (\S+)$", re.M)
_ACTING = re.compile(r"^// (.+) act$", re.M)
_PART = re.compile(r"^// (\w+) is part of (\w+)$", re.M)
_MEANING = re.compile(r"^// (\w+=) (.+)$", re.M)
_ALONE = re.compile(r"^// (.+) may stand without (\w+)$", re.M)
_PLACEHOLDER = re.compile(r"^// show (\S+) as (.+)$", re.M)
_KEY_TERMINAL = re.compile(r"^(\w+): /.*=/", re.M)
_HELP = re.compile(r"^!?(\w+):.*?\s//\s?(.*)$", re.M)
_SECTIONS = re.compile(r"^!section: (.*)$", re.M)
_RULE = re.compile(r"^!?(\w+):\s*((?:.(?!\s//))*.)(?:\s//\s*(.*))?((?:\n  \|.*)*)", re.M)


def remarks(text: str) -> dict[str, Any]:
    """What the functions of language/source give, by their names; sets as sorted tuples."""
    secret_keys = set(re.findall(r'"(\w+=)" SECRET_\w+', text))
    rules = {name: (body + more, help) for name, body, help, more in _RULE.findall(text)}
    section = _SECTIONS.search(text)
    return {
        "sections": tuple(re.findall(r'"(\w+)"', section[1] if section else "")),
        "wholes": dict(_PART.findall(text)),
        "key_terminals": tuple(sorted(_KEY_TERMINAL.findall(text))),
        "secret_keys": tuple(sorted(secret_keys)),
        "secret_owners": tuple(sorted(_owners(text, secret_keys))),
        "help_texts": dict(_HELP.findall(text)),
        "meanings": dict(_MEANING.findall(text)),
        "placeholders": dict(_PLACEHOLDER.findall(text)),
        "aliases": _remarked(_ALIASES, text),
        "synonyms": _remarked(_SYNONYMS, text),
        "alone": _remarked(_ALONE, text),
        "acting": tuple(sorted(" ".join(_ACTING.findall(text)).split())),
        "rules": rules,
        "command_rules": tuple(_commands("start", {name: body for name, (body, _) in rules.items()})),
    }


def _remarked(remark: re.Pattern[str], text: str) -> dict[str, str]:
    """The keyword of each word that remarks of this kind have."""
    return {word: keyword for words, keyword in remark.findall(text) for word in words.split()}


def _owners(text: str, secret_keys: set[str]) -> set[str]:
    """The terminals that follow the key of a secret and are none."""
    followers = {value for key, value in re.findall(r'"(\w+=)" (\w+)', text) if key in secret_keys}
    return {value for value in followers if not value.startswith("SECRET_")}


def _commands(above: str, bodies: dict[str, str]) -> Iterator[str]:
    """The alternatives of a rule; a rule "_net" among them stands for its own."""
    names = re.findall(r"\w+", bodies[above])
    inner = (_commands(name, bodies) if name.startswith("_") else (name,) for name in names)
    return itertools.chain.from_iterable(inner)
