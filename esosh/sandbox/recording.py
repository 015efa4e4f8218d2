"""Recordings of a running SCST: its answers to one write after the other, and the changes in its tree.

A recording is a JSON file. `texts` has every text once, `diffs` every list of changes once, and numbers
stand for both elsewhere. A change is one of

    +d -d PATH                  a folder was added, removed
    +f -f PATH MODE CONTENT     a file
    +l -l PATH TO               a link
    +e -e PATH                  a name that could not be read, so all that was seen beside it is doubtful
    ~ PATH BEFORE AFTER         another content

`runs` are sequences: `name`, `setup` (writes that were made before anything was recorded), `start` (the
tree then) and `cases`: section, file, text, result, last_sysfs_mgmt_res, changes and, where something else
than writes had changed the tree since the case before (a login, a daemon that died), these outside changes.

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
from typing import Any, Callable, Optional

from ..errors import Refused
from .scst.names import file_name

LAST = "last_sysfs_mgmt_res"

_MANY = 200  # characters of process numbers: threads are still being made, and their number varies

_KINDS = {"d": "folder", "f": "file", "l": "link", "e": "unreadable"}
_UNRECORDED = frozenset(("latency",))  # folders whose content is not part of a recording


@dataclass(frozen=True)
class Entry:
    """A file with its mode, a folder, or a link; `content` is the target of a link."""

    kind: str
    mode: str = ""
    content: str = ""


State = Mapping[str, Entry]


@dataclass(frozen=True)
class Change:
    """One path: its new entry, or only its new content, or (both None) its removal."""

    path: str
    entry: Optional[Entry] = None
    content: Optional[str] = None

    @property
    def is_removal(self) -> bool:
        """Whether the path was removed."""
        return self.entry is None and self.content is None


@dataclass(frozen=True)
class Case:
    """One write: errno is a name, such as EINVAL, or OK; `last` is last_sysfs_mgmt_res afterwards."""

    number: int
    section: str
    file: str
    text: str
    errno: str
    last: str
    changes: tuple[Change, ...]
    outside_changes: tuple[Change, ...] = ()

    @property
    def changed_paths(self) -> set[str]:
        """The paths that the write changed."""
        return {change.path for change in self.changes}


@dataclass(frozen=True)
class Run:
    """A sequence of cases from a start."""

    name: str
    setup: tuple[tuple[str, str], ...]
    start: tuple[Change, ...]
    cases: tuple[Case, ...]


def load(path: Path) -> tuple[Run, ...]:
    """Read the runs of a recording; cases are numbered from 0 through all of them."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    if "runs" not in raw:
        raise Refused(f"{path}: not a recording: it has no runs", code="E201")
    reader, runs, first = _Reader(raw), [], 0
    for row in raw["runs"]:
        runs.append(reader.run(row, first))
        first += len(row["cases"])
    return tuple(runs)


class _Reader:
    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._texts: Sequence[str] = raw["texts"]
        self._diffs = [tuple(self._change(*change) for change in diff) for diff in raw["diffs"]]

    def run(self, row: Mapping[str, Any], first: int) -> Run:
        setup = tuple((file, text) for file, text in row["setup"])
        cases = tuple(self._case(number, case) for number, case in enumerate(row["cases"], first))
        return Run(row["name"], setup, self._diffs[row["start"]], cases)

    def _case(self, number: int, row: Sequence[Any]) -> Case:
        section, file, text, result, last, diff = row[:6]
        return Case(
            number=number,
            section=self._texts[section],
            file=_shown(self._texts[file]),
            text=self._texts[text],
            errno=result.rpartition(":")[2],
            last=last.lstrip("!"),
            changes=self._diffs[diff],
            outside_changes=self._diffs[row[6]] if len(row) > 6 else (),
        )

    def _change(self, action: str, number: int, *details: Any) -> Change:
        path = _shown(self._texts[number])
        if action == "~":
            return Change(path, content=self._texts[details[1]])
        if action in ("-d", "-f", "-l"):
            return Change(path)
        return Change(path, self._entry(_KINDS[action[1]], details))

    def _entry(self, kind: str, details: Sequence[Any]) -> Entry:
        mode = details[0] if len(details) == 2 else ""
        return Entry(kind, mode, self._texts[details[-1]] if details else "")


def _shown(path: str) -> str:
    """The path by which a sandbox shows it, where a name is longer than a file may have."""
    return "/".join(file_name(name) for name in path.split("/"))


def errno_name(error: OSError) -> str:
    """The name of an error's errno, such as EINVAL."""
    return errno.errorcode.get(error.errno or 0, str(error))


def comparable(path: str, content: str) -> str:
    """A content without what differs from one boot to the next."""
    simplify = _SIMPLIFIED.get(os.path.basename(path))
    return simplify(content) if simplify else content


def _process_count(content: str) -> str:
    return str(len(content.split())) if len(content) < _MANY else "0"


_SIMPLIFIED: Mapping[str, Callable[[str], str]] = {
    "thread_pid": _process_count,
    "host": lambda content: re.sub(r"\bhost\d+", "hostN", content),
    LAST: lambda content: "",
}


class Walk:
    """Looks at a whole tree, again and again; files replaced since the last time are read again."""

    def __init__(self, base: Path, cached: bool) -> None:
        self._base = str(base)
        self._cached = cached
        self._cache: dict[str, tuple[tuple[int, ...], Entry]] = {}

    def look(self, *folders: str) -> dict[str, Entry]:
        """Give all entries, or these folders and what is below them."""
        if not folders:
            return dict(self._below(self._base))
        entries = {folder: Entry("folder") for folder in folders}
        for folder in folders:
            entries.update(self._below(f"{self._base}/{folder}"))
        return entries

    def _below(self, folder: str) -> Iterator[tuple[str, Entry]]:
        for item in os.scandir(folder):
            entry = self._entry(item)
            yield item.path[len(self._base) + 1 :], entry
            if entry.kind == "folder" and item.name not in _UNRECORDED:
                yield from self._below(item.path)

    def _entry(self, item: os.DirEntry[str]) -> Entry:
        if item.is_symlink():
            return Entry("link", content=os.readlink(item.path))
        return Entry("folder") if item.is_dir() else self._file(item)

    def _file(self, item: os.DirEntry[str]) -> Entry:
        stat = item.stat()
        signature = (stat.st_ino, stat.st_mtime_ns, stat.st_mode)
        cached = self._cache.get(item.path)
        if self._cached and cached and cached[0] == signature:
            return cached[1]
        mode = stat.st_mode & 0o777
        entry = Entry("file", f"{mode:o}", _content(item.path) if mode & 0o400 else "")
        self._cache[item.path] = (signature, entry)
        return entry


def _content(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "surrogateescape")
    except OSError as error:
        return f"!{errno.errorcode.get(error.errno or 0)}"
