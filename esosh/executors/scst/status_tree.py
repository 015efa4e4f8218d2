"""SCST's status as a tree: devices, targets and LUNs as configured, beside what runs and who is logged in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from ...config import Config
from ...config.scst import COPY_MANAGER, CORE, Driver
from ...errors.names import unknown_name
from ...language.words import quote
from ...views import Item, Items, Tree, counted
from ...views.secrets import MASK
from . import items
from .conf_blocks import all_drivers
from .facts import Facts
from .labels import is_lost, lun_label, marked, own_faults, running, source, split_lost
from .packing import ONE_PER_LINE, name_trees, packed_trees
from .visibility import Box

_SOURCES = ("filename", "size")  # attributes that say what a device is made of


def tree(config: Config, facts: Facts, name: Optional[str] = None) -> Items:
    """SCST itself, devices, then targets by driver; of a name, what it is of these. Raises Refused."""
    box, scst = Box(config, facts), config.scst
    drivers = sorted(all_drivers(scst))
    names = (CORE, *scst.devices, *scst.targets, *drivers)
    if name and name not in names:
        raise unknown_name("device, target or driver", name, names)
    return Items(Item("scst", name or "", {
        "running": facts.loaded, "attributes": scst.attributes if name in (None, CORE) else None,
        "devices": lambda: [items.device(box, device) for device in sorted(scst.devices)
                            if name in (None, device)],
        "drivers": lambda: [_driver(box, driver, name) for driver in drivers if _is_asked(box, driver, name)],
    }), _drawn)


def _is_asked(box: Box, driver: str, name: Optional[str]) -> bool:
    """Whether a driver is to be shown, for itself or for one of its targets.

    Where nobody asks for the copy manager, it is shown if it has attributes of its own.
    """
    if name is None and driver == COPY_MANAGER:
        return bool(box.scst.drivers[driver].attributes)
    targets = box.scst.targets
    return name in (None, driver) or (name in targets and targets[name].driver == driver)


def _driver(box: Box, name: str, asked: Optional[str]) -> Item:
    """A driver and its targets; asked for one target, only that."""
    own = sorted(target for target in box.scst.targets if box.scst.targets[target].driver == name)
    targets = [asked] if asked in own and asked != name else own
    return Item("driver", name, {
        "loaded": name in box.scst.drivers, "enabled": items.driver_enabled(box.scst, name),
        **items.settings(box.scst.drivers.get(name, Driver())),
        "targets": lambda: [_target(box, target) for target in targets if target],
    })


def _target(box: Box, name: str) -> Item:
    """A target with all that it shows, and to whom."""
    own, shown = box.scst.targets[name], items.target(box, name)
    return Item("target", name, {
        **shown.fields,
        "luns": lambda: items.luns(box, own.luns),
        "groups": lambda: [items.group(box, name, *group) for group in sorted(own.groups.items())],
        "sessions": lambda: list(map(items.session, box.facts.sessions_of(name))),
    })


def _drawn(scst: Item) -> Tree:
    shown = (_drawn_driver(driver, scst.name) for driver in scst["drivers"])
    return Tree(f"scst ({running(scst)})", (*_core(scst), *_devices(scst["devices"]), *shown))


def _core(scst: Item) -> Iterator[Tree]:
    if scst.name == CORE or scst["attributes"]:
        yield Tree(CORE, _own_lines(scst))


def _devices(devices: Iterable[Item]) -> Iterator[Tree]:
    """The devices, those first that do not run."""
    there, lost = split_lost(devices)
    trees = (*map(_device, lost), *_running_devices(there))
    if trees:
        yield Tree("devices", trees)


def _running_devices(devices: Sequence[Item]) -> Iterator[Tree]:
    return map(_device, devices) if len(devices) <= ONE_PER_LINE else _by_handler(devices)


def _by_handler(devices: Iterable[Item]) -> Iterator[Tree]:
    handlers: dict[str, list[str]] = {}
    for device in devices:
        handlers.setdefault(device["handler"], []).append(device.name)
    for handler, names in sorted(handlers.items()):
        yield from name_trees(f"{handler}, {counted(len(names), 'device')}", names)


def _device(device: Item) -> Tree:
    attributes = device["attributes"]
    keys = sorted(attributes.keys() - {*_SOURCES})
    pairs = " ".join(f"{key}={attributes[key]}" for key in keys)
    words = (device.name, device["handler"], source(device), pairs)
    return marked("  ".join(filter(None, words)), is_lost(device))


def _own_lines(owner: Item) -> tuple[Tree, ...]:
    """What is not at its default of an item, its users and its portals, as it is typed."""
    pairs = (f"{key}={quote(value)}" for key, value in sorted(owner["attributes"].items()))
    portals = (f"allowed_portal={portal}" for portal in owner.get("portals", ()))
    return packed_trees((*pairs, *_users(owner), *portals))


def _users(owner: Item) -> Iterator[str]:
    """Who may log in, without the secrets."""
    yield from (f'IncomingUser="{user} {MASK}"' for user in owner.get("users", ()))
    if owner.get("outgoing"):
        yield f'OutgoingUser="{owner["outgoing"]} {MASK}"'


def _drawn_driver(driver: Item, asked: str) -> Tree:
    """A driver and its targets; its own settings where more than a target of it is asked for."""
    state = "" if driver["enabled"] else "  disabled" if driver["loaded"] else "  not loaded"
    own = _own_lines(driver) if asked in ("", driver.name) else ()
    targets = map(_drawn_target, driver["targets"])
    return Tree(f"{driver.name}{state}", (*own, *targets), "warn" if state else "")


def _drawn_target(target: Item) -> Tree:
    faults = [*own_faults(target)]
    number = f"  rel_tgt_id {target['rel_tgt_id']}" if target["rel_tgt_id"] else ""
    there = target["running"] is not False
    groups = (_group(group, there) for group in target["groups"])
    parts = (*_own_lines(target), *_luns(target["luns"]), *groups, *_sessions(target["sessions"]))
    return Tree(f"{target.name}  {', '.join(faults) or 'enabled'}{number}", parts, "warn" if faults else "")


def _group(group: Item, there: bool) -> Tree:
    """A group of initiators; `there`: its target is, so that it is its own fault where it does not run."""
    initiators = name_trees("initiators", group["initiators"])
    parts = (*_own_lines(group), *initiators, *_luns(group["luns"]))
    return marked(f"group {group.name}", there and is_lost(group), parts)


def _luns(luns: Iterable[Item]) -> Iterator[Tree]:
    """The LUNs, those last whose device does not run."""
    there, lost = split_lost(luns)
    yield from _running_luns(list(map(lun_label, there)))
    yield from (marked(f"LUN {lun_label(lun)}", True) for lun in lost)


def _running_luns(labels: Sequence[str]) -> Iterable[Tree]:
    if len(labels) > ONE_PER_LINE:
        return name_trees(f"{len(labels)} LUNs", labels)
    return (Tree(f"LUN {label}") for label in labels)


def _sessions(sessions: Sequence[Item]) -> Iterator[Tree]:
    if sessions:
        yield Tree("sessions", tuple(map(_session, sessions)))


def _session(session: Item) -> Tree:
    group = f"group {session['group']}" if session["group"] else "no group"
    return Tree(f"{session.name}  {group}, {counted(len(session['luns']), 'LUN')}")
