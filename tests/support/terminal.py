"""A shell under test: the lines that are typed, and what the screen shows."""

from __future__ import annotations

import io
import os
import select
import time

from esosh.shell.display import Display
from esosh.shell.loop import Shell


class Screen:
    """A display that records what it shows."""

    def __init__(self):
        self.out, self.err = io.StringIO(), io.StringIO()
        self.display = Display(False, False, self.out, self.err)

    @property
    def text(self):
        return self.out.getvalue() + self.err.getvalue()


def run_shell(session, *lines, ask=lambda text: ""):
    """Run a shell that reads these lines; an exception among them is raised instead of read."""
    screen, inputs = Screen(), iter((*lines, EOFError()))

    def read(text):
        line = next(inputs)
        if isinstance(line, BaseException):
            raise line
        return line

    return Shell(session, screen.display, read, ask).loop(), screen


def typed(session, texts):
    """What the screen shows where these texts are typed or pasted, one after the other."""
    screen, left = io.StringIO(), iter(texts)

    def read(prompt):
        text = next(left, None)
        if text is None:
            raise EOFError
        screen.write(f"{prompt}{text}\n")
        return text

    with session.hold():
        Shell(session, Display(colour=False, json=False, out=screen, err=screen), read, read).loop()
    return screen.getvalue()


def edits(session):
    return [str(edit) for edit in session.candidate.edits]


def read_terminal(master):
    """What a program prints on a terminal, until it closes it."""
    text, deadline = b"", time.monotonic() + 20
    while time.monotonic() < deadline and select.select([master], [], [], 20)[0]:
        try:
            text += os.read(master, 4096)
        except OSError:  # the other side is closed
            break
    return text.decode()
