"""The base of a candidate: what its edits change, as it was before them, finds the clashes that a whole one finds."""

from __future__ import annotations

import json

import pytest
from boxes import do, session_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import DATA
from strategies import configs

from esosh.commands import Edit
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.net import Bridge, Iface, Net, Vlan
from esosh.config.paths import HERE, diff, flatten, value_at
from esosh.config.scst import Device, Scst
from esosh.config.svc import Service
from esosh.errors import Conflict, Refused
from esosh.session import store
from esosh.session.base import VERSION, Base
from esosh.session.edits import edits_between
from esosh.session.merge import merge

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
often = settings(quick, max_examples=250)
OLD = DATA / "journal-0.1.0"  # a candidate of 0.1.0, whose base is a whole configuration
FOLDER = store.folder("default@root")
FILE = f"{FOLDER}/base-1.json"
T = "iqn.2026-11.local.esos1:target1"


def noted(config: Config, edits: list[Edit]) -> Base:
    """The base of edits on a configuration."""
    base = Base(0, {})
    for edit in edits:
        before, config = config, edit.edit(config)
        base.note(diff(before, config))
    return base


@st.composite
def edits_towards(draw: st.DrawFn, base: Config) -> list[Edit]:
    """A few of the edits that lead to another configuration: each fits the ones before it, and changes something."""
    kept: list[Edit] = []
    try:
        ways = list(edits_between(base, draw(configs())))
    except Refused:
        return kept
    numbers = draw(st.lists(st.sampled_from(range(len(ways))), unique=True, min_size=1, max_size=4)) if ways else []
    for number in sorted(numbers):
        try:
            edited = ways[number].edit(base)
        except Refused:
            continue
        if diff(base, edited):
            base = edited
            kept.append(ways[number])
    return kept


def folded(config: Config, edits: list[Edit]) -> Config:
    for edit in edits:
        config = edit.edit(config)
    return config


# laws


@quick
@given(configs(), st.data())
def test_a_base_is_what_was_before_the_edits_on_the_machine_as_they_make_it(config, data):
    edits = data.draw(edits_towards(config))
    base = noted(config, edits)
    assert base.is_as_now(config)
    assert base.on(config) == base.on(folded(config, edits)) == config
    assert base.is_as_now(folded(config, edits)) == (not base.facts)


@quick
@given(configs(), st.data())
def test_a_base_knows_all_that_the_edits_change_as_it_was(config, data):
    edits = data.draw(edits_towards(config))
    base = noted(config, edits)
    facts = flatten(config)
    assert {path: facts.get(path) for path in base.facts} == base.facts
    assert base.note(diff(config, folded(config, edits))) == {}


@often
@given(configs(), configs(), st.booleans(), st.data())
def test_a_base_of_what_edits_change_finds_the_clashes_that_a_whole_one_finds(config, other, all_of_it, data):
    edits = data.draw(edits_towards(config))
    theirs = other if all_of_it else folded(config, data.draw(edits_towards(config)))

    whole = merge(config, theirs, edits)
    base = noted(config, edits)
    found = merge(base.on(theirs), theirs, edits, base)

    if found.result is not None and whole.result is None:  # they did the same, and took away more
        missed = {path for path, (_, wanted) in diff(config, whole.mine).items() if value_at(theirs, path) != wanted}
        assert found.result == theirs
        assert all(value_at(theirs, path[:3]) is None for path in missed)
    elif found.result is not None:
        lost = {path for path, clash in whole.clashes.items() if clash.base != clash.theirs}
        assert found.result == whole.result
        lost &= diff(theirs, whole.result).keys()  # elsewhere the edits have to do with what is gone, by the way
        assert lost <= found.clashes.keys()
        assert found.clashes_by_object().keys() <= whole.clashes_by_object().keys()
    else:  # they may have done the same in another way: that is asked, and never taken for granted
        assert found.unfit
        assert whole.unfit == found.unfit or (whole.result, whole.clashes) == (theirs, {})


# examples


CONFIG = Config(
    scst=Scst({"d1": Device("vdisk_nullio", {"size": "1"})}), net=Net(ifaces={"eth1": Iface(mtu=9000)}), svc={"sshd": Service(True)},
)
SIZE, ENABLED, D1, D2 = ("scst", "devices", "d1", "attributes", "size"), ("svc", "sshd", "enabled"), ("scst", "devices", "d1"), ("scst", "devices", "d2")


