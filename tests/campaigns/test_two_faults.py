"""A short version of the campaign of two faults; and that it finds what is mixed, forgotten, raised or hangs."""

from __future__ import annotations

import functools
import random
from concurrent.futures import ProcessPoolExecutor

import pytest
import two_faults
from two_faults import LINES, cases, play, play_part, reference_run

from esosh.transaction import git, journal, recovery

TIMES = 4  # of each part


@pytest.fixture(scope="module")
def reference_of(tmp_path_factory):
    """An undisturbed commit of each kind."""
    return functools.lru_cache(lambda kind: reference_run(kind, tmp_path_factory.mktemp(kind)))


@pytest.mark.parametrize("kind", LINES)
def test_two_faults_at_once_leave_before_or_after(reference_of, kind, capsys):
    reference = reference_of(kind)
    with ProcessPoolExecutor(2) as pool:
        for name, part in cases(reference, TIMES, random.Random(len(kind))):
            assert play_part(reference, name, part, pool) == []
            assert f"{name}: {TIMES}/{TIMES}" in capsys.readouterr().out


def forgetful(monkeypatch):
    """An undo whose failure throws the journal away."""
    monkeypatch.setattr(recovery.undo, "undo", lambda host, steps: [])


def careless(monkeypatch):
    """A journal that cannot say that it is undone, and is undone all the same."""
    mark = journal.mark
    monkeypatch.setattr(journal, "mark", lambda host, kind, *value, **how: None if kind == journal.BACK else mark(host, kind, *value, **how))


def raising(monkeypatch):
    """A recovery that raises what no error is for."""
    monkeypatch.setattr(recovery, "recover", lambda host: 1 // 0)


def hanging(monkeypatch):
    """A recovery that never ends."""
    monkeypatch.setattr(two_faults, "LIMIT", 0.5)
    monkeypatch.setattr(recovery, "recover", lambda host: two_faults.time.sleep(5))


def losing(monkeypatch):
    """A commit that git does not take, and that nothing makes up for."""
    monkeypatch.setattr(git, "save", lambda *commit: None)


@pytest.mark.parametrize("wrong, case, said", [
    (forgetful, "calm | * crash after {half} | * EIO after 3", "mixed"), (raising, "calm | * crash after {half} | * EIO after 3", "ZeroDivisionError"),
    (hanging, "calm | * crash after {half} | * EIO after 3", "hangs"), (losing, "calm | * EIO after 99999 |", "forgotten by git"),
    (careless, "calm | fsync /var/lib/esosh/journal EIO after 2; ftruncate /var/lib/esosh/journal EIO since 0; "
     "unlink /var/lib/esosh/journal EIO since 0 |", "mixed|forgotten"),
])
def test_what_is_wrong_is_found(reference_of, monkeypatch, wrong, case, said):
    reference = reference_of("calm")
    wrong(monkeypatch)
    with pytest.raises(AssertionError, match=said):
        play(reference, case.format(half=reference.calls // 2))
