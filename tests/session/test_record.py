"""config.esh: amended where something differs, it is what it would be if it were made anew."""

from __future__ import annotations

import pytest
from boxes import do, root_of, session_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scst_configs import scsts
from strategies import EDITS, Sentence, configs, sentences, typed

from esosh.commands import section_module
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.net import Iface, Net
from esosh.config.scst import Device, DeviceGroup, Lun, Port, Scst, Target, TargetGroup
from esosh.config.svc import Service
from esosh.errors import Refused
from esosh.language.source import sections
from esosh.session import record
from esosh.session.listing import lines, text, touched_objects
from esosh.transaction.plan import RECORD

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
some_configs = configs() | st.builds(Config, scst=scsts())
commits = st.lists(st.lists(sentences(EDITS), max_size=4), max_size=3)


def edited(config: Config, drawn: list[tuple[str, Sentence]]) -> Config:
    """The configuration with those of the edits that fit it, one after the other."""
    for _, sentence in drawn:
        command = parse(" ".join(typed(sentence)))
        try:
            config = command.edit(config)
        except Refused:
            continue
    return config


# laws


@quick
@given(some_configs, commits)
def test_after_every_commit_the_record_is_as_if_it_were_made_anew(config, drawn):
    kept = text(config)
    for edits in drawn:
        old, config = config, edited(config, edits)
        kept = record.amended(kept, config, touched_objects(old, config))
        assert kept == text(config)


@quick
@given(some_configs, some_configs)
def test_from_one_configuration_to_any_other_the_record_is_as_if_it_were_made_anew(old, new):
    assert record.amended(text(old), new, touched_objects(old, new)) == text(new)


@quick
@given(some_configs, some_configs, st.sampled_from(sections()))
def test_an_object_without_a_name_stands_for_its_section(old, new, section):
    def of(config: Config, *names: str) -> list[str]:
        return [line for line in text(config).splitlines() if line.split()[0] in names]

    others = [name for name in sections() if name != section]
    amended = record.amended(text(old), new, {(section, "")}).splitlines()
    assert [line for line in amended if line.split()[0] == section] == of(new, section)
    assert [line for line in amended if line.split()[0] != section] == of(old, *others)


@quick
@given(some_configs)
def test_where_nothing_differs_the_text_stays(config):
    assert record.amended(text(config), config, ()) == text(config)


@quick
@given(configs())
def test_each_line_is_about_the_object_whose_lines_gave_it(config):
    for section in sections():
        own, *names = section_module(section).names(config) or ("",)
        for name in (own, *names):
            subjects = {parse(line).subject() or own for line in lines(config, section, name)}
            assert subjects <= {name}, lines(config, section, name)


# examples

T, GROUP = "iqn.x:t", "esos"
BASE = Config(
    scst=Scst({name: Device("vdisk_nullio") for name in ("d1", "d2", "d10")},
              {T: Target("iscsi", users={"joe": "secretsecret12"}, luns={"0": Lun("d1"), "1": Lun("d2")})},
              {GROUP: DeviceGroup(frozenset(["d1"]), {"local": TargetGroup(1, targets={T: Port()})})}),
    net=Net(ifaces={name: Iface(mtu=9000) for name in ("eth1", "eth3")}), svc={"nut": Service(), "sshd": Service(True)},
)


def changed(old: Config, *edits: str) -> Config:
    for line in edits:
        old = parse(line).edit(old)
    return old


@pytest.mark.parametrize("edits", [
    ["svc disable sshd"], ["svc set nut opts='-4'"], ["net iface eth2 mtu=9000"], ["net iface del eth1"], ["net iface del eth1", "net iface del eth3"],
    ["net general hostname=san1"], ["scst device del d10"], ["scst device add vdisk_nullio d11"], ["scst device add vdisk_nullio a"],
    ["scst device set d2 threads_num=4"], [f"scst lun add {T} 2 d1"], [f"scst lun del {T} 0"], [f"scst target set {T} rel_tgt_id=7"],
    [f"scst target set {T} rel_tgt_id=7", f"scst target unset {T} rel_tgt_id"], ["scst set setup_id=0x12"], ["scst set cluster_name='a\x85b\u2028c'"], ["alua device add esos d2"],
    ["alua device del esos d1"], ["alua dgrp del esos"], ["alua dgrp add first"], ["alua dgrp add set", "alua tgrp add 'set' del"],
    ["scst device add vdisk_nullio 'device'", "alua device add esos 'device'"], [f"scst target del {T}"],
    [f"scst target rename {T} iqn.x:new"], [f"scst target unset {T} IncomingUser=joe"], [f"scst target set {T} IncomingUser='ann secretsecret34'"],
])
def test_the_lines_of_what_an_edit_changes_are_made_anew(edits):
    new = changed(BASE, *edits)
    assert record.amended(text(BASE), new, touched_objects(BASE, new)) == text(new)
    assert record.amended(text(new), BASE, touched_objects(new, BASE)) == text(BASE)


