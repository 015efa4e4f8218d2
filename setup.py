"""Builds esosh, and compiles the tables of its grammar into the package."""

from __future__ import annotations

import pathlib
import sys

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithGrammar(build_py):
    """Copy the package, then write the tables beside the grammar."""

    def run(self) -> None:
        """Build; the tables go into the folder that will be imported."""
        super().run()
        source = pathlib.Path(__file__).parent
        sys.path.insert(0, str(source))
        from esosh.language import tables

        root = source if self.editable_mode else pathlib.Path(self.build_lib)
        (root / "esosh" / tables.FILE).write_bytes(tables.made())


setup(cmdclass={"build_py": BuildWithGrammar})
