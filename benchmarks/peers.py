"""The tools that esosh replaces, where they are installed, and a commit's bare writes, beside esosh."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.boxes import Box, boot, device_names, write_lines
from benchmarks.measure import Measure, cpu, ratio, row

_TOOLS = (("crm", "--version"), ("targetcli", "--version"), ("scstadmin", "-help"), ("pcs", "--version"))
_NUMBER = 1_000
_ROUNDS = 5
_MISSING = "not installed here: skipped"


def starts(box: Box) -> None:
    """Show what it costs that a tool says its version, in empty pythons."""
    esosh = box.installation
    for tool, option in _TOOLS:
        place, what = shutil.which(tool), f"{tool} {option} / an empty python"
        if place is None:
            row(what, "-", remark=_MISSING)
        else:
            ratio(what, cpu([place, option]), esosh.empty_python, rounds=_ROUNDS)


def crm(large: Box) -> None:
    """Show what a batch of 1,000 things and showing them cost, beside crmsh on a CIB in a file."""
    place, cibadmin = shutil.which("crm"), shutil.which("cibadmin")
    if place is None or cibadmin is None:
        return row("a batch, and show / crm configure", "-", remark=_MISSING)
    folder = large.folder.parent
    cib, primitives = folder / "cib.xml", write_lines(folder / "primitives", _primitives())
    environment = {**os.environ, "CIB_file": str(cib)}
    empty = subprocess.run([cibadmin, "--empty"], check=True, capture_output=True).stdout

    def loaded() -> float:
        cib.write_bytes(empty)
        return cpu([place, "-F", "configure", "load", "update", str(primitives)], environment)()

    committed, shown = _committing(large, "crm"), cpu([place, "configure", "show"], environment)
    ratio("commit of 1,000 devices / crm load of 1,000 primitives", committed, loaded, rounds=_ROUNDS)
    ratio("show, 1,000 devices / crm configure show, 1,000 primitives", partial(large.cpu, "show"), shown,
          rounds=_ROUNDS)


def _primitives() -> Iterator[str]:
    return (f"primitive {name} ocf:pacemaker:Dummy params fake=1" for name in device_names(_NUMBER))


def _committing(like: Box, name: str) -> Measure:
    """The measure of a commit of 1,000 devices, each time on a box that has just booted."""
    folder = like.folder.parent
    file = write_lines(folder / f"{name}.esh", (f"scst device add vdisk_nullio {device} size=16777216"
                                                for device in device_names(_NUMBER)))

    def committed() -> float:
        shutil.rmtree(folder / name, ignore_errors=True)
        return boot(like.installation, folder / name).cpu("-f", str(file), "--commit")

    return committed


def bare_writes(own: Measure, box: Box) -> None:
    """Show what esosh itself does in a commit of 1,000 devices, beside its writes to plain files."""
    folder, esosh = box.folder.parent / "writes", box.installation
    folder.mkdir()
    texts = write_lines(box.folder.parent / "texts", _texts())
    script = write_lines(box.folder.parent / "writes.sh", _echoes(folder))
    writes = cpu(esosh.program("bare_writes", str(texts), str(folder)), esosh.environment)
    what = f"{_NUMBER:,} devices, LUNs and members, our own"
    ratio(f"{what} / bare writes", own, writes, rounds=_ROUNDS)
    ratio(f"{what} / echo > in sh", own, cpu(["/bin/sh", str(script)]), rounds=_ROUNDS)


def _texts() -> Iterator[str]:
    """What the commit writes to the kernel."""
    names = device_names(_NUMBER)
    yield from (f"add_device {name} size=16777216" for name in names)
    yield from (f"add {name} {lun}" for lun, name in enumerate(names))
    yield "create big"
    yield from (f"add {name}" for name in names)


def _echoes(folder: Path) -> Iterator[str]:
    return (f"echo '{text}' > {folder}/{number}" for number, text in enumerate(_texts()))
