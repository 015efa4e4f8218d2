"""A batch tells all of its lines that do not fit, and only those."""

from __future__ import annotations

import re

import pytest

from esosh.session import script

THREE = "alua device add esos dsik01\nalua device add esos disk01\nsvc enable opensmm\nscst lun add nowhere 0 disk01\ncommit\n"


def told(done) -> list[tuple[str, str]]:
    """The place and the code of each error."""
    return re.findall(r"^standard input:(\d+:\d+): (E\d+)", done.err, re.M)


def test_every_line_with_a_wrong_reference_is_told(esosh, box):
    done = esosh("-f", "-", stdin="alua dgrp add esos\n" + THREE)
    assert told(done) == [("2:22", "E202"), ("4:12", "E202"), ("5:14", "E202")]
    assert "nothing of standard input was applied" in done.err
    assert done.status == 1
    assert not box.exists("/sys/kernel/scst_tgt/device_groups/esos")


def test_what_only_follows_from_a_line_that_does_not_fit_is_not_told(esosh):
    text = "alua dgrp add mgmt\nalua tgrp add mgmt local group_id=1\nalua target add mgmt local nowhere\nsvc enable opensmm\n"
    assert told(esosh("-f", "-", stdin=text)) == [("1:15", "E205"), ("4:12", "E202")]


def test_a_name_that_a_refused_line_would_have_made_is_not_missed_in_the_lines_after_it(esosh):
    text = "scst device add vdisk_blockio d1 filename=/x filename=/y\nalua dgrp add esos\nalua device add esos d1\nsvc enable opensmm\n"
    assert [code for _, code in told(esosh("-f", "-", stdin=text))] == ["E204", "E202"]


def test_one_wrong_line_is_told_as_before(esosh):
    done = esosh("-f", "-", stdin="svc enable opensmm\ncommit\n")
    assert told(done) == [("1:12", "E202")]
    assert done.status == 1


@pytest.mark.parametrize("words", [("-f", "FILE", "--check"), ("load", "FILE")])
def test_a_file_that_is_checked_or_loaded_tells_all_of_them_too(esosh, tmp_path, words):
    file = tmp_path / "three.esh"
    file.write_text("alua dgrp add esos\n" + THREE.replace("commit\n", ""))
    done = esosh(*(word.replace("FILE", str(file)) for word in words))
    assert [line.partition(" ")[0] for line in done.err.splitlines() if line.startswith(str(file))] == [
        f"{file}:2:22:", f"{file}:4:12:", f"{file}:5:14:"]
    assert done.status == 1


def test_a_mark_of_the_byte_order_at_the_beginning_of_a_file_is_read_over():
    assert [str(entry.command) for entry in script.read("\ufeffsvc enable sbd\n", "x.esh")] == ["svc enable sbd"]
