"""Simulated boxes of any number of devices, each with its LUN and its place in a device group."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.installation import Installation
from benchmarks.measure import Usage, run

TARGET = "iqn.2026-11.local.esos1:target1"
_MEMBERS = 1000  # devices in one line
_STATE = "var/lib/esosh"  # below a box: its candidates


def export_lines(number: int) -> Iterator[str]:
    """The lines that make so many devices, map them, and put them into a device group."""
    names = device_names(number)
    yield from (f"scst device add vdisk_nullio {name} size=16777216" for name in names)
    yield from (f"scst lun add {TARGET} {lun} {name}" for lun, name in enumerate(names))
    yield "alua dgrp add big"
    for start in range(0, number, _MEMBERS):
        yield f"alua device add big {' '.join(names[start : start + _MEMBERS])}"


def device_names(number: int) -> list[str]:
    """The names of so many devices."""
    return [f"d{device:05}" for device in range(number)]


def port_lines(number: int) -> Iterator[str]:
    """So many lines that put ports of other hosts into a target group, with its commit."""
    yield from ("alua dgrp add big", "alua tgrp add big t group_id=1")
    for port in range(1, number - 2):
        yield f"alua target add big t 21:00:00:00:00:{port >> 8:02x}:{port & 255:02x}:ff rel_tgt_id={port}"
    yield "commit"


def write_lines(file: Path, lines: Iterator[str]) -> Path:
    """Write lines to a file; give the file."""
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


@dataclass(frozen=True)
class Box:
    """A simulated box, and esosh on it."""

    installation: Installation
    folder: Path

    def argv(self, *words: str) -> list[str]:
        """The words of a process of esosh on the box."""
        return self.installation.argv("--sandbox", str(self.folder), *words)

    def run(self, *words: str, status: int = 0) -> Usage:
        """Run esosh on the box."""
        return run(self.argv(*words), self.installation.environment, status)

    def cpu(self, *words: str, status: int = 0) -> float:
        """Processor seconds of esosh on the box."""
        return self.run(*words, status=status).cpu

    def edit(self) -> Usage:
        """Make one edit, the first of its candidate."""
        self.drop_edits()
        return self.run("svc", "enable", "sbd")

    def drop_edits(self) -> None:
        """Remove the candidate, as if nobody had ever made one."""
        for candidate in (self.folder / _STATE).glob("candidates/*"):
            shutil.rmtree(candidate) if candidate.is_dir() else candidate.unlink()

    def copy(self, folder: Path) -> Box:
        """Another box that has the same files."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Box(self.installation, folder)


def boot(installation: Installation, folder: Path) -> Box:
    """A box that has just booted: it has three devices."""
    box = Box(installation, folder)
    box.run("status")
    return box


def fill(box: Box, number: int) -> Usage:
    """Commit so many devices, LUNs and members."""
    lines = itertools.chain(export_lines(number), ("commit",))
    file = write_lines(box.folder.with_suffix(".esh"), lines)
    return box.run("-f", str(file))
