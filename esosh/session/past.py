"""The configuration of a past commit: what its files say, and what ran where a section had no file yet."""

from __future__ import annotations

import contextlib
from typing import Any

from .. import executors
from ..commands import Edit, field
from ..commands.parse import parse
from ..config import FIELDS, Config
from ..config.lazy import Lazy
from ..errors import EsoshError
from ..host import Host
from ..transaction.plan import RECORD
from ..transaction.snapshot import snapshot


def config_of(host: Host, commit: str) -> Config:
    """The configuration that a commit has, by its hash; a section is read when somebody asks for it.

    What ran and was in no file is known from config.esh, which says nothing of secrets.
    """
    then = snapshot(host, commit)
    return Config(Lazy(FIELDS, lambda name: _part(then, name)))


def _part(then: Host, name: str) -> Any:
    """A field as a commit has it."""
    is_filed = any(map(then.exists, executors.executor(name).FILES))
    if is_filed or not then.exists(RECORD):
        return getattr(executors.past(then), name)
    return getattr(_recorded(then.read(RECORD), name), name)


def _recorded(text: str, name: str) -> Config:
    """What the lines of config.esh make of a field; one that cannot be said any more counts not."""
    config = Config()
    for line in text.split("\n"):
        if line and field(line.partition(" ")[0]) == name:
            with contextlib.suppress(EsoshError):
                command = parse(line)
                config = command.edit(config) if isinstance(command, Edit) else config
    return config
