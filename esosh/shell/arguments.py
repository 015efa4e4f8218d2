"""The arguments of the command line; argparse would take as long to import as Python takes to start."""

from __future__ import annotations

import os
import sys

from .. import __version__
from ..errors import LineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_USAGE = "usage: esosh [--sandbox [DIR] [--as esos1|esos2]] [OPTION...] [WORD... | -f FILE]\n"
_HELP = f"""{_USAGE}
a transactional shell for ESOS storage appliances

positional arguments:
  WORD                one line of the language

options:
  -h, --help          show this help message and exit
  --sandbox DIR       a simulated box below DIR (default: in the user's state
                      directory)
  --as {{esos1,esos2}}  which of the two hosts a new sandbox is
  -f FILE             run the lines of a file, - for standard input
  --check             say whether it fits; keep and apply nothing
  --commit            with -f: commit at the end
  --again             with -f: the file has run before; what it removes may be
                      gone already
  --json              results and errors as JSON, one object a line
  --candidate NAME    the candidate to work on (default: your own)
  --lock-timeout S    seconds to wait for a lock (default: 10)
  --no-color          no colour
  --version           show program's version number and exit
"""
_VALUES = {  # options with a value, each with its field of Options
    "--sandbox": "sandbox", "--as": "box", "-f": "file", "--candidate": "candidate",
    "--lock-timeout": "lock_timeout",
}
_FLAGS = {
    "--check": "check", "--commit": "commit", "--again": "again", "--json": "json", "--no-color": "no_color",
}
_TEXTS = {"-h": _HELP, "--help": _HELP, "--version": f"esosh {__version__}\n"}  # options that print and end
_SHORT = ("-f", "-h")
_BOXES = ("esos1", "esos2")
_WRONG = 2  # the exit status for arguments that are wrong


class Options:
    """What the command line says: its options, and the words of a line."""

    def __init__(self) -> None:
        self.sandbox: str | None = None
        self.box: str | None = None
        self.file: str | None = None
        self.candidate = ""
        self.lock_timeout: float = 10
        self.check = self.commit = self.again = self.json = self.no_color = False
        self.words: list[str] = []


def parse_arguments(argv: Sequence[str]) -> Options:
    """The options and words of the command line; ends the program where they are wrong, or after a text."""
    options, rest, unknown = Options(), [*argv], []
    while rest and _is_option(rest[0]):
        argument = rest.pop(0)
        name, value = _cut(argument)
        if name in _VALUES:
            text = _following(name, rest) if value is None else value
            setattr(options, _VALUES[name], _checked(name, text))
        elif name not in (*_FLAGS, *_TEXTS):
            unknown.append(argument)
        elif value is not None:
            _refuse(f"argument {name}: ignored explicit argument {value!r}")
        elif name in _TEXTS:
            sys.stdout.write(_TEXTS[name])
            sys.exit()
        else:
            setattr(options, _FLAGS[name], True)
    if unknown:
        _refuse(f"unrecognized arguments: {' '.join(unknown)}")
    options.words = rest
    return options


def _cut(argument: str) -> tuple[str, str | None]:
    """An option and the value in the same argument: --as=esos1, -fFILE."""
    name, equal, value = argument.partition("=")
    if equal and _is_known(name):
        return name, value
    if argument[:2] in _SHORT and len(argument) > 2:
        return argument[:2], argument[2:]
    return argument, None


def _is_option(argument: str) -> bool:
    """Whether an argument is an option, known or not; "-", "--", numbers and texts with blanks are none."""
    if argument in ("-", "--") or not argument.startswith("-"):
        return False
    is_number = argument[1:].replace(".", "", 1).isdigit()
    return _is_known(_cut(argument)[0]) or not (is_number or " " in argument)


def _is_known(name: str) -> bool:
    return name in _VALUES or name in _FLAGS or name in _TEXTS


def _following(name: str, rest: list[str]) -> str:
    """Takes the value of an option from the arguments behind it; a default directory for --sandbox."""
    if name == "--sandbox" and _lacks_directory(rest):
        state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
        return os.path.join(state, "esosh", "sandbox")
    if not rest or rest[0] == "--" or _is_option(rest[0]):
        _refuse(f"argument {name}: expected one argument")
    return rest.pop(0)


def _lacks_directory(rest: Sequence[str]) -> bool:
    """Whether an option or a line follows --sandbox."""
    if not rest or rest[0].startswith("-"):
        return True
    from ..language.follow import follow  # a real box never needs it here

    return rest[0] in follow("").keywords


def _checked(name: str, value: str) -> str | float:
    """The value of an option, as the kind of value that it takes."""
    if name == "--as" and value not in _BOXES:
        _refuse(f"argument --as: invalid choice: {value!r} (choose from {', '.join(map(repr, _BOXES))})")
    if name != "--lock-timeout":
        return value
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1
    if not seconds >= 0:  # "nan" is neither less nor more, and would be waited for without end
        _refuse(f"argument {name}: invalid float value: {value!r}")
    return seconds


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"{_USAGE}esosh: error: {message}\n")
    sys.exit(_WRONG)


def uses_colour(options: Options) -> bool:
    """Whether results are shown in colour: on a terminal, unless somebody says no."""
    refused = (options.no_color, options.json, "NO_COLOR" in os.environ, os.environ.get("TERM") == "dumb")
    return not any(refused) and sys.stdout.isatty()


def candidate_name(options: Options) -> str:
    """The name of the candidate to work on. Raises LineError for a text that is no name."""
    name = options.candidate
    if name.startswith(".") or not all(letter.isalnum() or letter in "@._-" for letter in name):
        raise LineError(f"{name} is no name for a candidate: letters, digits and @ . _ -")
    return name
