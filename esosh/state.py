"""What lives on the machine, as trees and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable, Optional, Union

from . import exports, history, store
from .config import Bond, Config, Scst
from .errors import Refused
from .executors import scst
from .executors.net import links
from .executors.scst.absent import present
from .executors.scst.facts import Facts
from .executors.svc import status as service_status
from .guard import left
from .host import Host
from .views import Line, Lines, Table, Tree, View, counted

_APART = {  # how SCST and scst.conf differ, in words, and what would help
    "unsaved": ("not saved", ("adopt scst",)),
    "otherwise": ("runs otherwise than in scst.conf", ("adopt scst", "reapply scst")),
    "idle": ("in scst.conf and not running", ("reapply scst",)),
    "gone": ("in scst.conf and not on this box", ("check scst",)),
}


def status(host: Host, config: Config, section: str, name: Optional[str]) -> View:
    """One section, or one object of it. Raises Refused for a name that is not there."""
    views: dict[str, Callable[[Host, Config, Optional[str]], Union[Table, Tree]]] = {
        "alua": _alua, "net": _net, "svc": _svc, "scst": _scst,
    }
    view = views[section](host, config, name)
    if name and not (view.rows if isinstance(view, Table) else view.children):
        raise Refused(f"no {section} {name}", word=name, code="E202")
    return view


def _alua(host: Host, config: Config, name: Optional[str]) -> Tree:
    return exports.alua(config, scst.facts(host), name)


def _net(host: Host, config: Config, name: Optional[str]) -> Table:
    facts = links.facts(host)
    rows = tuple((link, "up" if about.up else "down", str(about.mtu), " ".join(address for address, _ in about.addresses) or "-",
                  _role(link, facts)) for link, about in facts.links.items() if name in (None, link))
    return Table(("interface", "state", "mtu", "address", "role"), rows)


def _role(link: str, facts: links.Facts) -> str:
    if link in facts.bonds:
        running = facts.bonds[link]
        return f"bond {running.options.get('mode', '')}: {' '.join(running.slaves) or 'no slaves'}"
    masters = [bond for bond, running in facts.bonds.items() if link in running.slaves]
    return f"slave of {masters[0]}" if masters else ""


def _svc(host: Host, config: Config, name: Optional[str]) -> Table:
    rows = tuple((service, "enabled" if about.enabled else "disabled", service_status(host, service), about.opts or "")
                 for service, about in config.svc.items() if name in (None, service))
    return Table(("service", "at boot", "now", "options"), rows)


def _scst(host: Host, config: Config, name: Optional[str]) -> Tree:
    return exports.scst(config, scst.facts(host), name)


def summary(host: Host, config: Config, edits: int) -> Lines:
    """The whole box on one page: what to look at first, each with the line that would help."""
    found = [line for line in (_commit(host), _sync(host), _edits(edits), *_apart(host), *_services(host, config)) if line]
    facts = scst.facts(host)
    sections = (_bonds(host, config), _targets(config.scst, facts), *_groups(config.scst, facts))
    look = len([line for line in found if line.style != "ok"])
    head = Line(f"{host.name:50}{look} to look at" if look else host.name, "title")
    return Lines((head, *sorted(found, key=lambda line: line.style == "ok"), *sections))


def _commit(host: Host) -> Optional[Line]:
    waiting, word = store.awaiting(host), store.word(host)
    if word:
        return Line(f" !  commit   {word}", "warn")
    if waiting:
        due = f"{waiting.id} by {waiting.who.user} is undone in {left(waiting)} unless confirmed"
        return Line(f" !  commit   {due}  confirm", "warn")
    cut = store.cut_short(host)
    if cut is None:
        return None
    return Line(f" !  commit   {cut.id} was cut short at step {cut.begun} of {len(cut.steps)}  recover", "error")


def _sync(host: Host) -> Line:
    unsaved = history.unsaved(host)
    if store.awaiting(host):
        return Line("--  sync     not before the commit is confirmed", "dim")
    if unsaved:
        return Line(f" !  sync     {counted(unsaved, 'commit')} not on the boot medium  sync", "warn")
    return Line("ok  sync     saved", "ok")


def _edits(edits: int) -> Line:
    if edits:
        return Line(f" !  edits    {edits} not committed  diff, commit", "warn")
    return Line("ok  edits    none pending", "ok")


def _apart(host: Host) -> Iterator[Line]:
    found = scst.apart(host)
    ways = dict.fromkeys(way for how, (_, ways) in _APART.items() if how in found for way in ways)
    for how in (how for how in _APART if how in found):
        yield Line(f" !  scst     {_APART[how][0]}: {', '.join(found[how])}  status drift, {' or '.join(ways)}", "warn")


def _services(host: Host, config: Config) -> Iterator[Line]:
    for name, service in config.svc.items():
        if service.enabled and service_status(host, name) == "stopped":
            yield Line(f" !  svc      {name} is enabled and does not run  svc start {name}", "warn")


def _bonds(host: Host, config: Config) -> Line:
    facts = links.facts(host)
    shown = [_bond(name, bond, facts) for name, bond in config.net.bonds.items()]
    return Line(f"ok  net      {'; '.join(shown) or 'no bonds'}", "ok")


def _bond(name: str, bond: Bond, facts: links.Facts) -> str:
    slaves = ", ".join(f"{slave} {'up' if slave in facts.links and facts.links[slave].up else 'down'}" for slave in bond.slaves)
    return f"{name} {bond.address} {bond.options.get('mode', 'balance-rr')}: {slaves}"


def _targets(about: Scst, facts: Facts) -> Line:
    if not facts.loaded:
        return Line("--  scst     stopped", "dim")
    there = [target for name, target in about.targets.items() if name in facts.targets]
    enabled = sum(target.enabled for target in there)
    devices, targets = counted(len(facts.devices), "device"), counted(len(there), "target")
    return Line(f"ok  scst     {devices}, {targets}, {enabled} enabled", "ok")


def _groups(about: Scst, facts: Facts) -> Iterator[Line]:
    if about.groups and not facts.loaded:
        yield Line("--  alua     stopped", "dim")
        return
    for name, group in present(about, exports.idle(about, facts)).groups.items():
        states = ", ".join(exports.state(tgrp, inner) for tgrp, inner in group.target_groups.items())
        yield Line(f"ok  alua     {name}: {states or 'no target groups'}", "ok")
