"""The configuration of a past commit: what its files say, and what ran where a section had no file yet."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from .. import executors
from ..commands import Edit, field
from ..commands.parse import parse
from ..config import FIELDS, Config
from ..errors import EsoshError
from ..host import Host
from ..transaction.plan import RECORD
from ..transaction.snapshot import snapshot


def config_of(host: Host, commit: str) -> Config:
    """The configuration that a commit has, by its hash.

    What ran and was in no file is known from config.esh, which says nothing of secrets.
    """
    then = snapshot(host, commit)
    config = executors.past(then)
    unfiled = [name for name in FIELDS if not any(map(then.exists, executors.executor(name).FILES))]
    if not unfiled or not then.exists(RECORD):
        return config
    recorded = _recorded(then.read(RECORD), unfiled)
    return config.having(**{name: getattr(recorded, name) for name in unfiled})


def _recorded(text: str, fields: Collection[str]) -> Config:
    """What the lines of config.esh make of some fields; one that cannot be said any more counts not."""
    config = Config()
    for line in text.split("\n"):
        if line and field(line.partition(" ")[0]) in fields:
            with contextlib.suppress(EsoshError):
                command = parse(line)
                config = command.edit(config) if isinstance(command, Edit) else config
    return config
