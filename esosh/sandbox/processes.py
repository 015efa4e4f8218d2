"""The processes of a sandbox that `ps` would show: folders with a number below /proc; and who ends them.

A process that waits is only its `cmdline` and `comm`. Source: `kill` and `killall` of BusyBox, as recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from ..host import Output
from .kernel import Kernel
from .tree import Tree

_FIRST = 2000  # numbers below are those of the kernel's and the services' own
_SIGNAL = re.compile(r"-[A-Z0-9]+")


def start(tree: Tree, argv: Sequence[str]) -> int:
    """Stage a process that runs on, and give its number."""
    number = next(number for number in count(_FIRST) if not tree.exists(f"/proc/{number}"))
    tree.put(f"/proc/{number}/cmdline", "".join(f"{word}\0" for word in argv))
    tree.put(f"/proc/{number}/comm", f"{argv[0].rpartition('/')[2]}\n")
    return number


def running(tree: Tree, name: str) -> Iterator[str]:
    """The numbers of the processes of a program."""
    numbers = (number for number in tree.list("/proc") if number.isdecimal())
    return (number for number in numbers if tree.read(f"/proc/{number}/comm") == f"{name}\n")


def _kill(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `kill [-SIGNAL] PID...`; whatever the signal is, the process ends, but for 0."""
    signal, words = _signal_and_words(argv[1:])
    if not words:
        return Output(1, err="kill: you need to specify whom to kill\n")
    with kernel.command() as tree:
        errors = "".join(_end(tree, word, signal) for word in words)
    return Output(1 if errors else 0, err=errors)


def _end(tree: Tree, word: str, signal: str) -> str:
    """End a process, and give what `kill` says of it."""
    if not word.isdecimal():
        return f"kill: invalid number '{word}'\n"
    if not tree.isdir(f"/proc/{word}"):
        return f"kill: can't kill pid {word}: No such process\n"
    if signal != "-0":
        tree.remove(f"/proc/{word}")
    return ""


def _killall(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `killall [-q] [-SIGNAL] NAME...`."""
    signal, words = _signal_and_words([word for word in argv[1:] if word != "-q"])
    if not words:
        return Output(1, err="killall: you need to specify whom to kill\n")
    with kernel.command() as tree:
        found = {word: tuple(running(tree, word)) for word in words}
        for number in (number for numbers in found.values() for number in numbers):
            _end(tree, number, signal)
    missing = (word for word, numbers in found.items() if not numbers)
    errors = "".join(f"killall: {word}: no process killed\n" for word in missing)
    return Output(1 if errors else 0, err="" if "-q" in argv else errors)


def _signal_and_words(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    if words and _SIGNAL.fullmatch(words[0]):
        return words[0], words[1:]
    return "", words


def _pidof(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `pidof NAME...`: the newest process first."""
    found = [number for name in argv[1:] for number in running(kernel.tree, name)]
    text = " ".join(sorted(found, key=int, reverse=True))
    return Output(0 if found else 1, out=f"{text}\n" if found else "")


PROGRAMS = {"kill": _kill, "killall": _killall, "pidof": _pidof}
