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

from . import __version__, batch, language, script
from .commands.session import SessionCommit
from .display import Display
from .errors import BUG, EsoshError, LineError, LineErrors, Refused
from .host import Host, LocalHost
from .session import Session, read_file
from .store import Who
from .transaction import reason_of
from .views import Lines, View, masked


def main(argv: Sequence[str]) -> int:
    """Do what the arguments say; give the exit status."""
    _tolerate()
    options = _options(_with_directory(list(argv)))
    display = Display(colour=_colour(options), json=options.json, out=sys.stdout, err=sys.stderr)
    try:
        return _main(options, display)
    except LineErrors as error:
        for each in error.errors:
            display.error(each)
        return error.status
    except EsoshError as error:
        display.error(error)
        return error.status
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 128 + signal.SIGPIPE
        refused = Refused(reason_of(error), code="E224")
        display.error(refused)
        return refused.status
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001 - whatever else it is, it is a bug
        display.bug(error)
        return BUG


def _tolerate() -> None:
    """Bytes that are not of the terminal's encoding come in and go out all the same."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="esosh", description="a transactional shell for ESOS storage appliances", allow_abbrev=False,
        usage="esosh [--sandbox [DIR] [--as esos1|esos2]] [OPTION...] [WORD... | -f FILE]",
    )
    parser.add_argument("--sandbox", metavar="DIR", help="a simulated box below DIR (default: in the user's state directory)")
    parser.add_argument("--as", dest="box", choices=("esos1", "esos2"), help="which of the two hosts a new sandbox is")
    parser.add_argument("-f", dest="file", metavar="FILE", help="run the lines of a file, - for standard input")
    parser.add_argument("--check", action="store_true", help="say whether it fits; keep and apply nothing")
    parser.add_argument("--commit", action="store_true", help="with -f: commit at the end")
    parser.add_argument("--json", action="store_true", help="results and errors as JSON, one object a line")
    parser.add_argument("--candidate", metavar="NAME", default="", help="the candidate to work on (default: your own)")
    parser.add_argument("--lock-timeout", metavar="S", type=float, default=10, help="seconds to wait for a lock (default: 10)")
    parser.add_argument("--no-color", action="store_true", help="no colour")
    parser.add_argument("--version", action="version", version=f"esosh {__version__}")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="WORD", help="one line of the language")
    return parser.parse_args(argv)


def _with_directory(argv: list[str]) -> list[str]:
    """The arguments with --sandbox's directory filled in where the next one begins a line, or is an option."""
    if "--sandbox" not in argv:
        return argv
    at = argv.index("--sandbox") + 1
    following = argv[at] if at < len(argv) else "-"
    if following.startswith("-") or following in language.follow("").keywords:
        state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
        argv.insert(at, os.path.join(state, "esosh", "sandbox"))
    return argv


def _colour(options: argparse.Namespace) -> bool:
    plain = options.no_color or options.json or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout.isatty()


def _main(options: argparse.Namespace, display: Display) -> int:
    if options.commit and not options.file:
        raise LineError("--commit goes with -f FILE", mend="esosh commit")
    if options.file and options.words:
        raise LineError(f"-f FILE takes no line: {language.join(options.words)}")
    host, who = _host(options), _who()
    if options.file:
        return _batch(Session(host, who, kept=False, wait=options.lock_timeout), options, display)
    address = "".join(os.environ.get("SSH_CONNECTION", "").split()[2:3])
    session = Session(host, who, _candidate(options.candidate), wait=options.lock_timeout, address=address)
    session.secret = getpass.getpass if sys.stdin.isatty() else None
    if options.words:
        return _one(session, language.join(options.words), options.check, display)
    if sys.stdin.isatty():
        from . import shell  # prompt_toolkit costs as much as all the rest

        return shell.run(session, display)
    options.file = "-"
    return _batch(Session(host, who, kept=False, wait=options.lock_timeout), options, display)


def _host(options: argparse.Namespace) -> Host:
    if options.sandbox is None:
        if options.box:
            raise LineError("--as goes with --sandbox")
        return LocalHost()
    from .sandbox import Sandbox  # a real box never needs it

    return Sandbox(options.sandbox, options.box)


def _candidate(name: str) -> str:
    if (name and not all(letter.isalnum() or letter in "@._-" for letter in name)) or name.startswith("."):
        raise LineError(f"{name} is no name for a candidate: letters, digits and @ . _ -")
    return name


def _who() -> Who:
    terminal = "no terminal"
    with contextlib.suppress(OSError):
        terminal = os.ttyname(0).replace("/dev/", "")
    user = "".join(letter for letter in os.environ.get("SUDO_USER") or getpass.getuser() if letter.isalnum() or letter in "._-")
    return Who(user or "root", terminal, os.getpid(), time.strftime("%Y-%m-%d %H:%M:%S"))


def _one(session: Session, line: str, check: bool, display: Display) -> int:
    """One line, on the candidate that is kept."""
    session.progress = display.progress
    try:
        if masked(line) != line:
            raise Refused("others can read the words of a command: give @ask or @/FILE in place of the secret", code="E219")
        command = language.parse(line)
        if command is None:
            return 0
        if check and command.changes:
            display.view(_fits(session, command))
            return 0
        with session.hold() if command.changes else contextlib.nullcontext():
            if command.changes:
                session.draft.load()
            view = session.run(command)
    except EsoshError as error:
        raise language.located(error, line) from None
    finally:
        display.notices(session.notices)
    display.view(view)
    return 0


def _fits(session: Session, command: object) -> View:
    """Whether a line fits, without keeping or doing anything. Raises EsoshError."""
    if isinstance(command, SessionCommit):
        return session.looking.check(None)
    rehearsal = Session(session.host, session.who, session.draft.name, rehearsed=True)
    batch.rehearse_one(rehearsal, command)
    return Lines.of("it fits", style="ok")


def _batch(session: Session, options: argparse.Namespace, display: Display) -> int:
    """A file of lines, with a candidate of its own."""
    session.progress = display.progress
    file = "standard input" if options.file == "-" else options.file
    try:
        entries = script.read(sys.stdin.read() if options.file == "-" else read_file(options.file), file)
        batch.rehearse(Session(session.host, session.who, kept=False, rehearsed=True), entries, options.commit)
    except EsoshError as error:
        last = error.errors[-1] if isinstance(error, LineErrors) else error
        last.details = (*last.details, f"nothing of {file} was applied")
        raise
    if options.check:
        display.view(Lines.of("it fits", style="ok"))
        return 0
    with session.hold():
        for view in batch.run(session, entries, options.commit):
            display.notices(session.notices)
            session.notices.clear()
            display.view(view)
    return 0
