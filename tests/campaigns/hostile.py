"""Hostile texts: what a hand, a program or a damaged disk may put where esosh reads; and a box that answers with them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from esosh.host import Host, Output

TOKENS = (
    "", "\0", "\x1b[31m", "\x0b", "\x0c", "\x1c", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "\udc80", "\udcff", "é", "İ", "ſ", "😀", "²", "٣",
    "-1", "+1", "0", "00", "010", "0x", "0x1f", "0xffffffffffffffffff", "1_0", "1e9", "1.5", "65535", "65536", "4294967296", "18446744073709551616", "9" * 30,
    "9" * 5000, "nan", "inf", "None", "true", "yes", "Yes", "add", "del", "set", "group", "scst", "net", "cib", "live",
    "'", '"', "''", '""', "\\", "\\\\", "\\\n", "\\ ", "#", " # ", "\n#", "{", "}", "{\n", "}\n", "[", "]", "[general]", "=", "==", "= ", ",", ";", ":", "!", "*", "?", "+", "-", "--",
    "|", "&", "$(reboot)", "`id`", "%s", "%n", "{0}", "a" * 300, "user" * 60, "IncomingUser", 'IncomingUser="joe ', "@ask", "@/dev/zero", "****",
    "/", "//", "../../etc/passwd", "/dev/zero", "/dev/null/x", "." * 70, " ", "  ", " " * 200, "\t", "\r", "\r\n", "\n", "\n\n",
    "eth0", "bond0", "10.0.0.1", "10.0.0.1/24", "10.0.0.1/99", "999.1.1.1", "::1", "iqn.2026-11.local.esos1:target1", "disk01", "21:00:00:e0:8b:9d:74:49",
)
_LONGEST = 100_000  # letters: a text that doubles does not grow beyond
Change = Callable[[random.Random, str], str]


def value(rng: random.Random) -> str:
    """A hostile value."""
    text = "".join(rng.choice(TOKENS) for _ in range(rng.randint(1, 3)))
    return mutated(rng, text) if rng.random() < 0.3 else text


def mutated(rng: random.Random, text: str) -> str:
    """A text with a few changes, each of which a slip, a fault or an attack may make."""
    for _ in range(rng.randint(1, 4)):
        text = rng.choice(_CHANGES)(rng, text)[:_LONGEST]
    return text


def _span(rng: random.Random, text: str, longest: int = 40) -> tuple[int, int]:
    start = rng.randint(0, len(text))
    return start, min(len(text), start + rng.randint(0, longest))


def _insert(rng: random.Random, text: str) -> str:
    start, _ = _span(rng, text)
    return text[:start] + rng.choice(TOKENS) + text[start:]


def _replace(rng: random.Random, text: str) -> str:
    start, end = _span(rng, text, 8)
    return text[:start] + rng.choice(TOKENS) + text[end:]


def _delete(rng: random.Random, text: str) -> str:
    start, end = _span(rng, text)
    return text[:start] + text[end:]


def _repeat(rng: random.Random, text: str) -> str:
    start, end = _span(rng, text)
    return text[:end] + text[start:end] * rng.choice((1, 1, 2, 10)) + text[end:]


def _grow(rng: random.Random, text: str) -> str:
    start, end = _span(rng, text)
    return text[:end] + text[start:end] * rng.choice((50, 1000)) + text[end:]


def _swap_words(rng: random.Random, text: str) -> str:
    separator = rng.choice((" ", "\n", "="))
    words = text.split(separator)
    one, other = rng.randrange(len(words)), rng.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return separator.join(words)


def _cut(rng: random.Random, text: str) -> str:
    return text[: rng.randint(0, len(text))]


def _flip(rng: random.Random, text: str) -> str:
    start, _ = _span(rng, text)
    return text[:start] + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000)))) + text[start + 1 :]


_COMMON: Sequence[Change] = (_insert, _replace, _delete, _repeat, _swap_words, _flip)
_CHANGES = (*_COMMON * 4, _cut, _grow)


class Answering:
    """A box of which some files and some programs answer otherwise than they do."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.files: dict[str, str] = {}
        self.programs: dict[str, Callable[[Sequence[str], Output], Output]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)

    def answer(self, files: Mapping[str, str], **programs: Callable[[Sequence[str], Output], Output]) -> None:
        """From now on these files have these texts, and these programs answer so; all others as the box has it."""
        self.files, self.programs = dict(files), programs

    def read(self, path: str) -> str:
        return self.files[path] if path in self.files else self._host.read(path)

    def exists(self, path: str) -> bool:
        return path in self.files or self._host.exists(path)

    def run(self, argv: Sequence[str], *options: Any, **named: Any) -> Output:
        output = self._host.run(argv, *options, **named)
        change = self.programs.get(argv[0])
        return change(argv, output) if change else output
