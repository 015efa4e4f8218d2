"""A simulated ESOS box behind the same Host: plain files below a directory, and a kernel and programs that
answer as recorded on real ones.

The directory may be copied and moved, looked at with `ls` and `cat`, and used by several processes at once.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Callable, Optional, TypeVar

from ..host import LocalHost, Output
from . import boot, medium, net, scst, services, ssh
from .faults import Faults
from .kernel import Answer, Kernel, Reader

_T = TypeVar("_T")
Program = Callable[[Kernel, Sequence[str], str], Output]

_ANSWERS: Mapping[str, Answer] = {"/sys/kernel/scst_tgt/": scst.write, "/sys/class/net/": net.write}
_READERS: Mapping[str, Reader] = {scst.LAST: scst.read}
_PROGRAMS: Mapping[str, Program] = {**net.PROGRAMS, **services.PROGRAMS, **medium.PROGRAMS, **ssh.PROGRAMS}


class Sandbox(LocalHost):
    """The box below `directory`; it is made, freshly booted, when there is none. `box`: esos1 or esos2."""

    def __init__(self, directory: str, box: Optional[str] = None) -> None:
        root = Path(directory).expanduser().absolute()
        boot.ensure(root, box)
        super().__init__(str(root))
        self._kernel = Kernel(root, _ANSWERS, _READERS)
        self._faults = Faults(root / "faults")
        self.name = "sandbox:" + boot.hardware(self._kernel.tree).box

    def _change(self, path: str, call: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
        self._faults.strike("syscall", f"{call.__name__} {path}")
        return super()._change(path, call, *arguments, **options)

    def read(self, path: str) -> str:
        return self._kernel.read(path)

    def write(self, path: str, text: str) -> None:
        reads = self._faults.strike("write", path)
        self._faults.strike("syscall", f"write {path}")
        self._kernel.write(path, text, None if reads is None else scst.write_slowly(reads))

    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        self._faults.strike("replace", path)
        super().replace(path, text, mode)

    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        self._faults.strike("append", path)
        super().append(path, line, sync, make)

    def remove(self, path: str) -> None:
        self._faults.strike("remove", path)
        super().remove(path)

    def mkdir(self, path: str) -> None:
        self._faults.strike("mkdir", path)
        super().mkdir(path)

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        fault = self._faults.strike("run", " ".join(argv))
        self._faults.strike("syscall", " ".join(("exec", *argv)))
        if fault is not None:
            return Output(fault, err=f"{argv[0]}: failed by a line in faults\n")
        program = _PROGRAMS.get(argv[0]) or _PROGRAMS.get(os.path.dirname(argv[0]) + "/*")
        if program is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])
        return _in_a_process_of_its_own(lambda: program(self._kernel, argv, stdin))


def _in_a_process_of_its_own(program: Callable[[], Output]) -> Output:
    """Run it in a child, which goes on to its end if we die meanwhile, as a real program does."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            answer: object = program()
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
            answer = error
        with contextlib.suppress(BrokenPipeError):
            os.write(there, pickle.dumps(answer))
        os._exit(0)
    os.close(there)
    try:
        with os.fdopen(here, "rb") as pipe:
            answer = pickle.loads(pipe.read())
    finally:
        os.waitpid(child, 0)  # also where Ctrl-C cuts the reading short: what is looked at next is what it left
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, Output)
    return answer
