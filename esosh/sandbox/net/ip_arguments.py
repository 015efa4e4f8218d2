"""The arguments of `ip`, and what it says of wrong ones.

Source: the texts of iproute2 5.9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface
from typing import Optional

from ...host import Output
from .links import Address

_ADDRESS_KEYWORDS = {"brd": "broadcast", "broadcast": "broadcast", "dev": "dev", "local": "local"}


class Stop(Exception):
    """The program ends with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.output = Output(status, err=f"{message}\n")


def check_options(options: Sequence[str]) -> None:
    """Stop at an option that is not simulated."""
    for option in options:
        if option not in ("-4", "-o"):
            raise Stop(255, f'Option "{option}" is unknown, try "ip -help".')


def link_changes(words: Sequence[str]) -> tuple[str, list[tuple[str, int]]]:
    """The device that `ip link set` names, and its changes in order: `mtu` and its value, `up`, `down`."""
    name, changes, rest = "", [], iter(words)
    for word in rest:
        if word == "mtu":
            changes.append((word, _mtu(next(rest, ""))))
        elif word in ("up", "down"):
            changes.append((word, 0))
        elif name:
            raise _duplicate("dev", word)
        else:
            name = next(rest, "") if word == "dev" else word
    return required_device(name), changes


def address_and_device(words: Sequence[str]) -> tuple[Address, str]:
    """The address and the device that `ip address add` or `delete` names."""
    values = _values(words, _ADDRESS_KEYWORDS, "local")
    interface = _prefix(values.get("local", ""))
    address = Address(interface, _broadcast(interface, values.get("broadcast", "")))
    return address, required_device(values.get("dev", ""))


def required_device(name: str) -> str:
    """The name, unless it is empty."""
    if not name:
        raise Stop(1, 'Not enough information: "dev" argument is required.')
    return name


def without_dev(words: Sequence[str]) -> list[str]:
    """The words without the keyword `dev`, which may stand before a device."""
    return [word for word in words if word != "dev"]


def _values(words: Sequence[str], keywords: Mapping[str, str], default: str) -> dict[str, str]:
    """The value after each keyword; a word without one is the value of `default`, given only once."""
    values: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        key = keywords.get(word, default)
        if key == default and values.get(key):
            raise _duplicate(key, word)
        values[key] = next(rest, "") if word in keywords else word
    return values


def _duplicate(key: str, word: str) -> Stop:
    return Stop(255, f'Error: either "{key}" is duplicate, or "{word}" is a garbage.')


def _mtu(word: str) -> int:
    if not word.isdecimal():
        raise Stop(255, f'Error: argument "{word}" is wrong: Invalid "mtu" value\n')
    return int(word)


def _prefix(text: str) -> IPv4Interface:
    try:
        return IPv4Interface(text)
    except ValueError:
        raise Stop(1, f'Error: any valid prefix is expected rather than "{text}".') from None


def _broadcast(interface: IPv4Interface, text: str) -> Optional[IPv4Address]:
    if not text:
        return None
    if text == "+":
        return interface.network.broadcast_address
    try:
        return IPv4Address(text)
    except ValueError:
        raise Stop(1, f'Error: any valid address is expected rather than "{text}".') from None
