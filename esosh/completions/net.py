"""net: bonds, interfaces and slaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Optional, Union

from ..commands.net.values import default_iface
from ..config import Config
from ..config.net import Bond, General, Iface
from ..executors.net.links import NET
from ..executors.net.options import DEFAULTS, MODES, OPTIONS, Option, canonical, effective
from . import Context, Name, Names, merged

_LOOPBACK = "lo"
_MASTERS = "bonding_masters"  # a file beside the interfaces in /sys/class/net
_GENERAL_KEYS = {"hostname": "default localhost", "domainname": "default none", "gateway": "default none"}


def old_bond(context: Context) -> Names:
    """Bonds that are configured."""
    return merged(context.current.net.bonds, context.candidate.net.bonds, _bond_summary)


def bond(context: Context) -> Names:
    """Bonds that are configured, and the next free name."""
    taken = {*context.candidate.net.bonds, *context.current.net.bonds}
    free = next(name for name in map("bond{}".format, count()) if name not in taken)
    return old_bond(context) + [Name(free, "new", "the next free name")]


def old_iface(context: Context) -> Names:
    """Interfaces that are configured."""
    return merged(context.current.net.ifaces, context.candidate.net.ifaces, _iface_summary)


def iface(context: Context) -> Names:
    """Interfaces that are configured, and those of the box that are in no bond."""
    slaves = _masters(context.candidate)
    configured = {*context.candidate.net.ifaces, *context.current.net.ifaces, *slaves}
    others = (Name(nic, "live", "not configured") for nic in _nics(context) if nic not in configured)
    return old_iface(context) + others


def link(context: Context) -> Names:
    """Whatever of the network can be shown."""
    general = Name("general", "live", context.candidate.net.general.hostname)
    return old_bond(context) + old_iface(context) + [general]


def slave(context: Context) -> Iterator[Name]:
    """For a key the bond's slaves; for the list of slaves the interfaces of the box that it does not name."""
    typed = context.words_of("SLAVE")
    is_value = bool(context.words) and context.words[-1][1].endswith("=")
    return _own_slaves(context, typed) if is_value else _nics_but(context, typed)


def _own_slaves(context: Context, typed: Collection[str]) -> Iterator[Name]:
    """The bond's slaves, and those that the line makes its slaves."""
    existing = _interfaces(context)
    for name in dict.fromkeys((*_slaves(context), *typed)):
        yield Name(name, "live" if name in existing else "candidate", "slave")


def more_slave(context: Context) -> Iterator[Name]:
    """Interfaces that may join a bond that is configured, each with its +."""
    if context.word("BOND") not in context.candidate.net.bonds:
        return
    typed = [word.lstrip("+") for word in context.words_of("MORE_SLAVE")]
    for name in _nics_but(context, (*_slaves(context), *typed)):
        yield Name(f"+{name.text}", name.origin, name.value)


def less_slave(context: Context) -> Iterator[Name]:
    """Slaves that may leave, each with its -."""
    typed = context.words_of("LESS_SLAVE")
    return (Name(f"-{name}", "live", "slave") for name in _slaves(context) if f"-{name}" not in typed)


def mode_number(context: Context) -> Iterator[Name]:
    """The numbers that the bonding modes have."""
    return (Name(str(number), "", mode) for number, mode in enumerate(MODES))


def values(context: Context) -> Mapping[str, str]:
    """Of the bond, of the interface, or of the box itself."""
    net = context.candidate.net
    bond = net.bonds.get(context.word("BOND", "OLD_BOND") or "")
    iface = net.ifaces.get(context.word("IFACE", "OLD_IFACE") or "")
    if bond:
        return {**_link_values(bond), **bond.options, "slaves": " ".join(bond.slaves)}
    if iface:
        return {**_link_values(iface), "ethtool": " ".join(iface.ethtool)}
    return _general_values(net.general)


def _link_values(link: Union[Bond, Iface]) -> dict[str, str]:
    return {"address": link.address, "mtu": str(link.mtu), "broadcast": link.broadcast or ""}


def _general_values(general: General) -> dict[str, str]:
    return {"hostname": general.hostname, "domainname": general.domainname, "gateway": general.gateway,
            "nameservers": " ".join(general.nameservers)}


def keys(context: Context) -> Optional[Mapping[str, str]]:
    """Of the bond, of the interface, or of the box itself; of a bond's options those that its mode knows."""
    if context.word("BOND"):
        return {**_link_keys(Bond().mtu), **_option_keys(_mode(context))}
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


def _interfaces(context: Context) -> tuple[str, ...]:
    return tuple(context.list_folder(NET))


def _nics(context: Context) -> Iterator[str]:
    """The interfaces of the box that are no bonds."""
    bonds = {*context.current.net.bonds, *context.candidate.net.bonds, _LOOPBACK, _MASTERS}
    return (nic for nic in _interfaces(context) if nic not in bonds)


def _masters(config: Config) -> dict[str, str]:
    """The slaves, each with its bond."""
    return {slave: name for name, bond in config.net.bonds.items() for slave in bond.slaves}


def _nics_but(context: Context, taken: Collection[str]) -> Iterator[Name]:
    """The interfaces of the box but for those taken; those that no bond has come first."""
    masters = _masters(context.candidate)
    uses = {name: _iface_summary(name, iface) for name, iface in context.candidate.net.ifaces.items()}
    uses.update((slave, f"slave of {master}") for slave, master in masters.items())
    for nic in sorted(_nics(context), key=masters.__contains__):
        if nic not in taken:
            yield Name(nic, "live", uses.get(nic, "free"))


def _bond_summary(name: str, bond: Bond) -> str:
    slaves = " ".join(bond.slaves) or "no slaves"
    return ", ".join(filter(None, (slaves, bond.options.get("mode"), _address(bond.address))))


def _iface_summary(name: str, iface: Iface) -> str:
    return _address(iface.address) or "no address"


def _address(address: str) -> str:
    return "" if address == "none" else f"address {address}"
