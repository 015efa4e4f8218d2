"""/etc/network.conf: read as rc.network reads it, amended line by line.

Source: etc/rc.d/rc.network of ESOS. A section is a line that begins with [NAME]; a key ends at the first "=";
names and keys are case-sensitive; of a key given twice the last counts.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Optional, Union

from ...config.net import Bond, General, Iface, Net
from ...language.numbers import decimal
from .options import canonical

HEAD = re.compile(r"\s*\[(.+)\]")
_BOND = re.compile(r"bond\d+")
_HANDLED = re.compile(r"(?:enp\d+s|eno|ens|eth|ib|m\d+p|s\d+p|priv)\d+")  # how the names of interfaces begin
_LINK = ("bootproto", "ipaddr", "netmask", "broadcast", "mtu")
_SERVERS = ("nameserver1", "nameserver2", "nameserver3")
_GENERAL = ("hostname", "domainname", "defaultgw", *_SERVERS)
_REQUIRED = ("slaves", "bondopts")  # they are written even where they are empty
_EMPTY = (*_REQUIRED, *_GENERAL)  # they stay when they become empty
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
    servers = tuple(keys[key] for key in _SERVERS if keys.get(key))
    return General(hostname, domain, keys.get("defaultgw", ""), servers, _other(keys, _GENERAL))


def _iface(keys: Keys) -> Iface:
    address, broadcast = _address(keys)
    ethtool = tuple(keys.get("ethtoolopts", "").split())
    return Iface(address, _mtu(keys), broadcast, ethtool, _other(keys, (*_LINK, "ethtoolopts")))


def _bond(keys: Keys) -> Bond:
    address, broadcast = _address(keys)
    slaves = listed(keys.get("slaves", ""))
    options, unknown = split_options(keys.get("bondopts", ""))
    other = _other(keys, (*_LINK, "slaves", "bondopts"))
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


def _other(keys: Keys, known: Collection[str]) -> Keys:
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
    bonds = {name: _written_bond(bond) for name, bond in net.bonds.items()}
    return {"general": _written_general(net.general), **bonds,
            **{name: _written_iface(iface) for name, iface in net.ifaces.items()}}


def _written_general(general: General) -> Keys:
    servers = {**dict.fromkeys(_SERVERS, ""), **dict(zip(_SERVERS, general.nameservers))}
    return {"hostname": general.hostname, "domainname": general.domainname, "defaultgw": general.gateway,
            **servers, **general.other}


def _written_bond(bond: Bond) -> Keys:
    options = [f"{key}={value}" for key, value in bond.options.items()]
    if "bondopts" in bond.other:
        options.append(bond.other["bondopts"])
    return {**_written_link(bond), "slaves": ",".join(bond.slaves), **bond.other,
            "bondopts": " ".join(options)}


def _written_iface(iface: Iface) -> Keys:
    return {**_written_link(iface), "ethtoolopts": " ".join(iface.ethtool), **iface.other}


def _written_link(link: Union[Bond, Iface]) -> Keys:
    mtu = str(link.mtu)
    if "/" not in link.address:
        return {"bootproto": link.address, "ipaddr": "", "netmask": "", "broadcast": "", "mtu": mtu}
    interface = ipaddress.IPv4Interface(link.address)
    broadcast = link.broadcast or str(interface.network.broadcast_address)
    return {"bootproto": "static", "ipaddr": str(interface.ip), "netmask": str(interface.netmask),
            "broadcast": broadcast, "mtu": mtu}


def _amend(text: str, name: str, old: Keys, new: Optional[Keys]) -> str:
    """The text with one section as it is to be, or without it."""
    lines = text.split("\n")
    spans = _spans(lines, name)
    ending = "\r" if lines[0].endswith("\r") else ""
    if new is None:
        amended = _without(lines, spans)
    elif spans:
        amended = [*_replaced(lines, spans, old, new, ending)]
    else:
        apart = [ending] if text.strip() else []
        section = (f"[{name}]", *_new_lines(new))
        amended = [*_trimmed(lines), *apart, *(f"{line}{ending}" for line in section), ""]
    return "\n".join(amended)


def _replaced(
    lines: Sequence[str], spans: Sequence[range], old: Keys, new: Keys, ending: str
) -> Iterator[str]:
    """The lines with the keys of the section that change; of such a key given twice the last stays."""
    places = _places(lines, spans)
    last = {key: number for number, key in places.items()}
    changed = {key: new.get(key, "") for key in {**old, **new} if old.get(key) != new.get(key)}
    end = spans[-1].stop
    for number, line in enumerate(lines[:end]):
        key = places.get(number)
        if key is None or key not in changed:
            yield line
        elif last[key] == number and (changed[key] or key in _EMPTY):
            yield _with_value(line, changed[key])
    waits = "ipaddr" in last and "bootproto" not in changed  # an address that no bootproto applies yet
    missing = _other(new, (*last, "bootproto") if waits else last)
    yield from (f"{line}{ending}" for line in _new_lines(missing))
    yield from lines[end:]


def _places(lines: Sequence[str], spans: Iterable[range]) -> dict[int, str]:
    """The lines with a key, by number."""
    numbers = itertools.chain.from_iterable(spans)
    return {number: _key(lines[number]) for number in numbers if "=" in lines[number]}


def _new_lines(keys: Mapping[str, str]) -> list[str]:
    return [f"{key} = {value}".rstrip() for key, value in keys.items() if value or key in _REQUIRED]


def _key(line: str) -> str:
    return line.partition("=")[0].strip()


def _with_value(line: str, value: str) -> str:
    """The line with that value, its blanks and its end as they were."""
    before, _, old = line.partition("=")
    if old.strip() == value:
        return line
    if before.strip() == "bondopts":
        value = _with_options(old, value)
    blanks = old[: len(old) - len(old.lstrip())].strip("\r") or (" " if before.endswith(" ") else "")
    return f"{before}={blanks}{value}".rstrip() + "\r" * old.endswith("\r")


def _with_options(old: str, new: str) -> str:
    """The options of a bond as they are to be, those that stay in their order and as they were spelt."""
    (before, _), (after, unknown) = split_options(old), split_options(new)
    left = {**after, **dict.fromkeys(unknown.split())}
    words = []
    for word in old.split():
        key = word.partition("=")[0]
        if word in left:
            words.append(word)
            del left[word]
        elif key in after and before.get(key) == after[key]:
            words.append(word)
            left.pop(key, None)
        elif left.get(key):
            words.append(f"{key}={left.pop(key)}")
    words += (f"{key}={value}" if value else key for key, value in left.items())
    # the kernel takes some options in some modes only
    return " ".join(sorted(words, key=lambda word: not word.startswith("mode=")))


def _spans(lines: Iterable[str], name: str) -> list[range]:
    """From each head of a section to its last key; comments and blanks below belong to what follows."""
    spans: list[range] = []
    section = ""
    for number, line in enumerate(lines):
        head = HEAD.match(line)
        section = head[1] if head else section
        if section != name:
            continue
        if head:
            spans.append(range(number, number + 1))
        elif has_key(line):
            spans[-1] = range(spans[-1].start, number + 1)
    return spans


def _without(lines: list[str], spans: Iterable[range]) -> list[str]:
    """The lines without the spans, and without one of the blanks around each."""
    for span in reversed([*spans]):
        around = [*lines[: span.start][-1:], *lines[span.stop :][:1]]
        between_blanks = span.start > 0 and not "".join(around).strip()
        lines = [*lines[: span.start - between_blanks], *lines[span.stop :]]
    return lines


def _trimmed(lines: list[str]) -> list[str]:
    """The lines without the blank ones at their end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]
