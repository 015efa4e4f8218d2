"""The whole configuration: its sections are read when somebody asks for them, and shared where they are the same."""

from __future__ import annotations

import pytest

from esosh.config import FIELDS, Config, blank
from esosh.config.ha import Element, Ha
from esosh.config.lazy import Lazy
from esosh.config.net import General, Net
from esosh.config.paths import diff, flatten
from esosh.config.scst import Device, Scst
from esosh.config.svc import Service
from esosh.language.sections import module

READ = {"scst": Scst({"disk01": Device("vdisk_nullio")}), "net": Net(General("san1")), "svc": {"sshd": Service(True)}, "ha": Ha(tags={"t": Element("tag")})}
NEW = {"svc": {"sshd": Service()}}


class Source:
    """A box of which each section is read by its own name; `asked` are those that were."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.config = Config(Lazy(FIELDS, self._read))

    def _read(self, field: str) -> object:
        self.asked.append(field)
        return READ[field]


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.mark.parametrize("look, asked", [
    (lambda config: config.net, ["net"]), (lambda config: (config.net, config.net), ["net"]),
    (lambda config: config.having(**NEW).svc, []), (lambda config: config.having(**NEW).net, ["net"]),
    (lambda config: config.having(), []), (lambda config: config == config, []),
    (lambda config: config == config.having(), []), (lambda config: config == config.having(**NEW), ["svc"]),
    (lambda config: diff(config, config.having(**NEW)), ["svc"]), (lambda config: diff(config.having(**NEW), config), ["svc"]),
    (lambda config: diff(config, config), []), (flatten, list(FIELDS)), (blank, list(FIELDS)), (repr, list(FIELDS)),
    (lambda config: [config.shares(config.having(), field) for field in FIELDS], []),
])
def test_a_section_is_read_when_it_is_looked_at_and_no_other(source, look, asked):
    look(source.config)
    assert source.asked == asked


def test_a_section_is_read_once_for_all_configurations_that_have_it(source):
    first = source.config
    second = first.having(**NEW)
    third = second.having(net=Net())
    assert third.scst is second.scst is first.scst is READ["scst"]
    assert source.asked == ["scst"]


@pytest.mark.parametrize("make, shared", [
    (lambda config: config, ["scst", "net", "svc", "ha"]), (lambda config: config.having(), ["scst", "net", "svc", "ha"]),
    (lambda config: config.having(**NEW), ["scst", "net", "ha"]), (lambda config: config.having(svc=config.svc), ["scst", "net", "svc", "ha"]),
    (lambda config: config.having(**NEW).having(net=Net()), ["scst", "ha"]), (lambda config: Config(**READ), ["scst", "net", "svc", "ha"]),
    (lambda config: Config(), []), (lambda config: Source().config.having(svc={}), ["scst", "net", "ha"]),
])
def test_configurations_share_what_is_the_same_object_in_both(source, make, shared):
    other = make(source.config)
    for config in (source.config, other):
        assert config.scst is not None and config.net is not None and config.ha is not None
    assert [field for field in FIELDS if source.config.shares(other, field)] == shared
    assert [field for field in FIELDS if other.shares(source.config, field)] == shared


def test_two_readings_share_nothing_before_they_are_read(source):
    assert [source.config.shares(Source().config, field) for field in FIELDS] == [False] * len(FIELDS)


def test_a_configuration_of_nothing_has_each_section_empty():
    assert [getattr(Config(), field) for field in FIELDS] == [module("config", field).EMPTY for field in FIELDS]
    assert Config() == Config(**{field: module("config", field).EMPTY for field in FIELDS})


@pytest.mark.parametrize("one, other, equal", [
    (Config(), Config(), True), (Config(**READ), Config(**READ), True), (Source().config, Config(**READ), True),
    (Source().config, Source().config, True), (Config(**READ), Config(**{**READ, **NEW}), False),
    (Source().config, Source().config.having(**NEW), False), (Source().config.having(**NEW), Config(**{**READ, **NEW}), True),
    (Config(), Config(**READ), False), (Config(), {}, False),
])
def test_configurations_are_equal_when_their_sections_are(one, other, equal):
    assert (one == other, other == one, one != other) == (equal, equal, not equal)


def test_a_configuration_does_not_change(source):
    with pytest.raises(AttributeError, match="net does not change"):
        source.config.net = Net()
