"""The lines of network.conf that say nothing that rc.network and the kernel understand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Callable

from ...config.net import LARGEST_MTU, SMALLEST_MTU
from ...language.numbers import decimal
from ...records import Record
from .conf import HEAD, has_key, key_of, sections, split_options, static_address
from .options import BY_NAME

_ENDS = "; rc.network ends there, and configures nothing that follows, no gateway and no name server"


class Problem(Record):
    """A line that cannot be read: its number, its section and its key, "" where it has none, and why."""

    number: int
    section: str
    key: str
    text: str


def problems(text: str) -> Iterator[Problem]:
    """The lines that cannot be read."""
    keys_of, name = sections(text), ""
    for number, line in enumerate(text.split("\n"), 1):
        head = HEAD.match(line)
        name = head[1] if head else name
        problem = "" if head else _problem(line, keys_of.get(name, {}))
        if problem:
            yield Problem(number, name, key_of(line), problem)


def _problem(line: str, keys: Mapping[str, str]) -> str:
    """Why a line below the head of a section cannot be read; "" where it can."""
    if not has_key(line):
        is_text = line.strip() and not line.lstrip().startswith("#")
        return f"{line.strip()}: expected [SECTION] or KEY = VALUE" if is_text else ""
    key, value = (part.strip() for part in line.split("=", 1))
    expected = _EXPECTED[key](value, keys) if key in _EXPECTED and value else ""
    return f"{key} = {value}: expected {expected}" if expected else ""


def _expected_mtu(value: str, keys: Mapping[str, str]) -> str:
    is_possible = decimal(value, SMALLEST_MTU, LARGEST_MTU) is not None
    return "" if is_possible else f"{SMALLEST_MTU} to {LARGEST_MTU} bytes"


def _expected_address(value: str, keys: Mapping[str, str]) -> str:
    is_static = keys.get("bootproto", "").lower() == "static"
    return "an IPv4 address, and its netmask" if is_static and static_address(keys) is None else ""


def _expected_options(value: str, keys: Mapping[str, str]) -> str:
    _, unknown = split_options(value)
    ending = "" if all(word.partition("=")[0] in BY_NAME for word in unknown.split()) else _ENDS
    return f"options of the bonding driver, and not {unknown}{ending}" if unknown else ""


_EXPECTED: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {
    "mtu": _expected_mtu, "ipaddr": _expected_address, "bondopts": _expected_options,
}
