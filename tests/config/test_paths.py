"""A configuration as paths: what differs is found without a look at what is shared, and put back from its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scst_configs import scsts
from strategies import EDITS, Sentence, configs, sentences, typed

from esosh.commands.parse import parse
from esosh.config import FIELDS, Config
from esosh.config.lazy import Lazy, having
from esosh.config.net import Iface, Net
from esosh.config.paths import HERE, Facts, Path, Scalar, diff, flatten, is_below, value_at, with_facts
from esosh.config.scst import Device, Lun, Scst, Target
from esosh.config.svc import Service
from esosh.errors import Refused

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
some_configs = configs() | st.builds(Config, scst=scsts())
edits = st.lists(sentences(EDITS), max_size=6)


def plain_diff(old: Config, new: Config) -> dict[Path, tuple[Scalar, Scalar]]:
    """What differs, of all facts of both."""
    before, after = flatten(old), flatten(new)
    return {path: (before.get(path), after.get(path)) for path in {**before, **after}
            if (path in before, before.get(path)) != (path in after, after.get(path))}


def edited(config: Config, drawn: list[tuple[str, Sentence]]) -> Config:
    """The configuration with those of the edits that fit it, one after the other."""
    for _, sentence in drawn:
        command = parse(" ".join(typed(sentence)))
        try:
            config = command.edit(config)
        except Refused:
            continue
    return config


def lazily(config: Config) -> Config:
    """The same configuration, as a box of which nothing is read yet."""
    scst = config.scst
    parts = {name: getattr(scst, name) for name in ("devices", "targets", "groups", "drivers")}
    unread = Scst(**{name: Lazy(objects, objects.__getitem__) for name, objects in parts.items()}, attributes=scst.attributes)
    return Config(Lazy(FIELDS, {"scst": unread, "net": config.net, "svc": config.svc, "ha": config.ha}.__getitem__))


def new_facts(old: Config, new: Config) -> Facts:
    return {path: wanted for path, (_, wanted) in diff(old, new).items()}


# laws


@quick
@given(some_configs, some_configs)
def test_what_differs_is_every_path_of_either_that_is_not_so_in_the_other(old, new):
    assert diff(old, new) == plain_diff(old, new)
    assert diff(lazily(old), lazily(new)) == plain_diff(old, new)


@quick
@given(some_configs, edits)
def test_what_edits_change_is_what_differs_of_all_facts(base, drawn):
    old = lazily(base)
    new = edited(old, drawn)
    assert diff(old, new) == plain_diff(base, edited(base, drawn))
    assert diff(new, old) == plain_diff(edited(base, drawn), base)


@quick
@given(some_configs, some_configs)
def test_what_comes_stands_behind_what_was(old, new):
    values = [was is None for was, _ in diff(old, new).values()]
    assert values == sorted(values)


@quick
@given(some_configs, some_configs, edits)
def test_a_configuration_with_the_facts_that_differ_is_the_other_one(old, other, drawn):
    for new in (other, edited(old, drawn)):
        assert with_facts(old, new_facts(old, new)) == new
        assert with_facts(new, new_facts(new, old)) == old
        assert with_facts(lazily(old), new_facts(old, new)) == new
        assert flatten(with_facts(old, new_facts(old, new))) == flatten(new)


@quick
@given(some_configs)
def test_a_configuration_with_no_facts_or_its_own_is_itself(config):
    assert with_facts(config, {}) == config
    assert with_facts(config, flatten(config)) == config
    assert with_facts(Config(), flatten(config)) == config


@quick
@given(some_configs, some_configs)
def test_the_value_at_a_path_is_that_of_all_facts_or_none(config, other):
    facts = flatten(config)
    for path in {**facts, **flatten(other)}:
        assert value_at(config, path) == facts.get(path), path
        assert value_at(config, (*path, "beyond")) == facts.get((*path, "beyond")), path


# examples


BASE = Config(
    scst=Scst({"d1": Device("vdisk_nullio", {"size": "1"}), "d2": Device("vdisk_nullio")}, {"t": Target("iscsi", luns={"0": Lun("d1")})}),
    net=Net(ifaces={"eth1": Iface(mtu=9000, ethtool=("speed", "100"))}), svc={"sshd": Service(True, "-4")},
)


@pytest.mark.parametrize("path, value", [
    (("svc", "sshd"), HERE), (("svc", "sshd", "enabled"), True), (("svc", "sshd", "opts"), "-4"), (("svc", "nut"), None),
    (("net", "ifaces", "eth1", "mtu"), 9000), (("net", "ifaces", "eth1", "ethtool"), ("speed", "100")),
    (("net", "ifaces", "eth1", "broadcast"), None), (("net", "ifaces", "eth2", "mtu"), None),
    (("scst", "devices", "d1", "attributes", "size"), "1"), (("scst", "devices", "d2", "attributes", "size"), None),
    (("scst", "targets", "t", "luns", "0"), HERE), (("scst", "targets", "t", "luns", "0", "device"), "d1"),
    (("scst", "targets", "t", "luns", "0", "device", "more"), None), (("scst", "targets", "t", "portals", "10.0.0.1"), None),
    (("nothing",), None), (("svc", "sshd", "nothing"), None),
])
def test_the_value_at_a_path_is_its_scalar_or_here(path, value):
    assert value_at(BASE, path) == value


@pytest.mark.parametrize("facts, has, lacks", [
    ({("scst", "devices", "d1"): None}, [], [("scst", "devices", "d1", "attributes", "size"), ("scst", "devices", "d1", "handler")]),
    ({("scst", "devices", "d1"): None, ("scst", "devices", "d1", "handler"): None}, [], [("scst", "devices", "d1")]),
    ({("scst", "devices", "d1", "attributes", "size"): None}, [("scst", "devices", "d1")], [("scst", "devices", "d1", "attributes", "size")]),
    ({("scst", "targets", "t", "portals", "*"): HERE}, [("scst", "targets", "t", "portals", "*")], []),
    ({("svc", "new"): HERE, ("svc", "new", "enabled"): True, ("svc", "new", "opts"): None}, [("svc", "new")], []),
    ({("svc", "gone"): None}, [("svc", "sshd")], [("svc", "gone")]),
    ({("svc", "sshd"): HERE}, [("svc", "sshd", "opts")], []),
])
def test_a_fact_of_none_takes_away_what_is_below_it_and_any_other_makes_it(facts, has, lacks):
    config = with_facts(BASE, facts)
    assert [value_at(config, path) is not None for path in has] == [True] * len(has)
    assert [value_at(config, path) for path in lacks] == [None] * len(lacks)


def test_a_configuration_with_other_facts_shares_the_sections_and_the_objects_without_any():
    config = with_facts(BASE, {("scst", "devices", "d1", "attributes", "size"): "2", ("svc", "sshd", "opts"): None})
    assert config.net is BASE.net
    assert config.scst.devices["d2"] is BASE.scst.devices["d2"]
    assert config.scst.targets is BASE.scst.targets


def unreadable(name: str) -> Any:
    raise AssertionError(f"{name} was read")


@pytest.mark.parametrize("change", [
    lambda scst: {"devices": having(scst.devices, {"d1": Device("vdisk_nullio")})},
    lambda scst: {"devices": having(having(scst.devices, {"d1": Device("vdisk_nullio")}), {"d2": Device("vdisk_nullio")})},
    lambda scst: {"attributes": {"setup_id": "1"}}, lambda scst: {},
], ids=["one is new", "two are new, one after the other", "an attribute", "nothing"])
def test_what_is_shared_is_not_read(change):
    devices: Mapping[str, Device] = Lazy([f"disk{number}" for number in range(9)], unreadable)
    scst = Scst(devices, Lazy(["t"], unreadable), Lazy(["g"], unreadable), Lazy(["iscsi"], unreadable))
    old = Config(Lazy(FIELDS, lambda field: scst if field == "scst" else unreadable(field)))
    parts = {name: getattr(scst, name) for name in ("devices", "targets", "groups", "drivers", "attributes")}

    new = old.having(scst=Scst(**{**parts, **change(old.scst)}))

    facts = {path: wanted for path, (_, wanted) in diff(old, new).items()}
    assert len(diff(new, old)) == len(facts)
    assert diff(new, with_facts(old, facts)) == {}
    assert value_at(new, ("scst", "devices", "none")) is None


def test_what_is_not_shared_is_read_where_it_may_differ():
    asked: list[str] = []

    def read(name: str) -> Device:
        asked.append(name)
        return Device("vdisk_nullio")

    old, new = (Config(scst=Scst(Lazy(["d1", "d2"], read))) for _ in range(2))
    assert diff(old, new) == {}
    assert sorted(asked) == ["d1", "d1", "d2", "d2"]


@pytest.mark.parametrize("path, ancestors, below", [
    (("a", "b"), {("a",)}, True), (("a",), {("a",)}, True), (("a",), {("a", "b")}, False), (("ab",), {("a",)}, False),
    (("a",), set(), False), (("a",), {()}, True),
])
def test_a_path_is_below_an_ancestor_or_is_it(path, ancestors, below):
    assert is_below(path, ancestors) is below
