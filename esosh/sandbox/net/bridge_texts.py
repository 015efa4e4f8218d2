"""The files of a bridge and of its ports below /sys/class/net.

Source: a bridge with STP off, as seen with Linux 6.1; times are in 1/100 s. Others keep their default here.
"""

from __future__ import annotations

from .links import Link
from .network import Network
from .states import is_running, speed

Texts = dict[str, str]

_DISABLED, _FORWARDING = "0", "3"
_PRIORITY = 0x80
_BRIDGE = {
    "ageing_time": "30000", "default_pvid": "1", "forward_delay": "1500", "group_addr": "01:80:c2:00:00:00",
    "group_fwd_mask": "0x0", "hello_time": "200", "max_age": "2000", "multicast_snooping": "1",
    "priority": "32768", "root_path_cost": "0", "root_port": "0", "stp_state": "0", "topology_change": "0",
    "topology_change_detected": "0", "vlan_filtering": "0", "vlan_protocol": "0x8100",
}
_PORT = {
    "broadcast_flood": "1", "change_ack": "0", "config_pending": "0", "designated_cost": "0",
    "hairpin_mode": "0", "isolated": "0", "learning": "1", "multicast_flood": "1", "multicast_router": "1",
    "priority": "32", "root_block": "0", "unicast_flood": "1",
}
_COSTS = {10: 100, 100: 19, 1000: 5, 10000: 4}  # by speed; as the kernel counts them since 6.1
_COST = 100


def bridge_id(link: Link) -> str:
    """The name that a bridge has in the spanning tree; it has no address in it until it has a port."""
    assert link.bridge
    address = link.address.replace(":", "") if link.bridge.ports else "0" * 12
    return f"8000.{address}"


def bridge_texts(link: Link) -> Texts:
    """The files in the folder `bridge` of a bridge."""
    return {**_BRIDGE, "bridge_id": bridge_id(link), "root_id": bridge_id(link)}


def port_texts(network: Network, link: Link) -> Texts:
    """The files in the folder `brport` of a port."""
    master = network.links[link.master]
    assert master.bridge
    number = master.bridge.number(link.name)
    works = master.up and is_running(network, link)
    return {
        **_PORT,
        "designated_bridge": bridge_id(master),
        "designated_port": str(_PRIORITY << 8 | number),
        "designated_root": bridge_id(master),
        "path_cost": str(_COSTS.get(speed(network, link), _COST)),
        "port_id": hex(_PRIORITY << 8 | number),
        "port_no": hex(number),
        "state": _FORWARDING if works else _DISABLED,
    }
