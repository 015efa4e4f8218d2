"""Recordings of a running SCST: what it answered to one write after the other, and what changed in its tree.

A recording is a JSON file. `texts` has every text once, `diffs` every list of changes once, and numbers stand for
both elsewhere. A change is one of

    +d -d PATH                  a folder came, went
    +f -f PATH MODE CONTENT     a file
    +l -l PATH TO               a link
    +e -e PATH                  a name that could not be looked at, so all that was seen beside it is doubtful
    ~ PATH BEFORE AFTER         another content

`runs` are sequences: `name`, `setup` (writes that were made before anything was recorded), `start` (the tree then) and
`cases`: section, file, text, result, last_sysfs_mgmt_res, changes and, where something else than writes had changed the
tree since the case before (a login, a daemon that died), what that was.

Source: SCST 3.11 on a real kernel, observed 2026-11.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from ..errors import Refused
from .scst_names import shown

LAST = "last_sysfs_mgmt_res"

_MANY = 200  # characters of process numbers: threads being made, and nobody can count them

_KINDS = {"d": "folder", "f": "file", "l": "link", "e": "unreadable"}
_APART = frozenset(("latency",))  # folders whose content is not part of a recording


@dataclass(frozen=True)
class Entry:
    """A file with its mode, a folder, or a link; `content` is the target of a link."""

    kind: str
    mode: str = ""
    content: str = ""


State = Mapping[str, Entry]


@dataclass(frozen=True)
class Change:
    """One path: what it is now, or only its new content, or (both None) that it went."""

    path: str
    now: Optional[Entry] = None
    content: Optional[str] = None

    def __str__(self) -> str:
        if self.now is not None:
            return f"+ {self.path} {self.now.kind} {self.now.mode} {self.now.content!r}"
        return f"- {self.path}" if self.content is None else f"~ {self.path} {self.content!r}"


@dataclass(frozen=True)
class Case:
    """One write: errno is a name, such as EINVAL, or OK."""

    number: int
    section: str
    file: str
    text: str
    errno: str
    last: str
    changes: tuple[Change, ...]
    meanwhile: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Run:
    """A sequence of cases from a start."""

    name: str
    setup: tuple[tuple[str, str], ...]
    start: tuple[Change, ...]
    cases: tuple[Case, ...]


def load(path: Path) -> tuple[Run, ...]:
    """The runs of a recording; cases are numbered from 0 through all of them."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    if "runs" not in raw:
        raise Refused(f"{path}: not a recording: it has no runs")
    reader, runs, first = _Reader(raw), [], 0
    for run in raw["runs"]:
        cases = tuple(reader.case(number, row) for number, row in enumerate(run["cases"], first))
        runs.append(Run(run["name"], tuple((file, text) for file, text in run["setup"]), reader.diff(run["start"]), cases))
        first += len(cases)
    return tuple(runs)


class _Reader:
    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._texts: Sequence[str] = raw["texts"]
        self._diffs = [tuple(self._change(*change) for change in diff) for diff in raw["diffs"]]

    def diff(self, number: int) -> tuple[Change, ...]:
        return self._diffs[number]

    def case(self, number: int, row: Sequence[Any]) -> Case:
        section, file, text, result, last, diff = row[:6]
        return Case(
            number, self._texts[section], _shown(self._texts[file]), self._texts[text], result.rpartition(":")[2],
            last.lstrip("!"), self._diffs[diff], self._diffs[row[6]] if len(row) > 6 else (),
        )

    def _change(self, what: str, path: int, *rest: Any) -> Change:
        place = _shown(self._texts[path])
        if what == "~":
            return Change(place, content=self._texts[rest[1]])
        if what in ("-d", "-f", "-l"):
            return Change(place)
        mode = rest[0] if len(rest) == 2 else ""
        return Change(place, Entry(_KINDS[what[1]], mode, self._texts[rest[-1]] if rest else ""))


def _shown(path: str) -> str:
    """The path by which a sandbox shows it, where a name is longer than a file may have."""
    return "/".join(shown(name) for name in path.split("/"))


def plain(path: str, content: str) -> str:
    """A content without what differs from one boot to the next: of process numbers only how many there are."""
    name = os.path.basename(path)
    if name == "thread_pid":
        return str(len(content.split()) if len(content) < _MANY else 0)
    return "" if name == LAST else re.sub(r"\bhost\d+", "hostN", content) if name == "host" else content


class Walk:
    """Looks at a whole tree, again and again; files replaced since the last time are read again."""

    def __init__(self, base: Path, cached: bool) -> None:
        self._base = str(base)
        self._cached = cached
        self._read: dict[str, tuple[tuple[int, ...], Entry]] = {}

    def look(self, *folders: str) -> dict[str, Entry]:
        """What is there now, all of it or what is below some folders, with these."""
        if not folders:
            return dict(self._below(self._base))
        below = (entry for folder in folders for entry in self._below(f"{self._base}/{folder}"))
        return {**{folder: Entry("folder") for folder in folders}, **dict(below)}

    def _below(self, folder: str) -> Iterator[tuple[str, Entry]]:
        for found in os.scandir(folder):
            path = found.path[len(self._base) + 1 :]
            if found.is_symlink():
                yield path, Entry("link", content=os.readlink(found.path))
            elif found.is_dir():
                yield path, Entry("folder")
                if found.name not in _APART:
                    yield from self._below(found.path)
            else:
                yield path, self._file(path, found)

    def _file(self, path: str, found: os.DirEntry[str]) -> Entry:
        stat = found.stat()
        sign = (stat.st_ino, stat.st_mtime_ns, stat.st_mode)
        before = self._read.get(path)
        if not self._cached or before is None or before[0] != sign:
            mode = stat.st_mode & 0o777
            before = self._read[path] = (sign, Entry("file", f"{mode:o}", _content(found.path) if mode & 0o400 else ""))
        return before[1]


def _content(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "surrogateescape")
    except OSError as error:
        return f"!{errno.errorcode.get(error.errno or 0)}"
