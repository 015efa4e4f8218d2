"""SCST's status as a tree: devices, targets and LUNs as configured, beside what runs and who is logged in."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Optional, Union

from ...config import Config
from ...config.scst import COPY_MANAGER, CORE, Driver, InitiatorGroup, Scst, Target
from ...errors.names import unknown_name
from ...language.words import quote
from ...views import Tree, counted
from ...views.secrets import MASK
from .conf_blocks import all_drivers
from .facts import Facts, Session
from .labels import (
    Luns,
    idle,
    in_order,
    is_disabled,
    lun_label,
    marked,
    running,
    runs,
    source,
    split_running,
    target_faults,
)
from .packing import ONE_PER_LINE, name_trees, packed_trees

_SOURCES = ("filename", "size")  # attributes that say what a device is made of


def tree(config: Config, facts: Facts, name: Optional[str] = None) -> Tree:
    """SCST itself, devices, then targets by driver; of a name, what it is of these. Raises Refused."""
    scst = config.scst
    drivers = sorted(all_drivers(scst))
    names = (CORE, *scst.devices, *scst.targets, *drivers)
    if name and name not in names:
        raise unknown_name("device, target or driver", name, names)
    shown = (_driver(driver, scst, facts, name) for driver in drivers if _is_asked(driver, scst, name))
    parts = (*_core(scst, name), *_devices(scst, facts, name), *shown)
    return Tree(f"scst ({running(facts)})", parts, data=functools.partial(_data, scst, facts, name))


def _data(scst: Scst, facts: Facts, name: Optional[str]) -> dict[str, object]:
    """What runs of what is shown, and who is logged in."""
    shown = [other for other in (*scst.devices, *scst.targets) if name in (None, other)]
    live = {*facts.devices, *facts.targets}
    return {
        "loaded": facts.loaded,
        "running": {other: other in live for other in shown},
        "sessions": [_session_data(session) for session in facts.sessions if name in (None, session.target)],
    }


def _session_data(session: Session) -> dict[str, object]:
    return {"initiator": session.initiator, "target": session.target, "group": session.group,
            "luns": dict(session.luns)}


def _core(scst: Scst, name: Optional[str]) -> Iterator[Tree]:
    if name == CORE or (scst.attributes and not name):
        yield Tree(CORE, _attributes(scst.attributes))


def _is_asked(driver: str, scst: Scst, name: Optional[str]) -> bool:
    """Whether a driver is to be shown, for itself or for one of its targets.

    Where nobody asks for the copy manager, it is shown if it has attributes of its own.
    """
    if name is None and driver == COPY_MANAGER:
        return bool(scst.drivers[driver].attributes)
    return name in (None, driver) or (name in scst.targets and scst.targets[name].driver == driver)


def _devices(scst: Scst, facts: Facts, name: Optional[str]) -> Iterator[Tree]:
    """The devices, those first that do not run."""
    asked = (device for device in sorted(scst.devices) if name in (None, device))
    running, lost = split_running(asked, facts)
    trees = (*(_device(device, scst, True) for device in lost), *_running_devices(running, scst))
    if trees:
        yield Tree("devices", trees)


def _running_devices(names: Sequence[str], scst: Scst) -> Iterator[Tree]:
    if len(names) <= ONE_PER_LINE:
        return (_device(name, scst, False) for name in names)
    return _by_handler(names, scst)


def _by_handler(names: Iterable[str], scst: Scst) -> Iterator[Tree]:
    handlers: dict[str, list[str]] = {}
    for name in names:
        handlers.setdefault(scst.devices[name].handler, []).append(name)
    for handler, devices in sorted(handlers.items()):
        yield from name_trees(f"{handler}, {counted(len(devices), 'device')}", devices)


def _device(name: str, scst: Scst, lost: bool) -> Tree:
    device = scst.devices[name]
    keys = sorted(device.attributes.keys() - {*_SOURCES})
    attributes = " ".join(f"{key}={device.attributes[key]}" for key in keys)
    words = (name, device.handler, source(device), attributes)
    return marked("  ".join(filter(None, words)), lost)


def _attributes(attributes: Mapping[str, str], more: Iterable[str] = ()) -> tuple[Tree, ...]:
    """What is not at its default, as it is typed."""
    pairs = (f"{key}={quote(value)}" for key, value in sorted(attributes.items()))
    return packed_trees((*pairs, *more))


def _users(owner: Union[Driver, Target]) -> Iterator[str]:
    """Who may log in, without the secrets."""
    yield from (f'IncomingUser="{user} {MASK}"' for user in sorted(owner.users))
    if owner.outgoing:
        yield f'OutgoingUser="{owner.outgoing.partition(" ")[0]} {MASK}"'


def _driver(name: str, scst: Scst, facts: Facts, asked: Optional[str]) -> Tree:
    """A driver and its targets; asked for one target, only that."""
    state = _driver_state(name, scst)
    targets = [target for target in sorted(scst.targets) if scst.targets[target].driver == name]
    if asked in targets and asked != name:
        parts: tuple[Tree, ...] = (_target(asked, scst, facts),)
    else:
        own = _own_lines(scst.drivers.get(name, Driver()))
        parts = (*own, *(_target(target, scst, facts) for target in targets))
    return Tree(f"{name}{state}", parts, "warn" if state else "")


def _driver_state(name: str, scst: Scst) -> str:
    if name not in scst.drivers:
        return "  not loaded"
    return "  disabled" if is_disabled(name, scst) else ""


def _own_lines(owner: Union[Driver, Target]) -> tuple[Tree, ...]:
    """The attributes, users and portals of a driver or a target."""
    portals = sorted(owner.portals) if isinstance(owner, Target) else ()
    portal_pairs = (f"allowed_portal={portal}" for portal in portals)
    return _attributes(owner.attributes, (*_users(owner), *portal_pairs))


def _target(name: str, scst: Scst, facts: Facts) -> Tree:
    target = scst.targets[name]
    faults = [*target_faults(name, scst, facts)]
    number = f"  rel_tgt_id {target.rel_tgt_id}" if target.rel_tgt_id else ""
    groups, sessions = _groups(name, scst, facts), _sessions(name, facts)
    parts = (*_own_lines(target), *_luns(target.luns, facts), *groups, *sessions)
    return Tree(f"{name}  {', '.join(faults) or 'enabled'}{number}", parts, "warn" if faults else "")


def _groups(name: str, scst: Scst, facts: Facts) -> Iterator[Tree]:
    lost = idle(scst, facts).initiator_groups
    groups = sorted(scst.targets[name].groups.items())
    return (_group(group, inner, facts, (name, group) in lost) for group, inner in groups)


def _group(name: str, group: InitiatorGroup, facts: Facts, lost: bool) -> Tree:
    initiators = name_trees("initiators", sorted(group.initiators))
    parts = (*_attributes(group.attributes), *initiators, *_luns(group.luns, facts))
    return marked(f"group {name}", lost, parts)


def _luns(luns: Luns, facts: Facts) -> Iterator[Tree]:
    """The LUNs, those last whose device does not run."""
    running: list[str] = []
    lost: list[str] = []
    for number, lun in in_order(luns):
        labels = running if runs(lun.device, facts) else lost
        labels.append(lun_label(number, lun))
    yield from _running_luns(running)
    yield from (marked(f"LUN {label}", True) for label in lost)


def _running_luns(labels: Sequence[str]) -> Iterable[Tree]:
    if len(labels) > ONE_PER_LINE:
        return name_trees(f"{len(labels)} LUNs", labels)
    return (Tree(f"LUN {label}") for label in labels)


def _sessions(target: str, facts: Facts) -> Iterator[Tree]:
    sessions = tuple(_session(session) for session in facts.sessions if session.target == target)
    if sessions:
        yield Tree("sessions", sessions)


def _session(session: Session) -> Tree:
    group = f"group {session.group}" if session.group else "no group"
    return Tree(f"{session.initiator}  {group}, {counted(len(session.luns), 'LUN')}")
