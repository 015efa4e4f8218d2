"""The files of a bond and of its slaves below /sys/class/net."""

from __future__ import annotations

from .links import Bond, Link
from .network import Network
from .options import AD, DELAYS, OPTIONS, PRIMARY_MODES
from .states import has_carrier, live_slaves

Texts = dict[str, str]

_PARTNER = "02:00:5e:00:00:01"  # the LACP partner at the other end of every cable
_NO_PARTNER = "00:00:00:00:00:00"
_AGGREGATED = {"ad_actor_key": "9", "ad_aggregator": "1", "ad_partner_key": "1", "ad_partner_mac": _PARTNER}
_ALONE = {"ad_actor_key": "0", "ad_aggregator": "0", "ad_partner_key": "0", "ad_partner_mac": _NO_PARTNER}
_AD_FILES = (*_ALONE, "ad_actor_sys_prio", "ad_actor_system", "ad_num_ports", "ad_user_port_key")


def bond_texts(network: Network, link: Link, bond: Bond) -> Texts:
    """The files in the folder `bonding` of a bond."""
    return {
        **_option_texts(bond),
        "active_slave": bond.active,
        "arp_ip_target": " ".join(bond.targets),
        "mii_status": _up_down(has_carrier(network, link)),
        "primary": bond.primary if bond.primary in bond.slaves else "",
        "queue_id": " ".join(f"{slave.name}:{slave.queue}" for slave in network.lowers(link)),
        "slaves": " ".join(bond.slaves),
        **_aggregation_texts(bond, len(live_slaves(network, link, bond))),
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


def slave_texts(network: Network, link: Link) -> Texts:
    """The files in the folder `bonding_slave` of a slave."""
    master, bond = network.bond(link.master)
    live = link.name in live_slaves(network, master, bond)
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
