"""Interfaces for a menu: those that are free come first, the others say why they are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Callable

from ...config.net import ROLES, Net, parent_of
from ...executors.net.conf import is_bond, is_handled, is_vlan
from ...executors.net.links import NET
from .. import Context, Name, Names

_LOOPBACK = "lo"
_MASTERS = "bonding_masters"  # a file beside the interfaces in /sys/class/net
_UPPER = "upper_"  # in front of the name of a link, in the folder of one that is below it
_UNHANDLED = "rc.network does not handle such a name"


def interfaces(context: Context) -> tuple[str, ...]:
    """All that is in /sys/class/net."""
    return tuple(context.list_folder(NET))


def nics(context: Context) -> Iterator[str]:
    """The interfaces of the box that nobody makes."""
    nets = (context.current.net, context.candidate.net)
    made = {_LOOPBACK, _MASTERS}.union(*((*net.bonds, *net.vlans, *net.bridges) for net in nets))
    return (nic for nic in interfaces(context) if nic not in made)


def masters(net: Net, *roles: str) -> dict[str, str]:
    """What each slave, or member of a bridge, is."""
    return {name: f"{ROLES[kind]} of {owner}" for kind, owner, names in net.masters()
            if ROLES[kind] in roles for name in names}


def not_slaves(net: Net, names: Iterable[str]) -> dict[str, str]:
    """Why some interfaces cannot become slaves; a VLAN on one would lose its traffic to the bond."""
    vlans = {parent_of(vlan): f"has the VLAN {vlan}" for vlan in net.vlans}
    return {**_unhandled(names, is_handled), **vlans, **masters(net, *ROLES.values())}


def not_members(net: Net, names: Iterable[str]) -> dict[str, str]:
    """Why some links cannot become members of a bridge."""
    return {**_unhandled(names, is_handled, is_bond, is_vlan), **masters(net, *ROLES.values())}


def not_ifaces(net: Net, names: Iterable[str]) -> dict[str, str]:
    """Why some interfaces cannot have settings of their own."""
    return {**_unhandled(names, is_handled), **masters(net, "slave")}


def _unhandled(names: Iterable[str], *kinds: Callable[[str], bool]) -> dict[str, str]:
    return {name: _UNHANDLED for name in names if not any(kind(name) for kind in kinds)}


def offered(
    context: Context, names: Iterable[str], reasons: Mapping[str, str], uses: Mapping[str, str], sign: str
) -> Names:
    """The names, each with why it is not free, or else with what it is used for; free ones come first."""
    live = interfaces(context)

    def described(name: str, text: str) -> Name:
        meaning = reasons.get(name) or _made_by_hand(context, name) or uses.get(name, "free")
        return Name(text, "live" if name in live else "candidate", meaning)

    ordered = sorted(names, key=reasons.__contains__)
    return Names({f"{sign}{name}": partial(described, name) for name in ordered})


def _made_by_hand(context: Context, name: str) -> str:
    """What has an interface now and is not configured to; "" for nothing."""
    net, entries = context.current.net, context.list_folder(f"{NET}/{name}")
    uppers = [entry[len(_UPPER) :] for entry in entries if entry.startswith(_UPPER)]
    configured = {*net.vlans, *(owner for _, owner, names in net.masters() if name in names)}
    others = [upper for upper in uppers if upper not in configured]
    return f"below {others[0]} now, by hand" if others else ""
