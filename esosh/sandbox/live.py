"""A recording on the SCST of a live box: only with objects of its own, which all go again in the end.

Every device, target and device group that a command names gets a name of ours. A case is left out if it writes to
anything else, names or changes anything else, enables a target, or could do harm; and, as what is left out has not
happened, if it is about something that therefore is not as it was recorded. A run ends where something else than a
write had changed the recorded tree.

Compared are the answer and what changed below our objects, but for what follows from their names, from the box, or from
what else lives on it.
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

from ..errors import Refused
from ..host import LocalHost
from .recording import LAST, Case, Change, Entry, Run, Walk
from .scst_names import ROOT
from .verdicts import Verdict, differing, line, with_changes

PREFIX = "esosh-trial-"

_FOLDERS = "devices|targets/(?:iscsi|scst_local)|device_groups"
_OBJECT = re.compile(rf"({_FOLDERS})/((?!mgmt$)[^/]+)(?=/|$)")
_MEMBER = re.compile(
    r"(device_groups/[^/]+/(?:devices|target_groups/[^/]+)/)((?!(?:mgmt|group_id|preferred|state)$)[^/]+)"
)
_LINK = re.compile(rf"((?:\.\./)+(?:{_FOLDERS})/)([^/]+)")
_NAMING = re.compile(
    r"handlers/vdisk_nullio/mgmt|targets/(iscsi|scst_local)/mgmt|device_groups/mgmt|device_groups/[^/]+/devices/mgmt"
    r"|device_groups/[^/]+/target_groups/[^/]+/mgmt|targets/.*/luns/mgmt"
)
_COMMAND = re.compile(
    r"(\s*(?:(?:add|del)_(?:device|target|session|target_attribute)|create|add|del|replace|replace_no_ua)[ \t]+)"
    r"([\w:][\w.:-]*)(?=\s|$)", re.I
)
_LUN = re.compile(r"\s*(del\s+\S+|clear)\s*", re.I)
_HARMFUL = re.compile(
    r".*/(enabled|rel_tgt_id|threads_num|threads_pool_type|block|cluster_mode|pr_file_name|numa_node_id|cpu_mask|active)"
)
_POLLS, _PAUSE = 600, 0.1
_LONGEST = 100  # what is longer tries the ends of the kernel's buffers
_OF_THE_BOX = frozenset((
    "cpu_mask", "host", "host_no", "pr_file_name", "prod_id", "rel_tgt_id", "t10_dev_id", "thread_index", "thread_pid",
    "tid", "usn", "vend_specific_id",
))
_NOT_OURS = frozenset((
    "mgmt", "type", "version", "state", "group_id", "preferred", "trace_level", "enabled", "copy_manager_tgt",
))
_UNDO = {
    "device_groups": ("device_groups/mgmt", "del"), "targets/iscsi": ("targets/iscsi/mgmt", "del_target"),
    "targets/scst_local": ("targets/scst_local/mgmt", "del_target"),
    "devices": ("handlers/vdisk_nullio/mgmt", "del_device"),
}


def run(host: LocalHost, runs: Iterable[Run]) -> Generator[Verdict, None, None]:
    """Run what may be run; whatever happens, what was made is taken away."""
    if not host.exists(f"{ROOT}/handlers/vdisk_nullio/mgmt"):
        raise Refused("no SCST with the handler vdisk_nullio runs here")
    left = next(_ours(host), None)
    if left is not None:
        raise Refused(f"there is {left} already", mend="delete it, or wait for whoever runs this now")
    for sequence in runs:
        try:
            yield from _Trial(host).run(sequence)
        finally:
            _clean(host)


def _ours(host: LocalHost) -> Iterator[str]:
    for folder in _UNDO:
        yield from (f"{folder}/{name}" for name in host.list(f"{ROOT}/{folder}") if name.startswith(PREFIX))


def _clean(host: LocalHost) -> None:
    """Undisturbed by Ctrl-C and SIGTERM; what cannot be deleted keeps nothing else from being deleted."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        for path in tuple(_ours(host)):
            folder, name = os.path.split(path)
            mgmt, command = _UNDO[folder]
            with contextlib.suppress(OSError):
                host.write(f"{ROOT}/{mgmt}", f"{command} {name}")
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Trial:
    """One run, and which of the recorded paths are not as recorded."""

    def __init__(self, host: LocalHost) -> None:
        self._host = host
        self._walk = Walk(host.path(ROOT), cached=False)
        self._astray: set[str] = set()

    def run(self, sequence: Run) -> Iterator[Verdict]:
        for file, text in sequence.setup:
            case = Case(-1, "setup", file, text, "OK", "", ())
            if self._may_run(case):
                _answer(self._host, f"{ROOT}/{_path(file)}", _text(case))
        for change in sequence.start:
            found = _OBJECT.fullmatch(change.path)
            if found and not self._host.exists(f"{ROOT}/{_path(change.path)}"):
                self._astray.add(change.path)
        for case in itertools.takewhile(lambda case: not case.meanwhile, sequence.cases):
            if self._may_run(case) and not self._is_astray(case):
                yield Verdict(sequence.name, case, self._case(case))
            else:
                self._leave_out(case)

    def _may_run(self, case: Case) -> bool:
        driver = re.match("targets/[^/]+/", case.file)
        there = driver is None or self._host.exists(f"{ROOT}/{driver[0]}mgmt")
        return there and _is_ours(case.file) and _is_harmless(case) and all(map(_is_followed, case.changes))

    def _is_astray(self, case: Case) -> bool:
        """Whether a case is about anything that is not as recorded: by its paths, or by a word that it says."""
        words = {*re.split(r"[\s=;]+", case.text)}
        about = {above for path in (case.file, *(change.path for change in case.changes)) for above in _and_above(path)}
        gone = {change.path for change in case.changes if change == Change(change.path)}
        gone |= {os.path.dirname(case.file)} if "clear" in words else set()
        return any(
            path in about or os.path.basename(path) in words or not gone.isdisjoint(_and_above(path))
            for path in self._astray
        )

    def _leave_out(self, case: Case) -> None:
        for change in case.changes:
            if change == Change(change.path) and not self._host.exists(f"{ROOT}/{_path(change.path)}"):
                self._astray.discard(change.path)
            else:
                self._astray.add(change.path)

    def _case(self, case: Case) -> tuple[str, ...]:
        before = self._look()
        answer = _answer(self._host, f"{ROOT}/{_path(case.file)}", _text(case))
        now = self._look()
        wanted = with_changes(before, (_renamed(change) for change in case.changes if _OBJECT.match(change.path)))
        found = [f"answer {answer}, recorded {case.errno}"] if answer != case.errno else []
        found += [line(path, wanted, now) for path in differing(wanted, now) if not _is_of_the_box(path)]
        if found:
            self._astray |= {case.file, *(change.path for change in case.changes)}
        return tuple(found)

    def _look(self) -> dict[str, Entry]:
        ours = tuple(_ours(self._host))
        return self._walk.look(*ours) if ours else {}


