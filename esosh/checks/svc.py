"""Services: lines of rc.conf that do not mean what they seem to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ..config import Config
from ..executors.svc import RC_CONF, flag
from ..transaction.plan import Machine
from . import Finding


def findings(config: Config, machine: Machine, since: Optional[Config]) -> Iterator[Finding]:
    """Flags whose spelling rc.d/common takes for NO."""
    rc_conf = machine.texts[RC_CONF] or ""
    for name, service in config.svc.items():
        if not service.enabled and flag(rc_conf, name) == "bad":
            text = "its line in rc.conf is not spelt as ESOS reads it, so it counts as disabled"
            yield Finding("W330", "svc", f"svc {name}", text, f"svc enable {name}")
