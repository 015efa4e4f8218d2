"""A configuration beside an SCST that is stopped: what scstadmin would not find when it starts SCST now.

It starts SCST without a device whose file is missing, and gives up at a target that is missing.
Source: scstadmin 3.11.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config.scst import VIRTUAL, Scst, Target
from ...executors.scst.facts import WWN, Facts
from .. import Finding
from .devices import opened_files


def findings(changed: Scst, scst: Scst, facts: Facts) -> Iterator[Finding]:
    """Missing files and ports of what changed, and a file that scstadmin does not accept."""
    yield from _missing_files(changed, facts)
    if facts.ports:
        yield from _missing_ports(changed, facts)
    yield from _only_groups(scst)


def _only_groups(scst: Scst) -> Iterator[Finding]:
    """scstadmin accepts no scst.conf that has neither a device nor a target."""
    if scst.groups and not (scst.devices or scst.targets):
        text = "scst.conf has only device groups, and scstadmin does not start SCST with such a file"
        yield Finding("W364", "scst", "scst", text, "svc start scst")


def _missing_files(scst: Scst, facts: Facts) -> Iterator[Finding]:
    for name, file in opened_files(scst).items():
        if not facts.exists(file):
            text = f"{file} does not exist now: SCST would start without this device"
            yield Finding("W365", "scst", f"scst {name}", text)


def _missing_ports(scst: Scst, facts: Facts) -> Iterator[Finding]:
    """Fibre Channel ports that this box does not have."""
    for name, target in scst.targets.items():
        if _is_port(name, target) and name not in facts.ports:
            text = "no such port is on this box now, and SCST does not start with it; there are: "
            yield Finding("W337", "scst", f"scst {name}", text + " ".join(sorted(facts.ports)))


def _is_port(name: str, target: Target) -> bool:
    """Whether a target is a Fibre Channel port."""
    return target.driver not in VIRTUAL and bool(WWN.fullmatch(name))
