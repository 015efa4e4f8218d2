"""alua target: ports in a target group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

from ...config import Config, Port
from ...errors import Refused
from .. import Change, Pair, Pairs, given, spelt, without
from .edits import checked_id, local, new_name, port_of, put_tgrp, rel_tgt_id, tgrp_of


def _give(config: Config, dgrp: str, tgrp: str, target: str, number: int) -> Config:
    """The port with that relative target id."""
    group = config.scst.groups[dgrp].target_groups[tgrp]
    if local(config, target):
        about = replace(config.scst.targets[target], rel_tgt_id=number)
        config = replace(config, scst=replace(config.scst, targets={**config.scst.targets, target: about}))
    port = Port() if local(config, target) else Port(number)
    return put_tgrp(config, dgrp, tgrp, replace(group, targets={**group.targets, target: port}))


@dataclass(frozen=True)
class AluaTargetAdd(Change):
    """Put ports into a target group: this host's, or the other host's."""

    dgrp: str
    tgrp: str
    targets: tuple[str, ...]
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        if self.pairs and len(self.targets) > 1:
            raise Refused("a relative target id is one target's", code="E204",
                          mend=str(replace(self, targets=self.targets[:1])))
        return reduce(self._add, self.targets, config)

    def _add(self, config: Config, target: str) -> Config:
        new_name(target)
        there = tgrp_of(config, self.dgrp, self.tgrp, self).targets.get(target)
        number = checked_id(given(self.pairs)["rel_tgt_id"]) if self.pairs else 0
        if there is not None:
            if number and rel_tgt_id(config, target, there) != number:
                mend = AluaTargetSet(self.dgrp, self.tgrp, target, self.pairs[0])
                raise Refused(f"target {target} is in {self.dgrp} {self.tgrp} and differs", mend=str(mend), code="E203")
            return config
        spelt(config, target, self)
        for name, group in config.scst.groups[self.dgrp].target_groups.items():
            if target in group.targets:
                raise Refused(f"target {target} is in target group {name} of {self.dgrp}", code="E207",
                              mend=str(AluaTargetDel(self.dgrp, name, (target,))))
        kept = config.scst.targets[target].rel_tgt_id if local(config, target) else 0
        return _give(config, self.dgrp, self.tgrp, target, number or kept)

    def note(self, config: Config) -> str:
        """Whose ports they are: a typo would silently make a remote one."""
        return "; ".join(f"{target}: {'local (exists here)' if local(config, target) else 'remote (not on this host)'}"
                         for target in self.targets)


@dataclass(frozen=True)
class AluaTargetSet(Change):
    """Change a port's relative target id."""

    dgrp: str
    tgrp: str
    port: str
    pair: Pair

    def edit(self, config: Config) -> Config:
        port_of(config, self.dgrp, self.tgrp, self.port, self)
        return _give(config, self.dgrp, self.tgrp, self.port, checked_id(self.pair.value))


@dataclass(frozen=True)
class AluaTargetUnset(Change):
    """Give a port's relative target id its default again."""

    dgrp: str
    tgrp: str
    port: str
    keys: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        port = port_of(config, self.dgrp, self.tgrp, self.port, self)
        if not rel_tgt_id(config, self.port, port):
            raise Refused(f"target {self.port} has no rel_tgt_id of its own", code="E202")
        if local(config, self.port) and config.scst.targets[self.port].enabled:
            raise Refused(f"target {self.port} is enabled, and SCST gives every enabled target an id", code="E216")
        return _give(config, self.dgrp, self.tgrp, self.port, 0)


@dataclass(frozen=True)
class AluaTargetDel(Change):
    """Take ports out of a target group."""

    dgrp: str
    tgrp: str
    ports: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for port in self.ports:
            port_of(config, self.dgrp, self.tgrp, port, self)
            group = config.scst.groups[self.dgrp].target_groups[self.tgrp]
            config = put_tgrp(config, self.dgrp, self.tgrp, replace(group, targets=without(group.targets, port)))
        return config
