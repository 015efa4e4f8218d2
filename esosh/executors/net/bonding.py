"""Bonds of the running system, through sysfs and ip(8).

The order that the kernel accepts: bond, mode (no slaves, bond down), other options, each slave down and then in,
`primary` last, bond up, address. Source: Documentation/networking/bonding.rst and observation of Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Interface
from typing import Any, Optional

from ...config import Bond
from ...host import Host
from ...step import Action, Run, See, Step, Write

NET = "/sys/class/net"
MASTERS = f"{NET}/bonding_masters"
DEFAULTS = {
    "mode": "balance-rr", "miimon": "0", "updelay": "0", "downdelay": "0", "use_carrier": "1", "arp_interval": "0",
    "arp_ip_target": "", "arp_validate": "none", "arp_all_targets": "any", "xmit_hash_policy": "layer2",
    "lacp_rate": "slow", "ad_select": "stable", "ad_actor_sys_prio": "65535", "ad_actor_system": "00:00:00:00:00:00",
    "ad_user_port_key": "0", "primary": "", "primary_reselect": "always", "fail_over_mac": "none", "num_grat_arp": "1",
    "num_unsol_na": "1", "resend_igmp": "1", "packets_per_slave": "1", "tlb_dynamic_lb": "1", "min_links": "0",
    "lp_interval": "1", "all_slaves_active": "0",
}
_WITHOUT_SLAVES = ("mode", "fail_over_mac")
_MONITORING = ("miimon", "updelay", "downdelay", "arp_interval", "arp_validate")
_WHILE_DOWN = ("mode", "lacp_rate", "ad_select", "tlb_dynamic_lb", "ad_actor_sys_prio", "ad_actor_system", "ad_user_port_key")


@dataclass(frozen=True)
class Link:
    """An interface as it is: its flags as sysfs shows them, its mtu and its IPv4 addresses."""

    flags: int = 0x1002
    mtu: int = 1500
    addresses: tuple[tuple[str, str], ...] = ()  # "IP/PREFIX" and the broadcast address or ""

    @property
    def up(self) -> bool:
        """Whether it was brought up."""
        return bool(self.flags & 1)


@dataclass(frozen=True)
class Running:
    """A bond as it is."""

    options: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    slaves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """The interfaces and bonds of the running system; `bonding` tells whether the driver is loaded."""

    bonding: bool = False
    links: Mapping[str, Link] = field(default_factory=dict)
    bonds: Mapping[str, Running] = field(default_factory=dict)


def facts(host: Host) -> Facts:
    """What runs now."""
    if not host.exists(MASTERS):
        return Facts()
    addresses: dict[str, list[tuple[str, str]]] = {}
    for line in host.run(("ip", "-4", "-o", "addr", "show")).out.splitlines():
        words = line.split()
        broadcast = words[words.index("brd") + 1] if "brd" in words else ""
        addresses.setdefault(words[1], []).append((words[3], broadcast))
    names = [name for name in host.list(NET) if host.exists(f"{NET}/{name}/flags")]
    links = {name: Link(int(_first(host, f"{NET}/{name}/flags"), 16), int(_first(host, f"{NET}/{name}/mtu")),
                        tuple(addresses.get(name, ()))) for name in names}
    return Facts(True, links, {name: _running(host, name) for name in host.read(MASTERS).split()})


def _running(host: Host, bond: str) -> Running:
    folder = f"{NET}/{bond}/bonding"
    options = {key: _first(host, f"{folder}/{key}") for key in DEFAULTS if host.exists(f"{folder}/{key}")}
    targets = host.read(f"{folder}/arp_ip_target").split()
    return Running({**options, "arp_ip_target": ",".join(targets)}, tuple(host.read(f"{folder}/slaves").split()))


def _first(host: Host, path: str) -> str:
    return "".join(host.read(path).split()[:1])


def steps(bond: str, new: Optional[Bond], facts: Facts, hostname: str) -> Iterator[Step]:
    """The steps that make a running bond as it is configured, or take it away."""
    if not facts.bonding:
        return
    running = facts.bonds.get(bond)
    if new is None:
        if running is not None:
            yield from _remove(bond, running, facts)
        return
    fresh = running is None
    if fresh:
        running = Running()
        yield _step(Write(MASTERS, f"+{bond}"), (Write(MASTERS, f"-{bond}"),), See(f"{NET}/{bond}", "gone"),
                    See(f"{NET}/{bond}", "there"), stage="create")
    assert running is not None
    change = _Change(bond, new, running, facts, fresh)
    yield from change.free()
    yield from change.set_options()
    yield from change.join()
    yield from change.address(hostname)


@dataclass(frozen=True)
class _Change:
    """One bond, from how it runs to how it is to run."""

    bond: str
    new: Bond
    running: Running
    facts: Facts
    fresh: bool

    @property
    def link(self) -> Link:
        return Link(0x1402) if self.fresh else self.facts.links[self.bond]

    def differing(self) -> list[tuple[str, str, str]]:
        """Options with their old and new values: those that fall back to a default first, `mode`, the others."""
        wanted = {key: self.new.options.get(key, value) for key, value in DEFAULTS.items() if key in self.running.options}
        found = [(key, self.running.options[key], value) for key, value in wanted.items() if self.running.options[key] != value]
        return sorted(found, key=lambda option: (option[0] in self.new.options, option[0] != "mode"))

    def free(self) -> Iterator[Step]:
        """Slaves that leave, all of them where an option demands it; the bond down where one demands that."""
        keys = {key for key, _, _ in self.differing()}
        leaving = [slave for slave in self.running.slaves if slave not in self.new.slaves or keys & set(_WITHOUT_SLAVES)]
        for slave in reversed(leaving):
            yield _leave(self.bond, slave)
        if self.link.up and keys & set(_WHILE_DOWN):
            yield _down(self.bond, self.link.flags)

    def set_options(self) -> Iterator[Step]:
        """Options other than `primary`, and the mtu that slaves take over when they join."""
        options = self.differing()
        for key, old, value in options:
            if key == "arp_ip_target":
                yield from _targets(self.bond, old, value)
            elif key != "primary":
                yield self._option(key, old, value, new_mode=any(key == "mode" for key, _, _ in options))
        if self.new.mtu != self.link.mtu:
            yield _step(_ip("link", "set", self.bond, "mtu", str(self.new.mtu)),
                        (_ip("link", "set", self.bond, "mtu", str(self.link.mtu)),), None,
                        See(f"{NET}/{self.bond}/mtu", "is", str(self.new.mtu)), disruption="none" if self.fresh else "link")

    def _option(self, key: str, old: str, value: str, new_mode: bool) -> Step:
        step = _option(self.bond, key, value, None if self.fresh else old)
        if not new_mode or self.fresh:
            return step
        # a new mode changes the monitoring by itself (bond_options.c), so its inverse puts that back
        monitoring = [(key, self.running.options[key]) for key in _MONITORING if key in self.running.options]
        back = tuple(Write(f"{NET}/{self.bond}/bonding/{key}", value) for key, value in monitoring if value != DEFAULTS[key])
        reset = (Write(f"{NET}/{self.bond}/bonding/miimon", "0"),)
        undo = (*(step.undo or ()), *reset, *back) if key == "mode" else step.undo
        return replace(step, undo=undo, before=step.before if key not in _MONITORING else None)

    def join(self) -> Iterator[Step]:
        """Slaves that come, or come back."""
        back = {key for key, _, _ in self.differing()} & set(_WITHOUT_SLAVES)
        stay = () if back else self.running.slaves
        for slave in (slave for slave in self.new.slaves if slave not in stay):
            link = self.facts.links.get(slave, Link())
            freed = slave in self.running.slaves
            yield from _clear(slave, link)
            if link.up and not freed:
                yield _down(slave, link.flags)
            yield _join(self.bond, slave)
        primary = [(old, value) for key, old, value in self.differing() if key == "primary"]
        for old, value in primary:
            yield _option(self.bond, "primary", value, None if self.fresh else old)
        if not self.link.up or {key for key, _, _ in self.differing()} & set(_WHILE_DOWN):
            undo = () if self.fresh else (_ip("link", "set", self.bond, "down"),)
            yield _step(_ip("link", "set", self.bond, "up"), undo, None, None)

    def address(self, hostname: str) -> Iterator[Step]:
        """The bond's address."""
        wanted = self.new.address
        if wanted in (address for address, _ in self.link.addresses):
            return
        yield from _clear(self.bond, self.link)
        if wanted == "dhcp":
            yield _step(Run(("udhcpc", "-i", self.bond, "-b", "-q", "-S", "-F", hostname)),
                        (_ip("addr", "flush", "dev", self.bond),), None, None)
        elif wanted != "none":
            broadcast = ("broadcast", self.new.broadcast or str(IPv4Interface(wanted).network.broadcast_address))
            yield _step(_ip("addr", "add", wanted, *broadcast, "dev", self.bond),
                        (_ip("addr", "del", wanted, "dev", self.bond),), None, See(_shown(self.bond), "has", wanted))


