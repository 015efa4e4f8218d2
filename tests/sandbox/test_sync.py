"""git and conf_sync.sh in a sandbox."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from esosh.host import Output
from esosh.sandbox import Sandbox

SAVED = Output(0)


@pytest.fixture
def box(tmp_path: Path) -> Sandbox:
    return Sandbox(str(tmp_path / "box"))


def _sync(box: Sandbox) -> Output:
    return box.run(["/usr/local/sbin/conf_sync.sh"])


def _git(box: Sandbox, *words: str) -> str:
    return box.run(["git", "-C", "/etc", *words]).out


def test_etc_of_a_fresh_box_is_committed_and_on_the_medium(box: Sandbox) -> None:
    assert _git(box, "log", "--format=%an %ae %D") == "ESOS Superuser root@esos HEAD -> master, origin/master\n"
    assert _git(box, "status", "--porcelain") == ""
    tracked = _git(box, "ls-files").split()
    assert {"rc.conf", "network.conf", ".gitignore", "opensm/partitions.conf"} < set(tracked)
    assert not {"issue", "esos-release", "rc.d/rc.scst"} & set(tracked)


def test_a_sync_commits_with_the_fixed_message_and_pushes(box: Sandbox) -> None:
    box.replace("/etc/fstab", "none\n")
    assert _sync(box) == SAVED
    assert _git(box, "log", "-1", "--format=%s %D") == (
        "configuration sync via conf_sync.sh HEAD -> master, origin/master\n"
    )
    assert box.run(["git", "-C", "/mnt/conf/etckeeper.git", "show", "master:fstab"]).out == "none\n"


def test_a_sync_without_a_change_makes_no_commit(box: Sandbox) -> None:
    assert _sync(box) == SAVED
    assert _git(box, "rev-list", "--count", "HEAD") == "1\n"


def test_a_sync_pushes_what_others_committed(box: Sandbox) -> None:
    box.remove("/etc/fstab")
    _git(box, "commit", "-qam", "ours")
    assert _sync(box) == SAVED
    assert _git(box, "log", "-1", "--format=%s", "origin/master") == "ours\n"


def test_a_sync_mirrors_what_else_lasts(box: Sandbox) -> None:
    box.replace("/var/lib/pacemaker/cib/cib.xml", "<cib/>\n", 0o600)
    box.replace("/opt/gone", "")
    box.path("/opt/link").symlink_to("gone")
    assert _sync(box) == SAVED
    box.remove("/opt/gone")
    box.remove("/opt/link")
    box.replace("/opt/link/now", "a folder")
    assert _sync(box) == SAVED
    copies = "/mnt/conf/rsync_dirs"
    assert box.list(copies) == ("opt", "root", "var")
    assert box.stat(f"{copies}/var/lib/pacemaker/cib/cib.xml").mode == 0o600
    assert box.list(f"{copies}/opt") == ("link",)
    assert box.read(f"{copies}/opt/link/now") == "a folder"


def test_a_sync_makes_a_wiped_medium_anew(box: Sandbox) -> None:
    for folder in ("etckeeper.git", "rsync_dirs"):
        shutil.rmtree(box.path(f"/mnt/conf/{folder}"))
    assert _sync(box) == SAVED
    saved = box.run(["git", "-C", "/mnt/conf/etckeeper.git", "rev-parse", "master"]).out
    assert saved == _git(box, "rev-parse", "HEAD")
    assert box.exists("/mnt/conf/rsync_dirs/var/lib")


def test_a_sync_without_the_medium_leaves_the_commit_on_the_box_and_the_next_one_pushes_it(box: Sandbox) -> None:
    hardware = box.read("/hardware")
    box.replace("/hardware", hardware.replace("usb esos_conf", "usb none"))
    box.replace("/etc/fstab", "none\n")
    assert _sync(box) == Output(1, err="mount: /mnt/conf: can't find LABEL=esos_conf.\n")
    assert _git(box, "rev-list", "--count", "origin/master..master") == "1\n"
    box.replace("/hardware", hardware)
    assert _sync(box) == SAVED
    assert _git(box, "rev-list", "--count", "origin/master..master") == "0\n"


def test_a_sync_after_history_was_rewritten_fails_and_copies_nothing(box: Sandbox) -> None:
    _git(box, "commit", "-q", "--amend", "-m", "rewritten")
    box.replace("/opt/new", "")
    done = _sync(box)
    assert (done.status, "non-fast-forward" in done.err) == (1, True)
    assert not box.exists("/mnt/conf/rsync_dirs/opt/new")


def test_a_sync_without_a_folder_that_lasts_fails(box: Sandbox) -> None:
    box.remove("/root/.bash_history")
    done = _sync(box)
    assert (done.status, "/root/.bash_history" in done.err) == (1, True)


def test_a_sync_gives_up_when_the_lock_is_held_too_long(box: Sandbox) -> None:
    box.replace("/.kernel/conf_sync_wait", "0.1\n")
    box.replace("/etc/fstab", "none\n")
    with box.lock("/var/lock/conf_sync", 0):
        done = _sync(box)
    assert (done.status, done.out) == (200, "")
    assert "/var/lock/conf_sync is still held after 0.1 s" in done.err
    assert _git(box, "status", "--porcelain") == " M fstab\n"


def test_git_keeps_bytes_and_takes_its_standard_input(box: Sandbox) -> None:
    text = "caf\udce9\r\n"
    name = box.run(["git", "-C", "/etc", "hash-object", "-w", "--stdin"], text).out.strip()
    assert _git(box, "cat-file", "blob", name) == text


@pytest.mark.parametrize("options", [[], ["-c", "core.quotePath=false"], ["--no-pager"]])
def test_git_works_in_the_folders_of_the_box(box: Sandbox, options: list[str]) -> None:
    assert box.run(["git", *options, "-C", "/etc", "ls-files", "fstab"]).out == "fstab\n"


@pytest.mark.parametrize("folder", ["/", "/var"])
def test_git_finds_no_repository_around_the_sandbox(tmp_path: Path, folder: str) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    box = Sandbox(str(tmp_path / "box"))
    done = box.run(["git", "-C", folder, "rev-parse", "--git-dir"])
    assert (done.status, done.out) == (128, "")


def test_git_takes_no_setting_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Somebody\n[commit]\n\tgpgSign = true\n")
    for name, value in {"HOME": tmp_path, "GIT_DIR": tmp_path / "none", "GIT_AUTHOR_NAME": "Somebody"}.items():
        monkeypatch.setenv(name, str(value))
    box = Sandbox(str(tmp_path / "box"))
    box.remove("/etc/fstab")
    assert _sync(box) == SAVED
    assert set(_git(box, "log", "--format=%an").split("\n")) == {"ESOS Superuser", ""}
