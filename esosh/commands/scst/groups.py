"""scst group, initiator and lun: who sees which devices, and under which numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional, Union

from ...config import Config, InitiatorGroup, Lun
from ...errors import Refused
from .. import Change, Command, Pair, Pairs, missing, without
from .attributes import changed, given, settled
from .attributes import without as unset
from .edits import Luns, device_of, free_name, group_of, luns_of, put_group, put_luns, put_target, target_of

_LARGEST_LUN = 16383


@dataclass(frozen=True)
class ScstGroupAdd(Change):
    """Make an initiator (host) group."""

    target: str
    group: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        free_name("group", self.group, ("mgmt",))
        there = target_of(config, self.target, self).groups.get(self.group)
        attributes = changed("group", there.attributes if there else {}, given(self.pairs))
        if there is not None:
            line = ScstGroupSet(self.target, self.group, self.pairs)
            settled(line, f"group {self.group} of {self.target}", attributes != there.attributes)
            return config
        return put_group(config, self.target, self.group, InitiatorGroup(attributes=attributes))


@dataclass(frozen=True)
class ScstGroupSet(Change):
    """Change attributes of an initiator group."""

    target: str
    group: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        there = group_of(config, self.target, self.group, self)
        attributes = changed("group", there.attributes, given(self.pairs))
        return put_group(config, self.target, self.group, replace(there, attributes=attributes))


@dataclass(frozen=True)
class ScstGroupUnset(Change):
    """Give attributes of an initiator group their defaults again."""

    target: str
    group: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        there = group_of(config, self.target, self.group, self)
        attributes = unset(there.attributes, self.keys, f"group {self.group} of {self.target}")
        return put_group(config, self.target, self.group, replace(there, attributes=attributes))


@dataclass(frozen=True)
class ScstGroupDel(Change):
    """Take an initiator group away, with its LUNs and initiators."""

    target: str
    group: str

    def edit(self, config: Config) -> Config:
        group_of(config, self.target, self.group, self)
        there = config.scst.targets[self.target]
        return put_target(config, self.target, replace(there, groups=without(there.groups, self.group)))


@dataclass(frozen=True)
class ScstInitiatorAdd(Change):
    """Let initiators see a group's LUNs."""

    target: str
    within: Pair
    initiators: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        group = str(self.within.value)
        there = group_of(config, self.target, group, self)
        for initiator in self.initiators:
            free_name("initiator", initiator, ("mgmt",))
            for name, other in config.scst.targets[self.target].groups.items():
                if initiator in other.initiators and name != group:
                    mend = ScstInitiatorDel(self.target, Pair("group", name), (initiator,))
                    raise Refused(f"initiator {initiator} is in group {name}, and an initiator is in one group of a target only",
                                  mend=str(mend), code="E207")
        return put_group(config, self.target, group, replace(there, initiators=there.initiators | set(self.initiators)))


@dataclass(frozen=True)
class ScstInitiatorDel(Change):
    """Take initiators out of a group."""

    target: str
    within: Pair
    initiators: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        group = str(self.within.value)
        there = group_of(config, self.target, group, self)
        for initiator in self.initiators:
            if initiator not in there.initiators:
                raise missing(f"initiator in {self.target} {group}:", initiator, there.initiators, self)
        return put_group(config, self.target, group, replace(there, initiators=there.initiators - set(self.initiators)))


@dataclass(frozen=True)
class ScstLunAdd(Change):
    """Put a device behind a number of a target, or of one of its groups."""

    target: str
    within: Optional[Pair]
    lun: str
    device: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        luns, number = luns_of(config, self.target, self.within, self), str(int(self.lun))
        device_of(config, self.device, self)
        if int(number) > _LARGEST_LUN:
            raise Refused(f"{number} is no LUN: SCST takes 0 to {_LARGEST_LUN}", word=self.lun, code="E206")
        lun, there = Lun(self.device, changed("lun", {}, given(self.pairs))), luns.get(number)
        if there is not None:
            _same(self, there, lun)
            return config
        return put_luns(config, self.target, self.within, {**luns, number: lun})


def _same(line: ScstLunAdd, there: Lun, wanted: Lun) -> None:
    """Raises Refused for a number behind which is something else."""
    if there == wanted:
        return
    other: Command = ScstLunSet(line.target, line.within, line.lun, Pair("device=", line.device))
    if there.attributes != wanted.attributes:
        other = ScstLunDel(line.target, line.within, (line.lun,))
    raise Refused(f"LUN {line.lun} is there: {there.device}", word=line.lun, mend=str(other), code="E203")


@dataclass(frozen=True)
class ScstLunSet(Change):
    """Put another device behind a number, in place."""

    target: str
    within: Optional[Pair]
    lun: str
    pair: Pair

    def edit(self, config: Config) -> Config:
        luns = luns_of(config, self.target, self.within, self)
        there = luns[_mapped(config, self, luns, self.lun)]
        device = str(self.pair.value)
        device_of(config, device, self)
        return put_luns(config, self.target, self.within, {**luns, str(int(self.lun)): replace(there, device=device)})


@dataclass(frozen=True)
class ScstLunDel(Change):
    """Unmap devices."""

    target: str
    within: Optional[Pair]
    luns: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        luns = luns_of(config, self.target, self.within, self)
        gone = {_mapped(config, self, luns, number) for number in self.luns}
        return put_luns(config, self.target, self.within, {number: lun for number, lun in luns.items() if number not in gone})


def _mapped(config: Config, line: Union[ScstLunSet, ScstLunDel], luns: Luns, number: str) -> str:
    """A number that is mapped there. Raises Refused, which says where it is mapped instead."""
    number = str(int(number))
    if number in luns:
        return number
    target = config.scst.targets[line.target]
    places = [None, *(Pair("group", name) for name in target.groups)]
    elsewhere = [place for place in places if number in (target.groups[str(place.value)].luns if place else target.luns)]
    if not elsewhere:
        raise missing(f"LUN of {line.target}{f' group {line.within.value}' if line.within else ''}:", number, luns, line)
    where = ", ".join(f"of group {place.value}" if place else "of the target itself" for place in elsewhere)
    mend = str(replace(line, within=elsewhere[0]))
    raise Refused(f"no LUN {number} there; there is one {where}", word=number, mend=mend, code="E202")
