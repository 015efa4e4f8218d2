"""Leaving a shell with edits pending, in every way there is: the next session has them."""

from __future__ import annotations

import os
import pty
import signal
import termios

import pytest
from boxes import environment, root_of, session_on
from guarded import wait_until

from esosh.sandbox import Sandbox
from esosh.session import store
from esosh.shell.loop import greeting

EDIT = "alua dgrp add esos"


class Terminal:
    """A terminal with a shell on it."""

    def __init__(self, esosh):
        self.process, self.master = pty.fork()
        if self.process == 0:
            argv = esosh.argv()
            os.execve(argv[0], argv, {**environment(), "TERM": "xterm"})
        self.before = termios.tcgetattr(self.master)
        self.shown = b""
        os.set_blocking(self.master, False)

    def read(self):
        """What it shows by now."""
        try:
            self.shown += os.read(self.master, 65536)
        except (BlockingIOError, OSError):
            pass
        return self.shown

    def type(self, text):
        wait_until(lambda: b"esos1)#" in self.read(), "the prompt")
        os.write(self.master, text)

    def ended(self):
        """How the process ended; None while it runs."""
        self.read()
        found, status = os.waitpid(self.process, os.WNOHANG)
        self.status = status
        return found


WAYS = {
    "Ctrl-D": lambda terminal: os.write(terminal.master, b"\x04"),
    "quit": lambda terminal: os.write(terminal.master, b"quit\r"),
    "closing the terminal": lambda terminal: os.close(terminal.master),
    "SIGTERM": lambda terminal: os.kill(terminal.process, signal.SIGTERM),
    "SIGHUP": lambda terminal: os.kill(terminal.process, signal.SIGHUP),
    "SIGKILL": lambda terminal: os.kill(terminal.process, signal.SIGKILL),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_next_session_has_the_edits_of_one_that_was_left_by(way, esosh, box):
    terminal = Terminal(esosh)
    terminal.type(EDIT.encode() + b"\r")
    wait_until(lambda: b"esos1)*1" in terminal.read(), "the prompt behind the edit")
    wait_until(lambda: store.load(box, "default@root").moves, "the edit")

    WAYS[way](terminal)
    wait_until(terminal.ended, "the end")

    again = session_on(Sandbox(root_of(box)))
    assert [str(edit) for edit in again.candidate.edits] == [EDIT]
    assert "1 edit pending by root on pts" in "".join(line.text for line in greeting(again))
    with again.hold():
        pass


@pytest.mark.parametrize("way", ["Ctrl-D", "SIGTERM", "SIGHUP"])
def test_the_terminal_is_as_it_was_after(way, esosh):
    terminal = Terminal(esosh)
    terminal.type(b"")
    WAYS[way](terminal)
    wait_until(terminal.ended, "the end")
    assert termios.tcgetattr(terminal.master)[:4] == terminal.before[:4]
    assert b"Traceback" not in terminal.read()
