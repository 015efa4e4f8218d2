"""What the simulated kernel changes lands whole, whenever its process dies; and how little is done for it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from boxes import root_of, snapshot

import esosh
from esosh.sandbox import Sandbox, programs
from esosh.sandbox.kernel import Kernel
from esosh.sandbox.tree import Tree

SCST = "/sys/kernel/scst_tgt"
NULLIO = f"{SCST}/handlers/vdisk_nullio/mgmt"
TARGET = f"{SCST}/targets/iscsi/iqn.2026-11.local.esos1:target1"
GROUP = f"{SCST}/device_groups/g"
CHANGES = ("open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink")


def dies(work: Callable[[], None], place: int) -> bool:
    """Whether a process that does the work dies when it comes to its change of that number."""
    child = os.fork()
    if child == 0:
        places = iter(range(place))

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            if event in CHANGES and next(places, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        with contextlib.suppress(BaseException):
            work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def deaths(work: Callable[[], None]) -> Iterator[None]:
    """Let a process die at each change of the work, one after the other, until one survives."""
    place = 0
    while dies(work, place):
        yield
        place += 1


def files(root: str) -> dict[str, tuple[int, bytes]]:
    """All that can be seen of a box."""
    return snapshot(root, (".kernel/",))


def change(root: Path) -> None:
    """Make, replace and remove something of everything."""
    tree = Tree(root)
    tree.put("/new/one", "1", 0o444)
    tree.link("/new/link", "one")
    tree.put("/new/inner/two", "2")
    tree.put("/old/three", "3" * 5000)
    tree.link("/old/link", "../new")
    tree.remove("/gone")
    tree.mkdir("/empty")
    tree.put("/other/secret", "4", 0o600)
    tree.land()


def prepared(root: Path) -> Path:
    """A folder with what the changes replace and remove."""
    (root / "old").mkdir(parents=True)
    (root / "gone/inner").mkdir(parents=True)
    (root / "old/three").write_text("old")
    (root / "old/link").symlink_to("three")
    return root


def test_changes_land_whole_or_not_at_all_wherever_their_process_dies(tmp_path: Path) -> None:
    before, whole = files(str(prepared(tmp_path / "before"))), prepared(tmp_path / "whole")
    change(whole)
    after, roots = files(str(whole)), [prepared(tmp_path / "0")]
    results = []

    for _ in deaths(lambda: change(roots[-1])):
        root = roots[-1]
        assert (root / "old/three").read_text() in ("old", "3" * 5000)
        Tree(root).settle()
        results.append(files(str(root)))
        assert not (root / ".kernel/landing").exists()
        roots.append(prepared(tmp_path / str(len(roots))))

    begun = results.index(after)
    assert results == [before] * begun + [after] * (len(results) - begun)
    assert 0 < begun < len(results) > 20


def test_nobody_sees_half_a_device(box: Sandbox) -> None:
    box.write(NULLIO, "add_device whole")
    names = {*box.list(f"{SCST}/devices/whole")}
    appeared = 0

    for _ in deaths(lambda: box.write(NULLIO, "add_device n0")):
        if box.exists(f"{SCST}/devices/n0"):
            appeared += 1
            assert {*box.list(f"{SCST}/devices/n0")} == names
            assert box.read(f"{SCST}/devices/n0/usn")
        if Sandbox(root_of(box)).exists(f"{SCST}/devices/n0"):
            box.write(NULLIO, "del_device n0")

    assert appeared


def test_what_a_process_that_died_left_of_a_new_folder_is_in_no_later_one(tmp_path: Path) -> None:
    def put_one(name: str) -> None:
        tree = Tree(tmp_path)
        tree.put(f"/{name}/file-of-{name}", "text")
        tree.land()

    for number, _ in enumerate(deaths(lambda: put_one("a"))):
        put_one(f"b{number}")
        assert os.listdir(tmp_path / f"b{number}") == [f"file-of-b{number}"]
    assert os.listdir(tmp_path / "a") == ["file-of-a"]


@pytest.mark.parametrize("journal", ["", "9", "40", "40\0put\0/etc/motd\0text\0", "[[\"put\"]]"])
def test_a_journal_without_an_end_changed_nothing(box: Sandbox, journal: str) -> None:
    before = files(root_of(box))
    box.path("/.kernel/landing").write_text(journal)

    Sandbox(root_of(box))

    assert files(root_of(box)) == before
    assert not box.exists("/.kernel/landing")


def test_what_lies_in_a_folder_that_is_new_or_not_has_its_own_mode(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    umask = os.umask(0o077)
    try:
        for _ in range(2):
            tree.put("/a/b/secret", "1", 0o600)
            tree.put("/a/b/read-only", "2", 0o444)
            tree.mkdir("/a/c")
            tree.land()
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(umask)
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in ("a", "a/b", "a/c", "a/b/secret", "a/b/read-only")}
    assert modes == {"a": 0o755, "a/b": 0o755, "a/c": 0o755, "a/b/secret": 0o600, "a/b/read-only": 0o444}


def test_changes_land_in_their_order_whatever_is_new(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.put("/a/x", "old")
    tree.put("/b/y", "other")
    tree.put("/a/x", "new")
    tree.link("/a/link", "x")
    tree.link("/a/link", "../b/y")
    tree.remove("/b/y")
    tree.put("/b/y", "last")
    tree.remove("/a/none")
    tree.land()
    assert (tree.read("/a/x"), tree.readlink("/a/link"), tree.read("/a/link")) == ("new", "../b/y", "last")


def calls(work: Callable[[], None]) -> int:
    """How many functions are called while the work is done, those of the machine among them."""
    number = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return number


COMMANDS = (
    (NULLIO, "add_device d{number}"),
    (f"{TARGET}/luns/mgmt", "add d{number} {number}"),
    (f"{GROUP}/devices/mgmt", "add d{number}"),
    (f"{SCST}/devices/d{{number}}/threads_num", "3"),
    (f"{TARGET}/luns/mgmt", "replace d{number} {number}"),
)


def test_a_command_costs_the_same_however_many_came_before(box: Sandbox) -> None:
    box.write(f"{SCST}/device_groups/mgmt", "create g")
    costs: dict[int, list[int]] = {}
    for number in range(100, 200):
        costs[number] = []
        for path, text in COMMANDS:
            where, what = path.format(number=number), text.format(number=number)
            costs[number].append(calls(lambda where=where, what=what: box.write(where, what)))
    assert costs[110] == costs[199]


def imported(code: str) -> set[str]:
    """The modules that a bare interpreter has imported after this code."""
    root = str(Path(esosh.__file__).parent.parent)
    program = f"import sys; sys.path.insert(0, {root!r}); from esosh.sandbox import Sandbox; {code}; print(*sys.modules)"
    argv = (sys.executable, "-I", "-S", "-c", program)
    return set(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split())


SLOW = {"json", "pickle", "shutil", "subprocess", "pathlib", "fnmatch", "signal", "ipaddress"}
PARTS = {f"esosh.sandbox.{name}" for name in ("fault", "fresh", "medium", "net", "programs", "scst", "services", "ssh")}


@pytest.mark.parametrize(("work", "parts"), [
    ("pass", set()),
    ("box.read('/etc/rc.conf'), box.list('/sys/class/net'), box.exists('/x'), box.readlink('/x')", set()),
    (f"box.write('{NULLIO}', 'add_device n0')", {"scst"}),
    ("box.write('/sys/class/net/eth0/mtu', '1400')", {"net"}),
    ("box.run(('wall',), 'text')", {"programs", "services", "scst", "medium"}),
    ("box.run(('ip', 'link', 'show'))", {"programs", "net"}),
    ("box.run(('ssh', 'esos2', 'cat', '/etc/motd'))", {"programs", "ssh"}),
])
def test_a_sandbox_imports_the_parts_of_a_box_that_are_used(box: Sandbox, work: str, parts: set[str]) -> None:
    modules = imported(f"box = Sandbox({root_of(box)!r}); {work}")
    assert modules & PARTS == {f"esosh.sandbox.{part}" for part in parts}
    assert parts or modules.isdisjoint(SLOW)


def test_every_program_is_in_the_module_where_it_is_looked_for() -> None:
    modules = {name: import_module(f"esosh.sandbox.{name}") for name in programs.MODULES.values()}
    assert dict(programs.MODULES) == {program: name for name, module in modules.items() for program in module.PROGRAMS}


def test_a_kernel_finishes_what_another_began_before_its_first_command(box: Sandbox) -> None:
    box.path("/.kernel/landing").write_text("21\0put\0/etc/motd\0new\x00420")
    Kernel(root_of(box), {})
    assert box.read("/etc/motd") == "new"
