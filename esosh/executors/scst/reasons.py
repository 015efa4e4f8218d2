"""What SCST means by the errno that a write is refused with: it has one for many things. Observed 2026-11."""

from __future__ import annotations

import errno
import re
from typing import Optional

from ...step import Action, Write
from .queue import ROOT

_FILE = re.compile(r"filename=([^;]+)")
_REASONS = (  # where, the first word, the errno
    (r"handlers/.*/mgmt", "add_device", errno.ENOENT, "{file} is not there"),
    (r"handlers/.*/mgmt", "add_device", errno.ENOTBLK, "{file} is no block device"),
    (r"handlers/.*/mgmt", "add_device", errno.EEXIST, "there is a device {name} already"),
    (r"handlers/.*/mgmt", "add_device", errno.EINVAL, "SCST takes the name, a parameter or its value not"),
    (r"handlers/.*/mgmt", "add_device", errno.EBUSY, "{file} is in use"),
    (r"handlers/.*/mgmt", "del_device", errno.EINVAL, "there is no device {name}"),
    (r"targets/.*/mgmt", "add_target", errno.EEXIST, "there is a target {name} already"),
    (r"targets/iscsi/mgmt", "add_target", errno.EPERM, "iscsi-scstd does not run"),
    (r"targets/.*/mgmt", "del_target", errno.EBUSY, "an initiator is logged in to {name}"),
    (r"ini_groups/mgmt", "del", errno.EBUSY, "an initiator of the group {name} is logged in"),
    (r"initiators/mgmt", "add", errno.EEXIST, "the group has {name} already"),
    (r"luns/mgmt", "add", errno.EEXIST, "this LUN is taken"),
    (r"luns/mgmt", "add|replace", errno.EINVAL, "there is no device {name}, or the number is no LUN"),
    (r"device_groups/[^/]+/devices/mgmt", "add", errno.EEXIST, "{name} is in a device group already"),
    (r"device_groups/[^/]+/devices/mgmt", "add", errno.EINVAL, "there is no device {name}"),
    (r"target_groups/.+/mgmt", "add", errno.EEXIST, "{name} is in a target group of the device group already"),
    (r"(enabled|rel_tgt_id)", ".*", errno.EBADSLT, "another target that is enabled has this rel_tgt_id"),
    (r"targets/iscsi/mgmt", "add_(target_)?attribute", errno.EINVAL, "the user is there, or the secret is too short"),
    (r".*", ".*", errno.EINVAL, "SCST takes this value not"),
    (r".*", ".*", errno.ENOENT, "this SCST has no such attribute"),
)


def reason(action: Action, error: OSError) -> Optional[str]:
    """Why SCST refused a write, in words; None where it is not SCST's, or where the errno says it itself."""
    if not isinstance(action, Write) or not action.path.startswith(f"{ROOT}/"):
        return None
    words = [*action.text.split(), "", ""]
    file = _FILE.search(action.text)
    for where, verb, number, said in _REASONS:
        if number == error.errno and re.search(f"{where}$", action.path) and re.fullmatch(verb, words[0]):
            return said.format(name=words[1], file=file[1] if file else "its file")
    return None
