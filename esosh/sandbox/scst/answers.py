"""Which function answers a write to which attribute of SCST, and whether SCST's work queue does it."""

from __future__ import annotations

from . import boot, devices, groups, initiators, iscsi, local, luns, targets, threads, trace
from .attributes import store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Optional

    from ..kernel import Answer
    from ..tree import Tree

_TARGET = "targets/*/*"
_GROUP = f"{_TARGET}/ini_groups/*"
_TARGET_GROUP = "device_groups/*/target_groups/*"
_SHARING = "io_grouping_type|cpu_mask|per_sess_dedicated_tgt_threads"


def queued(attribute: str) -> Optional[Answer]:
    """The answer to a write that the work queue does; None for one that is done at once."""
    return _find(_QUEUED, attribute.split("/"))


def at_once(attribute: str) -> Optional[Answer]:
    """The answer to a write that is done at once; None for what cannot be written."""
    return _find(_AT_ONCE, attribute.split("/"))


class _Branch:
    """The answers below a folder; `*` stands for any name that has no branch of its own."""

    def __init__(self) -> None:
        self.answer: Optional[Answer] = None
        self.branches: dict[str, _Branch] = {}


def _find(branch: _Branch, names: Sequence[str]) -> Optional[Answer]:
    if not names:
        return branch.answer
    for name in (names[0], "*"):
        inner = branch.branches.get(name)
        answer = None if inner is None else _find(inner, names[1:])
        if answer is not None:
            return answer
    return None


def _index(answers: Iterable[tuple[str, Answer]]) -> _Branch:
    """The answers by their paths; the last name of a path may be one of several."""
    top = _Branch()
    for path, answer in answers:
        folder, _, names = path.rpartition("/")
        for name in names.split("|"):
            branch = top
            for step in (*folder.split("/"), name) if folder else (name,):
                branch = branch.branches.setdefault(step, _Branch())
            branch.answer = answer
    return top


def _write_to_scst(tree: Tree, path: str, text: str) -> None:
    store(tree, path, text, boot.ATTRIBUTES)


_QUEUED = _index((
    ("device_groups/*/devices/mgmt", groups.manage_devices),
    ("device_groups/*/target_groups/mgmt", groups.manage_target_groups),
    (f"{_TARGET_GROUP}/mgmt", groups.manage_targets),
    (f"{_TARGET_GROUP}/state", groups.set_state),
    (f"{_TARGET_GROUP}/preferred", groups.set_preferred),
    ("handlers/*/mgmt", devices.manage),
    ("devices/*/threads_num|threads_pool_type", threads.write),
    ("devices/*/active|cluster_mode|filename|pr_file_name|size|size_mb", devices.write),
    ("targets/iscsi/mgmt", iscsi.manage),
    ("targets/scst_local/mgmt", local.manage),
    ("targets/iscsi/enabled", iscsi.enable_driver),
    (f"{_TARGET}/enabled", targets.enable),
    (f"{_TARGET}/rel_tgt_id", targets.set_id),
    (f"{_TARGET}/luns/mgmt", luns.manage),
    (f"{_GROUP}/luns/mgmt", luns.manage),
    (f"{_TARGET}/ini_groups/mgmt", initiators.manage_groups),
    (f"{_GROUP}/initiators/mgmt", initiators.manage_initiators),
    (f"{_GROUP}/{_SHARING}", initiators.write_to_group),
    (f"{_TARGET}/{_SHARING}", targets.write),
    ("threads", _write_to_scst),
))
_AT_ONCE = _index((
    ("device_groups/mgmt", groups.manage_groups),
    (f"{_TARGET_GROUP}/group_id", groups.set_number),
    (f"{_TARGET_GROUP}/*/rel_tgt_id", groups.set_number),
    ("handlers/*/trace_level", trace.write),
    ("handlers/*/*", devices.write_to_handler),
    ("devices/*/resync_size", devices.resync),
    ("devices/*/*", devices.write),
    ("targets/*/trace_level", trace.write),
    ("targets/iscsi/*", iscsi.write_to_driver),
    ("targets/*/*", targets.write_to_driver),
    (f"{_GROUP}/*", initiators.write_to_group),
    (f"{_TARGET}/forward_dst|forwarding", targets.forward),
    (f"{_TARGET}/*", targets.write),
    ("trace_level", trace.write),
    ("suspend", threads.suspend),
    ("*", _write_to_scst),
))