def _remove(bond: str, running: Running, facts: Facts) -> Iterator[Step]:
    """Address, slaves and bond go, leaf by leaf, so that undoing builds it up again."""
    link = facts.links[bond]
    yield from _clear(bond, link, stage="remove")
    if link.up:
        yield _down(bond, link.flags, stage="remove")
    for slave in reversed(running.slaves):
        yield _leave(bond, slave)
    yield _step(Write(MASTERS, f"-{bond}"), tuple(_made_anew(bond, running, link)), See(f"{NET}/{bond}", "there"),
                See(f"{NET}/{bond}", "gone"), stage="remove", disruption="link")


def _made_anew(bond: str, running: Running, link: Link) -> Iterator[Action]:
    yield Write(MASTERS, f"+{bond}")
    options = {"mode": running.options["mode"], **running.options}
    for key, value in options.items():
        if value and value != DEFAULTS[key] and key not in ("primary", "arp_ip_target"):
            yield Write(f"{NET}/{bond}/bonding/{key}", value)
    for target in filter(None, running.options.get("arp_ip_target", "").split(",")):
        yield Write(f"{NET}/{bond}/bonding/arp_ip_target", f"+{target}")
    if running.options.get("primary"):
        yield Write(f"{NET}/{bond}/bonding/primary", running.options["primary"])
    if link.mtu != 1500:
        yield _ip("link", "set", bond, "mtu", str(link.mtu))


