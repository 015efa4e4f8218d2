"""The files in which the box's network links lie: read into a Network, and written where a change shows.

What the kernel remembers and shows nowhere lies in /proc/net/remembered, addresses (a real box shows them
only to `ip`) in /proc/net/addresses, and what was set with ethtool in /proc/net/ethtool.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface
from operator import attrgetter
from posixpath import dirname
from typing import Optional

from ..tree import Tree
from .links import Address, Bond, Link, Network, Settings
from .options import OPTIONS
from .texts import ADDRESSES, ETHTOOL, MASTERS, NET, REMEMBERED, UNSHOWN, Texts, file_texts

_FOLDERS = frozenset({NET, ADDRESSES, ETHTOOL, REMEMBERED})
_WRITABLE = frozenset(
    {"active_slave", "ad_actor_system", "arp_ip_target", "primary", "queue_id", "slaves", *OPTIONS}
)


@contextlib.contextmanager
def change(tree: Tree) -> Iterator[Network]:
    """Give the network to be changed; the files that change with it are staged when the block ends well."""
    network = load(tree)
    before = file_texts(network)
    yield network
    network.settle()
    _stage(tree, before, file_texts(network))


def create(tree: Tree, network: Network) -> None:
    """Stage all files of a network where there are none."""
    for folder in sorted(_FOLDERS):
        tree.mkdir(folder)
    _stage(tree, {}, file_texts(network))


def load(tree: Tree) -> Network:
    """Read the network from the files."""
    names = (name for name in tree.list(NET) if tree.isdir(f"{NET}/{name}"))
    links = sorted((_load_link(tree, name) for name in names), key=attrgetter("index"))
    return Network({link.name: link for link in links}, tree.read(MASTERS).split())


def _load_link(tree: Tree, name: str) -> Link:
    index, flags, mtu = (_attribute(tree, name, attribute) for attribute in ("ifindex", "flags", "mtu"))
    link = Link(name, int(index), _attribute(tree, name, "address"), int(flags, 16), int(mtu))
    link.type = int(_attribute(tree, name, "type"))
    link.addresses = list(map(_address, _lines(tree, f"{ADDRESSES}/{name}")))
    link.settings = _settings(_pairs(tree, f"{ETHTOOL}/{name}"))
    if tree.isdir(f"{NET}/{name}/bonding_slave"):
        _load_slave(tree, link)
    if tree.isdir(f"{NET}/{name}/bonding"):
        link.bond = _load_bond(tree, name)
    return link


def _load_slave(tree: Tree, link: Link) -> None:
    link.master = posixpath.basename(tree.readlink(f"{NET}/{link.name}/master") or "")
    link.permanent = _attribute(tree, link.name, "bonding_slave/perm_hwaddr")
    link.queue = int(_attribute(tree, link.name, "bonding_slave/queue_id"))
    link.former_mtu = int(_pairs(tree, f"{REMEMBERED}/{link.name}")["mtu"])


def _load_bond(tree: Tree, name: str) -> Bond:
    names = tree.list(f"{NET}/{name}/bonding")
    shown = {attribute: _attribute(tree, name, f"bonding/{attribute}") for attribute in names}
    remembered = _pairs(tree, f"{REMEMBERED}/{name}")
    bond = Bond()
    bond.numbers.update(_numbers(shown, remembered))
    bond.slaves, bond.targets = shown["slaves"].split(), shown["arp_ip_target"].split()
    bond.active, bond.primary = shown["active_slave"], remembered.get("primary", "")
    bond.system = remembered.get("ad_actor_system", bond.system)
    return bond


def _numbers(shown: Mapping[str, str], remembered: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    for name in OPTIONS:
        text = remembered.get(name, "") if name in UNSHOWN else shown[name]
        if text:
            yield name, int(text.split()[-1])


def _attribute(tree: Tree, link: str, name: str) -> str:
    return tree.read(f"{NET}/{link}/{name}").strip()


def _lines(tree: Tree, path: str) -> list[str]:
    return tree.read(path).splitlines() if tree.exists(path) else []


def _pairs(tree: Tree, path: str) -> Texts:
    return dict(line.split(" ", 1) for line in _lines(tree, path))


def _address(line: str) -> Address:
    interface, _, broadcast = line.partition(" brd ")
    return Address(IPv4Interface(interface), IPv4Address(broadcast) if broadcast else None)


def _settings(values: Mapping[str, str]) -> Optional[Settings]:
    if not values:
        return None
    return Settings(values["autoneg"], int(values["speed"]), values["duplex"])


def _stage(tree: Tree, before: Texts, after: Texts) -> None:
    _stage_removals(tree, before, after)
    for path, text in after.items():
        if before.get(path) != text:
            _put(tree, path, text)


def _stage_removals(tree: Tree, before: Texts, after: Texts) -> None:
    folders = {*map(dirname, before)} - {*map(dirname, after)} - _FOLDERS
    for folder in sorted(folders):
        tree.remove(folder)
    for path in sorted(before.keys() - after.keys()):
        if dirname(path) not in folders:
            tree.remove(path)


def _put(tree: Tree, path: str, text: str) -> None:
    if posixpath.basename(path) == "master":
        tree.link(path, text)
    else:
        tree.put(path, text, 0o644 if _is_writable(path) else 0o444)


def _is_writable(path: str) -> bool:
    folder, name = posixpath.split(path)
    if folder.endswith("/bonding"):
        return name in _WRITABLE
    return name == "mtu" or path == MASTERS or not path.startswith(f"{NET}/")
