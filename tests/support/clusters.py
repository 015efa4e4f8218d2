"""Clusters on simulated boxes, and CIBs that crmsh made."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from places import DATA

from esosh.config import Config
from esosh.executors.ha import cib, tree
from esosh.sandbox import Sandbox

CIBS = sorted((DATA / "ha").glob("*.xml"))


def config_of(file: Path) -> Config:
    """The configuration of a CIB."""
    return Config(ha=tree.read(tree.parse(file.read_text())))


def plain(text: str) -> str:
    """The configuration in a CIB as canonical XML: elements in their order, attributes sorted, no blanks between."""
    root = ET.fromstring(text)
    found = root if root.tag == "configuration" else root.find("configuration")
    assert found is not None
    found[:] = sorted(found, key=lambda part: part.tag)
    return ET.canonicalize(ET.tostring(found, encoding="unicode"), strip_text=True)


def start(box: Sandbox) -> Sandbox:
    """The box, with its cluster started."""
    for service in ("corosync", "pacemaker"):
        assert box.run((f"/etc/rc.d/rc.{service}", "start")).status == 0
    return box


def patched(box: Sandbox, changes: str, epoch: str = "") -> int:
    """The status that cibadmin ends with for changes that somebody else makes."""
    source = f'<source admin_epoch="0" epoch="{epoch}"/>' if epoch else "<source/>"
    number = int(ET.fromstring(box.read(cib.FILE)).get("epoch", "0")) + 1
    text = f'<diff format="2"><version>{source}<target admin_epoch="0" epoch="{number}" num_updates="0"/></version>{changes}</diff>'
    return box.run(("cibadmin", "--patch", "--xml-pipe"), text).status
