"""A box with SCST stopped, and its scst.conf."""

from __future__ import annotations

from esosh.sandbox import Sandbox

T, K = "iqn.2026-01.lab:t", "/sys/kernel/scst_tgt"
SCST_CONF = f"""HANDLER vdisk_nullio {{
	DEVICE d
	DEVICE e
}}

TARGET_DRIVER iscsi {{
	enabled 1

	TARGET {T} {{
		enabled 1
		rel_tgt_id 3
		LUN 0 d
	}}
}}

DEVICE_GROUP g {{
	DEVICE d

	TARGET_GROUP here {{
		group_id 1
		state active
		TARGET {T}
	}}

	TARGET_GROUP there {{
		group_id 2
		state active
		TARGET far {{
			rel_tgt_id 9
		}}
	}}
}}
"""


def stopped_box(path, text: str) -> Sandbox:
    """A box with SCST stopped and this scst.conf."""
    box = Sandbox(path / "box")
    box.run(("/etc/rc.d/rc.scst", "stop"))
    box.replace("/etc/scst.conf", text)
    return box
