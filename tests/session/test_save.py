"""save: the candidate as a file of lines; devices, links and folders survive it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from boxes import do, root_of, session_on

from esosh.errors import Refused, StepFailed
from esosh.records import replace
from esosh.sandbox import Sandbox
from esosh.session import change
from esosh.transaction.journal import ROOT

LINE = "alua dgrp add esos"


@pytest.fixture
def edited(session):
    do(session, LINE)
    return session


def test_what_is_saved_is_its_owner_s_alone(edited, tmp_path):
    do(edited, f"save {tmp_path / 'lines'}")
    assert LINE in (tmp_path / "lines").read_text().splitlines()
    assert stat.S_IMODE((tmp_path / "lines").stat().st_mode) == 0o600


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda place: os.symlink("/dev/null", place)], ids=["folder", "pipe", "device"])
def test_what_is_no_regular_file_is_refused_and_stays(edited, tmp_path, make):
    make(tmp_path / "thing")
    before = (tmp_path / "thing").lstat()
    with pytest.raises(Refused, match="no regular file"):
        do(edited, f"save {tmp_path / 'thing'}")
    assert (tmp_path / "thing").lstat() == before
    assert Path("/dev/null").is_char_device()


def test_a_link_stays_a_link_and_its_file_has_the_lines(edited, tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    do(edited, f"save {tmp_path / 'link'}")
    assert (tmp_path / "link").is_symlink()
    assert LINE in (tmp_path / "real").read_text()


def test_folders_are_not_made(edited, tmp_path):
    with pytest.raises(Refused, match=f"there is no folder {tmp_path}/a/b") as refused:
        do(edited, f"save {tmp_path}/a/b/lines")
    assert refused.value.hint == f"mkdir -p {tmp_path}/a/b"
    assert not (tmp_path / "a").exists()


class Recorded:
    """The user's machine, untouched: the calls that would have changed it."""

    def __init__(self) -> None:
        self.calls = []

    def exists(self, path):
        return True

    def append(self, path, line, make=True):
        self.calls.append(("append", path, line, make))

    def replace(self, path, text, mode):
        self.calls.append(("replace", path, text, mode))


@pytest.mark.parametrize("file", ["-", "/dev/stdout"])
def test_standard_output_is_written_to_and_never_replaced(edited, monkeypatch, file):
    machine = Recorded()
    monkeypatch.setattr(change, "LocalHost", lambda: machine)
    assert LINE in do(edited, f"save {file}").splitlines()
    assert machine.calls == []


def test_standard_output_gets_the_lines_and_no_more(esosh):
    assert esosh("alua", "dgrp", "add", "esos").status == 0
    saved = esosh("save", "-")
    assert (saved.status, saved.err) == (0, "")
    assert LINE in saved.out.splitlines()
    assert saved.out.endswith("\n") and "" not in saved.out.splitlines()


def test_standard_output_has_secrets_as_a_file_has(esosh, tmp_path):
    (tmp_path / "secret").write_text("secretsecret12\n")
    word = f"IncomingUser=joe @{tmp_path}/secret"
    assert esosh("scst", "target", "set", "iqn.2026-11.local.esos1:target1", word).status == 0
    esosh("save", f"{tmp_path}/lines")
    saved = (tmp_path / "lines").read_text()
    assert "secretsecret12" in esosh("save", "-").out == saved
    assert json.loads(esosh("save", "-", json=True).out)["view"] == {"lines": saved.splitlines()}


# where esosh keeps its own


def test_what_esosh_keeps_is_in_folders_of_root_s_alone_under_any_umask(esosh, box):
    before = os.umask(0)
    try:
        assert esosh("svc", "enable", "sbd").status == 0
        assert esosh("commit").status == 0
        assert esosh("svc", "enable", "nut").status == 0
    finally:
        os.umask(before)
    for folder, _, files in os.walk(box.path("/var/lib/esosh")):
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700, folder
        for name in files:
            assert not stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) & 0o022, name


@pytest.mark.parametrize("line", ["show", "commit", "recover"])
def test_a_folder_that_others_may_write_is_not_trusted(esosh, box, line):
    esosh("svc", "enable", "sbd")
    os.chmod(box.path("/var/lib/esosh"), 0o777)
    refused = esosh(line)
    assert refused.status == 1
    assert "E251 /var/lib/esosh, in which esosh keeps edits and journals, is writable by others (mode 777)" in refused.err
    assert "chmod 700 /var/lib/esosh" in refused.err
    os.chmod(box.path("/var/lib/esosh"), 0o700)
    assert esosh(line).status == 0


def test_a_folder_of_somebody_else_is_not_trusted(box, session, monkeypatch):
    do(session, "svc enable sbd")
    own = box.stat
    monkeypatch.setattr(box, "stat", lambda path: replace(own(path), uid=1234) if path == ROOT else own(path))
    with pytest.raises(Refused, match="belongs to the user with the id 1234"):
        session_on(box)


# configuration files that are links


@pytest.mark.parametrize("to", ["rc.real", "/etc/rc.real", "/opt/rc.real"])
def test_a_commit_keeps_a_link_at_a_configuration_file_and_so_does_its_undoing(box, session, to):
    real = to if to.startswith("/") else f"/etc/{to}"
    box.replace(real, box.read("/etc/rc.conf"))
    box.remove("/etc/rc.conf")
    box.path("/etc/rc.conf").symlink_to(to)
    before = box.read(real)

    do(session, "svc enable sbd", "net iface eth4 mtu=9000")
    box.path("/faults").write_text("replace /etc/esosh/config.esh EIO\n")
    with pytest.raises(StepFailed, match="undone and checked"):
        do(session_on(Sandbox(root_of(box))), "commit")
    box.path("/faults").unlink()
    assert (box.readlink("/etc/rc.conf"), box.read(real)) == (to, before)

    do(session, "commit")
    assert box.readlink("/etc/rc.conf") == to
    assert "rc.sbd_enable=YES" in box.read(real)
    assert do(session, "diff") == "no differences\n"


def test_a_link_to_nothing_at_a_configuration_file_is_an_absent_file(box, session):
    box.replace("/etc/network.conf", None)
    box.path("/etc/network.conf").symlink_to("/opt/network.conf")
    do(session, "status", "net iface eth4 mtu=9000", "commit")
    assert box.readlink("/etc/network.conf") == "/opt/network.conf"
    assert "[eth4]" in box.read("/opt/network.conf")
