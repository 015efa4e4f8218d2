"""scst target: the targets that initiators log in to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Callable, Optional, Union

from ...config import Config
from ...config.lazy import changed, having, without
from ...config.scst import (
    COPY_MANAGER,
    DRIVERS,
    SWITCHLESS,
    VIRTUAL,
    DeviceGroup,
    Port,
    Scst,
    Target,
    TargetGroup,
    all_ports,
)
from ...errors import Refused
from ...executors.scst.facts import FC_HOSTS, wwn
from ...executors.scst.names import misspelled
from ...host import Host
from ...records import replace
from ...views import Line, Lines, View
from .. import Action, Edit, Keyword, Pair, Pairs, Removal, Session, T
from ..names import refuse_spelling, require
from .attributes import refuse_other_settings, set_keys, unset_keys
from .edits import check_name, put_target, target_of, with_scst

_FILES = ("mgmt", "enabled", "version", "trace_level", "open_state", "stats")  # beside a driver's targets
_Ports = Mapping[str, Port]


class ScstTargetAdd(Edit):
    """Make a target; the port of a card exists already, and the line only has to agree with its settings."""

    driver: str
    target: str
    pairs: Pairs = ()

    def subject(self) -> str:
        return self.target

    def edit(self, config: Config) -> Config:
        check_name("target", self.target, _FILES)
        existing = config.scst.targets.get(self.target)
        if existing is not None:
            self._check_same(existing)
            return config
        require("target driver", self.driver, _drivers(config.scst), self)
        if self.driver == COPY_MANAGER:
            message = f"{self.driver} makes no targets: the only one that it has is SCST's own"
            raise Refused(message, word=self.driver, code="E217")
        if self.driver not in SWITCHLESS:  # no other machine sees the name
            refuse_spelling(misspelled(config.scst, self.target), self.target, self)
        target = set_keys(Target(self.driver), "target", self.pairs)
        return _made_local(put_target(config, self.target, target), self.target)

    def _check_same(self, existing: Target) -> None:
        """Raises Refused where the existing target has another driver or other settings."""
        if existing.driver != self.driver:
            message = f"target {self.target} already exists, with driver {existing.driver}"
            raise Refused(message, word=self.target, code="E203")
        differs = set_keys(existing, "target", self.pairs) != existing
        refuse_other_settings(f"target {self.target}", differs, ScstTargetSet(self.target, self.pairs))


def _drivers(scst: Scst) -> set[str]:
    return {*scst.drivers, *DRIVERS, *(target.driver for target in scst.targets.values())}


def _made_local(config: Config, name: str) -> Config:
    """The configuration with that port as this host's, where target groups have it as the other host's."""
    numbers = [ports[name].rel_tgt_id for ports in all_ports(config.scst) if name in ports]
    target = config.scst.targets[name]
    number = target.rel_tgt_id or max(numbers, default=0)
    config = put_target(config, name, replace(target, rel_tgt_id=number))
    groups = _with_ports(config.scst, lambda ports: having(ports, {name: Port()}) if name in ports else ports)
    return with_scst(config, groups=groups)


def _with_ports(scst: Scst, change: Callable[[_Ports], _Ports]) -> Mapping[str, DeviceGroup]:
    """The device groups, with the same change of the ports of each target group."""
    return changed(scst.groups, lambda _, group: _with_ports_of(group, change))


def _with_ports_of(group: DeviceGroup, change: Callable[[_Ports], _Ports]) -> DeviceGroup:
    tgrps = changed(group.target_groups, lambda _, tgrp: _with_changed_ports(tgrp, change))
    return group if tgrps is group.target_groups else replace(group, target_groups=tgrps)


def _with_changed_ports(tgrp: TargetGroup, change: Callable[[_Ports], _Ports]) -> TargetGroup:
    ports = change(tgrp.targets)
    return tgrp if ports is tgrp.targets else replace(tgrp, targets=ports)


class ScstTargetSet(Edit):
    """Change attributes of a target."""

    target: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        target = target_of(config, self.target, self)
        return put_target(config, self.target, set_keys(target, "target", self.pairs))


class ScstTargetUnset(Removal):
    """Reset attributes of a target to their defaults."""

    target: str
    keys: tuple[Union[Keyword, Pair], ...]

    def edit(self, config: Config) -> Config:
        target = target_of(config, self.target, self)
        if target.enabled and "rel_tgt_id" in self.keys:
            message = f"target {self.target} is enabled, and SCST gives every enabled target an id"
            raise Refused(message, code="E216")
        return put_target(config, self.target, unset_keys(target, self.keys, f"target {self.target}"))


def _switchable(config: Config, name: str, line: Edit) -> Target:
    """A target that can be enabled and disabled. Raises Refused."""
    target = target_of(config, name, line)
    if target.driver in SWITCHLESS:
        raise Refused(f"the targets of {target.driver} are always enabled", word=name, code="E217")
    return target


class ScstTargetEnable(Edit):
    """Enable targets; one without a relative target id gets the first free one."""

    targets: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        return reduce(self._enable, self.targets, config)

    def _enable(self, config: Config, name: str) -> Config:
        target = _switchable(config, name, self)
        number = target.rel_tgt_id or _free_id(config.scst)
        return put_target(config, name, replace(target, enabled=True, rel_tgt_id=number))

    def note(self, config: Config) -> str:
        """The ids that they get."""
        before, after = config.scst.targets, self.edit(config).scst.targets
        new = [name for name in self.targets if not before[name].rel_tgt_id]
        return "; ".join(f"{name}: rel_tgt_id {after[name].rel_tgt_id}" for name in new)


def _free_id(scst: Scst) -> int:
    """The first relative target id that no target has."""
    taken = {target.rel_tgt_id for target in scst.targets.values()}
    return next(number for number in itertools.count(1) if number not in taken)


class ScstTargetDisable(Removal):
    """Disable targets."""

    targets: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for name in self.targets:
            config = put_target(config, name, replace(_switchable(config, name, self), enabled=False))
        return config


class ScstTargetDel(Removal):
    """Delete targets, with their LUNs and groups, also from their target groups."""

    targets: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for name in self.targets:
            target_of(config, name, self)
        groups = _with_ports(config.scst, lambda ports: without(ports, *self.targets))
        return with_scst(config, targets=without(config.scst.targets, *self.targets), groups=groups)


class ScstTargetRename(Edit):
    """Give a target another name; its LUNs, groups and target groups follow.

    The port of a new card can replace that of an old one.
    """

    target: str
    name: str

    def edit(self, config: Config) -> Config:
        check_name("target", self.name, _FILES)
        target = target_of(config, self.target, self)
        if self.name == self.target:
            return config
        self._check_name(config, target)
        self._check_target_groups(config.scst)
        targets = self._renamed(without(config.scst.targets, self.name))
        return with_scst(config, targets=targets, groups=_with_ports(config.scst, self._renamed))

    def gone(self) -> Iterator[str]:
        yield self.target

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do: it may have its new name already."""
        targets = config.scst.targets
        if self.target not in targets and self.name in targets:
            return None, (f"so already: {self.target} is {self.name}",)
        return super().remainder(config)

    def _check_name(self, config: Config, target: Target) -> None:
        """Raises Refused for a misspelt name, or one of a target that cannot be replaced."""
        existing = config.scst.targets.get(self.name)
        if existing is not None:
            self._check_replaceable(existing, target.driver)
        elif target.driver not in SWITCHLESS:
            refuse_spelling(misspelled(config.scst, self.name, self.target), self.name, self)

    def _check_replaceable(self, existing: Target, driver: str) -> None:
        """Raises Refused where the name is of a target that is no card's port, or has settings."""
        if existing.driver != driver:
            drivers = f"{self.name} belongs to {existing.driver}, and {self.target} to {driver}"
            raise Refused(f"{drivers}: a target stays with its driver", word=self.name, code="E203")
        if existing != Target(driver) or driver in VIRTUAL:
            message = f"target {self.name} already exists with settings of its own"
            raise Refused(message, word=self.name, code="E203")

    def _check_target_groups(self, scst: Scst) -> None:
        """Raises Refused where a device group has both names; a port is in one target group of it."""
        for name, group in scst.groups.items():
            ports = {port for tgrp in group.target_groups.values() for port in tgrp.targets}
            if {self.target, self.name} <= ports:
                message = f"both are in target groups of device group {name}"
                raise Refused(message, word=self.name, code="E207")

    def _renamed(self, objects: Mapping[str, T]) -> Mapping[str, T]:
        if self.target not in objects:
            return objects
        return {self.name if name == self.target else name: value for name, value in objects.items()}


class ScstTargetLip(Action):
    """Issue a LIP on a Fibre Channel port, so that initiators look for its LUNs again."""

    target: str

    removes = True  # the port's logins end

    def prepare(self, session: Session) -> tuple[Line, ...]:
        target_of(session.config, self.target, self)
        if not _fc_hosts(session.host, self.target):
            message = f"target {self.target} is not a running Fibre Channel port"
            raise Refused(message, word=self.target, code="E215")
        return ()

    def act(self, session: Session) -> View:
        self.prepare(session)
        for port in _fc_hosts(session.host, self.target):
            session.host.write(f"{FC_HOSTS}/{port}/issue_lip", "1\n")
        return Lines.of(f"{self.target}: LIP issued", style="ok")

    def native(self) -> Iterator[str]:
        """The machine's own command for it."""
        yield f"echo 1 > {FC_HOSTS}/HOST/issue_lip  # the HOST whose port_name is {self.target}"


def _fc_hosts(host: Host, name: str) -> list[str]:
    """The kernel's Fibre Channel hosts whose port has that name."""
    return [port for port in host.list(FC_HOSTS) if wwn(host.read(f"{FC_HOSTS}/{port}/port_name")) == name]
