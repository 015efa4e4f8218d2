"""A recording on the SCST of a live box: only with objects of its own, all of which are deleted in the end.

Every device, target and device group that a command names gets a name of ours. A case is left out if it
writes to anything else, names or changes anything else, enables a target, or could do harm. What is left
out has not happened, so a case is also left out if it depends on something that therefore differs from the
recording. A run ends where something else than a write changed the recorded tree.

Compared are the answer and the changes below our objects, except what follows from their names, from the
box, or from what else lives on it.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import signal
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace

from ..errors import Refused
from ..host.local import LocalHost
from .recording import LAST, Case, Change, Entry, Run, Walk, errno_name
from .scst.names import ROOT
from .verdicts import Verdict, answer_difference, differing_paths, tree_difference, with_changes

PREFIX = "esosh-trial-"

_FOLDERS = "devices|targets/(?:iscsi|scst_local)|device_groups"
_OBJECT = re.compile(rf"({_FOLDERS})/((?!mgmt$)[^/]+)(?=/|$)")
_MEMBER = re.compile(
    r"(device_groups/[^/]+/(?:devices|target_groups/[^/]+)/)((?!(?:mgmt|group_id|preferred|state)$)[^/]+)"
)
_LINK = re.compile(rf"((?:\.\./)+(?:{_FOLDERS})/)([^/]+)")
_MANAGEMENT = re.compile(
    r"handlers/vdisk_nullio/mgmt|targets/(iscsi|scst_local)/mgmt"
    r"|device_groups/mgmt|device_groups/[^/]+/devices/mgmt"
    r"|device_groups/[^/]+/target_groups/[^/]+/mgmt|targets/.*/luns/mgmt"
)
_COMMAND = re.compile(
    r"(\s*(?:(?:add|del)_(?:device|target|session|target_attribute)"
    r"|create|add|del|replace|replace_no_ua)[ \t]+)"
    r"([\w:][\w.:-]*)(?=\s|$)",
    re.I,
)
_LUN_REMOVAL = re.compile(r"\s*(del\s+\S+|clear)\s*", re.I)
_HARMFUL = re.compile(
    r".*/(enabled|rel_tgt_id|threads_num|threads_pool_type|block|cluster_mode|pr_file_name"
    r"|numa_node_id|cpu_mask|active)"
)
_POLLS, _PAUSE = 600, 0.1
_LONGEST = 100  # longer texts test the limits of the kernel's buffers
_BOX_SPECIFIC = frozenset((
    "cpu_mask", "host", "host_no", "pr_file_name", "prod_id", "rel_tgt_id", "t10_dev_id", "thread_index",
    "thread_pid", "tid", "usn", "vend_specific_id",
))
_RESERVED = frozenset((
    "mgmt", "type", "version", "state", "group_id", "preferred", "trace_level", "enabled", "copy_manager_tgt",
))
_DELETE_COMMANDS = {
    "device_groups": ("device_groups/mgmt", "del"), "targets/iscsi": ("targets/iscsi/mgmt", "del_target"),
    "targets/scst_local": ("targets/scst_local/mgmt", "del_target"),
    "devices": ("handlers/vdisk_nullio/mgmt", "del_device"),
}


def run(host: LocalHost, runs: Iterable[Run]) -> Generator[Verdict, None, None]:
    """Run the cases that may be run; in any case the objects made are deleted."""
    if not host.exists(f"{ROOT}/handlers/vdisk_nullio/mgmt"):
        raise Refused("no SCST with the handler vdisk_nullio runs here", code="E201")
    leftover = next(_own_objects(host), None)
    if leftover is not None:
        hint = "delete it, or wait until the other trial ends"
        raise Refused(f"{leftover} already exists", hint=hint, code="E201")
    for sequence in runs:
        try:
            yield from _Trial(host).run(sequence)
        finally:
            _clean(host)


def _own_objects(host: LocalHost) -> Iterator[str]:
    for folder in _DELETE_COMMANDS:
        names = host.list(f"{ROOT}/{folder}")
        yield from (f"{folder}/{name}" for name in names if name.startswith(PREFIX))


def _clean(host: LocalHost) -> None:
    """Delete what can be deleted of our objects, undisturbed by Ctrl-C and SIGTERM."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        for path in tuple(_own_objects(host)):
            folder, name = os.path.split(path)
            mgmt, command = _DELETE_COMMANDS[folder]
            with contextlib.suppress(OSError):
                host.write(f"{ROOT}/{mgmt}", f"{command} {name}")
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Trial:
    """One run, and which of the recorded paths differ from the recording."""

    def __init__(self, host: LocalHost) -> None:
        self._host = host
        self._walk = Walk(host.path(ROOT), cached=False)
        self._diverged: set[str] = set()

    def run(self, sequence: Run) -> Iterator[Verdict]:
        self._set_up(sequence)
        for case in itertools.takewhile(lambda case: not case.outside_changes, sequence.cases):
            if self._may_run(case) and not self._depends_on_diverged(case):
                yield Verdict(sequence.name, case, self._case(case))
            else:
                self._leave_out(case)

    def _set_up(self, sequence: Run) -> None:
        for file, text in sequence.setup:
            case = Case(-1, "setup", file, text, "OK", "", ())
            if self._may_run(case):
                _answer(self._host, case)
        objects = {change.path for change in sequence.start if _OBJECT.fullmatch(change.path)}
        self._diverged = set(itertools.filterfalse(self._exists, objects))

    def _exists(self, path: str) -> bool:
        return self._host.exists(f"{ROOT}/{_own_path(path)}")

    def _may_run(self, case: Case) -> bool:
        may_follow = all(map(_may_follow, case.changes))
        return may_follow and self._has_driver(case.file) and _is_ours(case.file) and _is_harmless(case)

    def _has_driver(self, file: str) -> bool:
        driver = re.match("targets/[^/]+/", file)
        return driver is None or self._host.exists(f"{ROOT}/{driver[0]}mgmt")

    def _depends_on_diverged(self, case: Case) -> bool:
        """Whether a path that differs from the recording is among the paths or words of a case."""
        words = {*re.split(r"[\s=;]+", case.text)}
        concerned, removed = _concerned_paths(case), _removed_paths(case, words)
        return any(
            path in concerned
            or os.path.basename(path) in words
            or not removed.isdisjoint(_with_parents(path))
            for path in self._diverged
        )

    def _leave_out(self, case: Case) -> None:
        for change in case.changes:
            if change.is_removal and not self._exists(change.path):
                self._diverged.discard(change.path)
            else:
                self._diverged.add(change.path)

    def _case(self, case: Case) -> tuple[str, ...]:
        before = self._look()
        answer = _answer(self._host, case)
        changes = (_own_change(change) for change in case.changes if _OBJECT.match(change.path))
        recorded, actual = with_changes(before, changes), self._look()
        paths = itertools.filterfalse(_is_box_specific, differing_paths(recorded, actual))
        tree_differences = (tree_difference(path, recorded, actual) for path in paths)
        differences = (*answer_difference(answer, case), *tree_differences)
        if differences:
            self._diverged |= {case.file, *case.changed_paths}
        return differences

    def _look(self) -> dict[str, Entry]:
        objects = tuple(_own_objects(self._host))
        return self._walk.look(*objects) if objects else {}


