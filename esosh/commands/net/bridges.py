"""net bridge: Ethernet bridges and their members."""

from __future__ import annotations

from typing import Optional

from ...config import Config
from ...config.net import Bridge
from ...errors import Refused
from ...executors.net.conf import is_bond, is_bridge, is_vlan
from ...records import replace
from .. import Edit, Pairs, values_by_key
from .edits import with_link
from .masters import changed_list, remaining
from .values import check_handled, with_common


class NetBridge(Edit):
    """Make or change a bridge: its members may be interfaces, bonds and VLANs."""

    bridge: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        values = values_by_key(self.pairs)
        bridge = config.net.bridges.get(self.bridge, Bridge())
        members = changed_list(config.net, self, "bridge", bridge.members, _check_member)
        keys = ("brmembers",) if "members" in values else ()
        bridge = with_common(replace(bridge, members=members), values, keys)
        return with_link(config, "bridge", self.bridge, bridge)

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do: members that are to leave may have left already."""
        return remaining(self, "bridge", config.net.bridges.get(self.bridge, Bridge()).members, config)


def _check_member(name: str) -> None:
    """Raises Refused for what cannot be a member of a bridge."""
    if is_bridge(name):
        raise Refused(f"{name} is a bridge itself", word=name, code="E207")
    if not is_bond(name) and not is_vlan(name):
        check_handled(name)
