"""scst driver and target: whole target drivers, and the targets that initiators log in to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Callable, Union

from ...config import DRIVERS, SWITCHLESS, VIRTUAL, Config, DeviceGroup, Port, Target
from ...desk import Session
from ...errors import Refused
from ...executors.scst.facts import FC_HOSTS, wwn
from ...views import Lines, View
from .. import Change, Pair, Pairs, missing, spelt
from .attributes import disowned, owned, settled
from .edits import driver_of, free_name, put_driver, put_target, target_of, with_scst

TARGET_FILES = ("mgmt", "enabled", "version", "trace_level", "open_state", "stats")


@dataclass(frozen=True)
class _DriverSwitch(Change):
    driver: str

    def edit(self, config: Config) -> Config:
        there = driver_of(config, self.driver, self)
        return put_driver(config, self.driver, replace(there, enabled=isinstance(self, ScstDriverEnable)))


@dataclass(frozen=True)
class ScstDriverEnable(_DriverSwitch):
    """Enable a whole target driver."""


@dataclass(frozen=True)
class ScstDriverDisable(_DriverSwitch):
    """Disable a whole target driver."""


@dataclass(frozen=True)
class ScstDriverSet(Change):
    """Change attributes of a target driver."""

    driver: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        return put_driver(config, self.driver, owned(driver_of(config, self.driver, self), "driver", self.pairs))


@dataclass(frozen=True)
class ScstDriverUnset(Change):
    """Give attributes of a target driver their defaults again."""

    driver: str
    keys: tuple[Union[str, Pair], ...]

    def edit(self, config: Config) -> Config:
        there = driver_of(config, self.driver, self)
        return put_driver(config, self.driver, disowned(there, self.keys, f"driver {self.driver}"))


@dataclass(frozen=True)
class ScstTargetAdd(Change):
    """Make a target; one of a card is there, and is only told what it is to be."""

    driver: str
    target: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        free_name("target", self.target, TARGET_FILES)
        there = config.scst.targets.get(self.target)
        if there is not None and there.driver != self.driver:
            raise Refused(f"target {self.target} is there, of {there.driver}", word=self.target, code="E203")
        if there is not None:
            wanted = owned(there, "target", self.pairs)
            settled(ScstTargetSet(self.target, self.pairs), f"target {self.target}", wanted != there)
            return config
        known = {*config.scst.drivers, *DRIVERS, *(target.driver for target in config.scst.targets.values())}
        if self.driver not in known:
            raise missing("target driver", self.driver, known, self)
        if self.driver not in SWITCHLESS:  # no other machine sees the name
            spelt(config, self.target, self)
        return _local(put_target(config, self.target, owned(Target(self.driver), "target", self.pairs)), self.target)


def _local(config: Config, name: str) -> Config:
    """The configuration in which that name, which target groups may know as the other host's port, is this host's."""
    numbers = [group.targets[name].rel_tgt_id for about in config.scst.groups.values()
               for group in about.target_groups.values() if name in group.targets]
    target = config.scst.targets[name]
    config = put_target(config, name, replace(target, rel_tgt_id=target.rel_tgt_id or max(numbers, default=0)))
    return with_scst(config, groups=_ports(config, lambda port, about: {port: Port() if port == name else about}))


def _ports(config: Config, change: Callable[[str, Port], Mapping[str, Port]]) -> dict[str, DeviceGroup]:
    """The device groups with each of their ports made into others."""
    def ports(targets: Mapping[str, Port]) -> dict[str, Port]:
        return {name: about for port, old in targets.items() for name, about in change(port, old).items()}

    return {name: replace(group, target_groups={
        tgrp: replace(about, targets=ports(about.targets)) for tgrp, about in group.target_groups.items()
    }) for name, group in config.scst.groups.items()}


@dataclass(frozen=True)
class ScstTargetSet(Change):
    """Change attributes of a target."""

    target: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        return put_target(config, self.target, owned(target_of(config, self.target, self), "target", self.pairs))


@dataclass(frozen=True)
class ScstTargetUnset(Change):
    """Give attributes of a target their defaults again."""

    target: str
    keys: tuple[Union[str, Pair], ...]

    def edit(self, config: Config) -> Config:
        there = target_of(config, self.target, self)
        if there.enabled and "rel_tgt_id" in self.keys:
            raise Refused(f"target {self.target} is enabled, and SCST gives every enabled target an id", code="E216")
        return put_target(config, self.target, disowned(there, self.keys, f"target {self.target}"))


def _switched(config: Config, name: str, line: Change) -> Target:
    """A target that can be enabled and disabled. Raises Refused."""
    target = target_of(config, name, line)
    if target.driver in SWITCHLESS:
        raise Refused(f"the targets of {target.driver} are always enabled", word=name, code="E217")
    return target


@dataclass(frozen=True)
class ScstTargetEnable(Change):
    """Enable targets; one that has no relative target id gets the first that is free."""

    targets: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        return reduce(self._enable, self.targets, config)

    def _enable(self, config: Config, name: str) -> Config:
        there = _switched(config, name, self)
        taken = {target.rel_tgt_id for target in config.scst.targets.values()}
        number = there.rel_tgt_id or next(number for number in itertools.count(1) if number not in taken)
        return put_target(config, name, replace(there, enabled=True, rel_tgt_id=number))

    def note(self, config: Config) -> str:
        """The ids that they get."""
        after = self.edit(config).scst.targets
        return "; ".join(f"{name}: rel_tgt_id {after[name].rel_tgt_id}" for name in self.targets
                         if not config.scst.targets[name].rel_tgt_id)


@dataclass(frozen=True)
class ScstTargetDisable(Change):
    """Disable targets."""

    targets: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for name in self.targets:
            config = put_target(config, name, replace(_switched(config, name, self), enabled=False))
        return config


@dataclass(frozen=True)
class ScstTargetDel(Change):
    """Take targets away, with their LUNs and groups, and out of their target groups."""

    targets: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for name in self.targets:
            target_of(config, name, self)
        groups = _ports(config, lambda port, about: {} if port in self.targets else {port: about})
        left = {name: target for name, target in config.scst.targets.items() if name not in self.targets}
        return with_scst(config, targets=left, groups=groups)


@dataclass(frozen=True)
class ScstTargetRename(Change):
    """Give a target another name: its LUNs, groups and target groups follow. A card's new port takes over the old one's."""

    target: str
    name: str

    def edit(self, config: Config) -> Config:
        free_name("target", self.name, TARGET_FILES)
        there, taken = target_of(config, self.target, self), config.scst.targets.get(self.name)
        if self.name == self.target:
            return config
        if taken is not None and taken.driver != there.driver:
            about = f"{self.name} is of {taken.driver}, and {self.target} of {there.driver}: a target stays with its driver"
            raise Refused(about, word=self.name, code="E203")
        if taken is not None and (taken != Target(there.driver) or there.driver in VIRTUAL):
            raise Refused(f"target {self.name} is there and has settings of its own", word=self.name, code="E203")
        if taken is None and there.driver not in SWITCHLESS:
            spelt(config, self.name, self, self.target)
        for dgrp, group in config.scst.groups.items():
            both = {port for about in group.target_groups.values() for port in about.targets} >= {self.target, self.name}
            if both:
                raise Refused(f"both are in target groups of device group {dgrp}", word=self.name, code="E207")
        targets = {self.name if name == self.target else name: target
                   for name, target in config.scst.targets.items() if name != self.name}
        groups = _ports(config, lambda port, about: {self.name if port == self.target else port: about})
        return with_scst(config, targets=targets, groups=groups)


@dataclass(frozen=True)
class ScstTargetLip(Change):
    """Issue a LIP on a Fibre Channel port, so that initiators look for its LUNs again."""

    target: str

    def act(self, session: Session) -> View:
        target_of(session.candidate, self.target, self)
        host = session.host
        ports = [port for port in host.list(FC_HOSTS) if wwn(host.read(f"{FC_HOSTS}/{port}/port_name")) == self.target]
        if not ports:
            raise Refused(f"target {self.target} is no Fibre Channel port that runs", word=self.target, code="E215")
        for port in ports:
            host.write(f"{FC_HOSTS}/{port}/issue_lip", "1\n")
        return Lines.of(f"{self.target}: LIP issued", style="ok")

    def native(self) -> Iterator[str]:
        """The machine's own command for it."""
        yield f"echo 1 > {FC_HOSTS}/HOST/issue_lip  # the HOST whose port_name is {self.target}"
