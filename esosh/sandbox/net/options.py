"""The options of a bond: their values and defaults, and when the kernel accepts them.

Source: recordings from Linux 6.1; where none shows it, drivers/net/bonding/bond_options.c of that kernel.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field

ACTIVE_BACKUP, AD, TLB, ALB = 1, 4, 5, 6
PRIMARY_MODES = frozenset({ACTIVE_BACKUP, TLB, ALB})
AD_ONLY = frozenset({AD})
DELAYS = ("updelay", "downdelay", "peer_notif_delay")  # kept as multiples of miimon
DEFAULT_MIIMON = 100
_ALL = frozenset(range(7))
_ARP_MODES = _ALL - {AD, TLB, ALB}
_INT_MAX = 2**31 - 1


class Refusal(Exception):
    """The kernel refuses: its errno, and the message that netlink adds to it."""

    def __init__(self, number: int, message: str = "") -> None:
        super().__init__(number, message)
        self.number = number
        self.message = message


@dataclass(frozen=True)
class Rule:
    """When an option may be written: in which modes, only while `empty` of slaves, only while `down`."""

    modes: frozenset[int] = _ALL
    empty: bool = False
    down: bool = False


ALWAYS = Rule()


@dataclass(frozen=True)
class Option:
    """A number, some of whose values have names; `most` is the largest number without one."""

    default: int = 0
    names: Mapping[str, int] = field(default_factory=dict)
    least: int = 0
    most: int = -1
    rule: Rule = ALWAYS
    bare: bool = False

    def parse(self, line: str) -> int:
        """Give the number that a written line means; Refusal EINVAL when it means none."""
        words = line.split()
        word = next(iter(words), "")
        if "".join(words).isdecimal() and self._accepts(int(word)):
            return int(word)
        values = {**self.names, "default": self.default}
        if word not in values:
            raise Refusal(errno.EINVAL)
        return values[word]

    def _accepts(self, number: int) -> bool:
        return number in self.names.values() or self.least <= number <= self.most

    def show(self, number: int) -> str:
        """Give what reading the option gives."""
        if self.bare:
            return f"{number}"
        names = {value: name for name, value in self.names.items()}
        return f"{names[number]} {number}"


def _names(*names: str) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _switch(default: int = 0, rule: Rule = ALWAYS) -> Option:
    return Option(default, _names("off", "on"), rule=rule, bare=True)


def _range(default: int = 0, most: int = _INT_MAX, rule: Rule = ALWAYS, least: int = 0) -> Option:
    return Option(default, {} if least else {"off": 0}, least, most, rule, bare=True)


OPTIONS: Mapping[str, Option] = {
    "mode": Option(
        names=_names(
            "balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"
        ),
        rule=Rule(empty=True, down=True),
    ),
    "ad_actor_sys_prio": _range(65535, 65535, Rule(AD_ONLY), least=1),
    "ad_select": Option(names=_names("stable", "bandwidth", "count"), rule=Rule(down=True)),
    "ad_user_port_key": _range(0, 1023, Rule(AD_ONLY, down=True)),
    "all_slaves_active": _switch(),
    "arp_all_targets": Option(names=_names("any", "all")),
    "arp_interval": _range(rule=Rule(_ARP_MODES)),
    "arp_missed_max": _range(2, 255, Rule(_ARP_MODES), least=1),
    "arp_validate": Option(
        names=_names("none", "active", "backup", "all", "filter", "filter_active", "filter_backup"),
        rule=Rule(_ARP_MODES),
    ),
    "downdelay": _range(),
    "fail_over_mac": Option(names=_names("none", "active", "follow"), rule=Rule(empty=True)),
    "lacp_active": Option(1, _names("off", "on"), rule=Rule(AD_ONLY, down=True)),
    "lacp_rate": Option(names=_names("slow", "fast"), rule=Rule(AD_ONLY, down=True)),
    "lp_interval": _range(1, least=1),
    "miimon": _range(),
    "min_links": _range(),
    "num_grat_arp": _range(1, 255),
    "num_unsol_na": _range(1, 255),
    "packets_per_slave": _range(1, 65535, Rule(frozenset({0}))),
    "peer_notif_delay": _range(most=300000),
    "primary_reselect": Option(names=_names("always", "better", "failure")),
    "resend_igmp": _range(1, 255),
    "tlb_dynamic_lb": _switch(1, Rule(frozenset({TLB, ALB}), down=True)),
    "updelay": _range(),
    "use_carrier": _switch(1),
    "xmit_hash_policy": Option(
        names=_names("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac")
    ),
}
