"""SCST: its kernel tree while it is loaded, /etc/scst.conf always."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Optional

from ...config import Config
from ...config.paths import Path
from ...config.scst import Scst
from ...host import Host
from ...records import replace
from ...views import Item, Items, few
from ..step import Step
from . import conf, devices, drift, groups, save, summary, sysfs, targets
from .drift import left_open
from .facts import Facts, facts
from .idle import running_part, saved_only, with_saved
from .kept import kept_in_place
from .queue import ROOT, perform, settle
from .reasons import explain
from .recognize import recognize
from .writes import changed

SCST_CONF = "/etc/scst.conf"
SERVICE = "scst"  # its script is rc.scst
FILES = (SCST_CONF,)

__all__ = (
    "FILES", "SCST_CONF", "SERVICE", "amend", "differing", "explain", "facts", "follow_ups", "is_driven",
    "left_open", "losses", "notes", "overview", "perform", "read", "recognize", "running", "saved", "settle",
    "status", "steps", "trace", "unsaved", "users",
)


def read(host: Host) -> Scst:
    """SCST as it runs, with what is in scst.conf only; where SCST is stopped, as scst.conf has it.

    A target or a device group may be in scst.conf only because its device or its card is absent.
    """
    in_file = saved(host)
    return with_saved(sysfs.read(host, in_file), in_file) if sysfs.loaded(host) else in_file


def saved(host: Host) -> Scst:
    """SCST as scst.conf has it."""
    return conf.read(host.read(SCST_CONF) if host.exists(SCST_CONF) else "")


def running(host: Host, saved: Scst) -> Scst:
    """SCST as it runs; where it is stopped, as it will run."""
    return sysfs.read(host, saved) if sysfs.loaded(host) else saved


def unsaved(host: Host) -> Iterator[str]:
    """What runs and is not saved so, by kind."""
    in_file = saved(host)
    yield from drift.unsaved(in_file, running(host, in_file))


def differing(host: Host) -> dict[str, list[str]]:
    """What SCST and scst.conf do not both have, by the kind of difference; attributes are not read for it."""
    in_file = saved(host)
    return drift.differing(*map(drift.outline, (in_file, running(host, in_file))))


def is_driven(path: Path) -> bool:
    """Whether it is the state of a target group: the agents of a cluster write it (ocf:esos:scst)."""
    return path[0] == "scst" and drift.is_state(path[1:])


def users(host: Host) -> Iterator[str]:
    """The initiators that lose their LUNs when SCST stops."""
    for session in facts(host).sessions:
        names = list(session.luns.values())
        loss = f" and loses {few(names)}" if names else ""
        yield f"{session.initiator} is logged in to {session.target}{loss}"


def losses(host: Host) -> Iterator[str]:
    """What is in no file, and does not come back when SCST stops."""
    return (f"not saved, so it does not come back: {objects}" for objects in unsaved(host))


def steps(old: Config, new: Config, facts: Facts) -> Iterator[Step]:
    """The writes to the kernel, in an order that it accepts; where SCST is stopped, scst.conf is all."""
    if not facts.loaded or old.scst == new.scst:
        return
    idle = saved_only(old.scst, new.scst, facts)
    before, after = running_part(old.scst, idle), running_part(new.scst, idle)
    kept = kept_in_place(before, after, facts.value)
    yield from groups.remove(before, kept)
    yield from targets.remove(before, kept, after)
    yield from devices.remove(before, kept, facts)
    yield from _own(kept, after, facts)
    yield from devices.make(kept, after, facts)
    yield from targets.make(kept, after, facts)
    yield from groups.make(kept, after)


def _own(kept: Scst, new: Scst, facts: Facts) -> Iterator[Step]:
    """The attributes of SCST itself, before the devices that come: setup_id begins their identity."""
    attributes = changed(ROOT, "core", kept.attributes, new.attributes, facts)
    return (replace(step, stage="create") for step in attributes)


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """scst.conf with what changes, and with what runs and was never saved; all other lines stay."""
    return text if old.scst == new.scst else save.amend(text, old.scst, new.scst)


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    others = [*save.saved_along(text, old.scst, new.scst)]
    states = drift.states_of(old.scst, filter(drift.is_state, others))
    objects = drift.by_kind(itertools.filterfalse(drift.is_state, others))
    yield from (f"saves what runs and was not saved: {what}" for what in (*objects, *states))
    for place in save.left_out(text, old.scst, new.scst):
        words = filter(None, itertools.chain.from_iterable(place))
        yield f"does not save what scst.conf cannot hold: {' '.join(words)}"


def follow_ups(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """Nothing is left to do: what runs is what is saved."""
    return iter(())


def status(host: Host, config: Config, name: Optional[str]) -> Items:
    """SCST itself, devices, then targets by driver. Raises Refused."""
    from .status_tree import tree  # only those who look need it

    return tree(config, facts(host), name)


def trace(host: Host, config: Config, name: str) -> Items:
    """All paths from or to an initiator, a device or a target. Raises Refused."""
    from .tracing import paths  # only those who look need it

    return paths(config, facts(host), name)


def overview(host: Host, config: Config) -> Iterator[Item]:
    """Where SCST and scst.conf differ, and how much runs."""
    yield from summary.differences(differing(host))
    yield summary.counts(config.scst, facts(host))
