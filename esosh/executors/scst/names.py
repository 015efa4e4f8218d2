"""How SCST spells the names of targets."""

from __future__ import annotations

import re
from typing import Optional

from ...config.scst import Scst
from .facts import wwn

_WWN = re.compile("[0-9a-f]{16}")
_DEVICE = re.compile(r"[^./\s=]+")
_LONGEST = 64  # bytes of a device's name
_GUID = re.compile("[0-9a-f]{4}(:[0-9a-f]{4}){3}")  # the name of a target of ib_srpt


def misspelled(scst: Scst, target: str, old: str = "") -> Optional[tuple[str, str]]:
    """What is wrong with the new name of a target, and the name that SCST has for it; None where nothing is.

    SCST writes a WWN with colons and in lower case, and treats names of iSCSI targets that differ in case
    only as one. `old` is the name that the target gives up.
    """
    port = spelled(target)
    if port != target and not _is_guid(scst, target, port):
        return f"SCST writes {target} in lower case, with colons", port
    twins = [name for name in _iscsi_names(scst, target) if name not in (target, old)]
    return (f"target {twins[0]} exists, and SCST treats both names as one", twins[0]) if twins else None


def _iscsi_names(scst: Scst, target: str) -> list[str]:
    """The names of iSCSI targets that are a name in any case."""
    names = [name for name in scst.targets if name.lower() == target.lower()]
    return [name for name in names if scst.targets[name].driver == "iscsi"]


def spelled(target: str) -> str:
    """The name of a target, a WWN as SCST writes it."""
    digits = re.sub("^0x|[:.-]", "", target.lower())
    return wwn(f"0x{digits}") if _WWN.fullmatch(digits) else target


def is_device_name(name: str) -> bool:
    """Whether SCST accepts a name for a device."""
    return bool(_DEVICE.fullmatch(name)) and len(name.encode("utf-8", "surrogateescape")) <= _LONGEST


def _is_guid(scst: Scst, target: str, port: str) -> bool:
    """Whether a name with the digits of a WWN is that of a target of ib_srpt."""
    has_srp = any(other.driver == "ib_srpt" for other in scst.targets.values())
    return has_srp and port not in scst.targets and bool(_GUID.fullmatch(target))
