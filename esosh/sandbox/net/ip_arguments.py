"""The arguments of `ip`, and what it says of wrong ones.

Source: the texts of iproute2 5.9.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface
from typing import Optional

from ...host import Output
from .links import Address, Link
from .network import Network

_ADDRESS_KEYWORDS = {"brd": "broadcast", "broadcast": "broadcast", "dev": "dev", "local": "local"}


class Stop(Exception):
    """The program ends with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.output = Output(status, err=f"{message}\n")


def check_options(options: Sequence[str]) -> None:
    """Stop at an option that is not simulated."""
    for option in options:
        if option not in ("-4", "-o", "-d"):
            raise Stop(255, f'Option "{option}" is unknown, try "ip -help".')


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


def named_link(network: Network, name: str) -> Link:
    """The link of that name; it stops where there is none."""
    if name not in network.links:
        raise Stop(1, f'Cannot find device "{name}"')
    return network.links[name]


def next_word(words: Iterator[str]) -> str:
    """The word after a keyword; it stops where there is none."""
    word = next(words, None)
    if word is None:
        raise Stop(255, 'Command line is not complete. Try option "help"')
    return word


def number(word: str, key: str) -> int:
    """The number after a keyword; it stops where there is none."""
    if not word.isdecimal():
        raise Stop(255, f'Error: argument "{word}" is wrong: {key}\n')
    return int(word)


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
            raise duplicate(key, word)
        values[key] = next(rest, "") if word in keywords else word
    return values


def duplicate(key: str, word: str) -> Stop:
    """The end of the program at a second value where one is expected."""
    return Stop(255, f'Error: either "{key}" is duplicate, or "{word}" is a garbage.')


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
