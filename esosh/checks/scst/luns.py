"""The LUNs of some targets, with where they are mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from ...config.lazy import differing
from ...config.scst import Lun, Target


def lun_tables(target: Target) -> Iterator[tuple[str, Mapping[str, Lun]]]:
    """What initiators may see of a target: its own LUNs, under the name "", and those of each group."""
    yield "", target.luns
    for name, group in target.groups.items():
        yield name, group.luns


def mapped(
    targets: Mapping[str, Target], others: Optional[Mapping[str, Target]] = None
) -> Iterator[tuple[str, str, str, str]]:
    """Every LUN that is not the same in the others.

    Its target, its group ("" for the target's own LUNs), its number and its device.
    """
    for name, target in targets.items():
        known = dict(lun_tables((others or {}).get(name, Target(""))))
        for group, luns in lun_tables(target):
            for number in differing(known.get(group, {}), luns):
                if number in luns:
                    yield name, group, number, luns[number].device
