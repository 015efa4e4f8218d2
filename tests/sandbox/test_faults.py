"""Faults of single system calls: what fails there, and where a process dies."""

from __future__ import annotations

import errno

import pytest
from boxes import changed, root_of, state

from esosh.errors import Refused
from esosh.sandbox import Sandbox

FILE = "/etc/motd"


@pytest.fixture
def faulty(box):
    """The box as a process that starts now sees it, with these faults."""
    def start(*lines: str) -> Sandbox:
        box.path("/faults").write_text("\n".join(lines) + "\n")
        return Sandbox(root_of(box))

    return start


@pytest.mark.parametrize("call", ["open", "fchmod", "write", "fsync", "rename"])
def test_a_file_is_replaced_whole_or_not_at_all(box, faulty, call):
    box.replace(FILE, "old\n")
    before = state(box)

    for number in ("ENOSPC", "EIO", "EROFS", "EACCES"):
        with pytest.raises(OSError) as failed:
            faulty(f"syscall {call} {FILE} {number}").replace(FILE, "new\n")

        assert failed.value.errno == getattr(errno, number)
    assert state(box) == before


@pytest.mark.parametrize("line, change", [
    ("syscall fsync /var/log/x EIO", lambda host: host.append("/var/log/x", "line", sync=True)),
    ("syscall write /var/log/x ENOSPC", lambda host: host.append("/var/log/x", "line")),
    ("syscall mkdir /var/log/a/b EROFS", lambda host: host.replace("/var/log/a/b", "text")),
    ("syscall mkdir /var/log/a EROFS", lambda host: host.mkdir("/var/log/a")),
    ("syscall unlink /etc/rc.conf EACCES", lambda host: host.remove("/etc/rc.conf")),
    ("syscall unlink /etc/rc.conf EACCES", lambda host: host.replace("/etc/rc.conf", None)),
    ("syscall write /sys/*mgmt EIO", lambda host: host.write("/sys/kernel/scst_tgt/device_groups/mgmt", "create x\n")),
    ("syscall exec ip link * ENOSPC", lambda host: host.run(("ip", "link", "set", "eth1", "down"))),
    ("syscall open /var/lock/x EROFS", lambda host: host.lock("/var/lock/x", 0).__enter__()),
])
def test_every_call_that_changes_something_may_fail(faulty, line, change):
    with pytest.raises(OSError) as failed:
        change(faulty(line))

    assert failed.value.errno == getattr(errno, line.split()[-1])


def test_a_bare_star_counts_them_all_and_what_failed_once_works_again(box, faulty):
    host = faulty("syscall * EIO after 4")

    with pytest.raises(OSError, match=f"link {FILE}"):
        host.replace(FILE, "new\n")
    host.replace(FILE, "new\n")

    assert box.read(FILE) == "new\n"


def test_looking_is_no_change(box, faulty):
    host = faulty("syscall * EIO")
    assert host.read("/etc/rc.conf") and host.list("/etc") and host.stat("/etc/rc.conf") and not host.readlink("/etc/rc.conf")


@pytest.mark.parametrize("line, new", [("syscall rename /etc/rc.conf crash", False), ("syscall fsync /etc/rc.conf crash after 1", True)])
def test_a_process_dies_right_before_the_call(esosh, box, line, new):
    esosh("svc", "enable", "opensm")
    before = state(box)

    assert esosh("commit", faults=f"{line}\n").status == -9

    assert ("rc.opensm_enable=YES" in box.read("/etc/rc.conf")) == new
    assert any(name.startswith(".rc.conf.esosh-") for name in box.list("/etc")) != new
    assert esosh("recover").status == 0
    assert [path for path in changed(before, state(box)) if not path.startswith("var/lock/")] == []


def test_what_a_process_that_died_left_beside_a_file_is_swept(box):
    before = state(box)
    for name in (".rc.conf.esosh-17", ".rc.conf.esosh-18"):
        box.path(f"/etc/{name}").write_text("half")
    box.path("/etc/.other.conf.esosh-17").write_text("half")

    box.sweep("/etc/rc.conf")

    assert {*state(box)} - {*before} == {"etc/.other.conf.esosh-17"}


@pytest.mark.parametrize("line", ["syscall * 3", "syscall *", "call * EIO"])
def test_what_is_no_fault_is_refused(faulty, line):
    with pytest.raises(Refused, match="not a fault"):
        faulty(line)


def test_a_process_reads_its_faults_when_it_starts(box, faulty):
    early = Sandbox(root_of(box))
    late = faulty(f"replace {FILE} EIO")
    early.replace(FILE, "early\n")
    box.path("/faults").unlink()
    with pytest.raises(OSError, match=FILE):
        late.replace(FILE, "late\n")
    assert box.read(FILE) == "early\n"
