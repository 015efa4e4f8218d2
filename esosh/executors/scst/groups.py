"""The writes that make SCST's device groups as they are configured: removed leaf by leaf, made outside in.

A device group contains devices and target groups, a target group contains ports.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from typing import Callable

from ...config.lazy import fresh
from ...config.scst import STATES, DeviceGroup, Scst, Target, TargetGroup
from ..step import Step, Write
from . import tgrps
from .sysfs import GROUPS, entry
from .writes import added, removed

_RANKS = {state: rank for rank, state in enumerate(STATES)}  # the best paths first


def remove(old: Scst, kept: Scst) -> Iterator[Step]:
    """The device groups, target groups, ports and devices that go."""
    for name in fresh(kept.groups, old.groups):
        group = old.groups[name]
        path, after = f"{GROUPS}/{entry(name)}", kept.groups.get(name)
        disruption = "io" if group.devices else "none"
        yield from _empty(path, group, after or DeviceGroup(), old.targets, disruption)
        if after is None:
            create = Write(f"{GROUPS}/mgmt", f"create {name}")
            yield removed(GROUPS, "del", name, [create], disruption=disruption)


def _empty(path: str, old: DeviceGroup, new: DeviceGroup, local: Collection[str],
           disruption: str) -> Iterator[Step]:
    """The target groups and devices that a device group loses."""
    for name, tgrp in old.target_groups.items():
        after = new.target_groups.get(name)
        yield from tgrps.remove(f"{path}/target_groups", name, tgrp, after, local, disruption)
    for device in sorted(old.devices - new.devices):
        inverse = [Write(f"{path}/devices/mgmt", f"add {device}")]
        yield removed(f"{path}/devices", "del", device, inverse, disruption=disruption)


def make(kept: Scst, new: Scst) -> Iterator[Step]:
    """The device groups, devices, target groups and ports that come, and what changes of those that stay."""
    exported = functools.cache(lambda: set().union(*map(_exported, kept.targets.values())))
    for name in fresh(kept.groups, new.groups):
        group = new.groups[name]
        path, before = f"{GROUPS}/{entry(name)}", kept.groups.get(name, DeviceGroup())
        if name not in kept.groups:
            yield added(GROUPS, "create", name)
        yield from _add_devices(path, before, group, exported, kept.targets)
        if before.target_groups is not group.target_groups:
            is_exported = bool(exported() & group.devices)
            yield from _make_tgrps(f"{path}/target_groups", before, group, is_exported, new.targets)


def _exported(target: Target) -> set[str]:
    """The devices of a target's LUNs, those of its groups among them."""
    luns = [*target.luns.values()]
    for group in target.groups.values():
        luns += group.luns.values()
    return {lun.device for lun in luns}


def _add_devices(path: str, kept: DeviceGroup, new: DeviceGroup, exported: Callable[[], Collection[str]],
                 targets: Mapping[str, Target]) -> Iterator[Step]:
    """Devices that come; initiators may have to use other paths to them at once."""
    has_redirection = any(_redirects(tgrp, targets) for tgrp in kept.target_groups.values())
    for device in sorted(new.devices - kept.devices):
        fails_over = has_redirection and device in exported()
        yield added(f"{path}/devices", "add", device, disruption="failover" if fails_over else "none")


def _redirects(tgrp: TargetGroup, targets: Mapping[str, Target]) -> bool:
    """Whether a target group has ports of this host that initiators are not to use first, or cannot use."""
    return tgrps.is_secondary(tgrp) and bool(tgrp.targets.keys() & targets.keys())


def _make_tgrps(folder: str, kept: DeviceGroup, new: DeviceGroup, is_exported: bool,
                local: Collection[str]) -> Iterator[Step]:
    """Those whose paths become worse come last, so that some paths are good at any time."""
    old, tgrp_items = kept.target_groups, new.target_groups.items()
    worse = {name for name, tgrp in tgrp_items if _is_worse(tgrp, old.get(name, tgrp))}
    for name in sorted(new.target_groups, key=worse.__contains__):
        yield from tgrps.make(folder, name, old.get(name), new.target_groups[name], local, is_exported)


def _is_worse(new: TargetGroup, old: TargetGroup) -> bool:
    return _RANKS.get(new.state, len(STATES)) > _RANKS.get(old.state, len(STATES))
