"""Files that a user gives: whatever they are, they are read at once or refused at once."""

from __future__ import annotations

import io
import os
import threading

import pytest

from esosh.host import given


def test_a_regular_file_is_read_with_every_byte(tmp_path):
    file = tmp_path / "lines"
    file.write_bytes(b"a\xff\x0b\r\n\xc2\x85")
    assert given.read_file(str(file)).encode("utf-8", "surrogateescape") == file.read_bytes()


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/dev/stdin", "FIFO", "a\0b", "/", "/no/such"])
def test_what_is_no_regular_file_is_refused_at_once(path, tmp_path):
    if path == "FIFO":
        path = str(tmp_path / "fifo")
        os.mkfifo(path)
    refused: list[OSError] = []

    def read():
        try:
            given.read_file(path)
        except OSError as error:
            refused.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(20)
    assert len(refused) == 1


def test_a_file_that_is_too_large_is_refused_and_not_read_whole(tmp_path):
    file = tmp_path / "large"
    file.touch()
    os.truncate(file, 100 << 20)
    with pytest.raises(OSError, match="larger than 32 megabytes"):
        given.read_file(str(file))


class Endless(io.StringIO):
    """A stream that never ends, and counts what was asked of it."""

    asked = 0

    def read(self, size=-1):
        assert size > 0, "all of it was asked for"
        self.asked += size
        return "x" * size


def test_standard_input_is_read_to_a_bound():
    stream = Endless()
    with pytest.raises(OSError, match="larger than 32 megabytes"):
        given.read_stream(stream)
    assert stream.asked == given.LARGEST + 1


@pytest.mark.parametrize("file", ["/dev/zero", "FIFO"])
def test_the_program_refuses_them_with_a_reason_and_a_way_out(esosh, file, tmp_path):
    if file == "FIFO":
        file = str(tmp_path / "fifo")
        os.mkfifo(file)
    result = esosh("-f", file)
    assert result.status == 1 and f"{file}: it is no regular file (lines from a pipe: esosh -f -)" in result.err
