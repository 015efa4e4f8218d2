"""Hides the secrets of iSCSI users in any text. An expression is compiled when a text may need it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

MASK = "****"  # what is shown in place of a secret
PIECES = r"""[\s=:"'\\]+"""
USER_NAME = r"[^:]+|(?:iqn|eui|naa)\..+"  # a name that no secret is glued to
_TRACES = ("incoming", "outgoing", "user", "uer", "usr")  # no text has a secret without one of them
_LETTERS = str.maketrans("ıİſ", "iis")  # those beyond ASCII that match others where case is ignored
_USER = r"\b\w*(?i:incoming|outgoing|us?er|usr)\w*"  # misspelt, too
_NO_REFERENCE = r"(?!@ask\b|@/)"
_BLANK = r"[^\S\n]"
_IS = rf"(?:=|{_BLANK}+)"
_LETTER = r"(?:[^\s\"\\]|\\.)"  # of a name in double quotes
_SECRETS = (
    # in lines of esosh and of scst.conf, even when the closing quote is missing
    rf"""({_USER}{_IS}"{_BLANK}*{_LETTER}+{_BLANK}+){_NO_REFERENCE}(?:[^"\\\n]|\\.)+("|$)""",
    rf"""({_USER}{_IS}'{_BLANK}*[^\s']+{_BLANK}+){_NO_REFERENCE}[^'\n]+('|$)""",
    rf"""({_USER}=[^\s"'=]+\\ ){_NO_REFERENCE}[^\s"']+()""",
    # in what is written to the kernel
    rf"""(add_\w*attribute (?:\S+ )?{_USER}{_BLANK}+\S+{_BLANK}+)\S+?(["']?(?:\s|$))""",
)
_GLUE = r"""["'\\\n]*"""  # what may stand between the letters of a word that is quoted in pieces


@functools.cache
def secret_key() -> re.Pattern[str]:
    """What matches the key of an iSCSI user, however it is spelt."""
    starts, users = (tuple(map(_GLUE.join, words)) for words in (("incoming", "outgoing"), ("user", "usr")))
    return re.compile(
        rf"\w*(?:{'|'.join((*starts, *users))})[\w\"'\\\n]*\s*="
        rf"|(?:{'|'.join(starts)}){_GLUE}_?{_GLUE.join('us')}[\w\"'\\\n]*\s*", re.I
    )


@functools.cache
def user_pair() -> re.Pattern[str]:
    """What matches a name and its secret."""
    return re.compile(
        r"""(["'])[^\s="'\\]+ +"""
        r"""(?:@ask|@/[^\s"'\\]+|(?P<secret>(?=[^"'\\\n]*[^\s"'\\])[^"'\\\n]+))\1"""
    )


def masked(text: str) -> str:
    """The text with **** for what follows an iSCSI user's name, in lines of esosh, scst.conf and sysfs."""
    if _may_have_user(text):
        for secret in _SECRETS:
            text = re.sub(secret, rf"\1{MASK}\2", text, flags=re.M)
    return text


def _may_have_user(text: str) -> bool:
    """Whether the word for a user is in a text."""
    folded = text.lower() if text.isascii() else text.translate(_LETTERS).lower()
    return any(trace in folded for trace in _TRACES)


def has_plain_secret(text: str) -> bool:
    """Whether a file has an iSCSI user whose secret is not masked, however the line is written."""
    lines = (line for line in text.splitlines() if "IncomingUser" in line or "OutgoingUser" in line)
    return any(MASK not in line for line in lines)


def without_secrets(value: object) -> object:
    """JSON data with each of its texts masked."""
    if isinstance(value, Mapping):
        return {key: without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_secrets(inner) for inner in value]
    return masked(value) if isinstance(value, str) else value