def _answer(host: LocalHost, path: str, text: str) -> str:
    try:
        host.write(path, text)
    except OSError as error:
        result = _result(host) if error.errno == errno.EAGAIN else error.errno
        return errno.errorcode.get(result, str(error)) if result else "OK"
    return "OK"


def _result(host: LocalHost) -> int:
    """The errno of a write that the kernel goes on with, once it is known."""
    for _ in range(_POLLS):
        with contextlib.suppress(BlockingIOError):
            return -int(host.read(f"{ROOT}/{LAST}"))
        time.sleep(_PAUSE)
    return errno.EAGAIN


def _and_above(path: str) -> Iterator[str]:
    while path:
        yield path
        path = os.path.dirname(path)


def _is_ours(file: str) -> bool:
    return bool(_NAMING.fullmatch(file) or (_OBJECT.match(file) and not _OBJECT.fullmatch(file)))


def _is_harmless(case: Case) -> bool:
    if _HARMFUL.fullmatch(case.file) or len(case.text) > _LONGEST or "/" in case.text:
        return False
    if not _NAMING.fullmatch(case.file) or (case.file.endswith("/luns/mgmt") and _LUN.fullmatch(case.text)):
        return True
    named = _COMMAND.match(case.text)
    return named is not None and named[2] not in _NOT_OURS


def _is_followed(change: Change) -> bool:
    """Whether a change is one of our objects', or follows from one."""
    return bool(_OBJECT.match(change.path)) or change.path.startswith(("handlers/", "targets/copy_manager/"))


def _is_of_the_box(path: str) -> bool:
    return os.path.basename(path) in _OF_THE_BOX or "/exported/" in path


def _path(path: str) -> str:
    return _MEMBER.sub(rf"\g<1>{PREFIX}\g<2>", _OBJECT.sub(rf"\g<1>/{PREFIX}\g<2>", path, count=1), count=1)


def _text(case: Case) -> str:
    if not _NAMING.fullmatch(case.file) or (case.file.endswith("/luns/mgmt") and _LUN.fullmatch(case.text)):
        return case.text
    return _COMMAND.sub(rf"\g<1>{PREFIX}\g<2>", case.text, count=1)


def _renamed(change: Change) -> Change:
    now = change.now
    if now is not None and now.kind == "link":
        now = Entry("link", content=_linked(now.content))
    content = None if change.content is None else _linked(change.content)
    return Change(_path(change.path), now, content)


def _linked(text: str) -> str:
    return _LINK.sub(rf"\g<1>{PREFIX}\g<2>", text)
