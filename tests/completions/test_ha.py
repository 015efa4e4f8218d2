"""Completion of the cluster: agents and their parameters, as they describe themselves."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from clusters import start

from esosh.shell.menu import Menu

NODE = "ha node 1: localhost"


@pytest.fixture
def menu(box):
    session = session_on(start(box))
    do(session, "ha primitive A ocf:esos:scst params m_alua_state=active", "ha primitive B ocf:pacemaker:Dummy")
    return Menu(session)


@pytest.mark.parametrize("line, first", [
    ("ha primitive p ocf:esos:s", ["ocf:esos:scst", "ocf:esos:syncro"]),
    ("ha primitive p ocf:esos:scst params m_", ["m_alua_state="]),
    ("ha set A params device_", ["device_group="]),
    ("ha set A meta target", ["target-role="]),
    ("ha set A op monitor time", ["timeout="]),
    ("ha set B params ", ["fake=", "state="]),
    ("ha primitive p ocf:nobody:Nothing params m", []),
    ("ha property stonith-e", ["stonith-enabled="]),
    ("ha clone c ", ["A", "B"]),
    ("ha group g A ", ["B"]),
    ("ha colocation c inf: A ", ["B"]),
    ("ha location l A 1: ", ["localhost"]),
    ("show ha A", ["A"]),
])
def test_what_may_come_is_offered(menu, line, first):
    assert [entry.text for entry in menu.at(line) if entry.text][: len(first) or 1] == first


def test_a_parameter_is_shown_with_its_meaning_its_type_and_its_default(menu):
    (entry,) = [entry for entry in menu.at("ha set A params s_alua") if entry.text]
    assert entry.meaning == "the ALUA state of the Slave's ports, string, default nonoptimized"
