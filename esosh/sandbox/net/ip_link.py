"""`ip link add`, `set` and `del`: bonds, bridges and VLAN devices; masters, MTU, up and down.

Source: the texts of iproute2 5.9, and the order in which Linux 6.1 makes the changes of one call.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Optional

from .changes import set_mtu, set_up
from .devices import add_bond, add_bridge, add_vlan, check_vlan, delete
from .ip_arguments import Stop, duplicate, named_link, next_word, number
from .links import Link
from .masters import leave, set_master
from .network import Network
from .options import Refusal

_NAME = re.compile(r"(?!\.{1,2}$)[^/\s:]{1,15}")
_NO_NAME = re.compile(r"|.*[/\s].*|.{16,}", re.DOTALL)
_MAPPING = re.compile(r"(\d+):(\d+)", re.ASCII)
_VLAN_USAGE = """\
Usage: ... vlan id VLANID
\t\t[ protocol VLANPROTO ]
\t\t[ reorder_hdr { on | off } ]
\t\t[ gvrp { on | off } ]
\t\t[ mvrp { on | off } ]
\t\t[ loose_binding { on | off } ]
\t\t[ bridge_binding { on | off } ]
\t\t[ ingress-qos-map QOS-MAP ]
\t\t[ egress-qos-map QOS-MAP ]

VLANID := 0-4095
VLANPROTO: [ 802.1Q | 802.1ad ]
QOS-MAP := [ QOS-MAP ] QOS-MAPPING
QOS-MAPPING := FROM:TO"""


@dataclass
class _Request:
    """What a call asks for; `master` is empty for none, `up` and the others are None where not named."""

    name: str = ""
    parent: Optional[str] = None
    mtu: Optional[int] = None
    master: Optional[str] = None
    up: Optional[bool] = None
    kind: str = ""
    id: Optional[int] = None
    egress: dict[int, int] = field(default_factory=dict)


def add_link(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Add a bond, a bridge or a VLAN device."""
    request = _read(words)
    if not request.kind:
        raise Stop(1, 'Not enough information: "type" argument is required')
    if _NO_NAME.fullmatch(request.name):
        raise Stop(255, f'Error: argument "{request.name}" is wrong: "dev" not a valid ifname')
    parent = None if request.parent is None else named_link(network, request.parent)
    _add(network, request, parent)
    link = network.links[request.name]
    try:
        _apply(network, link, request)
    except Refusal:
        delete(network, link)
        raise
    return ""


def _add(network: Network, request: _Request, parent: Optional[Link]) -> None:
    if request.kind not in ("bond", "bridge", "vlan"):
        raise Refusal(errno.EOPNOTSUPP, "Unknown device type")
    if request.name in network.links:
        raise Refusal(errno.EEXIST)
    if not _NAME.fullmatch(request.name):
        raise Refusal(errno.EINVAL)
    if request.kind == "vlan":
        add_vlan(network, request.name, *_checked(request, parent), request.egress)
    else:
        {"bond": add_bond, "bridge": add_bridge}[request.kind](network, request.name)


def _checked(request: _Request, parent: Optional[Link]) -> tuple[Link, int]:
    """The parent and the number of a VLAN device, both of which must be named."""
    if request.id is None:
        what = "VLAN id" if request.egress else "VLAN properties"
        raise Refusal(errno.EINVAL, f"8021q: {what} not specified")
    check_vlan(request.id)
    if parent is None:
        raise Refusal(errno.EINVAL, "8021q: link not specified")
    if (request.mtu or 0) > parent.mtu:
        raise Refusal(errno.EINVAL)
    return parent, request.id


def set_link(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Change a link."""
    request = _read(words)
    if not request.name:
        raise Stop(255, 'Not enough information: "dev" argument is required.')
    if request.master and request.master not in network.links:
        raise Stop(255, f'Error: argument "{request.master}" is wrong: Device does not exist\n')
    link = named_link(network, request.name)
    if request.kind:
        _set_vlan(link, request)
    _apply(network, link, request)
    return ""


def _set_vlan(link: Link, request: _Request) -> None:
    if link.vlan is None or request.kind != "vlan":
        raise Refusal(errno.EOPNOTSUPP)
    link.vlan.egress.update(request.egress)


def _apply(network: Network, link: Link, request: _Request) -> None:
    """Make the changes in the kernel's order; those before one that is refused stay."""
    if request.mtu is not None:
        set_mtu(network, link, request.mtu)
    if request.up is not None:
        set_up(network, link, request.up)
    if request.master:
        set_master(network, link, network.links[request.master])
    elif request.master is not None:
        leave(network, link)


def delete_link(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """Delete a bond, a bridge or a VLAN device."""
    name = _read(words).name
    if not name:
        raise Stop(255, 'Not enough information: "dev" argument is required.')
    delete(network, named_link(network, name))
    return ""


def _read(words: Iterable[str]) -> _Request:
    request = _Request()
    rest = iter(words)
    for word in rest:
        if word == "type":
            _read_type(request, rest)
        elif word in ("link", "name", "dev", "mtu", "master"):
            _read_value(request, word, next_word(rest))
        elif word in ("up", "down"):
            request.up = word == "up"
        elif word == "nomaster":
            request.master = ""
        else:
            _read_value(request, "dev", word)
    return request


def _read_value(request: _Request, key: str, word: str) -> None:
    if key == "link":
        request.parent = word
    elif key == "mtu":
        request.mtu = number(word, 'Invalid "mtu" value')
    elif key == "master":
        request.master = word
    elif request.name:
        raise duplicate("dev", word)
    else:
        request.name = word


def _read_type(request: _Request, rest: Iterator[str]) -> None:
    """The rest of the line is about the type."""
    request.kind, in_map = next_word(rest), False
    for word in rest:
        if request.kind == "vlan" and word == "id":
            request.id = _vlan_id(next_word(rest))
        elif request.kind == "vlan" and word and "egress-qos-map".startswith(word):
            in_map = True
        elif in_map and ":" in word:
            request.egress.update(_mapping(word))
        else:
            usage = _VLAN_USAGE if request.kind == "vlan" else ""
            raise Stop(1, f'{request.kind}: unknown command "{word}"?\n{usage}')


def _vlan_id(word: str) -> int:
    if not word.isdecimal():
        raise Stop(255, f'Error: argument "{word}" is wrong: id is invalid\n')
    return int(word)


def _mapping(word: str) -> dict[int, int]:
    match = _MAPPING.fullmatch(word)
    if match is None:
        wrong = next((part for part in word.split(":", 1) if not part.isdecimal()), word)
        raise Stop(255, f'Error: argument "{wrong}" is wrong: invalid egress-qos-map\n')
    return {int(match[1]): int(match[2]) & 7}
