"""Services: lines of rc.conf that ESOS reads otherwise than they look."""

from __future__ import annotations

from collections.abc import Iterator

from ..config import Config
from ..executors.svc import RC_CONF, flag
from ..plan import Machine
from . import Finding


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """Flags that are spelt so that rc.d/common takes them for NO."""
    rc_conf = machine.texts[RC_CONF] or ""
    for name, service in config.svc.items():
        if not service.enabled and flag(rc_conf, name) == "bad":
            text = "its line in rc.conf is not spelt as ESOS reads it, so it counts as disabled"
            yield Finding("W330", "svc", f"svc {name}", text, f"svc enable {name}")
