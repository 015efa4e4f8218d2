"""The options of a bond: their defaults, and the order in which the kernel takes changes of them.

Source: kernel Documentation/networking/bonding.rst, drivers/net/bonding/bond_options.c.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

DEFAULTS = {
    "mode": "balance-rr", "miimon": "0", "updelay": "0", "downdelay": "0", "use_carrier": "1", "arp_interval": "0",
    "arp_ip_target": "", "arp_validate": "none", "arp_all_targets": "any", "xmit_hash_policy": "layer2",
    "lacp_rate": "slow", "ad_select": "stable", "ad_actor_sys_prio": "65535", "ad_actor_system": "00:00:00:00:00:00",
    "ad_user_port_key": "0", "primary": "", "primary_reselect": "always", "fail_over_mac": "none", "num_grat_arp": "1",
    "num_unsol_na": "1", "resend_igmp": "1", "packets_per_slave": "1", "tlb_dynamic_lb": "1", "min_links": "0",
    "lp_interval": "1", "all_slaves_active": "0",
}
_MII_ONLY = ("802.3ad", "balance-tlb", "balance-alb")  # these modes turn MII monitoring on, and ARP monitoring off
_MIIMON = "100"
_ALIKE = ("num_grat_arp", "num_unsol_na")  # two names of one option
MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb")
_WORDS = {  # in the order of their numbers
    "mode": MODES, "arp_validate": ("none", "active", "backup", "all", "filter", "filter_active", "filter_backup"),
    "arp_all_targets": ("any", "all"), "lacp_rate": ("slow", "fast"), "ad_select": ("stable", "bandwidth", "count"),
    "xmit_hash_policy": ("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4"),
    "primary_reselect": ("always", "better", "failure"), "fail_over_mac": ("none", "active", "follow"),
}
_MOST = 2**31 - 1
_NUMBERS = {
    "miimon": (0, _MOST), "updelay": (0, _MOST), "downdelay": (0, _MOST), "arp_interval": (0, _MOST), "min_links": (0, _MOST),
    "lp_interval": (1, _MOST), "ad_actor_sys_prio": (1, 65535), "ad_user_port_key": (0, 1023), "packets_per_slave": (0, 65535),
    "num_grat_arp": (0, 255), "num_unsol_na": (0, 255), "resend_igmp": (0, 255), "use_carrier": (0, 1),
    "tlb_dynamic_lb": (0, 1), "all_slaves_active": (0, 1),
}


def canonical(key: str, value: str) -> Optional[str]:
    """The value as the kernel shows it; None for one that it does not take, or for an option not known here."""
    if key in _WORDS:
        words = _WORDS[key]
        return value if value in words else words[int(value)] if value.isdecimal() and int(value) < len(words) else None
    if key in _NUMBERS:
        least, most = _NUMBERS[key]
        return str(int(value)) if re.fullmatch("[0-9]+", value) and least <= int(value) <= most else None
    if key == "arp_ip_target":
        return _targets(value)
    if key == "ad_actor_system":
        return value.lower() if re.fullmatch("[0-9a-f][02468ace](:[0-9a-f]{2}){5}", value.lower()) else None
    return value if key in DEFAULTS else None


def _targets(value: str) -> Optional[str]:
    try:
        return ",".join(dict.fromkeys(str(ipaddress.IPv4Address(target.lstrip("+"))) for target in value.split(",")))
    except ValueError:
        return None


@dataclass(frozen=True)
class Change:
    """An option that changes; `aside` are the old values of others that writing it and its old value leaves changed."""

    key: str
    old: str
    new: str
    aside: tuple[tuple[str, str], ...] = ()


def effective(options: Mapping[str, str]) -> dict[str, str]:
    """Every option of a bond that is given these."""
    given = {alike: options[key] for key in _ALIKE if key in options for alike in _ALIKE}
    mii = {"miimon": _MIIMON} if options.get("mode") in _MII_ONLY else {}
    return {**DEFAULTS, **mii, **options, **given}


def changes(running: Mapping[str, str], options: Mapping[str, str]) -> list[Change]:
    """What leads from a running bond's options to those that are given, `primary` apart."""
    wanted = {key: value for key, value in effective(options).items() if key in running and key != "primary"}
    way = _Way({**DEFAULTS, **running})
    # an option may be known to the old mode only, so what falls back to its default comes before the mode
    for key in (key for key in wanted if key not in options and key not in _LATER):
        way.put(key, wanted[key])
    way.quiet(wanted)
    way.put("mode", wanted["mode"])
    for key in ("miimon", "arp_interval", *wanted):
        way.put(key, wanted[key], sure=key in options)
    return way.found


_LATER = ("mode", "miimon", "updelay", "downdelay", "arp_interval", "arp_validate", *_ALIKE)


@dataclass
class _Way:
    """Changes one after the other, with what the bond shows after each."""

    now: dict[str, str]
    found: list[Change] = field(default_factory=list)
    believed: set[str] = field(default_factory=set)

    def put(self, key: str, value: str, sure: bool = False) -> None:
        """Change an option; `sure`: also where a kernel is believed to have done so by itself."""
        before = dict(self.now)
        if before[key] != value or (sure and key in self.believed):
            self.believed.discard(key)
            self._write(key, value)
            after = dict(self.now)
            self._write(key, before[key])  # what it leaves changed when it is taken back
            aside = tuple((other, before[other]) for other in before if before[other] != self.now[other])
            self.now = after
            self.found.append(Change(key, before[key], value, aside))

    def _write(self, key: str, value: str) -> None:
        """One write, with what changes by itself."""
        self.now[key] = value
        if key in _ALIKE:
            self.now.update(dict.fromkeys(_ALIKE, value))
        if key == "mode" and value in _MII_ONLY and self.now["miimon"] == "0":
            self.now["miimon"] = _MIIMON
            self.believed.add("miimon")
        if key == "mode" and value == "balance-alb":
            self.now["tlb_dynamic_lb"] = "1"

    def quiet(self, wanted: Mapping[str, str]) -> None:
        """Monitoring off where the change to come would touch it: delays are kept as multiples of miimon, one kind
        of monitoring ends the other, and a new mode forgets arp_validate."""
        if self.now["miimon"] != wanted["miimon"]:
            self.put("updelay", "0")
            self.put("downdelay", "0")
        if self.now["mode"] != wanted["mode"] or self.now["arp_interval"] != wanted["arp_interval"]:
            self.put("arp_validate", "none")
        if wanted["miimon"] != "0":
            self.put("arp_interval", "0")
        elif wanted["arp_interval"] != "0":
            self.put("miimon", "0")
