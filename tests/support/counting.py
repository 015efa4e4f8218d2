"""A box that counts what is asked of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from esosh.host import Host

SCST = "/sys/kernel/scst_tgt"


class Counting:
    """A host that hands everything to another one, and remembers the paths and the programs."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.reads: list[str] = []
        self.lists: list[str] = []
        self.writes: list[str] = []
        self.programs: list[tuple[str, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)

    def read(self, path: str) -> str:
        self.reads.append(path)
        return self._host.read(path)

    def list(self, path: str) -> tuple[str, ...]:
        self.lists.append(path)
        return self._host.list(path)

    def write(self, path: str, text: str) -> None:
        self.writes.append(path)
        self._host.write(path, text)

    def run(self, argv: Sequence[str], *options: Any, **named: Any) -> Any:
        self.programs.append(tuple(argv))
        return self._host.run(argv, *options, **named)

    def forget(self) -> None:
        """Count anew."""
        for counted in (self.reads, self.lists, self.writes, self.programs):
            counted.clear()

    def reads_below(self, *folders: str) -> list[str]:
        """What was read below some folders, SCST's where none is given."""
        return [path for path in self.reads if path.startswith(tuple(f"{folder}/" for folder in folders or (SCST,)))]

    @property
    def touches_scst(self) -> bool:
        """Whether anything of SCST was read, listed or written."""
        return any(path.startswith(SCST) for path in (*self.reads, *self.lists, *self.writes))

    @property
    def devices(self) -> set[str]:
        """The devices of SCST of which an attribute was read."""
        return {path.split("/")[5] for path in self.reads_below(f"{SCST}/devices")}

    @property
    def numbers(self) -> dict[str, int]:
        """How much of SCST was read, listed and written, and how many programs ran."""
        counted = {"reads": self.reads, "lists": self.lists, "writes": self.writes}
        numbers = {kind: sum(path.startswith(SCST) for path in paths) for kind, paths in counted.items()}
        return {**numbers, "programs": len(self.programs)}

    @property
    def read_again(self) -> set[str]:
        """What of SCST was read more than once."""
        return {path for path, count in Counter(self.reads_below()).items() if count > 1}
