"""SCST: its kernel tree while it is loaded, /etc/scst.conf always."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import VIRTUAL, Config, Scst
from ...host import Host
from ...step import Step
from . import conf, devices, groups, save, sysfs, targets
from .absent import completed, present
from .cut import cut
from .facts import Facts, facts

SCST_CONF = "/etc/scst.conf"
FILES = (SCST_CONF,)

__all__ = ("FILES", "SCST_CONF", "amend", "facts", "filed", "follow", "notes", "read", "running", "steps")


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


def steps(old: Config, new: Config, facts: Facts) -> Iterator[Step]:
    """The writes to the kernel, in an order that it takes; with SCST stopped, scst.conf is all."""
    if not facts.loaded or old.scst == new.scst:
        return
    ports = {name for name, target in new.scst.targets.items() if target.driver not in VIRTUAL}
    absent = frozenset(old.scst.devices) - facts.devices, frozenset({*old.scst.targets, *ports}) - facts.targets.keys()
    before, after = present(old.scst, *absent), present(new.scst, *absent)
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
    saved = conf.read(text)
    for kind in ("devices", "targets"):
        fresh = [name for name in getattr(new.scst, kind) if name not in getattr(saved, kind) and name in getattr(old.scst, kind)]
        if fresh:
            yield f"saves {kind} that run and stood in no file: {' '.join(fresh)}"


def follow(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """Nothing is left to do: what runs is what is saved."""
    return iter(())
