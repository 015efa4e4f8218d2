"""A sandbox boots, knows its hardware, and its services answer as on the box."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Optional

import pytest

from esosh.errors import Refused
from esosh.sandbox import Sandbox, boot, services
from esosh.sandbox.hardware import Hardware, read_hardware
from esosh.sandbox.tree import Tree

ON = [
    "haveged", "openibd", "lldpad", "sshd", "mdraid", "lvm2", "zfs", "fsmount", "scst", "acpid", "serial", "rasdaemon",
]


@pytest.fixture
def box(tmp_path: Path) -> Sandbox:
    return Sandbox(str(tmp_path / "box"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A box that no test changes."""
    return Sandbox(str(tmp_path_factory.mktemp("fresh") / "box"))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/etc/rc.conf", "rc.haveged_enable=YES"),
        ("/etc/rc.conf", '#rc.haveged_opts="-w 1024 -v 0"'),
        ("/etc/rc.conf", "rc.memcached_enable=NO"),
        ("/etc/rc.conf", '#rc.memcached_opts="-u root -d"'),
        ("/etc/rc.conf", '#rc.corosync_opts=""'),
        ("/etc/network.conf", "hostname = localhost"),
        ("/etc/network.conf", "nameserver2 ="),
        ("/etc/modprobe.conf", "options bonding max_bonds=0"),
        ("/etc/infiniband/openib.conf", "SET_IPOIB_CM=yes"),
        ("/etc/infiniband/openib.conf", "IPOIB_LOAD=no"),
        ("/etc/opensm/partitions.conf", "Default=0x7fff,ipoib:ALL=full;"),
        ("/etc/corosync/corosync.conf", "\t\tbindnetaddr: 127.0.0.0"),
        ("/etc/sysconfig/sbd", "SBD_TIMEOUT_ACTION=flush,reboot"),
        ("/etc/ssmtp/ssmtp.conf", "mailhub=mail:25"),
        ("/etc/.gitignore", "/rc.d/"),
        ("/proc/sys/kernel/hostname", "localhost"),
        ("/sys/kernel/scst_tgt/devices/disk01/filename", "/dev/sdb"),
        ("/sys/kernel/scst_tgt/devices/disk03/filename", "/mnt/vdisks/vd1/disk03.img"),
    ],
)
def test_a_fresh_box_has_the_defaults_of_esos(fresh: Sandbox, path: str, line: str) -> None:
    assert line in fresh.read(path).splitlines()


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/etc/rc.conf", 0o644), ("/etc/crontab", 0o600), ("/etc/rc.d/rc.scst", 0o755),
        ("/etc/rc.d/rc.network", 0o755), ("/usr/local/sbin/conf_sync.sh", 0o755), ("/var/lock/conf_sync", 0o644),
    ],
)
def test_a_fresh_box_has_the_modes_of_esos(fresh: Sandbox, path: str, mode: int) -> None:
    assert fresh.stat(path).mode == mode


@pytest.mark.parametrize("path", ["/etc/scst.conf", "/etc/pre-scst_xtra_conf", "/etc/corosync/authkey", "/faults"])
def test_a_fresh_box_is_without(fresh: Sandbox, path: str) -> None:
    assert not fresh.exists(path)


def test_a_fresh_box_speaks_of_46_services_in_the_order_of_start(fresh: Sandbox) -> None:
    names = services.names(fresh.read("/etc/rc.conf"))
    assert len(names) == 46
    assert [names[row - 1] for row in (1, 3, 18, 19, 22, 25, 46)] == [
        "haveged", "opensm", "sbd", "corosync", "pacemaker", "scst", "memcached",
    ]
    assert {f"rc.{name}" for name in names} < set(fresh.list("/etc/rc.d"))


def test_a_fresh_box_has_its_defaults_enabled_and_running(fresh: Sandbox) -> None:
    rc_conf = fresh.read("/etc/rc.conf")
    on = [name for name in services.names(rc_conf) if services.enabled(rc_conf, name)]
    assert on == ON
    assert {fresh.run([f"/etc/rc.d/rc.{name}", "status"]).status for name in [*on, "syslogd"]} == {0, 2}


def test_a_fresh_box_has_an_iscsi_target_and_its_own_fibre_channel_ports(fresh: Sandbox) -> None:
    assert fresh.exists("/sys/kernel/scst_tgt/targets/iscsi/iqn.2026-11.local.esos1:target1")
    assert read_hardware(Tree(fresh.path("/"))).fc_ports[0] == "21:00:00:e0:8b:9d:74:49"


