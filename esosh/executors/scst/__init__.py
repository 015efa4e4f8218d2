"""SCST: its kernel tree while it is loaded, /etc/scst.conf always."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...config import Config, Scst
from ...host import Host
from ...step import Step
from . import conf, groups, save, sysfs

SCST_CONF = "/etc/scst.conf"
FILES = (SCST_CONF,)


def read(host: Host) -> Scst:
    """SCST as it runs, with the objects that stand in scst.conf only marked absent; else as scst.conf has it."""
    saved = filed(host)
    return _with_absent(sysfs.read(host), saved) if sysfs.loaded(host) else saved


def filed(host: Host) -> Scst:
    """SCST as scst.conf has it."""
    return conf.read(host.read(SCST_CONF) if host.exists(SCST_CONF) else "")


def running(host: Host, said: Scst) -> Scst:
    """SCST as it runs; stopped, it runs as it will."""
    return sysfs.read(host) if sysfs.loaded(host) else said


def _with_absent(live: Scst, saved: Scst) -> Scst:
    devices = {name: replace(device, absent=True) for name, device in saved.devices.items() if name not in live.devices}
    targets = {name: replace(target, absent=True) for name, target in saved.targets.items() if name not in live.targets}
    return replace(live, devices={**live.devices, **devices}, targets={**live.targets, **targets})


def facts(host: Host) -> bool:
    """Whether SCST is loaded."""
    return sysfs.loaded(host)


def steps(old: Config, new: Config, facts: bool) -> Iterator[Step]:
    """The writes to the kernel; with SCST stopped, scst.conf is all."""
    return groups.steps(old.scst, new.scst) if facts else iter(())


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """scst.conf with what changes, and with what runs and was never saved; all other lines stay."""
    return text if old.scst == new.scst else save.amend(text, old.scst, new.scst)


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    saved = conf.read(text)
    for kind, running, known in (("devices", new.scst.devices, saved.devices), ("targets", new.scst.targets, saved.targets)):
        fresh = [name for name in running if name not in known]
        if fresh:
            yield f"saves {kind} that run and stood in no file: {' '.join(fresh)}"


def follow(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """Nothing is left to do: what runs is what is saved."""
    return iter(())
