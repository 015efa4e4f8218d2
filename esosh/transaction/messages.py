"""The message of a git commit of esosh's: the comment, and below it, as trailers, number and user.

git itself can pick trailers by their key since 2.22; ESOS 4 ships 2.21, so whole messages are read here.
"""

from __future__ import annotations

import re

from ..language.numbers import decimal
from ..records import Record

NO_COMMENT = "configuration by esosh"
NUMBERED = "^Esosh-Commit: [0-9]"  # what git log --grep finds the commits of esosh's by
_NUMBER = re.compile(r"^Esosh-Commit: ([0-9]{1,9})$", re.M)
_USER = re.compile(r"^Esosh-User: (.+)$", re.M)


class Message(Record):
    """What a message says; `number` is None, and `user` "", in one that esosh did not write."""

    subject: str
    number: int | None = None
    user: str = ""


def message(number: int, user: str, comment: str) -> str:
    """The message of a commit of esosh's."""
    return f"{comment.strip() or NO_COMMENT}\n\nEsosh-Commit: {number}\nEsosh-User: {user}\n"


def parse(text: str) -> Message:
    """What a message says; trailers are in its last paragraph, and what looks like them elsewhere is text."""
    subject, *others = re.split(r"\n\n+", text.strip("\n"))
    trailers = (others or [subject])[-1]
    number, user = _NUMBER.search(trailers), _USER.search(trailers)
    own_user = user[1] if number and user else ""
    return Message(" ".join(subject.split("\n")), decimal(number[1]) if number else None, own_user)
