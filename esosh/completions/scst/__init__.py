"""scst: devices, drivers, targets, initiator groups, initiators and LUNs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from ...commands.scst.attributes import REPEATABLE as REPEATABLE
from ...config import Config
from ...config.scst import COPY_MANAGER, VIRTUAL, Driver, InitiatorGroup, Scst, Target
from ...executors.scst.attributes import PARAMETERS
from ...executors.scst.facts import WWN, facts
from .. import Context, Name, Names, except_typed, files, merged
from .attributes import group_of, keys, lacking, luns_of, owner_of, target_of, values

__all__ = ("keys", "lacking", "values")

_WILDCARDS = {*"*?!"}
_SWITCHED = ("iscsi",)  # the drivers that can be enabled as a whole


def export(context: Context) -> Names:
    """Devices, targets and drivers."""
    return _devices(context.current.scst) + exporter(context) + driver(context)


def _devices(scst: Scst) -> Names:
    def described(name: str) -> Name:
        return Name(name, "live", f"device, {scst.devices[name].handler}")

    return Names(dict.fromkeys(scst.devices, described))


def handler(context: Context) -> Iterator[Name]:
    """Device handlers: those that esosh knows, and those in use."""
    used = {device.handler for device in context.current.scst.devices.values()}
    handlers = dict.fromkeys((*PARAMETERS, "dev_disk", *sorted(used)))
    return (Name(name, "live" if name in used else "") for name in handlers if not name.startswith("vdisk_"))


def driver(context: Context) -> Names:
    """Target drivers; to be enabled or disabled, those that have a switch; for a target, not SCST's own."""
    live, candidate = context.live_and_candidate(lambda config: config.scst.drivers)
    drivers = merged(live, candidate, _driver_summary)
    if {"enable", "disable"} & {*context.texts}:
        return Names.of(name for name in drivers if name.text in _SWITCHED)
    if "target" in context.texts:
        return Names.of(name for name in drivers if name.text != COPY_MANAGER)
    return drivers


def _driver_summary(name: str, driver: Driver) -> str:
    return "driver, enabled" if driver.enabled else "driver"


def exporter(context: Context) -> Names:
    """Targets of this host that the line's verb can be about, without those that the line has."""
    live, candidate = context.live_and_candidate(lambda config: _fitting(config, context))
    return except_typed(context.words_of("EXPORTER"), merged(live, candidate, _target_summary))


def _fitting(config: Config, context: Context) -> Mapping[str, Target]:
    """The targets that the line's verb fits: ports of cards cannot be deleted, and only they issue a LIP."""
    verb = "".join(context.texts[-1:])
    targets = config.scst.targets
    if verb == "del":
        return {name: target for name, target in targets.items() if target.driver in VIRTUAL}
    if verb == "lip":
        return {name: targets[name] for name in targets if WWN.fullmatch(name)}
    return targets


def _target_summary(name: str, target: Target) -> str:
    state = "enabled" if target.enabled else "disabled"
    number = f", rel_tgt_id {target.rel_tgt_id}" if target.rel_tgt_id else ""
    return f"target, {target.driver}, {state}{number}"


def renamed(context: Context) -> Names:
    """Ports of cards that export nothing yet, of the driver of the target to rename."""
    unused = Target(target_of(context.candidate, context).driver)
    if unused.driver in VIRTUAL:
        return Names()
    ports = (name for name, target in context.candidate.scst.targets.items() if target == unused)
    return except_typed(context.words_of("EXPORTER"), (Name(port, "live", unused.driver) for port in ports))


def group(context: Context) -> Names:
    """Initiator groups of the line's target."""
    live, candidate = context.live_and_candidate(lambda config: target_of(config, context).groups)
    return merged(live, candidate, _group_summary)


def _group_summary(name: str, group: InitiatorGroup) -> str:
    return f"{len(group.luns)} LUNs, {' '.join(sorted(group.initiators))}"


def initiator(context: Context) -> Names:
    """Initiators of the line's group, without those that the line has."""
    live, candidate = context.live_and_candidate(lambda config: sorted(group_of(config, context).initiators))
    initiators = merged(dict.fromkeys(live, ""), dict.fromkeys(candidate, ""), lambda name, summary: summary)
    return except_typed(context.words_of("INITIATOR"), initiators)


def new_initiator(context: Context) -> Names:
    """Initiators that are logged in to the target and in none of its groups, then those of other targets."""
    targets = context.candidate.scst.targets
    waiting = _logged_in(_waiting(context, context.word("EXPORTER")), "logged in, in no group")
    owners = {initiator: name for name, target in targets.items() for initiator in _initiators(target)}
    others = (Name(initiator, "live", f"of {owner}") for initiator, owner in sorted(owners.items()))
    typed = {*context.words_of("NEW_INITIATOR"), *_initiators(target_of(context.candidate, context))}
    return except_typed(typed, waiting + others)


def _logged_in(initiators: Iterable[str], summary: str) -> Names:
    return Names(dict.fromkeys(initiators, lambda name: Name(name, "live", summary)))


def _initiators(target: Target) -> set[str]:
    """The initiators of a target's groups."""
    return {initiator for group in target.groups.values() for initiator in group.initiators}


def _waiting(context: Context, target: Optional[str] = None) -> list[str]:
    """The initiators that are logged in, to one target or to any, and see no group there."""
    sessions = facts(context.host).sessions if context.host else ()
    waiting = [session for session in sessions if not session.group]
    return sorted({session.initiator for session in waiting if target in (None, session.target)})


def lun(context: Context) -> Names:
    """The LUNs of the line's target or group, without those that the line has."""
    live, candidate = context.live_and_candidate(lambda config: luns_of(config, context))
    return except_typed(context.words_of("LUN"), merged(live, candidate, lambda number, lun: lun.device))


def new_lun(context: Context) -> Iterator[Name]:
    """The first free number."""
    used = luns_of(context.candidate, context)
    numbers = map(str, range(len(used) + 1))
    yield Name(next(number for number in numbers if number not in used), "new", "the first that is free")


def set_key(context: Context) -> Names:
    """The attributes that the line's object has and can lose, without those that the line has."""
    keys = (Name(key, "live", value) for key, value in values(context).items())
    return except_typed((*context.words_of("SET_KEY"), *_needed(context)), keys)


def _needed(context: Context) -> list[str]:
    """The attributes that the line's object cannot be without: a file, and an enabled target's id."""
    device = context.candidate.scst.devices.get(context.word("DEVICE") or "")
    file = [] if device and device.handler == "vcdrom" else ["filename"]
    is_enabled = target_of(context.candidate, context).enabled and not context.word("GROUP")
    return [*file, "rel_tgt_id"] if is_enabled else file


def user_name(context: Context) -> Iterator[Name]:
    """The users of the line's target or driver."""
    return (Name(user, "live") for user in owner_of(context).users)


def path(context: Context) -> Iterator[Name]:
    """Files and disks of the box."""
    if context.host and context.prefix.startswith("/"):
        return files(context.host, context.prefix)
    return iter(())


def traced(context: Context) -> Names:
    """Initiators, first those that are logged in and in no group, devices and targets."""
    scst = context.current.scst
    waiting = _logged_in(_waiting(context), "initiator, logged in, in no group")
    initiators = set().union(*map(_initiators, scst.targets.values()))
    others = (Name(name, "live", "initiator") for name in sorted(initiators) if not _WILDCARDS & {*name})

    def described(name: str) -> Name:
        return Name(name, "live", _target_summary(name, scst.targets[name]))

    return waiting + others + _devices(scst) + Names(dict.fromkeys(scst.targets, described))
