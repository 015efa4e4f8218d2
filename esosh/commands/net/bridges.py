"""net bridge: Ethernet bridges and their members."""

from __future__ import annotations

from typing import Optional

from ...config import Config
from ...config.net import Bridge
from ...errors import Refused
from ...executors.net.conf import is_bond, is_bridge, is_vlan
from ...records import replace
from .. import Edit, Keyword, Pairs, Removal, values_by_key
from .edits import link_of, losses, with_link, without_link
from .masters import changed_list, remaining
from .values import check_handled, with_common, with_default


class NetBridge(Edit):
    """Make or change a bridge: its members may be interfaces, bonds and VLANs."""

    bridge: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        values = values_by_key(self.pairs)
        bridge = config.net.bridges.get(self.bridge, Bridge())
        members = changed_list(config.net, self, "bridge", bridge.members)
        for member in members:
            if member not in bridge.members:
                _check_member(member)
        keys = ("brmembers",) if "members" in values else ()
        bridge = with_common(replace(bridge, members=members), values, keys)
        return config.having(net=with_link(config.net, "bridge", self.bridge, bridge))

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do: members that are to leave may have left already."""
        return remaining(self, "bridge", config.net.bridges.get(self.bridge, Bridge()).members, config)


def _check_member(name: str) -> None:
    """Raises Refused for what cannot be a member of a bridge."""
    if is_bridge(name):
        raise Refused(f"{name} is a bridge itself", word=name, code="E207")
    if not is_bond(name) and not is_vlan(name):
        check_handled(name)


class NetBridgeUnset(Removal):
    """Reset keys of a bridge to their defaults."""

    bridge: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        bridge = link_of(config, "bridge", self.bridge, self)
        for key in self.keys:
            bridge = with_default(bridge, key, Bridge(), f"bridge {self.bridge}")
        return config.having(net=with_link(config.net, "bridge", self.bridge, bridge))


class NetBridgeDel(Removal):
    """Delete a bridge, and the VLANs on it; its members stay."""

    bridge: str

    def edit(self, config: Config) -> Config:
        link_of(config, "bridge", self.bridge, self)
        return config.having(net=without_link(config.net, "bridge", self.bridge))

    def note(self, config: Config) -> str:
        """What goes with it."""
        return "; ".join(losses(config.net, self.bridge))
