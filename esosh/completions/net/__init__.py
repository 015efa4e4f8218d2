"""net: links, and what may be part of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import Optional

from ...commands.net.links import unknown_words
from ...commands.net.values import default_iface
from ...config.net import Bond, Bridge, General, Link
from ...executors.net.conf import is_vlan
from ...executors.net.options import DEFAULTS, MODES, OPTIONS, Option, canonical, effective
from .. import Context, Name, Names, merged
from .nics import interfaces, masters, nics, not_ifaces, not_members, not_slaves, offered

_GENERAL_KEYS = {"hostname": "default localhost", "domainname": "default none", "gateway": "default none"}


def old_bond(context: Context) -> Names:
    """Bonds that are configured."""
    return merged(context.current.net.bonds, context.candidate.net.bonds, _bond_summary)


def bond(context: Context) -> Names:
    """Bonds that are configured, and the next free name."""
    taken = {*context.candidate.net.bonds, *context.current.net.bonds}
    return old_bond(context) + [_free("bond", taken)]


def bond_word(context: Context) -> Iterator[Name]:
    """Words among the bond's options that the driver does not take, without their values."""
    bond = context.candidate.net.bonds.get(context.word("OLD_BOND") or "", Bond())
    for word in unknown_words(bond):
        yield Name(word.partition("=")[0], "live", f"no option of the driver: {word}")


def old_bridge(context: Context) -> Names:
    """Bridges that are configured."""
    return merged(context.current.net.bridges, context.candidate.net.bridges, _bridge_summary)


def bridge(context: Context) -> Names:
    """Bridges that are configured, and the next free name."""
    taken = {*context.candidate.net.bridges, *context.current.net.bridges}
    return old_bridge(context) + [_free("br", taken)]


def _free(stem: str, taken: Collection[str]) -> Name:
    free = next(name for name in map(f"{stem}{{}}".format, count()) if name not in taken)
    return Name(free, "new", "the next free name")


def old_vlan(context: Context) -> Names:
    """VLANs that are configured."""
    return merged(context.current.net.vlans, context.candidate.net.vlans, _link_summary)


def vlan(context: Context) -> Names:
    """VLANs that are configured, and what one may be on."""
    net = context.candidate.net
    slaves = masters(net, "slave")
    parents = [parent for parent in (*net.bonds, *net.bridges, *nics(context)) if is_vlan(f"{parent}.1")]
    more = "a VLAN on it: its number follows"
    new = [Name(f"{parent}.", "new", more) for parent in parents if parent not in slaves]
    others = [Name(f"{parent}.", "live", f"{slaves[parent]}: a VLAN goes on the bond")
              for parent in parents if parent in slaves]
    return old_vlan(context) + [*new, *others]


def old_iface(context: Context) -> Names:
    """Interfaces that are configured."""
    return merged(context.current.net.ifaces, context.candidate.net.ifaces, _link_summary)


def iface(context: Context) -> Names:
    """Interfaces that are configured, and the others of the box."""
    configured = {*context.candidate.net.ifaces, *context.current.net.ifaces}
    others = [nic for nic in nics(context) if nic not in configured]
    reasons, uses = not_ifaces(context.candidate.net, others), dict.fromkeys(others, "not configured")
    return old_iface(context) + offered(context, others, reasons, uses, "")


def old_host(context: Context) -> Names:
    """Addresses that have names."""
    return merged(context.current.net.hosts, context.candidate.net.hosts, lambda ip, names: " ".join(names))


def link(context: Context) -> Names:
    """Whatever of the network can be shown."""
    net = context.candidate.net
    general = Name("general", "live", net.general.hostname)
    links = old_bond(context) + old_vlan(context) + old_bridge(context) + old_iface(context)
    return links + [general] + old_host(context)


def slave(context: Context) -> Iterable[Name]:
    """For a key the bond's slaves; for the list of slaves the interfaces of the box that it does not name."""
    typed = context.words_of("SLAVE")
    is_value = bool(context.words) and context.words[-1][1].endswith("=")
    return _own_slaves(context, typed) if is_value else _nics_but(context, typed)


def _own_slaves(context: Context, typed: Collection[str]) -> Iterator[Name]:
    """The bond's slaves, and those that the line makes its slaves."""
    existing = interfaces(context)
    for name in dict.fromkeys((*_slaves(context), *typed)):
        yield Name(name, "live" if name in existing else "candidate", "slave")


def more_slave(context: Context) -> Names:
    """Interfaces that may join a bond that is configured, each with its +."""
    if context.word("BOND") in context.candidate.net.bonds:
        typed = _typed(context, "MORE_SLAVE", "LESS_SLAVE")
        return _nics_but(context, (*_slaves(context), *typed), "+")
    return Names()


def less_slave(context: Context) -> Iterator[Name]:
    """Slaves that may leave, each with its -."""
    return _leaving(_slaves(context), "slave", _typed(context, "LESS_SLAVE"))


def bridge_member(context: Context) -> Names:
    """Interfaces, bonds and VLANs that the list does not name."""
    return _ports_but(context, context.words_of("BRIDGE_MEMBER"))


def more_member(context: Context) -> Names:
    """What may join a bridge that is configured, each with its +."""
    if context.word("BRIDGE") in context.candidate.net.bridges:
        typed = _typed(context, "MORE_MEMBER", "LESS_MEMBER")
        return _ports_but(context, (*_members(context), *typed), "+")
    return Names()


