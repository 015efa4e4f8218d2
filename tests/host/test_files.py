"""Files that are replaced, and locked: through links, never elsewhere, with nothing left behind."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from esosh.host.local import LocalHost


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LocalHost]:
    before = os.umask(0o022)
    yield LocalHost(str(tmp_path))
    os.umask(before)


class WithoutNameless(LocalHost):
    """A machine whose file systems have no O_TMPFILE."""

    def _change(self, path: str, call: Any, *arguments: Any, **options: Any) -> Any:
        if call is os.open and arguments[1] & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return super()._change(path, call, *arguments, **options)


class Dying(LocalHost):
    """A machine on which a process dies before a call: nothing that comes after it happens."""

    def __init__(self, root: str, calls: int) -> None:
        super().__init__(root)
        self.left = calls

    def _change(self, path: str, call: Any, *arguments: Any, **options: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super()._change(path, call, *arguments, **options)


@pytest.fixture(params=[LocalHost, WithoutNameless])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> LocalHost:
    return request.param(str(tmp_path))


def test_a_file_is_made_and_replaced_and_nothing_lies_beside_it(either: LocalHost, tmp_path: Path) -> None:
    for text in ("one", "two", ""):
        either.replace("/file", text)
        assert (either.read("/file"), os.listdir(tmp_path)) == (text, ["file"])


def test_a_new_file_that_a_process_dies_on_leaves_no_name_behind(tmp_path: Path) -> None:
    for calls in range(4):
        with pytest.raises(KeyboardInterrupt):
            Dying(str(tmp_path), calls).replace("/journal", "text")
        assert os.listdir(tmp_path) == []
    Dying(str(tmp_path), 6).replace("/journal", "text")


def test_the_name_on_the_way_is_nobody_s_to_guess_and_is_not_opened_where_it_exists(tmp_path: Path) -> None:
    names = set()

    class Watched(WithoutNameless):
        def _change(self, path: str, call: Any, *arguments: Any, **options: Any) -> Any:
            if call is os.open and arguments[1] & os.O_TMPFILE != os.O_TMPFILE:
                names.add(arguments[0])
                assert arguments[1] & (os.O_EXCL | os.O_NOFOLLOW) == os.O_EXCL | os.O_NOFOLLOW
                assert arguments[2] == 0o600
            return super()._change(path, call, *arguments, **options)

    for _ in range(3):
        Watched(str(tmp_path)).replace("/file", "text")
    assert len(names) == 3



def test_a_new_file_is_private_until_it_has_its_mode(host: LocalHost, tmp_path: Path) -> None:
    os.umask(0)
    host.replace("/secret", "text", 0o600)
    host.replace("/plain", "text")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("secret", "plain")] == [0o600, 0o644]


def test_folders_are_their_owner_s_alone_whatever_the_umask(host: LocalHost, tmp_path: Path) -> None:
    os.umask(0)
    host.replace("/var/lib/esosh/journal", "text", 0o600)
    host.append("/a/b/log", "line")
    host.mkdir("/c/d")
    with host.lock("/e/f/lock", 0):
        pass
    for folder in ("var", "var/lib", "var/lib/esosh", "a", "a/b", "c", "c/d", "e", "e/f"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700, folder


@pytest.mark.parametrize("to", ["real/conf", "/real/conf", "second"])
def test_a_symbolic_link_stays_one_and_what_it_leads_to_is_replaced(host: LocalHost, tmp_path: Path, to: str) -> None:
    host.replace("/real/conf", "old")
    (tmp_path / "second").symlink_to("real/conf")
    (tmp_path / "conf").symlink_to(to)

    host.replace("/conf", "new")

    assert (host.readlink("/conf"), host.read("/conf"), host.read("/real/conf")) == (to, "new", "new")
    assert os.listdir(tmp_path / "real") == ["conf"]


def test_a_link_to_nothing_is_no_file_and_what_is_written_there_can_be_removed_again(host: LocalHost, tmp_path: Path) -> None:
    host.mkdir("/real")
    (tmp_path / "conf").symlink_to("real/conf")
    assert not host.exists("/conf")

    host.replace("/conf", "new")
    assert (host.exists("/conf"), host.read("/real/conf")) == (True, "new")

    host.replace("/conf", None)
    assert (host.exists("/conf"), os.listdir(tmp_path / "real"), host.readlink("/conf")) == (False, [], "real/conf")


def test_links_in_a_circle_are_an_error_and_stay(host: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "conf").symlink_to("conf")
    assert not host.exists("/conf")
    for text in ("new", None):
        with pytest.raises(OSError) as failed:
            host.replace("/conf", text)
        assert failed.value.errno == errno.ELOOP
    assert host.readlink("/conf") == "conf"


def made(kind: str, place: Path) -> None:
    if kind == "folder":
        place.mkdir()
    elif kind == "fifo":
        os.mkfifo(place)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(place))
    elif kind == "link to a device":
        place.symlink_to("/dev/null")


@pytest.mark.parametrize("kind", ["folder", "fifo", "socket", "link to a device"])
def test_what_is_no_regular_file_is_never_replaced(either: LocalHost, tmp_path: Path, kind: str) -> None:
    host = LocalHost("/") if "device" in kind else either
    made(kind, tmp_path / "thing")
    path, mode = (str(tmp_path / "thing") if "device" in kind else "/thing"), (tmp_path / "thing").lstat().st_mode
    with pytest.raises(OSError, match="no regular file"):
        host.replace(path, "text")
    assert ((tmp_path / "thing").lstat().st_mode, os.listdir(tmp_path)) == (mode, ["thing"])
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("to", ["victim", "nothing"])
def test_a_lock_follows_no_link_and_truncates_nothing(host: LocalHost, tmp_path: Path, to: str) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "lock").symlink_to(to)
    with pytest.raises(OSError, match="symbolic link") as failed, host.lock("/lock", 0, "me"):
        pass
    assert failed.value.filename == str(tmp_path / "lock")
    assert ((tmp_path / "victim").read_text(), (tmp_path / "nothing").exists()) == ("precious", False)


@pytest.mark.parametrize("make", [lambda place, victim: os.link(victim, place), lambda place, victim: os.mkfifo(place)], ids=["hard link", "fifo"])
def test_a_lock_is_a_file_of_its_own(host: LocalHost, tmp_path: Path, make: Any) -> None:
    (tmp_path / "victim").write_text("precious")
    make(tmp_path / "lock", tmp_path / "victim")
    with pytest.raises(OSError, match="no file of its own"), host.lock("/lock", 0, "me"):
        pass
    assert (tmp_path / "victim").read_text() == "precious"
