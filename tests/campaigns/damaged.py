"""Damage every file of esosh's own state in every way: no traceback, the file is named, and the ways out work.

    python tests/campaigns/damaged.py [--random N] [--seed S] [--file FILE] [--damage NAME]

The ways out are `status`, `abort`, `confirm`, `revert`, `recover` and `cib delete`. After `abort` and `recover` everything works again.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

from boxes import WHO, session_on
from campaign_boxes import MEMORY

from esosh.commands.parse import parse
from esosh.errors import BUG
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.shell import cli
from esosh.transaction import apply, journal, notices, pending
from esosh.transaction.journal import Journal

STATE = "var/lib/esosh"
OWN, OTHER = "candidates/default@root", "candidates/web"
FILES = (
    f"{OWN}/edits.esh", f"{OWN}/base-1.json", f"{OTHER}/edits.esh", f"{OTHER}/base-1.json", "owed", "word", "history.root", "journal",
)
KEPT = (  # what is there now and then; it is put into its place only where it is no file
    f"{OWN}/lock", "number", "space", "owed.damaged", "word.damaged", "journal.left", f"{OWN}/edits.esh.deleted", f"{OWN}/base-1.json.deleted",
)
WAYS_OUT = ("status", "abort", "recover", "cib delete web", "confirm", "revert")
OTHER_LINES = ("show", "diff", "plan", "cib list", "history", "undo", "cib use web", "svc enable nut", "commit allow reboot")
NOTHING_WAITS = "E235"
GUARD_ENDS = 60  # seconds within which a guard sees that there is nothing to end any more
NOT_OURS = re.compile("E228|E601")  # of a journal that says to be of another version, or whose steps are others now
VALUES: tuple[Any, ...] = (None, 7, -1, True, 1.5, "x", "", [], {}, [[]], {"x": 1}, "\udcff", 10**400)


@dataclass(frozen=True)
class Damage:
    """What a file contains instead; None for a folder in its place with a file in it or not, a text for a link."""

    name: str
    content: object
    inside: str = ""


@dataclass(frozen=True)
class Result:
    status: int
    text: str


def run(box: Path, line: str) -> Result:
    """Run a line as the program does."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = cli.main(["--sandbox", str(box), *line.split()])
    return Result(status, out.getvalue())


def prepare(box: Path) -> None:
    """A box with a commit, two candidates, a commit that git did not take, a notice, and typed lines."""
    sandbox = Sandbox(str(box), "esos1")
    run_all(session_on(sandbox), "svc enable nut", "commit")
    run_all(session_on(sandbox, name="web"), "alua dgrp add web", "net iface eth3 mtu=9000")
    lines = ("svc enable opensm", "undo", "alua dgrp add esos", "alua tgrp add esos local group_id=1", "net iface eth1 mtu=9000", "svc disable nut")
    run_all(session_on(sandbox), *lines)
    sandbox.replace(pending.PENDING, json.dumps([1, "root", "a comment", {}]) + "\n", 0o600)
    notices.leave_notice(sandbox, "commit 1 by root was cut short at step 1 of 3: everything was undone and checked")
    for line in ("show", "svc enable opensm"):
        sandbox.append(f"{journal.ROOT}/history.root", line)


def run_all(session: Session, *lines: str) -> None:
    for line in lines:
        command = parse(line)
        assert command is not None
        session.run(command)


def cut_short(box: Path) -> None:
    """The journal of a commit that was cut short before its second step."""
    sandbox = Sandbox(str(box))
    session = session_on(sandbox)
    steps = session.commit_plan(session.config).steps
    boot = apply.boot(sandbox)
    journal.open_journal(sandbox, Journal(2, WHO, boot, "a comment", "default@root", steps, session.candidate.files))
    journal.mark(sandbox, "begun", 1)


