"""What twice as much input costs: twice as many steps, and a little more; nothing is compared with all of its like."""

from __future__ import annotations

import random
import sys

import pytest
from fuzz import limited

from esosh import executors
from esosh.commands import first_repeated
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.net import Bond, Iface, Net, Vlan
from esosh.config.scst import Device, DeviceGroup, Scst
from esosh.errors import LineError
from esosh.executors import svc
from esosh.executors.net import conf, conf_edit, links, order, problems
from esosh.executors.scst.facts import Facts
from esosh.executors.step import Step
from esosh.language import words
from esosh.language.masking import masked_line
from esosh.records import replace
from esosh.session import drift
from esosh.session.differences import blocks
from esosh.views.secrets import masked

MOST = 2.4  # times as many steps for twice as much


class Counted(str):
    """A text that counts how often it is compared."""

    steps = 0

    def __eq__(self, other):
        Counted.steps += 1
        return str.__eq__(self, other)

    def __hash__(self):
        Counted.steps += 1
        return str.__hash__(self)


def steps(work) -> int:
    """How many functions are called, and texts compared, while something is done."""
    calls, Counted.steps = 0, 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls + Counted.steps


def counted(lines):
    return [Counted(line) for line in lines]


def refused(line: str) -> None:
    with pytest.raises(LineError):
        parse(line)


def scst_conf(size: int) -> str:
    return "HANDLER vdisk_nullio {\n" + "".join(f"\tDEVICE d{number} {{\n\t\tthreads_num 3\n\t}}\n" for number in range(size)) + "}\n"


def big(size: int, threads: str = "3") -> Config:
    devices = {f"d{number}": Device("vdisk_nullio", {"threads_num": threads}) for number in range(size)}
    return Config(scst=Scst(devices=devices, groups={"g": DeviceGroup(frozenset(devices))}), net=Net(), svc={})


def drift_of(size: int) -> None:
    old, new = big(size), big(size, "4")
    assert len([*drift._differences({"running": drift._facts(old), "files": drift._facts(new)}, old)]) == size


def plan_of(size: int) -> None:
    old, new = big(size), big(size, "4")
    facts = Facts(loaded=True, devices=frozenset(old.scst.devices), exists=lambda path: True, value=lambda path: "3", writable=lambda path: True)
    assert len([*executors.executor("scst").steps(old, new, facts)]) >= size


def amend_of(size: int) -> None:
    text, old = scst_conf(size), big(size)
    new = replace_devices(old, {f"d{number}": Device("vdisk_nullio", {"threads_num": "4"}) for number in range(0, size, 2)})
    amended = executors.executor("scst").amend("/etc/scst.conf", text, old, new)
    assert amended.count("threads_num 4") == size // 2


def replace_devices(config: Config, devices) -> Config:
    return config.having(scst=replace(config.scst, devices={**config.scst.devices, **devices}))


def addressed(n: int, mtu: int = 1500) -> Net:
    """A network of so many interfaces, each with its VLAN."""
    ifaces = {f"eth{number}": Iface(f"10.{number >> 8}.{number & 255}.1/24", mtu) for number in range(n)}
    return Net(ifaces=ifaces, vlans={f"{name}.7": Vlan() for name in ifaces})


def amended(n: int) -> str:
    before, after = addressed(n), addressed(n, 9000)
    return conf_edit.amend(conf_edit.amend(conf_edit.amend("", Net(), before), before, after), after, Net())


def ordered(n: int) -> list[Step]:
    nics = {f"eth{number}": links.Link() for number in range(n)}
    vlans = {f"{name}.7": links.Link(flags=3) for name in nics}
    there = links.Facts(links={**nics, **vlans}, vlans=dict.fromkeys(vlans, ()))
    return [*order.steps(addressed(n), addressed(n, 9000), there)]


UNIT = ["\tDEVICE {", "\t\tthreads 1", "\t}"]
WORK = {
    "repeated lines": lambda n: [*blocks(counted(UNIT * n), counted([*UNIT * (n // 2), "new", *UNIT * n]))],
    "lines that all go": lambda n: [*blocks(counted(UNIT * n), counted(["x", "y"] * n))],
    "lines in another order": lambda n: [*blocks(counted(map(str, range(n))), counted(random.Random(1).sample([*map(str, range(n))], n)))],
    "keys": lambda n: first_repeated(counted(f"key{number}" for number in range(n))),
    "a line of many keys": lambda n: parse("scst device add dev_disk x " + " ".join(f"k{number}=1" for number in range(n))),
    "a long line that ends wrong": lambda n: refused("scst device del " + "'d' " * n + '"two words"'),
    "rc.conf": lambda n: [svc.flag(text, name) for text in ["".join(f"rc.s{number}_enable=YES\n" for number in range(n))] for name in svc.names(text)],
    "network.conf": lambda n: [*problems.problems("".join(f"[bond{number}]\nmtu = x\n" for number in range(n)))],
    "network.conf read": lambda n: conf.read("".join(f"[bond{number}]\nslaves = eth{number}\nmtu = 9000\n" for number in range(n))),
    "bonds": lambda n: [*executors.executor("net").amend("", "", Config(net=Net()), Config(net=Net(bonds={"bond1": Bond(tuple(f"eth{i}" for i in range(n)))})))],
    "network.conf amended": amended, "steps of the network": ordered,
    "targets of a bond": lambda n: conf.read("[bond0]\nbondopts = " + "".join(f"arp_ip_target=10.0.{number >> 8}.{number & 255} " for number in range(n))),
    "scst.conf": lambda n: dict(executors.executor("scst").conf.read(scst_conf(n)).devices),
    "scst.conf amended": amend_of, "drift": drift_of, "plan": plan_of,
}


@pytest.mark.parametrize("what", WORK)
def test_twice_as_much_takes_twice_as_many_steps(what):
    WORK[what](10)  # imports and tables are read once
    few, many = steps(lambda: WORK[what](300)), steps(lambda: WORK[what](600))
    assert many <= MOST * few, f"{few} steps, then {many}"


@pytest.mark.parametrize("start", ["", '"', "'", "# ", "x"])
def test_each_row_of_a_line_that_goes_on_is_looked_at_once(start, monkeypatch):
    looked_at = []
    split = words.split
    monkeypatch.setattr(words, "split", lambda line: looked_at.append(len(line)) or split(line))
    text = start + "word\\\n" * 500
    list(words.logical_lines(text))
    assert sum(looked_at) <= 2 * len(text)


@pytest.mark.parametrize("text", [
    "user" * 50_000, "user_" * 40_000 + "=", 'user"' * 40_000, "u'" * 60_000, "incoming" * 20_000 + " us", 'IncomingUser="joe' + " " * 100_000 + "\\",
    "IncomingUser=" + "\n" * 100_000, "add_" * 50_000, "add_target_attribute " * 9_000, "IncomingUser " * 9_000, "x" * 200_000, '"a ' + " " * 100_000 + "'",
    "\\" * 100_000, "=" * 100_000, "IncomingUser='" + "a " * 50_000,
], ids=lambda text: text[:16])
@pytest.mark.parametrize("hide", [masked, masked_line])
def test_a_long_text_is_masked_without_a_hang(text, hide):
    with limited():
        hide(text)