@pytest.mark.parametrize("stale", [
    "scst device add vdisk_nullio forgotten", "scst target add iscsi iqn.x:forgotten", "scst no line of the language",
])
def test_a_line_of_an_object_that_nobody_knows_leads_to_the_section_made_anew_where_it_is_met(stale):
    new = changed(BASE, "scst device set d2 threads_num=4", "scst device add vdisk_nullio d11", f"scst lun del {T} 0")
    known = text(BASE)
    assert record.amended(f"{known}{stale}\n", new, touched_objects(BASE, new)) == text(new)
    in_front = record.amended(f"{stale}\n{known}", new, touched_objects(BASE, new))
    assert in_front.replace(f"{stale}\n", "") == text(new)


@pytest.mark.parametrize("kept", ["", "\n", "what is this\n", "wipe all\n\n"])
def test_what_is_no_record_becomes_one_of_what_changed(kept):
    new = changed(BASE, "svc disable sshd")
    assert record.amended(kept, new, {(section, "") for section in sections()}) == text(new)


def test_secrets_are_masked_in_what_is_made_anew():
    new = changed(BASE, f"scst target set {T} IncomingUser='ann secretsecret34'")
    amended = record.amended(text(BASE), new, touched_objects(BASE, new))
    assert "ann" in amended
    assert "secretsecret" not in amended


def test_a_member_of_a_group_that_is_renamed_or_gone_is_in_no_line_any_more():
    new = changed(BASE, "alua tgrp del esos local", "alua device del esos d1", "alua device add esos d2")
    amended = record.amended(text(BASE), new, touched_objects(BASE, new))
    assert [line for line in amended.splitlines() if line.startswith("alua")] == ["alua dgrp add esos", "alua device add esos d2"]


# on a box


FIRST, SECOND, THIRD = "alua dgrp add esos", "net iface eth4 mtu=9000", "svc enable opensm"


def test_the_record_of_each_commit_is_the_configuration_then(box):
    for line in (FIRST, SECOND, THIRD, "alua device add esos disk01", "alua device add esos disk02", "svc disable opensm"):
        session = session_on(box)
        do(session, line, "commit")
        assert box.read(RECORD) == text(session_on(box).candidate.current)


def test_what_others_changed_in_a_file_is_in_the_next_record(box):
    do(session_on(box), FIRST, "commit")
    box.replace("/etc/rc.conf", box.read("/etc/rc.conf").replace("rc.opensm_enable=NO", "rc.opensm_enable=YES"))
    do(session_on(box), SECOND, "commit")
    assert THIRD in box.read(RECORD).splitlines()
    assert box.read(RECORD) == text(session_on(box).candidate.current)


def test_what_is_changed_in_the_kernel_alone_is_in_no_record_whatever_the_commit_before_wrote(box):
    do(session_on(box), "adopt scst", "commit", "scst device set disk01 threads_num=3")
    box.write("/sys/kernel/scst_tgt/devices/disk02/threads_num", "9\n")
    do(session_on(box), "commit")
    assert "threads_num=3" in box.read(RECORD) and "threads_num=9" not in box.read(RECORD)


def test_a_record_that_others_damaged_and_gave_to_git_is_whole_after_the_next_commit(box):
    do(session_on(box), FIRST, SECOND, "commit")
    box.replace(RECORD, "svc enable nothing\n")
    for words in (("add", "-A"), ("commit", "-q", "-m", "x")):
        assert box.run(("git", "-C", "/etc", *words)).status == 0
    do(session_on(box), THIRD, "commit")
    assert box.read(RECORD) == text(session_on(box).candidate.current)


@pytest.mark.parametrize("change", [lambda box: box.remove(RECORD), lambda box: box.replace(RECORD, "svc enable nothing\n"),
                                    lambda box: box.replace(RECORD, "")])
def test_a_record_that_others_changed_or_removed_is_whole_after_the_next_commit(box, change):
    do(session_on(box), FIRST, SECOND, "commit")
    change(box)
    do(session_on(box), THIRD, "commit")
    assert box.read(RECORD) == text(session_on(box).candidate.current)


@pytest.mark.parametrize("fails", ["log*", "diff-index*", "show*", "*"])
def test_where_git_cannot_tell_what_others_changed_the_lines_are_made_anew_and_nothing_is_refused(box, fails):
    do(session_on(box), "svc enable sbd", "commit", "svc enable nut")
    whole = text(session_on(box).config)
    box.path("/faults").write_text(f"run git -C /etc {fails} 1\n" * 20)
    assert do(session_on(type(box)(root_of(box))), "plan").splitlines()[-1].startswith("  2 none     replace /etc/esosh/config.esh")
    assert do(session_on(type(box)(root_of(box))), "commit").startswith("committed")
    assert box.read("/etc/esosh/config.esh") == whole


def test_what_is_adopted_stands_in_it(box):
    do(session_on(box), "scst set poll_us=1", "commit")
    box.write("/sys/kernel/scst_tgt/devices/disk01/threads_num", "7\n")
    do(session_on(box), "adopt scst", "commit")
    assert box.read(RECORD) == text(session_on(box).config)
    assert "disk01 filename=/dev/sdb threads_num=7\n" in box.read(RECORD)


def test_what_runs_and_is_saved_along_stands_in_it(box):
    do(session_on(box), "scst set poll_us=1", "commit")
    box.write("/sys/kernel/scst_tgt/handlers/vdisk_nullio/mgmt", "add_device d9 dummy=1\n")
    do(session_on(box), "scst set poll_us=2", "commit")
    assert box.read(RECORD) == text(session_on(box).config)
    assert "vdisk_nullio d9" in box.read(RECORD)