def damages(content: bytes, count: int, chance: random.Random) -> Iterator[Damage]:
    """All kinds of damage to a file, `count` of those that are by chance."""
    yield Damage("empty", b"")
    yield from no_files()
    whole = {
        "NULs": b"\0" * len(content), "all bytes": bytes(range(256)) * 3, "no UTF-8": b"\xff\xfe" + content, "empty lines": b"\n\n\n",
        "more empty lines": b"\n" + content.replace(b"\n", b"\n\n"), "CRLF": content.replace(b"\n", b"\r\n"), "long": b"x" * 200_000 + b"\n",
        "no line end": content.rstrip(b"\n"), "twice": content + content, "deep": b"[" * 100_000, "quotes": b"\"'\\\n", "other lines": b"show\nquit\n",
        "escapes": b"\x1b[2J\x1b]0;x\x07\n", "marks": b"begun x\nstands\n", "stamp": b"undo 99  # root tty1 2026-01-01 00:00:00 base 99999\n",
    }
    yield from (Damage(name, text) for name, text in whole.items())
    yield from (Damage(f"JSON {value!r}"[:40], json.dumps(value).encode() + b"\n") for value in VALUES)
    places = sorted({*range(0, len(content), max(1, len(content) // 12)), *(found.end() for found in re.finditer(rb"\n", content))})
    yield from (Damage(f"cut at {place}", content[:place]) for place in places)
    yield from _other_types(content)
    yield from (_by_chance(content, number, chance) for number in range(count))


def no_files() -> Iterator[Damage]:
    """What is in the place of a file and is none."""
    yield from (Damage("a folder", None), Damage("a folder that is not empty", None, "file"))
    links = {"nowhere": "nowhere", "where nothing can be made": "/proc/nowhere/file", "itself": "."}
    yield from (Damage(f"a link to {name}", to) for name, to in links.items())


def _other_types(content: bytes) -> Iterator[Damage]:
    """Each part of each line of JSON with a value of another type, or gone."""
    lines = content.decode().split("\n")
    for number, line in enumerate(lines):
        with contextlib.suppress(ValueError):
            for place in list(_places(json.loads(line))):
                for value in (*VALUES, ...):
                    data = json.loads(line)
                    _put(data, place, value)
                    text = "\n".join([*lines[:number], json.dumps(data), *lines[number + 1 :]])
                    yield Damage(f"line {number + 1}: {place} is {value!r}"[:70], text.encode("utf-8", "surrogateescape"))


def _places(data: Any, limit: int = 3) -> Iterator[tuple[Any, ...]]:
    """Where a value may be replaced: of a long list, its beginning."""
    if isinstance(data, (dict, list)):
        for name in list(data if isinstance(data, dict) else range(len(data)))[: None if isinstance(data, dict) else limit]:
            yield (name,)
            yield from ((name, *place) for place in _places(data[name], 1))


def _put(data: Any, place: tuple[Any, ...], value: object) -> None:
    for name in place[:-1]:
        data = data[name]
    if value is ...:
        del data[place[-1]]
    else:
        data[place[-1]] = value


def _by_chance(content: bytes, number: int, chance: random.Random) -> Damage:
    """Bytes changed, taken out or put in."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(damaged) + 1)
        damaged[place : place + chance.choice((0, 1, 1, 1, 9))] = bytes(chance.randrange(256) for _ in range(chance.choice((0, 1, 1, 4))))
    return Damage(f"by chance {number}", bytes(damaged))


def put(path: Path, damage: Damage) -> None:
    """Put the damage into the place of a file."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    if damage.content is None:
        path.mkdir()
        if damage.inside:
            (path / damage.inside).write_text("x\n")
    elif isinstance(damage.content, str):
        os.symlink(path.name if damage.content == "." else damage.content, path)
    else:
        assert isinstance(damage.content, bytes)
        path.write_bytes(damage.content)


class Trials:
    """The trials with one file of a box."""

    def __init__(self, box: Path, file: str) -> None:
        self.box = box
        self.file = file
        self._state, self._kept = box / STATE, box.with_name("kept")
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self._state, self._kept)
        self.content = (self._state / file).read_bytes() if file in FILES else b""

    def reset(self, damage: Optional[Damage] = None) -> None:
        """The state as it was, but for the damage; what goes on trying to end a commit ends before that."""
        shutil.rmtree(self._state)
        with Sandbox(str(self.box)).lock(journal.COMMIT_LOCK, GUARD_ENDS):
            shutil.rmtree(self._state, ignore_errors=True)
        shutil.copytree(self._kept, self._state)
        if damage:
            put(self._state / self.file, damage)

    def play(self, damage: Damage) -> list[str]:
        """What is wrong with how esosh takes a damage."""
        found: list[str] = []

        def look(line: str) -> Result:
            began = time.monotonic()
            result = run(self.box, line)
            problems = [*self._problems(line, result), *(["a hang"] if time.monotonic() - began > 60 else [])]
            found.extend(f"{self.file}: {damage.name}: {line}: {problem}: {result.text[:300]}" for problem in problems)
            return result

        for line in (*WAYS_OUT, *OTHER_LINES):
            self.reset(damage)
            look(line)
        self.reset(damage)
        for line in ("recover", "abort", "cib delete web"):
            look(line)
        for line in ("show", "svc enable sbd", "commit allow reboot force again", "svc disable sbd", "commit allow reboot"):
            result = look(line)
            if result.status and not self._is_excused(result.text):
                found.append(f"{self.file}: {damage.name}: {line}, after the ways out: {result.text[:300]}")
        return found

    def _problems(self, line: str, result: Result) -> Iterator[str]:
        if result.status == BUG or "Traceback" in result.text or "bug: " in result.text:
            yield "a bug"
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", result.text):
            yield "control characters"
        if result.status and line in WAYS_OUT and NOTHING_WAITS not in result.text and not self._is_named(result.text):
            yield "does not work"
        if result.status and re.search(r"E2(24|26|29|33|41)", result.text) and not self._is_named(result.text):
            yield "does not name the file"
        if result.status and not self._is_excused(result.text) and line in ("status", "abort", "recover", "cib delete web"):
            yield "does not work"

    def _is_excused(self, text: str) -> bool:
        return self.file == "journal" and bool(NOT_OURS.search(text))

    def _is_named(self, text: str) -> bool:
        return self._is_excused(text) or f"/{STATE}/{self.file}" in text


def play_file(box: Path, file: str, some: Callable[[Damage], bool], count: int, chance: random.Random) -> list[str]:
    """Play the damages of a file that are asked for; print how many were taken well."""
    trials = Trials(box, file)
    possible = damages(trials.content, count, chance) if file in FILES else no_files()
    chosen = [damage for damage in possible if some(damage)]
    failed = [problems for problems in map(trials.play, chosen) if problems]
    trials.reset()
    print(f"{file}: {len(chosen) - len(failed)}/{len(chosen)}", flush=True)
    return [problem for problems in failed for problem in problems]


def play(count: int, chance: random.Random, some: Callable[[Damage], bool], files: Sequence[str]) -> list[str]:
    """Play the damages of these files that are asked for."""
    found: list[str] = []
    for file in files:
        with tempfile.TemporaryDirectory(prefix="damaged-", dir=MEMORY) as folder:
            box = Path(folder, "box")
            prepare(box)
            if file == "journal":
                cut_short(box)
            found += play_file(box, file, some, count, chance)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--random", type=int, default=200, help="damages by chance of each file")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--file", action="append", choices=(*FILES, *KEPT), help="only this file")
    parser.add_argument("--damage", default="", help="only damages whose name has this in it")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    chance, files = random.Random(options.seed), options.file or (*FILES, *KEPT)
    found = play(options.random, chance, lambda damage: options.damage in damage.name, files)
    print(*found, sep="\n")
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
