"""Sample files of scst.conf, and edits of one of them."""

from __future__ import annotations

from places import DATA

from esosh.config.scst import DeviceGroup, Driver, Lun, Scst, Target
from esosh.executors.scst import conf
from esosh.records import replace

SAMPLES = {file.stem: file.read_text() for file in sorted((DATA / "scst").glob("*.conf"))}
MID = SAMPLES["mid"]
T1, T2 = "iqn.2026-01.lab:t1", "iqn.2026-01.lab:t2"


def with_target(scst: Scst, name: str, **fields: object) -> Scst:
    return replace(scst, targets={**scst.targets, name: replace(scst.targets[name], **fields)})


def with_device(scst: Scst, name: str, **attributes: str) -> Scst:
    device = scst.devices[name]
    device = replace(device, attributes={**device.attributes, **attributes})
    return replace(scst, devices={**scst.devices, name: device})


def with_group(scst: Scst, **fields: object) -> Scst:
    return replace(scst, groups={"esos": replace(scst.groups["esos"], **fields)})


MID_SCST = conf.read(MID)
LUNS = MID_SCST.targets[T1].luns
EDITS = [  # a configuration that is new in MID, and the lines that then differ
    (replace(MID_SCST, attributes={"setup_id": "0x1"}), ["- setup_id 0x1234", "+ setup_id 0x1"]),
    (replace(MID_SCST, attributes={}), ["- ", "- setup_id 0x1234"]),
    (replace(MID_SCST, attributes={**MID_SCST.attributes, "poll_us": "9"}), ["+ poll_us 9"]),
    (with_device(MID_SCST, "disk0", rotational="0"), ["+ \t\trotational 0"]),
    (with_device(MID_SCST, "disk0", threads_num="5"), ["- \t\tthreads_num 4", "+ \t\tthreads_num 5"]),
    (with_target(MID_SCST, T1, enabled=False), ["- \t\tenabled 1", "+ \t\tenabled 0"]),
    (with_target(MID_SCST, T1, rel_tgt_id=0), ["- \t\trel_tgt_id 1"]),
    (with_target(MID_SCST, "loc", rel_tgt_id=3), ["+ \t\trel_tgt_id 3", "+ "]),
    (with_target(MID_SCST, T1, users={"joe": "x"}), ['- \t\tIncomingUser "joe secretsecret12"', '+ \t\tIncomingUser "joe x"']),
    (with_target(MID_SCST, T1, users={"joe": "secretsecret12", "ann": "y"}), ['+ \t\tIncomingUser "ann y"']),
    (with_target(MID_SCST, T1, outgoing="a b"), ['+ \t\tOutgoingUser "a b"']),
    (with_target(MID_SCST, T1, portals=frozenset({"10.0.0.1"})), ["+ \t\tallowed_portal 10.0.0.1"]),
    (with_target(MID_SCST, T1, attributes={}), ["- \t\tHeaderDigest CRC32C"]),
    (with_target(MID_SCST, T1, luns={**LUNS, "0": Lun("null0")}), ["- \t\tLUN 0 disk0", "+ \t\tLUN 0 null0"]),
    (with_target(MID_SCST, T1, luns={"1": LUNS["1"]}), ["- \t\tLUN 0 disk0"]),
    (with_target(MID_SCST, T1, luns={**LUNS, "1": Lun("disk1")}),
     ["- \t\tLUN 1 disk1 {", "+ \t\tLUN 1 disk1", "- \t\t\tread_only 1", "- \t\t}"]),
    (with_target(MID_SCST, "loc", luns={"0": Lun("null0"), "10": Lun("disk0"), "9": Lun("disk1", {"read_only": "1"})}),
     ["+ \t\tLUN 9 disk1 {", "+ \t\t\tread_only 1", "+ \t\t}", "+ ", "+ \t\tLUN 10 disk0"]),
    (with_target(MID_SCST, T2, groups={"hosts": replace(MID_SCST.targets[T2].groups["hosts"], initiators=frozenset(
        {"iqn.1993-08.org.debian:*", "iqn.1993-08.org.debian:01:aaa", "new"}))}), ["+ ", "+ \t\t\tINITIATOR new"]),
    (with_target(MID_SCST, T2, groups={}), [
        "- ", "- \t\tGROUP hosts {", "- \t\t\tLUN 0 null0", "- \t\t\tLUN 1 disk0",
        "- ", "- \t\t\tINITIATOR iqn.1993-08.org.debian:*",
        "- ", "- \t\t\tINITIATOR iqn.1993-08.org.debian:01:aaa", "- \t\t}"]),
    (replace(MID_SCST, drivers={**MID_SCST.drivers, "iscsi": Driver(False)}), ["- \tenabled 1", "+ \tenabled 0"]),
    (replace(MID_SCST, drivers={**MID_SCST.drivers, "ib_srpt": Driver()}), []),
    (with_group(MID_SCST, devices=frozenset({"disk0", "disk1", "null0"})), ["+ \tDEVICE null0"]),
    (with_group(MID_SCST, devices=frozenset({"disk0"})), ["- \tDEVICE disk1"]),
    (replace(MID_SCST, groups={**MID_SCST.groups, "east": DeviceGroup()}), ["+ DEVICE_GROUP east {", "+ }", "+ "]),
    (replace(MID_SCST, targets={**MID_SCST.targets, "iqn.2026-01.lab:t0": Target("iscsi", rel_tgt_id=7)}),
     ["+ ", "+ \tTARGET iqn.2026-01.lab:t0 {", "+ \t\tenabled 0", "+ \t\trel_tgt_id 7", "+ \t}"]),
    (replace(MID_SCST, targets={**MID_SCST.targets, "21:00": Target("qla2x00t", True, 9)},
             drivers={**MID_SCST.drivers, "qla2x00t": Driver()}),
     ["+ TARGET_DRIVER qla2x00t {", "+ \tTARGET 21:00 {", "+ \t\tenabled 1", "+ \t\trel_tgt_id 9", "+ \t}", "+ }", "+ "]),
    (replace(MID_SCST, targets={**MID_SCST.targets, "z": Target("scst_local")}), ["+ ", "+ \tTARGET z"]),
]
