"""What writing to bonding_masters and to the files in a bond's folder `bonding` does.

Source: recordings from Linux 6.1; where none says, drivers/net/bonding/bond_options.c of that kernel.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import Callable

from .net_links import UP, Bond, Link, Network
from .net_options import AD, AD_ONLY, ALB, ALWAYS, DEFAULT_MIIMON, DELAYS, OPTIONS, PRIMARY_MODES, TLB, Refusal, Rule

_LONGEST = 15  # letters of an interface's name; what follows is cut off
_TARGETS = 16  # as many addresses arp_ip_target takes
_QUEUES = 16
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.IGNORECASE)


def write_masters(network: Network, text: str) -> None:
    """Make (+NAME) or take away (-NAME) a bond."""
    sign, name = _command(text)
    if sign == "-":
        if name not in network.bonds:
            raise Refusal(errno.ENODEV)
        return network.delete_bond(name)
    name = _numbered(network, name)
    if name in network.links:
        raise Refusal(errno.EEXIST)
    network.add_bond(name)


def write_option(network: Network, link: Link, name: str, text: str) -> None:
    """Write one file of the folder `bonding`."""
    bond = link.bond
    assert bond
    if name not in OPTIONS and name not in _WORDS:
        raise Refusal(errno.EACCES)
    _check(_WORDS[name].rule if name in _WORDS else OPTIONS[name].rule, link, bond)
    if name in _WORDS:
        return _WORDS[name].write(network, link, bond, text.split("\n", maxsplit=1)[0])
    number = OPTIONS[name].parse(text)
    _SPECIAL.get(name, _set)(bond, name, number)


def _check(rule: Rule, link: Link, bond: Bond) -> None:
    if bond.mode not in rule.modes:
        raise Refusal(errno.EACCES)
    if rule.empty and bond.slaves:
        raise Refusal(errno.ENOTEMPTY)
    if rule.down and link.flags & UP:
        raise Refusal(errno.EBUSY)


def _command(text: str) -> tuple[str, str]:
    """The sign and the name in a written text; what comes after a blank or is too long is not looked at."""
    words = text.split()
    sign, name = (words[0][:1], words[0][1 : 1 + _LONGEST]) if words else ("", "")
    if sign not in ("+", "-") or not name or name in (".", "..") or "/" in name or ":" in name:
        raise Refusal(errno.EPERM)
    return sign, name


def _numbered(network: Network, name: str) -> str:
    if "%" not in name:
        return name
    if name.count("%") > 1 or "%d" not in name:
        raise Refusal(errno.EINVAL)
    numbers = (name.replace("%d", str(number)) for number in range(len(network.links) + 1))
    return next(numbered for numbered in numbers if numbered not in network.links)


def _set(bond: Bond, name: str, number: int) -> None:
    bond.numbers[name] = number


def _set_mode(bond: Bond, name: str, number: int) -> None:
    """Modes that cannot do with ARP monitoring turn MII monitoring on."""
    bond.numbers.update({name: number, "arp_validate": 0})
    if number in (AD, TLB, ALB):
        bond.numbers["arp_interval"] = 0
        bond.numbers["miimon"] = bond.numbers["miimon"] or DEFAULT_MIIMON
    if number == ALB:
        bond.numbers["tlb_dynamic_lb"] = 1


def _set_miimon(bond: Bond, name: str, number: int) -> None:
    if number and bond.numbers["arp_interval"]:
        bond.numbers.update(arp_interval=0, arp_validate=0)
    bond.numbers[name] = number


def _set_arp_interval(bond: Bond, name: str, number: int) -> None:
    if number:
        bond.numbers["miimon"] = 0
    bond.numbers[name] = number


def _set_delay(bond: Bond, name: str, number: int) -> None:
    if not bond.numbers["miimon"]:
        raise Refusal(errno.EPERM)
    bond.numbers[name] = number // bond.numbers["miimon"]


def _set_notifications(bond: Bond, name: str, number: int) -> None:
    bond.numbers.update(num_grat_arp=number, num_unsol_na=number)


def _set_reselect(bond: Bond, name: str, number: int) -> None:
    bond.numbers[name] = number
    bond.active = ""


_SPECIAL: Mapping[str, Callable[[Bond, str, int], None]] = {
    "mode": _set_mode, "miimon": _set_miimon, "arp_interval": _set_arp_interval,
    "num_grat_arp": _set_notifications, "num_unsol_na": _set_notifications, "primary_reselect": _set_reselect,
    **dict.fromkeys(DELAYS, _set_delay),
}


def _write_slaves(network: Network, link: Link, bond: Bond, text: str) -> None:
    sign, name = _command(text)
    slave = network.link(name)
    if sign == "+":
        network.join(link, bond, slave)
    else:
        network.release(link, bond, slave)


def _write_primary(network: Network, link: Link, bond: Bond, text: str) -> None:
    """Any name is taken; it counts when a slave has it."""
    bond.primary = text[:_LONGEST]
    bond.active = ""


def _write_active(network: Network, link: Link, bond: Bond, text: str) -> None:
    words = text.split()
    if not words:
        bond.active = ""
        return
    name = network.link(words[0][:_LONGEST]).name
    if name != bond.active and not (bond.active and name in network.live(link, bond)):
        raise Refusal(errno.EINVAL)
    bond.active = name


def _write_targets(network: Network, link: Link, bond: Bond, text: str) -> None:
    sign = text[:1]
    if sign not in ("+", "-"):
        raise Refusal(errno.EPERM)
    target = _target(text[1:].strip())
    if sign == "+" and target not in bond.targets and len(bond.targets) < _TARGETS:
        bond.targets.append(target)
    elif sign == "-" and target in bond.targets:
        bond.targets.remove(target)
    else:
        raise Refusal(errno.EINVAL)


def _target(text: str) -> str:
    try:
        address = IPv4Address(text)
    except AddressValueError:
        raise Refusal(errno.EPERM) from None
    if address.packed[0] == 0 or address == IPv4Address("255.255.255.255"):
        raise Refusal(errno.EINVAL)
    return str(address)


def _write_system(network: Network, link: Link, bond: Bond, text: str) -> None:
    address = text.strip().lower()
    if not _MAC.fullmatch(address) or int(address[:2], 16) & 1:
        raise Refusal(errno.EINVAL)
    bond.system = address


def _write_queue(network: Network, link: Link, bond: Bond, text: str) -> None:
    name, _, queue = text.partition(":")
    if name not in bond.slaves or not queue.strip().isdecimal() or int(queue) > _QUEUES:
        raise Refusal(errno.EPERM)
    others = [network.links[slave].queue for slave in bond.slaves if slave != name]
    if int(queue) and int(queue) in others:
        raise Refusal(errno.EPERM)
    network.links[name].queue = int(queue)


@dataclass(frozen=True)
class _Word:
    write: Callable[[Network, Link, Bond, str], None]
    rule: Rule = ALWAYS


_WORDS: Mapping[str, _Word] = {
    "active_slave": _Word(_write_active, Rule(PRIMARY_MODES)),
    "ad_actor_system": _Word(_write_system, Rule(AD_ONLY)),
    "arp_ip_target": _Word(_write_targets),
    "primary": _Word(_write_primary, Rule(PRIMARY_MODES)),
    "queue_id": _Word(_write_queue),
    "slaves": _Word(_write_slaves),
}
