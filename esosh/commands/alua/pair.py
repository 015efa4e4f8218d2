"""alua pair: the layout of two hosts in one line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Optional

from ...config import Config
from ...config.scst import Scst, all_ports, is_local, rel_tgt_id
from ...errors import Refused
from ...executors.scst.names import misspelled
from ...records import replace
from .. import Edit, Pair, first_repeated
from ..names import refuse_spelling
from .groups import AluaDgrpAdd, AluaTgrpAdd
from .targets import AluaTargetAdd, AluaTargetSet

_HOST = re.compile(r"host\d+")


class AluaPairAdd(Edit):
    """Make the layout of two hosts: the same line on both, and each calls its own side `local`.

    host1 gets group id 1, host2 gets 2. Ports of target groups keep their relative target ids; the others get
    the lowest free ones, first host1's, then host2's, so that the ids grow alike on both hosts.
    """

    dgrp: str
    host1: Pair
    host2: Pair
    local: Optional[Pair] = None

    def edit(self, config: Config) -> Config:
        for port in self._ports():
            _refuse_host(port)
            refuse_spelling(misspelled(config.scst, port), port, self)
        return reduce(lambda config, line: line.edit(config), self.lines(config), config)

    def note(self, config: Config) -> str:
        """Whose ports they are: a typo would silently make a remote one. And the ids of those that join."""
        sides = AluaTargetAdd(self.dgrp, "", self._ports()).note(config)
        known, numbers = _known_ids(config.scst), self._ids(config.scst)
        joining = [port for port in numbers if known and port not in known]
        return "; ".join((sides, *(f"{port}: rel_tgt_id {numbers[port]}" for port in joining)))

    def lines(self, config: Config) -> Iterator[Edit]:
        """The single lines that it stands for."""
        own = str(self.local.value) if self.local else self._own_side(config)
        other = "host2" if own == "host1" else "host1"
        if first_repeated(self._ports()):
            raise Refused("a port is named twice", code="E204")
        numbers = self._ids(config.scst)
        yield AluaDgrpAdd(self.dgrp)
        yield from self._group_lines("local", own, numbers)
        yield from self._group_lines("remote", other, numbers)

    def _group_lines(self, tgrp: str, host: str, numbers: Mapping[str, int]) -> Iterator[Edit]:
        """The lines of one host's target group."""
        yield AluaTgrpAdd(self.dgrp, tgrp, (Pair("group_id=", host[-1]),))
        for port in self._sides()[host]:
            yield AluaTargetAdd(self.dgrp, tgrp, (port,))
            yield AluaTargetSet(self.dgrp, tgrp, port, Pair("rel_tgt_id=", str(numbers[port])))

    def _ids(self, scst: Scst) -> dict[str, int]:
        """The relative target id of each port: its own, or the lowest that no port has yet."""
        known = _known_ids(scst)
        free = (number for number in itertools.count(1) if number not in known.values())
        return {port: known.get(port) or next(free) for port in self._ports()}

    def _sides(self) -> dict[str, tuple[str, ...]]:
        """The ports of each host."""
        return {"host1": tuple(self.host1.value or ()), "host2": tuple(self.host2.value or ())}

    def _ports(self) -> tuple[str, ...]:
        sides = self._sides()
        return (*sides["host1"], *sides["host2"])

    def _own_side(self, config: Config) -> str:
        """The host of the pair that this host is, by its ports. Raises Refused where they do not tell."""
        own = {port for port in self._ports() if is_local(config.scst, port)}
        sides = [host for host, ports in self._sides().items() if own.intersection(ports)]
        if len(sides) == 1:
            return sides[0]
        owners = "both sides have" if sides else "neither side has"
        message = f"{owners} ports of this host: say which side it is, local=host1 or local=host2"
        raise Refused(message, hint=str(replace(self, local=Pair("local=", "host1"))), code="E208")


def _refuse_host(port: str) -> None:
    """Raises Refused for the word of a host where a port stands: host3, or host1 once more."""
    if _HOST.fullmatch(port):
        message = f"{port} is no port: a pair has two hosts, host1 and host2, each named once"
        raise Refused(message, word=port, code="E206")


def _known_ids(scst: Scst) -> dict[str, int]:
    """The relative target ids of the ports of all target groups; a port without one is not among them."""
    ids = {name: rel_tgt_id(scst, name, port) for ports in all_ports(scst) for name, port in ports.items()}
    return {name: number for name, number in ids.items() if number}
