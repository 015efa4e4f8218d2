"""Sessions of SCST's targets: which LUNs they see, and with which threads those are served.

A session sees the LUNs of the first initiator group with a name that fits its initiator's, and those of its target
when there is none.

Source: scst_sysfs.c, scst_lib.c; observed 2026-11.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from typing import Optional

from .scst_attributes import Attributes, make, readable, silent, switches
from .scst_names import ROOT, count, link, shown, target_of
from .scst_words import refused
from .tree import Tree

COPY_MANAGER = f"{ROOT}/targets/copy_manager/copy_manager_tgt"

_COUNTED = tuple(
    f"{way}_{what}" for way in ("bidi", "read", "write") for what in ("cmd_count", "io_count_kb", "unaligned_cmd_count")
)
PLAIN: Attributes = {
    **silent("active_commands", "commands"),
    **silent(*_COUNTED, "none_cmd_count", "unknown_cmd_count", mode=0o644),
}
LOCAL: Attributes = {**PLAIN, **silent("transport_id", mode=0o644), **switches("force_close")}
COPY: Attributes = {**PLAIN, **silent("dif_checks_failed", mode=0o644)}
_HOSTS = "/sys/devices/scst_local"


def open_session(tree: Tree, target: str, name: str, attributes: Attributes) -> str:
    """Stage a new session of an initiator of that name; its folder, numbered when there is one already."""
    taken = tree.list(f"{target}/sessions")
    names = (shown(name), *(f"{shown(name)}_{number}" for number in range(1, len(taken) + 1)))
    session = f"{target}/sessions/{next(free for free in names if free not in taken)}"
    make(tree, session, {**attributes, **readable(initiator_name=name)})
    tree.mkdir(f"{session}/latency")
    link(tree, f"{session}/luns", f"{target}/luns")
    return session


def open_local(tree: Tree, target: str, name: str) -> None:
    """Stage a session of scst_local, which is a SCSI host of the box itself, and so a device with a proper name."""
    if name in (".", ".."):
        raise refused(errno.EINVAL)
    session = open_session(tree, target, name, LOCAL)
    host = f"host{count(tree, '/hosts', first=3)}"
    tree.put(f"{session}/host_no", f"{host[len('host'):]}\n", 0o444)
    link(tree, f"{session}/host", f"{_HOSTS}/{os.path.basename(session)}/{host}/scsi_host/{host}")
    for lun in tree.list(f"{target}/luns"):
        if lun != "mgmt":
            _show(tree, session, lun, target_of(tree, f"{target}/luns/{lun}/device"))


def of(tree: Tree, target: str, name: str) -> Optional[str]:
    """The first session of an initiator of that name."""
    sessions = (f"{target}/sessions/{session}" for session in tree.list(f"{target}/sessions"))
    return next((session for session in sessions if _value(tree, f"{session}/initiator_name") == name), None)


def seeing(tree: Tree, luns: str) -> Iterator[str]:
    """The sessions that see these LUNs."""
    sessions = f"{luns.partition('/ini_groups/')[0].removesuffix('/luns')}/sessions"
    for name in tree.list(sessions):
        if target_of(tree, f"{sessions}/{name}/luns") == luns:
            yield f"{sessions}/{name}"


def show(tree: Tree, luns: str, lun: str, device: str) -> None:
    """Stage a new LUN in the sessions that see it."""
    for session in seeing(tree, luns):
        _show(tree, session, lun, device)


def hide(tree: Tree, luns: str, lun: str) -> None:
    """Stage that a LUN leaves the sessions that see it."""
    for session in seeing(tree, luns):
        tree.remove(f"{session}/lun{lun}")


def serve(tree: Tree, device: str, threads: str, pool: str) -> None:
    """Stage the threads that serve a device from now on, for all who see it."""
    for index, lun in enumerate(_served(tree, device)):
        _threads(tree, lun, threads, pool, index)


def starve(tree: Tree, device: str) -> None:
    """Stage that so many threads are being made for a device that nobody can list them."""
    for lun in _served(tree, device):
        tree.put(f"{lun}/thread_pid", "", 0o444)


def _served(tree: Tree, device: str) -> Iterator[str]:
    """A device as each session sees it."""
    for name in tree.list(f"{device}/exported"):
        luns, lun = os.path.split(target_of(tree, f"{device}/exported/{name}"))
        yield from (f"{session}/lun{lun}" for session in seeing(tree, luns))


def regroup(tree: Tree, target: str, groups: dict[str, list[str]]) -> None:
    """Stage that the initiators of a target's groups are these: sessions may come to see other LUNs."""
    for name in tree.list(f"{target}/sessions"):
        session = f"{target}/sessions/{name}"
        luns, initiator = f"{target}/luns", _value(tree, f"{session}/initiator_name").lower()
        for group, patterns in groups.items():
            if any(fits(pattern.lower(), initiator) for pattern in patterns):
                luns = f"{target}/ini_groups/{group}/luns"
                break
        if target_of(tree, f"{session}/luns") != luns:
            _move(tree, session, luns)


def fits(pattern: str, name: str, turned: bool = False) -> bool:
    """Whether an entry of a group is about an initiator: `*` and `?` are any letters, behind a `!` all others are meant."""
    if not turned and pattern[:1] == "!" and name:
        return not fits(pattern[1:], name, turned=True)
    if pattern[:1] == "*":
        return fits(pattern[1:], name, turned) or bool(name and pattern[1:2] != "!" and fits(pattern, name[1:], turned))
    if not pattern or not name:
        return pattern == name
    return pattern[0] in ("?", name[0]) and fits(pattern[1:], name[1:], turned)


def _move(tree: Tree, session: str, luns: str) -> None:
    for name in tree.list(session):
        if name.startswith("lun") and name != "luns":
            tree.remove(f"{session}/{name}")
    link(tree, f"{session}/luns", luns)
    for lun in tree.list(luns):
        if lun != "mgmt":
            _show(tree, session, lun, target_of(tree, f"{luns}/{lun}/device"))


def _show(tree: Tree, session: str, lun: str, device: str) -> None:
    make(tree, f"{session}/lun{lun}", silent("active_commands"))
    threads, pool = (_value(tree, f"{device}/{name}") for name in ("threads_num", "threads_pool_type"))
    others = sum(other != f"{session}/lun{lun}" for other in _served(tree, device))
    _threads(tree, f"{session}/lun{lun}", threads, pool, others)


def _value(tree: Tree, path: str) -> str:
    staged = tree.staged(path)
    return (tree.read(path) if staged is None else staged).partition("\n")[0]


def _threads(tree: Tree, lun: str, threads: str, pool: str, index: int) -> None:
    own = pool == "per_initiator" and threads != "0"
    number = int(threads) or int(_value(tree, f"{ROOT}/threads"))
    tree.put(f"{lun}/thread_index", f"{index if own else -1}\n", 0o444)
    tree.put(f"{lun}/thread_pid", " ".join(str(100 + pid) for pid in range(number, 0, -1)) + "\n", 0o444)
