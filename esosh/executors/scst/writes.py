"""The writes that SCST's objects are made of, each as a step with its inverse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Optional

from ...errors import Refused
from ..step import Expect, Step, Write, write
from .attributes import canonical, comparison, default
from .facts import Facts
from .queue import ROOT
from .sysfs import entry

UNTOUCHED = f"{ROOT}/targets/copy_manager/copy_manager_tgt"  # nobody sets it: it has the box's defaults
_INVERSES = {"add": "del", "create": "del", "add_device": "del_device", "add_target": "del_target"}


def added(folder: str, verb: str, name: str, parameters: str = "", **details: Any) -> Step:
    """Make an object through the mgmt of its folder."""
    path, mgmt = f"{folder}/{entry(name)}", f"{folder}/mgmt"
    do = Write(mgmt, " ".join(filter(None, (verb, name, parameters))))
    undo = Write(mgmt, f"{_INVERSES[verb]} {name}")
    return Step(do, (undo,), (Expect(path, "absent"),), Expect(path, "exists"),
                **{"stage": "create", "section": "scst", **details})


def removed(folder: str, verb: str, name: str, inverse: Sequence[Write], before: Optional[Expect] = None,
            **details: Any) -> Step:
    """Take an object away through the mgmt of its folder.

    `inverse` makes the object again, and then its attributes as they are before; `before` is what is expected
    besides these attributes, by default that the object exists.
    """
    path = f"{folder}/{entry(name)}"
    expected = (before or Expect(path, "exists"), *expectations(inverse[1:]))
    return Step(Write(f"{folder}/mgmt", f"{verb} {name}"), tuple(inverse), expected, Expect(path, "absent"),
                **{"stage": "remove", "section": "scst", **details})


def assigned(path: str, value: str, old: Optional[str], disruption: str = "none", stage: str = "set") -> Step:
    """Set an attribute; `old` None where what makes its object brings its value."""
    how = comparison(path.rpartition("/")[2])
    return write(path, value, old, how, section="scst", disruption=disruption, stage=stage)


def attribute_writes(folder: str, attributes: Mapping[str, str],
                     without: Collection[str] = ()) -> list[Write]:
    """The writes that set the attributes of an object that was just made."""
    return [Write(f"{folder}/{key}", value) for key, value in attributes.items() if key not in without]


def expectations(writes: Sequence[Write]) -> list[Expect]:
    """That the attributes have the values that are written."""
    return [_shown(write.path, write.text) for write in writes]


def _shown(path: str, value: str) -> Expect:
    """That an attribute has a value."""
    return Expect(path, comparison(path.rpartition("/")[2]), value)


def creation_steps(writes: Sequence[Write]) -> Iterator[Step]:
    """The writes as steps without an inverse of their own: what unmakes the object undoes them."""
    return (assigned(write.path, write.text, None, stage="create") for write in writes)


def changed(folder: str, kind: str, old: Mapping[str, str], new: Mapping[str, str], facts: Facts,
            disruptive: Collection[str] = ()) -> Iterator[Step]:
    """The attributes of an object that stays."""
    for key in differences(old, new):
        value = new[key] if key in new else _default(kind, key, facts)
        running = facts.value(f"{folder}/{key}")
        if running is None or canonical(key, running) != value:
            disruption = "io" if key in disruptive else "none"
            yield _assignment(f"{folder}/{key}", value, old.get(key, running), disruption)


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """The attributes that differ."""
    if old is new:
        return []
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


def _assignment(path: str, value: str, old: Optional[str], disruption: str) -> Step:
    """Set an attribute of an object that stays; no undo where the attribute could not be read before."""
    if old is None:
        return Step(Write(path, value), None, (), _shown(path, value), "set", "scst", disruption)
    return assigned(path, value, old, disruption)


def _default(kind: str, key: str, facts: Facts) -> str:
    """The default of an attribute. Raises Refused where nothing tells it."""
    value = default(kind, key)
    if value is None:
        value = facts.value(f"{UNTOUCHED}/{key}")
    if value is None:
        message = f"nothing tells the default of {key}: set it to the value that you want"
        raise Refused(message, word=key, code="E218")
    return value
