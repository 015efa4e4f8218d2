"""The text of scst.conf: cut as its grammar says, byte for byte, and looked at only where somebody asks."""

from __future__ import annotations

import subprocess
import sys

import pytest
import scst_lark
from hypothesis import given, settings
from hypothesis import strategies as st
from scst_edits import MID, SAMPLES

from esosh.executors.scst import conf
from esosh.executors.scst.conf_tree import Node, parse

PIECES = (
    "{", "}", "#", "\\", '"', "\n", "\r", "\f", "\v", "\t", " ", "a", "{#", "}#", "\\#", "##", "# x", "x# y", "{ # why\n", "{ why# {\n",
    "} # why\n", "\\{", "{}", "}{", "TARGET x", "LUN 0 a", "\x85", "\x1c", "\u2028", "\x00", "ü",
)
nasty = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def flat(node: Node) -> tuple[object, ...]:
    """A node as plain data."""
    children = None if node.children is None else [flat(child) for child in node.children]
    return node.raw, node.words, children, node.tail, node.last


@settings(max_examples=1000, deadline=None)
@given(nasty | st.text())
def test_any_text_is_the_tree_that_the_grammar_makes_of_it(text):
    assert flat(parse(text)) == flat(scst_lark.parse(text))


@pytest.mark.parametrize("text", [
    *SAMPLES.values(), "", "{", "}", "a {", "a { # b", "a {  ", "a {#b\n}", "a \\# { # }\n}\n", "# {\n#}\n", "x#{\na {\n}#\n}\n", "a { b } c }\nd",
    "a {\r\n b\r\n}\r\n", "a { \f\n}\v# x\nb", "a\\\n# b {\n", "a { \\# b\n}\n", "#", "a #", "\\#{", "}\n# all {\n", "{ # why",
], ids=lambda text: text[:12])
def test_these_texts_are_the_trees_that_the_grammar_makes_of_them(text):
    assert flat(parse(text)) == flat(scst_lark.parse(text))


def test_a_tree_can_change_and_the_next_one_of_the_same_text_does_not():
    tree = parse(MID)
    tree.below("HANDLER", "DEVICE")[0].children = []
    assert tree.text() != MID
    assert parse(MID).text() == MID


def test_no_parser_generator_is_imported_to_read_the_file():
    program = "import sys; from esosh.executors.scst import conf; conf.read('HANDLER a {\\nDEVICE b\\n}\\n'); sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.fixture
def looked_at(monkeypatch):
    """The heads of the blocks that were looked into."""
    heads: list[str] = []
    contents = conf.contents

    def recorded(block: Node) -> conf.Contents:
        heads.append(" ".join(block.words))
        return contents(block)

    monkeypatch.setattr(conf, "contents", recorded)
    conf.read.cache_clear()
    return heads


OUTER = ["", "HANDLER vdisk_blockio", "HANDLER vdisk_fileio", "HANDLER vdisk_nullio",
         "TARGET_DRIVER copy_manager", "TARGET_DRIVER iscsi", "TARGET_DRIVER scst_local"]


def test_the_names_of_objects_are_known_without_a_look_into_them(looked_at):
    said = conf.read(MID)
    assert (sorted(said.devices), len(said.targets), "esos" in said.groups) == (["disk0", "disk1", "null0"], 3, True)
    assert sorted(looked_at) == sorted(OUTER)


def test_a_device_is_looked_into_once_when_its_attributes_are_asked_for(looked_at):
    said = conf.read(MID)
    del looked_at[:]
    assert said.devices["disk1"].handler == "vdisk_blockio"
    assert looked_at == []
    assert said.devices["disk1"].attributes["write_through"] == "1"
    assert dict(said.devices["disk1"].attributes) == {"filename": "/dev/loop0", "write_through": "1"}
    assert said.devices["disk1"] is conf.read(MID).devices["disk1"]
    assert looked_at == ["DEVICE disk1"]


def test_a_target_does_not_look_into_its_luns_and_groups(looked_at):
    said = conf.read(MID)
    assert [*said.targets["iqn.2026-01.lab:t1"].luns] == ["0", "1"]
    assert [*said.targets["iqn.2026-01.lab:t2"].groups] == ["hosts"]
    assert not [head for head in looked_at if head.startswith(("LUN", "GROUP"))]
