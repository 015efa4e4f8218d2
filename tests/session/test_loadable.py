"""What show prints and save writes can be loaded, whatever the box has: what no line can say is a remark."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from hypothesis import given
from hypothesis import strategies as st
from scst_configs import many_examples
from stopped import SCST_CONF, stopped_box

from esosh.commands import section_module
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.scst import Driver
from esosh.executors.scst import conf
from esosh.language.source import sections
from esosh.records import replace
from esosh.session import listing
from esosh.session.edits import fold

WORDS = ["a", "b", "vol.1", "x" * 70, '"a b"', "a\x07b", "ü", "d!e", "*", "$(id)", "k=v", "add", "-1", "99999", "²", "0x10", "active", "iscsi", "\x00", "****"]
KEYS = ["comment", "enabled", "rel_tgt_id", "group_id", "state", "usn", "filename", "IncomingUser", "allowed_portal", "cpu_mask", "size_mb", "Odd", "odd-key"]
words = st.sampled_from(WORDS)
attributes = st.lists(st.builds("{} {}".format, st.sampled_from(KEYS), words), max_size=2).map("\n".join)


@st.composite
def files(draw: st.DrawFn) -> str:
    """An scst.conf of odd names and values."""
    device = f"DEVICE {draw(words)} {{\n{draw(attributes)}\n}}\n"
    target = f"TARGET {draw(words)} {{\n{draw(attributes)}\nLUN {draw(words)} {draw(words)}\nGROUP {draw(words)} {{\nINITIATOR {draw(words)}\n}}\n}}\n"
    tgrp = f"TARGET_GROUP {draw(words)} {{\n{draw(attributes)}\nTARGET {draw(words)}\n}}\n"
    return (f"HANDLER {draw(words | st.just('vdisk_nullio'))} {{\n{device}}}\nTARGET_DRIVER {draw(words | st.just('iscsi'))} {{\n{target}}}\n"
            f"DEVICE_GROUP {draw(words)} {{\nDEVICE {draw(words)}\n{tgrp}}}\n")


@many_examples
@given(files())
def test_every_line_that_is_shown_is_accepted_and_remarks_hold_no_control_characters(text):
    scst = conf.read(text)
    config = Config().having(scst=replace(scst, drivers={"iscsi": Driver(), **scst.drivers}))
    shown = listing.loadable(config)

    box = config
    for module in map(section_module, reversed(sections())):
        box = fold(box, module.clear(box))
    fold(box, [parse(line) for line in shown if not line.startswith("#")])

    assert all(line.isprintable() for line in shown if line.startswith("#"))
    assert len(shown) == len(listing.lines(config))


def test_what_is_saved_of_a_box_with_a_name_that_no_line_can_say_is_loaded(tmp_path):
    box = stopped_box(tmp_path, SCST_CONF.replace("DEVICE d\n\tDEVICE e", "DEVICE d\n\tDEVICE vol.1").replace("LUN 0 d", "LUN 0 d\n\t\tLUN 1 vol.1"))
    session, file = session_on(box), tmp_path / "lines.esh"

    do(session, f"save {file}", f"load replace {file}")

    remarks = [line for line in file.read_text().splitlines() if line.startswith("#")]
    assert [line.partition(": ")[2].partition(" (")[0] for line in remarks] == ["scst device add vdisk_nullio vol.1", "scst lun add iqn.2026-01.lab:t 1 vol.1"]
    assert "vol.1" not in do(session, "show")
    assert "scst device add vdisk_nullio d" in do(session, "show")


@pytest.mark.parametrize("name, line", [("vol.1", "# stays as it is: scst device add vdisk_nullio vol.1 ("), ("d", "scst device add vdisk_nullio d\n")])
def test_one_object_is_shown_as_all_of_them_are(tmp_path, name, line):
    box = stopped_box(tmp_path, SCST_CONF.replace("\tDEVICE e\n", "\tDEVICE vol.1\n"))
    assert do(session_on(box), f"show scst {name}").startswith(line)
