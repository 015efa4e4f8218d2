"""Hides the secrets of iSCSI users in any text."""

from __future__ import annotations

import re
from collections.abc import Mapping

MASK = "****"  # what is shown in place of a secret
_USER = r"\b\w*(?i:incoming|outgoing|us?er|usr)\w*"  # misspelt, too
_NO_REFERENCE = r"(?!@ask\b|@/)"
_BLANK = r"[^\S\n]"
_IS = rf"(?:=|{_BLANK}+)"
_LETTER = r"(?:[^\s\"\\]|\\.)"  # of a name in double quotes
_SECRETS = tuple(re.compile(pattern, re.M) for pattern in (
    # in lines of esosh and of scst.conf, even when the closing quote is missing
    rf"""({_USER}{_IS}"{_BLANK}*{_LETTER}+{_BLANK}+){_NO_REFERENCE}(?:[^"\\\n]|\\.)+("|$)""",
    rf"""({_USER}{_IS}'{_BLANK}*[^\s']+{_BLANK}+){_NO_REFERENCE}[^'\n]+('|$)""",
    rf"""({_USER}=[^\s"'=]+\\ ){_NO_REFERENCE}[^\s"']+()""",
    # in what is written to the kernel
    rf"""(add_\w*attribute (?:\S+ )?{_USER}{_BLANK}+\S+{_BLANK}+)\S+?(["']?(?:\s|$))""",
))
_GLUE = r"""["'\\\n]*"""  # what may stand between the letters of a word that is quoted in pieces
SECRET_KEY = re.compile("|".join((  # the key of an iSCSI user, however it is spelt
    rf"\w*(?:{'|'.join(map(_GLUE.join, ('incoming', 'outgoing', 'user', 'usr')))})[\w\"'\\\n]*\s*=",
    rf"(?:{'|'.join(map(_GLUE.join, ('incoming', 'outgoing')))}){_GLUE}_?{_GLUE.join('us')}[\w\"'\\\n]*\s*",
)), re.I)
USER_PAIR = re.compile(  # a name and its secret
    r"""(["'])[^\s="'\\]+ +"""
    r"""(?:@ask|@/[^\s"'\\]+|(?P<secret>(?=[^"'\\\n]*[^\s"'\\])[^"'\\\n]+))\1"""
)
PIECES = re.compile(r"""[\s=:"'\\]+""")
_USER_LINE = re.compile("(Incoming|Outgoing)User")
USER_NAME = re.compile(r"[^:]+|(?:iqn|eui|naa)\..+")  # a name that no secret is glued to


def masked(text: str) -> str:
    """The text with **** for what follows an iSCSI user's name, in lines of esosh, scst.conf and sysfs."""
    for secret in _SECRETS:
        text = secret.sub(rf"\1{MASK}\2", text)
    return text


def has_plain_secret(text: str) -> bool:
    """Whether a file has an iSCSI user whose secret is not masked, however the line is written."""
    return any(_USER_LINE.search(line) and MASK not in line for line in text.splitlines())


def without_secrets(value: object) -> object:
    """JSON data with each of its texts masked."""
    if isinstance(value, Mapping):
        return {key: without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_secrets(inner) for inner in value]
    return masked(value) if isinstance(value, str) else value
