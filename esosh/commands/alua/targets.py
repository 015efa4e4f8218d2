"""alua target: ports in a target group."""

from __future__ import annotations

from functools import reduce

from ...config import Config
from ...config.lazy import having, without
from ...config.scst import Port, Target, is_local, rel_tgt_id
from ...errors import Refused
from ...executors.scst.names import misspelled
from ...records import replace
from .. import Edit, Keyword, Pair, Pairs, Removal, values_by_key
from ..names import refuse_spelling
from .edits import check_name, checked_id, port_of, put_tgrp, tgrp_of


def _put_port(config: Config, dgrp: str, tgrp: str, name: str, number: int) -> Config:
    """The configuration with that port in the target group, and with its relative target id."""
    port = Port(number)
    if is_local(config.scst, name):
        config = _put_target(config, name, replace(config.scst.targets[name], rel_tgt_id=number))
        port = Port()
    group = config.scst.groups[dgrp].target_groups[tgrp]
    return put_tgrp(config, dgrp, tgrp, replace(group, targets=having(group.targets, {name: port})))


def _put_target(config: Config, name: str, target: Target) -> Config:
    return config.having(scst=replace(config.scst, targets=having(config.scst.targets, {name: target})))


class AluaTargetAdd(Edit):
    """Put ports into a target group: this host's, or the other host's."""

    dgrp: str
    tgrp: str
    targets: tuple[str, ...]
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        if self.pairs and len(self.targets) > 1:
            hint = replace(self, targets=self.targets[:1])
            raise Refused("a relative target id belongs to one target", hint=str(hint), code="E204")
        return reduce(self._add, self.targets, config)

    def _add(self, config: Config, target: str) -> Config:
        check_name(target)
        existing = tgrp_of(config, self.dgrp, self.tgrp, self).targets.get(target)
        number = checked_id(values_by_key(self.pairs)["rel_tgt_id"]) if self.pairs else 0
        if existing is not None:
            self._check_same_id(target, number, rel_tgt_id(config.scst, target, existing))
            return config
        refuse_spelling(misspelled(config.scst, target), target, self)
        self._check_free(config, target)
        old_number = rel_tgt_id(config.scst, target, Port())
        return _put_port(config, self.dgrp, self.tgrp, target, number or old_number)

    def _check_same_id(self, target: str, number: int, existing: int) -> None:
        """Raises Refused for another id than the port has in this group; 0 is none."""
        if number not in (0, existing):
            hint = AluaTargetSet(self.dgrp, self.tgrp, target, self.pairs[0])
            message = f"target {target} is already in {self.dgrp} {self.tgrp}, with other settings"
            raise Refused(message, hint=str(hint), code="E203")

    def _check_free(self, config: Config, target: str) -> None:
        """Raises Refused for a port of another target group of the device group."""
        for name, group in config.scst.groups[self.dgrp].target_groups.items():
            if target in group.targets:
                hint = AluaTargetDel(self.dgrp, name, (target,))
                message = f"target {target} is in target group {name} of {self.dgrp}"
                raise Refused(message, hint=str(hint), code="E207")

    def note(self, config: Config) -> str:
        """Whose ports they are: a typo would silently make a remote one."""
        return "; ".join(f"{target}: {_side(config, target)}" for target in self.targets)


def _side(config: Config, target: str) -> str:
    return "local (exists here)" if is_local(config.scst, target) else "remote (not on this host)"


class AluaTargetSet(Edit):
    """Change a port's relative target id."""

    dgrp: str
    tgrp: str
    port: str
    pair: Pair

    def edit(self, config: Config) -> Config:
        port_of(config, self.dgrp, self.tgrp, self.port, self)
        return _put_port(config, self.dgrp, self.tgrp, self.port, checked_id(self.pair.value))


class AluaTargetUnset(Removal):
    """Reset a port's relative target id to its default."""

    dgrp: str
    tgrp: str
    port: str
    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        port = port_of(config, self.dgrp, self.tgrp, self.port, self)
        if not rel_tgt_id(config.scst, self.port, port):
            raise Refused(f"target {self.port} has no rel_tgt_id of its own", code="E202")
        if is_local(config.scst, self.port) and config.scst.targets[self.port].enabled:
            message = f"target {self.port} is enabled, and SCST gives every enabled target an id"
            raise Refused(message, code="E216")
        return _put_port(config, self.dgrp, self.tgrp, self.port, 0)


class AluaTargetDel(Removal):
    """Take ports out of a target group."""

    dgrp: str
    tgrp: str
    ports: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        for port in self.ports:
            port_of(config, self.dgrp, self.tgrp, port, self)
            group = config.scst.groups[self.dgrp].target_groups[self.tgrp]
            group = replace(group, targets=without(group.targets, port))
            config = put_tgrp(config, self.dgrp, self.tgrp, group)
        return config
