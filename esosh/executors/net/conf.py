"""/etc/network.conf: read as rc.network reads it, amended line by line.

Source: etc/rc.d/rc.network of ESOS. A section is a line that begins with [NAME]; a key ends at the first "=";
names and keys are case-sensitive; of a key given twice the last counts.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Optional, Union

from ...config import Bond, General, Iface, Net
from .options import canonical

_HEAD = re.compile(r"\s*\[(.+)\]")
_BOND = re.compile(r"bond\d+")
_IFACE = re.compile(r"(?:enp\d+s|eno|ens|eth|ib|m\d+p|s\d+p|priv)\d+")
_LINK = ("bootproto", "ipaddr", "netmask", "broadcast", "mtu")
_SERVERS = ("nameserver1", "nameserver2", "nameserver3")
_GENERAL = ("hostname", "domainname", "defaultgw", *_SERVERS)
_EMPTY = ("slaves", "bondopts")  # must be there, whatever they say
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
    options, unknown = _options(keys.get("bondopts", ""))
    other = {**_other(keys, (*_LINK, "slaves", "bondopts")), **({"bondopts": unknown} if unknown else {})}
    return Bond(slaves, options, address, _mtu(keys), broadcast, other)


def _options(text: str) -> tuple[Keys, str]:
    """The options of a bond, and those that are not known. arp_ip_target may be given more than once."""
    options: Keys = {}
    unknown = []
    for word in text.split():
        key, _, value = word.partition("=")
        if key == "arp_ip_target" and key in options:
            value = f"{options[key]},{value}"
        known = canonical(key, value)
        if known is None:
            unknown.append(word)
        else:
            options[key] = known
    return options, " ".join(unknown)


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
            text = _amend(text, name, before.get(name, {}), after.get(name))
    return text


def _written(net: Net) -> dict[str, Keys]:
    """Each section with its keys and values; "" means that the key may be left out or empty."""
    general = net.general
    servers = {key: "".join(general.nameservers[at : at + 1]) for at, key in enumerate(_SERVERS)}
    written = {"general": {"hostname": general.hostname, "domainname": general.domainname,
                           "defaultgw": general.gateway, **servers, **general.other}}
    for name, bond in net.bonds.items():
        unknown = [bond.other["bondopts"]] if "bondopts" in bond.other else []
        options = " ".join([*(f"{key}={value}" for key, value in bond.options.items()), *unknown])
        written[name] = {**_link(bond), "slaves": ",".join(bond.slaves), **bond.other, "bondopts": options}
    for name, iface in net.ifaces.items():
        written[name] = {**_link(iface), "ethtoolopts": " ".join(iface.ethtool), **iface.other}
    return written


def _link(link: Union[Bond, Iface]) -> Keys:
    if "/" not in link.address:
        return {"bootproto": link.address, "ipaddr": "", "netmask": "", "broadcast": "", "mtu": str(link.mtu)}
    interface = ipaddress.IPv4Interface(link.address)
    broadcast = link.broadcast or str(interface.network.broadcast_address)
    return {"bootproto": "static", "ipaddr": str(interface.ip), "netmask": str(interface.netmask),
            "broadcast": broadcast, "mtu": str(link.mtu)}


def _amend(text: str, name: str, old: Keys, new: Optional[Keys]) -> str:
    """The text with one section as it is to be; a key of it that has gone goes, and of one given twice the last stays."""
    lines = text.split("\n")
    spans = _spans(lines, name)
    if new is None:
        return "\n".join(_without(lines, spans))
    if not spans:
        head = ["", f"[{name}]"] if text.strip() else [f"[{name}]"]
        return "\n".join([*_trimmed(lines), *head, *_fresh(new), ""])
    inside = [at for span in spans for at in span]
    last = {_key(lines[at]): at for at in inside if "=" in lines[at]}
    keys = {**dict.fromkeys(old, ""), **new}
    amended: list[str] = []
    for at, line in enumerate(lines):
        key = _key(line)
        if at not in inside or "=" not in line or key not in keys:
            amended.append(line)
        elif last[key] == at and (keys[key] or key in (*_EMPTY, *_GENERAL)):
            amended.append(_line(line, keys[key]))
        if at == inside[-1]:
            amended += _fresh({key: value for key, value in keys.items() if key not in last})
    return "\n".join(amended)


def _fresh(keys: Keys) -> list[str]:
    return [f"{key} = {value}".rstrip() for key, value in keys.items() if value or key in _EMPTY]


def _key(line: str) -> str:
    return line.partition("=")[0].strip()


def _line(line: str, value: str) -> str:
    """The line with that value, its blanks as they were."""
    before, _, old = line.partition("=")
    if old.strip() == value:
        return line
    blanks = old[: len(old) - len(old.lstrip())] or (" " if before.endswith(" ") else "")
    return f"{before}={blanks}{value}".rstrip()


def _spans(lines: list[str], name: str) -> list[range]:
    """From each head of a section to its last key; comments and blanks below belong to what follows."""
    spans: list[range] = []
    inside = False
    for at, line in enumerate(lines):
        head = _HEAD.match(line)
        if head:
            inside = head[1] == name
        if head and inside:
            spans.append(range(at, at + 1))
        elif inside and "=" in line and not line.lstrip().startswith("#"):
            spans[-1] = range(spans[-1].start, at + 1)
    return spans


def _without(lines: list[str], spans: list[range]) -> list[str]:
    """The lines without the spans, and without one of the blanks around each."""
    for span in reversed(spans):
        apart = span.start > 0 and not "".join(lines[span.start - 1 : span.start] + lines[span.stop : span.stop + 1]).strip()
        lines = [*lines[: span.start - apart], *lines[span.stop :]]
    return lines


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]
