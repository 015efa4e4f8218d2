"""The files in which the box's network lies: read into a Network, and written where a change shows.

What the kernel remembers and shows nowhere lies in /proc/net/remembered, addresses and routes (a real box
shows them only to `ip`) in /proc/net/addresses and routes, what was set with ethtool in /proc/net/ethtool.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Iterator
from functools import partial
from posixpath import dirname
from typing import Optional

from ..tree import Tree
from .links import Vlan
from .network import Links, Network
from .options import OPTIONS
from .parts import parse_route, read_link
from .settling import settle
from .texts import (
    ADDRESSES,
    ETHTOOL,
    MASTERS,
    NET,
    REMEMBERED,
    ROUTES,
    VLAN_CONFIG,
    VLANS,
    Entries,
    Target,
    link_texts,
    shared_texts,
)

_KEPT = (ADDRESSES, ETHTOOL, REMEMBERED, VLANS)
_WRITABLE = frozenset(
    {"active_slave", "ad_actor_system", "arp_ip_target", "primary", "queue_id", "slaves", *OPTIONS}
)


@contextlib.contextmanager
def change(tree: Tree) -> Iterator[Network]:
    """Give the network to be changed; the files that change with it are staged when the block ends well."""
    network = load(tree)
    yield network
    settle(network)
    _store(tree, network)


def create(tree: Tree, network: Network) -> None:
    """Stage all files of a network where there are none."""
    for folder in (NET, *_KEPT):
        tree.mkdir(folder)
    network.links.load_all()
    _store(tree, network)


def load(tree: Tree) -> Network:
    """Read the network from the files, a link when it is asked for."""
    names = (name for name in tree.list(NET) if tree.isdir(f"{NET}/{name}"))
    links = Links(names, partial(read_link, tree), lambda name: int(tree.read(f"{NET}/{name}/ifindex")))
    routes = list(map(parse_route, _lines(tree, ROUTES)))
    vlans = dict(map(_vlan, _lines(tree, VLAN_CONFIG)[2:]))
    return Network(links, " ".join(_lines(tree, MASTERS)).split(), vlans, routes, tree.exists(MASTERS))


def _vlan(line: str) -> tuple[str, Vlan]:
    name, number, parent = (word.strip() for word in line.split("|"))
    return name, Vlan(parent, int(number))


def _lines(tree: Tree, path: str) -> list[str]:
    return tree.read(path).splitlines() if tree.exists(path) else []


def _store(tree: Tree, network: Network) -> None:
    """Stage what differs between the files and the links that were looked at."""
    texts = shared_texts(network)
    if not network.bonding:
        del texts[MASTERS]
    _stage(tree, _existing(tree, MASTERS, VLAN_CONFIG, ROUTES), texts)
    for name in network.links.deleted:
        _stage(tree, _existing(tree, *_places(name)), {})
    for link in list(network.links.loaded.values()):
        before = _existing(tree, *_places(link.name))
        counted = {path: text for path, text in before.items() if "/statistics/" in path}
        _stage(tree, before, {**link_texts(network, link), **counted})


def _places(name: str) -> tuple[str, ...]:
    return f"{NET}/{name}", *(f"{folder}/{name}" for folder in _KEPT)


def _existing(tree: Tree, *paths: str) -> Entries:
    """All files, links and folders at and below these paths."""
    found: Entries = {}
    for path in paths:
        target = tree.readlink(path)
        if target is not None:
            found[path] = Target(target)
        elif tree.isdir(path):
            found[path] = None
            found.update(_existing(tree, *(f"{path}/{name}" for name in tree.list(path))))
        elif tree.exists(path):
            found[path] = tree.read(path)
    return found


def _stage(tree: Tree, before: Entries, after: Entries) -> None:
    _stage_removals(tree, before, after)
    for path, text in after.items():
        if path not in before or before[path] != text:
            _put(tree, path, text)


def _stage_removals(tree: Tree, before: Entries, after: Entries) -> None:
    needed = {*after, *map(dirname, after)}
    gone = {path for path in before if path not in needed}
    for path in sorted(gone):
        if dirname(path) not in gone:
            tree.remove(path)


def _put(tree: Tree, path: str, text: Optional[str]) -> None:
    if text is None:
        tree.mkdir(path)
    elif isinstance(text, Target):
        tree.link(path, text)
    else:
        tree.put(path, text, 0o644 if _is_writable(path) else 0o444)


def _is_writable(path: str) -> bool:
    folder, name = posixpath.split(path)
    if folder.endswith("/bonding"):
        return name in _WRITABLE
    return name == "mtu" or path == MASTERS or not path.startswith(f"{NET}/")
