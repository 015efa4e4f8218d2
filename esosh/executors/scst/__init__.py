"""SCST: its kernel tree while it is loaded, /etc/scst.conf always."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...config import VIRTUAL, Config, Scst, blank
from ...flat import Path, Scalar, diff
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
    "FILES", "SCST_CONF", "SERVICE", "amend", "apart", "facts", "filed", "follow", "losses", "notes", "read", "running",
    "steps", "unsaved",
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
    yield from _by_kind(path for path, (_, now) in _differing(said, running(host, said)) if now is not None)


def _differing(saved: Scst, live: Scst) -> Iterator[tuple[Path, tuple[Scalar, Scalar]]]:
    """What the file and SCST do not say alike; ALUA states are the cluster's, and what the box brings comes by itself."""
    box = blank(Config(live)).scst
    said = replace(saved, targets={**box.targets, **saved.targets}, drivers={**box.drivers, **saved.drivers})
    return ((path, sides) for path, sides in diff(said, live).items() if path[-1] != "state")


def _by_kind(paths: Iterable[Path]) -> Iterator[str]:
    """Objects by their kind: "devices a b", "target t"."""
    objects = {path[:2] for path in paths}
    for kind, what in _KINDS.items():
        names = sorted(path[1] for path in objects if path[0] == kind)
        if names:
            yield f"{what}{'s' if len(names) > 1 else ''} {few(names)}"


def apart(host: Host) -> dict[str, list[str]]:
    """What SCST and scst.conf do not both have so, by kind.

    "unsaved": it runs; "otherwise": it runs, and the file says something else of it; "idle": it stands in the file only;
    "gone": so does a driver or a port of a card, which nobody but the box brings.
    """
    saved = filed(host)
    live = running(host, saved)
    sides: dict[tuple[str, str], list[bool]] = {}
    for path, (was, _) in _differing(saved, live):
        sides.setdefault((path[0], path[1]), []).append(was is not None)
    found: dict[str, list[tuple[str, ...]]] = {}
    for (kind, name), told in sides.items():
        there = name in getattr(live, kind)
        how = ("otherwise" if any(told) else "unsaved") if there else "gone" if _brought(kind, name, saved) else "idle"
        found.setdefault(how, []).append((kind, name))
    return {how: list(_by_kind(objects)) for how, objects in found.items()}


def _brought(kind: str, name: str, saved: Scst) -> bool:
    """Whether the box alone brings it."""
    return kind == "drivers" or (kind == "targets" and saved.targets[name].driver not in VIRTUAL)


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
    foreign = (path for path, (_, now) in _differing(conf.read(text), old.scst) if now is not None and path not in ours)
    yield from (f"saves what runs and was not saved: {what}" for what in _by_kind(foreign))
    for place in save.unwritable(new.scst):
        yield f"does not save what scst.conf cannot hold: {' '.join(word for key in place for word in key if word)}"


def follow(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """Nothing is left to do: what runs is what is saved."""
    return iter(())
