"""SCST attributes: those that SCST does not have, and those whose default is not known.

Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import AbstractSet, Callable, Union

from ...config.scst import CORE, OF_VIRTUAL_PORTS, Driver, Scst, Target
from ...executors.scst import values
from ...executors.scst.attributes import DEFAULTS, NAMES, ONLY_OF
from ...executors.scst.facts import Facts
from ...executors.scst.queue import ROOT
from ...executors.scst.sysfs import entry
from ...executors.scst.writes import UNTOUCHED
from ...records import Record
from .. import Finding

_PORTAL = "allowed_portal"


class _Owner(Record):
    """What has attributes: an object, or a group of a target.

    `unset` begins the line that removes one; `folders` are those in sysfs of it and of others of its kind.
    """

    name: str
    kind: str
    attributes: Mapping[str, str]
    unset: str
    folders: Callable[[], Iterable[str]]


def findings(changed: Scst, scst: Scst, facts: Facts) -> Iterator[Finding]:
    """Attributes of what changed that esosh does not know by name, and that SCST does not have either."""
    core = _Owner(CORE, "core", changed.attributes, "scst unset", lambda: (ROOT,))
    yield from _unknown_attributes(core, facts)
    for name, driver in changed.drivers.items():
        yield from _driver(name, driver, facts)
    for name, device in changed.devices.items():
        folders = functools.partial(_device_folders, scst, device.handler)
        owner = _Owner(name, device.handler, device.attributes, f"scst device unset {name}", folders)
        yield from _unknown_attributes(owner, facts)
    for name, target in changed.targets.items():
        yield from _target(name, target, facts)


def without_default(old: Scst, new: Scst) -> Iterator[Finding]:
    """Attributes of SCST itself that are unset, and whose default is not known."""
    unset = () if old.attributes is new.attributes else old.attributes.keys() - new.attributes.keys()
    for key in sorted(set(unset) - DEFAULTS["core"].keys()):
        text = f"the default of {key} is not known"
        yield Finding("E367", "scst", f"scst {CORE}", text, f"scst set {key}=")


def _driver(name: str, driver: Driver, facts: Facts) -> Iterator[Finding]:
    folder, unset = f"{ROOT}/targets/{name}", f"scst driver unset {name}"
    kind = "driver" if name == "iscsi" else name  # the attributes that esosh knows are iSCSI's
    yield from _unknown_attributes(_Owner(name, kind, driver.attributes, unset, lambda: (folder,)), facts)
    yield from _foreign(name, name, driver, unset)
    yield from _switch(name, driver, facts)


def _switch(name: str, driver: Driver, facts: Facts) -> Iterator[Finding]:
    """A driver that is enabled has a switch."""
    if facts.loaded and driver.enabled and not facts.writable(f"{ROOT}/targets/{name}/enabled"):
        text = "this driver has no switch: enable its targets"
        yield Finding("E341", "scst", f"scst {name}", text, f"scst driver disable {name}")


def _device_folders(scst: Scst, handler: str) -> Iterator[str]:
    """The folders of the devices of a handler."""
    for name, device in scst.devices.items():
        if device.handler == handler:
            yield f"{ROOT}/devices/{entry(name)}"


def _target(name: str, target: Target, facts: Facts) -> Iterator[Finding]:
    unset, folders = f"scst target unset {name}", functools.partial(_target_folders, target.driver, facts)
    yield from _foreign(name, target.driver, target, unset)
    yield from _unknown_attributes(_Owner(name, "target", target.attributes, unset, folders), facts)
    yield from _processors(name, target.attributes, "", facts)
    yield from _groups(name, target, facts)


def _processors(name: str, attributes: Mapping[str, str], place: str, facts: Facts) -> Iterator[Finding]:
    """Masks have no processors that the box lacks."""
    mask = values.bits(attributes.get("cpu_mask", ""))
    present = values.bits(facts.value(f"{UNTOUCHED}/cpu_mask") or "") if mask else None
    if mask and present and mask & ~present:
        text = f"{place}cpu_mask {mask:x} has processors that the box lacks: all it has are {present:x}"
        yield Finding("E382", "scst", f"scst {name}", text)


def _target_folders(driver: str, facts: Facts) -> Iterator[str]:
    """The folders that targets of a driver have."""
    return (_folder(driver, target) for target in facts.targets)


def _groups(name: str, target: Target, facts: Facts) -> Iterator[Finding]:
    folders = [f"{_folder(target.driver, name)}/ini_groups/{entry(group)}" for group in target.groups]
    for group, configured in target.groups.items():
        unset = f"scst group unset {name} {group}"
        owner = _Owner(name, "group", configured.attributes, unset, lambda: folders)
        yield from _unknown_attributes(owner, facts)
        yield from _processors(name, configured.attributes, f"group {group}: ", facts)
        yield from _of_other_drivers(name, target.driver, configured.attributes, unset)


def _folder(driver: str, target: str) -> str:
    return f"{ROOT}/targets/{driver}/{entry(target)}"


def _foreign(name: str, driver: str, configured: Union[Driver, Target], unset: str) -> Iterator[Finding]:
    """What only another driver and its targets have."""
    portals = configured.portals if isinstance(configured, Target) else ()
    parts = {"IncomingUser": configured.users, "OutgoingUser": configured.outgoing, _PORTAL: portals}
    keys = (*configured.attributes, *filter(parts.get, parts))
    yield from _of_other_drivers(name, driver, keys, unset)


def _of_other_drivers(name: str, driver: str, keys: Iterable[str], unset: str) -> Iterator[Finding]:
    """Attributes that this driver lacks, because they are another one's."""
    for key in keys:
        if ONLY_OF.get(key, "iscsi" if key[0].isupper() or key == _PORTAL else driver) != driver:
            yield Finding("E341", "scst", f"scst {name}", f"{driver} has no {key}", f"{unset} {key}")


def _unknown_attributes(owner: _Owner, facts: Facts) -> Iterator[Finding]:
    """Attributes that are neither known by name nor writable in sysfs, for any object of the kind."""
    names = _names(owner.kind, facts)
    for key in sorted(owner.attributes.keys() - names):
        if not facts.loaded:
            text = f"esosh does not know {key}, and SCST is stopped, so it is not checked"
            yield Finding("W340", "scst", f"scst {owner.name}", text)
        elif not _writable(key, owner.folders(), facts):
            text = f"SCST has no {key} here that can be written{_suggestion(key, names)}"
            yield Finding("E341", "scst", f"scst {owner.name}", text, f"{owner.unset} {key}")


def _names(kind: str, facts: Facts) -> set[str]:
    """The attributes that a kind is known to have, those of a handler's add_device among them."""
    own = OF_VIRTUAL_PORTS if kind == "target" else ()
    return {*NAMES.get(kind, ()), *facts.handlers.get(kind, ()), *own}


def _writable(key: str, folders: Iterable[str], facts: Facts) -> bool:
    return any(facts.writable(f"{folder}/{key}") for folder in folders)


def _suggestion(key: str, names: AbstractSet[str]) -> str:
    import difflib  # only an unknown attribute needs it

    matches = difflib.get_close_matches(key, names, 1)
    return f"; did you mean {matches[0]}?" if matches else ""
