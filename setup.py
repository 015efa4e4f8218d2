"""Compile the grammar when esosh is built: its tables lie beside it in the package."""

from __future__ import annotations

import pathlib
import sys

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithGrammar(build_py):
    """Copy the package, then put the tables beside the grammar."""

    def run(self) -> None:
        """Build, with the tables in the place that is going to be imported."""
        super().run()
        here = pathlib.Path(__file__).parent
        sys.path.insert(0, str(here))
        from esosh import grammar

        package = here / "esosh" if self.editable_mode else pathlib.Path(self.build_lib) / "esosh"
        (package / grammar.TABLES).write_bytes(grammar.compile_grammar())


setup(cmdclass={"build_py": BuildWithGrammar})
