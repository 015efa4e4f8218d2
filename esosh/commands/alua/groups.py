"""alua dgrp, tgrp and device: groups, and the devices in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...config import Config, DeviceGroup, TargetGroup
from ...errors import Refused
from .. import Change, Pairs, given, missing, without
from .edits import checked_id, dgrp_of, new_name, put_dgrp, put_tgrp, tgrp_of


@dataclass(frozen=True)
class AluaDgrpAdd(Change):
    """Make a device group."""

    dgrp: str

    def edit(self, config: Config) -> Config:
        new_name(self.dgrp)
        return config if self.dgrp in config.scst.groups else put_dgrp(config, self.dgrp, DeviceGroup())


@dataclass(frozen=True)
class AluaDgrpDel(Change):
    """Take a device group away, with all that is in it."""

    dgrp: str

    def edit(self, config: Config) -> Config:
        dgrp_of(config, self.dgrp, self)
        groups = {name: group for name, group in config.scst.groups.items() if name != self.dgrp}
        return replace(config, scst=replace(config.scst, groups=groups))


def _with(group: TargetGroup, pairs: Pairs) -> TargetGroup:
    values = given(pairs)
    if "group_id" in values:
        group = replace(group, group_id=checked_id(values["group_id"]))
    if "state" in values:
        group = replace(group, state=str(values["state"]))
    if "preferred" in values:
        group = replace(group, preferred=values["preferred"] == "1")
    return group


@dataclass(frozen=True)
class AluaTgrpAdd(Change):
    """Make a target group."""

    dgrp: str
    tgrp: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        new_name(self.tgrp)
        there = dgrp_of(config, self.dgrp, self).target_groups.get(self.tgrp)
        if there is None:
            return put_tgrp(config, self.dgrp, self.tgrp, _with(TargetGroup(), self.pairs))
        if _with(there, self.pairs) != there:
            mend = AluaTgrpSet(self.dgrp, self.tgrp, self.pairs)
            raise Refused(f"target group {self.dgrp} {self.tgrp} is there and differs", mend=str(mend), code="E203")
        return config


@dataclass(frozen=True)
class AluaTgrpSet(Change):
    """Change a target group's id, state or preference."""

    dgrp: str
    tgrp: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        there = tgrp_of(config, self.dgrp, self.tgrp, self)
        return put_tgrp(config, self.dgrp, self.tgrp, _with(there, self.pairs))


@dataclass(frozen=True)
class AluaTgrpUnset(Change):
    """Give keys of a target group their defaults again."""

    dgrp: str
    tgrp: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        there, default = tgrp_of(config, self.dgrp, self.tgrp, self), TargetGroup()
        for key in self.keys:
            if getattr(there, key) == getattr(default, key):
                raise Refused(f"target group {self.dgrp} {self.tgrp} has no {key} of its own", code="E202")
            there = replace(there, **{key: getattr(default, key)})
        return put_tgrp(config, self.dgrp, self.tgrp, there)


@dataclass(frozen=True)
class AluaTgrpDel(Change):
    """Take a target group away, with the targets in it."""

    dgrp: str
    tgrp: str

    def edit(self, config: Config) -> Config:
        tgrp_of(config, self.dgrp, self.tgrp, self)
        group = config.scst.groups[self.dgrp]
        return put_dgrp(config, self.dgrp, replace(group, target_groups=without(group.target_groups, self.tgrp)))


@dataclass(frozen=True)
class AluaDeviceAdd(Change):
    """Put devices into a device group."""

    dgrp: str
    devices: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        group = dgrp_of(config, self.dgrp, self)
        for device in self.devices:
            if device not in config.scst.devices:
                raise missing("SCST device", device, config.scst.devices, self)
            for name, other in config.scst.groups.items():
                if device in other.devices and name != self.dgrp:
                    raise Refused(f"device {device} is in device group {name}, and a device is in one only",
                                  mend=str(AluaDeviceDel(name, (device,))), code="E207")
        return put_dgrp(config, self.dgrp, replace(group, devices=group.devices | set(self.devices)))


@dataclass(frozen=True)
class AluaDeviceDel(Change):
    """Take devices out of a device group."""

    dgrp: str
    devices: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        group = dgrp_of(config, self.dgrp, self)
        for device in self.devices:
            if device not in group.devices:
                raise missing(f"device in {self.dgrp}:", device, group.devices, self)
        return put_dgrp(config, self.dgrp, replace(group, devices=group.devices - set(self.devices)))
