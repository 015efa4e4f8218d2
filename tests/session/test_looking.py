"""What only looks at the machine looks again where something goes away meanwhile."""

from __future__ import annotations

import errno

import pytest
from boxes import do, session_on

TARGETS = "/sys/kernel/scst_tgt/targets"
T = "iqn.2026-11.local.esos1:target1"


def going_away(box, monkeypatch, times, number):
    """Reads of a target's id fail so many times: it was there when the targets were listed."""
    read, left = box.read, [number] * times

    def failing(path):
        if path == f"{TARGETS}/iscsi/{T}/rel_tgt_id" and left:
            raise OSError(left.pop(), "gone", path)
        return read(path)

    monkeypatch.setattr(box, "read", failing)
    return left


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENODEV])
@pytest.mark.parametrize("line", ["show scst", "status scst", "status drift"])
def test_what_goes_away_while_it_is_read_is_looked_at_again(box, monkeypatch, line, number):
    shown = do(session_on(box), line)
    left = going_away(box, monkeypatch, 3, number)
    assert do(session_on(box), line) == shown
    assert left == []


def test_what_stays_away_is_told(box, monkeypatch):
    going_away(box, monkeypatch, 9, errno.ENOENT)
    with pytest.raises(OSError, match="gone"):
        do(session_on(box), "show scst")


def test_another_error_is_told_at_once(box, monkeypatch):
    left = going_away(box, monkeypatch, 2, errno.EIO)
    with pytest.raises(OSError, match="gone"):
        do(session_on(box), "show scst")
    assert len(left) == 1
