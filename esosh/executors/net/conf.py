"""/etc/network.conf: read as rc.network reads it.

Source: etc/rc.d/rc.network of ESOS. A section is a line that begins with [NAME]; a key ends at the first "=";
names and keys are case-sensitive; of a key given twice the last counts.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Optional, TypeVar

from ...config.net import Bond, Bridge, General, Iface, Net, Vlan, parent_of
from ...language.numbers import decimal
from ...records import replace
from .options import canonical

HEAD = re.compile(r"\s*\[(.+)\]")
LONGEST = 15  # letters of an interface's name (if.h, IFNAMSIZ)
_BOND = re.compile(rf"bond\d{{1,{LONGEST - 4}}}")
_BRIDGE = re.compile(rf"br\d{{1,{LONGEST - 2}}}")
_VLAN = re.compile(r"([^.]+)\.(\d{1,4})")
_LARGEST_VLAN = 4094
_HANDLED = re.compile(r"(?:enp\d+s|eno|ens|eth|ib|m\d+p|s\d+p|priv)\d+")  # how the names of interfaces begin
ADDRESS = ("bootproto", "ipaddr", "netmask", "broadcast")
_LINK = (*ADDRESS, "mtu")
_LISTS = ("slaves", "bondopts", "brmembers")  # a section that must have them, has them empty too
SERVERS = ("nameserver1", "nameserver2", "nameserver3")
GENERAL = ("hostname", "domainname", "defaultgw", *SERVERS)
_USUAL_MTU = 1500
_REPEATED = "arp_ip_target"  # an option that may be given more than once
Keys = dict[str, str]
AnyLink = TypeVar("AnyLink", Iface, Bond, Vlan, Bridge)


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


def key_of(line: str) -> str:
    """The key of a line; "" for a line without one."""
    return line.partition("=")[0].strip() if "=" in line else ""


def read(text: str) -> Net:
    """The network that a text of network.conf describes."""
    found: dict[str, dict[str, Any]] = {"bonds": {}, "vlans": {}, "bridges": {}, "ifaces": {}, "other": {}}
    general = General()
    for name, keys in sections(text).items():
        if name == "general":
            general = _general(keys)
        elif is_bond(name):
            found["bonds"][name] = _bond(name, keys)
        elif is_bridge(name):
            found["bridges"][name] = _bridge(name, keys)
        elif is_vlan(name):
            found["vlans"][name] = _vlan(name, keys)
        elif is_handled(name):
            found["ifaces"][name] = _iface(name, keys)
        else:
            found["other"][name] = keys
    return Net(general, **found)


def is_bond(name: str) -> bool:
    """Whether rc.network makes a bond of that name."""
    return bool(_BOND.fullmatch(name))


def is_bridge(name: str) -> bool:
    """Whether rc.network makes a bridge of that name."""
    return bool(_BRIDGE.fullmatch(name))


def is_vlan(name: str) -> bool:
    """Whether rc.network makes a VLAN of that name, on an interface, a bond or a bridge."""
    found = _VLAN.fullmatch(name)
    if not found or len(name) > LONGEST or decimal(found[2], 1, _LARGEST_VLAN) is None:
        return False
    return any(kind(found[1]) for kind in (is_handled, is_bond, is_bridge))


def listed(text: str) -> tuple[str, ...]:
    """The names of a list, with commas between them, and blanks too."""
    return tuple(filter(None, re.split(r"[,\s]+", text)))


def is_handled(name: str) -> bool:
    """Whether it is the name of a plain interface that rc.network handles: it ignores all others silently.

    The kernel has none with a longer name than LONGEST.
    """
    return bool(_HANDLED.match(name)) and "." not in name and len(name) <= LONGEST


def _general(keys: Keys) -> General:
    hostname, domain = keys.get("hostname") or "localhost", keys.get("domainname", "")
    servers = tuple(keys[key] for key in SERVERS if keys.get(key))
    return General(hostname, domain, keys.get("defaultgw", ""), servers, other_keys(keys, GENERAL))


def _iface(name: str, keys: Keys) -> Iface:
    ethtool = tuple(keys.get("ethtoolopts", "").split())
    return _with_link(Iface(ethtool=ethtool), keys, "ethtoolopts")


def _bond(name: str, keys: Keys) -> Bond:
    options, unknown = split_options(keys.get("bondopts", ""))
    bond = _with_link(Bond(listed(keys.get("slaves", "")), options), keys, "slaves", "bondopts")
    return replace(bond, other={**bond.other, "bondopts": unknown}) if unknown else bond


def _vlan(name: str, keys: Keys) -> Vlan:
    vlan = Vlan(listed(keys.get("vlanegressmap", "")))
    empty = [key for key in list_keys(name) if not keys.get(key)]
    return _with_link(vlan, keys, "vlanegressmap", *empty, required=list_keys(name))


def _bridge(name: str, keys: Keys) -> Bridge:
    return _with_link(Bridge(listed(keys.get("brmembers", ""))), keys, "brmembers")


def list_keys(vlan: str) -> tuple[str, ...]:
    """The key that rc.network wants to see in the section of a VLAN, because of its parent's name."""
    parent = parent_of(vlan)
    return ("slaves",) if is_bond(parent) else ("brmembers",) if is_bridge(parent) else ()


def _with_link(link: AnyLink, keys: Keys, *known: str, required: Sequence[str] = ()) -> AnyLink:
    """The link with what a section of any kind says; `known` are the keys of its own kind."""
    address, broadcast = _address(keys)
    lacking = tuple(_lacking(keys, [key for key in (*known, *required) if key in _LISTS]))
    return replace(link, address=address, mtu=_mtu(keys), broadcast=broadcast, lacking=lacking,
                   other=other_keys(keys, (*_LINK, *known)))


def _lacking(keys: Keys, required: Collection[str]) -> Iterator[str]:
    """The keys that rc.network needs and cannot use."""
    protocol = keys.get("bootproto", "").lower()
    if protocol == "static" and static_address(keys):
        yield from () if keys.get("broadcast") else ("broadcast",)
    elif protocol not in ("dhcp", "none"):
        yield from ADDRESS
    if decimal(keys.get("mtu", "")) is None:
        yield "mtu"
    yield from (key for key in dict.fromkeys(required) if key not in keys or not _is_spaced(keys[key]))


def _is_spaced(text: str) -> bool:
    """Whether the words of a value have one blank between them: rc.network dies of an empty word."""
    return text == " ".join(text.split())


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
    return str(interface), unusual_broadcast(str(interface), keys.get("broadcast"))


def static_address(keys: Mapping[str, str]) -> Optional[ipaddress.IPv4Interface]:
    """The address that a section gives with its netmask; None where they are no address."""
    try:
        return ipaddress.IPv4Interface(f"{keys.get('ipaddr', '')}/{keys.get('netmask', '')}")
    except ValueError:
        return None


def unusual_broadcast(address: str, broadcast: Optional[str]) -> Optional[str]:
    """The broadcast address of a static one, where it is not the last of its network."""
    if "/" not in address:
        return None
    usual = str(ipaddress.IPv4Interface(address).network.broadcast_address)
    return None if broadcast in (None, "", usual) else broadcast


def _mtu(keys: Keys) -> int:
    mtu = decimal(keys.get("mtu", ""))
    return _USUAL_MTU if mtu is None else mtu


def other_keys(keys: Keys, known: Collection[str]) -> Keys:
    """The keys that are not among some."""
    return {key: value for key, value in keys.items() if key not in known}