def _option(bond: str, key: str, value: str, old: Optional[str]) -> Step:
    path = f"{NET}/{bond}/bonding/{key}"
    return _step(Write(path, value), () if old is None else (Write(path, old),), _shows(path, old), _shows(path, value),
                 disruption="link" if old is not None and key in _WHILE_DOWN else "none")


def _shows(path: str, value: Optional[str]) -> Optional[See]:
    # an option reads "802.3ad 4"; an empty one reads nothing
    return None if value is None else See(path, "has", value) if value else See(path, "is", "")


def _targets(bond: str, old: str, new: str) -> Iterator[Step]:
    path = f"{NET}/{bond}/bonding/arp_ip_target"
    before, after = (list(filter(None, text.split(","))) for text in (old, new))
    for target in before:
        if target not in after:
            yield _step(Write(path, f"-{target}"), (Write(path, f"+{target}"),), See(path, "has", target),
                        See(path, "lacks", target))
    for target in after:
        if target not in before:
            yield _step(Write(path, f"+{target}"), (Write(path, f"-{target}"),), See(path, "lacks", target),
                        See(path, "has", target))


def _join(bond: str, slave: str) -> Step:
    path = f"{NET}/{bond}/bonding/slaves"
    return _step(Write(path, f"+{slave}"), (Write(path, f"-{slave}"),), See(path, "lacks", slave), See(path, "has", slave),
                 disruption="link")


def _leave(bond: str, slave: str) -> Step:
    path = f"{NET}/{bond}/bonding/slaves"
    return _step(Write(path, f"-{slave}"), (Write(path, f"+{slave}"),), See(path, "has", slave), See(path, "lacks", slave),
                 disruption="link", stage="remove")


def _down(name: str, flags: int, **about: Any) -> Step:
    path = f"{NET}/{name}/flags"
    return _step(_ip("link", "set", name, "down"), (_ip("link", "set", name, "up"),), See(path, "is", hex(flags)),
                 See(path, "is", hex(flags & ~1)), disruption="link", **about)


def _clear(name: str, link: Link, **about: Any) -> Iterator[Step]:
    """The interface without its addresses."""
    if link.addresses:
        undo = tuple(_ip("addr", "add", address, *(("broadcast", broadcast) if broadcast else ()), "dev", name)
                     for address, broadcast in link.addresses)
        first = link.addresses[0][0]
        yield _step(_ip("addr", "flush", "dev", name), undo, See(_shown(name), "has", first),
                    See(_shown(name), "lacks", first), disruption="link", **about)


def _shown(name: str) -> tuple[str, ...]:
    return ("ip", "-4", "-o", "addr", "show", "dev", name)


def _ip(*words: str) -> Run:
    return Run(("ip", *words))


def _step(do: Action, undo: Iterable[Action], before: Optional[See], after: Optional[See], **about: Any) -> Step:
    return Step(do, tuple(undo), before, after, section="net", **about)
