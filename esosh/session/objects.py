"""A configuration, or a part of it, as items for programs, without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Optional

from ..commands import object_of
from ..config import FIELDS, Config
from ..config.paths import Changes, Path, flatten, unflatten
from ..views import Item
from ..views.secrets import MASK
from .reports import is_secret


def objects(config: Config, section: Optional[str] = None, name: Optional[str] = None) -> dict[str, Any]:
    """All, a section, or an object of it, by the names of its parts."""
    if section is None:
        return {field: _data(getattr(config, field), (field,)) for field in FIELDS}
    facts = {path: value for path, value in flatten(config).items()
             if _is_of(object_of(path, config), section, name)}
    part = unflatten(Config, facts)
    fields = dict.fromkeys(path[0] for path in facts)
    return {field: _data(getattr(part, field), (field,)) for field in fields}


def _is_of(owner: tuple[str, str], section: str, name: Optional[str]) -> bool:
    return owner[0] == section and name in (None, owner[1])


def changed_facts(changed: Changes) -> list[Item]:
    """What differs: each path with its value before and after, None where there is none."""
    return [Item("change", path[-1], {"path": path, "old": _data(old, path), "new": _data(new, path)})
            for path, (old, new) in changed.items()]


def _data(value: Any, path: Path) -> Any:
    """A value as data; an object of the configuration is an item, a set is a list in order."""
    if isinstance(value, Mapping):
        return {name: _data(value[name], (*path, name)) for name in value}
    if hasattr(value, "PARTS"):
        fields = {name: _data(getattr(value, name), (*path, name)) for name in value.PARTS}
        return Item(_kind(type(value)), path[-1], fields)
    if isinstance(value, (frozenset, tuple)):
        return sorted(value) if isinstance(value, frozenset) else list(value)
    return MASK if value and is_secret(path) else value


def _kind(kind: type) -> str:
    """What an object is: "target_group" for a TargetGroup."""
    return re.sub("(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
