"""The text of every file of the network: below /sys/class/net and /proc/net, some of it the sandbox's own.

Reading `carrier`, `speed` or `duplex` of a link that is down fails with EINVAL on a real box; here they are
empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Optional

from .bond_texts import Texts, bond_texts, slave_texts
from .bridge_texts import bridge_texts, port_texts
from .links import ETHER, LOOP, Bond, Link, Vlan
from .network import Network
from .options import DELAYS
from .states import duplex, has_carrier, operstate, shown_flags, speed

NET = "/sys/class/net"
MASTERS = f"{NET}/bonding_masters"
VLANS, ROUTES = "/proc/net/vlan", "/proc/net/routes"
VLAN_CONFIG = f"{VLANS}/config"
ADDRESSES, ETHTOOL, REMEMBERED = "/proc/net/addresses", "/proc/net/ethtool", "/proc/net/remembered"
UNSHOWN = (*DELAYS, "ad_actor_sys_prio", "ad_user_port_key")  # reading them does not give what was written
_STATISTICS = tuple(
    f"{way}_{counter}" for way in ("rx", "tx") for counter in ("bytes", "packets", "errors", "dropped")
)

_VLAN_HEAD = "VLAN Dev name\t | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\n"
_VLAN = """\
{name}  VID: {id}\t REORDER_HDR: 1  dev->priv_flags: 81021
         total frames received            0
          total bytes received            0
      Broadcast/Multicast Rcvd            0

      total frames transmitted            0
       total bytes transmitted            0
Device: {parent}
INGRESS priority mappings: 0:0  1:0  2:0  3:0  4:0  5:0  6:0 7:0
 EGRESS priority mappings: {egress}
"""


class Target(str):
    """Where a symbolic link points, in place of a file's text."""


Entries = dict[str, Optional[str]]
"""The text of each file by its path; None for a folder, which may be empty."""


def shared_texts(network: Network) -> Entries:
    """The files that are not one link's; the sandbox's own of routes does not exist while there are none."""
    vlans = (f"{name:<15}| {vlan.id}  | {vlan.parent}\n" for name, vlan in network.vlan_config.items())
    files: Entries = {MASTERS: _line(" ".join(network.bonds)), VLAN_CONFIG: _VLAN_HEAD + "".join(vlans)}
    if network.routes:
        files[ROUTES] = "".join(f"{route}\n" for route in network.routes)
    return files


def link_texts(network: Network, link: Link) -> Entries:
    """The files of one link."""
    return {**dict(_shown(network, link)), **_kept(link)}


def _shown(network: Network, link: Link) -> Iterator[tuple[str, Optional[str]]]:
    folder = f"{NET}/{link.name}"
    yield from _folder(folder, _attributes(network, link))
    yield from _folder(f"{folder}/statistics", dict.fromkeys(_STATISTICS, "0"))
    if link.bond:
        yield from _folder(f"{folder}/bonding", bond_texts(network, link, link.bond))
    if link.bridge:
        yield from _folder(f"{folder}/bridge", bridge_texts(link))
        yield f"{folder}/brif", None
    if link.master:
        yield from _as_member(network, link, folder)
    yield from _neighbours(link, folder)


def _as_member(network: Network, link: Link, folder: str) -> Iterator[tuple[str, str]]:
    yield f"{folder}/master", Target(f"../{link.master}")
    if link.enslaved:
        yield from _folder(f"{folder}/bonding_slave", slave_texts(network, link))
    else:
        yield from _folder(f"{folder}/brport", port_texts(network, link))
        yield f"{folder}/brport/bridge", Target(f"../../{link.master}")


def _neighbours(link: Link, folder: str) -> Iterator[tuple[str, str]]:
    for kind, names in (("lower", link.lowers), ("upper", link.uppers)):
        yield from ((f"{folder}/{kind}_{name}", Target(f"../{name}")) for name in names)
    if link.bridge:
        yield from ((f"{folder}/brif/{name}", Target(f"../../{name}/brport")) for name in link.lowers)


def _folder(folder: str, texts: Texts) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        yield f"{folder}/{name}", _line(text)


def _line(text: str) -> str:
    return f"{text}\n" if text else ""


def _attributes(network: Network, link: Link) -> Texts:
    parent = network.links[link.vlan.parent] if link.vlan else link
    return {
        "addr_assign_type": _address_origin(link),
        "addr_len": "6",
        "address": link.address,
        "broadcast": "00:00:00:00:00:00" if link.type == LOOP else "ff:ff:ff:ff:ff:ff",
        "carrier": str(int(has_carrier(network, link))) if link.up else "",
        "dev_id": "0x0",
        "duplex": "",
        "flags": hex(shown_flags(network, link)),
        "ifindex": str(link.index),
        "iflink": str(parent.index),
        "mtu": str(link.mtu),
        "operstate": operstate(network, link),
        "speed": "",
        "tx_queue_len": "1000",
        "type": str(link.type),
        **_rate_texts(network, link),
    }


def _address_origin(link: Link) -> str:
    """The number for a permanent, a random or a stolen MAC address."""
    if link.vlan or (link.bond and link.bond.slaves):
        return "2"
    return "1" if link.bond or link.bridge else "0"


def _rate_texts(network: Network, link: Link) -> Texts:
    if not link.up or link.type != ETHER:
        return {}
    return {"duplex": duplex(network, link), "speed": str(speed(network, link))}


def _kept(link: Link) -> Texts:
    """The files below /proc/net; one without a text does not exist."""
    texts = {
        f"{ADDRESSES}/{link.name}": "".join(f"{address}\n" for address in link.addresses),
        f"{ETHTOOL}/{link.name}": _paired(asdict(link.settings)) if link.settings else "",
        f"{REMEMBERED}/{link.name}": _paired(_remembered(link)),
        f"{VLANS}/{link.name}": _vlan_text(link.name, link.vlan) if link.vlan else "",
    }
    return {path: text for path, text in texts.items() if text}


def _vlan_text(name: str, vlan: Vlan) -> str:
    pairs = sorted(vlan.egress.items(), key=lambda pair: pair[0] % 16)
    egress = "".join(f"{priority}:{code} " for priority, code in pairs)
    return _VLAN.format(name=name, id=vlan.id, parent=vlan.parent, egress=egress)


def _paired(pairs: Mapping[str, Any]) -> str:
    return "".join(f"{name} {text}\n" for name, text in pairs.items())


def _remembered(link: Link) -> Texts:
    slave = {"mtu": str(link.former_mtu)} if link.enslaved else {}
    bond = _changed(link.bond) if link.bond else {}
    bridge = {"own_mtu": str(link.bridge.own_mtu), "fresh": str(link.bridge.fresh)} if link.bridge else {}
    return {**slave, **bond, **bridge}


def _changed(bond: Bond) -> Texts:
    """What no file shows of a bond, where it is not at its default."""
    defaults = _unshown(Bond())
    return {name: text for name, text in _unshown(bond).items() if text != defaults[name]}


def _unshown(bond: Bond) -> Texts:
    numbers = {name: str(bond.numbers[name]) for name in UNSHOWN}
    return {**numbers, "primary": bond.primary, "ad_actor_system": bond.system}
