"""How much of SCST an amendment of scst.conf is about: what an edit changed, and what the file lacks.

An object that is the same one before and after the edit, and stands in the file by its name, is not looked
at: its lines stay as they are, even where it runs otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...config.lazy import differing
from ...config.scst import Device, DeviceGroup, Driver, InitiatorGroup, Lun, Scst, Target, TargetGroup
from ...records import Record, replace

_OBJECTS: Mapping[type, Mapping[str, type]] = {  # the mappings of an object, with the kind of what they hold
    Scst: {"devices": Device, "targets": Target, "groups": DeviceGroup, "drivers": Driver, "attributes": str},
    Target: {"luns": Lun, "groups": InitiatorGroup},
    InitiatorGroup: {"luns": Lun},
    DeviceGroup: {"target_groups": TargetGroup},
}
_MEMBERS: Mapping[type, str] = {InitiatorGroup: "initiators", DeviceGroup: "devices"}  # sets of names


class Extent(Record):
    """The part of SCST that an amendment is about: as it was, as it is to be, and as the file has it."""

    old: Scst
    new: Scst
    saved: Scst

    @property
    def is_saved(self) -> bool:
        """Whether nothing is to be done."""
        return self.old == self.new == self.saved


def extent(old: Scst, new: Scst, saved: Scst) -> Extent:
    """The parts of three configurations with the objects that have to be looked at."""
    parts = _object_parts(Scst, (old, new, saved))
    owners = {target.driver for part in parts for target in part.targets.values()}
    others = dict.fromkeys(owners.difference(*(part.drivers for part in parts)), Driver())
    return Extent(*(replace(part, drivers={**part.drivers, **others}) for part in parts))


def _object_parts(kind: type, versions: Sequence[Any]) -> Sequence[Any]:
    """The parts of three versions of one object; None for a version that does not exist."""
    for field, inner in _OBJECTS.get(kind, {}).items():
        mappings = [{} if version is None else getattr(version, field) for version in versions]
        parts = _mapping_parts(inner, mappings)
        versions = [_with(version, field, part) for version, part in zip(versions, parts)]
    return _without_common_members(versions, _MEMBERS[kind]) if kind in _MEMBERS else versions


def _with(version: Any, field: str, part: object) -> Any:
    return None if version is None else replace(version, **{field: part})


def _without_common_members(versions: Sequence[Any], field: str) -> Sequence[Any]:
    """The versions without the members that all three have."""
    if None in versions:
        return versions
    members: list[frozenset[str]] = [getattr(version, field) for version in versions]
    common = frozenset.intersection(*members)
    return [_with(version, field, names - common) for version, names in zip(versions, members)]


def _mapping_parts(kind: type, versions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts of three versions of a mapping."""
    names = _names(*versions)
    if not names:
        return [{} for _ in versions]
    parts = [{name: version[name] for name in version if name in names} for version in versions]
    for name in names:
        for part, inner in zip(parts, _object_parts(kind, [part.get(name) for part in parts])):
            if inner is not None:
                part[name] = inner
    return parts


def _names(old: Mapping[str, Any], new: Mapping[str, Any], saved: Mapping[str, Any]) -> set[str]:
    """The names of what is not the same object in the old and in the new, and of what the file lacks."""
    changed = {name for name in differing(old, new) if not _is_same_text(old.get(name), new.get(name))}
    return changed | {*new}.difference(saved)


def _is_same_text(old: object, new: object) -> bool:
    return isinstance(old, str) and old == new
