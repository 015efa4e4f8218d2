"""Links of a candidate: found, replaced, and taken away with what is on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional

from ...config import Config
from ...config.lazy import having, without
from ...config.net import KINDS, Link, Net, parent_of
from ...records import replace
from .. import Command
from ..names import look_up

_CALLED = {"bond": "bond", "bridge": "bridge", "vlan": "VLAN", "iface": "settings of interface"}


def link_of(config: Config, kind: str, name: str, line: Command) -> Any:
    """The link of a kind that has a name. Raises Refused."""
    return look_up(_CALLED[kind], name, getattr(config.net, KINDS[kind]), line)


def with_link(config: Config, kind: str, name: str, link: Link) -> Config:
    """The configuration with that link."""
    links = having(getattr(config.net, KINDS[kind]), {name: link})
    return config.having(net=replace(config.net, **{KINDS[kind]: links}))


def without_link(net: Net, kind: str, name: str) -> Net:
    """The network without a link, the VLANs on it, and its place in bridges."""
    gone = (name, *vlans_on(net, name))
    bridges = {
        bridge: replace(own, members=tuple(member for member in own.members if not is_on(member, gone)))
        for bridge, own in net.bridges.items() if any(is_on(member, gone) for member in own.members)
    }
    net = replace(net, vlans=without(net.vlans, *gone), bridges=having(net.bridges, bridges))
    return replace(net, **{KINDS[kind]: without(getattr(net, KINDS[kind]), name)})


def is_on(member: str, links: tuple[str, ...]) -> bool:
    """Whether it is one of some links, or a VLAN on one."""
    return member in links or parent_of(member) in links


def losses(net: Net, name: str) -> Iterator[str]:
    """What goes with a link, in words."""
    for vlan in vlans_on(net, name):
        yield f"{vlan} goes with it: address {net.vlans[vlan].address}"
    gone = (name, *vlans_on(net, name))
    for bridge, own in net.bridges.items():
        members = [member for member in own.members if is_on(member, gone)]
        if members:
            yield f"bridge {bridge} loses {' '.join(members)}"


def vlans_on(net: Net, name: str) -> list[str]:
    """The VLANs on a link."""
    return [vlan for vlan in net.vlans if parent_of(vlan) == name]


def master_of(net: Net, name: str) -> Optional[tuple[str, str]]:
    """The kind and the name of what an interface is a slave or a member of."""
    return next(((kind, master) for kind, master, names in net.masters() if name in names), None)
