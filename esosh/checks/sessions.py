"""Initiators that are logged in: what the way from one SCST to another takes from under them.

The kernel takes it away without a word, and moves a session to another group as soon as its initiator is in that one.
Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..config import SWITCHLESS, Driver, InitiatorGroup, Scst, Target
from ..executors.scst.cut import cut
from ..executors.scst.facts import Facts, Session
from ..executors.scst.initiators import taken
from . import Finding


def findings(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Who would lose LUNs or its target, or have them made anew under it; and whose session SCST would not let go."""
    kept = cut(old, new)
    for session in facts.sessions:
        if session.target in old.targets.keys() - kept.targets.keys() and old.targets[session.target].driver == "iscsi":
            text = f"{session.initiator} is logged in, and SCST deletes no iSCSI target with a session: log it out first"
            yield Finding("E366", "scst", f"scst {session.target}", text)
            continue
        for text in filter(None, (_lost(session, old, new), _anew(session, kept, new))):
            told = f"{session.initiator} is logged in and {text}"
            yield Finding("E339", "scst", f"scst {session.target}", told, overridable=True)


def _lost(session: Session, old: Scst, new: Scst) -> str:
    """What it would see no more, in words."""
    target = new.targets.get(session.target)
    before = old.targets.get(session.target, Target(""))
    if target is None or (_answers(before, old) and not _answers(target, new)):
        return "would lose its target"
    group = _group(session, before, target)
    luns = _view(target, group).luns
    lost = [f"LUN {number} ({device})" for number, device in session.luns if number not in luns or luns[number].device != device]
    there = f"group {group}" if group else "the target's own LUNs"
    moved = "" if group == session.group else f": it would see {there} in their place"
    return f"would lose {', '.join(lost)}{moved}" if lost else ""


def _answers(target: Target, scst: Scst) -> bool:
    """Whether initiators stay logged in to a target; of the drivers iscsi alone has a switch of its own."""
    driver = scst.drivers.get(target.driver, Driver(enabled=True))
    return (target.enabled or target.driver in SWITCHLESS) and (driver.enabled or target.driver != "iscsi")


def _group(session: Session, old: Target, new: Target) -> str:
    """The group that a session is in afterwards, "" for the target's own LUNs."""
    before, after = taken(session.initiator, old.groups), taken(session.initiator, new.groups)
    if session.group in after or (before.keys() == after.keys() and session.group in {"", *new.groups}):
        return session.group
    return next((group for group in after if group not in before), next(iter(after), ""))


def _view(target: Target, group: str) -> InitiatorGroup:
    return target.groups.get(group, InitiatorGroup()) if group else InitiatorGroup(target.luns)


def _anew(session: Session, kept: Scst, new: Scst) -> str:
    """What would go and come again, in words."""
    if session.target in new.targets and session.target not in kept.targets:
        return "would have its target made anew under it"
    devices = sorted({device for _, device in session.luns if device in new.devices and device not in kept.devices})
    if devices:
        return f"would have {' '.join(devices)} made anew under it"
    if session.target not in new.targets:
        return ""
    stays, luns = (_view(scst.targets[session.target], session.group).luns for scst in (kept, new))
    again = [f"LUN {number} ({device})" for number, device in session.luns if number in luns and number not in stays]
    return f"would have {', '.join(again)} made anew under it" if again else ""
