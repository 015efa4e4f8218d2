"""What writing to bonding_masters and to the files in a bond's folder `bonding` does.

Source: recordings from Linux 6.1; where none shows it, drivers/net/bonding/bond_options.c of that kernel.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import AddressValueError, IPv4Address
from typing import Callable

from .devices import add_bond, delete
from .links import Bond, Link
from .masters import join, leave
from .network import Network
from .options import (
    AD,
    AD_ONLY,
    ALB,
    ALWAYS,
    DEFAULT_MIIMON,
    DELAYS,
    OPTIONS,
    PRIMARY_MODES,
    TLB,
    Refusal,
    Rule,
)
from .states import live_slaves

_LONGEST = 15  # letters of an interface's name; what follows is cut off
_MOST_TARGETS = 16  # addresses in arp_ip_target
_LAST_QUEUE = 16
_SIGNED_NAME = re.compile(r"([+-])(?!\.{1,2}$)([^/:]+)")
_NUMBERED_NAME = re.compile("[^%]*%d[^%]*")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.IGNORECASE)


def write_masters(network: Network, text: str) -> None:
    """Add (+NAME) or delete (-NAME) a bond."""
    sign, name = _signed_name(text)
    if sign == "+":
        _add_bond(network, name)
    else:
        _delete_bond(network, name)


def write_option(network: Network, bond_name: str, name: str, text: str) -> None:
    """Write one file of the folder `bonding` of a bond."""
    link, bond = network.bond(bond_name)
    if name not in _FILES:
        raise Refusal(errno.EACCES)
    _check_rule(_FILES[name].rule, link, bond)
    _FILES[name].write(network, link, bond, text.split("\n", maxsplit=1)[0])


def _check_rule(rule: Rule, link: Link, bond: Bond) -> None:
    if bond.mode not in rule.modes:
        raise Refusal(errno.EACCES)
    if rule.empty and bond.slaves:
        raise Refusal(errno.ENOTEMPTY)
    if rule.down and link.up:
        raise Refusal(errno.EBUSY)


def _signed_name(text: str) -> tuple[str, str]:
    """The sign and the name in a written text; what comes after a blank or is too long is ignored."""
    word = next(iter(text.split()), "")
    match = _SIGNED_NAME.fullmatch(word[: 1 + _LONGEST])
    if match is None:
        raise Refusal(errno.EPERM)
    return match[1], match[2]


def _add_bond(network: Network, name: str) -> None:
    if "%" in name:
        name = _numbered(network, name)
    add_bond(network, name)


def _delete_bond(network: Network, name: str) -> None:
    if name not in network.bonds:
        raise Refusal(errno.ENODEV)
    delete(network, network.links[name])


def _numbered(network: Network, name: str) -> str:
    """The name with %d replaced by the first free number."""
    if not _NUMBERED_NAME.fullmatch(name):
        raise Refusal(errno.EINVAL)
    number = 0
    while name.replace("%d", str(number)) in network.links:
        number += 1
    return name.replace("%d", str(number))


def _set(bond: Bond, name: str, number: int) -> None:
    bond.numbers[name] = number


def _set_mode(bond: Bond, name: str, number: int) -> None:
    """Modes that do not work with ARP monitoring turn MII monitoring on."""
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


_SETTERS: Mapping[str, Callable[[Bond, str, int], None]] = {
    "mode": _set_mode, "miimon": _set_miimon, "arp_interval": _set_arp_interval,
    "num_grat_arp": _set_notifications, "num_unsol_na": _set_notifications, "primary_reselect": _set_reselect,
    **dict.fromkeys(DELAYS, _set_delay),
}


def _write_number(name: str, network: Network, link: Link, bond: Bond, text: str) -> None:
    set_number = _SETTERS.get(name, _set)
    set_number(bond, name, OPTIONS[name].parse(text))


def _write_slaves(network: Network, link: Link, bond: Bond, text: str) -> None:
    sign, name = _signed_name(text)
    slave = network.link(name)
    if sign == "+":
        join(network, link, slave)
    elif name in bond.slaves:
        leave(network, slave)
    else:
        raise Refusal(errno.EINVAL)


def _write_primary(network: Network, link: Link, bond: Bond, text: str) -> None:
    """Any name is accepted; it counts when a slave has it."""
    bond.primary = text[:_LONGEST]
    bond.active = ""


def _write_active(network: Network, link: Link, bond: Bond, text: str) -> None:
    words = text.split()
    if not words:
        bond.active = ""
        return
    name = network.link(words[0][:_LONGEST]).name
    if not bond.active or name not in (bond.active, *live_slaves(network, link, bond)):
        raise Refusal(errno.EINVAL)
    bond.active = name


def _write_targets(network: Network, link: Link, bond: Bond, text: str) -> None:
    change = _TARGET_CHANGES.get(text[:1])
    if change is None:
        raise Refusal(errno.EPERM)
    change(bond, _target(text[1:].strip()))


def _add_target(bond: Bond, target: str) -> None:
    if target in bond.targets or len(bond.targets) >= _MOST_TARGETS:
        raise Refusal(errno.EINVAL)
    bond.targets.append(target)


def _delete_target(bond: Bond, target: str) -> None:
    if target not in bond.targets:
        raise Refusal(errno.EINVAL)
    bond.targets.remove(target)


_TARGET_CHANGES: Mapping[str, Callable[[Bond, str], None]] = {"+": _add_target, "-": _delete_target}


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
    name, _, number = text.partition(":")
    queue = _queue(number)
    taken = {slave.queue for slave in network.lowers(link) if slave.name != name} - {0}
    if name not in bond.slaves or queue in taken:
        raise Refusal(errno.EPERM)
    network.links[name].queue = queue


def _queue(text: str) -> int:
    if not text.strip().isdecimal() or int(text) > _LAST_QUEUE:
        raise Refusal(errno.EPERM)
    return int(text)


@dataclass(frozen=True)
class _File:
    write: Callable[[Network, Link, Bond, str], None]
    rule: Rule = ALWAYS


_FILES: Mapping[str, _File] = {
    **{name: _File(partial(_write_number, name), option.rule) for name, option in OPTIONS.items()},
    "active_slave": _File(_write_active, Rule(PRIMARY_MODES)),
    "ad_actor_system": _File(_write_system, Rule(AD_ONLY)),
    "arp_ip_target": _File(_write_targets),
    "primary": _File(_write_primary, Rule(PRIMARY_MODES)),
    "queue_id": _File(_write_queue),
    "slaves": _File(_write_slaves),
}
