"""net: bonds, interfaces and slaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Union

from ..config import Bond, Config, Iface
from ..executors.net.options import MODES
from . import Known, Name, merged

_LOOPBACK = "lo"
_MASTERS = "bonding_masters"  # a file beside the interfaces in /sys/class/net


def old_bond(known: Known) -> Iterator[Name]:
    """Bonds that are configured."""
    return merged(known.current.net.bonds, known.candidate.net.bonds, _bond)


def bond(known: Known) -> Iterator[Name]:
    """Bonds that are configured, and the next free name."""
    taken = {*known.candidate.net.bonds, *known.current.net.bonds}
    yield from old_bond(known)
    yield Name(next(name for name in map("bond{}".format, count()) if name not in taken), "new", "the next free name")


def old_iface(known: Known) -> Iterator[Name]:
    """Interfaces that are configured."""
    return merged(known.current.net.ifaces, known.candidate.net.ifaces, _link)


def iface(known: Known) -> Iterator[Name]:
    """Interfaces that are configured, and those of the box that are in no bond."""
    yield from old_iface(known)
    owners = _owners(known.candidate)
    configured = {*known.candidate.net.ifaces, *known.current.net.ifaces}
    yield from (Name(nic, "live", "not configured") for nic in _nics(known) if nic not in configured and nic not in owners)


def link(known: Known) -> Iterator[Name]:
    """Whatever of the network can be shown."""
    yield from old_bond(known)
    yield from old_iface(known)
    yield Name("general", "live", known.candidate.net.general.hostname)


def slave(known: Known) -> Iterator[Name]:
    """For a key: the bond's slaves. For the list: interfaces of the box, the free ones first, but for those taken."""
    mine = _slaves(known)
    said = known.said("SLAVE")
    if known.words and known.words[-1][1].endswith("="):
        return (Name(name, "live" if name in known.nics else "candidate", "slave") for name in dict.fromkeys((*mine, *said)))
    return _others(known, (*said,))


def more_slave(known: Known) -> Iterator[Name]:
    """Interfaces that may join a bond that there is, each with its +."""
    if known.word("BOND") not in known.candidate.net.bonds:
        return
    taken = (*_slaves(known), *(word[1:] for word in known.said("MORE_SLAVE")))
    yield from (Name(f"+{name.text}", name.origin, name.value) for name in _others(known, taken))


def less_slave(known: Known) -> Iterator[Name]:
    """Slaves that may leave, each with its -."""
    leaving = known.said("LESS_SLAVE")
    return (Name(f"-{name}", "live", "slave") for name in _slaves(known) if f"-{name}" not in leaving)


def mode_number(known: Known) -> Iterator[Name]:
    """The numbers that the bonding modes have."""
    return (Name(str(number), "", mode) for number, mode in enumerate(MODES))


def values(known: Known) -> Mapping[str, str]:
    """Of the bond, of the interface, or of the box itself, which any other line is about."""
    net = known.candidate.net
    link: Union[Bond, Iface, None] = net.bonds.get(known.word("BOND", "OLD_BOND") or "")
    link = link or net.ifaces.get(known.word("IFACE", "OLD_IFACE") or "")
    if link is None:
        general = net.general
        return {"hostname": general.hostname, "domainname": general.domainname, "gateway": general.gateway,
                "nameservers": " ".join(general.nameservers)}
    common = {"address": link.address, "mtu": str(link.mtu), "broadcast": link.broadcast or ""}
    own = {**link.options, "slaves": " ".join(link.slaves)} if isinstance(link, Bond) else {"ethtool": " ".join(link.ethtool)}
    return {**common, **own}


def _slaves(known: Known) -> tuple[str, ...]:
    bond = known.candidate.net.bonds.get(known.word("BOND") or "")
    return bond.slaves if bond else ()


def _nics(known: Known) -> Iterator[str]:
    bonds = {*known.current.net.bonds, *known.candidate.net.bonds, _LOOPBACK, _MASTERS}
    return (nic for nic in known.nics if nic not in bonds)


def _owners(config: Config) -> dict[str, str]:
    return {slave: bond for bond, about in config.net.bonds.items() for slave in about.slaves}


def _others(known: Known, taken: tuple[str, ...]) -> Iterator[Name]:
    """The interfaces of the box, those that no bond has first."""
    owners, ifaces = _owners(known.candidate), known.candidate.net.ifaces
    uses = {nic: _link(nic, iface) for nic, iface in ifaces.items()}
    uses.update((slave, f"slave of {bond}") for slave, bond in owners.items())
    for nic in sorted(_nics(known), key=lambda nic: nic in owners):
        if nic not in taken:
            yield Name(nic, "live", uses.get(nic, "free"))


def _bond(name: str, bond: Bond) -> str:
    return ", ".join(filter(None, (" ".join(bond.slaves) or "no slaves", bond.options.get("mode"), _address(bond.address))))


def _link(name: str, iface: Iface) -> str:
    return _address(iface.address) or "no address"


def _address(address: str) -> str:
    return "" if address == "none" else f"address {address}"
