"""A table of cases: what a box is asked, one line each, and what it answers.

    # a title begins a case, on a box whose network is as at boot
    $ ip link set eth1 master nope
    Error: argument "nope" is wrong: Device does not exist
    [255]
    > eth1/mtu 20
    EINVAL
    ? br0/operstate
    up

`$` runs a program: all it prints, and its status unless that is 0. `>` writes to a file below /sys/class/net.
`?` reads one there, or from `/` on; `-` stands for a file that is not there, and a folder reads as the names in it.
What only looks waits until it finds the answer, as a link takes its time to come up.
"""

from __future__ import annotations

import errno
import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Callable, NamedTuple

from esosh.host import Host

NET = "/sys/class/net"
_LOOKS = re.compile("ethtool (?!-)|ip .*show|brctl show")
_PATIENCE = 10  # seconds that a link may take
_WIRE = re.compile(r"\s*MDI-X:")  # found out anew with each carrier, which the simulated NIC has at once
_INDEX = re.compile(r"^\d+: ", re.M)


class Question(NamedTuple):
    """A line of the table, and the answer below it."""

    line: str
    answer: str


def read_cases(file: Path) -> dict[str, list[Question]]:
    """The cases of a table by title."""
    cases: dict[str, list[Question]] = {}
    for block in re.split(r"^# ", file.read_text(), flags=re.M)[1:]:
        title, _, body = block.partition("\n")
        cases[title] = list(_questions(body))
    return cases


def _questions(text: str) -> Iterator[Question]:
    for part in re.split(r"^(?=[$>?] )", text, flags=re.M):
        line, _, answer = part.strip("\n").partition("\n")
        if line:
            yield Question(line, answer)


def answer(host: Host, question: Question) -> str:
    """What a box answers."""
    kind, line = question.line[0], question.line[2:]
    if kind == ">":
        return wrote(host, *line.split(" ", 1))
    if kind == "$" and not _LOOKS.match(line):
        return ran(host, line)
    look = partial(ran, host, line) if kind == "$" else partial(_read, host, line if line[0] == "/" else f"{NET}/{line}")
    return _awaited(look, question.answer)


def ran(host: Host, line: str) -> str:
    """What a program prints, but for numbers of interfaces, and its status unless that is 0."""
    output = host.run(tuple(line.split()))
    status = f"[{output.status}]" if output.status else ""
    lines = (line.rstrip() for line in f"{output.out}{output.err}".split("\n") if not _WIRE.match(line))
    return "\n".join(filter(None, [_INDEX.sub("N: ", "\n".join(filter(None, lines))), status]))


def wrote(host: Host, path: str, text: str) -> str:
    """What a write to an attribute of the network is refused with; "" where it is taken."""
    try:
        host.write(f"{NET}/{path}", text + "\n")
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return ""


def _awaited(look: Callable[[], str], expected: str) -> str:
    end = time.monotonic() + _PATIENCE
    while True:
        text = look()
        if text == expected or time.monotonic() > end:
            return text
        time.sleep(0.1)


def _read(host: Host, path: str) -> str:
    try:
        return host.read(path).rstrip()
    except FileNotFoundError:
        return "-"
    except IsADirectoryError:
        return " ".join(sorted(host.list(path)))
    except OSError as error:
        return "" if error.errno == errno.EINVAL else errno.errorcode[error.errno or 0]
