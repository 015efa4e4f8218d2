"""The writes that SCST's objects are made of, each as a step with its inverse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Optional

from ...errors import Refused
from ...step import See, Step, Write, write
from .attributes import canonical, default
from .facts import Facts
from .queue import ROOT
from .sysfs import entry


def added(folder: str, verb: str, name: str, about: str = "", **more: Any) -> Step:
    """Make an object through the mgmt of its folder; `about` follows its name."""
    path = f"{folder}/{entry(name)}"
    do = Write(f"{folder}/mgmt", " ".join(filter(None, (verb, name, about))))
    return Step(do, (Write(f"{folder}/mgmt", f"{_BACK[verb]} {name}"),), (See(path, "gone"),), See(path, "there"),
                **{"stage": "create", "section": "scst", **more})


def gone(folder: str, verb: str, name: str, back: Sequence[Write], found: Optional[See] = None, **more: Any) -> Step:
    """Take an object away through the mgmt of its folder; `back` makes it, then its attributes, again as they are then."""
    path = f"{folder}/{entry(name)}"
    stood = (found or See(path, "there"), *(See(each.path, "is", each.text) for each in back[1:]))
    return Step(Write(f"{folder}/mgmt", f"{verb} {name}"), tuple(back), stood, See(path, "gone"),
                **{"stage": "remove", "section": "scst", **more})


_UNTOUCHED = f"{ROOT}/targets/copy_manager/copy_manager_tgt"  # a target that nobody configures: it has what depends on the box
_BACK = {"add": "del", "create": "del", "add_device": "del_device", "add_target": "del_target"}


def assigned(path: str, value: str, old: Optional[str], disruption: str = "none", stage: str = "set") -> Step:
    """Set an attribute; `old` None where what makes its object brings its value."""
    return write(path, value, old, section="scst", disruption=disruption, stage=stage)


def fresh(folder: str, attributes: Mapping[str, str], besides: Collection[str] = ()) -> list[Write]:
    """The attributes of an object that was just made."""
    return [Write(f"{folder}/{key}", value) for key, value in attributes.items() if key not in besides]


def created(writes: Sequence[Write]) -> Iterator[Step]:
    """Those writes as steps that the inverse of the object's own step undoes."""
    return (assigned(each.path, each.text, None, stage="create") for each in writes)


def _usual(kind: str, key: str, facts: Facts) -> str:
    """The default of an attribute. Raises Refused where nothing tells it."""
    known = default(kind, key)
    usual = known if known is not None else facts.value(f"{_UNTOUCHED}/{key}")
    if usual is None:
        raise Refused(f"nothing tells the default of {key}: set it to the value that you want", word=key, code="E218")
    return usual


def changed(folder: str, kind: str, old: Mapping[str, str], new: Mapping[str, str], facts: Facts,
            disrupts: Collection[str] = ()) -> Iterator[Step]:
    """The attributes of an object that stays; where it has none of its own, what it reads now comes back."""
    for key in sorted({*old, *new}):
        value, path = new[key] if key in new else _usual(kind, key, facts), f"{folder}/{key}"
        running = facts.value(path)
        if old.get(key) == new.get(key) or (running is not None and canonical(kind, key, running) == value):
            continue
        back = old.get(key, running)
        disruption = "io" if key in disrupts else "none"
        if back is None:
            yield Step(Write(path, value), None, (), See(path, "is", value), "set", "scst", disruption)
        else:
            yield assigned(path, value, back, disruption)
