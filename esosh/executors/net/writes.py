"""The steps that a change of the running network is made of, each with its inverse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Optional, Union

from ..step import Action, Expect, Run, Step, Write
from .links import NET, UP, Link

Expected = Union[Expect, tuple[Expect, ...], None]


def step(do: Action, undo: Optional[Iterable[Action]], before: Expected, after: Optional[Expect],
         **details: Any) -> Step:
    """A step of the network's; `undo` is None for one that cannot be undone."""
    expected = (before,) if isinstance(before, Expect) else before or ()
    return Step(do, None if undo is None else tuple(undo), expected, after, section="net", **details)


def ip(*words: str) -> Run:
    """A command of ip(8)."""
    return Run(("ip", *words))


def shows(path: str, value: str) -> Expect:
    """An option has this value."""
    # an option reads "802.3ad 4"; an empty one reads nothing
    return Expect(path, "has", value) if value else Expect(path, "is", "")


def added_to(path: str, name: str, **details: Any) -> Step:
    """A name comes to a list of the kernel's, such as the slaves of a bond."""
    return step(Write(path, f"+{name}"), (Write(path, f"-{name}"),), Expect(path, "lacks", name),
                Expect(path, "has", name), **details)


def removed_from(path: str, name: str, behind: Sequence[str] = (), **details: Any) -> Step:
    """A name goes from a list; undoing puts it back in its place, before those that stay behind it."""
    back = [Write(path, f"{sign}{other}") for other in behind for sign in "-+"]
    return step(Write(path, f"-{name}"), (Write(path, f"+{name}"), *back), Expect(path, "has", name),
                Expect(path, "lacks", name), **details)


def taken_down(name: str, **details: Any) -> Step:
    """An interface goes down."""
    up, down = (Expect(f"{NET}/{name}/flags", how, hex(UP)) for how in ("bits", "no_bits"))
    return step(ip("link", "set", name, "down"), (ip("link", "set", name, "up"),), up, down,
                disruption="link", **details)


def flushed(name: str, link: Link, **details: Any) -> Iterator[Step]:
    """An interface loses the addresses that it has."""
    if link.addresses:
        undo = [_address_added(name, address, broadcast) for address, broadcast in link.addresses]
        first, _ = link.addresses[0]
        yield step(ip("addr", "flush", "dev", name), undo, Expect(addresses_of(name), "has", first),
                   Expect(addresses_of(name), "lacks", first), disruption="link", **details)


def _address_added(name: str, address: str, broadcast: str) -> Run:
    with_broadcast = ("broadcast", broadcast) if broadcast else ()
    return ip("addr", "add", address, *with_broadcast, "dev", name)


def addresses_of(name: str) -> tuple[str, ...]:
    """The command that shows an interface's addresses."""
    return ("ip", "-4", "-o", "addr", "show", "dev", name)
