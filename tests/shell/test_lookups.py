"""Lookups: a box that does not answer leaves the line as it is, and its names come when it answers."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from boxes import do, root_of
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from terminal import Screen, edits

from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.shell.editor import Editor
from esosh.shell.lookups import Lookups, Worker
from esosh.shell.loop import Shell
from esosh.shell.menu import Menu
from esosh.transaction.journal import Who

HEAD = "alua dgrp del "


class Silent(Sandbox):
    """A box that answers no question about SCST until it is told to."""

    def __init__(self, root):
        super().__init__(root)
        self.answers = threading.Event()
        self.answers.set()
        self.asked = 0

    def list(self, path):
        self._wait(path)
        return super().list(path)

    def read(self, path):
        self._wait(path)
        return super().read(path)

    def _wait(self, path):
        if path.startswith("/sys/kernel/scst_tgt"):
            self.asked += 1
            self.answers.wait(60)


@pytest.fixture
def silent(session, box):
    """A session on a box that has a device group and then falls silent; it answers when the test is over."""
    do(session, "alua dgrp add esos")
    host = Silent(root_of(box))
    yield Session(host, Who("anna", "tty1", 1, ""), name="work")
    host.answers.set()


def shown(entries):
    return [entry.shown for entry in entries]


def test_names_that_come_too_late_are_not_shown_and_come_with_the_next_key(silent):
    do(silent, "alua dgrp add esos", "alua dgrp add more")
    host, lookups = silent.host, Lookups(silent)
    host.answers.clear()

    late = lookups.now(Menu.at, HEAD)
    assert (late[0].shown, late[-1].text) == ("<a device group>", "")
    assert late[-1].shown == "no names: the box has not answered yet; the next key asks again"
    assert lookups.glance(Menu.at, HEAD) is None

    host.answers.set()
    assert shown(lookups.now(Menu.at, f"{HEAD}e")) == ["esos"]
    assert shown(lookups.now(Menu.at, HEAD))[:2] == ["esos", "more"]


def test_words_of_the_language_need_no_box(silent):
    silent.host.answers.clear()
    lookups = Lookups(silent)

    assert shown(lookups.now(Menu.at, "alua dgrp d")) == ["del"]
    assert lookups.now(Menu.help, "svc unset opensm ").rows[0] == ("opts", "")


def test_other_work_goes_on_while_a_menu_waits(silent):
    silent.host.answers.clear()

    async def turns_while_waiting():
        menu, turns = asyncio.ensure_future(Lookups(silent).soon(Menu.at, HEAD)), 0
        await asyncio.sleep(0)
        while not menu.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert asyncio.run(turns_while_waiting()) > 1


def test_what_is_typed_while_the_box_is_silent_arrives(silent):
    host, line = silent.host, "alua dgrp add more"
    host.answers.clear()

    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        editor, arrived = Editor(silent, Screen().display), []

        def type_slowly():
            for letter in (*"alua dgrp del e", *"\x7f" * 5, *"add more"):
                keyboard.send_text(letter)
                time.sleep(0.01)
            until = time.monotonic() + 20
            while time.monotonic() < until and editor._prompt.app.current_buffer.text != line:
                time.sleep(0.01)
            arrived.append((host.answers.is_set(), host.asked > 0, editor._prompt.app.current_buffer.text))
            host.answers.set()
            keyboard.send_text("\r\x04")

        hands = threading.Thread(target=type_slowly)
        hands.start()
        Shell(silent, Screen().display, editor.read, editor.ask).loop()
        hands.join()

    assert arrived == [(False, True, line)]
    assert edits(silent) == [line]


def test_the_box_is_read_once_for_all_keys_and_again_after_some_seconds(box, session):
    seconds = [0]
    lookups = Lookups(session, clock=lambda: seconds[0])
    assert "esos" not in shown(lookups.now(Menu.at, HEAD))

    box.write("/sys/kernel/scst_tgt/device_groups/mgmt", "create esos")
    assert "esos" not in shown(lookups.now(Menu.at, f"{HEAD}e"))

    seconds[0] = 60
    assert "esos" in shown(lookups.now(Menu.at, f"{HEAD}e"))


def test_what_a_lookup_reads_is_not_the_session_s(silent):
    do(silent, "alua dgrp add esos")
    read, made = silent.candidate.current, silent.candidate.config

    assert "esos" in shown(Lookups(silent).now(Menu.at, HEAD))

    assert silent.candidate.current is read and silent.candidate.config is made


def test_the_newest_question_is_answered_first_and_none_once_the_line_is_done():
    worker, begun, go, order = Worker(), threading.Event(), threading.Event(), []
    first = worker.do(lambda: (begun.set(), go.wait(60), order.append("first")))
    begun.wait(60)
    others = [worker.do(lambda name=name: order.append(name)) for name in ("second", "third")]
    go.set()
    first.result(60), others[0].result(60)
    assert order == ["first", "third", "second"]

    begun.clear(), go.clear()
    worker.do(lambda: (begun.set(), go.wait(60)))
    begun.wait(60)
    dropped = worker.do(lambda: order.append("dropped"))
    worker.rest(0)
    go.set()
    worker.rest(60)
    assert not worker.is_busy and not dropped.done() and "dropped" not in order
