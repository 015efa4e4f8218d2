"""The modules of a section: one of its name in each folder that grows with sections."""

from __future__ import annotations

import importlib
from typing import Any

from ..errors import Refused

_ROOT = __name__.partition(".")[0]


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
