"""SCST: its kernel tree while it is loaded, /etc/scst.conf always."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...config import VIRTUAL, Config, Driver, Scst, Target
from ...flat import Path, diff
from ...host import Host
from ...step import Step
from ...views import few
from . import conf, devices, groups, save, sysfs, targets
from .absent import absent, completed, present
from .cut import cut
from .facts import Facts, facts

SCST_CONF = "/etc/scst.conf"
SERVICE = "scst"  # its script is rc.scst
FILES = (SCST_CONF,)

_KINDS = {"devices": "device", "targets": "target", "drivers": "driver", "groups": "device group", "attributes": "attribute"}

__all__ = (
    "FILES", "SCST_CONF", "SERVICE", "amend", "facts", "filed", "follow", "losses", "notes", "read", "running", "steps",
    "unsaved",
)


def read(host: Host) -> Scst:
    """SCST as it runs, with what stands in scst.conf only for want of its device or target; stopped, as scst.conf has it."""
    saved = filed(host)
    return completed(sysfs.read(host, saved), saved) if sysfs.loaded(host) else saved


def filed(host: Host) -> Scst:
    """SCST as scst.conf has it."""
    return conf.read(host.read(SCST_CONF) if host.exists(SCST_CONF) else "")


def running(host: Host, said: Scst) -> Scst:
    """SCST as it runs; stopped, it runs as it will."""
    return sysfs.read(host, said) if sysfs.loaded(host) else said


def unsaved(host: Host) -> Iterator[str]:
    """What runs and is not saved so, by kind."""
    said = filed(host)
    yield from _by_kind(_unsaved(said, running(host, said)))


def _unsaved(said: Scst, live: Scst) -> Iterator[Path]:
    """The facts that no file has; ALUA states are the cluster's, drivers and ports of cards come by themselves."""
    come = {("targets", name) for name, target in live.targets.items()
            if target == Target(target.driver) and target.driver not in VIRTUAL}
    come.update(("drivers", name) for name, driver in live.drivers.items() if driver == Driver())
    return (path for path, (_, now) in diff(said, live).items()
            if now is not None and path[-1] != "state" and path[:2] not in come)


def _by_kind(paths: Iterable[Path]) -> Iterator[str]:
    """Objects by their kind: "devices a b", "target t"."""
    differing = list(paths)
    for kind, what in _KINDS.items():
        names = sorted({path[1] for path in differing if path[0] == kind})
        if names:
            yield f"{what}{'s' if len(names) > 1 else ''} {few(names)}"


def losses(host: Host) -> Iterator[str]:
    """What goes when SCST stops: initiators lose their LUNs, and what stands in no file does not come back."""
    for session in facts(host).sessions:
        devices = [device for _, device in session.luns]
        yield f"{session.initiator} is logged in to {session.target}" + (f" and loses {few(devices)}" if devices else "")
    yield from (f"not saved, so it does not come back: {what}" for what in unsaved(host))


def steps(old: Config, new: Config, facts: Facts) -> Iterator[Step]:
    """The writes to the kernel, in an order that it takes; with SCST stopped, scst.conf is all."""
    if not facts.loaded or old.scst == new.scst:
        return
    filed_only = absent(old.scst, new.scst, facts)
    before, after = present(old.scst, filed_only), present(new.scst, filed_only)
    kept = cut(before, after)
    yield from groups.remove(before, kept)
    yield from targets.remove(before, kept, after)
    yield from devices.remove(before, kept, facts)
    yield from devices.make(kept, after, facts)
    yield from targets.make(kept, after, facts)
    yield from groups.make(kept, after)


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """scst.conf with what changes, and with what runs and was never saved; all other lines stay."""
    return text if old.scst == new.scst else save.amend(text, old.scst, new.scst)


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    ours = diff(old.scst, new.scst)
    foreign = (path for path in _unsaved(conf.read(text), old.scst) if path not in ours)
    yield from (f"saves what runs and was not saved: {what}" for what in _by_kind(foreign))
    for place in save.unwritable(new.scst):
        yield f"does not save what scst.conf cannot hold: {' '.join(word for key in place for word in key if word)}"


def follow(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """Nothing is left to do: what runs is what is saved."""
    return iter(())