@pytest.mark.parametrize("notes, new", [
    ([{SIZE: ("1", "2")}], {SIZE: "1"}),
    ([{SIZE: ("1", "2")}, {SIZE: ("2", "3")}], {}),
    ([{SIZE: ("1", "2")}, {ENABLED: (True, False)}], {ENABLED: True}),
    ([{D2: (None, HERE), (*D2, "handler"): (None, "vdisk_nullio")}, {(*D2, "attributes", "size"): (None, "1")}], {}),
    ([{D1: (HERE, None), (*D1, "handler"): ("vdisk_nullio", None), SIZE: ("1", None)}, {SIZE: (None, "2"), D1: (None, HERE)}], {}),
    ([{}], {}),
])
def test_a_base_remembers_what_more_edits_change_and_only_the_first_time(notes, new):
    base = Base(0, {})
    assert [base.note(changes) for changes in notes][-1] == new


@pytest.mark.parametrize("facts, now", [
    ({}, True), ({SIZE: "1"}, True), ({SIZE: "2"}, False), ({D2: None}, True), ({D1: None}, False), ({D1: HERE}, True),
    ({ENABLED: True, SIZE: "1"}, True), ({ENABLED: False, SIZE: "1"}, False),
])
def test_a_base_is_as_now_when_the_machine_has_its_facts(facts, now):
    assert Base(0, facts).is_as_now(CONFIG) is now


def test_a_whole_base_is_that_configuration_and_learns_nothing_more():
    base = Base(0, flatten(CONFIG), whole=True)
    assert base.on(Config()) == CONFIG
    assert (base.is_as_now(CONFIG), base.is_as_now(Config())) == (True, False)
    assert base.note({ENABLED: (True, False), D2: (None, HERE)}) == {}


# on disk


def lines_of(box):
    return [json.loads(line) for line in box.read(FILE).splitlines()]


def test_the_base_on_disk_grows_by_what_each_edit_changes(session, box):
    do(session, "svc enable opensm", "svc enable opensm sbd", f"scst target set {T} HeaderDigest=CRC32C", "undo", "svc disable sbd")
    assert lines_of(box) == [
        {"version": VERSION, "commit": 0}, [[["svc", "opensm", "enabled"], False]], [[["svc", "sbd", "enabled"], False]],
        [[["scst", "targets", T, "attributes", "HeaderDigest"], None]],
    ]


def test_the_base_that_was_read_again_is_the_one_that_was_kept(session, box):
    do(session, "svc enable opensm", "alua dgrp add esos", "net bond bond0 slaves eth1 eth2", "scst device set disk01 threads_num=4")
    again = session_on(box)
    assert again.candidate.base == session.candidate.base == session.candidate.current
    assert again.config == session.config


def test_what_a_restart_of_the_base_leaves_is_kept_with_the_new_one(session, box):
    do(session, "svc enable opensm")
    do(session_on(box, name="other"), "svc enable sbd", "commit")
    do(session, "svc enable nut")
    assert [name for name in box.list(FOLDER) if name.startswith("base-")] == ["base-1.json"]
    box.replace("/etc/rc.conf", box.read("/etc/rc.conf").replace("rc.opensm_enable=NO", "rc.opensm_enable=YES"))
    do(session, "svc disable nut")
    assert "base-2.json" in box.list(FOLDER)
    assert session_on(box).candidate.merge.clashes == {}


@pytest.fixture
def of_0_1_0(box):
    """A box with the candidate of 0.1.0: six edits on a whole base."""
    for name in ("edits.esh", "base-1.json"):
        box.replace(f"{FOLDER}/{name}", (OLD / name).read_text(), 0o600)
    return box


def test_a_candidate_of_0_1_0_has_its_edits_its_base_and_its_clashes(of_0_1_0):
    head = json.loads((OLD / "base-1.json").read_text())
    facts = {tuple(path): tuple(value) if isinstance(value, list) else value for path, value in head["facts"]}
    candidate = session_on(of_0_1_0).candidate
    assert (candidate.count, candidate.commit) == (6, 0)
    assert flatten(candidate.base) == facts
    assert candidate.merge.clashes == {}
    assert {f"{section} {name}" for section, name in merge(candidate.base, candidate.base, candidate.edits).clashes_by_object()} == set()


