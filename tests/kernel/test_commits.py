"""Whole commits on a real kernel: what runs afterwards, what goes back, and what a cut connection or a kill leaves."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from boxes import do, session_on
from kernel_box import KernelBox
from networks import routes_of, shown
from vm import PROJECT

from esosh.errors import StepFailed
from esosh.session import Session
from esosh.transaction import journal as store

pytestmark = pytest.mark.kernel
OVER = "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100 address=10.1.2.3/24"
GATEWAY = "net general gateway=10.1.2.1"
DEFAULT = "default via 10.1.2.1 dev bond0"
WITHIN = 120.0  # seconds on an emulated machine


def commit(session: Session, *lines: str) -> None:
    """Make edits and commit them; a step that fails tells why."""
    try:
        do(session, *lines, "commit allow reboot")
    except StepFailed as error:
        pytest.fail("\n".join((str(error), *error.details)))


@pytest.fixture
def box() -> KernelBox:
    return KernelBox()


def bond_says(box: KernelBox) -> dict[str, str]:
    """What the driver says of bond0, by what stands before the colons; of slaves the last."""
    lines = box.read("/proc/net/bonding/bond0").splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def slaves_of(box: KernelBox, bond: str = "bond0") -> list[str]:
    return box.read(f"/sys/class/net/{bond}/bonding/slaves").split()


def test_a_bond_of_lacp_is_what_was_typed(box: KernelBox) -> None:
    commit(session_on(box), "net bond bond0 slaves eth1 eth2 mode=802.3ad miimon=100 xmit_hash_policy=layer3+4")
    said = bond_says(box)
    assert said["Bonding Mode"] == "IEEE 802.3ad Dynamic link aggregation"
    assert (said["MII Polling Interval (ms)"], said["Transmit Hash Policy"]) == ("100", "layer3+4 (1)")
    assert slaves_of(box) == ["eth1", "eth2"]


def test_the_mode_changes_under_a_default_route_and_rollback_brings_each_state_back(box: KernelBox) -> None:
    session = session_on(box)
    do(session, "history init")
    commit(session, OVER, GATEWAY)
    first = shown(box)
    assert routes_of(box) == [DEFAULT]
    commit(session, "net bond bond0 mode=balance-tlb")
    assert (bond_says(box)["Bonding Mode"], routes_of(box)) == ("transmit load balancing", [DEFAULT])
    commit(session, "net bond bond0 slaves -eth2")
    assert (slaves_of(box), routes_of(box)) == (["eth1"], [DEFAULT])
    commit(session, "rollback 1")
    assert (slaves_of(box), routes_of(box)) == (["eth1", "eth2"], [DEFAULT])
    commit(session, "rollback 1")
    commit(session, "net bond del bond0")
    assert not box.exists("/sys/class/net/bond0")
    commit(session, "rollback 1")
    assert shown(box)["routes"] == first["routes"]


def test_a_bond_goes_with_its_vlan_from_under_a_bridge_and_rollback_brings_all_of_it_back(box: KernelBox) -> None:
    session = session_on(box)
    do(session, "history init")
    commit(session, OVER, "net vlan bond0.7 address=10.7.0.1/24 egress 0:1 5:5", "net bridge br0 members eth3 address=10.3.0.1/24",
       "net vlan bond0.8", "net bridge br0 members +bond0.8")
    assert box.run(("ip", "route", "add", "10.8.0.0/16", "via", "10.7.0.9")).status == 0
    before = shown(box)
    commit(session, "net bridge br0 members -bond0.8", "net vlan del bond0.7", "net vlan del bond0.8", "net bond del bond0")
    assert not [name for name in box.list("/sys/class/net") if name.startswith("bond0")]
    commit(session, "rollback 1")
    after = shown(box)
    lost = {route for route in before["routes"] if "10.8.0.0/16" in route}  # no file has it, and a rollback makes what files say
    assert {part: after[part] for part in ("bonds", "vlans", "bridges")} == {part: before[part] for part in ("bonds", "vlans", "bridges")}
    assert {*before["routes"]} - lost == {*after["routes"]}


# connections


SERVE = "import socket,time\ns=socket.create_server(('10.9.0.2',7000));c,_=s.accept()\nwhile 1:\n c.sendall(b'x'*64);time.sleep(.05)"


@contextlib.contextmanager
def neighbour() -> Iterator[None]:
    """Another host on the wire, by eth5, that sends without an end to whoever asks."""
    for words in ("netns add there", "link set eth5 netns there", "-n there addr add 10.9.0.2/24 dev eth5", "-n there link set eth5 up"):
        subprocess.run(("ip", *words.split()), check=True)
    server = subprocess.Popen(("ip", "netns", "exec", "there", sys.executable, "-c", SERVE))
    try:
        yield
    finally:
        server.kill()
        server.wait()
        subprocess.run(("ip", "-n", "there", "link", "set", "eth5", "netns", "1"), check=False)
        subprocess.run(("ip", "netns", "del", "there"), check=False)


def connect() -> Any:
    import socket

    for _ in range(100):
        with contextlib.suppress(OSError):
            return socket.create_connection(("10.9.0.2", 7000), timeout=30)
        time.sleep(0.2)
    raise AssertionError("nobody answers")


def test_a_connection_over_an_interface_that_does_not_change_goes_on_through_a_commit(box: KernelBox) -> None:
    session = session_on(box)
    commit(session, "net iface eth4 address=10.9.0.1/24", OVER)
    with neighbour(), connect() as stream:
        carrier = box.read("/sys/class/net/eth4/carrier_changes")
        assert stream.recv(64)
        commit(session, "net bond bond0 mode=balance-xor address=10.1.2.4/24", "net bridge br0 members eth3", "net vlan eth0.7 address=10.7.0.1/24")
        stream.setblocking(False)
        with contextlib.suppress(BlockingIOError):  # what came until now
            while stream.recv(65536):
                pass
        stream.settimeout(30)
        assert stream.recv(64)
        assert box.read("/sys/class/net/eth4/carrier_changes") == carrier


# nobody confirms, and kills


def esosh(*words: str) -> subprocess.Popen[str]:
    """A process of esosh on the machine."""
    return subprocess.Popen((sys.executable, "-m", "esosh", *words), cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def wait_for_the_end(box: KernelBox) -> None:
    began = time.monotonic()
    while box.exists(store.JOURNAL):
        assert time.monotonic() - began < WITHIN, "the commit does not end"
        time.sleep(0.2)


@pytest.fixture
def reached(box: KernelBox) -> KernelBox:
    """A box that is reached by bond0, and beyond by its default route."""
    commit(session_on(box), OVER, GATEWAY)
    return box


CUTS = (
    ("net bond bond0 address=10.5.0.1/24",), ("net bond bond0 mode=802.3ad",), ("net bond del bond0",), ("net bond bond0 slaves -eth1 -eth2",),
    ("net bond bond0 slaves -eth1", "net bridge br0 members eth1 address=10.6.0.1/24"), ("net general gateway=10.1.2.9",),
)


@pytest.mark.parametrize("lines", CUTS)
def test_a_commit_that_cuts_the_path_and_is_not_confirmed_comes_back_with_its_default_route(reached: KernelBox, lines: tuple[str, ...]) -> None:
    before = shown(reached)
    do(session_on(reached), *lines)
    process = esosh("commit", "confirmed", "3s")
    text, _ = process.communicate(timeout=WITHIN)
    assert process.returncode == 0, text
    wait_for_the_end(reached)
    assert shown(reached) == before
    assert DEFAULT in routes_of(reached)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("guard_too", [False, True])
def test_a_commit_that_is_killed_is_undone_by_its_guard_or_by_whoever_comes_next(reached: KernelBox, seed: int, guard_too: bool) -> None:
    before = shown(reached)
    do(session_on(reached), "net bond bond0 mode=balance-alb slaves eth1 eth2 eth3 address=10.1.2.7/24", "net vlan bond0.7 address=10.7.0.1/24")
    process = esosh("commit", "confirmed", "60s")
    while process.poll() is None and not reached.exists(store.JOURNAL):
        time.sleep(0.01)
    time.sleep(random.Random(seed).random() * 3)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    if guard_too:
        for guard in guards_of(process.pid):
            os.kill(guard, signal.SIGKILL)
    process.wait()
    if guard_too or reached.exists(store.JOURNAL):
        esosh("recover").communicate(timeout=WITHIN)
    if reached.exists(store.JOURNAL):  # it had come to its end, and waits for its confirm
        esosh("revert").communicate(timeout=WITHIN)
    wait_for_the_end(reached)
    assert shown(reached) == before


def guards_of(committer: int) -> list[int]:
    """The other processes that have the lock of commits open."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (os.getpid(), committer):
            with contextlib.suppress(OSError):
                files = [os.readlink(f"/proc/{name}/fd/{number}") for number in os.listdir(f"/proc/{name}/fd")]
                found += [int(name)] * (os.path.realpath(store.COMMIT_LOCK) in files)
    return found
