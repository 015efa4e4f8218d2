"""The arguments of the command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import LineError
from ..language.follow import follow


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """The options and words of the command line; argparse ends the program where they are wrong."""
    return _parser().parse_args(_with_directory(list(argv)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="esosh", description="a transactional shell for ESOS storage appliances", allow_abbrev=False,
        usage="esosh [--sandbox [DIR] [--as esos1|esos2]] [OPTION...] [WORD... | -f FILE]",
    )
    add = parser.add_argument
    add("--sandbox", metavar="DIR", help="a simulated box below DIR (default: in the user's state directory)")
    add("--as", dest="box", choices=("esos1", "esos2"), help="which of the two hosts a new sandbox is")
    add("-f", dest="file", metavar="FILE", help="run the lines of a file, - for standard input")
    add("--check", action="store_true", help="say whether it fits; keep and apply nothing")
    add("--commit", action="store_true", help="with -f: commit at the end")
    add("--json", action="store_true", help="results and errors as JSON, one object a line")
    add("--candidate", metavar="NAME", default="", help="the candidate to work on (default: your own)")
    add("--lock-timeout", metavar="S", type=float, default=10,
        help="seconds to wait for a lock (default: 10)")
    add("--no-color", action="store_true", help="no colour")
    add("--version", action="version", version=f"esosh {__version__}")
    add("words", nargs=argparse.REMAINDER, metavar="WORD", help="one line of the language")
    return parser


def _with_directory(argv: list[str]) -> list[str]:
    """The arguments with the default of --sandbox's directory, where a line or an option follows it."""
    if "--sandbox" not in argv:
        return argv
    position = argv.index("--sandbox") + 1
    following = argv[position] if position < len(argv) else "-"
    if following.startswith("-") or following in follow("").keywords:
        state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
        argv.insert(position, os.path.join(state, "esosh", "sandbox"))
    return argv


def uses_colour(options: argparse.Namespace) -> bool:
    """Whether results are shown in colour: on a terminal, unless somebody says no."""
    refused = (options.no_color, options.json, "NO_COLOR" in os.environ, os.environ.get("TERM") == "dumb")
    return not any(refused) and sys.stdout.isatty()


def candidate_name(options: argparse.Namespace) -> str:
    """The name of the candidate to work on. Raises LineError for a text that is no name."""
    name: str = options.candidate
    if name.startswith(".") or not all(letter.isalnum() or letter in "@._-" for letter in name):
        raise LineError(f"{name} is no name for a candidate: letters, digits and @ . _ -")
    return name
