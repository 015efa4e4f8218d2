"""Every LUN of some targets, with where it is mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...config.scst import Lun, Target


def lun_tables(target: Target) -> Iterator[tuple[str, Mapping[str, Lun]]]:
    """What initiators may see of a target: its own LUNs, under the name "", and those of each group."""
    yield "", target.luns
    for name, group in target.groups.items():
        yield name, group.luns


def mapped(targets: Mapping[str, Target]) -> Iterator[tuple[str, str, str, str]]:
    """Every LUN: its target, its group ("" for the target's own LUNs), its number and its device."""
    for name, target in targets.items():
        for group, luns in lun_tables(target):
            for number, lun in luns.items():
                yield name, group, number, lun.device
