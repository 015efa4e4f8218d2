"""Whatever is typed, and wherever the cursor is: the editor shows it, colours it and offers what may come."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from esosh.language.words import split
from esosh.shell.cursor import closed
from esosh.shell.editor import Highlighter, MenuCompleter, _last_line
from esosh.shell.menu import Menu

PIECES = st.sampled_from([
    "show", "net", "scst device add", "vdisk_nullio", "alias=", "commit comment ", '"', "'", "\\", "\\\n", "\n", "#", " ", "=", "\0", "\x1b", "\x85", "\u2028", "\udcff", "²", "x",
])
TEXTS = st.lists(PIECES, max_size=8).map("".join)


class AtOnce:
    """Lookups without a thread."""

    def __init__(self, menu: Menu) -> None:
        self._menu = menu

    def now(self, question: Any, text: str) -> Any:
        return question(self._menu, text)

    glance = now


def type_text(session, text: str, cursor: int) -> None:
    """Do all that the editor does when a text stands in it."""
    menu = Menu(session)
    lookups: Any = AtOnce(menu)
    shown = Highlighter(lookups, session).lex_document(Document(text))
    assert "\n".join("".join(piece[1] for piece in shown(number)) for number in range(text.count("\n") + 1)) == text
    document = Document(text[:cursor], cursor)
    list(MenuCompleter(lookups, session).get_completions(document, CompleteEvent()))
    menu.help(_last_line(document))
    assert "bug" not in menu._failure


@pytest.mark.parametrize("text", ['show "\\', '"\\', "'\\", '"a\\\n\\', 'scst target set x alias="\\', "\\", "show \\", '"\\\\', '"\\\\\\', "load '/\0", 'show "\\\n"\\'])
def test_a_quote_and_a_backslash_are_no_bug_of_the_editor_s(session, text):
    type_text(session, text, len(text))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), text=TEXTS, level=st.sampled_from(["", "scst", "net", "cib"]))
def test_nothing_that_is_typed_is_a_bug_of_the_editor_s(new_session, data, text, level):
    new_session.level = level
    type_text(new_session, text, data.draw(st.integers(0, len(text))))


@pytest.fixture(scope="module")
def new_session(booted):
    """A session that all examples share: typing changes nothing."""
    from boxes import session_on

    from esosh.sandbox import Sandbox

    return session_on(Sandbox(str(booted("esos1"))))


@given(TEXTS)
def test_every_text_can_be_closed(text):
    assert closed(text).startswith(text)
    split(closed(text))
