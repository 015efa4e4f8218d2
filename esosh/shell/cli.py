"""esosh from the command line: one command, a file of lines, or the shell."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import io
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Optional

from ..commands import Command
from ..commands.parse import parse
from ..commands.session import SessionCheck, SessionCommit
from ..errors import BUG, EsoshError, LineError, Refused
from ..host import Host
from ..host.local import LocalHost
from ..language import diagnostics
from ..language.words import join
from ..session import Session, batch, script
from ..session.secrets import read_file
from ..transaction.journal import Who
from ..transaction.undo import reason_of
from ..views import Lines, View
from ..views.secrets import masked
from .arguments import candidate_name, parse_arguments, uses_colour
from .display import Display

_STANDARD_INPUT = "-"
_IT_FITS = Lines.of("it fits", style="ok")


def main(argv: Sequence[str]) -> int:
    """Do what the arguments say; give the exit status."""
    _accept_any_bytes()
    options = parse_arguments(argv)
    display = Display(colour=uses_colour(options), json=options.json, out=sys.stdout, err=sys.stderr)
    try:
        return _run(options, display)
    except EsoshError as error:
        for single in error.errors or (error,):
            display.error(single)
        return error.status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        refused = Refused(reason_of(error), code="E224")
        display.error(refused)
        return refused.status
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001 - whatever else it is, it is a bug
        display.bug(error)
        return BUG


def _accept_any_bytes() -> None:
    """Read and write bytes that are not of the terminal's encoding, too."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape" if stream is sys.stdin else "backslashreplace")


def _run(options: argparse.Namespace, display: Display) -> int:
    """Run a file, one line, the shell, or what comes from standard input."""
    _require_consistent(options)
    host, who = _host(options), _who()
    if options.file:
        return _run_file(host, who, options, display)
    session = Session(host, who, candidate_name(options), wait=options.lock_timeout, address=_address())
    session.ask_secret = getpass.getpass if sys.stdin.isatty() else None
    if options.words:
        return _run_line(session, join(options.words), options.check, display)
    if sys.stdin.isatty():
        from . import loop  # prompt_toolkit costs as much as all the rest

        return loop.run(session, display)
    options.file = _STANDARD_INPUT
    return _run_file(host, who, options, display)


def _require_consistent(options: argparse.Namespace) -> None:
    """Raises LineError for options that contradict each other."""
    if options.commit and not options.file:
        raise LineError("--commit goes with -f FILE", hint="esosh commit")
    if options.file and options.words:
        raise LineError(f"-f FILE takes no line: {join(options.words)}")


def _address() -> str:
    """The address of this host that the user's connection goes to; "" for none."""
    return "".join(os.environ.get("SSH_CONNECTION", "").split()[2:3])


def _host(options: argparse.Namespace) -> Host:
    if options.sandbox is None:
        if options.box:
            raise LineError("--as goes with --sandbox")
        return LocalHost()
    from ..sandbox import Sandbox  # a real box never needs it

    return Sandbox(options.sandbox, options.box)


def _who() -> Who:
    terminal = "no terminal"
    with contextlib.suppress(OSError):
        terminal = os.ttyname(0).replace("/dev/", "")
    return Who(_user(), terminal, os.getpid(), time.strftime("%Y-%m-%d %H:%M:%S"))


def _user() -> str:
    """The user's name, without the letters that no file name may have."""
    name = os.environ.get("SUDO_USER") or getpass.getuser()
    return "".join(letter for letter in name if letter.isalnum() or letter in "._-") or "root"


def _run_line(session: Session, line: str, check: bool, display: Display) -> int:
    """Run one line on the candidate that is kept."""
    session.progress = display.progress
    try:
        view = _view(session, line, check)
    except EsoshError as error:
        raise diagnostics.located(error, line) from None
    finally:
        display.notices(session.notices)
    if view is not None:
        display.view(view)
    return 0


def _view(session: Session, line: str, check: bool) -> Optional[View]:
    """The result of a line; None for one without a command. Raises EsoshError."""
    if masked(line) != line:
        message = "others can read the words of a command: give @ask or @/FILE in place of the secret"
        raise Refused(message, code="E219")
    command = parse(line)
    if command is None:
        return None
    if not command.changes:
        return session.run(command)
    if check:
        return _check(session, command)
    with session.hold():
        session.candidate.load()
        return session.run(command)


def _check(session: Session, command: Command) -> View:
    """Whether a line fits, without keeping or doing anything. Raises EsoshError."""
    if isinstance(command, SessionCommit):
        return session.run(SessionCheck(), fresh=False)
    rehearsal = Session(session.host, session.who, session.candidate.name, rehearsal=True)
    batch.rehearse_one(rehearsal, command)
    return _IT_FITS


def _run_file(host: Host, who: Who, options: argparse.Namespace, display: Display) -> int:
    """Run a file of lines, with a candidate of its own."""
    session = Session(host, who, on_disk=False, wait=options.lock_timeout)
    session.progress = display.progress
    entries = _rehearsed(session, options.file, options.commit)
    if options.check:
        display.view(_IT_FITS)
        return 0
    with session.hold():
        for view in batch.run(session, entries, options.commit):
            display.notices(session.notices)
            session.notices.clear()
            display.view(view)
    return 0


def _rehearsed(session: Session, file: str, commit: bool) -> Sequence[script.Entry]:
    """The lines of a file, of which all fit. Raises EsoshError where one does not."""
    name = "standard input" if file == _STANDARD_INPUT else file
    try:
        entries = script.read(sys.stdin.read() if file == _STANDARD_INPUT else read_file(file), name)
        batch.rehearse(Session(session.host, session.who, on_disk=False, rehearsal=True), entries, commit)
    except EsoshError as error:
        last = error.errors[-1] if error.errors else error
        last.details = (*last.details, f"nothing of {name} was applied")
        raise
    return entries
