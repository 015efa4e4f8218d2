"""The network of the box: its links by name, its bonds, and its routes."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Callable, Optional

from .links import BROADCAST, MULTICAST, Bond, Link, Vlan
from .options import Refusal
from .routes import Route


class Links(MutableMapping[str, Link]):
    """All links by name. One is read when it is first asked for: most commands are about a few of many."""

    def __init__(
        self,
        names: Iterable[str] = (),
        read: Optional[Callable[[str], Link]] = None,
        read_index: Optional[Callable[[str], int]] = None,
    ) -> None:
        self.loaded: dict[str, Link] = {}
        self.deleted: list[str] = []
        self._unread = dict.fromkeys(names)
        self._read, self._read_index = read, read_index

    def __getitem__(self, name: str) -> Link:
        if name in self._unread and self._read:
            del self._unread[name]
            self.loaded[name] = self._read(name)
        return self.loaded[name]

    def __setitem__(self, name: str, link: Link) -> None:
        self.loaded[name] = link

    def __delitem__(self, name: str) -> None:
        del self.loaded[name]
        self.deleted.append(name)

    def __contains__(self, name: object) -> bool:
        return name in self.loaded or name in self._unread

    def __iter__(self) -> Iterator[str]:
        return iter([*self.loaded, *self._unread])

    def __len__(self) -> int:
        return len(self.loaded) + len(self._unread)

    def load_all(self) -> None:
        """Read all links."""
        for name in self:
            self[name]

    def next_index(self) -> int:
        """A number after those of all links."""
        indexes = [link.index for link in self.loaded.values()]
        indexes += map(self._read_index, self._unread) if self._read_index else []
        return 1 + max(indexes, default=0)


@dataclass
class Network:
    """All links, the bonds and VLAN devices as they were made, the routes in the order of `ip route show`.

    `bonding`: the bonding driver is loaded.
    """

    links: Links = field(default_factory=Links)
    bonds: list[str] = field(default_factory=list)
    vlan_config: dict[str, Vlan] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    bonding: bool = True

    def link(self, name: str) -> Link:
        """The link of that name; Refusal ENODEV when there is none."""
        if name not in self.links:
            raise Refusal(errno.ENODEV)
        return self.links[name]

    def bond(self, name: str) -> tuple[Link, Bond]:
        """The link of the bond of that name, and what makes it a bond."""
        link = self.link(name)
        assert link.bond
        return link, link.bond

    def add(self, name: str, address: str, flags: int = BROADCAST | MULTICAST) -> Link:
        """Add a link, numbered after all others; Refusal EEXIST when there is one of that name."""
        if name in self.links:
            raise Refusal(errno.EEXIST)
        self.links[name] = Link(name, self.links.next_index(), address, flags)
        return self.links[name]

    def lowers(self, link: Link) -> list[Link]:
        """The links below it."""
        return [self.links[name] for name in link.lowers]

    def uppers(self, link: Link) -> list[Link]:
        """The links above it."""
        return [self.links[name] for name in link.uppers]

    def vlans(self, link: Link) -> list[Link]:
        """The VLAN devices on it."""
        return [self.links[name] for name in link.vlans]

    def is_above(self, link: Link, other: Link) -> bool:
        """Whether a link stands on another one, or is the same."""
        return link is other or any(self.is_above(lower, other) for lower in self.lowers(link))
