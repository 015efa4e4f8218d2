"""What SCST means by the errno that a write is refused with: it has one for many things. Observed 2026-11."""

from __future__ import annotations

import errno
import re
from typing import Optional

from ...records import Record
from ..step import Action, Write
from .queue import is_for_scst

_FILE = re.compile(r"filename=([^;]+)")


class _Reason(Record):
    """Why a write to a place is refused: how its path ends, its first word, the errno, and what they mean."""

    place: str
    verb: str
    errno: int
    text: str

    def explains(self, path: str, verb: str, number: Optional[int]) -> bool:
        """Whether it is the reason for that refusal."""
        if number != self.errno or not re.search(f"{self.place}$", path):
            return False
        return bool(re.fullmatch(self.verb, verb))


_HANDLER, _DEVICES, _LUNS = r"handlers/.*/mgmt", r"device_groups/[^/]+/devices/mgmt", r"luns/mgmt"
_REASONS = (
    _Reason(_HANDLER, "add_device", errno.ENOENT, "{file} does not exist"),
    _Reason(_HANDLER, "add_device", errno.ENOTBLK, "{file} is not a block device"),
    _Reason(_HANDLER, "add_device", errno.EEXIST, "device {name} already exists"),
    _Reason(_HANDLER, "add_device", errno.EINVAL, "SCST does not accept the name, a parameter or its value"),
    _Reason(_HANDLER, "add_device", errno.EBUSY, "{file} is in use"),
    _Reason(r"devices/.*/active", "1", errno.EBUSY, "its disk is in use"),
    _Reason(r"devices/.*/t10_dev_id", ".*", errno.EPERM, "the identity stays while cluster_mode is on"),
    _Reason(_HANDLER, "del_device", errno.EINVAL, "device {name} does not exist"),
    _Reason(r"targets/.*/mgmt", "add_target", errno.EEXIST, "target {name} already exists"),
    _Reason(r"targets/iscsi/mgmt", "add_target", errno.EPERM, "iscsi-scstd does not run"),
    _Reason(r"targets/.*/mgmt", "del_target", errno.EBUSY, "an initiator is logged in to {name}"),
    _Reason(r"ini_groups/mgmt", "del", errno.EBUSY, "an initiator of the group {name} is logged in"),
    _Reason(r"initiators/mgmt", "add", errno.EEXIST, "the group already contains {name}"),
    _Reason(_LUNS, "add", errno.EEXIST, "this LUN is already mapped"),
    _Reason(_LUNS, "add|replace", errno.EINVAL, "device {name} does not exist, or the number is not a LUN"),
    _Reason(_DEVICES, "add", errno.EEXIST, "{name} is already in a device group"),
    _Reason(_DEVICES, "add", errno.EINVAL, "device {name} does not exist"),
    _Reason(r"target_groups/.+/mgmt", "add", errno.EEXIST,
            "{name} is already in a target group of the device group"),
    _Reason(r"(enabled|rel_tgt_id)", ".*", errno.EBADSLT, "another enabled target has this rel_tgt_id"),
    _Reason(r"targets/iscsi/mgmt", "add_(target_)?attribute", errno.EINVAL,
            "the user already exists, or the secret is too short"),
    _Reason(r"iSNSServer", ".*", errno.ECONNREFUSED, "no iSNS server answers at {verb}"),
    _Reason(r"cpu_mask", ".*", errno.EOVERFLOW, "the box has fewer processors"),
    _Reason(r".*", ".*", errno.EINVAL, "SCST does not accept this value"),
    _Reason(r".*", ".*", errno.ENOENT, "this SCST has no such attribute"),
)


def explain(action: Action, error: OSError) -> Optional[str]:
    """Why SCST refused a write, in words; None where it is not SCST's, or where the errno says it itself."""
    if not isinstance(action, Write) or not is_for_scst(action):
        return None
    verb, name, *_ = (*action.text.split(), "", "")
    reasons = (reason.text for reason in _REASONS if reason.explains(action.path, verb, error.errno))
    text = next(reasons, None)
    return text.format(verb=verb, name=name, file=_file(action)) if text else None


def _file(action: Write) -> str:
    """The file that a write names."""
    match = _FILE.search(action.text)
    return match[1] if match else "its file"
