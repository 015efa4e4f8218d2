"""esosh from the command line: one line, a file of lines, or the shell; each imports what it needs."""

from __future__ import annotations

import io
import os
import sys

from ..errors import BUG, EsoshError, LineError, Refused
from .arguments import candidate_name, parse_arguments, uses_colour
from .display import Display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .arguments import Options

_STANDARD_INPUT = "-"
_SIGNALLED = 128  # and the signal's number: the exit status of what a signal ended


def main(argv: Sequence[str]) -> int:
    """Do what the arguments say; give the exit status."""
    _open_closed_streams()
    _accept_any_bytes()
    display = Display(colour=False, json=False, out=sys.stdout, err=sys.stderr)
    try:
        options = parse_arguments(argv)
        display = Display(colour=uses_colour(options), json=options.json, out=sys.stdout, err=sys.stderr)
        return _run(options, display)
    except EsoshError as error:
        for single in error.errors or (error,):
            display.error(single)
        return error.status
    except (BrokenPipeError, KeyboardInterrupt) as error:
        return _status_of(error)
    except OSError as error:
        return _refused(error, display)
    except Exception as error:  # noqa: BLE001 - whatever else it is, it is a bug
        display.bug(error)
        return BUG


def _open_closed_streams() -> None:
    """Give what closed its standard streams empty ones: no file of the machine takes their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - it stays open


def _accept_any_bytes() -> None:
    """Read and write bytes that are not of the terminal's encoding, too."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape" if stream is sys.stdin else "backslashreplace")


def _status_of(error: BaseException) -> int:
    """The exit status where nobody reads what is written, or Ctrl-C was typed."""
    import signal  # most commands end well

    if isinstance(error, KeyboardInterrupt):
        return _SIGNALLED + signal.SIGINT
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _SIGNALLED + signal.SIGPIPE


def _refused(error: OSError, display: Display) -> int:
    """Show what the system refused; give the exit status."""
    from ..transaction.undo import reason_of  # most commands end well

    refused = Refused(reason_of(error), code="E224")
    display.error(refused)
    return refused.status


def _run(options: Options, display: Display) -> int:
    """Run a file, one line, the shell, or what comes from standard input."""
    _require_consistent(options)
    if options.words:
        from . import one_line

        return one_line.run(options, display)
    if options.file or not sys.stdin.isatty():
        from . import one_file

        return one_file.run(options.file or _STANDARD_INPUT, options, display)
    from . import loop, start

    return loop.run(start.session(options), display)


def _require_consistent(options: Options) -> None:
    """Raises LineError for options that contradict each other, and for a candidate's name that is none."""
    if options.commit and not options.file:
        raise LineError("--commit goes with -f FILE", hint="esosh commit")
    if options.again and not options.file:
        raise LineError("--again goes with -f FILE")
    if options.file and options.words:
        from ..language.words import join

        raise LineError(f"-f FILE takes no line: {join(options.words)}")
    if options.box and options.sandbox is None:
        raise LineError("--as goes with --sandbox")
    if not options.file:
        candidate_name(options)
