"""alua dgrp, tgrp and device: groups, and the devices in them."""

from __future__ import annotations

from typing import Any, Callable, Optional

from ...config import Config
from ...config.lazy import without
from ...config.scst import DeviceGroup, TargetGroup
from ...errors import Refused
from ...records import replace
from .. import Edit, Keyword, Pairs, Removal, Value, values_by_key
from ..names import require
from .edits import check_name, checked_id, dgrp_of, put_dgrp, put_tgrp, tgrp_of


class AluaDgrpAdd(Edit):
    """Make a device group."""

    dgrp: str

    def edit(self, config: Config) -> Config:
        check_name(self.dgrp)
        return config if self.dgrp in config.scst.groups else put_dgrp(config, self.dgrp, DeviceGroup())


class AluaDgrpDel(Removal):
    """Delete a device group, with all that is in it."""

    dgrp: str

    def edit(self, config: Config) -> Config:
        dgrp_of(config, self.dgrp, self)
        groups = without(config.scst.groups, self.dgrp)
        return config.having(scst=replace(config.scst, groups=groups))


_PARSED: dict[str, Callable[[Value], Any]] = {
    "group_id": checked_id, "state": str, "preferred": lambda value: value == "1",
}


def _with_pairs(group: TargetGroup, pairs: Pairs) -> TargetGroup:
    values = {key: _PARSED[key](value) for key, value in values_by_key(pairs).items()}
    return replace(group, **values)


class AluaTgrpAdd(Edit):
    """Make a target group."""

    dgrp: str
    tgrp: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        check_name(self.tgrp)
        existing = dgrp_of(config, self.dgrp, self).target_groups.get(self.tgrp)
        if existing is None:
            return put_tgrp(config, self.dgrp, self.tgrp, _with_pairs(TargetGroup(), self.pairs))
        if _with_pairs(existing, self.pairs) != existing:
            raise self._refusal(existing)
        return config

    def _refusal(self, existing: TargetGroup) -> Refused:
        message = f"target group {self.dgrp} {self.tgrp} already exists with other settings"
        details = (f"its state is {existing.state} now: -f FILE --again leaves it so",)
        hint = str(AluaTgrpSet(self.dgrp, self.tgrp, self.pairs))
        return Refused(message, details=details if self._is_so_but_its_state(existing) else (), hint=hint,
                       code="E203")

    def remainder(self, config: Config) -> tuple[Optional[Edit], tuple[str, ...]]:
        """What is left to do: a cluster may have given the group another state since it was made."""
        existing = dgrp_of(config, self.dgrp, self).target_groups.get(self.tgrp)
        if existing is None or not self._is_so_but_its_state(existing):
            return super().remainder(config)
        text = f"target group {self.dgrp} {self.tgrp} is there already, its state is now {existing.state}"
        return None, (text,)

    def _is_so_but_its_state(self, existing: TargetGroup) -> bool:
        """Whether the group has all that the line says, and another state."""
        group = _with_pairs(existing, self.pairs)
        return group != existing == replace(group, state=existing.state)


class AluaTgrpSet(Edit):
    """Change a target group's id, state or preference."""

    dgrp: str
    tgrp: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        group = tgrp_of(config, self.dgrp, self.tgrp, self)
        return put_tgrp(config, self.dgrp, self.tgrp, _with_pairs(group, self.pairs))


class AluaTgrpUnset(Removal):
    """Reset keys of a target group to their defaults."""

    dgrp: str
    tgrp: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        group, default = tgrp_of(config, self.dgrp, self.tgrp, self), TargetGroup()
        for key in self.keys:
            if getattr(group, key) == getattr(default, key):
                raise Refused(f"target group {self.dgrp} {self.tgrp} has no {key} of its own", code="E202")
            group = replace(group, **{key: getattr(default, key)})
        return put_tgrp(config, self.dgrp, self.tgrp, group)


class AluaTgrpDel(Removal):
    """Delete a target group, with the targets in it."""

    dgrp: str
    tgrp: str

    def edit(self, config: Config) -> Config:
        tgrp_of(config, self.dgrp, self.tgrp, self)
        group = config.scst.groups[self.dgrp]
        target_groups = without(group.target_groups, self.tgrp)
        return put_dgrp(config, self.dgrp, replace(group, target_groups=target_groups))


class AluaDeviceAdd(Edit):
    """Put devices into a device group."""

    dgrp: str
    devices: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        group = dgrp_of(config, self.dgrp, self)
        for device in self.devices:
            require("SCST device", device, config.scst.devices, self)
            self._check_free(config, device)
        return put_dgrp(config, self.dgrp, replace(group, devices=group.devices | set(self.devices)))

    def _check_free(self, config: Config, device: str) -> None:
        """Raises Refused for a device of another device group."""
        for name, group in without(config.scst.groups, self.dgrp).items():
            if device in group.devices:
                message = f"device {device} is in device group {name}, and a device can be in only one"
                raise Refused(message, hint=str(AluaDeviceDel(name, (device,))), code="E207")


class AluaDeviceDel(Removal):
    """Take devices out of a device group."""

    dgrp: str
    devices: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        group = dgrp_of(config, self.dgrp, self)
        for device in self.devices:
            require(f"device in {self.dgrp}:", device, group.devices, self)
        return put_dgrp(config, self.dgrp, replace(group, devices=group.devices - set(self.devices)))
