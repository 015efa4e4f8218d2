"""The programs of a sandbox: which module has each, and how a process of its own runs one."""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
from importlib import import_module

from ..host import Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Callable, NoReturn, Union

    from .kernel import Kernel

    Program = Callable[[Kernel, Sequence[str], str], Output]

MODULES: Mapping[str, str] = {
    **dict.fromkeys(("brctl", "ethtool", "hostname", "ip", "modprobe", "udhcpc"), "net"),
    **dict.fromkeys(("/etc/rc.d/*", "wall"), "services"),
    **dict.fromkeys(("git", "/usr/local/sbin/conf_sync.sh"), "medium"),
    **dict.fromkeys(("kill", "killall", "pidof"), "processes"),
    **dict.fromkeys(("cibadmin", "crm_mon", "crm_resource", "crm_simulate", "crm_verify", "env"), "ha"),
    "ssh": "ssh",
}
"""The module whose PROGRAMS has the program; only the module of one that is run is imported."""


_LOOKING_GIT = {"blame", "cat-file", "diff-index", "log", "rev-list", "rev-parse", "show", "status"}


def find(path: str) -> Program:
    """The program that a path or a name starts; FileNotFoundError when there is none."""
    for key in (path, os.path.dirname(path) + "/*"):
        if key in MODULES:
            programs: Mapping[str, Program] = import_module(f".{MODULES[key]}", __package__).PROGRAMS
            return programs[key]
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def only_looks(argv: Sequence[str]) -> bool:
    """Whether a program changes nothing: it need not be a process of its own that outlives ours."""
    if argv[0] == "git":
        return not _LOOKING_GIT.isdisjoint(argv[:5])
    if argv[0].startswith("/etc/rc.d/"):
        return argv[-1] == "status"
    if MODULES.get(argv[0]) == "ha":
        return "--patch" not in argv
    return argv[0] == "pidof" or (argv[0] == "ip" and "show" in argv)


def run_in_child(program: Callable[[], Output]) -> Output:
    """Run it in a child process, which runs to its end if we die meanwhile, as a real program does."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _send_result(program, writer)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as pipe:
            result: Union[Output, Exception] = pickle.loads(pipe.read())  # noqa: S301 - our own
    finally:
        os.waitpid(child, 0)  # also where Ctrl-C interrupts the reading: the child's changes must be complete
    if isinstance(result, Exception):
        raise result
    return result


def _send_result(program: Callable[[], Output], pipe: int) -> NoReturn:
    """In the child: run the program, and send its output, or the error that it raised, to the parent."""
    os.setsid()
    try:
        result: Union[Output, Exception] = program()
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
        result = error
    with contextlib.suppress(BrokenPipeError):
        os.write(pipe, pickle.dumps(result))
    os._exit(0)
