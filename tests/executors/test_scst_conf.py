"""scst.conf: every byte is kept, what it says is read as scstadmin reads it, and what is written is what differs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scst_compare import changed_lines
from scst_configs import as_saved, many_examples
from scst_edits import EDITS, MID, MID_SCST, SAMPLES, T1, T2, with_device, with_group

from esosh.config.scst import (
    Device,
    DeviceGroup,
    Driver,
    InitiatorGroup,
    Lun,
    Port,
    Scst,
    Target,
    TargetGroup,
)
from esosh.executors.scst import conf, conf_tree, layout, save
from esosh.records import replace


def edited(text: str, new: Scst) -> str:
    return save.amend(text, conf.read(text), new)


pieces = st.sampled_from([
    "{", "}", "#", "\\", '"', "\n", "\r\n", "\t", " ", "TARGET x", "TARGET_DRIVER iscsi", "HANDLER vdisk_nullio", "DEVICE a", "LUN 0 a",
    "LUN 007 b", "enabled 1", "rel_tgt_id 0x5", "# Non-key attributes", "DEVICE_GROUP g", "TARGET_GROUP t", "\x85", "\xa0", "\x00", "ü",
])


@many_examples
@given(st.text() | st.lists(pieces, max_size=60).map("".join))
def test_whatever_a_file_holds_it_is_read_and_kept(text):
    assert conf_tree.parse(text).text() == text
    assert edited(text, conf.read(text)) == text


@pytest.mark.parametrize("text", ["{" * 20_000, "}" * 20_000, " #" * 20_000, "TARGET x {\n" * 2000, "a {}" * 5000], ids=lambda text: text[:5])
def test_no_file_is_too_deep_or_too_odd(text):
    assert conf_tree.parse(text).text() == text


def test_a_change_of_a_file_that_nests_without_end_is_made():
    text = "STRANGE {\n" * 5000

    amended = edited(text, Scst(attributes={"setup_id": "0x1"}))

    assert conf.read(amended).attributes == {"setup_id": "0x1"}


def of_target(inner: str) -> Target:
    return conf.read(f"TARGET_DRIVER iscsi {{\n\tTARGET t {{\n{inner}\n\t}}\n}}\n").targets["t"]


def target(**about: object) -> Target:
    return replace(Target("iscsi"), **about)


@pytest.mark.parametrize("inner, said", [
    ("enabled 1\nrel_tgt_id 5", target(enabled=True, rel_tgt_id=5)),
    ("rel_tgt_id 0x10", target(rel_tgt_id=16)),
    ("rel_tgt_id 010", target(rel_tgt_id=8)),
    ("rel_tgt_id soon", target()),
    ("rel_tgt_id 70000", target()),
    ('IncomingUser "joe secretsecret12"\nIncomingUser "ann otherother12"', target(users={"joe": "secretsecret12", "ann": "otherother12"})),
    ('OutgoingUser "box outoutoutout"', target(outgoing="box outoutoutout")),
    ("allowed_portal 10.0.0.1\nallowed_portal 10.0.1.*", target(portals=frozenset({"10.0.0.1", "10.0.1.*"}))),
    ("LUN 10 b\nLUN 02 a {\nread_only 1\n}\nLUN 3", target(luns={"2": Lun("a", {"read_only": "1"}), "10": Lun("b")})),
    ("LUN 0 a\nLUN 00 b", target(luns={"0": Lun("b")})),
    ("GROUP g {\nLUN 0 a\nINITIATOR *\naddr_method FLAT\n}", target(groups={
        "g": InitiatorGroup({"0": Lun("a")}, frozenset("*"), {"addr_method": "FLAT"})})),
    ("GROUP g", target(groups={"g": InitiatorGroup()})),
    ('comment "two words"', target(attributes={"comment": "two words"})),
    ("comment one # two", target(attributes={"comment": "one"})),
    ("comment one\\#two", target(attributes={"comment": "one#two"})),
    ('comment ""\nMaxSessions 0\nQueuedCommands 032', target()),
    ("comment a\ncomment b", target(attributes={"comment": "b"})),
    ("# Non-key attributes\ncomment a\nLUN 0 d {\n# Non-key attributes\nread_only 1\n}\nrel_tgt_id 4\ntid 7\ncpu_mask 3\nMaxSessions 0",
     target(rel_tgt_id=4, attributes={"comment": "a", "cpu_mask": "3"}, luns={"0": Lun("d", {"read_only": "1"})})),
    ('# Non-key attributes\nenabled 1\nIncomingUser "joe secretsecret12"\nallowed_portal 10.0.0.1',
     target(enabled=True, users={"joe": "secretsecret12"}, portals=frozenset({"10.0.0.1"}))),
    ("# comment a\r\n\tcomment b\r", target(attributes={"comment": "b"})),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_target_is_read(inner, said):
    assert of_target(inner) == said


@pytest.mark.parametrize("text, said", [
    ("TARGET_DRIVER iscsi { # mine\nTARGET x { rel_tgt_id 2 }\nTARGET y\n}", ["x", "y"]),  # scstadmin drops what ends with the brace
    ("TARGET_DRIVER iscsi { TARGET x { rel_tgt_id 2\n} TARGET y {\n} }", ["x", "y"]),
    ("TARGET_DRIVER iscsi {\nTARGET x {\nTARGET_DRIVER scst_local {\nTARGET y", ["x"]),
    ("}\nTARGET_DRIVER iscsi {\nTARGET x\n}\n", []),
    ("TARGET_DRIVER iscsi {\nTARGET x\n}\nfoo }\nTARGET_DRIVER scst_local {\nTARGET y\n}\n}\n", ["x"]),
    ("TARGET_DRIVER iscsi\n{\nTARGET x\n}\n", []),
    ("TARGET_DRIVER iscsi {# no brace, for scstadmin cuts it with the remark\nTARGET x\n", []),
    ("TARGET_DRIVER iscsi {\nTARGET x\n}\nTARGET_DRIVER iscsi {\nTARGET y\n}\n", ["y"]),
    ("TARGET_DRIVER copy_manager {\nTARGET copy_manager_tgt {\nLUN 0 d\n}\n}\n", []),
], ids=lambda value: value if isinstance(value, str) else "")
def test_braces_are_read_as_scstadmin_reads_them(text, said):
    assert sorted(conf.read(text).targets) == said
    assert all(about.rel_tgt_id in (0, 2) for about in conf.read(text).targets.values())


NOTED_OF = {  # below the remark, of a name: what scstadmin sets, and is not what SCST says of itself
    "manual": {"DEVICE": {"prod_rev_lvl": "3110"}},
    "mid": {"disk0": {"prod_rev_lvl": "3110", "vend_specific_id": "ab5f2545-disk0"},  # made before setup_id was set
            "disk1": {"prod_rev_lvl": "3110", "t10_dev_id": "b8fdbd32-disk1", "thin_provisioned": "1", "usn": "b8fdbd32",
                      "vend_specific_id": "b8fdbd32-disk1"},
            "null0": {"prod_rev_lvl": "3110", "t10_dev_id": "c8054713-null0", "usn": "c8054713", "vend_specific_id": "c8054713-null0"}},
}


@pytest.mark.parametrize("plain", NOTED_OF)
def test_what_scstadmin_noted_is_configuration_where_it_is_not_what_an_untouched_scst_says(plain):
    noted, said = conf.read(SAMPLES[f"{plain}-nonkey"]), conf.read(SAMPLES[plain])
    for name, device in said.devices.items():
        assert noted.devices[name].attributes == {**device.attributes, **NOTED_OF[plain][name]}
    for name, target in said.targets.items():
        assert noted.targets[name] == replace(target, attributes={**target.attributes, "cpu_mask": "3"}, groups=noted.targets[name].groups)
    assert noted.attributes == {**said.attributes, "threads": "2"}
    assert (noted.groups, noted.drivers) == (said.groups, said.drivers)


DEVICE = "HANDLER vdisk_blockio {\n\tDEVICE a {\n\t\tfilename /dev/sdb\n\n\t\t# Non-key attributes\n%s\t}\n}\n"


@pytest.mark.parametrize("setup_id, noted, said", [
    ("", "t10_dev_id 933ebd71-a\nusn 933ebd71\nvend_specific_id 933ebd71-a\nprod_id a\nt10_vend_id SCST_BIO\n", {}),
    ("", "t10_dev_id 0badcafe-a\nusn 0badcafe\n", {"t10_dev_id": "0badcafe-a", "usn": "0badcafe"}),
    ("setup_id 0x1\n", "t10_dev_id 1933ebd71-a\nusn 1933ebd71\n", {}),
    ("setup_id 0x1\n", "usn 933ebd71\n", {"usn": "933ebd71"}),
    ("setup_id soon\n", "usn 933ebd71\n", {}),
    ("", "t10_vend_id SCST_FIO\nprod_id b\n", {"t10_vend_id": "SCST_FIO", "prod_id": "b"}),
    ("", "pr_file_name /var/lib/scst/pr/a\nrotational 1\nthreads_num 1\nsize_mb 16\nzero_copy 0\n", {}),
    ("", "pr_file_name /mnt/pr\nrotational 0\nthreads_num 2\n", {"pr_file_name": "/mnt/pr", "rotational": "0", "threads_num": "2"}),
])
def test_what_is_noted_of_a_device_counts_unless_its_kernel_makes_it_up(setup_id, noted, said):
    text = setup_id + DEVICE % noted
    assert conf.read(text).devices["a"].attributes == {"filename": "/dev/sdb", **said}
    assert edited(text, conf.read(text)) == text


def test_the_whole_of_a_file_is_read():
    assert conf.read(MID) == Scst(
        {"disk1": Device("vdisk_blockio", {"filename": "/dev/loop0", "write_through": "1"}),
         "disk0": Device("vdisk_fileio", {"filename": "/vd/f0.img", "nv_cache": "1", "t10_dev_id": "0xDEADBEEF",
                                          "threads_num": "4", "usn": "ABC123"}),
         "null0": Device("vdisk_nullio", {"blocksize": "4096", "size": "104857600"})},
        {T1: Target("iscsi", True, 1, {"HeaderDigest": "CRC32C"}, {"joe": "secretsecret12"},
                    luns={"0": Lun("disk0"), "1": Lun("disk1", {"read_only": "1"})}),
         T2: Target("iscsi", True, 2, {"comment": "two words"}, groups={"hosts": InitiatorGroup(
             {"0": Lun("null0"), "1": Lun("disk0")}, frozenset({"iqn.1993-08.org.debian:*", "iqn.1993-08.org.debian:01:aaa"}))}),
         "loc": Target("scst_local", luns={"0": Lun("null0")})},
        {"esos": DeviceGroup(frozenset({"disk0", "disk1"}), {
            "local": TargetGroup(1, "active", True, {T1: Port(), T2: Port()}),
            "remote": TargetGroup(2, "nonoptimized", False, {"21:00:00:1b:32:01:6b:11": Port(5)})})},
        {"iscsi": Driver(True), "scst_local": Driver()}, {"setup_id": "0x1234"})


@pytest.mark.parametrize("new, differing", EDITS, ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "")
def test_what_differs_is_written_in_its_place(new, differing):
    amended = edited(MID, new)
    assert changed_lines(MID, amended) == differing
    assert as_saved(conf.read(amended)) == as_saved(new)


@pytest.mark.parametrize("name", SAMPLES)
def test_one_attribute_is_one_line(name):
    text, said = SAMPLES[name], conf.read(SAMPLES[name])
    for device in sorted(said.devices)[::300]:
        differing = changed_lines(text, edited(text, with_device(said, device, expl_alua="9")))
        assert [line for line in differing if line != "- \t\texpl_alua 0"] == ["+ \t\texpl_alua 9"]  # which the kernel may have noted
        assert len(differing) <= 2


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_that_says_it_all_stays_as_it_is(name):
    text, said = SAMPLES[name], conf.read(SAMPLES[name])
    assert save.amend(text, said, said) == text
    assert save.amend(text, Scst(), said) == text
    assert save.amend(text, Scst(), Scst()) == text


def test_a_file_made_anew_is_laid_out_as_scstadmin_does_it():
    ours = save.amend("", Scst(), MID_SCST).splitlines()[1:]
    theirs = MID.replace("\t\tsize 16777216\n", "").replace("\tDEVICE disk1\n\tDEVICE disk0\n", "\tDEVICE disk0\n\tDEVICE disk1\n")
    before, _, after = theirs.partition("TARGET_DRIVER copy_manager {")
    assert ours == (before + after.partition("\n}\n\n")[2]).splitlines()[1:]


def test_a_device_that_goes_takes_its_luns_and_its_place_in_a_group_along():
    new = replace(MID_SCST, devices={name: device for name, device in MID_SCST.devices.items() if name != "disk0"}, targets={}, groups={})

    amended = save.amend(MID, replace(MID_SCST, targets={}, groups={}), new)

    said = conf.read(amended)
    assert "disk0" not in amended and "HANDLER vdisk_fileio" not in amended
    assert said.targets[T1].luns == {"1": MID_SCST.targets[T1].luns["1"]}
    assert said.targets[T2].groups["hosts"].luns == {"0": Lun("null0")}
    assert said.groups == with_group(MID_SCST, devices=frozenset({"disk1"})).groups
    assert "\t\tLUN 6 disk1\n\t\tLUN 7 null0\n" in amended


def test_a_lun_number_stands_for_one_device():
    text = MID.replace("\t\tLUN 0 disk0\n", "\t\tLUN 0 disk0\n\t\tLUN 00 null0\n", 1)
    assert save.amend(text, Scst(), MID_SCST) == MID


def test_what_is_only_in_the_file_goes_with_the_device_that_it_refers_to():
    text = MID.replace("TARGET loc {\n", "TARGET absent {\n\t\tLUN 3 null0\n\t\tLUN 4 disk1\n\t}\n\n\tTARGET loc {\n")
    old = replace(MID_SCST, targets={})
    new = replace(old, devices={name: device for name, device in old.devices.items() if name != "null0"})

    amended = save.amend(text, old, new)

    assert "null0" not in amended
    assert conf.read(amended).targets["absent"].luns == {"4": Lun("disk1")}


def test_a_target_that_goes_leaves_its_target_groups():
    old = replace(MID_SCST, groups={})
    new = replace(old, targets={name: about for name, about in MID_SCST.targets.items() if name != T1})
    said = conf.read(save.amend(MID, old, new))
    assert said.targets == new.targets
    assert said.groups["esos"].target_groups["local"].targets == {T2: Port()}


def test_a_target_that_goes_stays_where_it_is_the_other_host_s_now():
    tgrps = {"local": replace(MID_SCST.groups["esos"].target_groups["local"], targets={T1: Port(8), T2: Port()})}
    new = replace(MID_SCST, targets={T2: MID_SCST.targets[T2]}, groups={"esos": replace(MID_SCST.groups["esos"], target_groups=tgrps)})
    assert conf.read(edited(MID, new)).groups == new.groups


def test_what_neither_has_stays():
    assert save.amend(MID, Scst(), replace(Scst(), attributes=MID_SCST.attributes)) == MID


def test_a_device_is_in_one_group_and_a_target_in_one_target_group():
    old = replace(MID_SCST, groups={})
    port = TargetGroup(1, targets={T1: Port()})
    new = replace(old, groups={"east": DeviceGroup(frozenset({"disk0"})), "esos": DeviceGroup(target_groups={"remote": port})})
    said = conf.read(save.amend(MID, old, new)).groups
    assert {name: group.devices for name, group in said.items()} == {"east": frozenset({"disk0"}), "esos": frozenset({"disk1"})}
    assert {name: set(tgrp.targets) for name, tgrp in said["esos"].target_groups.items()} == {
        "local": {T2}, "remote": {T1, "21:00:00:1b:32:01:6b:11"}}


def test_a_device_of_another_handler_stands_there_only():
    new = replace(MID_SCST, devices={**MID_SCST.devices, "disk0": Device("vdisk_blockio", {"filename": "/dev/sdb"})})
    amended = edited(MID, new)
    assert conf.read(amended) == new
    assert amended.count("DEVICE disk0 {") == 1


def test_a_target_with_another_name_keeps_its_unknown_lines():
    text = MID.replace("\t\tHeaderDigest CRC32C\n", "\t\t# mine\n\t\tODD thing\n\t\tHeaderDigest CRC32C\n")
    tgrps = dict(MID_SCST.groups["esos"].target_groups)
    tgrps["local"] = replace(tgrps["local"], targets={"iqn.new": Port(), T2: Port()})
    targets = {name: about for name, about in MID_SCST.targets.items() if name != T1}
    new = with_group(replace(MID_SCST, targets={**targets, "iqn.new": MID_SCST.targets[T1]}), target_groups=tgrps)
    assert edited(text, new) == text.replace(T1, "iqn.new")


def test_the_copy_manager_s_luns_are_not_ours():
    text = MID.replace("\t\tLUN 5 disk0\n", "\t\tLUN 5 disk0\n\t\tLUN 8 disk0\n\t\tLUN 9 unheard_of\n")
    assert changed_lines(text, edited(text, with_device(MID_SCST, "disk0", threads_num="5"))) == ["- \t\tthreads_num 4", "+ \t\tthreads_num 5"]


@pytest.mark.parametrize("text, amended", [
    ("HANDLER vdisk_nullio {\n\tDEVICE a # mine\n}\n", "HANDLER vdisk_nullio {\n\tDEVICE a { # mine\n\t\tread_zero 1\n\t}\n}\n"),
    ("HANDLER vdisk_nullio {\n\tDEVICE a", "HANDLER vdisk_nullio {\n\tDEVICE a {\n\t\tread_zero 1\n\t}\n}\n"),
    ("HANDLER vdisk_nullio { DEVICE a { read_zero 0 }\n", "HANDLER vdisk_nullio { DEVICE a {\n\t\tread_zero 1\n read_zero 0 }\n}\n"),
    ("HANDLER vdisk_nullio {\n  DEVICE a {\n    read_zero 0 # why\r\n  }\n}", "HANDLER vdisk_nullio {\n  DEVICE a {\n    read_zero 1 # why\r\n  }\n}"),
    ("HANDLER vdisk_nullio {\n\tDEVICE a {\n\t\t# Non-key attributes\n\t\tread_zero 0\n\t\tx 1\n\t}\n}\n",
     "HANDLER vdisk_nullio {\n\tDEVICE a {\n\t\tread_zero 1\n\n\t\t# Non-key attributes\n\t\tx 1\n\t}\n}\n"),
    ("HANDLER vdisk_nullio {\n\tDEVICE a {\n\t}\n\n\t# b\n\tDEVICE b\n}\n",
     "HANDLER vdisk_nullio {\n\tDEVICE a {\n\t\tread_zero 1\n\t}\n\n\t# b\n\tDEVICE b\n}\n"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_file_that_no_scstadmin_wrote_is_amended(text, amended):
    new = Scst({"a": Device("vdisk_nullio", {"read_zero": "1"})})
    assert save.amend(text, Scst(), new) == amended
    assert conf.read(amended).devices["a"] == new.devices["a"]


def test_a_line_that_could_not_be_written_stays_in_a_lun_as_anywhere():
    text = 'TARGET_DRIVER iscsi {\n\tTARGET t {\n\t\tLUN 7 d {\n\t\t\tcpu_mask "two words\n\t\t}\n\t}\n}\n'
    assert changed_lines(text, edited(text, replace(conf.read(text), attributes={"poll_us": "9"}))) == ["+ poll_us 9", "+ "]


MEBIBYTES = "HANDLER vdisk_nullio {\n\tDEVICE a {\n\t\tsize_mb 100\n\t}\n}\n"
NOTED = "HANDLER vdisk_nullio {\n\tDEVICE a {\n\t\tsize 104857600\n\n\t\t# Non-key attributes\n\t\tsize_mb 100\n\t}\n}\n"
LARGER = "HANDLER vdisk_nullio {\n\tDEVICE a {\n\t\tsize 209715200\n"


@pytest.mark.parametrize("text, amended", [
    (MEBIBYTES, f"{LARGER}\t}}\n}}\n"), (NOTED, f"{LARGER}\n\t\t# Non-key attributes\n\t}}\n}}\n"),
])
def test_a_size_in_mebibytes_is_the_size_and_never_stands_beside_another_one(text, amended):
    said = conf.read(text)
    assert said.devices["a"].attributes == {"size": "104857600"}
    assert edited(text, said) == text
    assert edited(text, with_device(said, "a", size="209715200")) == amended


@pytest.mark.parametrize("word", ['a"b', "a\nb", "{", "a}", "a b\\", "\r\\"])
def test_what_the_file_can_not_hold_is_not_written(word):
    with pytest.raises(ValueError, match="cannot hold"):
        layout.line(0, "comment", word)


@given(st.text(st.characters(exclude_characters='"{}\n')))
def test_any_other_word_is_read_as_it_was_written(word):
    if not (word.endswith("\\") and re.search(r"\s", word)):
        assert conf_tree.words(layout.line(0, "comment", word).raw) == ("comment", word)
