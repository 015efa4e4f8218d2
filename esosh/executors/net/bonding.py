"""Bonds of the running system, through sysfs and ip(8).

The order that the kernel accepts: bond, mode (no slaves, bond down), other options, each slave down and then in,
`primary` last, bond up, address. Source: Documentation/networking/bonding.rst and observation of Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import Any, Optional, Union

from ...config import Bond
from ...step import Action, Run, See, Step, Write
from .links import MASTERS, NET, Facts, Link, Running
from .options import DEFAULTS, Change, changes

_WITHOUT_SLAVES = ("mode", "fail_over_mac")
_WHILE_DOWN = ("mode", "lacp_rate", "ad_select", "tlb_dynamic_lb", "ad_actor_sys_prio", "ad_actor_system", "ad_user_port_key")


def steps(bond: str, old: Optional[Bond], new: Optional[Bond], facts: Facts, hostname: str) -> Iterator[Step]:
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
        yield _step(Write(MASTERS, f"+{bond}"), (Write(MASTERS, f"-{bond}"),), See(f"{NET}/{bond}", "gone"),
                    See(f"{NET}/{bond}", "there"), stage="create")
    change = _Change(bond, new, running or Running(), facts, fresh)
    yield from change.free()
    yield from change.set_options()
    yield from change.join()
    if not (old and old.address == new.address == "dhcp" and change.link.addresses):  # a lease is kept
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

    @property
    def keys(self) -> set[str]:
        """The options that change."""
        return {change.key for change in changes(self.running.options, self.new.options)}

    @property
    def primary(self) -> Optional[tuple[str, str]]:
        """The primary slave that was and the one that is to be, where they differ."""
        old, new = self.running.options.get("primary", ""), self.new.options.get("primary", "")
        return None if old == new else (old, new)

    def leaving(self) -> list[str]:
        """Slaves that leave, all of them where an option demands it."""
        return [slave for slave in self.running.slaves if slave not in self.new.slaves or self.keys & set(_WITHOUT_SLAVES)]

    def free(self) -> Iterator[Step]:
        """Slaves leave; the bond goes down where an option demands that."""
        if self.primary and self.primary[0]:
            yield _option(self.bond, Change("primary", self.primary[0], ""), False, stage="remove")
        slaves, leaving = self.running.slaves, self.leaving()
        for at, slave in reversed(list(enumerate(slaves))):
            if slave in leaving:
                yield _leave(self.bond, slave, [other for other in slaves[at + 1 :] if other not in leaving])
        if self.link.up and self.keys & set(_WHILE_DOWN):
            yield _down(self.bond, self.link.flags)

    def set_options(self) -> Iterator[Step]:
        """Options other than `primary`, and the mtu that slaves take over when they join."""
        for change in changes(self.running.options, self.new.options):
            if change.key == "arp_ip_target":
                yield from _targets(self.bond, change.old, change.new)
            else:
                yield _option(self.bond, change, self.fresh)
        if self.new.mtu != self.link.mtu:
            yield _step(_ip("link", "set", self.bond, "mtu", str(self.new.mtu)),
                        (_ip("link", "set", self.bond, "mtu", str(self.link.mtu)),), None,
                        See(f"{NET}/{self.bond}/mtu", "is", str(self.new.mtu)), disruption="none" if self.fresh else "link")

    def join(self) -> Iterator[Step]:
        """Slaves that come, or come back."""
        staying = [slave for slave in self.running.slaves if slave not in self.leaving()]
        for slave in (slave for slave in self.new.slaves if slave not in staying):
            link = self.facts.links.get(slave, Link())
            freed = any(slave in running.slaves for running in self.facts.bonds.values())  # leaving takes it down
            yield from _clear(slave, link)
            if link.up and not freed:
                yield _down(slave, link.flags)
            yield _join(self.bond, slave)
        if self.primary and self.primary[1]:
            yield _option(self.bond, Change("primary", "", self.primary[1]), self.fresh)
        if not self.link.up or self.keys & set(_WHILE_DOWN):
            undo = () if self.fresh else (_ip("link", "set", self.bond, "down"),)
            yield _step(_ip("link", "set", self.bond, "up"), undo, None, None)

    def address(self, hostname: str) -> Iterator[Step]:
        """The bond's address."""
        wanted, broadcast = self.new.address, ""
        if "/" in wanted:
            broadcast = self.new.broadcast or str(IPv4Interface(wanted).network.broadcast_address)
        if self.link.addresses == ((wanted, broadcast),):
            return
        yield from _clear(self.bond, self.link)
        if wanted == "dhcp":
            yield _step(Run(("udhcpc", "-i", self.bond, "-b", "-q", "-S", "-F", hostname)),
                        (_ip("addr", "flush", "dev", self.bond),), None, None)
        elif wanted != "none":
            yield _step(_ip("addr", "add", wanted, "broadcast", broadcast, "dev", self.bond),
                        (_ip("addr", "del", wanted, "dev", self.bond),), None, See(_shown(self.bond), "has", wanted))


