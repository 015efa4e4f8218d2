"""Per section: what the machine says, and the steps that make it say something else.

Each module of this package is the section of its name and has

    read(host)                     the section as the machine has it
    running(host, section)         the section as it runs; `section` is how the machine's files say it
    filed(host)                    the section as its files say it
    facts(host)                    what `steps` must know besides, read only when a plan is made
    steps(old, new, facts)         pure: the steps from one Config to another
    FILES, amend(path, text, old, new)   pure: the text of a file of its own made to say what `new` says
    notes(path, text, old, new)    pure: what else a change of that file means
    follow(old, new, host)         what is left to do after a commit: a line, and why
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Collection
from typing import Any, Optional

from ..config import Config
from ..host import Host

SECTIONS = tuple(part.name for part in dataclasses.fields(Config))
_TYPED = {"scst": ("alua",)}  # what is typed apart and applied together


def executor(section: str) -> Any:
    """The module of a section."""
    return importlib.import_module(f"{__name__}.{section}")


def parts(typed: Optional[str]) -> list[str]:
    """The sections that a section is applied with, as it is typed; all of them for None."""
    return [section for section in SECTIONS if typed in (None, section, *_TYPED.get(section, ()))]


def read(host: Host) -> Config:
    """The configuration that the machine has now."""
    return Config(**{section: executor(section).read(host) for section in SECTIONS})


def filed(host: Host, config: Config, sections: Collection[str] = SECTIONS) -> Config:
    """The configuration, some of its sections as their files say them."""
    return dataclasses.replace(config, **{section: executor(section).filed(host) for section in sections})


def running(host: Host, config: Config, sections: Collection[str] = SECTIONS) -> Config:
    """The configuration, some of its sections as they run."""
    found = {section: executor(section).running(host, executor(section).filed(host)) for section in sections}
    return dataclasses.replace(config, **found)
