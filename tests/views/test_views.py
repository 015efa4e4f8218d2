"""Views: text that a terminal can be given, and the data of JSON."""

from __future__ import annotations

import pytest

from esosh import views
from esosh.views import Item, Items, Line, Lines, Script, Table, Tree, View, clean

TABLE = Table(("name", "is"), (("eth10", "up"), ("e", "")))
SECRET = 'IncomingUser="joe verysecretword"'
DISK = Item("device", "disk01", {"size": 512, "users": list, "parts": [Item("part", "", {"on": True})]})
TREE = Tree("esos", (Tree("local (1)", (Tree("disk01"),)), Tree("devices", style="warn")))


@pytest.mark.parametrize("text, cleaned", [
    ("plain é 名", "plain é 名"), ("a\tb\nc", "a\tb\nc"), ("\x1b[31m", r"\x1b[31m"), ("\r", r"\x0d"), ("\x00\x07\x7f", r"\x00\x07\x7f"),
    ("\x9b2J", r"\x9b2J"), (b"\xff".decode("utf-8", "surrogateescape"), r"\xff"), ("\u2028", r"\u2028"), ("user\u202etxt", r"user\u202etxt"),
    ("\u2067", r"\u2067"), ("\ud800", r"\ud800"), ("", ""), (r"\x1b", r"\x1b"),
])
def test_no_letter_reaches_a_terminal_that_would_act_on_it(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("view, text", [
    (Lines(), ""),
    (Lines.of("a", "b  "), "a\nb\n"),
    (Lines((Line("a\nb", "ok"),)), "a\nb\n"),
    (TABLE, "name   is\neth10  up\ne\n"),
    (Table(("a", "b"), ()), "a  b\n"),
    (Table(("a", "b"), (("\x1b", "c"),)), "a     b\n\\x1b  c\n"),
    (Items([DISK, DISK], lambda items: Table(("name",), tuple((item.name,) for item in items))), "name\ndisk01\ndisk01\n"),
    (Items(DISK, lambda item: Tree(item.name)), "disk01\n"),
    (Lines.of(SECRET), 'IncomingUser="joe ****"\n'), (Script.of(SECRET), f"{SECRET}\n"),
    (TREE, "esos\n  local (1)\n    disk01\n  devices\n"),
])
def test_a_view_is_text(view: View, text: str) -> None:
    assert views.text(view) == text


@pytest.mark.parametrize("view, data", [
    (Lines(), {"lines": []}),
    (Lines.of("a", "b"), {"lines": ["a", "b"]}),
    (Lines.of("a", data=[1]), [1]),
    (Lines.of("nothing found", data=[]), []),
    (TABLE, [{"name": "eth10", "is": "up"}, {"name": "e", "is": ""}]),
    (Table(("a",), ()), []),
    (Items(DISK, Lines.of), {"kind": "device", "name": "disk01", "size": 512, "users": [], "parts": [{"kind": "part", "name": None, "on": True}]}),
    (Items([Item("driver", "iscsi", {"attributes": {"IncomingUser": "joe verysecretword", "a": SECRET}})], Lines.of),
     [{"kind": "driver", "name": "iscsi", "attributes": {"IncomingUser": "****", "a": 'IncomingUser="joe ****"'}}]),
    (Lines.of(SECRET), {"lines": ['IncomingUser="joe ****"']}), (Script.of(SECRET), {"lines": [SECRET]}),
])
def test_a_view_is_data(view: View, data: object) -> None:
    assert views.data(view) == data


@pytest.mark.parametrize("view, styles", [
    (Lines((Line("a\nb", "ok"), Line("c"))), ["ok", "ok", ""]), (TABLE, ["title", "", ""]), (TREE, ["", "", "", "warn"]),
    (Lines.of("a", "b", style="del"), ["del", "del"]),
])
def test_every_line_keeps_how_it_is_meant(view: View, styles: list[str]) -> None:
    assert [line.style for line in views.lines(view)] == styles