def less_member(context: Context) -> Iterator[Name]:
    """Members that may leave, each with its -."""
    return _leaving(_members(context), "member", _typed(context, "LESS_MEMBER"))


def _typed(context: Context, *terminals: str) -> list[str]:
    return [word.lstrip("+-") for word in context.words_of(*terminals)]


def _leaving(names: Iterable[str], role: str, typed: Collection[str]) -> Iterator[Name]:
    return (Name(f"-{name}", "live", role) for name in names if name not in typed)


def mode_number(context: Context) -> Iterator[Name]:
    """The numbers that the bonding modes have."""
    return (Name(str(number), "", mode) for number, mode in enumerate(MODES))


def values(context: Context) -> Mapping[str, str]:
    """Of the link, or of the box itself."""
    net = context.candidate.net
    link = net.links.get(_named(context, "BOND", "BRIDGE", "VLAN", "IFACE"))
    if link is None:
        return _general_values(net.general)
    common, own = _link_values(link), _lists(link)
    return {**common, **(link.options if isinstance(link, Bond) else {}), **own}


def _named(context: Context, *kinds: str) -> str:
    return context.word(*kinds, *(f"OLD_{kind}" for kind in kinds)) or ""


def _lists(link: Link) -> dict[str, str]:
    lists = {key: getattr(link, key, None) for key in ("slaves", "members", "egress", "ethtool")}
    return {key: " ".join(words) for key, words in lists.items() if words is not None}


def _link_values(link: Link) -> dict[str, str]:
    return {"address": link.address, "mtu": str(link.mtu), "broadcast": link.broadcast or ""}


def _general_values(general: General) -> dict[str, str]:
    return {"hostname": general.hostname, "domainname": general.domainname, "gateway": general.gateway,
            "nameservers": " ".join(general.nameservers)}


def keys(context: Context) -> Optional[Mapping[str, str]]:
    """Of the link, or of the box itself; of a bond's options those that its mode knows."""
    if context.word("BOND"):
        return {**_link_keys(Bond().mtu), **_option_keys(_mode(context))}
    if context.word("BRIDGE", "VLAN"):
        return _link_keys(Bridge().mtu)
    iface = context.word("IFACE")
    if iface:
        return _link_keys(default_iface(iface).mtu)
    return _GENERAL_KEYS if "general" in [text for _, text in context.words] else None


def _link_keys(mtu: int) -> dict[str, str]:
    return {"address": "default none", "mtu": f"default {mtu}, 68 to 65535",
            "broadcast": "default the last address of the network"}


def _option_keys(mode: str) -> dict[str, str]:
    defaults = {**effective({"mode": mode}), "mode": DEFAULTS["mode"]}
    options = [option for option in OPTIONS if option.belongs_to(mode)]
    return {option.name: _described(option, defaults[option.name]) for option in options}


def _described(option: Option, default: str) -> str:
    """The default of an option, and of a number its range."""
    limits = f", {option.least} to {option.most}" if option.kind == "number" else ""
    return f"default {default or 'none'}{limits}"


def _mode(context: Context) -> str:
    """The mode that the line gives the bond, or else the bond's own."""
    texts = [text for _, text in context.words]
    bond = context.candidate.net.bonds.get(context.word("BOND") or "", Bond())
    typed = "".join(texts[texts.index("mode=") + 1 :][:1]) if "mode=" in texts else ""
    return canonical("mode", typed) or bond.options.get("mode", DEFAULTS["mode"])


def _slaves(context: Context) -> tuple[str, ...]:
    return context.candidate.net.bonds.get(context.word("BOND") or "", Bond()).slaves


def _members(context: Context) -> tuple[str, ...]:
    return context.candidate.net.bridges.get(context.word("BRIDGE") or "", Bridge()).members


def _nics_but(context: Context, taken: Collection[str], sign: str = "") -> Names:
    """The interfaces of the box but for those taken, as slaves."""
    names = [nic for nic in nics(context) if nic not in taken]
    return offered(context, names, not_slaves(context.candidate.net, names), _uses(context), sign)


def _ports_but(context: Context, taken: Collection[str], sign: str = "") -> Names:
    """What may be in a bridge, but for what is taken: interfaces of the box, bonds and VLANs."""
    net = context.candidate.net
    names = [name for name in (*nics(context), *net.bonds, *net.vlans) if name not in taken]
    return offered(context, names, not_members(net, names), _uses(context), sign)


def _uses(context: Context) -> dict[str, str]:
    """What the links are that are configured."""
    return {name: _summary(name, link) for name, link in context.candidate.net.links.items()}


def _summary(name: str, link: Link) -> str:
    return _bond_summary(name, link) if isinstance(link, Bond) else _link_summary(name, link)


def _bond_summary(name: str, bond: Bond) -> str:
    slaves = " ".join(bond.slaves) or "no slaves"
    return ", ".join(filter(None, (slaves, bond.options.get("mode"), _address(bond.address))))


def _bridge_summary(name: str, bridge: Bridge) -> str:
    members = " ".join(bridge.members) or "no members"
    return ", ".join(filter(None, (members, _address(bridge.address))))


def _link_summary(name: str, link: Link) -> str:
    return _address(link.address) or "no address"


def _address(address: str) -> str:
    return "" if address == "none" else f"address {address}"
