"""One line, run on the candidate that is kept; what is not in the language meets no machine."""

from __future__ import annotations

from ..commands.parse import parse
from ..errors import EsoshError, Refused
from ..language.diagnostics import located
from ..language.words import join
from ..views import Lines
from ..views.secrets import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

    from ..commands import Command
    from ..session import Session
    from ..views import View
    from .arguments import Options
    from .display import Display

IT_FITS = Lines.of("it fits", style="ok")


def run(options: Options, display: Display) -> int:
    """Run the line that the options end with; give the exit status. Raises EsoshError, with its place."""
    line = join(options.words)
    try:
        command = _command(line)
    except EsoshError as error:
        raise located(error, line) from None
    if command is not None:
        _run(command, line, options, display)
    return 0


def _command(line: str) -> Optional[Command]:
    """The command that the line is. Raises EsoshError, also for a secret that others can read."""
    if masked(line) != line:
        message = "others can read the words of a command: give @ask or @/FILE in place of the secret"
        raise Refused(message, code="E219")
    return parse(line)


def _run(command: Command, line: str, options: Options, display: Display) -> None:
    from . import start  # the machine and the session are as heavy as all that came before

    session = start.session(options)
    session.progress = display.progress
    try:
        view = _view(session, command, options.check)
    except EsoshError as error:
        raise located(error, line) from None
    finally:
        display.notices(session.notices)
    display.view(view)


def _view(session: Session, command: Command, check: bool) -> View:
    """The result of a command. Raises EsoshError."""
    if not command.changes and not (check and command.writes):
        return session.run(command)
    if check:
        return _check(session, command)
    with session.hold():
        session.candidate.load()
        return session.run(command)


def _check(session: Session, command: Command) -> View:
    """Whether a command fits, without keeping or doing anything. Raises EsoshError."""
    from ..commands.session.commit import SessionCommit
    from ..commands.session.show import SessionCheck
    from ..session import Session, batch
    from ..session.rehearsal import require_possible

    if isinstance(command, SessionCommit):
        require_possible(session, command)
        return IT_FITS if command.option("force") else session.run(SessionCheck(), fresh=False)
    rehearsal = Session(session.host, session.who, session.candidate.name, address=session.address,
                        rehearsal=True)
    batch.rehearse_one(rehearsal, command, permitted=True)
    return IT_FITS
