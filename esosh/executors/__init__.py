"""Per section: what the machine says, and the steps that make it say something else.

Each module of this package is the section of its name and has

    read(host)                     the section as the machine has it
    facts(host)                    what `steps` must know besides, read only when a plan is made
    steps(old, new, facts)         pure: the steps from one Config to another
    FILES, amend(path, text, old, new)   pure: the text of a file of its own made to say what `new` says
    notes(path, text, old, new)    pure: what else a change of that file means
    follow(old, new, host)         what is left to do after a commit: a line, and why
"""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

from ..config import Config
from ..host import Host

SECTIONS = tuple(part.name for part in dataclasses.fields(Config))


def executor(section: str) -> Any:
    """The module of a section."""
    return importlib.import_module(f"{__name__}.{section}")


def read(host: Host) -> Config:
    """The configuration that the machine has now."""
    return Config(**{section: executor(section).read(host) for section in SECTIONS})
