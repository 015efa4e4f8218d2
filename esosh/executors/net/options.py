"""The options of a bond: one table of what each of them accepts, and when.

Source: kernel Documentation/networking/bonding.rst, drivers/net/bonding/bond_options.c; seen on Linux 6.1.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Callable, Optional

from ...language.numbers import decimal
from ...records import Record

MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb")
MII_MODES = ("802.3ad", "balance-tlb", "balance-alb")  # they turn MII monitoring on, and ARP monitoring off
MII_INTERVAL = "100"  # the miimon that these modes begin with
WRITTEN_FIRST = ("mode", "miimon")  # other options need a mode, and delays need miimon
ALIASES = ("num_grat_arp", "num_unsol_na")  # two names of one option

_ARP_MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast")
_LACP_MODES = ("802.3ad",)
_PRIMARY_MODES = ("active-backup", "balance-tlb", "balance-alb")
_TLB_MODES = ("balance-tlb", "balance-alb")
_ARP_VALIDATE = ("none", "active", "backup", "all", "filter", "filter_active", "filter_backup")
_AD_SELECT = ("stable", "bandwidth", "count")
_HASH_POLICIES = ("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4")
_INT_MAX = 2**31 - 1
_MAC = re.compile("[0-9a-f][02468ace](:[0-9a-f]{2}){5}")  # of one station: the first byte is even


class Option(Record):
    """An option of a bond: its values, the modes that know it, and when the kernel accepts a change of it.

    `kind` is words, number, switch, addresses, mac or interface. `words` stand in the order of their numbers;
    a number is between `least` and `most`. `modes` is empty where every mode knows the option.

    `while_down`: only while the bond is down. `without_slaves`: only while it has no slaves. `after_mode`:
    never before the mode; any other option gets its default before the mode changes, for the new mode may
    not know it.
    """

    name: str
    kind: str
    default: str
    words: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    modes: tuple[str, ...] = ()
    while_down: bool = False
    without_slaves: bool = False
    after_mode: bool = False

    def belongs_to(self, mode: str) -> bool:
        """Whether that mode knows the option."""
        return not self.modes or mode in self.modes


OPTIONS = (
    Option("mode", "words", "balance-rr", MODES, while_down=True, without_slaves=True, after_mode=True),
    Option("miimon", "number", "0", most=_INT_MAX, after_mode=True),
    Option("updelay", "number", "0", most=_INT_MAX, after_mode=True),
    Option("downdelay", "number", "0", most=_INT_MAX, after_mode=True),
    Option("use_carrier", "switch", "1", most=1),
    Option("arp_interval", "number", "0", most=_INT_MAX, modes=_ARP_MODES, after_mode=True),
    Option("arp_ip_target", "addresses", ""),
    Option("arp_validate", "words", "none", _ARP_VALIDATE, modes=_ARP_MODES, after_mode=True),
    Option("arp_all_targets", "words", "any", ("any", "all")),
    Option("xmit_hash_policy", "words", "layer2", _HASH_POLICIES),
    Option("lacp_rate", "words", "slow", ("slow", "fast"), modes=_LACP_MODES, while_down=True),
    Option("ad_select", "words", "stable", _AD_SELECT, modes=_LACP_MODES, while_down=True),
    Option("ad_actor_sys_prio", "number", "65535", least=1, most=65535, modes=_LACP_MODES, while_down=True),
    Option("ad_actor_system", "mac", "00:00:00:00:00:00", modes=_LACP_MODES, while_down=True),
    Option("ad_user_port_key", "number", "0", most=1023, modes=_LACP_MODES, while_down=True),
    Option("primary", "interface", "", modes=_PRIMARY_MODES),
    Option("primary_reselect", "words", "always", ("always", "better", "failure")),
    Option("fail_over_mac", "words", "none", ("none", "active", "follow"), without_slaves=True),
    Option("num_grat_arp", "number", "1", most=255, after_mode=True),
    Option("num_unsol_na", "number", "1", most=255, after_mode=True),
    Option("resend_igmp", "number", "1", most=255),
    Option("packets_per_slave", "number", "1", most=65535, modes=("balance-rr",)),
    Option("tlb_dynamic_lb", "switch", "1", most=1, modes=_TLB_MODES, while_down=True),
    Option("min_links", "number", "0", most=_INT_MAX),
    Option("lp_interval", "number", "1", least=1, most=_INT_MAX),
    Option("all_slaves_active", "switch", "0", most=1),
)
BY_NAME = {option.name: option for option in OPTIONS}
DEFAULTS = {option.name: option.default for option in OPTIONS}


def effective(options: Mapping[str, str]) -> dict[str, str]:
    """Every option of a bond that is given these."""
    given = [options[alias] for alias in ALIASES if alias in options]
    aliases = dict.fromkeys(ALIASES, given[-1]) if given else {}
    monitoring = {"miimon": MII_INTERVAL} if options.get("mode") in MII_MODES else {}
    return {**DEFAULTS, **monitoring, **options, **aliases}


def canonical(key: str, value: str) -> Optional[str]:
    """The value as the kernel shows it; None for one that it does not accept, or for an unknown option."""
    option = BY_NAME.get(key)
    return _CANONICAL[option.kind](option, value) if option else None


def _word(option: Option, value: str) -> Optional[str]:
    number = decimal(value, most=len(option.words) - 1)
    if number is not None:
        return option.words[number]
    return value if value in option.words else None


def _number(option: Option, value: str) -> Optional[str]:
    number = decimal(value, option.least, option.most)
    return None if number is None else str(number)


def _addresses(option: Option, value: str) -> Optional[str]:
    """IPv4 addresses with a comma between them, each once; a "+" in front of one does not count."""
    try:
        addresses = [str(ipaddress.IPv4Address(target.lstrip("+"))) for target in value.split(",")]
    except ValueError:
        return None
    return ",".join(dict.fromkeys(addresses))


def _mac(option: Option, value: str) -> Optional[str]:
    address = value.lower()
    return address if _MAC.fullmatch(address) else None


def _interface(option: Option, value: str) -> str:
    return value


_CANONICAL: Mapping[str, Callable[[Option, str], Optional[str]]] = {
    "words": _word, "number": _number, "switch": _number,
    "addresses": _addresses, "mac": _mac, "interface": _interface,
}
