"""Initiators that are logged in: what a change from one SCST to another takes away from under them.

The kernel does so without a word, and moves a session to another group as soon as its initiator is in it.
Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ...config.lazy import differing
from ...config.scst import InitiatorGroup, Lun, Scst, Target
from ...executors.scst.facts import Facts, Session
from ...executors.scst.initiators import taken
from ...executors.scst.kept import kept_in_place
from .. import Finding
from .targets import answers

_Luns = Mapping[str, Lun]
_NONE = Target("")


def findings(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Sessions that would lose LUNs or their target, or have them recreated, or that stop the change."""
    if old.devices is new.devices and old.targets is new.targets and old.drivers is new.drivers:
        return
    kept = kept_in_place(old, new, facts.value)
    for session in _concerned(old, kept, new, facts):
        if _refused(session, old, kept):
            reason = "SCST does not delete an iSCSI target that has a session: log it out first"
            text = f"{session.initiator} is logged in, and {reason}"
            yield Finding("E366", "scst", f"scst {session.target}", text)
        else:
            yield from _disrupted(session, old, kept, new)


def _concerned(old: Scst, kept: Scst, new: Scst, facts: Facts) -> Sequence[Session]:
    """The sessions that may notice the change."""
    if old.drivers is not new.drivers or old.devices.keys() - kept.devices.keys():
        return facts.sessions
    targets = set(differing(old.targets, new.targets))
    return [session for name in targets & facts.targets.keys() for session in facts.sessions_of(name)]


def _refused(session: Session, old: Scst, kept: Scst) -> bool:
    """Whether the target of a session would be deleted, or recreated, and SCST would refuse that."""
    target = old.targets.get(session.target)
    return target is not None and target.driver == "iscsi" and session.target not in kept.targets


def _disrupted(session: Session, old: Scst, kept: Scst, new: Scst) -> Iterator[Finding]:
    for text in (_lost(session, old, new), _recreated(session, kept, new)):
        if text:
            sentence = f"{session.initiator} is logged in and {text}"
            yield Finding("E339", "scst", f"scst {session.target}", sentence, overridable=True)


def _lost(session: Session, old: Scst, new: Scst) -> str:
    """What a session would see no more, in words."""
    before, after = old.targets.get(session.target, _NONE), new.targets.get(session.target, _NONE)
    if session.target not in new.targets or _is_disabled(session.target, old, new):
        return "would lose its target"
    group = _group_after(session, before, after)
    luns = _lost_luns(session, _luns(after, group))
    return f"would lose {', '.join(luns)}{_moved(session, group)}" if luns else ""


def _moved(session: Session, group: str) -> str:
    """That a session would be in another group, in words."""
    view = f"group {group}" if group else "the target's own LUNs"
    return "" if group == session.group else f": it would see {view} in their place"


def _lost_luns(session: Session, luns: _Luns) -> list[str]:
    """The LUNs of a session that are not among these, or are of another device there."""
    devices = {number: lun.device for number, lun in luns.items()}
    seen = session.luns.items()
    return [_words(number, device) for number, device in seen if devices.get(number) != device]


def _words(number: str, device: str) -> str:
    return f"LUN {number} ({device})"


def _is_disabled(name: str, old: Scst, new: Scst) -> bool:
    """Whether a target would stop answering."""
    return answers(old.targets.get(name, _NONE), old) and not answers(new.targets[name], new)


def _group_after(session: Session, old: Target, new: Target) -> str:
    """The group that a session is in afterwards, "" for the target's own LUNs."""
    before, after = taken(session.initiator, old.groups), taken(session.initiator, new.groups)
    same_groups = before.keys() == after.keys() and session.group in {"", *new.groups}
    if same_groups or session.group in after:
        return session.group
    return _joined(before, after)


def _joined(before: Collection[str], after: Collection[str]) -> str:
    """The first group that is new to a session, or else the first; "" if there is none."""
    new = [group for group in after if group not in before]
    return next(iter([*new, *after]), "")


def _luns(target: Target, group: str) -> _Luns:
    return target.groups.get(group, InitiatorGroup()).luns if group else target.luns


def _recreated(session: Session, kept: Scst, new: Scst) -> str:
    """What would be deleted and created again, in words."""
    if session.target in new.targets.keys() - kept.targets.keys():
        again = "its target"
    else:
        again = _recreated_devices(session, kept, new) or _recreated_luns(session, kept, new)
    return f"would have {again} recreated under it" if again else ""


def _recreated_devices(session: Session, kept: Scst, new: Scst) -> str:
    recreated = new.devices.keys() - kept.devices.keys()
    devices = {device for device in session.luns.values() if device in recreated}
    return " ".join(sorted(devices))


def _recreated_luns(session: Session, kept: Scst, new: Scst) -> str:
    before, after = kept.targets.get(session.target, _NONE), new.targets.get(session.target, _NONE)
    recreated = _luns(after, session.group).keys() - _luns(before, session.group).keys()
    return ", ".join(_words(number, device) for number, device in session.luns.items() if number in recreated)