def test_a_candidate_of_0_1_0_takes_more_edits_and_is_committed(of_0_1_0):
    session = session_on(of_0_1_0)
    do(session, "svc enable sbd")
    assert session_on(of_0_1_0).candidate.count == 7
    assert "committed: number 1" in do(session_on(of_0_1_0), "commit")
    assert of_0_1_0.read("/sys/class/net/bond0/bonding/miimon").strip() == "100"
    assert store.candidates(of_0_1_0) == ()


def test_a_candidate_of_0_1_0_clashes_with_what_others_changed_since(of_0_1_0):
    of_0_1_0.write(f"/sys/kernel/scst_tgt/targets/iscsi/{T}/luns/mgmt", "add disk03 0")
    with pytest.raises(Conflict, match="1 object was changed"):
        do(session_on(of_0_1_0), "commit")


# clashes on a box: what one's edits need, somebody else took away


BOND = "net bond bond0 slaves eth1 mtu=9000"


@pytest.mark.parametrize("before, mine, theirs, told", [
    ([], f"scst lun add {T} 1 disk02", ["scst device del disk02", "commit allow io"],
     f"scst lun add {T} 1 disk02: no SCST device disk02"),
    ([], f"scst target set {T} HeaderDigest=CRC32C", [f"scst target del {T}", "commit allow reboot"],
     f"scst target set {T} HeaderDigest=CRC32C: no target on this host: {T}"),
    ([], "scst device set disk02 threads_num=4", ["scst device del disk02", "commit allow io"],
     "scst device set disk02 threads_num=4: no SCST device disk02"),
    (["net iface eth1 mtu=9000"], "net iface eth1 mtu=4000", ["net iface del eth1", "net bond bond0 slaves eth1", "commit allow reboot"],
     "net iface eth1 mtu=4000: eth1 is a slave of bond0"),
    (["alua dgrp add esos"], "alua device add esos disk02", ["alua dgrp del esos", "commit allow io"],
     "alua device add esos disk02: no device group esos"),
    ([BOND], "net bond bond0 miimon=50 mtu=9000", ["net bond bond0 mtu=1500", "commit allow reboot"],
     "net bond0: mtu: it was 9000, is now 1500, yours is 9000"),
    ([BOND], "net bond bond0 mtu=4000", ["net bond bond0 mtu=1500", "commit allow reboot"],
     "net bond0: mtu: it was 9000, is now 1500, yours is 4000"),
    (["net bond bond0 mtu=9000"], "net bond bond0 mtu=4000", ["net bond del bond0", "commit allow reboot"],
     "net bond0: mtu: it was 9000, is now not there, yours is 4000"),
])
def test_what_an_edit_needs_and_somebody_else_changed_is_a_conflict(box, before, mine, theirs, told):
    do(session_on(box), *before, *["commit allow reboot"][: len(before)])
    do(session_on(box), mine)
    do(session_on(box, name="other"), *theirs)
    with pytest.raises(Conflict) as conflict:
        do(session_on(box), "commit allow reboot")
    assert any(row.startswith(told) for row in conflict.value.details)
    assert session_on(box).candidate.count == 1


def test_what_they_took_away_with_all_that_it_stood_in_is_nothing_to_ask_about():
    vlans, bridges = {"eth1.7": Vlan(), "eth2.7": Vlan()}, {"br0": Bridge(("eth1.7",)), "br1": Bridge(("eth2.7",))}
    config, theirs = Config(net=Net(vlans=vlans, bridges=bridges)), Config(net=Net(bridges={"br1": Bridge()}))
    edits = [parse("net vlan del eth1.7"), parse("net vlan del eth2.7")]
    base = noted(config, edits)
    found = merge(base.on(theirs), theirs, edits, base)
    assert (found.result, found.clashes, found.unfit) == (theirs, {}, ())


def test_what_fits_no_more_is_dropped_by_resolve_theirs_and_not_kept_by_resolve_mine(box):
    do(session_on(box), f"scst lun add {T} 1 disk02", "svc enable sbd")
    do(session_on(box, name="other"), "scst device del disk02", "commit allow io")
    assert do(session_on(box), "diff").splitlines()[1].startswith(f"scst lun add {T} 1 disk02: no SCST device disk02")
    with pytest.raises(Refused, match="no SCST device disk02"):
        do(session_on(box), "resolve mine")
    assert do(session_on(box), "resolve theirs") == f"- scst lun add {T} 1 disk02\n"
    assert do(session_on(box), "diff") == "- svc disable sbd\n+ svc enable sbd\n"
    do(session_on(box), "commit")
    assert "rc.sbd_enable=YES" in box.read("/etc/rc.conf")
