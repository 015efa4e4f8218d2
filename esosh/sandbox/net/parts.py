"""A link as its files show it, and a route as its line does."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Optional

from ..tree import Tree
from .links import ALLMULTI, PROMISC, Address, Bond, Bridge, Link, Settings, Vlan
from .options import OPTIONS
from .routes import ANYWHERE, BOOT, Route
from .texts import ADDRESSES, ETHTOOL, NET, REMEMBERED, UNSHOWN, VLANS

_Pairs = Mapping[str, str]


def read_link(tree: Tree, name: str) -> Link:
    """Read the link of that name from its files."""
    index, flags, mtu = (_attribute(tree, name, attribute) for attribute in ("ifindex", "flags", "mtu"))
    own_flags = int(flags, 16) & ~(PROMISC | ALLMULTI)  # those follow from what is above the link
    link = Link(name, int(index), _attribute(tree, name, "address"), own_flags, int(mtu))
    link.type = int(_attribute(tree, name, "type"))
    link.addresses = list(map(_address, _lines(tree, f"{ADDRESSES}/{name}")))
    link.settings = _settings(_pairs(tree, f"{ETHTOOL}/{name}"))
    link.master = posixpath.basename(tree.readlink(f"{NET}/{name}/master") or "")
    names = tree.list(f"{NET}/{name}")
    link.vlans = _vlans(link, names)
    _read_kind(tree, link, names)
    return link


def _vlans(link: Link, names: list[str]) -> list[str]:
    uppers = [name[len("upper_") :] for name in names if name.startswith("upper_")]
    return [name for name in uppers if name != link.master]


def _read_kind(tree: Tree, link: Link, names: list[str]) -> None:
    if "bonding_slave" in names:
        _read_slave(tree, link)
    if "bonding" in names:
        link.bond = _read_bond(tree, link.name)
    if "bridge" in names:
        link.bridge = _read_bridge(tree, link.name)
    if tree.exists(f"{VLANS}/{link.name}"):
        link.vlan = _parse_vlan(tree.read(f"{VLANS}/{link.name}"))


def _read_slave(tree: Tree, link: Link) -> None:
    link.permanent = _attribute(tree, link.name, "bonding_slave/perm_hwaddr")
    link.queue = int(_attribute(tree, link.name, "bonding_slave/queue_id"))
    link.former_mtu = int(_pairs(tree, f"{REMEMBERED}/{link.name}")["mtu"])


def _read_bond(tree: Tree, name: str) -> Bond:
    names = tree.list(f"{NET}/{name}/bonding")
    shown = {attribute: _attribute(tree, name, f"bonding/{attribute}") for attribute in names}
    remembered = _pairs(tree, f"{REMEMBERED}/{name}")
    bond = Bond()
    bond.numbers.update(_numbers(shown, remembered))
    bond.slaves, bond.targets = shown["slaves"].split(), shown["arp_ip_target"].split()
    bond.active, bond.primary = shown["active_slave"], remembered.get("primary", "")
    bond.system = remembered.get("ad_actor_system", bond.system)
    return bond


def _numbers(shown: _Pairs, remembered: _Pairs) -> Iterator[tuple[str, int]]:
    for name in OPTIONS:
        text = remembered.get(name, "") if name in UNSHOWN else shown[name]
        if text:
            yield name, int(text.split()[-1])


def _read_bridge(tree: Tree, name: str) -> Bridge:
    remembered = _pairs(tree, f"{REMEMBERED}/{name}")
    ports = tree.list(f"{NET}/{name}/brif")
    numbers = {int(_attribute(tree, port, "brport/port_no"), 16): port for port in ports}
    own_mtu, fresh = (remembered[key] == "True" for key in ("own_mtu", "fresh"))
    return Bridge(dict(sorted(numbers.items())), own_mtu, fresh)


def _parse_vlan(text: str) -> Vlan:
    words = text.split()
    parent = words[words.index("Device:") + 1]
    pairs = (pair.split(":") for pair in text.rpartition("mappings:")[2].split())
    egress = {int(priority): int(code) for priority, code in pairs}
    return Vlan(parent, int(words[words.index("VID:") + 1]), egress)


def parse_route(line: str) -> Route:
    """The route that a line of `ip route show` tells of."""
    target, *words = line.split()
    values = dict(zip(words[::2], words[1::2]))
    destination = ANYWHERE if target == "default" else IPv4Network(target)
    gateway, source = (IPv4Address(values[key]) if key in values else None for key in ("via", "src"))
    protocol, metric = values.get("proto", BOOT), int(values.get("metric", 0))
    return Route(destination, values["dev"], gateway, protocol, source, metric)


def _attribute(tree: Tree, link: str, name: str) -> str:
    return tree.read(f"{NET}/{link}/{name}").strip()


def _lines(tree: Tree, path: str) -> list[str]:
    return tree.read(path).splitlines() if tree.exists(path) else []


def _pairs(tree: Tree, path: str) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in _lines(tree, path))


def _address(line: str) -> Address:
    interface, _, broadcast = line.partition(" brd ")
    return Address(IPv4Interface(interface), IPv4Address(broadcast) if broadcast else None)


def _settings(values: _Pairs) -> Optional[Settings]:
    if not values:
        return None
    default = Settings()
    advertise, mdix = int(values.get("advertise", default.advertise)), values.get("mdix", default.mdix)
    return Settings(values["autoneg"], int(values["speed"]), values["duplex"], advertise, mdix)
