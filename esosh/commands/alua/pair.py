"""alua pair: the layout of two hosts in one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Optional

from ...config import Config
from ...errors import Refused
from .. import Change, Edit, Pair, spelt
from .edits import local
from .groups import AluaDgrpAdd, AluaTgrpAdd
from .targets import AluaTargetAdd


@dataclass(frozen=True)
class AluaPairAdd(Change):
    """Make the layout of two hosts: the same line on both, and each calls its own side `local`.

    host1 gets group id 1, host2 gets 2; relative target ids count on through host1's ports, then host2's.
    """

    dgrp: str
    host1: Pair
    host2: Pair
    local: Optional[Pair] = None

    def edit(self, config: Config) -> Config:
        for port in self._ports():
            spelt(config, port, self)
        return reduce(lambda config, line: line.edit(config), self.lines(config), config)

    def note(self, config: Config) -> str:
        """Whose ports they are: a typo would silently make a remote one."""
        return AluaTargetAdd(self.dgrp, "", self._ports()).note(config)

    def _ports(self) -> tuple[str, ...]:
        return *(self.host1.value or ()), *(self.host2.value or ())

    def lines(self, config: Config) -> Iterator[Edit]:
        """The single lines that it stands for."""
        hosts = {"host1": tuple(self.host1.value or ()), "host2": tuple(self.host2.value or ())}
        here = str(self.local.value) if self.local else self._here(config, hosts)
        numbers = {port: number for number, port in enumerate((*hosts["host1"], *hosts["host2"]), 1)}
        if len(numbers) < len(hosts["host1"]) + len(hosts["host2"]):
            raise Refused("a port is named twice", code="E204")
        yield AluaDgrpAdd(self.dgrp)
        for tgrp, host in (("local", here), ("remote", "host2" if here == "host1" else "host1")):
            yield AluaTgrpAdd(self.dgrp, tgrp, (Pair("group_id=", host[-1]),))
            for port in hosts[host]:
                yield AluaTargetAdd(self.dgrp, tgrp, (port,), (Pair("rel_tgt_id=", str(numbers[port])),))

    def _here(self, config: Config, hosts: dict[str, tuple[str, ...]]) -> str:
        sides = [host for host, ports in hosts.items() if any(local(config, port) for port in ports)]
        if len(sides) != 1:
            told = "both sides have" if sides else "neither side has"
            mend = str(replace(self, local=Pair("local=", "host1")))
            raise Refused(f"{told} ports of this host: say which side it is, local=host1 or local=host2", mend=mend, code="E208")
        return sides[0]
