"""The writes that say who may log in to a target or to a driver: users and portals, each of them a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Union

from ...config.scst import Driver, Target
from ...records import Record
from ..step import Expect, Step, Write
from .sysfs import entry

_Place = tuple[str, str]  # a key and, where there may be several, a name


class Owner(Record):
    """What a value belongs to: a target in the folder of its driver, or, where `target` is "", the driver."""

    driver: str
    target: str
    enabled: bool


def removals(owner: Owner, old: Target) -> Iterator[Step]:
    """The values of a target that goes."""
    for (key, _), text in _values(old).items():
        yield _removed(owner, key, text, "remove")


def changes(owner: Owner, old: Union[Driver, Target], new: Union[Driver, Target]) -> Iterator[Step]:
    """What comes, what is exchanged, then what goes: at no time nobody, or everybody, may log in."""
    before, after = _values(old), _values(new)
    yield from _additions(owner, before, after)
    yield from _exchanges(owner, before, after)
    for (key, name), text in before.items():
        if (key, name) not in after:
            yield _removed(owner, key, text, "set")


def _values(owner: Union[Driver, Target]) -> dict[_Place, str]:
    """What the attributes are told; there is one OutgoingUser at most."""
    values = {("IncomingUser", user): f"{user} {secret}" for user, secret in owner.users.items()}
    if owner.outgoing:
        values["OutgoingUser", ""] = owner.outgoing
    portals = sorted(owner.portals) if isinstance(owner, Target) else ()
    return {**values, **{("allowed_portal", portal): portal for portal in portals}}


def _additions(owner: Owner, before: Mapping[_Place, str], after: Mapping[_Place, str]) -> Iterator[Step]:
    restricted = {"OutgoingUser", *(key for key, _ in before)}
    for (key, name), text in after.items():
        if (key, name) not in before:
            shuts_out = owner.enabled and key not in restricted  # from now on not all may log in
            yield _added(owner, key, text, "io" if shuts_out else "none")


def _exchanges(owner: Owner, before: Mapping[_Place, str], after: Mapping[_Place, str]) -> Iterator[Step]:
    users = {name for key, name in (*before, *after) if key == "IncomingUser"}
    for (key, name), text in after.items():
        old = before.get((key, name), text)
        if old != text:
            is_only_user = key == "IncomingUser" and users == {name}
            yield from _exchanged(owner, key, old, text, owner.enabled and is_only_user)


def _exchanged(owner: Owner, key: str, old: str, new: str, is_only_user: bool) -> Iterator[Step]:
    """Another secret; the only user keeps the old one under another name meanwhile, lest all may log in."""
    placeholder = old.replace(" ", ".old ", 1)
    if is_only_user:
        yield _added(owner, key, placeholder)
    yield _removed(owner, key, old, "create")
    yield _added(owner, key, new)
    if is_only_user:
        yield _removed(owner, key, placeholder, "create")


def _added(owner: Owner, key: str, text: str, disruption: str = "none") -> Step:
    add, delete = _writes(owner, key, text)
    absent, present = _expectations(owner, key, text)
    return Step(add, (delete,), (absent,), present, "create", "scst", disruption)


def _removed(owner: Owner, key: str, text: str, stage: str) -> Step:
    add, delete = _writes(owner, key, text)
    absent, present = _expectations(owner, key, text)
    return Step(delete, (add,), (present,), absent, stage, "scst", "io" if owner.enabled else "none")


def _writes(owner: Owner, key: str, text: str) -> tuple[Write, Write]:
    """The writes that add the value and delete it."""
    attribute = f"target_attribute {owner.target} {key}" if owner.target else f"attribute {key}"
    name = text.partition(" ")[0]
    return (Write(f"{owner.driver}/mgmt", f"add_{attribute} {text}"),
            Write(f"{owner.driver}/mgmt", f"del_{attribute} {name}"))


def _expectations(owner: Owner, key: str, text: str) -> tuple[Expect, Expect]:
    """That the value is absent, and that it is present."""
    folder = f"{owner.driver}/{entry(owner.target)}" if owner.target else owner.driver
    return Expect(f"{folder}/{key}*", "none", text), Expect(f"{folder}/{key}*", "any", text)
