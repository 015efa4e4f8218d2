"""Hides the secrets of iSCSI users, and the passwords of a cluster's agents, in any text.

An expression is compiled when a text may need it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

MASK = "****"  # what is shown in place of a secret
PIECES = r"""[\s=:"'\\]+"""
USER_NAME = r"[^:]+|(?:iqn|eui|naa)\..+"  # a name that no secret is glued to
SHORTEST = 12  # letters of a secret that SCST accepts

_KEYS = ("incominguser", "outgoinguser")  # of iSCSI users, in small letters
_TRACES = ("incom", "outgo", "user", "uer", "usr")  # no key is spelt without one of them
_AGENT_TRACES = ("passw", "secret", "community")  # and no password of an agent's without one of them
_BEFORE_VALUE, _ALONE = 0.7, 0.85  # how like a key a word must be to be one: before "=", and without it

_NO_REFERENCE = r"(?!@ask\b|@/)"
_BLANK = r"[^\S\n]"
_BLANKS = rf"{_BLANK}+(?!{_BLANK})"
_LETTER = r"(?:[^\s\"\\]|\\.)"  # of a name in double quotes
_PAIRS = (  # what may stand behind a key, up to its secret
    # in lines of esosh and of scst.conf, even when the closing quote is missing
    rf"""(?:=|{_BLANKS})"{_BLANK}*{_LETTER}+{_BLANKS}{_NO_REFERENCE}(?P<double>(?:[^"\\\n]|\\.)+)""",
    rf"""(?:=|{_BLANKS})'{_BLANK}*[^\s']+{_BLANKS}{_NO_REFERENCE}(?P<single>[^'\n]+)""",
    rf"""=[^\s"'=]+\\ {_NO_REFERENCE}(?P<escaped>[^\s"']+)""",
)
# in what is written to the kernel: what stands before the key, and what behind it
_WRITTEN = r"add_\w*attribute (?:\S+ )?\Z"
_LONGEST_WRITTEN = 300  # letters that may stand before the key: a command, a target's name
_PASSWORD = r"[\w-]{0,40}(?:passwd|password|secret|community)"  # the key of an agent's password
_AGENT_PAIR = (  # in lines of crm, and in the CIB
    rf"""\b(?:{_PASSWORD}=|name="{_PASSWORD}" value=)(?!["']?(?:@ask\b|@/|\*\*\*\*))"""
    r"""(?P<password>"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"'\\]+)"""
)
_WRITTEN_PAIR = rf"""{_BLANKS}\S+{_BLANKS}(?P<written>\S+?)(?=["']?(?:\s|$))"""


def is_secret_key(text: str, has_value: bool) -> bool:
    """Whether a text is the key of a secret, misspelt or not; `has_value`: it has "=" behind it."""
    return _likeness(text) >= (_BEFORE_VALUE if has_value else _ALONE)


@functools.lru_cache(maxsize=10_000)
def _likeness(text: str) -> float:
    """How like the key of a secret a text is: 1 for one that has a key in it, however it is quoted."""
    letters = re.sub(r"[\W_]", "", text.casefold())
    if not any(trace in letters for trace in _TRACES):
        return 0
    if any(key in letters for key in _KEYS):
        return 1
    import difflib  # few words come so far

    begin = max(letters.find(key[:5]) for key in _KEYS)  # where a key may be glued to another word
    return max(difflib.SequenceMatcher(None, letters[max(begin, 0) :], key).ratio() for key in _KEYS)


@functools.cache
def user_pair() -> re.Pattern[str]:
    """What matches a name and its secret."""
    return re.compile(
        r"""(["'])(?P<name>[^\s="'\\]+) +(?! )"""
        r"""(?:@ask|@/[^\s"'\\]+|(?P<secret>(?=[^"'\\\n]*[^\s"'\\])[^"'\\\n]+))\1(?=\s|\Z)"""
    )


def masked(text: str) -> str:
    """The text with **** for each secret, in lines of esosh, scst.conf, sysfs and the CIB."""
    if any(trace in text for trace in _AGENT_TRACES):
        text = _agent_pair().sub(lambda pair: f"{pair[0][: -len(pair['password'])]}{MASK}", text)
    if not may_have_key(text):
        return text
    shown, end = [], 0
    for start, secret_end in _secrets(text):
        shown += [text[end:start], MASK]
        end = secret_end
    return "".join((*shown, text[end:]))


@functools.cache
def _agent_pair() -> re.Pattern[str]:
    return re.compile(_AGENT_PAIR)


def is_password(key: str) -> bool:
    """Whether the value of an agent's parameter is a secret."""
    return re.fullmatch(_PASSWORD, key.rstrip("=")) is not None


def passwords(text: str) -> Iterator[tuple[int, int]]:
    """Where the passwords of agents stand in a text."""
    if any(trace in text for trace in _AGENT_TRACES):
        yield from (pair.span("password") for pair in _agent_pair().finditer(text))


def may_have_key(text: str) -> bool:
    """Whether a text is worth a search for keys."""
    folded = text.casefold()
    return any(trace in folded for trace in _TRACES)


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Where the secrets of a text stand."""
    end = 0
    for word in re.finditer(r"\w+", text):
        if word.start() >= end and is_secret_key(word[0], text[word.end() : word.end() + 1] == "="):
            secret = _secret_behind(text, word)
            if secret:
                yield secret
                end = secret[1]


def _secret_behind(text: str, key: re.Match[str]) -> tuple[int, int] | None:
    """Where the secret behind a key stands; None where there is none."""
    is_written = re.search(_WRITTEN, text[max(0, key.start() - _LONGEST_WRITTEN) : key.start()])
    for pattern in (*_PAIRS, *((_WRITTEN_PAIR,) if is_written else ())):
        pair = re.compile(pattern, re.M).match(text, key.end())
        if pair:
            return pair.span(pair.lastgroup or 0)
    return None


def has_plain_secret(text: str) -> bool:
    """Whether a file has a secret that is not masked, however the line is written."""
    lines = (line for line in text.split("\n") if "IncomingUser" in line or "OutgoingUser" in line)
    return any(MASK not in line for line in lines) or next(passwords(text), None) is not None
