"""Random sentences of the language and random configurations, for laws that hold for all of them."""

from __future__ import annotations

import functools
import ipaddress
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from clusters import CIBS, config_of
from hypothesis import strategies as st
from lark_reading import lark_parser

from esosh.config import Config
from esosh.config.ha import Ha
from esosh.config.net import Bond, Bridge, General, Iface, Net, Vlan
from esosh.config.scst import (
    STATES,
    Device,
    DeviceGroup,
    Driver,
    InitiatorGroup,
    Lun,
    Port,
    Scst,
    Target,
    TargetGroup,
)
from esosh.config.svc import Service
from esosh.executors.net.options import canonical
from esosh.language.grammar import grammar
from esosh.language.tables import part
from esosh.records import Record, replace

DEVICES = ("disk01", "disk02", "add", "v-3", "group_id")
HERE = ("21:00:00:e0:8b:9d:74:49", "iqn.2026-11.lab:t1", "host1")  # targets of this host
THERE = ("21:00:00:1b:32:01:6b:11", "iqn.2026-11.lab:t2", "host2")  # the other host's
GROUPS = ("esos", "set", "g.2")
TARGET_GROUPS = ("local", "remote", "rel_tgt_id")
NICS = ("eth0", "eth1", "eth2", "eth3", "ib0", "enp1s0")
ETHTOOL = (("speed", "100"), ("duplex", "full"), ("autoneg", "off"), ("wol", "g"))
BONDS = ("bond0", "bond1", "bond12")
SERVICES = ("scst", "opensm", "enable", "opts")
NAMES = {
    "NEW_DGRP": GROUPS, "DGRP": GROUPS, "NEW_TGRP": TARGET_GROUPS, "TGRP": TARGET_GROUPS, "TARGET": HERE + THERE,
    "PORT": HERE + THERE, "DEVICE": DEVICES, "MEMBER": DEVICES, "BOND": BONDS, "OLD_BOND": BONDS,
    "IFACE": (*NICS, "delete", "unset"),
    "OLD_IFACE": NICS, "WORD": ("delete", "net"), "SLAVE": NICS, "MORE_SLAVE": tuple(f"+{nic}" for nic in NICS),
    "LESS_SLAVE": tuple(f"-{nic}" for nic in NICS), "SERVICE": SERVICES,
    "IP_PREFIX": ("10.1.2.3/24", "192.168.0.1/16"), "IP": ("10.1.2.255", "10.1.2.9"), "MTU": ("1500", "9000"), "ID": ("1", "2"),
    "EXPORTER": HERE, "NEW_TARGET": (*HERE, "iqn.2026-11.lab:new"), "RENAMED": ("iqn.2026-11.lab:new", *HERE),
    "NEW_DEVICE": (*DEVICES, "new"), "GROUP": ("hosts", "del"), "NEW_GROUP": ("hosts", "new"),
    "NEW_INITIATOR": ("iqn.x:1", "iqn.y:2"), "INITIATOR": ("iqn.x:1", "set"),
    "NEW_LUN": ("0", "2"), "LUN": ("0", "1"), "DRIVER": ("iscsi", "qla2x00t"), "HANDLER": ("dev_disk", "vcdrom"),
    "SET_KEY": ("threads_num", "usn", "HeaderDigest", "IncomingUser", "rel_tgt_id"),
    "SECRET_USER": ("joe secretsecret12", "ann @ask"),
    "USER_NAME": ("joe",), "PORTAL": ("10.0.0.1",),
    "RESOURCE": ("p_scst", "ms_drbd", "A", "B", "o1"), "NEW_RESOURCE": ("A", "new", "group"), "CLUSTER_NODE": ("esosa",),
    "RESOURCE_ROLE": ("p_scst", "A:Master"), "RESOURCE_ACTION": ("A", "B:stop"), "OPTION": ("alua", "target-role"),
    "FILE": ("replace", "x.esh"), "ETHTOOL": ("ethtool", "speed"),
}
CLUSTERS = (Ha(), *(config_of(file).ha for file in CIBS if file.stem in ("drbd", "utilization", "sets", "odd")))
Sentence = list[tuple[str, str]]  # words, each with its terminal


# sentences


@functools.cache
def productions() -> dict[str, list[Any]]:
    """The alternatives of each rule of the grammar, as Lark holds them: what repeats is a rule of its own."""
    alternatives: dict[str, list[Any]] = {}
    for rule in lark_parser().rules:
        alternatives.setdefault(str(rule.origin.name), []).append(rule.expansion)
    return alternatives


@functools.cache
def commands(origin: str = "start") -> tuple[str, ...]:
    """The rules for a whole line: the alternatives of `start`, through rules that begin with "_"."""
    inner = [expansion[0].name for expansion in productions()[origin]]
    return tuple(rule for name in inner for rule in (commands(name) if name.startswith("_") else (name,)))


EDITS = commands("_edit")


@st.composite
def derived(draw: st.DrawFn, symbol: Any) -> Sentence:
    """The words of a rule or of a terminal."""
    if symbol.is_term:
        return [(draw(word(symbol.name)), symbol.name)]
    expansion = draw(st.sampled_from(productions()[symbol.name]))
    return [word for part in expansion for word in draw(derived(part))]


