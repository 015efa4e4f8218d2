"""A configuration beside an SCST that is stopped: what ends scstadmin when it starts SCST now.

ESOS's rc.scst unloads SCST again then, so nothing is served at all.
Source: scstadmin 3.11 (checkConfiguration, openDevice, condExit); etc/rc.d/rc.scst of ESOS.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config.scst import DRIVERS, Scst, is_virtual_port
from ...executors.scst.facts import WWN, Facts
from ...executors.scst.names import spelled
from .. import Finding
from .devices import opened_files
from .start import Start

_WITH_THE_BOX = ("qla2x00t", "ib_srpt")  # drivers of ports that are there before SCST starts


def findings(changed: Scst, scst: Scst, facts: Facts, start: Start) -> Iterator[Finding]:
    """Missing files, drivers and ports of what changed, and a file that scstadmin does not accept."""
    for name, file in opened_files(changed).items():
        if not facts.exists(file):
            yield start.missing_file(name, file)
    for name, target in changed.targets.items():
        if is_virtual_port(target):
            continue
        if target.driver not in DRIVERS:
            yield start.refusal("E336", ("TARGET", name), f"ESOS loads no target driver {target.driver}")
        elif target.driver in _WITH_THE_BOX and name not in facts.ports:
            yield start.missing_port(name, target.driver, spelled(name), _alike(target.driver, facts))
    yield from _only_groups(scst)


def _alike(driver: str, facts: Facts) -> set[str]:
    """The ports of Fibre Channel, or those of InfiniBand."""
    return {port for port in facts.ports if bool(WWN.fullmatch(port)) == (driver == "qla2x00t")}


def _only_groups(scst: Scst) -> Iterator[Finding]:
    """scstadmin accepts no scst.conf that has neither a device nor a target."""
    if scst.groups and not (scst.devices or scst.targets):
        text = "SCST will not start: scst.conf has only device groups"
        yield Finding("E364", "scst", "scst", text, overridable=True)
