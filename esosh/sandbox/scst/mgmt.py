"""Commands written to a mgmt file: a verb, and the text behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from ..tree import Tree
from .words import choose_action, first_word

Command = Callable[[Tree, str, str], None]
"""Runs on the tree, the folder of the mgmt file, and the text behind the verb."""


def run(tree: Tree, path: str, text: str, commands: Mapping[str, Command]) -> None:
    """Run the command that the text names; EINVAL when there is no such command."""
    command, rest = choose_action(text, commands)
    command(tree, os.path.dirname(path), rest)


def run_with_name(tree: Tree, path: str, text: str, commands: Mapping[str, Command]) -> None:
    """Run the command that the text names with one word, the name of an object; other words are ignored."""
    command, rest = choose_action(text, commands)
    command(tree, os.path.dirname(path), first_word(rest))
