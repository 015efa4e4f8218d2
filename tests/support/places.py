"""The folders of the project."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parent.parent
PROJECT = TESTS.parent
DATA = TESTS / "data"
MAN = PROJECT / "man"
EXAMPLES = PROJECT / "examples"
