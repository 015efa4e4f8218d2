"""Two hosts that offer the same devices: what of their configurations an initiator would stumble over.

Each host calls its own ports' target group by one name (the cluster's agents want it so) and the other host's
by another. A port has the same group_id and the same rel_tgt_id on both; a device is the same disk on both.
Source: the manual of ESOS, ocf:esos:scst, and SCST (scst_vdisk.c) for what a device calls itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....config.scst import Scst
from ....executors.scst import SCST_CONF
from ... import Finding
from . import disks, groups, luns, ports
from .hosts import hosts
from .other import theirs

__all__ = ("FILE", "SECTIONS", "findings", "theirs")

SECTIONS = ("scst", "alua")
FILE = SCST_CONF


def findings(mine: Scst, theirs: Scst) -> Iterator[Finding]:
    """What does not fit, or seems not to, on this host beside the other; each with the line for this host."""
    pair = hosts(mine, theirs)
    yield from groups.findings(pair)
    yield from ports.clones(pair)
    yield from groups.ungrouped_devices(pair)
    yield from disks.setup(pair)
    yield from luns.findings(pair)
    for device in sorted(pair.shared_devices):
        yield from disks.findings(device, mine.devices[device], theirs.devices[device])
