"""The network: what the bonding driver refuses, and what it accepts to the user's harm.

Source: kernel Documentation/networking/bonding.rst.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Optional

from ..config import Config
from ..config.net import Bond, Net
from ..executors.net import FILES
from ..executors.net.conf import is_bond, sections, static_address
from ..executors.net.options import BY_NAME, DEFAULTS, effective
from ..executors.net.problems import problems
from ..language.numbers import decimal
from ..transaction.plan import Machine
from . import Finding

NETWORK_CONF, *_ = FILES
_DELAYS = ("updelay", "downdelay")


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """Bonds that the driver would refuse, and interfaces that do not exist."""
    links = machine.facts["net"].links
    for name, bond in config.net.bonds.items():
        yield from _bond(name, bond)
        yield from _missing_slaves(name, bond, links)
    text = machine.texts[NETWORK_CONF] or ""
    for number, problem in problems(text):
        yield Finding("W387", "net", "net", f"line {number} of {NETWORK_CONF} cannot be read: {problem}")
    yield from _passed_over(config.net, text)
    yield from _without_bond(config.net)
    for name in config.net.ifaces:
        if links and name not in links:
            yield Finding("W324", "net", f"net {name}", "this interface is not on this box now")


def _passed_over(net: Net, text: str) -> Iterator[Finding]:
    """Sections with an address that rc.network passes over, and that the edits do not complete."""
    for name, keys in sections(text).items():
        link = net.bonds.get(name) or net.ifaces.get(name)
        if link and link.address == "none" and keys.get("ipaddr") and not keys.get("bootproto"):
            message = f"it has the address {keys['ipaddr']} and no bootproto: rc.network passes over it"
            words = f"{'bond' if name in net.bonds else 'iface'} {name}"
            address = static_address(keys) or f"{keys['ipaddr']}/"
            yield Finding("W328", "net", f"net {name}", message, f"net {words} address={address}")


def _without_bond(net: Net) -> Iterator[Finding]:
    """VLANs and members of bridges that need a bond which is not configured."""
    members = {name: bridge.members for name, bridge in net.bridges.items()}
    for name, needed in {**{name: (name,) for name in net.vlans}, **members}.items():
        for link in needed:
            bond = link.partition(".")[0]
            if is_bond(bond) and bond not in net.bonds:
                message = f"{link} needs {bond}, which is not configured: the network starts without it"
                yield Finding("W329", "net", f"net {name}", message)


def _bond(name: str, bond: Bond) -> Iterator[Finding]:
    yield from _modes(name, bond)
    yield from _primary(name, bond)
    yield from _monitoring(name, bond)
    yield from _delays(name, bond)
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


def _possible_delay(delay: int, miimon: int) -> int:
    """The delay, or the nearest one that the kernel accepts."""
    if not delay or not miimon:
        return 0
    return delay if delay % miimon == 0 else max(miimon, delay - delay % miimon)
