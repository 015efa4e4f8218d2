"""The modules of a section: one of its name in each folder that grows with sections."""

from __future__ import annotations

import functools
import importlib

from ..errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ROOT = __name__.partition(".")[0]


def members(package: str, modules: dict[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package whose classes are imported when somebody asks for them.

    `modules`: for each of its modules, the names of its classes.
    """
    homes = {name: home for home, names in modules.items() for name in names.split()}

    def member(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"{package} has no {name}")
        return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)

    return member


@functools.cache
def module(folder: str, section: str) -> Any:
    """A section's module in a folder ("commands", "checks.scst").

    Raises Refused, which names the file, when the module is missing.
    """
    name = f"{_ROOT}.{folder}.{section}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        message = f"section {section} is incomplete: {name.replace('.', '/')}.py is missing"
        raise Refused(message, hint="install esosh again", code="E227") from None


def optional(folder: str, section: str, name: str) -> Any:
    """What a section's module in a folder has of that name; None where it has nothing."""
    return getattr(module(folder, section), name, None)
