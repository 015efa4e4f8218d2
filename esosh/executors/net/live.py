"""The network as it runs, in the words of its files where they mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...config.net import Bond, Bridge, Iface, Net, Vlan
from ...records import replace
from .conf import AnyLink, is_bond, is_bridge, is_handled, unusual_broadcast
from .ethtool import FORCED
from .links import Facts, Link
from .options import effective


def running(facts: Facts, saved: Net) -> Net:
    """The links that run; of interfaces those that are configured, or have an address of their own."""
    if not facts.links:
        return saved
    bonds = {name: _bond(name, facts, saved.bonds.get(name, Bond())) for name in facts.bonds if is_bond(name)}
    vlans = {name: _vlan(name, facts, saved.vlans.get(name, Vlan())) for name in facts.vlans}
    bridges = {name: _bridge(name, facts, saved.bridges.get(name, Bridge()))
               for name in facts.bridges if is_bridge(name)}
    absent = {name: iface for name, iface in saved.ifaces.items() if name not in facts.links}
    ifaces = {name: _iface(name, facts, saved.ifaces.get(name, Iface()))
              for name, link in facts.links.items() if name in saved.ifaces or _is_addressed(name, link)}
    return replace(saved, bonds=bonds if facts.bonding else saved.bonds, vlans=vlans, bridges=bridges,
                   ifaces={**absent, **ifaces})


def _is_addressed(name: str, link: Link) -> bool:
    return is_handled(name) and bool(link.addresses)


def _iface(name: str, facts: Facts, saved: Iface) -> Iface:
    """A plain interface; the speed that it has may be what both ends agreed upon, so it is no setting."""
    shown = facts.settings[name] if saved.ethtool else {}
    words = [word if key in FORCED else shown.get(key, word)
             for key, word in zip(saved.ethtool[::2], saved.ethtool[1::2])]
    ethtool = tuple(word for pair in zip(saved.ethtool[::2], words) for word in pair)
    return _with_link(name, replace(saved, ethtool=ethtool), facts)


def _bond(name: str, facts: Facts, saved: Bond) -> Bond:
    running = facts.bonds[name]
    options = _options(running.options, saved.options)
    bond = replace(saved, slaves=_as_saved(saved.slaves, running.slaves), options=options)
    return _with_link(name, bond, facts)


def _vlan(name: str, facts: Facts, saved: Vlan) -> Vlan:
    same = {pair for pair in saved.egress if not pair.endswith(":0")} == {*facts.vlans[name]}
    vlan = replace(saved, egress=saved.egress if same else facts.vlans[name])
    return _with_link(name, vlan, facts)


def _bridge(name: str, facts: Facts, saved: Bridge) -> Bridge:
    members = _as_saved(saved.members, facts.bridges[name])
    return _with_link(name, replace(saved, members=members), facts)


def _as_saved(saved: tuple[str, ...], running: Sequence[str]) -> tuple[str, ...]:
    """A list as it runs, in the order of its file where it has the same."""
    return saved if {*saved} == {*running} else tuple(running)


def _with_link(name: str, saved: AnyLink, facts: Facts) -> AnyLink:
    """A link of any kind with the address and the mtu that it has; one that asks for an address has dhcp."""
    shown = facts.links[name]
    if saved.address == "dhcp" and not shown.addresses and facts.clients[name]:
        return replace(saved, mtu=shown.mtu)
    address = _address(shown, saved.address)
    broadcast = dict(shown.addresses).get(address) or saved.broadcast
    return replace(saved, address=address, broadcast=unusual_broadcast(address, broadcast), mtu=shown.mtu)


def _options(running: Mapping[str, str], saved: Mapping[str, str]) -> dict[str, str]:
    """The options that the file has, as they run, and the others that run otherwise than the file means."""
    meant = effective(saved)
    options = {key: running.get(key, value) for key, value in saved.items()}
    options.update((key, value) for key, value in running.items() if key not in saved and value != meant[key])
    return options


def _address(link: Link, saved: str) -> str:
    addresses = [address for address, _ in link.addresses]
    if not addresses:
        return "none"
    return saved if saved in ("dhcp", *addresses) else addresses[0]
