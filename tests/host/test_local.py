"""LocalHost: what it reads and writes, which errors it gives, and what it does without."""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import esosh
from esosh.host import Output, Stat
from esosh.host.local import LocalHost, read_open
from esosh.sandbox.conformance import recorded_box
from esosh.transaction.undo import reason_of

REAL = LocalHost()
ROOT = str(Path(esosh.__file__).parent.parent)


@pytest.fixture
def host(tmp_path: Path) -> LocalHost:
    (tmp_path / "file").write_bytes(b"caf\xe9\r\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(os.path.relpath(tmp_path / "socket"))
    return LocalHost(str(tmp_path))


class Listed(LocalHost):
    """Keeps the names of the calls that change something."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.calls: list[str] = []

    def _change(self, path: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self.calls.append(call.__name__)
        return super()._change(path, call, *arguments, **options)


@contextlib.contextmanager
def fifo_with_a_writer(path: Path) -> Iterator[tuple[int, int]]:
    """A FIFO whose reader is told EAGAIN as long as nothing is written: the reading and the writing end."""
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(path, os.O_WRONLY)
    try:
        yield reader, writer
    finally:
        os.close(reader)
        os.close(writer)


def test_bytes_that_are_no_text_come_back_as_they_were(host: LocalHost) -> None:
    host.replace("/copy", host.read("/file"))
    assert host.path("/copy").read_bytes() == b"caf\xe9\r\n"


def test_a_file_is_read_to_its_end_in_however_many_pieces(host: LocalHost, tmp_path: Path) -> None:
    host.replace("/long", "x" * 200_000)
    assert len(host.read("/long")) == 200_000
    assert host.read("/file") and REAL.read("/proc/self/stat").startswith(str(os.getpid()))  # stat says size 0


def test_a_read_that_answers_eagain_is_an_error_and_no_empty_text(tmp_path: Path) -> None:
    with fifo_with_a_writer(tmp_path / "fifo") as (reader, writer):
        with pytest.raises(BlockingIOError) as failed:
            read_open(reader)
        assert failed.value.errno == errno.EAGAIN

        os.write(writer, b"half")
        with pytest.raises(BlockingIOError):  # what came before is no answer either
            read_open(reader)


@pytest.mark.parametrize(("path", "number"), [
    ("/none", errno.ENOENT),
    ("/file/below", errno.ENOTDIR),
    ("/folder", errno.EISDIR),
    ("/loop", errno.ELOOP),
    ("/socket", errno.ENXIO),
    ("/" + "x" * 256, errno.ENAMETOOLONG),
])
def test_a_read_that_fails_has_the_machine_s_errno_and_the_file(host: LocalHost, path: str, number: int) -> None:
    with pytest.raises(OSError) as failed:
        host.read(path)
    assert (failed.value.errno, failed.value.filename) == (number, str(host.path(path)))


def test_a_pipe_or_a_device_in_the_place_of_a_file_is_refused_and_nobody_waits_for_it(host: LocalHost, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for reading, path in ((host, "/pipe"), (REAL, "/dev/zero")):
        with pytest.raises(OSError, match="it is no regular file") as failed:
            reading.read(path)
        assert failed.value.filename == str(reading.path(path))


def test_a_name_with_a_nul_is_that_of_no_file(host: LocalHost) -> None:
    assert not host.exists("/fi\0le")
    for look in (host.read, host.stat):
        with pytest.raises(FileNotFoundError):
            look("/fi\0le")


def test_a_read_that_fails_after_the_file_is_open_has_errno_and_file_too() -> None:
    with pytest.raises(OSError) as failed:
        REAL.read("/proc/self/mem")  # nothing is mapped at its start
    assert (failed.value.errno, failed.value.filename) == (errno.EIO, "/proc/self/mem")


@pytest.mark.parametrize(("path", "number"), [
    ("/none", errno.ENOENT),
    ("/file/below", errno.ENOTDIR),
    ("/folder", errno.EISDIR),
    ("/loop", errno.ELOOP),
    ("/socket", errno.ENXIO),
    ("/" + "x" * 256, errno.ENAMETOOLONG),
])
def test_a_write_that_fails_has_the_machine_s_errno(host: LocalHost, path: str, number: int) -> None:
    with pytest.raises(OSError) as failed:
        host.write(path, "text")
    assert failed.value.errno == number


@pytest.mark.parametrize(("path", "number"), [
    ("/dev/full", errno.ENOSPC), ("/proc/self/oom_score_adj", errno.EINVAL),
])
def test_a_write_has_the_errno_with_which_the_kernel_answers_the_text_and_the_file(path: str, number: int) -> None:
    with pytest.raises(OSError) as failed:
        REAL.write(path, "text")
    assert (failed.value.errno, failed.value.filename) == (number, path)


def test_a_write_that_the_kernel_refuses_is_told_in_the_same_words_on_the_box_and_in_the_sandbox(tmp_path: Path) -> None:
    kernel, name = recorded_box(tmp_path), "/sys/kernel/scst_tgt/setup_id"
    with pytest.raises(OSError) as simulated:
        kernel.write(name, "no number")
    with pytest.raises(OSError) as real:
        REAL.write("/proc/self/oom_score_adj", "no number")
    told = [reason_of(error.value) for error in (simulated, real)]
    assert told == [f"invalid argument: {path}" for path in (name, "/proc/self/oom_score_adj")]


def test_a_kernel_file_that_answers_eagain_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fifo_with_a_writer(tmp_path / "fifo") as (_, writer):
        os.set_blocking(writer, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b"x" * 65536)
        monkeypatch.setattr(os, "open", lambda *words, **named: os.dup(writer))
        with pytest.raises(BlockingIOError) as failed:
            REAL.write("/sys/full", "text")
        assert (failed.value.errno, failed.value.filename) == (errno.EAGAIN, "/sys/full")


@pytest.mark.parametrize("number", sorted(errno.errorcode), ids=errno.errorcode.get)
def test_each_errno_of_a_read_or_a_write_arrives_with_the_file(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> Any:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "read", refuse)
    monkeypatch.setattr(os, "write", refuse)
    calls = {"/proc/version": REAL.read, "/dev/null": lambda path: REAL.write(path, "text")}
    for path, call in calls.items():
        with pytest.raises(OSError) as failed:
            call(path)
        assert (failed.value.errno, failed.value.filename) == (number, path)


@pytest.mark.parametrize("text", ["", "on", "x" * 200_000])
def test_a_write_is_one_system_call_and_makes_no_file(host: LocalHost, tmp_path: Path, text: str) -> None:
    listed = Listed(str(tmp_path))
    listed.write("/file", text)
    assert listed.calls == ["write"]


def test_a_replacement_changes_the_machine_by_these_calls(host: LocalHost, tmp_path: Path) -> None:
    listed = Listed(str(tmp_path))
    listed.replace("/new/file", "text")
    assert listed.calls == ["mkdir", "open", "fchmod", "write", "fsync", "link", "fsync"]
    listed.calls.clear()
    listed.replace("/new/file", "other")
    assert listed.calls == ["open", "fchmod", "write", "fsync", "link", "rename", "fsync"]


def test_a_line_that_is_appended_through_a_link_with_a_full_path_stays_below_the_root(host: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/new/file")
    host.append("/link", "text")
    assert ((tmp_path / "new/file").read_text(), host.read("/link")) == ("text\n", "text\n")


def test_another_name_is_given_durably_to_a_link_itself_and_takes_the_place_of_a_file(tmp_path: Path) -> None:
    listed = Listed(str(tmp_path))
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "other").write_text("old")
    listed.rename("/link", "/other")
    assert (listed.readlink("/other"), listed.readlink("/link"), listed.calls) == ("nowhere", None, ["rename", "fsync"])


@pytest.mark.parametrize("one", [Output(1, "out", "err"), Stat(0o644, 0, 0, 1.5)])
def test_a_record_is_equal_to_its_like_and_outlives_a_process(one: object) -> None:
    assert pickle.loads(pickle.dumps(one)) == one != Output(0)
    assert len({one, pickle.loads(pickle.dumps(one))}) == 1


def test_a_record_shows_its_fields() -> None:
    assert repr(Output(1, err="no\n")) == r"Output(status=1, out='', err='no\n')"


def imported(code: str) -> set[str]:
    """The modules that a bare interpreter has imported after this code."""
    program = f"import sys; sys.path.insert(0, {ROOT!r}); {code}; print(*sys.modules)"
    argv = (sys.executable, "-I", "-S", "-c", program)
    return set(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split())


def test_whoever_only_looks_at_a_machine_imports_little() -> None:
    code = "from esosh.host.local import LocalHost; host = LocalHost(); host.read('/proc/self/stat'); host.list('/')"
    assert imported(code).isdisjoint({"dataclasses", "pathlib", "re", "signal", "subprocess", "typing"})
