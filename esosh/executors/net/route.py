"""Routes, as `ip route show` prints them. Source: ip-route(8); observed with Linux 6.1."""

from __future__ import annotations

from collections.abc import Iterator

from ...host import Host
from ...records import Record

SHOW = ("ip", "-4", "route", "show")
DEFAULT = "default"
MAIN = "main"  # the table of routes that has those of rc.network
_FLAGS = ("linkdown", "dead", "pervasive", "offload")  # what the kernel says of a route, and nobody gives it


class Route(Record):
    """A route, in the words of `ip route`: where it leads to, and how."""

    to: str
    words: tuple[str, ...]

    def word(self, key: str) -> str:
        """The word behind a key; "" where it has none."""
        return next((value for name, value in zip(self.words, self.words[1:]) if name == key), "")

    @property
    def devices(self) -> set[str]:
        """The interfaces that it leads through, several for one with several next hops."""
        return {value for name, value in zip(self.words, self.words[1:]) if name == "dev"}

    @property
    def is_connected(self) -> bool:
        """Whether it comes and goes with an address."""
        return self.word("proto") == "kernel"


def read(host: Host) -> tuple[Route, ...]:
    """The routes of the main table."""
    return tuple(parse(host.run(SHOW).out))


def parse(text: str) -> Iterator[Route]:
    """The routes that `ip route show` prints; the next hops of one are on lines of their own."""
    words: list[str] = []
    for line in filter(None, text.split("\n")):
        more = [word for word in line.split() if word not in _FLAGS]
        if line[0].isspace():
            words += more
            continue
        if words:
            yield Route(words[0], tuple(words[1:]))
        words = more
    if words:
        yield Route(words[0], tuple(words[1:]))
