"""An installation of esosh to measure: compiled, in an environment of its own.

A process that compiles measures the compiler, and the hook of an editable installation costs each process,
the empty one too, as much as Python itself.
"""

from __future__ import annotations

import compileall
import os
import shutil
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measure, cpu

SOURCE = Path(__file__).resolve().parent.parent
_PERSONAL = ("PYTHON", "SUDO_USER", "NO_COLOR", "XDG_STATE_HOME", "SSH_CONNECTION")


@dataclass(frozen=True)
class Installation:
    """An environment that has esosh and these benchmarks, and how its processes are started."""

    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    @property
    def empty_python(self) -> Measure:
        """The measure of a process that does nothing."""
        return cpu([self.python, "-I", "-c", "pass"], self.environment)

    def argv(self, *words: str) -> list[str]:
        """The words of a process of esosh."""
        return [self.python, "-m", "esosh", *words]

    def program(self, name: str, *words: str) -> list[str]:
        """The words of a process of a program of these benchmarks."""
        return [self.python, "-m", f"benchmarks.programs.{name}", *words]

    @property
    def environment(self) -> Mapping[str, str]:
        """An environment in which nothing of who measures changes a figure."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_PERSONAL)}
        return {**kept, "LOGNAME": "root", "TERM": "xterm"}


def install(folder: Path) -> Installation:
    """Make the environment in a folder. Raises FileNotFoundError where the grammar's tables are not built."""
    tables = SOURCE / "esosh" / "grammar.tables"
    if not tables.exists():
        raise FileNotFoundError(f"{tables} is missing: pip install -e .")
    venv.create(folder, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    for package in ("esosh", "benchmarks"):
        shutil.copytree(SOURCE / package, packages / package, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(packages / package, quiet=1)
    _link_dependencies(packages)
    return Installation(folder)


def _link_dependencies(packages: Path) -> None:
    """Link what is installed here, but for esosh, and for what runs when any Python starts."""
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        unwanted = installed.suffix == ".pth" or installed.name.startswith(("esosh", "__"))
        if not unwanted and not (packages / installed.name).exists():
            (packages / installed.name).symlink_to(installed)