def word(terminal: str) -> st.SearchStrategy[str]:
    """A keyword, or a word that fits the pattern, often the name of something that may exist."""
    if terminal in grammar().texts:
        return st.just(grammar().texts[terminal])
    fitting = st.from_regex(pattern(terminal), fullmatch=True)
    return st.one_of(st.sampled_from(NAMES[terminal]), fitting) if terminal in NAMES else fitting


def pattern(terminal: str) -> re.Pattern[str]:
    """The pattern of a terminal that is no keyword."""
    return re.compile(part("patterns")[terminal])


@st.composite
def sentences(draw: st.DrawFn, rules: tuple[str, ...] = ()) -> tuple[str, Sentence]:
    """A rule, and a sentence of it."""
    rule = draw(st.sampled_from(rules or commands()))
    expansion = draw(st.sampled_from(productions()[rule]))
    return rule, [word for part in expansion for word in draw(derived(part))]


def typed(sentence: Sentence) -> list[str]:
    """The words as a person types them: keys joined to their values, names that are keywords in quotes."""
    words, key = [], ""
    for text, terminal in sentence:
        if is_key(terminal):
            key = text
        else:
            words.append(key + (text if terminal in grammar().texts else _safe(text)))
            key = ""
    return words


def is_key(terminal: str) -> bool:
    """Whether a value follows without a blank."""
    return terminal in ("OTHER_KEY", "OPTION_KEY") or grammar().texts.get(terminal, "").endswith("=")


def _safe(text: str) -> str:
    return text if shlex.quote(text) == text and text not in grammar().keywords else _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


# configurations

ids = st.integers(0, 65535)  # 0: no id
options = st.lists(st.from_regex(r"[a-zA-Z0-9_./,:@%+~-]{1,8}", fullmatch=True), max_size=3).map(" ".join)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """A configuration that lines of the language can make."""
    services = st.dictionaries(st.sampled_from(SERVICES), st.builds(Service, st.booleans(), st.none() | options))
    return Config(scst=draw(scst()), net=draw(net()), svc=draw(services), ha=draw(st.sampled_from(CLUSTERS)))


def attributes(**choices: list[str]) -> st.SearchStrategy[Mapping[str, str]]:
    """Some attributes, none at its default."""
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in choices.items()})


@st.composite
def scst(draw: st.DrawFn) -> Scst:
    extra = attributes(threads_num=["4"], usn=["here", "X1"], other=["add", ""], read_only=["1"])
    files = st.sampled_from(["/dev/sda", "/here"])
    devices = {name: Device("vdisk_blockio", {"filename": draw(files), **draw(extra)}) for name in draw(some(DEVICES))}
    local = {HERE[0]: replace(draw(targets(devices)), driver="qla2x00t")}
    local.update({name: draw(targets(devices)) for name in draw(some(HERE[1:]))})
    free = draw(st.permutations(sorted(devices)))
    groups = {}
    for name in draw(some(GROUPS)):
        count = draw(st.integers(0, len(free)))
        groups[name] = DeviceGroup(frozenset(free[:count]), draw(target_groups(frozenset(local))))
        free = free[count:]
    iscsi = draw(st.builds(Driver, st.booleans(), attributes(link_local=["0"]), USERS, OUTGOING))
    copy_manager = draw(st.builds(Driver, attributes=attributes(allow_not_connected_copy=["1"])))
    drivers = {"iscsi": iscsi, "qla2x00t": Driver(), "copy_manager": copy_manager}
    return Scst(devices, local, groups, drivers, draw(attributes(setup_id=["0x12"], cluster_name=["here", "two words"])))


