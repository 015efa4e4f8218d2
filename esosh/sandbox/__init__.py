"""A simulated ESOS box behind the same Host: plain files below a directory, and a kernel and programs.

Kernel and programs answer as recorded on real boxes.

The directory may be copied and moved, inspected with `ls` and `cat`, and used by several processes at once.
"""

from __future__ import annotations

import contextlib
import os

from ..host import Output
from ..host.local import LocalHost
from . import boot
from .faults import Faults
from .kernel import Kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Callable, Optional, TypeVar

    from ..host.lock import Companion, Lock
    from .kernel import Answer, Reader
    from .tree import Tree

    _T = TypeVar("_T")


def _write_to_scst(tree: Tree, path: str, text: str) -> None:
    from . import scst  # slow to import, as all of a kernel, and whoever only looks does not need it

    scst.write(tree, path, text)


def _write_to_net(tree: Tree, path: str, text: str) -> None:
    from . import net

    net.write(tree, path, text)


def _read_last(tree: Tree, path: str) -> str:
    from . import scst

    return scst.read(tree, path)


_ANSWERS: Mapping[str, Answer] = {
    "/sys/kernel/scst_tgt/": _write_to_scst,
    "/sys/class/net/": _write_to_net,
}
_READERS: Mapping[str, Reader] = {"/sys/kernel/scst_tgt/last_sysfs_mgmt_res": _read_last}


class Sandbox(LocalHost):
    """The box below `directory`, which boots there when there is none. `box`: esos1 or esos2."""

    def __init__(self, directory: str, box: Optional[str] = None) -> None:
        root = os.path.abspath(os.path.expanduser(directory))
        name = boot.ensure(root, box)
        super().__init__(root)
        self._kernel = Kernel(root, _ANSWERS, _READERS)
        self._faults = Faults(f"{root}/faults")
        self.name = f"sandbox:{name}"

    def _change(self, path: str, call: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
        self._faults.trigger("syscall", f"{call.__name__} {path}")
        return super()._change(path, call, *arguments, **options)

    def read(self, path: str) -> str:
        return self._kernel.read(path)

    def write(self, path: str, text: str) -> None:
        reads = self._faults.trigger("write", path)
        self._faults.trigger("syscall", f"write {path}")
        self._kernel.write(path, text, None if reads is None else _slow_write(reads))

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

    def companion(self, work: Callable[[str], None], lock: Lock) -> Companion:
        def work_on_a_settled_box(word: str) -> None:
            self._kernel.settle()
            work(word)

        return super().companion(work_on_a_settled_box, lock)

    def run(self, argv: Sequence[str], stdin: str = "", limit: Optional[float] = None) -> Output:
        from . import programs  # slow to import, and not needed to look at files

        status = self._faults.trigger("run", " ".join(argv))
        self._faults.trigger("syscall", " ".join(("exec", *argv)))
        if status is not None:
            return Output(status, err=f"{argv[0]}: failed by a line in faults\n")
        program = programs.find(argv[0])
        if programs.only_looks(argv):
            return program(self._kernel, argv, stdin)
        return programs.run_in_child(lambda: program(self._kernel, argv, stdin))

    def finds(self, program: str) -> bool:
        from . import programs

        with contextlib.suppress(FileNotFoundError):
            return bool(programs.find(program))
        return False

    def ends_well(self, argv: Sequence[str], limit: float) -> bool:
        return self.run(argv).status == 0


def _slow_write(reads: int) -> Answer:
    from . import scst

    return scst.write_slowly(reads)
