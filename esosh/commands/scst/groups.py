"""scst group and initiator: who sees the LUNs of a group."""

from __future__ import annotations

from ...config import Config
from ...config.lazy import without
from ...config.scst import InitiatorGroup
from ...errors import Refused
from ...records import replace
from .. import Edit, Keyword, Pair, Pairs, Removal
from ..names import require
from .attributes import keys_and_values, refuse_other_settings, set_attributes, unset_attributes
from .edits import check_name, group_of, put_group, put_target, target_of

_FILES = ("mgmt",)  # SCST's own, beside the groups of a target and the initiators of a group


class ScstGroupAdd(Edit):
    """Make an initiator (host) group."""

    target: str
    group: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        check_name("group", self.group, _FILES)
        existing = target_of(config, self.target, self).groups.get(self.group)
        group = existing or InitiatorGroup()
        attributes = set_attributes("group", group.attributes, keys_and_values(self.pairs))
        if existing is None:
            return put_group(config, self.target, self.group, replace(group, attributes=attributes))
        line = ScstGroupSet(self.target, self.group, self.pairs)
        refuse_other_settings(f"group {self.group} of {self.target}", attributes != group.attributes, line)
        return config


class ScstGroupSet(Edit):
    """Change attributes of an initiator group."""

    target: str
    group: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        group = group_of(config, self.target, self.group, self)
        attributes = set_attributes("group", group.attributes, keys_and_values(self.pairs))
        return put_group(config, self.target, self.group, replace(group, attributes=attributes))


class ScstGroupUnset(Removal):
    """Reset attributes of an initiator group to their defaults."""

    target: str
    group: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        group = group_of(config, self.target, self.group, self)
        attributes = unset_attributes(group.attributes, self.keys, f"group {self.group} of {self.target}")
        return put_group(config, self.target, self.group, replace(group, attributes=attributes))


class ScstGroupDel(Removal):
    """Delete an initiator group, with its LUNs and initiators."""

    target: str
    group: str

    def edit(self, config: Config) -> Config:
        group_of(config, self.target, self.group, self)
        target = config.scst.targets[self.target]
        return put_target(config, self.target, replace(target, groups=without(target.groups, self.group)))


class ScstInitiatorAdd(Edit):
    """Let initiators see a group's LUNs."""

    target: str
    within: Pair
    initiators: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        name = str(self.within.value)
        group = group_of(config, self.target, name, self)
        for initiator in self.initiators:
            check_name("initiator", initiator, _FILES)
            self._check_free(config, initiator)
        initiators = group.initiators | set(self.initiators)
        return put_group(config, self.target, name, replace(group, initiators=initiators))

    def _check_free(self, config: Config, initiator: str) -> None:
        """Raises Refused for an initiator of another group of the target."""
        groups = config.scst.targets[self.target].groups
        for name, group in without(groups, str(self.within.value)).items():
            if initiator in group.initiators:
                place = f"initiator {initiator} is in group {name}"
                message = f"{place}, and an initiator can be in only one group of a target"
                hint = ScstInitiatorDel(self.target, Pair("group", name), (initiator,))
                raise Refused(message, hint=str(hint), code="E207")


class ScstInitiatorDel(Removal):
    """Take initiators out of a group."""

    target: str
    within: Pair
    initiators: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        name = str(self.within.value)
        group = group_of(config, self.target, name, self)
        for initiator in self.initiators:
            require(f"initiator in {self.target} {name}:", initiator, group.initiators, self)
        initiators = group.initiators - set(self.initiators)
        return put_group(config, self.target, name, replace(group, initiators=initiators))
