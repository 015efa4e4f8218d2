"""/etc/network.conf: read as rc.network reads it.

Source: etc/rc.d/rc.network of ESOS. A section is a line that begins with [NAME]; a key ends at the first "=";
names and keys are case-sensitive; of a key given twice the last counts.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from typing import Optional

from ...config.net import Bond, General, Iface, Net
from ...language.numbers import decimal
from .options import canonical

HEAD = re.compile(r"\s*\[(.+)\]")
_BOND = re.compile(r"bond\d+")
_HANDLED = re.compile(r"(?:enp\d+s|eno|ens|eth|ib|m\d+p|s\d+p|priv)\d+")  # how the names of interfaces begin
_LINK = ("bootproto", "ipaddr", "netmask", "broadcast", "mtu")
SERVERS = ("nameserver1", "nameserver2", "nameserver3")
GENERAL = ("hostname", "domainname", "defaultgw", *SERVERS)
_USUAL_MTU = 1500
_REPEATED = "arp_ip_target"  # an option that may be given more than once
Keys = dict[str, str]


def sections(text: str) -> dict[str, Keys]:
    """The keys and values of each section."""
    by_name: dict[str, Keys] = {}
    section: Keys = {}
    for line in text.split("\n"):
        head = HEAD.match(line)
        if head:
            section = by_name.setdefault(head[1], {})
        elif has_key(line):
            key, _, value = line.partition("=")
            section[key.strip()] = value.strip()
    return by_name


def has_key(line: str) -> bool:
    """Whether a line gives a key its value."""
    return "=" in line and not line.lstrip().startswith("#")


def read(text: str) -> Net:
    """The network that a text of network.conf describes."""
    bonds, ifaces, other = {}, {}, {}
    general = General()
    for name, keys in sections(text).items():
        if name == "general":
            general = _general(keys)
        elif is_bond(name):
            bonds[name] = _bond(keys)
        elif is_handled(name):
            ifaces[name] = _iface(keys)
        else:
            other[name] = keys
    return Net(general, bonds, ifaces, other)


def is_bond(name: str) -> bool:
    """Whether rc.network makes a bond of that name."""
    return bool(_BOND.fullmatch(name))


def listed(text: str) -> tuple[str, ...]:
    """The names of a list, with commas between them, and blanks too."""
    return tuple(filter(None, re.split(r"[,\s]+", text)))


def is_handled(name: str) -> bool:
    """Whether it is the name of a plain interface that rc.network handles: it ignores all others silently."""
    return bool(_HANDLED.match(name)) and "." not in name


def _general(keys: Keys) -> General:
    hostname, domain = keys.get("hostname") or "localhost", keys.get("domainname", "")
    servers = tuple(keys[key] for key in SERVERS if keys.get(key))
    return General(hostname, domain, keys.get("defaultgw", ""), servers, other_keys(keys, GENERAL))


def _iface(keys: Keys) -> Iface:
    address, broadcast = _address(keys)
    ethtool = tuple(keys.get("ethtoolopts", "").split())
    return Iface(address, _mtu(keys), broadcast, ethtool, other_keys(keys, (*_LINK, "ethtoolopts")))


def _bond(keys: Keys) -> Bond:
    address, broadcast = _address(keys)
    slaves = listed(keys.get("slaves", ""))
    options, unknown = split_options(keys.get("bondopts", ""))
    other = other_keys(keys, (*_LINK, "slaves", "bondopts"))
    if unknown:
        other["bondopts"] = unknown
    return Bond(slaves, options, address, _mtu(keys), broadcast, other)


def split_options(text: str) -> tuple[Keys, str]:
    """The options of a bond, and the words that are none."""
    values: dict[str, list[str]] = {}
    unknown = []
    for word in text.split():
        key, _, value = word.partition("=")
        option = canonical(key, value)
        if option is None:
            unknown.append(word)
        else:
            values.setdefault(key, []).append(option)
    options = {key: given[-1] for key, given in values.items()}
    if _REPEATED in values:
        options[_REPEATED] = ",".join(dict.fromkeys(",".join(values[_REPEATED]).split(",")))
    return options, " ".join(unknown)


def _address(keys: Keys) -> tuple[str, Optional[str]]:
    """The address and, where it is not the usual one, the broadcast address."""
    protocol = keys.get("bootproto", "").lower()
    if protocol != "static":
        return ("dhcp" if protocol == "dhcp" else "none"), None
    interface = static_address(keys)
    if interface is None:
        return "none", None
    return str(interface), _unusual_broadcast(interface, keys.get("broadcast", ""))


def static_address(keys: Mapping[str, str]) -> Optional[ipaddress.IPv4Interface]:
    """The address that a section gives with its netmask; None where they are no address."""
    try:
        return ipaddress.IPv4Interface(f"{keys.get('ipaddr', '')}/{keys.get('netmask', '')}")
    except ValueError:
        return None


def _unusual_broadcast(interface: ipaddress.IPv4Interface, broadcast: str) -> Optional[str]:
    is_usual = broadcast in ("", str(interface.network.broadcast_address))
    return None if is_usual else broadcast


def _mtu(keys: Keys) -> int:
    mtu = decimal(keys.get("mtu", ""))
    return _USUAL_MTU if mtu is None else mtu


def other_keys(keys: Keys, known: Collection[str]) -> Keys:
    """The keys that are not among some."""
    return {key: value for key, value in keys.items() if key not in known}