def some(names: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Some of these names."""
    return st.lists(st.sampled_from(names), unique=True)


USERS = st.dictionaries(st.sampled_from(["joe", "add"]), st.sampled_from(["secretsecret12", "groupgroupgroup"]))
OUTGOING = st.sampled_from(["", "ann secretsecret12"])
PORTALS = st.frozensets(st.sampled_from(["10.0.0.1", "10.77.*"]))


@st.composite
def targets(draw: st.DrawFn, devices: Mapping[str, Device]) -> Target:
    """A target; SCST gives an enabled one an id."""
    enabled = draw(st.booleans())
    groups, free = {}, draw(st.permutations(["iqn.x:1", "iqn.*", "set"]))
    for name in draw(some(["hosts", "del"])):
        count = draw(st.integers(0, len(free)))
        groups[name] = InitiatorGroup(draw(luns(devices)), frozenset(free[:count]), draw(attributes(addr_method=["FLAT"])))
        free = free[count:]
    extra = attributes(HeaderDigest=["CRC32C"], comment=["two words", "here"], cpu_mask=["1"])
    return Target("iscsi", enabled, draw(st.integers(1, 65535) if enabled else ids), draw(extra), draw(USERS), draw(OUTGOING),
                  draw(PORTALS), draw(luns(devices)), groups)


@st.composite
def luns(draw: st.DrawFn, devices: Mapping[str, Device]) -> dict[str, Lun]:
    """LUNs in the order of their numbers."""
    numbers = draw(some(["0", "1", "10"])) if devices else []
    return {number: Lun(draw(st.sampled_from(sorted(devices))), draw(attributes(read_only=["1"])))
            for number in sorted(numbers, key=int)}


@st.composite
def target_groups(draw: st.DrawFn, local: frozenset[str]) -> dict[str, TargetGroup]:
    """The target groups of one device group; a target is in at most one of them."""
    free = draw(st.permutations(HERE + THERE))
    groups = {}
    for name in draw(st.lists(st.sampled_from(TARGET_GROUPS), unique=True)):
        count = draw(st.integers(0, len(free)))
        ports = {target: Port(0 if target in local else draw(ids)) for target in free[:count]}
        free = free[count:]
        state = draw(st.sampled_from(STATES))
        groups[name] = TargetGroup(draw(ids), state, draw(st.booleans()), ports)
    return groups


@st.composite
def net(draw: st.DrawFn) -> Net:
    free = draw(st.permutations(NICS))
    bonds, ifaces = {}, {}
    for name in draw(st.lists(st.sampled_from(BONDS), unique=True)):
        count = draw(st.integers(0, len(free)))
        link = draw(links())
        bonds[name] = Bond(tuple(free[:count]), draw(bond_options()), *link)
        free = free[count:]
    for name in free[: draw(st.integers(0, len(free)))]:
        ifaces[name] = Iface(*draw(links()), sum(draw(st.lists(st.sampled_from(ETHTOOL), max_size=2)), ()))
    parents = [*bonds, *free[:2]]
    vlans = {f"{parent}.{number}": Vlan(draw(st.sampled_from([(), ("0:1",), ("5:5", "0:2")])), *draw(links()))
             for parent in parents for number in draw(st.sets(st.sampled_from([7, 100, 4094]), max_size=2))}
    ports = draw(st.permutations([*free, *bonds, *vlans]))
    bridges = {}
    for name in draw(st.sampled_from([[], ["br0"], ["br0", "br7"]])):
        count = draw(st.integers(0, 2))
        bridges[name] = Bridge(tuple(ports[:count]), *draw(links()))
        ports = ports[count:]
    settings = st.dictionaries(st.just("stp"), st.sampled_from(["on", "here"]))
    sections = st.dictionaries(st.sampled_from(["p1p1", "bond0x"]), settings)
    addresses = st.ip_addresses().map(str)
    names = st.lists(st.sampled_from(["san2", "san2.lan", "here"]), min_size=1, max_size=2, unique=True).map(tuple)
    hosts = draw(st.dictionaries(addresses, names, max_size=2))
    return Net(draw(generals()), hosts, bonds, vlans, bridges, ifaces, draw(sections))


def generals() -> st.SearchStrategy[General]:
    hosts = st.just("here") | st.from_regex(pattern("HOSTNAME"), fullmatch=True)
    domains = st.just("") | st.from_regex(pattern("DOMAIN"), fullmatch=True)
    address = st.ip_addresses(v=4).map(str)
    other = st.dictionaries(st.just("xtra"), st.sampled_from(["", "here"]))
    return st.builds(General, hosts, domains, st.just("") | address, st.lists(address, max_size=3).map(tuple), other)


@st.composite
def links(draw: st.DrawFn) -> tuple[str, int, Optional[str]]:
    """The address, mtu and broadcast of a link."""
    mtu = draw(st.sampled_from([1500, 65520]) | st.integers(68, 65535))
    interface = ipaddress.IPv4Interface((draw(st.ip_addresses(v=4)), draw(st.integers(0, 32))))
    network = interface.network
    if network.prefixlen < 31 and interface.ip in (network.network_address, network.broadcast_address):
        return draw(st.sampled_from(["dhcp", "none"])), mtu, None
    broadcast = draw(st.none() | st.ip_addresses(v=4).map(str))
    return str(interface), mtu, None if broadcast == str(network.broadcast_address) else broadcast


@st.composite
def bond_options(draw: st.DrawFn) -> Mapping[str, str]:
    """Options that grammar and kernel accept, as the kernel shows them, `mode` and `miimon` first."""
    options = {}
    for expansion in draw(st.lists(st.sampled_from(productions()["_bond_option"]), max_size=4)):
        (key, _), (value, _) = draw(derived(expansion[0])) + draw(derived(expansion[1]))
        shown = canonical(key.rstrip("="), value)
        if shown is not None:
            options[key.rstrip("=")] = shown
    return {**{key: options[key] for key in ("mode", "miimon") if key in options}, **options}


def with_reversed_mappings(value: Any) -> Any:
    """The same configuration with its mappings in the opposite order."""
    if isinstance(value, Mapping):
        return {key: with_reversed_mappings(inner) for key, inner in reversed([*value.items()])}
    if isinstance(value, Record):
        names = [*value.PARTS]
        return replace(value, **{name: with_reversed_mappings(getattr(value, name)) for name in names})
    return value
