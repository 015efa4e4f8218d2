"""Attributes of a candidate's objects, set and unset, and the fields that are typed in the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Callable, TypeVar, Union

from ...config.lazy import without as without_names
from ...config.scst import Driver, Target
from ...errors import Refused
from ...executors.scst.attributes import FORMS, LARGEST, USER, canonical, is_state, worth_saving
from ...language.numbers import decimal
from ...records import replace
from ...views.secrets import MASK
from .. import Command, Pair, Pairs, first_repeated

Attributes = Mapping[str, str]
Owner = TypeVar("Owner", Driver, Target)  # the owner of users and portals
REPEATABLE = ("IncomingUser", "allowed_portal")  # keys that a line may have more than once
_FIELDS = {  # by key: the fields of a driver or a target
    "IncomingUser": "users",
    "OutgoingUser": "outgoing",
    "allowed_portal": "portals",
    "rel_tgt_id": "rel_tgt_id",
}
_OF_THE_KERNEL = "it is state of the kernel"
_OF_THE_FILE = "it is that of its file or disk; scst device resync takes over a new one"
_ELSEWHERE = {  # by key: why it is no configuration
    "enabled": "that is what enable and disable are for",
    "forwarding": "its name is forward_dst",
    "session_name": "SCST does not keep it",
    "size": _OF_THE_FILE, "size_mb": _OF_THE_FILE,
}
_SECRET = "a secret has 12 letters or more, the first no @, and no blank and no ="
_LARGEST_ID = 65535
_LIKE_A_USER = re.compile("incoming|outgoing|user|usr", re.I)  # its value would hold an unmasked secret


def keys_and_values(pairs: Pairs) -> list[tuple[str, str]]:
    """The keys, without "=", and their values. Raises Refused for a key that is given twice."""
    items = [(pair.key.rstrip("="), str(pair.value)) for pair in pairs]
    repeated = first_repeated([key for key, _ in items if key not in REPEATABLE])
    if repeated:
        raise Refused(f"{repeated} is given twice", word=repeated, code="E204")
    return items


def set_attributes(kind: str, attributes: Attributes, items: Iterable[tuple[str, str]]) -> Attributes:
    """The attributes with new values, without those at their defaults.

    Raises Refused for the kernel's own state, and for a value that the kernel does not accept.
    """
    result = dict(attributes)
    for key, value in items:
        if kind == "vdisk_nullio" and key == "size_mb":
            key, value = "size", _bytes(value)
        _check_no_user(key)
        _check_value(key, value)
        _check_configurable(kind, key)
        if worth_saving(kind, key, value):
            result[key] = canonical(key, value)
        else:
            result.pop(key, None)
    return result


def _bytes(mebibytes: str) -> str:
    """A size in MiB as one in bytes. Raises Refused for a text that is no number."""
    number = decimal(mebibytes)
    if number is None:
        raise Refused("size_mb is a number", word=mebibytes, code="E206")
    return str(number << 20)


def _check_no_user(key: str) -> None:
    if _LIKE_A_USER.search(key):
        message = f"no {key} here: a user is IncomingUser or OutgoingUser of a target or a driver"
        raise Refused(message, word=key, code="E202")


def _check_value(key: str, value: str) -> None:
    """Raises Refused for a value that the grammar allows and the kernel does not accept."""
    if key in FORMS and not FORMS[key].accepts(value):
        raise Refused(f"{key} is {FORMS[key].meaning}", word=value, code="E206")
    if key in LARGEST and decimal(value, most=LARGEST[key]) is None:
        raise Refused(f"{key} is {LARGEST[key]} at the most", word=value, code="E206")


def _check_configurable(kind: str, key: str) -> None:
    if is_state(kind, key):
        reason = _ELSEWHERE.get(key, _OF_THE_KERNEL)
        raise Refused(f"{key} cannot be configured: {reason}", word=key, code="E217")


def unset_attributes(attributes: Attributes, keys: Iterable[str], what: str) -> Attributes:
    """The attributes without some. Raises Refused for one that is not set."""
    for key in keys:
        if key not in attributes:
            raise Refused(f"{what} has no {key} of its own", word=key, code="E202")
        attributes = without_names(attributes, key)
    return attributes


def set_keys(owner: Owner, kind: str, pairs: Pairs) -> Owner:
    """A driver or a target with the users, the portals, the id and the attributes of the pairs."""
    attributes = []
    for key, value in keys_and_values(pairs):
        if _has_field(owner, key):
            owner = _set_field(owner, key, value)
        else:
            attributes.append((key, value))
    return replace(owner, attributes=set_attributes(kind, owner.attributes, attributes))


def _has_field(owner: Union[Driver, Target], key: str) -> bool:
    return key in _FIELDS and hasattr(owner, _FIELDS[key])


def _set_field(owner: Owner, key: str, value: str) -> Owner:
    field = _FIELDS[key]
    return _with(owner, field, _MERGE[key](getattr(owner, field), value))


def _with(owner: Owner, field: str, value: Any) -> Owner:
    return replace(owner, **{field: value})


def _add_user(users: Mapping[str, str], user: str) -> dict[str, str]:
    _check_user("IncomingUser", user)
    name, _, secret = user.partition(" ")
    return dict(sorted({**users, name: secret}.items()))


def _outgoing_user(old: str, user: str) -> str:
    _check_user("OutgoingUser", user)
    return user


def _check_user(key: str, user: str) -> None:
    """Raises Refused for a masked secret, or one that SCST or its files cannot hold."""
    name, _, secret = user.partition(" ")
    if secret == MASK:
        message = f"the secret of {name} is masked: give {key}=\"{name} @ask\""
        raise Refused(message, word=user, code="E219")
    if not USER.fullmatch(user):
        raise Refused(_SECRET, code="E206")


def checked_id(value: str) -> int:
    """A relative target id as a number. Raises Refused for one that SCST does not accept."""
    number = decimal(value, 1, _LARGEST_ID)
    if number is None:
        message = f"{value} is not a valid id: SCST accepts 1 to {_LARGEST_ID}"
        raise Refused(message, word=value, code="E206")
    return number


# By key: the function that gives a field's new value from its old one and the typed one.
_MERGE: Mapping[str, Callable[[Any, str], Any]] = {
    "IncomingUser": _add_user,
    "OutgoingUser": _outgoing_user,
    "allowed_portal": lambda portals, portal: portals | {portal},
    "rel_tgt_id": lambda old, number: checked_id(number),
}


def unset_keys(owner: Owner, keys: Iterable[Union[str, Pair]], what: str) -> Owner:
    """A driver or a target without some attributes, users or portals.

    Raises Refused for one that it does not have.
    """
    for key in keys:
        if isinstance(key, Pair):
            owner = _without_one(owner, key.key.rstrip("="), str(key.value), what)
        elif _has_field(owner, key):
            owner = _without_field(owner, key, what)
        else:
            owner = replace(owner, attributes=unset_attributes(owner.attributes, (key,), what))
    return owner


def _without_one(owner: Owner, key: str, name: str, what: str) -> Owner:
    """The owner without one of its users or portals."""
    values = getattr(owner, _FIELDS[key])
    if name not in values:
        raise Refused(f"{what} has no {key} {name}", word=name, code="E202")
    remaining = without_names(values, name) if isinstance(values, Mapping) else values - {name}
    return _with(owner, _FIELDS[key], remaining)


def _without_field(owner: Owner, key: str, what: str) -> Owner:
    """The owner without all values of a field."""
    value = getattr(owner, _FIELDS[key])
    empty = owner.DEFAULTS[_FIELDS[key]]
    if value == empty:
        raise Refused(f"{what} has no {key}", word=key, code="E202")
    return _with(owner, _FIELDS[key], empty)


def attribute_pairs(attributes: Attributes) -> Pairs:
    """Attributes as a line has them, the file of a device first."""
    ordered = sorted(attributes, key=lambda key: (key != "filename", key))
    return tuple(Pair(f"{key}=", attributes[key]) for key in ordered)


def owner_pairs(owner: Union[Driver, Target]) -> Pairs:
    """All settings of a driver or a target, as a line has them."""
    users = [f"{user} {secret}" for user, secret in sorted(owner.users.items())]
    portals = sorted(owner.portals) if isinstance(owner, Target) else []
    number = owner.rel_tgt_id if isinstance(owner, Target) else 0
    return (
        *_pairs("rel_tgt_id", [str(number)] if number else []),
        *attribute_pairs(owner.attributes),
        *_pairs("IncomingUser", users),
        *_pairs("OutgoingUser", [owner.outgoing] if owner.outgoing else []),
        *_pairs("allowed_portal", portals),
    )


def _pairs(key: str, values: Iterable[str]) -> Pairs:
    return tuple(Pair(f"{key}=", value) for value in values)


def refuse_other_settings(what: str, differs: bool, line: Command) -> None:
    """Raises Refused where the object to add already exists and differs; the line would change it."""
    if differs:
        raise Refused(f"{what} already exists with other settings", hint=str(line), code="E203")