def _remove(bond: str, running: Running, facts: Facts) -> Iterator[Step]:
    """Address, slaves and bond go, leaf by leaf, so that undoing builds it up again."""
    link = facts.links[bond]
    yield from _clear(bond, link, stage="remove")
    if link.up:
        yield _down(bond, link.flags, stage="remove")
    for slave in reversed(running.slaves):
        yield _leave(bond, slave)
    yield _step(Write(MASTERS, f"-{bond}"), tuple(_made_anew(bond, running, link)), tuple(_stands(bond, running, link)),
                See(f"{NET}/{bond}", "gone"), stage="remove", disruption="link")


def _made_anew(bond: str, running: Running, link: Link) -> Iterator[Action]:
    yield Write(MASTERS, f"+{bond}")
    folder = f"{NET}/{bond}/bonding"
    for change in changes(DEFAULTS, running.options):
        if change.key == "arp_ip_target":
            yield from (Write(f"{folder}/arp_ip_target", f"+{target}") for target in change.new.split(","))
        else:
            yield Write(f"{folder}/{change.key}", change.new)
    if running.options.get("primary"):
        yield Write(f"{folder}/primary", running.options["primary"])
    if link.mtu != 1500:
        yield _ip("link", "set", bond, "mtu", str(link.mtu))


def _stands(bond: str, running: Running, link: Link) -> Iterator[See]:
    """What is seen of a bond without slaves."""
    yield See(f"{NET}/{bond}/mtu", "is", str(link.mtu))
    for key, value in running.options.items():
        if value != DEFAULTS[key] and key != "primary":
            yield from (_shows(f"{NET}/{bond}/bonding/{key}", part) for part in value.split(","))


def _option(bond: str, change: Change, fresh: bool, **about: Any) -> Step:
    folder = f"{NET}/{bond}/bonding"
    path = f"{folder}/{change.key}"
    undo = [Write(path, change.old), *(Write(f"{folder}/{key}", old) for key, old in change.aside)]
    link = not fresh and change.key in _WHILE_DOWN
    return _step(Write(path, change.new), () if fresh else undo, None if fresh else _shows(path, change.old),
                 _shows(path, change.new), disruption="link" if link else "none", **about)


def _shows(path: str, value: str) -> See:
    # an option reads "802.3ad 4"; an empty one reads nothing
    return See(path, "has", value) if value else See(path, "is", "")


def _targets(bond: str, old: str, new: str) -> Iterator[Step]:
    """Targets go from the end, so that undoing keeps their order."""
    path = f"{NET}/{bond}/bonding/arp_ip_target"
    before, after = (list(filter(None, text.split(","))) for text in (old, new))
    same = next((at for at, (was, is_to_be) in enumerate(zip(before, after)) if was != is_to_be), min(len(before), len(after)))
    for target in reversed(before[same:]):
        yield _step(Write(path, f"-{target}"), (Write(path, f"+{target}"),), See(path, "has", target), See(path, "lacks", target))
    for target in after[same:]:
        yield _step(Write(path, f"+{target}"), (Write(path, f"-{target}"),), See(path, "lacks", target), See(path, "has", target))


def _join(bond: str, slave: str) -> Step:
    path = f"{NET}/{bond}/bonding/slaves"
    return _step(Write(path, f"+{slave}"), (Write(path, f"-{slave}"),), See(path, "lacks", slave), See(path, "has", slave),
                 disruption="link")


def _leave(bond: str, slave: str, behind: Sequence[str] = ()) -> Step:
    """A slave goes; undoing puts it back in its place, before those that stay behind it."""
    path = f"{NET}/{bond}/bonding/slaves"
    back = [Write(path, f"{sign}{other}") for other in behind for sign in "-+"]
    return _step(Write(path, f"-{slave}"), (Write(path, f"+{slave}"), *back), See(path, "has", slave),
                 See(path, "lacks", slave), disruption="link", stage="remove")


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


def _step(do: Action, undo: Iterable[Action], before: Union[See, tuple[See, ...], None], after: Optional[See],
          **about: Any) -> Step:
    found = before if isinstance(before, tuple) else (before,) if before else ()
    return Step(do, tuple(undo), found, after, section="net", **about)
