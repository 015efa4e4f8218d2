"""network.conf as rc.network reads it, by a model of its own: what is saved says what was meant, and nothing else changes."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rc_network import parse, start, words_for_a_shell
from strategies import net

from esosh.config.net import Bond, Bridge, Link, Net, Vlan
from esosh.executors.net import conf
from esosh.executors.net.conf_edit import amend

often = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
FRESH = "[general]\nhostname = localhost\ndomainname =\ndefaultgw =\nnameserver1 =\nnameserver2 =\n"


def meant(link: Link) -> dict[str, Any]:
    """What a link is to get from rc.network."""
    wanted: dict[str, Any] = {"mtu": str(link.mtu), "protocol": link.address, "ethtool": [*getattr(link, "ethtool", ())]}
    if "/" in link.address:
        interface = ipaddress.IPv4Interface(link.address)
        broadcast = link.broadcast or str(interface.network.broadcast_address)
        wanted |= {"protocol": "static", "ipaddr": str(interface.ip), "netmask": str(interface.netmask), "broadcast": broadcast}
    if isinstance(link, Bond):
        wanted |= {"slaves": [*link.slaves], "options": [*link.options.items()]}
    if isinstance(link, Bridge):
        wanted["members"] = [*link.members]
    if isinstance(link, Vlan):
        wanted["map"] = [tuple(entry.split(":")) for entry in link.egress]
    return wanted


@often
@given(net())
def test_rc_network_makes_of_the_saved_file_what_was_meant(wanted: Net) -> None:
    text = amend(FRESH, conf.read(FRESH), wanted)
    made = start(text)
    assert made.errors == []
    assert made.links == {name: meant(link) for name, link in wanted.links.items()}
    general = wanted.general
    assert made.general == {"name": general.full_name, "gateway": general.gateway, "servers": [*general.nameservers]}
    assert words_for_a_shell(text) == []


@often
@given(net(), net(), net())
def test_rc_network_makes_it_whichever_way_the_file_came_about(first: Net, second: Net, third: Net) -> None:
    text = FRESH
    for before, after in ((conf.read(FRESH), first), (first, second), (second, third)):
        text = amend(text, before, after)
    made = start(text)
    assert made.errors == []
    assert {name: with_any_order(link) for name, link in made.links.items()} == {
        name: with_any_order(meant(link)) for name, link in third.links.items()}


def with_any_order(link: dict[str, Any]) -> dict[str, Any]:
    """A link whose options are in any order but for those that come first, on which others depend."""
    if "options" not in link:
        return link
    keys = [key for key, _ in link["options"]]
    first = [key for key in ("mode", "miimon") if key in keys]
    assert keys[: len(first)] == first
    return {**link, "options": dict(link["options"])}


# files that somebody wrote by hand


def spelt(key: str, value: str) -> st.SearchStrategy[str]:
    """A line that gives a key its value, with blanks where somebody may put them."""
    blank = st.sampled_from(("", " ", "  ", "\t"))
    return st.tuples(blank, blank, blank, blank).map(lambda blanks: f"{blanks[0]}{key}{blanks[1]}={blanks[2]}{value}{blanks[3]}")


FOREIGN = st.sampled_from(("", "# a comment", "  # mtu = 9000", "; old", "text without a meaning", "#mtu=7", "xtra = here", "\t", "X=y=z", "[p1p1] # not one of ours"))


@st.composite
def by_hand(draw: st.DrawFn) -> str:
    """A network.conf with odd blanks, comments, keys and sections of others, and either line end."""
    sections = parse(amend(FRESH, conf.read(FRESH), draw(net())))
    lines = []
    for name in draw(st.permutations([*sections])):
        lines.append(draw(st.sampled_from(("", " "))) + f"[{name}]" + draw(st.sampled_from(("", "  ", " # since May"))))
        for key in draw(st.permutations([*sections[name]])):
            lines.append(draw(spelt(key, sections[name][key])))
            lines += draw(st.lists(FOREIGN.filter(lambda line: not line.startswith("[")), max_size=1))
        lines += draw(st.lists(FOREIGN, max_size=2))
    return draw(st.sampled_from(("\n", "\r\n"))).join([*lines, *draw(st.sampled_from(([], [""])))])


def changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    """What went and what came, in order."""
    import difflib

    found = [*difflib.ndiff(old.split("\n"), new.split("\n"))]
    return [line[2:] for line in found if line[0] == "-"], [line[2:] for line in found if line[0] == "+"]


def key_of(line: str) -> str:
    return line.partition("=")[0].strip()


@often
@given(by_hand(), st.data())
def test_an_edit_of_a_hand_made_file_changes_the_lines_of_its_keys_and_nothing_else(text: str, data: st.DataObject) -> None:
    net_now = conf.read(text)
    assert amend(text, net_now, net_now) == text
    names = sorted(net_now.links)
    if not names:
        return
    name = data.draw(st.sampled_from(names))
    field = {Bond: "bonds", Bridge: "bridges", Vlan: "vlans"}.get(type(net_now.links[name]), "ifaces")
    old = getattr(net_now, field)
    link = old[name]
    edited = data.draw(st.sampled_from([("mtu", 1501), ("address", "10.77.0.1/24"), ("address", "dhcp")]))
    if getattr(link, edited[0]) == edited[1]:
        return
    values = {edited[0]: edited[1], **({"broadcast": None} if edited[0] == "address" else {})}
    wanted = type(net_now)(**{part: getattr(net_now, part) for part in net_now.PARTS} | {
        field: {**old, name: type(link)(**{part: getattr(link, part) for part in link.PARTS} | values)}})
    amended = amend(text, net_now, wanted)
    keys = {"mtu"} if edited[0] == "mtu" else {"bootproto", "ipaddr", "netmask", "broadcast"}
    went, came = changed_lines(text, amended)
    assert {key_of(line) for line in (*went, *came)} <= keys
    assert conf.read(amended) == wanted
    assert start(amended).links[name].items() >= {key: value for key, value in meant(wanted.links[name]).items() if key in keys}.items()
    if "\r\n" in text:
        assert all(line.endswith("\r") for line in amended.split("\n")[:-1])


@pytest.mark.parametrize("text, told", [
    ("[eth1]\nbootproto=none\n", ["eth1: no mtu"]),
    ("[eth1]\nbootproto=statik\nmtu=1500\n", ["eth1: bootproto is 'statik'"]),
    ("[eth1]\nbootproto=static\nipaddr=10.0.0.1\nnetmask=255.0.0.0\nmtu=1500\n", ["eth1: no broadcast"]),
    ("[bond0]\nbootproto=none\nmtu=1500\nslaves=\n", ["bond0: no bondopts"]),
    ("[bond0]\nbootproto=none\nmtu=1500\nslaves=\nbondopts=mode=1  miimon=100\n[eth1]\n", ["bond0: the script ends here"]),
    ("[bond0.7]\nbootproto=none\nmtu=1500\n", ["bond0.7: no slaves"]),
    ("[p1p1]\n", []),
])
def test_the_model_tells_what_rc_network_does(text: str, told: list[str]) -> None:
    assert start(text).errors == told
