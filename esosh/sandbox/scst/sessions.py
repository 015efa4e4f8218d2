"""Sessions of SCST's targets: which LUNs they see, and which threads serve these.

A session sees the LUNs of the first initiator group that has an entry for its initiator; without such a group
it sees the LUNs of its target.

Source: scst_sysfs.c, scst_lib.c; observed 2026-11.
"""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence

from ..tree import Tree
from .attributes import Attributes, empty, put_attributes, read_only, read_value, write_only
from .names import ROOT, entries, file_name, link, next_number, target_of, unused_name
from .patterns import matches
from .words import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

COPY_MANAGER = f"{ROOT}/targets/copy_manager/copy_manager_tgt"

_DIRECTIONS = ("bidi", "read", "write")
_COUNTS = ("cmd_count", "io_count_kb", "unaligned_cmd_count")
COUNTERS = (
    *map("_".join, itertools.product(_DIRECTIONS, _COUNTS)),
    "none_cmd_count", "unknown_cmd_count",
)
PLAIN: Attributes = {**empty("active_commands", "commands"), **empty(*COUNTERS, mode=0o644)}
LOCAL: Attributes = {**PLAIN, **empty("transport_id", mode=0o644), **write_only("force_close")}
COPY: Attributes = {**PLAIN, **empty("dif_checks_failed", mode=0o644)}

_HOSTS = "/sys/devices/scst_local"


def open_session(tree: Tree, target: str, initiator: str, attributes: Attributes) -> str:
    """Stage a new session of an initiator; its folder has a number when the initiator has another session."""
    folder = f"{target}/sessions"
    session = f"{folder}/{unused_name(file_name(initiator), tree.list(folder), '_')}"
    put_attributes(tree, session, {**attributes, **read_only(initiator_name=initiator)})
    tree.mkdir(f"{session}/latency")
    link(tree, f"{session}/luns", f"{target}/luns")
    return session


def open_local(tree: Tree, target: str, initiator: str) -> None:
    """Stage a session of scst_local; it is a SCSI host of the box itself, so the name must fit a device."""
    if initiator in (".", ".."):
        raise refusal(errno.EINVAL)
    session = open_session(tree, target, initiator, LOCAL)
    number = next_number(tree, "/hosts", first=3)
    host = f"host{number}"
    tree.put(f"{session}/host_no", f"{number}\n", 0o444)
    link(tree, f"{session}/host", f"{_HOSTS}/{os.path.basename(session)}/{host}/scsi_host/{host}")
    _show_all(tree, session, f"{target}/luns")


def find_session(tree: Tree, target: str, initiator: str) -> Optional[str]:
    """The first session of an initiator."""
    sessions = _sessions(tree, target)
    return next((session for session in sessions if _initiator(tree, session) == initiator), None)


def seeing(tree: Tree, luns: str) -> Iterator[str]:
    """The sessions that see these LUNs."""
    target = luns.partition("/ini_groups/")[0].removesuffix("/luns")
    for session in _sessions(tree, target):
        if target_of(tree, f"{session}/luns") == luns:
            yield session


def show(tree: Tree, luns: str, lun: str, device: str) -> None:
    """Stage a new LUN in the sessions that see it."""
    for session in seeing(tree, luns):
        _show(tree, f"{session}/lun{lun}", device)


def hide(tree: Tree, luns: str, lun: str) -> None:
    """Stage that a LUN leaves the sessions that see it."""
    for session in seeing(tree, luns):
        tree.remove(f"{session}/lun{lun}")


def serve(tree: Tree, device: str, threads: str, pool: str) -> None:
    """Stage the threads that serve a device from now on, in all sessions that see it."""
    for index, lun in enumerate(_seen_luns(tree, device)):
        _put_threads(tree, lun, threads, _index(threads, pool, index))


def starve(tree: Tree, device: str) -> None:
    """Stage that so many threads are being made for a device that nobody can list them."""
    for lun in _seen_luns(tree, device):
        tree.put(f"{lun}/thread_pid", "", 0o444)


def regroup(tree: Tree, target: str, members: Mapping[str, Sequence[str]]) -> None:
    """Stage that a target's groups have these entries: its sessions may come to see other LUNs."""
    for session in _sessions(tree, target):
        luns = _luns_for(target, _initiator(tree, session).lower(), members)
        if target_of(tree, f"{session}/luns") != luns:
            _move(tree, session, luns)


def _sessions(tree: Tree, target: str) -> list[str]:
    return [f"{target}/sessions/{name}" for name in tree.list(f"{target}/sessions")]


def _initiator(tree: Tree, session: str) -> str:
    return read_value(tree, f"{session}/initiator_name")


def _seen_luns(tree: Tree, device: str) -> Iterator[str]:
    """The LUNs of a device, in each session that sees one."""
    for name in tree.list(f"{device}/exported"):
        luns, lun = os.path.split(target_of(tree, f"{device}/exported/{name}"))
        yield from (f"{session}/lun{lun}" for session in seeing(tree, luns))


def _luns_for(target: str, initiator: str, members: Mapping[str, Sequence[str]]) -> str:
    """The LUNs that an initiator, in lower case, sees."""
    for group, patterns in members.items():
        if any(matches(pattern.lower(), initiator) for pattern in patterns):
            return f"{target}/ini_groups/{group}/luns"
    return f"{target}/luns"


def _move(tree: Tree, session: str, luns: str) -> None:
    """Stage that a session sees these LUNs in place of others."""
    for name in tree.list(session):
        if name.startswith("lun") and name != "luns":
            tree.remove(f"{session}/{name}")
    link(tree, f"{session}/luns", luns)
    _show_all(tree, session, luns)


def _show_all(tree: Tree, session: str, luns: str) -> None:
    for lun in entries(tree, luns):
        _show(tree, f"{session}/lun{lun}", target_of(tree, f"{luns}/{lun}/device"))


def _show(tree: Tree, lun: str, device: str) -> None:
    """Stage a device as a LUN of a session."""
    put_attributes(tree, lun, empty("active_commands"))
    threads = read_value(tree, f"{device}/threads_num")
    pool = read_value(tree, f"{device}/threads_pool_type")
    others = [other for other in _seen_luns(tree, device) if other != lun]
    _put_threads(tree, lun, threads, _index(threads, pool, len(others)))


def _index(threads: str, pool: str, own: int) -> int:
    """The number of a session's threads among those of a device, -1 when it has no threads of its own."""
    return own if pool == "per_initiator" and threads != "0" else -1


def _put_threads(tree: Tree, lun: str, threads: str, index: int) -> None:
    number = int(threads) or int(read_value(tree, f"{ROOT}/threads"))
    pids = [str(100 + thread) for thread in range(number, 0, -1)]
    tree.put(f"{lun}/thread_index", f"{index}\n", 0o444)
    tree.put(f"{lun}/thread_pid", f"{' '.join(pids)}\n", 0o444)
