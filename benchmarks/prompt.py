"""What the shell costs until its prompt, and from a key to the menu, beside a bare prompt_toolkit."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from benchmarks.boxes import Box
from benchmarks.measure import Measure, ratio
from benchmarks.terminals import Terminal, on_terminal

_PROMPT = b"#"
_LINE, _FIRST_KEY, _KEYS = b"scst device set", b" ", (b"d", b"0")  # each key shows devices
_SHOWN = b"vdisk"  # what the menu says of each device
_CLEAR = b"\x15"  # Ctrl-U
_LINES = 4


def start(box: Box) -> None:
    """Show what the shell costs from its start to its prompt."""
    esosh = box.installation
    ratio("start to prompt / a bare PromptSession", _to_prompt(box.argv(), esosh.environment),
          _to_prompt(esosh.program("bare_prompt"), esosh.environment), 1.2)


def _to_prompt(argv: list[str], environment: Mapping[str, str]) -> Measure:
    """The measure of the processor seconds until a program shows its prompt."""

    def measured() -> float:
        terminal = Terminal(argv, environment)
        terminal.wait_for(_PROMPT)
        return terminal.kill()

    return measured


def keys(large: Box, small: Box) -> None:
    """Show what a key costs in a menu of devices: the first, which reads them, and those behind it."""
    ratio("first key to menu, 10,000 names / 10", lambda: _keys(large)[0], lambda: _keys(small)[0], rounds=3)
    ratio("key to menu, 10,000 names / 10", lambda: _keys(large)[1], lambda: _keys(small)[1], 1.3, 3)


def _keys(box: Box) -> tuple[float, float]:
    """The processor seconds of the first key that asks for devices, and the median of those behind it."""
    with on_terminal(box.argv(), box.installation.environment) as terminal:
        terminal.wait_for(_PROMPT)
        terminal.press(_LINE)
        first, costs = _cost(terminal, _FIRST_KEY), []
        for _ in range(_LINES):
            costs += [_cost(terminal, key, _SHOWN) for key in _KEYS]
            terminal.press(_CLEAR + _LINE + _FIRST_KEY)
        return first, statistics.median(costs)


def _cost(terminal: Terminal, key: bytes, expected: bytes = b"") -> float:
    """The processor seconds of a key. Raises ValueError where what is expected is not painted."""
    before = terminal.cpu
    shown = terminal.press(key)
    if expected not in shown:
        raise ValueError(f"{expected!r} is not in what {key!r} painted: {shown!r}")
    return terminal.cpu - before