def _concerned_paths(case: Case) -> set[str]:
    paths = (case.file, *case.changed_paths)
    return {*itertools.chain.from_iterable(map(_with_parents, paths))}


def _removed_paths(case: Case, words: set[str]) -> set[str]:
    removed = {change.path for change in case.changes if change.is_removal}
    if "clear" in words:
        removed.add(os.path.dirname(case.file))
    return removed


def _answer(host: LocalHost, case: Case) -> str:
    try:
        host.write(f"{ROOT}/{_own_path(case.file)}", _own_text(case))
    except OSError as error:
        return _queued_answer(host) if error.errno == errno.EAGAIN else errno_name(error)
    return "OK"


def _queued_answer(host: LocalHost) -> str:
    number = _result(host)
    return errno.errorcode.get(number, str(number)) if number else "OK"


def _result(host: LocalHost) -> int:
    """The errno of a write that the kernel has queued, once it is known; 0 when it succeeds."""
    for _ in range(_POLLS):
        with contextlib.suppress(BlockingIOError):
            return -int(host.read(f"{ROOT}/{LAST}"))
        time.sleep(_PAUSE)
    return errno.EAGAIN


def _with_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = os.path.dirname(path)


def _is_ours(file: str) -> bool:
    return bool(_MANAGEMENT.fullmatch(file) or (_OBJECT.match(file) and not _OBJECT.fullmatch(file)))


def _is_harmless(case: Case) -> bool:
    if _is_risky(case):
        return False
    command = _COMMAND.match(case.text)
    return not _names_object(case) or (command is not None and command[2] not in _RESERVED)


def _is_risky(case: Case) -> bool:
    return bool(_HARMFUL.fullmatch(case.file)) or len(case.text) > _LONGEST or "/" in case.text


def _names_object(case: Case) -> bool:
    """Whether the write is a command with the name of an object."""
    removes_lun = case.file.endswith("/luns/mgmt") and _LUN_REMOVAL.fullmatch(case.text)
    return bool(_MANAGEMENT.fullmatch(case.file)) and not removes_lun


def _may_follow(change: Change) -> bool:
    """Whether a change is one of our objects', or follows from one."""
    return bool(_OBJECT.match(change.path)) or change.path.startswith(("handlers/", "targets/copy_manager/"))


def _is_box_specific(path: str) -> bool:
    return os.path.basename(path) in _BOX_SPECIFIC or "/exported/" in path


def _own_path(path: str) -> str:
    own = _OBJECT.sub(rf"\g<1>/{PREFIX}\g<2>", path, count=1)
    return _MEMBER.sub(rf"\g<1>{PREFIX}\g<2>", own, count=1)


def _own_text(case: Case) -> str:
    if not _names_object(case):
        return case.text
    return _COMMAND.sub(rf"\g<1>{PREFIX}\g<2>", case.text, count=1)


def _own_change(change: Change) -> Change:
    entry = change.entry
    if entry is not None and entry.kind == "link":
        entry = replace(entry, content=_own_link(entry.content))
    content = None if change.content is None else _own_link(change.content)
    return Change(_own_path(change.path), entry, content)


def _own_link(text: str) -> str:
    return _LINK.sub(rf"\g<1>{PREFIX}\g<2>", text)
