"""The network: what the bonding driver refuses, and what it takes to the user's harm.

Source: kernel Documentation/networking/bonding.rst.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..config import Bond, Config
from ..executors.net.options import effective
from ..plan import Machine
from . import Finding

_MODES = {  # options that belong to some modes only
    "lacp_rate": ("802.3ad",), "ad_select": ("802.3ad",), "ad_actor_sys_prio": ("802.3ad",), "ad_actor_system": ("802.3ad",),
    "ad_user_port_key": ("802.3ad",), "primary": ("active-backup", "balance-tlb", "balance-alb"),
    "tlb_dynamic_lb": ("balance-tlb", "balance-alb"), "packets_per_slave": ("balance-rr",),
    **dict.fromkeys(("arp_interval", "arp_validate"), ("balance-rr", "active-backup", "balance-xor", "broadcast")),
}
_DELAYS = ("updelay", "downdelay")


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """Bonds that the driver would refuse, and interfaces that are not there."""
    facts = machine.facts["net"]
    for name, bond in config.net.bonds.items():
        yield from _options(name, bond)
        yield from _monitoring(name, bond)
        if not bond.slaves:
            yield Finding("W325", "net", f"net {name}", "no slaves", f"net bond {name} slaves ")
        for slave in bond.slaves:
            if facts.links and slave not in facts.links:
                there = " ".join(link for link in facts.links if link != "lo")
                yield Finding("E320", "net", f"net {name}", f"slave {slave} is not on this box; there are: {there}",
                              f"net bond {name} slaves -{slave}")
    for name in config.net.ifaces:
        if facts.links and name not in facts.links:
            yield Finding("W324", "net", f"net {name}", "this interface is not on this box now")


def _options(name: str, bond: Bond) -> Iterator[Finding]:
    mode = bond.options.get("mode", "balance-rr")
    for key in bond.options:
        if key in _MODES and mode not in _MODES[key]:
            yield Finding("E322", "net", f"net {name}", f"{key} belongs to mode {' or '.join(_MODES[key])}, not to {mode}",
                          f"net bond unset {name} {key}")
    if bond.options.get("primary") and bond.options["primary"] not in bond.slaves:
        yield Finding("E326", "net", f"net {name}", f"primary {bond.options['primary']} is not one of its slaves",
                      f"net bond unset {name} primary")


def _monitoring(name: str, bond: Bond) -> Iterator[Finding]:
    options = effective(bond.options)
    miimon, arp_interval = int(options["miimon"]), int(options["arp_interval"])
    if miimon and arp_interval:
        yield Finding("E327", "net", f"net {name}", "miimon and arp_interval end each other: a bond is monitored in one way",
                      f"net bond unset {name} arp_interval")
    elif not miimon and not arp_interval:
        yield Finding("W321", "net", f"net {name}", "miimon is 0: a dead link is not noticed", f"net bond {name} miimon=100")
    for key in _DELAYS:
        delay = int(options[key])
        if delay and (not miimon or delay % miimon):
            yield Finding("E323", "net", f"net {name}", f"{key} {delay} is not a multiple of miimon {miimon}",
                          f"net bond {name} {key}={max(miimon, delay - delay % miimon) if miimon else 0}")
