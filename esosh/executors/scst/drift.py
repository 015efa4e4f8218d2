"""Where SCST and scst.conf differ, by kinds of objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from ...config.paths import Path, Scalar, diff
from ...config.scst import (
    COPY_MANAGER,
    VIRTUAL,
    Device,
    Driver,
    InitiatorGroup,
    Lun,
    Scst,
    Target,
    blank,
)
from ...records import replace
from ...views import few

_KINDS = {
    "devices": "device", "targets": "target", "drivers": "driver", "groups": "device group",
    "attributes": "attribute",
}
_Object = TypeVar("_Object")
Sides = tuple[Scalar, Scalar]  # in scst.conf, and as it runs


def unsaved(saved: Scst, live: Scst) -> Iterator[str]:
    """What runs and is not saved so, by kind."""
    return by_kind(unsaved_paths(saved, live))


def unsaved_paths(saved: Scst, live: Scst) -> Iterator[Path]:
    """The paths of what runs and is not saved so."""
    return (path for path, (_, value) in _differing(saved, live) if value is not None)


def _differing(saved: Scst, live: Scst) -> Iterator[tuple[Path, Sides]]:
    """What differs; ALUA states are the cluster's, and what the box brings comes by itself."""
    box = blank(live)
    targets, drivers = {**box.targets, **saved.targets}, {**box.drivers, **saved.drivers}
    paths = diff(replace(saved, targets=targets, drivers=drivers), live)
    for path, (in_file, running) in paths.items():
        if not is_state(path) and not left_open(("scst", *path), in_file):
            yield path, (in_file, running)


def unsaved_states(saved: Scst, live: Scst) -> Iterator[Path]:
    """The paths of the states of target groups that run and are saved otherwise."""
    paths = diff(Scst(groups=saved.groups), Scst(groups=live.groups))
    return (path for path, sides in paths.items() if is_state(path) and None not in sides)


def is_state(path: Path) -> bool:
    """Whether a path within SCST is the state of a target group, which the agents of a cluster write.

    Source: the agent ocf:esos:scst.
    """
    return path[:1] == ("groups",) and path[4:] == ("state",)


def left_open(path: Path, value: Scalar) -> bool:
    """Whether scst.conf leaves a fact to SCST: the id of a target, and that the copy manager is there."""
    if path[1:3] == ("drivers", COPY_MANAGER):
        return value is None and path[3:4] != ("attributes",)
    return path[1] == "targets" and path[-1] == "rel_tgt_id" and value == 0


def outline(scst: Scst) -> Scst:
    """What there is, and its states: without the attributes of devices, targets and LUNs."""
    return Scst(
        {name: Device(device.handler) for name, device in scst.devices.items()},
        {name: _outline_of_target(target) for name, target in scst.targets.items()},
        scst.groups,
        {name: Driver(driver.enabled) for name, driver in scst.drivers.items()},
        scst.attributes,
    )


def _outline_of_target(target: Target) -> Target:
    groups = {name: InitiatorGroup(_names_of(group.luns, Lun("")), group.initiators)
              for name, group in target.groups.items()}
    return Target(target.driver, target.enabled, luns=_names_of(target.luns, Lun("")), groups=groups)


def _names_of(objects: Mapping[str, _Object], empty: _Object) -> Mapping[str, _Object]:
    return dict.fromkeys(objects, empty)


def by_kind(paths: Iterable[Path]) -> Iterator[str]:
    """Objects by their kind: "devices a b", "target t"."""
    names: dict[str, set[str]] = {}
    for kind, name, *_ in paths:
        names.setdefault(kind, set()).add(name)
    for kind, word in _KINDS.items():
        if kind in names:
            yield f"{word}{'s' if len(names[kind]) > 1 else ''} {few(sorted(names[kind]))}"


def states_of(scst: Scst, paths: Iterable[Path]) -> Iterator[str]:
    """The states at these paths, by device group: "states of device group esos (local active)"."""
    states: dict[str, list[str]] = {}
    for _, dgrp, _, tgrp, _ in paths:
        states.setdefault(dgrp, []).append(f"{tgrp} {scst.groups[dgrp].target_groups[tgrp].state}")
    return (f"states of device group {dgrp} ({', '.join(texts)})" for dgrp, texts in states.items())


def differing(saved: Scst, live: Scst) -> dict[str, list[str]]:
    """What SCST and scst.conf do not both have so, by kind.

    "unsaved": it runs; "otherwise": it runs, and the file says something else of it; "idle": it stands in the
    file only; "gone": so does a driver or a port of a card, which only the box brings.
    """
    in_file: dict[Path, list[bool]] = {}
    for path, (value, _) in _differing(saved, live):
        in_file.setdefault(path[:2], []).append(value is not None)
    objects: dict[str, list[Path]] = {}
    for path, values in in_file.items():
        objects.setdefault(_difference(path, any(values), saved, live), []).append(path)
    return {difference: list(by_kind(paths)) for difference, paths in objects.items()}


def _difference(path: Path, in_file: bool, saved: Scst, live: Scst) -> str:
    kind, name = path
    if name in getattr(live, kind):
        return "otherwise" if in_file else "unsaved"
    return "gone" if _is_of_the_box(kind, name, saved) else "idle"


def _is_of_the_box(kind: str, name: str, saved: Scst) -> bool:
    """Whether only the box brings it."""
    return kind == "drivers" or (kind == "targets" and saved.targets[name].driver not in VIRTUAL)
