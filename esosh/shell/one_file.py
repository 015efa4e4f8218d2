"""A file of lines, or standard input: read and rehearsed whole, then run on a candidate of its own."""

from __future__ import annotations

import sys

from ..errors import EsoshError
from ..session import Session, batch, script
from ..session.secrets import read_file
from . import start
from .one_line import IT_FITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .arguments import Options
    from .display import Display

_STANDARD_INPUT = "-"


def run(file: str, options: Options, display: Display) -> int:
    """Run the lines of a file, "-" for standard input; give the exit status. Raises EsoshError."""
    session = Session(start.host(options), start.who(), on_disk=False, wait=options.lock_timeout)
    session.progress = display.progress
    entries = _rehearsed(session, file, options.commit)
    if options.check:
        display.view(IT_FITS)
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
