"""/etc/network.conf: read as rc.network reads it, amended line by line.

Source: etc/rc.d/rc.network of ESOS. A section is a line that begins with [NAME]; a key ends at the first "=";
names and keys are case-sensitive; of a key given twice the last counts.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Optional, Union

from ...config import Bond, General, Iface, Net

_HEAD = re.compile(r"\s*\[(.+)\]")
_BOND = re.compile(r"bond\d+")
_IFACE = re.compile(r"(?:enp\d+s|eno|ens|eth|ib|m\d+p|s\d+p|priv)\d+")
_MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb")
_LINK = ("bootproto", "ipaddr", "netmask", "broadcast", "mtu")
_SERVERS = ("nameserver1", "nameserver2", "nameserver3")
_GENERAL = ("hostname", "domainname", "defaultgw", *_SERVERS)
Keys = dict[str, str]


def sections(text: str) -> dict[str, Keys]:
    """The keys and values of each section."""
    found: dict[str, Keys] = {}
    section: Keys = {}
    for line in text.split("\n"):
        head = _HEAD.match(line)
        if head:
            section = found.setdefault(head[1], {})
        elif "=" in line and not line.lstrip().startswith("#"):
            key, _, value = line.partition("=")
            section[key.strip()] = value.strip()
    return found


def read(text: str) -> Net:
    """The network that a text of network.conf describes."""
    found = sections(text)
    other = {name: keys for name, keys in found.items()
             if name != "general" and not _BOND.fullmatch(name) and not _IFACE.fullmatch(name)}
    return Net(
        _general(found.get("general", {})),
        {name: _bond(keys) for name, keys in found.items() if _BOND.fullmatch(name)},
        {name: _iface(keys) for name, keys in found.items() if _IFACE.fullmatch(name)},
        other,
    )


def _general(keys: Keys) -> General:
    servers = tuple(keys[key] for key in _SERVERS if keys.get(key))
    return General(keys.get("hostname") or "localhost", keys.get("domainname", ""), keys.get("defaultgw", ""), servers,
                   _other(keys, _GENERAL))


def _iface(keys: Keys) -> Iface:
    address, broadcast = _address(keys)
    return Iface(address, _mtu(keys), broadcast, tuple(keys.get("ethtoolopts", "").split()),
                 _other(keys, (*_LINK, "ethtoolopts")))


def _bond(keys: Keys) -> Bond:
    address, broadcast = _address(keys)
    slaves = tuple(slave for slave in re.split(r"[,\s]+", keys.get("slaves", "")) if slave)
    words = (word.partition("=") for word in keys.get("bondopts", "").split())
    options = {key: value for key, _, value in words}
    if re.fullmatch("[0-6]", options.get("mode", "")):
        options["mode"] = _MODES[int(options["mode"])]
    return Bond(slaves, options, address, _mtu(keys), broadcast, _other(keys, (*_LINK, "slaves", "bondopts")))


def _address(keys: Keys) -> tuple[str, Optional[str]]:
    """The address and, where it is not the usual one, the broadcast address."""
    proto = keys.get("bootproto", "").lower()
    if proto != "static":
        return ("dhcp" if proto == "dhcp" else "none"), None
    try:
        interface = ipaddress.IPv4Interface(f"{keys.get('ipaddr', '')}/{keys.get('netmask', '')}")
    except ValueError:
        return "none", None
    broadcast = keys.get("broadcast") or None
    return str(interface), None if broadcast == str(interface.network.broadcast_address) else broadcast


def _mtu(keys: Keys) -> int:
    return int(keys["mtu"]) if keys.get("mtu", "").isdigit() else 1500


def _other(keys: Keys, known: tuple[str, ...]) -> Keys:
    return {key: value for key, value in keys.items() if key not in known}


def amend(text: str, old: Net, new: Net) -> str:
    """The text with the sections of what differs between the two."""
    before, after = _written(old), _written(new)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            text = _amend(text, name, after.get(name))
    return text


def _written(net: Net) -> dict[str, Keys]:
    """Each section with the keys that esosh writes; "" means that the key may be left out or empty."""
    general = net.general
    servers = {key: "".join(general.nameservers[at : at + 1]) for at, key in enumerate(_SERVERS)}
    written = {"general": {"hostname": general.hostname, "domainname": general.domainname,
                           "defaultgw": general.gateway, **servers}}
    for name, bond in net.bonds.items():
        options = " ".join(f"{key}={value}" for key, value in bond.options.items())
        written[name] = {**_link(bond), "slaves": ",".join(bond.slaves), "bondopts": options}
    for name, iface in net.ifaces.items():
        written[name] = {**_link(iface), "ethtoolopts": " ".join(iface.ethtool)}
    return written


def _link(link: Union[Bond, Iface]) -> Keys:
    if "/" not in link.address:
        return {"bootproto": link.address, "ipaddr": "", "netmask": "", "broadcast": "", "mtu": str(link.mtu)}
    interface = ipaddress.IPv4Interface(link.address)
    broadcast = link.broadcast or str(interface.network.broadcast_address)
    return {"bootproto": "static", "ipaddr": str(interface.ip), "netmask": str(interface.netmask),
            "broadcast": broadcast, "mtu": str(link.mtu)}


def _amend(text: str, name: str, keys: Optional[Mapping[str, str]]) -> str:
    lines = text.split("\n")
    start, end = _span(lines, name)
    if keys is None:
        return "\n".join([*lines[:start], *lines[end:]])
    if start == end:
        head = ["", f"[{name}]"] if text.strip() else [f"[{name}]"]
        body = [f"{key} = {value}" for key, value in keys.items() if value or key in ("slaves", "bondopts")]
        return "\n".join([*_trimmed(lines), *head, *body, ""])
    return "\n".join([*lines[:start], *_section(lines[start:end], keys), *lines[end:]])


def _span(lines: list[str], name: str) -> tuple[int, int]:
    """From a section's head to behind its last key; comments and blanks below belong to what follows."""
    start, end, inside = len(lines), len(lines), False
    for at, line in enumerate(lines):
        head = _HEAD.match(line)
        inside = head[1] == name if head else inside
        if inside and head and start == len(lines):
            start = end = at
        if inside and (head or ("=" in line and not line.lstrip().startswith("#"))):
            end = at + 1
        elif head and start < len(lines):
            break
    return start, end


def _section(lines: list[str], keys: Mapping[str, str]) -> list[str]:
    """The lines of a section with those values; a key that has none is emptied where [general] lists it."""
    last = {line.partition("=")[0].strip(): at for at, line in enumerate(lines) if "=" in line}
    kept = []
    for at, line in enumerate(lines):
        key = line.partition("=")[0].strip()
        if key not in keys or "=" not in line:
            kept.append(line)
        elif last[key] == at and (keys[key] or key in _GENERAL or key in ("slaves", "bondopts")):
            kept.append((line.partition("=")[0] + "= " + keys[key]).rstrip())
    return [*kept, *(f"{key} = {value}" for key, value in keys.items() if key not in last and value)]


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]