def test_the_boxes_share_no_address() -> None:
    one, two = boot.BOXES.values()
    assert not set(one.fc_ports) & set(two.fc_ports)
    assert not {mac for _, mac in one.nics} & {mac for _, mac in two.nics}


def test_a_sandbox_is_what_it_was_when_it_is_opened_again(box: Sandbox) -> None:
    box.replace("/etc/network.conf", "[general]\nhostname = a\n")
    assert Sandbox(str(box.path("/"))).read("/etc/network.conf") == "[general]\nhostname = a\n"


def test_a_copied_sandbox_is_one_of_its_own(box: Sandbox, tmp_path: Path) -> None:
    shutil.copytree(box.path("/"), tmp_path / "copy", symlinks=True)
    shutil.move(str(tmp_path / "copy"), str(tmp_path / "moved"))
    copy = Sandbox(str(tmp_path / "moved"))
    copy.replace("/etc/fstab", "")
    assert copy.run(["/usr/local/sbin/conf_sync.sh"]).status == 0
    commits = ["git", "-C", "/etc", "rev-list", "--count", "origin/master"]
    assert (box.run(commits).out, copy.run(commits).out) == ("1\n", "2\n")


def test_an_empty_directory_becomes_a_sandbox_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    (tmp_path / "box").chmod(0o700)
    assert Sandbox(str(tmp_path / "box"), "esos2").name == "sandbox:esos2"
    assert stat.S_IMODE((tmp_path / "box").stat().st_mode) == 0o700


def test_a_directory_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(Refused, match="not a sandbox"):
        boot.ensure(tmp_path, None)
    assert os.listdir(tmp_path) == ["letter"]


@pytest.mark.parametrize(("box", "message"), [("esos2", "is box esos1, not esos2"), ("esos3", "no such box: esos3")])
def test_a_sandbox_is_no_other_box(fresh: Sandbox, box: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        boot.ensure(fresh.path("/"), box)


def test_a_place_that_cannot_hold_a_sandbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "box"):
        with pytest.raises(Refused, match="not a directory"):
            boot.ensure(path, None)


def test_starters_at_the_same_time_get_the_same_sandbox(tmp_path: Path) -> None:
    program = "import sys; from esosh.sandbox import Sandbox; print(Sandbox(sys.argv[1], sys.argv[2]).name)"
    starters = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "box"), box], stdout=-1, stderr=-1, text=True)
        for box in ("esos1", "esos2", "esos1", "esos2")
    ]
    said = [starter.communicate() for starter in starters]
    winner = Sandbox(str(tmp_path / "box")).name
    assert {out for out, _ in said} == {f"{winner}\n", ""}
    assert all(re.search(r"Refused: .* is box", err) for out, err in said if not out)
    assert os.listdir(tmp_path) == ["box"]


@pytest.mark.parametrize("part", ["nic eth0", "disk sdb 1 MiB", "disk /dev/sdb 1 GiB", "box", "scanner 1"])
def test_hardware_that_does_not_exist_is_refused(tmp_path: Path, part: str) -> None:
    (tmp_path / "hardware").write_text(f"box b\n{part}\n")
    with pytest.raises(Refused, match=f"not a part of a box: {part}"):
        read_hardware(Tree(tmp_path))


@pytest.mark.parametrize("text", ["", "# nothing\n", "box a\nbox b\n"])
def test_a_box_has_one_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "hardware").write_text(text)
    with pytest.raises(Refused, match="one line with the name"):
        read_hardware(Tree(tmp_path))


@pytest.mark.parametrize(
    "parts", [Hardware("b"), Hardware("b", (("eth0", "52:54:00:00:00:01"),), ("21:00",), (("/dev/sda", 1),), "usb")]
)
def test_hardware_comes_back_from_its_own_lines(tmp_path: Path, parts: Hardware) -> None:
    (tmp_path / "hardware").write_text(f"# a comment\n\n{parts}")
    assert read_hardware(Tree(tmp_path)) == parts


