"""Attributes of a candidate's objects: given, taken back, and those of which an object has several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, Union

from ...config import Driver, Target
from ...errors import Refused
from ...executors.scst.attributes import LARGEST, USER, canonical, is_state, saved
from ...views import MASK
from .. import Command, Pair, Pairs

Attributes = Mapping[str, str]
SEVERAL = ("IncomingUser", "allowed_portal")  # keys that a line may have more than once
_ELSEWHERE = {
    "enabled": "that is what enable and disable are for",
    "forwarding": "its name is forward_dst", "session_name": "SCST does not keep it",
    "size": "it is that of its file or disk; scst device resync takes over a new one",
}
_LARGEST_ID = 65535
_FORMS = {  # what the kernel takes, and the grammar does not tell
    "threads": (re.compile("0*[1-9][0-9]*"), "a number from 1 to 1000"),
    "naa_id": (re.compile("(0x([235][0-9a-f]{15}|6[0-9a-f]{31}))?", re.I),
               "0x and 16 digits, the first 2, 3 or 5, or 32, the first 6"),
}
_LIKE_A_USER = re.compile("incoming|outgoing|user|usr", re.I)  # whose value would hold a secret that nobody masks
_Owner = TypeVar("_Owner", Driver, Target)


def given(pairs: Pairs) -> list[tuple[str, str]]:
    """The keys, without "=", and their values. Raises Refused for a key that is given twice."""
    found = [(pair.key.rstrip("="), str(pair.value)) for pair in pairs]
    keys = [key for key, _ in found if key not in SEVERAL]
    for key in keys:
        if keys.count(key) > 1:
            raise Refused(f"{key} is given twice", word=key, code="E204")
    return found


def changed(kind: str, attributes: Attributes, values: Iterable[tuple[str, str]]) -> Attributes:
    """The attributes with new values; one that is as by default is none. Raises Refused for the kernel's own state."""
    found = dict(attributes)
    for key, value in values:
        if kind == "vdisk_nullio" and key == "size_mb":
            key, value = "size", str(int(value) << 20)
        if _LIKE_A_USER.search(key):
            raise Refused(f"no {key} here: a user is IncomingUser or OutgoingUser of a target or a driver", word=key, code="E202")
        if key in _FORMS and not _FORMS[key][0].fullmatch(value):
            raise Refused(f"{key} is {_FORMS[key][1]}", word=value, code="E206")
        if key in LARGEST and int(value) > LARGEST[key]:
            raise Refused(f"{key} is {LARGEST[key]} at the most", word=value, code="E206")
        if is_state(kind, key):
            about = _ELSEWHERE.get("size" if key == "size_mb" else key, "it is state of the kernel")
            raise Refused(f"{key} is not configured: {about}", word=key, code="E217")
        if saved(kind, key, value):
            found[key] = canonical(kind, key, value)
        else:
            found.pop(key, None)
    return found


def without(attributes: Attributes, keys: Iterable[str], what: str) -> Attributes:
    """The attributes without some. Raises Refused for one that is not set."""
    found = dict(attributes)
    for key in keys:
        if key not in found:
            raise Refused(f"{what} has no {key} of its own", word=key, code="E202")
        del found[key]
    return found


def checked_id(value: str) -> int:
    """A relative target id as a number. Raises Refused for one that SCST does not take."""
    if not 1 <= int(value) <= _LARGEST_ID:
        raise Refused(f"{value} is no id: SCST takes 1 to {_LARGEST_ID}", word=value, code="E206")
    return int(value)


def owned(owner: _Owner, kind: str, pairs: Pairs) -> _Owner:
    """A driver or a target with what the pairs say of its users, its portals and its attributes."""
    rest = []
    for key, value in given(pairs):
        if key in ("IncomingUser", "OutgoingUser"):
            owner = _with_user(owner, key, value)
        elif key == "allowed_portal" and isinstance(owner, Target):
            owner = _with(owner, portals=owner.portals | {value})
        elif key == "rel_tgt_id" and isinstance(owner, Target):
            owner = _with(owner, rel_tgt_id=checked_id(value))
        else:
            rest.append((key, value))
    return replace(owner, attributes=changed(kind, owner.attributes, rest))


def _with(owner: _Owner, **parts: Any) -> _Owner:
    return replace(owner, **parts)


def _with_user(owner: _Owner, key: str, value: str) -> _Owner:
    name, _, secret = value.partition(" ")
    if secret == MASK:
        raise Refused(f"the secret of {name} is masked: give {key}=\"{name} @ask\"", word=value, code="E219")
    if not USER.fullmatch(value):
        raise Refused("a secret has 12 letters or more, the first no @, and no blank and none of = ; \" ' \\ { } #", code="E206")
    if key == "IncomingUser":
        return replace(owner, users=dict(sorted({**owner.users, name: secret}.items())))
    return replace(owner, outgoing=value)


def disowned(owner: _Owner, keys: Iterable[Union[str, Pair]], what: str) -> _Owner:
    """A driver or a target without some attributes, users or portals. Raises Refused for one that it does not have."""
    for key in keys:
        if isinstance(key, Pair):
            owner = _without_one(owner, key.key.rstrip("="), str(key.value), what)
        elif key in _FIELDS and hasattr(owner, _FIELDS[key]):
            empty = type(getattr(owner, _FIELDS[key]))()
            if getattr(owner, _FIELDS[key]) == empty:
                raise Refused(f"{what} has no {key}", word=key, code="E202")
            owner = _with(owner, **{_FIELDS[key]: empty})
        else:
            owner = replace(owner, attributes=without(owner.attributes, (key,), what))
    return owner


_FIELDS = {"IncomingUser": "users", "OutgoingUser": "outgoing", "allowed_portal": "portals", "rel_tgt_id": "rel_tgt_id"}


def _without_one(owner: _Owner, key: str, name: str, what: str) -> _Owner:
    there = getattr(owner, _FIELDS[key])
    if name not in there:
        raise Refused(f"{what} has no {key} {name}", word=name, code="E202")
    if key == "IncomingUser":
        return _with(owner, users={user: secret for user, secret in there.items() if user != name})
    return _with(owner, portals=there - {name})


def pairs(attributes: Attributes) -> Pairs:
    """Attributes as a line has them, the file of a device first."""
    ordered = sorted(attributes, key=lambda key: (key != "filename", key))
    return tuple(Pair(f"{key}=", attributes[key]) for key in ordered)


def owner_pairs(owner: Union[Driver, Target]) -> Pairs:
    """All that a driver or a target is told of itself."""
    number = [Pair("rel_tgt_id=", str(owner.rel_tgt_id))] if isinstance(owner, Target) and owner.rel_tgt_id else []
    users = [Pair("IncomingUser=", f"{user} {secret}") for user, secret in sorted(owner.users.items())]
    outgoing = [Pair("OutgoingUser=", owner.outgoing)] if owner.outgoing else []
    portals = [Pair("allowed_portal=", portal) for portal in sorted(owner.portals)] if isinstance(owner, Target) else []
    return (*number, *pairs(owner.attributes), *users, *outgoing, *portals)


def settled(line: Command, what: str, differs: bool) -> None:
    """Raises Refused where what is to be added is there and differs."""
    if differs:
        raise Refused(f"{what} is there and differs", mend=str(line), code="E203")
