"""SCST in a few lines: what runs, and where it and scst.conf differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...config.scst import Scst
from ...views import Item, counted, topic
from .facts import Facts

_DIFFERENCES = {  # how SCST and scst.conf differ, in words, and what would help
    "unsaved": ("not saved", ("adopt scst",)),
    "otherwise": ("runs otherwise than in scst.conf", ("adopt scst", "reapply scst")),
    "idle": ("in scst.conf and not running", ("reapply scst",)),
    "gone": ("in scst.conf and not on this box", ("check scst",)),
}


def differences(objects: Mapping[str, Sequence[str]]) -> Iterator[Item]:
    """A line for each way in which SCST and scst.conf differ, with the objects that do."""
    kinds = [kind for kind in _DIFFERENCES if kind in objects]
    remedies = dict.fromkeys(line for kind in kinds for line in _DIFFERENCES[kind][1])
    for kind in kinds:
        difference, names = _DIFFERENCES[kind][0], ", ".join(objects[kind])
        yield topic("scst", "warn", f"{difference}: {names}", f"status drift, {' or '.join(remedies)}")


def counts(scst: Scst, facts: Facts) -> Item:
    """How many devices and targets SCST has."""
    if not facts.loaded:
        return topic("scst", "off", "stopped")
    running = [target for name, target in scst.targets.items() if name in facts.targets]
    enabled = sum(target.enabled for target in running)
    devices, targets = counted(len(facts.devices), "device"), counted(len(running), "target")
    return topic("scst", "ok", f"{devices}, {targets}, {enabled} enabled")
