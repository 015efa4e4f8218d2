"""Bonds: what the bonding driver refuses, and what it accepts to the user's harm.

Source: kernel Documentation/networking/bonding.rst.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ...config.net import Bond, Net
from ...executors.net.options import BY_NAME, DEFAULTS, effective
from ...language.numbers import decimal
from .. import Finding

_DELAYS = ("updelay", "downdelay")


def findings(net: Net, links: Collection[str]) -> Iterator[Finding]:
    """What is found on each bond; `links` are the interfaces of the box, none where nobody can look."""
    for name, bond in net.bonds.items():
        yield from _bond(name, bond)
        yield from _missing_slaves(name, bond, links)


def _bond(name: str, bond: Bond) -> Iterator[Finding]:
    yield from _modes(name, bond)
    yield from _primary(name, bond)
    yield from _monitoring(name, bond)
    yield from _delays(name, bond)
    yield from _arp_targets(name, bond)
    if not bond.slaves:
        yield Finding("W325", "net", f"net {name}", "no slaves", f"net bond {name} slaves ")


def _missing_slaves(name: str, bond: Bond, links: Collection[str]) -> Iterator[Finding]:
    others = " ".join(link for link in links if link != "lo")
    for slave in bond.slaves if links else ():
        if slave not in links:
            text = f"slave {slave} is not on this box; there are: {others}"
            yield Finding("E320", "net", f"net {name}", text, f"net bond {name} slaves -{slave}")


def _modes(name: str, bond: Bond) -> Iterator[Finding]:
    """Options that belong to other modes."""
    mode = bond.options.get("mode", DEFAULTS["mode"])
    for key in bond.options:
        option = BY_NAME[key]
        if not option.belongs_to(mode):
            text = f"{key} belongs to mode {' or '.join(option.modes)}, not to {mode}"
            yield Finding("E322", "net", f"net {name}", text, f"net bond unset {name} {key}")


def _primary(name: str, bond: Bond) -> Iterator[Finding]:
    primary = bond.options.get("primary")
    if primary and primary not in bond.slaves:
        yield Finding("E326", "net", f"net {name}", f"primary {primary} is not one of its slaves",
                      f"net bond unset {name} primary")


def _monitoring(name: str, bond: Bond) -> Iterator[Finding]:
    options = effective(bond.options)
    by_link, by_arp = decimal(options["miimon"]), decimal(options["arp_interval"])
    if by_link and by_arp:
        text = "miimon and arp_interval end each other: a bond is monitored in one way"
        yield Finding("E327", "net", f"net {name}", text, f"net bond unset {name} arp_interval")
    if not by_link and not by_arp:
        yield Finding("W321", "net", f"net {name}", "miimon is 0: a dead link is not noticed",
                      f"net bond {name} miimon=100")


def _delays(name: str, bond: Bond) -> Iterator[Finding]:
    """Delays that the kernel would round down."""
    options = effective(bond.options)
    miimon = decimal(options["miimon"]) or 0
    for key in _DELAYS:
        delay = decimal(options[key]) or 0
        possible = _possible_delay(delay, miimon)
        if delay != possible:
            yield Finding("E323", "net", f"net {name}", f"{key} {delay} is not a multiple of miimon {miimon}",
                          f"net bond {name} {key}={possible}")


def _arp_targets(name: str, bond: Bond) -> Iterator[Finding]:
    """Targets that rc.network takes for given, because they are part of one that stands before them."""
    targets = [*filter(None, bond.options.get("arp_ip_target", "").split(","))]
    for number, target in enumerate(targets):
        longer = next((other for other in targets[:number] if re.search(target, other)), None)
        if longer:
            text = f"rc.network does not add {target} behind {longer}, which has its text in it"
            hint = f"net bond {name} arp_ip_target={','.join(sorted(targets, key=len))}"
            yield Finding("W398", "net", f"net {name}", text, hint)
            return


def _possible_delay(delay: int, miimon: int) -> int:
    """The delay, or the nearest one that the kernel accepts."""
    if not delay or not miimon:
        return 0
    return delay if delay % miimon == 0 else max(miimon, delay - delay % miimon)
