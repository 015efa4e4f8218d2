"""A file of lines, or standard input: read and rehearsed whole, then run on a candidate of its own."""

from __future__ import annotations

import sys

from ..errors import EsoshError, Refused, system_reason
from ..host import given
from ..session import Session, batch, script
from ..session.again import Again
from ..session.secrets import read_file
from . import start
from .one_line import IT_FITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Optional

    from .arguments import Options
    from .display import Display

_COMMIT = " --commit"
_STANDARD_INPUT = "-"
_STANDARD_INPUTS = (_STANDARD_INPUT, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")


def run(file: str, options: Options, display: Display) -> int:
    """Run the lines of a file, "-" for standard input; give the exit status. Raises EsoshError."""
    session = Session(start.host(options), start.who(), on_disk=False, wait=options.lock_timeout,
                      address=start.address())
    session.progress = display.progress
    session.renew_guard()
    entries = _rehearsed(session, file, options)
    if options.check:
        display.view(IT_FITS)
        return 0
    with session.hold():
        for view in batch.run(session, entries, options.commit):
            display.notices(session.notices)
            session.notices.clear()
            display.view(view)
    return 0


def _text(file: str, name: str) -> str:
    """The text of a file, or of standard input. Raises Refused."""
    if file not in _STANDARD_INPUTS:
        return read_file(file)
    try:
        return given.read_stream(sys.stdin)
    except OSError as error:
        raise Refused(f"{name}: {system_reason(error)}", code="E223") from None


def _rehearsed(session: Session, file: str, options: Options) -> Sequence[script.Entry]:
    """The lines of a file, of which all fit. Raises EsoshError where one does not."""
    name = "standard input" if file in _STANDARD_INPUTS else file
    entries: Sequence[script.Entry] = ()
    try:
        entries = script.read(_text(file, name), name)
        session.again = _rehearse(session, entries, options, options.again)
    except EsoshError as error:
        last = error.errors[-1] if error.errors else error
        last.details = (*last.details, f"nothing of {name} was applied")
        if isinstance(error, Refused) and not options.again and _fits_again(session, entries, options):
            line = f"esosh -f {file}{_COMMIT * options.commit} --again"
            last.details += (f"hint: if it has run before: {line}",)
        raise
    return entries


def _rehearse(
    session: Session, entries: Sequence[script.Entry], options: Options, again: bool
) -> Optional[Again]:
    """Rehearse the lines, as those of a script that runs again, or not; give what the run of one needs."""
    rehearsal = Session(session.host, session.who, on_disk=False, address=session.address, rehearsal=True)
    rehearsal.again = Again([entry.command for entry in entries]) if again else None
    batch.rehearse(rehearsal, entries, options.commit, alone=options.check)
    return rehearsal.again


def _fits_again(session: Session, entries: Sequence[script.Entry], options: Options) -> bool:
    """Whether lines, of which some do not fit, would all fit in a script that runs again."""
    try:
        _rehearse(session, entries, options, again=True)
    except EsoshError:
        return False
    return bool(entries)
