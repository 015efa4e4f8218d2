"""The text of every file of the network: below /sys/class/net, and the sandbox's own below /proc/net.

Reading `carrier`, `speed` or `duplex` of a link that is down fails with EINVAL on a real box; here they are
empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from .links import ETHER, LOOP, Bond, Link, Network
from .options import AD, DELAYS, OPTIONS, PRIMARY_MODES

NET = "/sys/class/net"
MASTERS = f"{NET}/bonding_masters"
ADDRESSES, ETHTOOL, REMEMBERED = "/proc/net/addresses", "/proc/net/ethtool", "/proc/net/remembered"
UNSHOWN = (*DELAYS, "ad_actor_sys_prio", "ad_user_port_key")  # reading them does not give what was written
Texts = dict[str, str]

_PARTNER = "02:00:5e:00:00:01"  # the LACP partner at the other end of every cable
_NO_PARTNER = "00:00:00:00:00:00"
_AGGREGATED = {"ad_actor_key": "9", "ad_aggregator": "1", "ad_partner_key": "1", "ad_partner_mac": _PARTNER}
_ALONE = {"ad_actor_key": "0", "ad_aggregator": "0", "ad_partner_key": "0", "ad_partner_mac": _NO_PARTNER}
_AD_FILES = (*_ALONE, "ad_actor_sys_prio", "ad_actor_system", "ad_num_ports", "ad_user_port_key")


def file_texts(network: Network) -> Texts:
    """Give the text of every file; that of the symbolic link `master` is where it points."""
    files = {MASTERS: _line(" ".join(network.bonds))}
    for link in network.links.values():
        files.update(_shown(network, link))
        files.update(_kept(link))
    return files


def _shown(network: Network, link: Link) -> Iterator[tuple[str, str]]:
    folder = f"{NET}/{link.name}"
    yield from _folder(folder, _link_texts(network, link))
    if link.bond:
        yield from _folder(f"{folder}/bonding", _bond_texts(network, link, link.bond))
    if link.master:
        yield from _folder(f"{folder}/bonding_slave", _slave_texts(network, link))
        yield f"{folder}/master", f"../{link.master}"


def _folder(folder: str, texts: Texts) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        yield f"{folder}/{name}", _line(text)


def _line(text: str) -> str:
    return f"{text}\n" if text else ""


def _link_texts(network: Network, link: Link) -> Texts:
    return {
        "addr_assign_type": _address_origin(link),
        "addr_len": "6",
        "address": link.address,
        "broadcast": "00:00:00:00:00:00" if link.type == LOOP else "ff:ff:ff:ff:ff:ff",
        "carrier": str(int(network.has_carrier(link))) if link.up else "",
        "dev_id": "0x0",
        "duplex": "",
        "flags": hex(link.flags),
        "ifindex": str(link.index),
        "iflink": str(link.index),
        "mtu": str(link.mtu),
        "operstate": network.operstate(link),
        "speed": "",
        "tx_queue_len": "1000",
        "type": str(link.type),
        **_rate_texts(network, link),
    }


def _address_origin(link: Link) -> str:
    """The number for a permanent, a random or a stolen MAC address."""
    if not link.bond:
        return "0"
    return "2" if link.bond.slaves else "1"


def _rate_texts(network: Network, link: Link) -> Texts:
    if not link.up or link.type != ETHER:
        return {}
    speed = network.speed(link)
    duplex = "unknown" if speed < 0 else "full"
    return {"duplex": link.settings.duplex if link.settings else duplex, "speed": str(speed)}


def _bond_texts(network: Network, link: Link, bond: Bond) -> Texts:
    return {
        **_option_texts(bond),
        "active_slave": bond.active,
        "arp_ip_target": " ".join(bond.targets),
        "mii_status": _up_down(network.has_carrier(link)),
        "primary": bond.primary if bond.primary in bond.slaves else "",
        "queue_id": " ".join(f"{slave.name}:{slave.queue}" for slave in network.slaves(link)),
        "slaves": " ".join(bond.slaves),
        **_aggregation_texts(bond, len(network.live_slaves(link, bond))),
    }


def _up_down(up: bool) -> str:
    return "up" if up else "down"


def _option_texts(bond: Bond) -> Texts:
    texts = {name: option.show(bond.numbers[name]) for name, option in OPTIONS.items()}
    delays = {name: str(bond.numbers[name] * bond.numbers["miimon"]) for name in DELAYS}
    return {**texts, **delays}


def _aggregation_texts(bond: Bond, live: int) -> Texts:
    if bond.mode != AD:
        return dict.fromkeys(_AD_FILES, "")
    partner = _AGGREGATED if live else _ALONE
    return {**partner, "ad_actor_system": bond.system, "ad_num_ports": str(live)}


def _slave_texts(network: Network, link: Link) -> Texts:
    master, bond = network.bond(link.master)
    live = link.name in network.live_slaves(master, bond)
    backup = bond.mode in PRIMARY_MODES and bond.active != link.name
    return {
        **_port_texts(bond, live),
        "link_failure_count": "0",
        "mii_status": _up_down(live),
        "perm_hwaddr": link.permanent,
        "queue_id": str(link.queue),
        "state": "backup" if backup else "active",
    }


def _port_texts(bond: Bond, live: bool) -> Texts:
    aggregator, state = "N/A", "N/A"
    if bond.mode == AD:
        aggregator, state = "1", "61" if live else "5"
    return {
        "ad_actor_oper_port_state": state,
        "ad_aggregator_id": aggregator,
        "ad_partner_oper_port_state": state,
    }


def _kept(link: Link) -> Texts:
    """The files below /proc/net; one without a text does not exist."""
    texts = {
        f"{ADDRESSES}/{link.name}": "".join(f"{address}\n" for address in link.addresses),
        f"{ETHTOOL}/{link.name}": _paired(asdict(link.settings)) if link.settings else "",
        f"{REMEMBERED}/{link.name}": _paired(_remembered(link)),
    }
    return {path: text for path, text in texts.items() if text}


def _paired(pairs: Mapping[str, Any]) -> str:
    return "".join(f"{name} {text}\n" for name, text in pairs.items())


def _remembered(link: Link) -> Texts:
    if link.master:
        return {"mtu": str(link.former_mtu)}
    return _changed(link.bond) if link.bond else {}


def _changed(bond: Bond) -> Texts:
    """What no file shows of a bond, where it is not at its default."""
    defaults = _unshown(Bond())
    return {name: text for name, text in _unshown(bond).items() if text != defaults[name]}


def _unshown(bond: Bond) -> Texts:
    numbers = {name: str(bond.numbers[name]) for name in UNSHOWN}
    return {**numbers, "primary": bond.primary, "ad_actor_system": bond.system}
