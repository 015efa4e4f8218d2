"""What the first whole esosh promises, kept by the program itself on a simulated box."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from boxes import VOLATILE, Esosh, changed, environment, root_of, snapshot
from places import EXAMPLES

FIRST, SECOND = "21:00:00:e0:8b:9d:74:49", "21:00:00:1b:32:01:6b:11"
GROUP = "sys/kernel/scst_tgt/device_groups/esos/target_groups"
LONG = (
    "alua pair add esos host1 21:00:00:e0:8b:9d:74:49 host2 21:00:00:1b:32:01:6b:11", "alua device add esos disk01",
    "net bond bond0 slaves eth1 eth2 mode=802.3ad miimon=100 address=10.1.2.3/24", "svc enable opensm",
)


def files(esosh: Esosh) -> dict[str, tuple[int, bytes]]:
    """Every file of the box that undoing gives back: not git's own, not esosh's log."""
    found = snapshot(esosh.directory, VOLATILE)
    return {path: entry for path, entry in found.items() if not path.endswith("/")}


def text(esosh: Esosh, path: str) -> str:
    return Path(esosh.directory, path).read_text()


def scst_conf_groups(esosh: Esosh) -> str:
    return text(esosh, "etc/scst.conf").partition("DEVICE_GROUP")[2]


def test_the_first_host_s_file_makes_its_groups_in_the_kernel_and_in_scst_conf(esosh):
    assert esosh("-f", str((EXAMPLES / "two-host-alua") / "first.esh")).status == 0

    assert text(esosh, f"{GROUP}/local/group_id").startswith("1")
    assert text(esosh, f"{GROUP}/remote/{SECOND}/rel_tgt_id").startswith("2")
    assert f"\t\tTARGET {FIRST}\n" in scst_conf_groups(esosh)
    assert f"\t\tTARGET {SECOND} {{\n\t\t\trel_tgt_id 2\n" in scst_conf_groups(esosh)


def test_a_file_runs_a_second_time_with_nothing_to_do(esosh):
    esosh("-f", str((EXAMPLES / "two-host-alua") / "first.esh"))

    again = esosh("-f", str((EXAMPLES / "two-host-alua") / "first.esh"))

    assert (again.status, set(again.out.splitlines())) == (0, {"already so", "nothing to do"})


def test_what_show_prints_makes_the_same_on_another_box(esosh, new_box):
    esosh("-f", str((EXAMPLES / "two-host-alua") / "first.esh"))
    other = Esosh(root_of(new_box()))

    assert other("-f", "-", "--commit", stdin=esosh("show", "alua").out).status == 0

    assert other("show", "alua") == esosh("show", "alua")
    assert text(other, "etc/scst.conf") == text(esosh, "etc/scst.conf")


@pytest.mark.parametrize("host", ["first", "second"])
def test_pair_makes_in_one_line_what_the_host_s_file_makes(host, new_box):
    name = {"first": "esos1", "second": "esos2"}[host]
    long, short = Esosh(root_of(new_box(name))), Esosh(root_of(new_box(name)))
    assert long("-f", str((EXAMPLES / "two-host-alua") / f"{host}.esh")).status == 0

    short("alua", "pair", "add", "esos", "host1", FIRST, "host2", SECOND)
    short("alua", "device", "add", "esos", "disk01", "disk02")
    assert short("commit").status == 0

    assert short("show", "alua").out == long("show", "alua").out
    assert scst_conf_groups(short) == scst_conf_groups(long)


def test_a_bond_is_in_network_conf_and_in_the_kernel(esosh):
    esosh("net", "iface", "eth1", "address=10.9.9.9/24")
    esosh("commit")
    esosh("net", "bond", "bond0", "slaves", "eth1", "eth2", "mode=802.3ad", "miimon=100")

    plan = esosh("plan").out
    assert esosh("commit").status == 0

    conf = text(esosh, "etc/network.conf")
    assert "[eth1]" not in conf and "eth1 loses its own settings: address 10.9.9.9/24, mtu 1500" in plan
    keys = dict(line.split(" = ", 1) for line in conf.partition("[bond0]\n")[2].splitlines() if " = " in line)
    assert keys == {"bootproto": "none", "mtu": "1500", "slaves": "eth1,eth2", "bondopts": "mode=802.3ad miimon=100"}
    assert text(esosh, "sys/class/net/bond0/bonding/slaves").split() == ["eth1", "eth2"]


def test_enabling_a_service_changes_one_line(esosh):
    before = text(esosh, "etc/rc.conf").splitlines()
    esosh("svc", "enable", "opensm")
    esosh("commit")

    after = text(esosh, "etc/rc.conf").splitlines()

    assert [new for old, new in zip(before, after) if old != new] == ["rc.opensm_enable=YES"]
    assert len(before) == len(after)


def test_sync_saves_the_commit_to_the_boot_medium(esosh):
    esosh("svc", "enable", "opensm")
    esosh("commit", "comment", "a subnet manager")
    assert esosh("sync").status == 0

    log = subprocess.run(["git", "-c", "safe.directory=*", "log", "--format=%s", "master"], capture_output=True, text=True,
                         cwd=Path(esosh.directory, "mnt/conf/etckeeper.git"), check=True).stdout

    assert log.splitlines()[0] == "a subnet manager"
    assert "a subnet manager" in esosh("history").out


@pytest.mark.parametrize("bad, status, column", [
    ("alua device add esos dsik01", 1, 22), ("alua dgrp addd more", 2, 11), ("net bond bond0 slaves 'eth1", 2, 23),
])
def test_a_batch_with_an_error_says_where_and_leaves_everything_as_it_was(esosh, tmp_path, bad, status, column):
    lines = ["# a batch", *LONG[:1], "", *LONG[2:], "alua dgrp add more", bad, "alua dgrp add third", "commit"]
    file = tmp_path / "batch.esh"
    file.write_text("\n".join(lines) + "\n")
    before = snapshot(esosh.directory)

    done = esosh("-f", str(file))

    assert (done.status, done.err.startswith(f"{file}:7:{column}: ")) == (status, True), done.err
    assert changed(before, snapshot(esosh.directory)) == []


@pytest.fixture
def pending(esosh):
    """A commit that spans alua, net and svc, ready to run."""
    for line in LONG:
        assert esosh(*line.split()).status == 0
    return esosh


@pytest.mark.parametrize("call", ["write", "run", "replace"])
def test_a_commit_that_fails_at_any_call_leaves_every_file_as_it_was(pending, call):
    before = files(pending)
    statuses = []
    for number in range(40):
        done = pending("commit", faults=f"{call} {_subject(call)} {'3' if call == 'run' else 'EIO'} after {number}\n")
        statuses.append(done.status)
        if done.status == 0:
            break
        assert changed(before, files(pending)) == [], done.err

    assert statuses == [5] * (len(statuses) - 1) + [0] and len(statuses) > 2


def _subject(call: str) -> str:
    """The calls that are steps: not git's, not the journal's."""
    return {"write": "/sys/*", "run": "ip [al]*[dnr]* [as]*", "replace": "/etc/*"}[call]


@pytest.fixture
def harmless(esosh):
    """A commit that disturbs no link, so that it has no guard."""
    for line in (line for line in LONG if not line.startswith("net ")):
        assert esosh(*line.split()).status == 0
    return esosh


def test_a_commit_that_is_killed_at_any_step_is_undone_by_the_next_change(harmless):
    pending = harmless
    before = files(pending)
    for number in range(60):
        done = pending("commit", faults=f"append /var/lib/esosh/journal crash after {number}\n")
        if done.status == 0:
            break
        assert done.status == -9
        assert "was cut short" in pending("status").out

        assert "everything was undone and checked" in pending("recover").out
        assert changed(before, files(pending)) == []
    assert number > 10


def test_a_commit_that_is_killed_after_its_last_step_stands(harmless):
    pending = harmless
    assert pending("commit", faults="run git -C /etc add* crash after 1\n").status == -9

    told = pending("svc", "disable", "opensm")

    assert "it stands" in told.err
    assert "alua dgrp add esos" in pending("show", "alua").out and pending("history").out.count("configuration by esosh") == 1


def test_edits_made_at_the_same_time_are_all_there(esosh):
    running = [subprocess.Popen(esosh.argv("alua", "dgrp", "add", f"g{number}"), env=environment(), stderr=subprocess.PIPE)
               for number in range(16)]
    statuses = [(process.communicate(), process.returncode)[1] for process in running]

    assert set(statuses) <= {0, 7}
    assert len(esosh("show", "alua").out.splitlines()) == statuses.count(0)
