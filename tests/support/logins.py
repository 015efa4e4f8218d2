"""A box with exports, and initiators that are logged in."""

from __future__ import annotations

T = "iqn.2026-11.local.esos1:target1"
FC = "21:00:00:e0:8b:9d:74:49"
SCST = "/sys/kernel/scst_tgt"
ESX1, ESX2 = "iqn.1998-01.com.vmware:esx1", "iqn.1998-01.com.vmware:esx2"
EXPORTS = (
    f"scst lun add {T} 0 disk01", f"scst lun add {T} 1 disk03",
    f"scst group add {T} esx", f"scst lun add {T} group esx 0 disk02", f"scst initiator add {T} group esx {ESX2}",
    f"scst group add {T} also", f"scst lun add {T} group also 0 disk02",
    f"scst target enable {T}", "scst driver enable iscsi", "commit",
)


def log_in(box, initiator: str, group: str = "") -> None:
    """Make a session as iSCSI shows it."""
    folder = box.path(f"{SCST}/targets/iscsi/{T}/sessions/{initiator}")
    folder.mkdir()
    (folder / "initiator_name").write_text(f"{initiator}\n")
    (folder / "luns").symlink_to(f"../../ini_groups/{group}/luns" if group else "../../luns")
