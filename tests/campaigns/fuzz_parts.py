"""The parts of the fuzz campaign: what is given to esosh, and what esosh does with it."""

from __future__ import annotations

import functools
import itertools
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fuzz_world import Looking, running, stopped
from hostile import mutated, value
from strategies import NAMES, Sentence, commands, is_key, pattern, productions, typed

from esosh.host import Output
from esosh.language.grammar import grammar
from esosh.language.source import sections
from esosh.language.words import quote

DATA = Path(__file__).parents[1] / "data"
EXAMPLES = Path(__file__).parents[2] / "examples"
SCST = "/sys/kernel/scst_tgt"
T = "iqn.2026-11.local.esos1:target1"
LOOKS = (
    "show", "status", "status scst", "status net", "status svc", "status alua", "check", "plan", "diff", "status drift", "trace disk01", f"trace {T}",
    "show scst disk01", "reapply", "adopt", "abort", "explain svc enable scst", "show alua", "help scst",
)
EDITS = (
    "scst device add vdisk_nullio fuzz1", f"scst target set {T} comment=x", f"scst target enable {T}", "scst device del disk01", f"scst lun add {T} 77 disk01",
    "alua dgrp add fuzz", "net bond bond0 slaves eth0 eth1 mode=802.3ad", "net iface eth0 mtu=9000", "net iface eth3 address=10.9.8.7/24", "net general hostname=x",
    "svc enable scst", "svc disable sshd", 'svc set scst opts="-v"', f'scst target set {T} IncomingUser="joe secretsecret12"',
)
PAST = ("history", "history 0", "blame scst", "rollback 1", "history diff 0 live", "status", "status drift", "rollback abcdef1")
_FILES = 20_000  # of each kind
_DRAWS = 3_000  # lines of a rule in which its fields are looked for: all of them are found
_WORDS = (
    "x", "1", "a1", "/x", "0x1", "10.0.0.1", "10.0.0.1/24", "02:00:00:00:00:01", "bond7", "+eth1", "-eth1", "joe secretsecret12", "x=", "5s", "12345678", "read",
    "br7", "eth1.7", "0:1", "ocf:esos:scst", "inf:", "x:", '<tag id="x"/>',
)
Make = Callable[[random.Random, int], "Case"]


class Case(NamedTuple):
    """What is given, and what is done with it."""

    given: object
    run: Callable[[], None]


class Part(NamedTuple):
    """How many cases there are, and how one is made."""

    count: Callable[[], int]
    make: Make


# lines


@functools.cache
def example(terminal: str) -> str:
    """A word of a terminal."""
    return next(word for word in _WORDS if pattern(terminal).fullmatch(word))


def word(rng: random.Random, terminal: str) -> str:
    """A word that is read as this terminal."""
    if terminal in grammar().texts:
        return grammar().texts[terminal]
    return rng.choice(NAMES.get(terminal) or (example(terminal),))


def sentence(rng: random.Random, rule: str) -> Sentence:
    """A line that a rule allows."""
    words: Sentence = []
    for symbol in rng.choice(productions()[rule]):
        words += [(word(rng, symbol.name), symbol.name)] if symbol.is_term else sentence(rng, symbol.name)
    return words


def line(rng: random.Random) -> str:
    """A line of the language."""
    return " ".join(typed(sentence(rng, rng.choice(commands()))))


def line_case(rng: random.Random, number: int) -> Case:
    """A line with a few changes, in one of the levels."""
    text, level = mutated(rng, line(rng)), rng.choice(("", *sections(), "cib"))
    cursor = rng.randint(0, len(text))
    return Case((level, text), lambda: Looking(running()).line(text, level, cursor))


# values through fields


@functools.cache
def fields() -> list[tuple[Sentence, int]]:
    """A line for each key and each terminal of each command, and the place of the user's word in it."""
    rng, found = random.Random(0), {}
    for rule, _ in itertools.product(commands(), range(_DRAWS)):
        words = sentence(rng, rule)
        for place, (_, terminal) in enumerate(words):
            before = words[place - 1][1] if place else ""
            if terminal not in grammar().texts and not is_key(terminal):
                found.setdefault((before if is_key(before) else rule, terminal), (words, place))
    return list(found.values())


def value_case(rng: random.Random, number: int) -> Case:
    """A line with a hostile value in one of the fields."""
    words, place = fields()[number % len(fields())]
    given = value(rng)
    before, after = typed(words[:place]), typed(words[place + 1 :])
    is_valued = place and is_key(words[place - 1][1])
    inner = words[place - 1][0] + quote(given) if is_valued else quote(given)
    text = " ".join([*before, inner, *after])
    return Case(text, lambda: Looking(running()).line(text, "", len(text)))


