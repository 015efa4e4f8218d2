"""--json of the views: the items that esosh(8) names, of which their text is drawn."""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import strategies
from boxes import do
from clusters import patched, start
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esosh import views
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.scst import Device, DeviceGroup, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from esosh.executors.scst import alua, status_tree, tracing
from esosh.executors.scst.facts import Facts, Session
from esosh.shell.display import Display
from esosh.views import Item, Items, View

MANUAL = (Path(__file__).parents[2] / "man" / "esosh.8").read_text()
T, HOST = "iqn.2026-11.local.esos1:t1", "iqn.2026-11.local.host:one"
LUNS = {"0": Lun("disk1", {"read_only": "1"}), "1": Lun("lost")}
GROUP = DeviceGroup(frozenset({"disk1", "lost"}), {"local": TargetGroup(1, targets={T: Port(), "other": Port(5)})})
SCST = Scst(
    {"disk1": Device("vdisk_blockio", {"filename": "/dev/sdb"}), "lost": Device("vdisk_nullio", {"size": "1024"})},
    {T: Target("iscsi", True, 7, {"QueuedCommands": "16"}, {"joe": "verysecretword"}, "ann verysecretword", frozenset({"10.0.0.1"}),
               LUNS, {"hosts": InitiatorGroup(LUNS, frozenset({"iqn.*"}))})},
    {"esos": GROUP},
)
FACTS = Facts(loaded=True, devices=frozenset({"disk1"}), targets={T: "iscsi"}, logins={T: (Session(HOST, T, "hosts", {"0": "disk1"}),)})
REFUSED = (  # what makes a resource that its agent does not start
    '<change operation="create" path="/cib/configuration/resources" position="0"><primitive id="p" class="ocf" provider="esos" type="scst">'
    '<instance_attributes id="i"><nvpair id="a" name="alua" value="true"/></instance_attributes></primitive></change>'
)
SESSION_LINES = ("status", "status net", "status svc", "status ha", "diff", "history", "blame svc", "cib list", "cib diff", "history diff live candidate")


def shown(view: View) -> Any:
    """What --json gives of a view: one line, of letters that no terminal acts on."""
    out = io.StringIO()
    Display(False, True, out, io.StringIO()).view(view)
    line = out.getvalue()
    assert re.fullmatch("[ -~]+\n", line)
    return json.loads(line)["view"]


def again(value: Any) -> Any:
    """The items that JSON was made of."""
    if isinstance(value, list):
        return list(map(again, value))
    if not isinstance(value, dict):
        return value
    fields = {key: again(inner) for key, inner in value.items() if key not in ("kind", "name") or "kind" not in value}
    return Item(value["kind"], value["name"] or "", fields) if "kind" in value else fields


def of_scst(config: Config, facts: Facts) -> Iterator[Items]:
    """Each view of SCST, of all and of each name."""
    scst = config.scst
    ports = {port for group in scst.groups.values() for tgrp in group.target_groups.values() for port in tgrp.targets}
    yield status_tree.tree(config, facts)
    yield alua.tree(config, facts)
    yield from (status_tree.tree(config, facts, name) for name in (*scst.devices, *scst.targets))
    yield from (alua.tree(config, facts, name) for name in scst.groups)
    yield from (tracing.paths(config, facts, name) for name in (*scst.devices, *scst.targets, *ports, HOST))


@st.composite
def facts(draw: st.DrawFn, scst: Scst) -> Facts:
    """What may run of a configuration."""
    devices, targets = (draw(st.sets(st.sampled_from(sorted(names)))) if names else set() for names in (scst.devices, scst.targets))
    logins = {target: (Session(HOST, target, draw(st.sampled_from(["", "nowhere", *scst.targets[target].groups])), {"0": "d"}),)
              for target in targets}
    running = Facts(loaded=True, devices=frozenset(devices), logins=logins, targets={name: scst.targets[name].driver for name in targets})
    return draw(st.sampled_from([running, Facts()]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.configs(), st.data())
def test_the_text_of_a_view_is_drawn_of_what_json_has(config, data):
    for view in of_scst(config, data.draw(facts(config.scst))):
        assert views.text(view.draw(again(shown(view)))) == views.text(view)


@settings(deadline=None)
@given(st.text(), st.binary())
def test_any_text_of_the_machine_is_in_one_line_of_json(text, raw):
    name, value = text or "x", raw.decode("utf-8", "surrogateescape")
    box = Config(scst=Scst({name: Device("vdisk_fileio", {"filename": value})}))
    [device] = shown(status_tree.tree(box, FACTS, name))["devices"]
    assert (device["name"], device["filename"]) == (views.plain(name), views.plain(value))


@pytest.fixture
def edited(session, box):
    """A session with a commit, an edit that is not committed, and an interface that somebody changed by hand."""
    do(session, "svc enable nut", "net iface eth3 mtu=1500", "commit", "svc enable opensm", "alua dgrp add more")
    assert box.run(("ip", "link", "set", "eth3", "mtu", "9000")).status == 0
    assert patched(start(box), REFUSED) == 0
    return session


def test_the_manual_names_each_field_and_each_field_is_there(edited):
    found: dict[str, set[str]] = defaultdict(set)
    seen = (*of_scst(Config(scst=SCST), FACTS), *(edited.run(parse(line)) for line in SESSION_LINES))
    for view in seen:
        for item in everything(again(shown(view))):
            found[item.kind] |= item.fields.keys()
    assert found == named_in_the_manual()


def everything(value: Any) -> Iterator[Item]:
    """All the items of a view."""
    if isinstance(value, Item):
        yield value
        value = value.fields
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything(inner)


def named_in_the_manual() -> dict[str, set[str]]:
    """The fields of each kind; of "blocks", what it holds is named in parentheses."""
    [items] = re.findall(r"^\.SS Items\n(.*?)^\.SH", MANUAL, re.M | re.S)
    kinds = dict(part.partition("\n")[::2] for part in items.split(".TP\n.B ")[1:])
    texts = {kind: re.sub(r"\(each with [^)]*\(dq\)|\\\(dqhere\\\(dq", "", text) for kind, text in kinds.items()}
    return {kind: set(re.findall(r"\\\(dq(\w+)\\\(dq", text)) - {"removed", "added"} for kind, text in texts.items()}


@pytest.mark.parametrize("line", SESSION_LINES)
def test_the_text_of_a_session_s_view_is_drawn_of_what_json_has(edited, line):
    view = edited.run(parse(line))
    assert views.text(view.draw(again(shown(view)))) == views.text(view)


def test_values_have_their_types():
    [driver] = shown(status_tree.tree(Config(scst=SCST), FACTS))["drivers"]
    [target] = driver["targets"]
    assert (target["enabled"], target["running"], target["rel_tgt_id"], target["users"], target["outgoing"]) == (True, True, 7, ["joe"], "ann")
    assert [(lun["number"], lun["device"], lun["read_only"], lun["running"]) for lun in target["luns"]] == [(0, "disk1", True, True), (1, "lost", False, False)]
    assert "verysecretword" not in json.dumps(driver)
    [device] = shown(status_tree.tree(Config(scst=SCST), Facts(), "lost"))["devices"]
    assert (device["running"], device["filename"], device["size"]) == (None, None, 1024)


def test_the_manual_names_the_version():
    assert rf"\(dqversion\(dq:\ {views.VERSION} ," in MANUAL