@pytest.mark.parametrize(
    ("lines", "on"),
    [
        ("rc.scst_enable=YES", True), ("rc.scst_enable = yes", True), ("rc.scst_enable=on", True),
        ("rc.scst_enable=1", True), ("rc.scst_enabled=True", True), ("rcXscst_enable=YES", True),
        ("rc.scst_enable=NO", False), ('rc.scst_enable="YES"', False), ("rc.scst_enable=YES # so", False),
        ("rc.scst_enable=YES\r", False), ("rc.scst_enable=", False), ("rc.scst_enable", False), ("", False),
        ("rc.scst_enable=YES\nrc.scst_enable=YES", False), (" rc.scst_enable=YES", False),
        ("#rc.scst_enable=YES", False), ("rc.scst_opts=x\nrc.scst_enable=yes", True),
    ],
)
def test_a_flag_is_read_as_the_rc_scripts_read_it(lines: str, on: bool) -> None:
    assert services.enabled(f"rc.other_enable=NO\n{lines}\nrc.last_enable=YES\n", "scst") is on


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("sshd status", 0), ("sbd status", 1), ("lvm2 status", 2), ("openibd status", 2), ("eio status", 1),
        ("scst status", 0), ("syslogd status", 0), ("udev status", 1), ("sysinit start", 1),
        ("sshd", 1), ("sshd restart", 1), ("sshd start stop", 1),
        ("sbd stop", 1), ("sshd start", 1), ("scst start", 1), ("lvm2 stop", 0), ("lvm2 start", 0),
    ],
)
def test_a_script_ends_with(box: Sandbox, call: str, status: int) -> None:
    name, *words = call.split()
    assert box.run([f"/etc/rc.d/rc.{name}", *words]).status == status


@pytest.mark.parametrize("name", ["opensm", "eio", "mhvtl", "btier"])
def test_a_service_that_was_started_runs_until_it_is_stopped(box: Sandbox, name: str) -> None:
    before = _files(box)
    said = [box.run([f"/etc/rc.d/rc.{name}", action]).status for action in ("start", "status", "start", "stop")]
    assert said == [0, 0, 1, 0]
    assert box.run([f"/etc/rc.d/rc.{name}", "status"]).status == 1
    assert _files(box) == before


@pytest.mark.parametrize(
    ("flags", "running", "name", "status"),
    [
        ("", "", "corosync", 0), ("", "", "pacemaker", 0),
        ("sbd", "", "corosync", 1), ("sbd", "sbd", "corosync", 0), ("sbd", "", "pacemaker", 0),
        ("corosync", "", "pacemaker", 1), ("corosync", "corosync", "pacemaker", 0),
    ],
)
def test_a_cluster_service_needs_the_enabled_one_below_it(
    box: Sandbox, flags: str, running: str, name: str, status: int
) -> None:
    rc_conf = box.read("/etc/rc.conf")
    for flag in flags.split():
        rc_conf = rc_conf.replace(f"rc.{flag}_enable=NO", f"rc.{flag}_enable=YES")
    box.replace("/etc/rc.conf", rc_conf)
    for other in running.split():
        assert box.run([f"/etc/rc.d/rc.{other}", "start"]).status == 0
    assert box.run([f"/etc/rc.d/rc.{name}", "start"]).status == status


@pytest.mark.parametrize(
    ("name", "path", "status", "then"),
    [
        ("corosync", "/etc/corosync/corosync.conf", 1, 1), ("sbd", "/etc/sysconfig/sbd", 0, 1),
        ("openibd", "/etc/infiniband/openib.conf", 0, 2),
    ],
)
def test_a_service_without_its_file_does_not_start(box: Sandbox, name: str, path: str, status: int, then: int) -> None:
    box.remove(path)
    started = box.run([f"/etc/rc.d/rc.{name}", "start"])
    assert (started.status, path in started.out) == (status, True)
    assert box.run([f"/etc/rc.d/rc.{name}", "status"]).status == then


def test_a_script_that_is_not_there_cannot_be_run(box: Sandbox) -> None:
    with pytest.raises(FileNotFoundError):
        box.run(["/etc/rc.d/rc.nothing", "start"])


@pytest.mark.parametrize(("conf", "runs"), [(None, 0), ("", 0), ("NOT { a configuration\n", 1)])
def test_scst_is_unloaded_when_its_configuration_fails_and_the_script_still_ends_well(
    box: Sandbox, conf: Optional[str], runs: int
) -> None:
    box.replace("/etc/pre-scst_xtra_conf", "exit 1\n")
    if conf is not None:
        box.replace("/etc/scst.conf", conf)
    assert box.run(["/etc/rc.d/rc.scst", "stop"]).status == 0
    assert box.run(["/etc/rc.d/rc.scst", "status"]).status == 1
    assert box.run(["/etc/rc.d/rc.scst", "stop"]).status == 1
    started = box.run(["/etc/rc.d/rc.scst", "start"])
    assert started.status == 0
    assert "/etc/pre-scst_xtra_conf: not run in a sandbox" in started.out
    assert box.run(["/etc/rc.d/rc.scst", "status"]).status == runs
    assert box.exists("/sys/kernel/scst_tgt/devices/disk01") is False


def _files(box: Sandbox) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in box.path("/").rglob("*") if path.is_file()}