# files and programs


def file_part(path: str, samples: Callable[[], Sequence[str]]) -> Make:
    """Cases of one file of the machine, with SCST running or not."""
    def case(rng: random.Random, number: int) -> Case:
        text = mutated(rng, rng.choice(samples()))
        lines = [rng.choice(LOOKS), rng.choice(EDITS), rng.choice(("plan", "check", "diff")), rng.choice(LOOKS)]
        world = rng.choice((running, stopped))
        return Case((text, lines), lambda: Looking(world(), {path: text}).lines(lines))

    return case


def own(path: str) -> Callable[[], Sequence[str]]:
    """A file as boxes have it."""
    return functools.cache(lambda: tuple(box().read(path) for box in (running, stopped)))


@functools.cache
def scst_conf() -> Sequence[str]:
    """Samples of scst.conf."""
    files = [file for file in (DATA / "scst").glob("*.conf") if file.stat().st_size < 20_000]
    return [file.read_text() for file in (DATA / "scst.conf", *sorted(files))] + [*own("/etc/scst.conf")()]


@functools.cache
def network_conf() -> Sequence[str]:
    """Samples of network.conf."""
    bond = "[bond0]\nslaves = eth0,eth1\nbondopts = mode=802.3ad miimon=100\nbootproto = static\nipaddr = 10.0.0.1\nnetmask = 255.255.255.0\nmtu = 9000\n"
    return [f"{text}\n{bond}\n[eth2]\nbootproto = dhcp\nethtoolopts = speed 100\n[br0]\nstp = on\n" for text in own("/etc/network.conf")()]


@functools.cache
def scripts() -> Sequence[str]:
    """Files of lines."""
    return [file.read_text() for file in sorted(EXAMPLES.rglob("*.esh"))]


def script_case(rng: random.Random, number: int) -> Case:
    """A file of lines: examples, or lines of all kinds, with a few changes."""
    lines = "\n".join(line(rng) for _ in range(rng.randint(1, 8)))
    text = mutated(rng, rng.choice((*scripts(), lines)))
    return Case(text, lambda: Looking(running()).script(text))


def kernel_case(rng: random.Random, number: int) -> Case:
    """An attribute of the kernel that shows something else."""
    path = rng.choice(running().attributes)
    text = mutated(rng, running().read(path)) if rng.random() < 0.5 else value(rng)
    lines = [rng.choice(LOOKS), rng.choice(EDITS), rng.choice(LOOKS)]
    return Case((path, text, lines), lambda: Looking(running(), {path: text}).lines(lines))


def program_part(program: str, looks: Sequence[str]) -> Make:
    """Cases of a program that prints something else."""
    def case(rng: random.Random, number: int) -> Case:
        seed, lines = rng.random(), [rng.choice(looks), rng.choice(looks)]

        def answer(argv: Sequence[str], output: Output) -> Output:
            return Output(rng.choice((0, 0, 0, output.status)), mutated(random.Random(f"{seed}{argv}"), output.out), output.err)

        return Case((program, seed, lines), lambda: Looking(running(), **{program: answer}).lines(lines))

    return case


def peer_case(rng: random.Random, number: int) -> Case:
    """A file of the other host: its lines, or its scst.conf."""
    text = mutated(rng, rng.choice((*scst_conf(), *scripts())))

    def run() -> None:
        with tempfile.NamedTemporaryFile("w", errors="surrogateescape", suffix=".peer") as file:
            file.write(text)
            file.flush()
            Looking(running()).lines([f"check peer {file.name}", f"load {file.name}"])

    return Case(text, run)




def _times(count: int) -> Callable[[], int]:
    return lambda: count


PARTS = {
    "lines": Part(_times(300_000), line_case),
    "values": Part(lambda: 3_000 * len(fields()), value_case),
    "scst.conf": Part(_times(_FILES), file_part("/etc/scst.conf", scst_conf)),
    "network.conf": Part(_times(_FILES), file_part("/etc/network.conf", network_conf)),
    "rc.conf": Part(_times(_FILES), file_part("/etc/rc.conf", own("/etc/rc.conf"))),
    "scripts": Part(_times(_FILES), script_case),
    "kernel": Part(_times(_FILES), kernel_case),
    "peers": Part(_times(_FILES), peer_case),
    "ip": Part(_times(_FILES), program_part("ip", ("status net", "status", "check", "plan", "show net", "net bond bond0 slaves eth0 eth1"))),
    "git": Part(_times(_FILES), program_part("git", PAST)),
}
