"""A simulated ESOS box behind the same Host: plain files below a directory, and a kernel and programs.

Kernel and programs answer as recorded on real boxes.

The directory may be copied and moved, inspected with `ls` and `cat`, and used by several processes at once.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Callable, NoReturn, Optional, TypeVar, Union

from ..host import Output
from ..host.local import LocalHost
from . import boot, medium, net, scst, services, ssh
from .faults import Faults
from .hardware import read_hardware
from .kernel import Answer, Kernel, Reader

_T = TypeVar("_T")
Program = Callable[[Kernel, Sequence[str], str], Output]

_ANSWERS: Mapping[str, Answer] = {"/sys/kernel/scst_tgt/": scst.write, "/sys/class/net/": net.write}
_READERS: Mapping[str, Reader] = {scst.LAST: scst.read}
_PROGRAMS: Mapping[str, Program] = {**net.PROGRAMS, **services.PROGRAMS, **medium.PROGRAMS, **ssh.PROGRAMS}


class Sandbox(LocalHost):
    """The box below `directory`, which boots there when there is none. `box`: esos1 or esos2."""

    def __init__(self, directory: str, box: Optional[str] = None) -> None:
        root = Path(directory).expanduser().absolute()
        boot.ensure(root, box)
        super().__init__(str(root))
        self._kernel = Kernel(root, _ANSWERS, _READERS)
        self._faults = Faults(root / "faults")
        self.name = "sandbox:" + read_hardware(self._kernel.tree).box

    def _change(self, path: str, call: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
        self._faults.trigger("syscall", f"{call.__name__} {path}")
        return super()._change(path, call, *arguments, **options)

    def read(self, path: str) -> str:
        return self._kernel.read(path)

    def write(self, path: str, text: str) -> None:
        reads = self._faults.trigger("write", path)
        self._faults.trigger("syscall", f"write {path}")
        override = None if reads is None else scst.write_slowly(reads)
        self._kernel.write(path, text, override)

    def replace(self, path: str, text: Optional[str], mode: Optional[int] = None) -> None:
        self._faults.trigger("replace", path)
        super().replace(path, text, mode)

    def append(self, path: str, line: str, sync: bool = False, make: bool = True) -> None:
        self._faults.trigger("append", path)
        super().append(path, line, sync, make)

    def remove(self, path: str) -> None:
        self._faults.trigger("remove", path)
        super().remove(path)

    def mkdir(self, path: str) -> None:
        self._faults.trigger("mkdir", path)
        super().mkdir(path)

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        status = self._faults.trigger("run", " ".join(argv))
        self._faults.trigger("syscall", " ".join(("exec", *argv)))
        if status is not None:
            return Output(status, err=f"{argv[0]}: failed by a line in faults\n")
        program = _program(argv[0])
        return _run_in_child(lambda: program(self._kernel, argv, stdin))


def _program(path: str) -> Program:
    program = _PROGRAMS.get(path) or _PROGRAMS.get(os.path.dirname(path) + "/*")
    if program is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return program


def _run_in_child(program: Callable[[], Output]) -> Output:
    """Run it in a child process, which runs to its end if we die meanwhile, as a real program does."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _send_result(program, writer)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as pipe:
            result: Union[Output, Exception] = pickle.loads(pipe.read())
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
