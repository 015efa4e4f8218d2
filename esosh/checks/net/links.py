"""Links among each other: addresses, masters, what is on what.

Source: etc/rc.d/rc.network of ESOS; kernel net/8021q (the mtu of a VLAN is at most its parent's).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface

from ...config.net import KINDS, Net, parent_of
from ...executors.net.conf import is_bond, is_bridge, is_handled
from ...executors.net.links import Link
from .. import Finding


def findings(net: Net, shown: Mapping[str, Link]) -> Iterator[Finding]:
    """What does not go together; `shown` are the interfaces of the box, none where nobody can look."""
    yield from _absent(net, shown)
    yield from _missing_below(net, shown)
    yield from _same_address(net)
    yield from _gateway(net)
    yield from _masters(net)
    yield from _mtus(net)
    yield from _member_mtus(net, shown)
    yield from _never_up(net)


def _absent(net: Net, shown: Mapping[str, Link]) -> Iterator[Finding]:
    for name in net.ifaces:
        if shown and name not in shown:
            text = "this interface is not on this box now"
            yield Finding("W324", "net", f"net {name}", text, f"net iface del {name}")


def _missing_below(net: Net, shown: Mapping[str, Link]) -> Iterator[Finding]:
    """VLANs and members of bridges that need what is not there."""
    needs: list[tuple[str, tuple[str, ...]]] = [(name, (name,)) for name in net.vlans]
    needs += [(name, bridge.members) for name, bridge in net.bridges.items()]
    for name, needed in needs:
        for link in needed:
            below = parent_of(link) or link
            if below != name and not _is_there(below, net, shown):
                is_missing = "which is not configured" if _is_made(below) else "which is not on this box now"
                message = f"{link} needs {below}, {is_missing}: the network starts without it"
                yield Finding("W329", "net", f"net {name}", message)


def _is_made(name: str) -> bool:
    """Whether rc.network makes it."""
    return is_bond(name) or is_bridge(name)


def _is_there(name: str, net: Net, shown: Mapping[str, Link]) -> bool:
    if _is_made(name):
        return name in net.bonds or name in net.bridges
    return not shown or name in shown


def _same_address(net: Net) -> Iterator[Finding]:
    """Links with one address."""
    owners: dict[str, str] = {}
    for name, link in net.links.items():
        address = link.address.partition("/")[0]
        if "/" in link.address and address in owners:
            yield Finding("E388", "net", f"net {name}", f"{owners[address]} has the address {address} too")
        owners.setdefault(address, name)


def _gateway(net: Net) -> Iterator[Finding]:
    """A gateway that no address of the box reaches."""
    gateway, addresses = net.general.gateway, [link.address for link in net.links.values()]
    networks = [IPv4Interface(address).network for address in addresses if "/" in address]
    if not gateway or not networks or "dhcp" in addresses:
        return
    if not any(IPv4Address(gateway) in network for network in networks):
        message = f"the gateway {gateway} is in no network of this box: {' '.join(map(str, networks))}"
        yield Finding("W390", "net", "net general", message)


def _masters(net: Net) -> Iterator[Finding]:
    """Interfaces of which two have the traffic, and addresses that nobody reaches."""
    owners: dict[str, str] = {}
    for _, owner, names in net.masters():
        for name in names:
            if owners.setdefault(name, owner) != owner:
                message = f"{name} is in {owners[name]} already: the kernel gives it one master"
                yield Finding("E392", "net", f"net {owner}", message)
    for bridge, switch in net.bridges.items():
        for member in switch.members:
            link = net.links.get(member)
            if link and link.address != "none":
                message = f"its member {member} has the address {link.address}, which the bridge should have"
                yield Finding("W391", "net", f"net {bridge}", message)


def _mtus(net: Net) -> Iterator[Finding]:
    """VLANs with a larger mtu than their parents, and those that take the mtu of their parents down."""
    for name, vlan in net.vlans.items():
        parent = net.links.get(parent_of(name))
        if parent and vlan.mtu > parent.mtu:
            message = f"its mtu {vlan.mtu} is larger than that of {parent_of(name)}, {parent.mtu}"
            yield Finding("E393", "net", f"net {name}", message, f"net vlan {name} mtu={parent.mtu}")
        elif parent and vlan.mtu < parent.mtu:
            of_both = f"{vlan.mtu} instead of {parent.mtu}"
            message = f"rc.network gives {parent_of(name)} the mtu of this VLAN, {of_both}"
            yield Finding("W394", "net", f"net {name}", message, f"net vlan {name} mtu={parent.mtu}")


def _member_mtus(net: Net, shown: Mapping[str, Link]) -> Iterator[Finding]:
    """Members of a bridge that have another mtu than the bridge; sections are read in the order of names."""
    for bridge, switch in net.bridges.items():
        for member in switch.members:
            link = net.links.get(member) or shown.get(member)
            is_own = member in net.links and member > bridge
            if link and link.mtu != switch.mtu and not is_own:
                of_both = f"{switch.mtu} instead of {link.mtu}"
                message = f"rc.network gives {member} the mtu of this bridge, {of_both}"
                larger = max(link.mtu, switch.mtu)
                line = f"bridge {bridge}" if link.mtu == larger else f"{_kind(net, member)} {member}"
                yield Finding("W394", "net", f"net {bridge}", message, f"net {line} mtu={larger}")


def _kind(net: Net, name: str) -> str:
    """The kind of a link; what is not configured is a plain interface."""
    return next((kind for kind, field in KINDS.items() if name in getattr(net, field)), "iface")


def _never_up(net: Net) -> Iterator[Finding]:
    """VLANs that rc.network makes and leaves down."""
    for name, vlan in net.vlans.items():
        if vlan.address == "none":
            message = "rc.network leaves a VLAN without an address down when the network starts"
            yield Finding("W397", "net", f"net {name}", message)


def changes(old: Net, new: Net, shown: Mapping[str, Link]) -> Iterator[Finding]:
    """Addresses that nobody configured: rc.network asks for them only while no link has a section."""
    if old.links or not new.links:
        return
    for name, link in shown.items():
        if link.addresses and is_handled(name) and name not in new.links and name not in new.slaves:
            address, _ = link.addresses[0]
            message = f"it has {address} and no settings: it has no address when the network starts next"
            yield Finding("W399", "net", f"net {name}", message, f"net iface {name} address=dhcp")
