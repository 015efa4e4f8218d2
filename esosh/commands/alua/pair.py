"""alua pair: the layout of two hosts in one line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Optional

from ...config import Config
from ...config.scst import is_local
from ...errors import Refused
from ...executors.scst.names import misspelled
from ...records import replace
from .. import Edit, Pair, first_repeated
from ..names import refuse_spelling
from .groups import AluaDgrpAdd, AluaTgrpAdd
from .targets import AluaTargetAdd


class AluaPairAdd(Edit):
    """Make the layout of two hosts: the same line on both, and each calls its own side `local`.

    host1 gets group id 1, host2 gets 2; relative target ids count on through host1's ports, then host2's.
    """

    dgrp: str
    host1: Pair
    host2: Pair
    local: Optional[Pair] = None

    def edit(self, config: Config) -> Config:
        for port in self._ports():
            refuse_spelling(misspelled(config.scst, port), port, self)
        return reduce(lambda config, line: line.edit(config), self.lines(config), config)

    def note(self, config: Config) -> str:
        """Whose ports they are: a typo would silently make a remote one."""
        return AluaTargetAdd(self.dgrp, "", self._ports()).note(config)

    def lines(self, config: Config) -> Iterator[Edit]:
        """The single lines that it stands for."""
        own = str(self.local.value) if self.local else self._own_side(config)
        other = "host2" if own == "host1" else "host1"
        if first_repeated(self._ports()):
            raise Refused("a port is named twice", code="E204")
        yield AluaDgrpAdd(self.dgrp)
        yield from self._group_lines("local", own)
        yield from self._group_lines("remote", other)

    def _group_lines(self, tgrp: str, host: str) -> Iterator[Edit]:
        """The lines of one host's target group."""
        yield AluaTgrpAdd(self.dgrp, tgrp, (Pair("group_id=", host[-1]),))
        for port in self._sides()[host]:
            number = self._ports().index(port) + 1
            yield AluaTargetAdd(self.dgrp, tgrp, (port,), (Pair("rel_tgt_id=", str(number)),))

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
