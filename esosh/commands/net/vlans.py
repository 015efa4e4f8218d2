"""net vlan: VLANs on interfaces, bonds and bridges."""

from __future__ import annotations

import re

from ...config import Config
from ...config.net import Vlan, parent_of
from ...errors import Refused
from ...executors.net.conf import is_vlan, list_keys
from ...records import replace
from .. import Edit, Pairs, values_by_key
from .edits import master_of, with_link
from .values import check_length, with_common

_EGRESS = re.compile(r"(0|[1-9]\d{0,9}):([0-7])")  # the priority of a packet (32 bits), and that of 802.1p


class NetVlan(Edit):
    """Make or change a VLAN."""

    vlan: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        check_length(self.vlan)
        if not is_vlan(self.vlan):
            message = f"{self.vlan} is no VLAN that rc.network makes: eth1.7, bond0.100, its number 1 to 4094"
            raise Refused(message, word=self.vlan, code="E212")
        _check_free(config, self.vlan)
        values = values_by_key(self.pairs)
        vlan = config.net.vlans.get(self.vlan, Vlan())
        if "egress" in values:
            vlan = replace(vlan, egress=_egress(tuple(values["egress"] or ())))
        vlan = with_common(vlan, values, list_keys(self.vlan))
        return with_link(config, "vlan", self.vlan, vlan)


def _check_free(config: Config, name: str) -> None:
    """Raises Refused for a VLAN on a slave: its bond has the traffic."""
    parent = parent_of(name)
    kind, master = master_of(config.net, parent) or ("", "")
    if kind == "bond":
        hint = f"net vlan {master}{name.removeprefix(parent)}"
        raise Refused(f"{parent} is a slave of {master}: a VLAN goes on the bond", hint=hint, code="E207")


def _egress(words: tuple[str, ...]) -> tuple[str, ...]:
    """The map, one PCP for each priority. Raises Refused."""
    seen: set[str] = set()
    for word in words:
        found = _EGRESS.fullmatch(word)
        if not found:
            message = f"{word} is not PRIORITY:PCP, a number and one of 0 to 7, such as 5:5"
            raise Refused(message, word=word, code="E206")
        if found[1] in seen:
            raise Refused(f"priority {found[1]} has two values", word=word, code="E206")
        seen.add(found[1])
    return words
