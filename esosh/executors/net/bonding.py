"""Bonds of the running system, through sysfs and ip(8).

The order that the kernel accepts: bond, mode (no slaves, bond down), other options, each slave down and then
into the bond, `primary` last, bond up, address.

Source: kernel Documentation/networking/bonding.rst; observation of Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile
from typing import Any, Optional

from ...config.net import Bond, Net
from ...records import Record
from ..step import Action, Expect, Step, Write
from .addressing import addressed, mtu_set, unaddressed
from .changes import Change, changes
from .links import MASTERS, NET, Facts, Link, Running
from .options import BY_NAME, DEFAULTS
from .writes import added_to, flushed, ip, removed_from, shows, step, taken_down

_NEW = Link(0x1402)  # a bond that was just made
_USUAL_MTU = 1500


def removed(bond: str, old: Optional[Bond], facts: Facts, net: Net) -> Iterator[Step]:
    """Address, slaves and bond go, leaf by leaf, so that undoing builds the bond up again."""
    running, link = facts.bonds[bond], facts.links[bond]
    yield from unaddressed(bond, old, facts, net)
    if link.up:
        yield taken_down(bond, stage="remove")
    for slave in reversed(running.slaves):
        yield _leave(bond, slave)
    before, undo = tuple(_without_slaves(bond, running, link)), _recreated(bond, running, link)
    yield step(Write(MASTERS, f"-{bond}"), undo, before, Expect(f"{NET}/{bond}", "absent"), stage="remove",
               disruption="link")


def released(bond: str, new: Bond, facts: Facts) -> Iterator[Step]:
    """What leaves the bond, so that something else can have it."""
    yield from _change(bond, new, facts).release()


def configured(bond: str, old: Optional[Bond], new: Bond, facts: Facts, net: Net) -> Iterator[Step]:
    """The steps that make a bond, without what is to leave it, as it is configured."""
    change = _change(bond, new, facts)
    if change.created:
        yield _create(bond)
    yield from change.set_options()
    yield from change.enslave(facts)
    yield from change.bring_up()
    yield from addressed(bond, old, new, change.link, facts, net)


def _create(bond: str) -> Step:
    return step(Write(MASTERS, f"+{bond}"), (Write(MASTERS, f"-{bond}"),), Expect(f"{NET}/{bond}", "absent"),
                Expect(f"{NET}/{bond}", "exists"), stage="create")


class _BondChange(Record):
    """One bond, from how it runs to how it is to run; `created`: it did not run before."""

    bond: str
    new: Bond
    running: Running
    link: Link
    created: bool
    options: Sequence[Change]

    @property
    def goes_down(self) -> bool:
        """Whether an option changes that the kernel accepts only while the bond is down."""
        return any(BY_NAME[change.key].while_down for change in self.options)

    @property
    def primary(self) -> tuple[str, str]:
        """The primary slave that was and the one that is to be; two "" where they are the same."""
        old, new = self.running.options.get("primary", ""), self.new.options.get("primary", "")
        return ("", "") if old == new else (old, new)

    @property
    def leaving(self) -> set[str]:
        """Slaves that leave, all of them where an option demands it."""
        all_leave = any(BY_NAME[change.key].without_slaves for change in self.options)
        return {*self.running.slaves} if all_leave else {*self.running.slaves} - {*self.new.slaves}

    def release(self) -> Iterator[Step]:
        """Slaves leave; the bond goes down where an option demands that."""
        primary, _ = self.primary
        if primary:
            yield _option(self.bond, Change("primary", primary, ""), False, stage="remove")
        yield from _released(self.bond, self.running.slaves, self.leaving)
        if self.link.up and self.goes_down:
            yield taken_down(self.bond)

    def set_options(self) -> Iterator[Step]:
        """Options other than `primary`, and the mtu that slaves get when they join."""
        for change in self.options:
            if change.key == "arp_ip_target":
                yield from _arp_targets(self.bond, change)
            else:
                yield _option(self.bond, change, self.created)
        yield from mtu_set(self.bond, self.link, self.new.mtu, disruption="none" if self.created else "link")

    def enslave(self, facts: Facts) -> Iterator[Step]:
        """Slaves that join, or join again, then the primary one."""
        staying = {*self.running.slaves} - self.leaving
        for slave in self.new.slaves:
            if slave not in staying:
                yield from _joined(self.bond, slave, facts)
        _, primary = self.primary
        if primary:
            yield _option(self.bond, Change("primary", "", primary), self.created)

    def bring_up(self) -> Iterator[Step]:
        """The bond is up."""
        if self.goes_down or not self.link.up:
            undo = () if self.created else (ip("link", "set", self.bond, "down"),)
            yield step(ip("link", "set", self.bond, "up"), undo, None, None)


def _change(bond: str, new: Bond, facts: Facts) -> _BondChange:
    created = bond not in facts.bonds
    running = Running() if created else facts.bonds[bond]
    link = _NEW if created else facts.links[bond]
    return _BondChange(bond, new, running, link, created, changes(running.options, new.options))


def _recreated(bond: str, running: Running, link: Link) -> Iterator[Action]:
    """What makes a bond again as it was, without slaves."""
    yield Write(MASTERS, f"+{bond}")
    folder, primary = f"{NET}/{bond}/bonding", running.options.get("primary")
    for change in changes(DEFAULTS, running.options):
        yield from _option_writes(folder, change)
    if primary:
        yield Write(f"{folder}/primary", primary)
    if link.mtu != _USUAL_MTU:
        yield ip("link", "set", bond, "mtu", str(link.mtu))


def _option_writes(folder: str, change: Change) -> list[Write]:
    """What sets an option of a bond that was just made."""
    path = f"{folder}/{change.key}"
    if change.key == "arp_ip_target":
        return [Write(path, f"+{target}") for target in change.new.split(",")]
    return [Write(path, change.new)]


def _without_slaves(bond: str, running: Running, link: Link) -> Iterator[Expect]:
    """What is seen of a bond without slaves."""
    yield Expect(f"{NET}/{bond}/mtu", "is", str(link.mtu))
    for key, value in running.options.items():
        if value != DEFAULTS[key] and key != "primary":
            yield from (shows(f"{NET}/{bond}/bonding/{key}", part) for part in value.split(","))


def _option(bond: str, change: Change, created: bool, **details: Any) -> Step:
    folder = f"{NET}/{bond}/bonding"
    path = f"{folder}/{change.key}"
    do, after = Write(path, change.new), shows(path, change.new)
    if created:
        return step(do, (), None, after, **details)
    undo = (Write(path, change.old), *(Write(f"{folder}/{key}", old) for key, old in change.side_effects))
    disruption = "link" if BY_NAME[change.key].while_down else "none"
    return step(do, undo, shows(path, change.old), after, disruption=disruption, **details)


def _arp_targets(bond: str, change: Change) -> Iterator[Step]:
    """Targets go from the end, so that undoing keeps their order."""
    path = f"{NET}/{bond}/bonding/arp_ip_target"
    before, after = (list(filter(None, text.split(","))) for text in (change.old, change.new))
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(before, after))))
    yield from (removed_from(path, target) for target in reversed(before[same:]))
    yield from (added_to(path, target) for target in after[same:])


def _joined(bond: str, slave: str, facts: Facts) -> Iterator[Step]:
    """A slave that joins, without addresses and down."""
    link = facts.links.get(slave, Link())
    yield from flushed(slave, link)
    if link.up and not facts.is_slave(slave):  # a slave that leaves its bond goes down by itself
        yield taken_down(slave)
    yield added_to(f"{NET}/{bond}/bonding/slaves", slave, disruption="link")


def _released(bond: str, slaves: Sequence[str], leaving: Collection[str]) -> Iterator[Step]:
    """Slaves leave from the end."""
    staying_behind: list[str] = []
    for slave in reversed(slaves):
        if slave in leaving:
            yield _leave(bond, slave, staying_behind)
        else:
            staying_behind = [slave, *staying_behind]


def _leave(bond: str, slave: str, behind: Sequence[str] = ()) -> Step:
    return removed_from(f"{NET}/{bond}/bonding/slaves", slave, behind, disruption="link", stage="remove")
