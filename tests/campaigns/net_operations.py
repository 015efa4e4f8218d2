"""Random operations on bonds, bridges, VLAN devices, addresses and routes, on the sandbox and on a real kernel.

    python tests/campaigns/net_operations.py [--runs 50] [--operations 20] [--first 0]

`--first 18 --runs 1` plays run 18 again.

Each run begins on a network as at boot. An operation agrees when both print the same and end with the same status;
a run agrees when both networks are the same in the end, once every link is up that comes up. Not compared are what a
real bond has from its history (its active slave, the flags that follow from that, what it last saw of its slaves when
it is down), random MAC addresses, what the emulated wire makes of the speed, and the numbers of interfaces.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vm
from kernel_box import KernelBox
from net_cases import NET, Question, answer, ran

from esosh.host import Host
from esosh.sandbox import Sandbox

RUNS, OPERATIONS = 50, 20
_PATIENCE = 10  # seconds that a real link may take
_NICS = ("eth0", "eth1", "eth2", "eth3")
_BONDS, _BRIDGES, _VLANS = ("bond0", "bond1"), ("br0", "br1"), ("eth0.5", "eth1.5", "bond0.5", "br0.6", "eth0.5.6")
_ALL = (*_NICS, *_BONDS, *_BRIDGES, *_VLANS)
_OUR_ADDRESS = re.compile("52:54:00:01:00:0[0-5]|00:00:00:00:00:00")
_UP, _PROMISCUOUS = 0x1, 0x300
_BEGINNING = 5  # operations of a run that only add
_KNOWN = 0.8  # of the names are those of links that were made before
_NEW = re.compile(r"(?:link add|name|addbr|bonding_masters \+) ?(br\d|bond\d|\w+(?:\.\d)+)")
State = dict[str, Any]

_ADDS = (  # a word in braces is one of those below
    "$ ip link add {bridge} type bridge", "$ ip link add {bridge} type bridge", "$ brctl addbr {bridge}",
    "$ ip link add {bond} type bond", "> bonding_masters +{bond}", "> bonding_masters +{bond}",
    "$ ip link add link eth0 name eth0.5 type vlan id 5", "$ ip link add link eth1 name eth1.5 type vlan id 5",
    "$ ip link add link bond0 name bond0.5 type vlan id 5", "$ ip link add link br0 name br0.6 type vlan id 6",
    "$ ip link add link eth0.5 name eth0.5.6 type vlan id 6 egress-qos-map 1:{digit}",
)
_FORMS = (  # each as often as it stands here
    *_ADDS, "> bonding_masters -{bond}",
    "$ ip link set {vlan} type vlan egress-qos-map {digit}:{digit}",
    "$ ip link del {any}", "$ brctl delbr {bridge}", "$ brctl addif {bridge} {any}", "$ brctl delif {bridge} {nic}",
    "$ ip link set {any} master {master}", "$ ip link set {any} master {master}", "$ ip link set {nic} master {master}",
    "$ ip link set {nic} down master {bond}", "$ ip link set {any} nomaster", "$ ip link set {any} up",
    "$ ip link set {any} up", "$ ip link set {master} up", "$ ip link set {master} up", "$ ip link set {any} down",
    "$ ip link set {nic} down", "$ ip link set {nic} down", "$ ip link set {any} mtu {mtu}",
    "> {bond}/bonding/slaves +{nic}", "> {bond}/bonding/slaves +{nic}", "> {bond}/bonding/slaves -{nic}",
    "> {bond}/bonding/mode {mode}", "> {bond}/bonding/mode {mode}", "> {bond}/bonding/miimon 100",
    "> {bond}/bonding/updelay {digit}00", "> {bond}/bonding/lacp_rate fast", "> {bond}/bonding/xmit_hash_policy layer3+4",
    "> {bond}/bonding/primary {nic}", "> {bond}/bonding/min_links {digit}",
    "$ ip addr add 10.{digit}.0.1/24 dev {any}", "$ ip addr add 10.{digit}.0.2/24 dev {any}",
    "$ ip addr del 10.{digit}.0.1/24 dev {any}", "$ ip addr flush dev {any}",
    "$ ip route add default via 10.{digit}.0.9", "$ ip route replace default via 10.{digit}.0.8",
    "$ ip route add 172.16.0.0/16 via 10.{digit}.0.9 metric {digit}", "$ ip route del 172.16.0.0/16",
    "$ ip route del default", "$ ip route add 172.17.0.0/16 dev {any}",
)
_WORDS = {
    "bridge": _BRIDGES, "bond": _BONDS, "vlan": _VLANS, "any": _ALL, "nic": _NICS, "master": (*_BONDS, *_BRIDGES),
    "digit": "123", "mtu": ("1500", "1400", "9000", "60", "20000"), "mode": "0123456",
}


def operations(seed: int, number: int) -> list[str]:
    """So many random operations, always the same for a seed."""
    chance = random.Random(seed)
    made = [*_NICS]
    lines = []
    for place in range(number):
        form = chance.choice(_ADDS if place < _BEGINNING else _FORMS)
        lines.append(re.sub(r"{(\w+)}", lambda word: _word(chance, made, word[1]), form))
        made.extend(name for name in _NEW.findall(lines[-1]) if name not in made)
    return lines


def _word(chance: random.Random, made: Sequence[str], kind: str) -> str:
    """One of the words of a kind; mostly one that has been made."""
    fitting = [word for word in made if word in _WORDS[kind]]
    return chance.choice(fitting if fitting and chance.random() < _KNOWN else _WORDS[kind])


@dataclass(frozen=True)
class Outcome:
    """How many operations of a run agreed, of how many, and what did not, a line each."""

    agreed: int
    played: int
    differences: list[str]


def compare(seed: int, number: int, sandbox: Host, kernel: Host) -> Outcome:
    """Play a run on both; after an answer that differs the networks do too, and the run ends."""
    for played, line in enumerate(operations(seed, number), 1):
        ours, theirs = (answer(host, Question(line, "")) for host in (sandbox, kernel))
        if ours != theirs:
            return Outcome(played - 1, played, [f"run {seed}, {line}: {ours!r}, the kernel says {theirs!r}"])
    differences = list(_differences(_await_equal(sandbox, kernel), state(kernel)))
    return Outcome(number, number, [f"run {seed} ends with {difference}" for difference in differences])


def _await_equal(sandbox: Host, kernel: Host) -> State:
    """The state of the sandbox, once the kernel has the same or has had its time."""
    ours, end = state(sandbox), time.monotonic() + _PATIENCE
    while list(_differences(ours, state(kernel))) and time.monotonic() < end:
        time.sleep(0.5)
    return ours


def _differences(ours: State, theirs: State) -> Iterator[str]:
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            yield f"{name}: {ours.get(name)}, the kernel has {theirs.get(name)}"


def state(host: Host) -> State:
    """The network as one sees it: every attribute of every link, the addresses and the routes."""
    names = sorted(name for name in host.list(NET) if name != "bonding_masters")
    found = {f"{name} {key}": value for name in names for key, value in _link(host, name).items()}
    for what in ("-o addr", "route"):
        found[what] = ran(host, f"ip -4 {what} show").split("\n")
    found["-o addr"].sort()
    found["bonds"] = host.read(f"{NET}/bonding_masters").split()
    return found


def _link(host: Host, name: str) -> State:
    folder = f"{NET}/{name}"
    here = host.list(folder)
    links = {entry for entry in here if entry.startswith(("lower_", "upper_")) or entry in ("master", "brport", "bridge")}
    flags, address = int(_read(host, f"{folder}/flags"), 16), _read(host, f"{folder}/address")
    return {
        **{key: _read(host, f"{folder}/{key}") for key in ("mtu", "operstate", "carrier")},
        "links": sorted(links),
        "flags": hex(flags & ~_PROMISCUOUS),
        "address": address if _OUR_ADDRESS.fullmatch(address) else "random",
        **(_bond(host, folder, bool(flags & _UP)) if "bonding" in here else {}),
        **({"priorities": _priorities(host, name)} if host.exists(f"/proc/net/vlan/{name}") else {}),
        **({"state": _read(host, f"{folder}/brport/state")} if "brport" in here else {}),
    }


def _bond(host: Host, folder: str, is_up: bool) -> State:
    keys = ("slaves", "mode", "miimon", "updelay", "lacp_rate", "xmit_hash_policy", "min_links")
    return {key: _read(host, f"{folder}/bonding/{key}") for key in (*keys, *(["mii_status"] if is_up else []))}


def _priorities(host: Host, name: str) -> str:
    return host.read(f"/proc/net/vlan/{name}").rpartition("mappings:")[2].strip()


def _read(host: Host, path: str) -> str:
    """What a file reads as; nothing where the link is down."""
    try:
        return host.read(path).strip()
    except OSError:
        return ""


def _play_inside(folder: Path, runs: Iterable[int], number: int) -> None:
    """In the machine: play all runs, and leave the outcomes."""
    with open(folder / "outcomes.jsonl", "w") as lines, tempfile.TemporaryDirectory(prefix="net-") as place:
        Sandbox(f"{place}/booted", "esos1")
        for seed in runs:
            shutil.copytree(f"{place}/booted", f"{place}/{seed}", symlinks=True)
            outcome = compare(seed, number, Sandbox(f"{place}/{seed}"), KernelBox())
            print(json.dumps(vars(outcome)), file=lines, flush=True)


def _play(*options: str) -> list[Outcome]:
    argv = (sys.executable, __file__, *options)
    with tempfile.TemporaryDirectory(prefix="net-operations-", dir="/dev/shm") as place:
        found = vm.run(Path(place), argv, PYTHONPATH=os.environ.get("PYTHONPATH", "")) / "outcomes.jsonl"
        if not found.exists():
            sys.exit(f"the machine played nothing:\n{vm.log(Path(place))}")
        return [Outcome(**json.loads(line)) for line in found.read_text().splitlines()]


def main() -> int:
    """Read the command line, and play."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--operations", type=int, default=OPERATIONS)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    inside = os.environ.get(vm.INSIDE)
    if inside:
        _play_inside(Path(inside), range(options.first, options.first + options.runs), options.operations)
        return 0
    missing = vm.missing()
    if missing:
        sys.exit(missing)
    outcomes = _play(*sys.argv[1:])
    differences = [line for outcome in outcomes for line in outcome.differences]
    same = sum(not outcome.differences for outcome in outcomes)
    agreed = sum(outcome.agreed for outcome in outcomes)
    print(f"network: {agreed}/{options.runs * options.operations} operations, {same}/{options.runs} end states the same")
    print("".join(f"  {line}\n" for line in differences), end="")
    return 1 if differences or len(outcomes) < options.runs else 0


if __name__ == "__main__":
    sys.exit(main())
