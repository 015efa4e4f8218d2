"""Where a session starts: on which machine, whose it is, and with which candidate."""

from __future__ import annotations

import os
import pwd
import sys
import time

from ..session import Session
from ..transaction.journal import Who
from .arguments import candidate_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..host import Host
    from .arguments import Options


def session(options: Options) -> Session:
    """A session on the candidate that the options name. Raises LineError for a name that is none."""
    name, wait = candidate_name(options), options.lock_timeout
    started = Session(host(options), who(), name, wait=wait, address=address())
    started.ask_secret = _ask_secret if sys.stdin.isatty() else None
    started.renew_guard()
    return started


def host(options: Options) -> Host:
    """The machine that esosh runs on, or the simulated one."""
    if options.sandbox is None:
        from ..host.local import LocalHost

        return LocalHost()
    from ..sandbox import Sandbox  # a real box never needs it

    return Sandbox(options.sandbox, options.box)


def who() -> Who:
    """The user, the terminal, the process and the time."""
    try:
        terminal = os.ttyname(0).replace("/dev/", "")
    except OSError:
        terminal = "no terminal"
    return Who(_user(), terminal, os.getpid(), time.strftime("%Y-%m-%d %H:%M:%S"))


def _user() -> str:
    """The user's name, without the letters that no file name may have."""
    name = os.environ.get("SUDO_USER") or _login_name()
    return "".join(letter for letter in name if letter.isalnum() or letter in "._-") or "root"


def _login_name() -> str:
    """The name that getpass.getuser gives, whose module only secrets need."""
    names = filter(None, map(os.environ.get, ("LOGNAME", "USER", "LNAME", "USERNAME")))
    return next(names, None) or pwd.getpwuid(os.getuid()).pw_name


def address() -> str:
    """The address of this host that the user's connection goes to; "" for none."""
    return "".join(os.environ.get("SSH_CONNECTION", "").split()[2:3])


def _ask_secret(question: str) -> str:
    """The answer, which the terminal does not show."""
    import getpass  # few lines have a secret

    return getpass.getpass(question)
