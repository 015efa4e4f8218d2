"""Values of SCST in the form in which it, or iscsi-scstd, shows them."""

from __future__ import annotations

import pytest

from esosh.executors.scst.attributes import FORMS, canonical
from esosh.executors.scst.writes import assigned
from esosh.executors.step import Expect
from esosh.host.local import LocalHost


@pytest.mark.parametrize("key, typed, shown", [
    ("redirect", "10.0.0.1:3260 temp", "10.0.0.1 temp"), ("redirect", "10.0.0.1:3261 TEMP", "10.0.0.1:3261 temp"),
    ("redirect", "[FE80::1]:03260 Perm", "[fe80::1] perm"), ("redirect", "[FE80::1]:99 perm", "[fe80::1]:99 perm"), ("redirect", "", ""),
    ("iSNSServer", "10.0.0.1 ", "10.0.0.1"), ("iSNSServer", "isns accesscontrol", "isns AccessControl"),
    ("iSNSServer", "isns AccessControl No", "isns"), ("iSNSServer", "isns AccessControl Yes", "isns AccessControl"),
    ("naa_id", "0X6001405ABCDEF0000000000000000001", "0x6001405abcdef0000000000000000001"), ("eui64_id", "0x00A0B0C0D0E0F001", "0x00a0b0c0d0e0f001"),
    ("cpu_mask", "0F", "f"), ("cpu_mask", "00000000,00000003", "3"), ("cpu_mask", "1,3", "1,00000003"), ("cpu_mask", "0", "0"),
    ("HeaderDigest", "CRC32C,None", "None,CRC32C"), ("addr_method", "flat", "FLAT"), ("InitialR2T", "yes", "Yes"),
    ("io_grouping_type", "007", "7"), ("io_grouping_type", "never", "never"), ("setup_id", "70000", "0x11170"), ("cluster_name", "Lab", "Lab"),
])
def test_a_value_is_kept_as_scst_shows_it(key, typed, shown):
    assert canonical(key, typed) == shown
    assert canonical(key, shown) == shown


@pytest.mark.parametrize("key, fitting, others", [
    ("redirect", ["10.0.0.1 temp", "10.0.0.1:1 PERM", "[::1]:65535 perm", ""],
     ["10.0.0.1", "10.0.0.1:3260", "10.0.0.1 later", "10.0.0.256 temp", "10.0.0.1:0 temp", "10.0.0.1:65536 temp", "::1 temp", "[::g] temp", "san1 temp",
      "10.0.0.1  temp", "10.0.0.1 temp x"]),
    ("opt_trans_len", ["0", "512", "1048576"], ["1000", "511", "-512", "9999999999"]),
    ("cluster_name", ["", "x" * 63, "é" * 31], ["x" * 64, "é" * 32]),
    ("cpu_mask", ["3", "ffffffff", "1,00000003"], ["", ",", "ffffffff0", "3,", "g"]),
    ("io_grouping_type", ["auto", "never", "1", "010"], ["0", "all", "-1"]),
    ("black_hole", ["0", "4"], ["5"]), ("QueuedCommands", ["1", "2048"], ["0", "2049"]), ("MaxSessions", ["0", "65535"], ["65536"]),
    ("FirstBurstLength", ["512", "1048576"], ["511", "1048577"]), ("NopInTimeout", ["2"], ["1"]), ("RspTimeout", ["2"], ["1"]),
    ("eui64_id", ["", "0x0123456789abcdef", "0x" + "a" * 24, "0x" + "A" * 32], ["0x12", "0123456789abcdef", "0x" + "a" * 20]),
    ("vend_specific_id", ["x" * 128], ["x" * 129]), ("inq_vend_specific", ["x" * 160], ["x" * 161]), ("scsi_device_name", ["x" * 256], ["x" * 257]),
    ("isns_entity_name", ["", "san1"], ["san 1"]), ("iSNSServer", ["", "10.0.0.1", "isns AccessControl", "isns AccessControl No"], ["isns other", "a b c"]),
    ("setup_id", ["0", "0xFFFFFFFF", "4294967295"], ["0x100000000", "4294967296", "", "x"]), ("poll_us", ["0", "2147483647"], ["2147483648"]),
    ("numa_node_id", ["-1", "0", "1023"], ["-2"]),
])
def test_the_form_of_a_value_is_that_which_scst_reads(key, fitting, others):
    assert [value for value in (*fitting, *others) if FORMS[key].accepts(value)] == fitting


@pytest.mark.parametrize("written, shown, holds", [
    ("3", "3\n", True), ("3", "003\n[key]\n", True), ("3", "00000000,00000003\n", True), ("1,00000003", "0001,00000003\n[key]\n", True),
    ("0", "00\n", True), ("3", "30\n", False), ("3", "\n", False),
])
def test_a_mask_of_processors_is_compared_whatever_the_number_of_the_box_s_processors(tmp_path, written, shown, holds):
    file = tmp_path / "cpu_mask"
    file.write_text(shown)
    step = assigned("/cpu_mask", written, written)
    assert step.after is not None and step.after.holds(LocalHost(str(tmp_path))) is holds
    assert [expected.holds(LocalHost(str(tmp_path))) for expected in step.before] == [holds]


def test_a_blank_that_the_kernel_shows_at_the_end_of_a_line_is_no_difference(tmp_path):
    file = tmp_path / "sys/iSNSServer"
    file.parent.mkdir()
    file.write_text("10.0.0.1 \n[key]\n\n")
    assert Expect("/sys/iSNSServer", "is", "10.0.0.1").holds(LocalHost(str(tmp_path)))
    assert not Expect("/sys/iSNSServer", "is", "10.0.0.2").holds(LocalHost(str(tmp_path)))
