from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from esosh.completions import Context, Name, Names, keys, lacking, merged, names, server, value
from esosh.config import Config
from esosh.config.net import Bond, Bridge, General, Iface, Net, Vlan
from esosh.config.scst import Device, DeviceGroup, Driver, Port, Scst, Target, TargetGroup
from esosh.config.svc import Service
from esosh.executors.net.options import MODES, OPTIONS
from esosh.host.local import LocalHost
from esosh.language.grammar import grammar
from esosh.language.source import meanings, source
from esosh.records import replace

FREE = {  # values that no list of names can foresee
    "NEW_TGRP", "ID", "IP_PREFIX", "IP", "IPS", "MAC", "MTU", "NUMBER", "ETHTOOL", "HOSTNAME", "DOMAIN", "OPTS", "TEXT", "COUNT", "WORD",
    "NEW_CIB", "PLAN", "TIME", "NEW_DEVICE", "NEW_TARGET", "NEW_GROUP", "OTHER_KEY", "VALUE", "WORDS", "HEX", "SETUP_ID", "NODE",
    "EGRESS", "HOST_IP", "IDENTITY", "VENDOR", "PRODUCT", "REVISION", "SERIAL", "SECRET_USER", "PORTAL", "IO_GROUPING", "CPU_MASK",
    "NEW_RESOURCE", "SCORE", "ORDER_KIND", "NODE_ID", "OPTIONS", "OPTION", "OPTION_VALUE", "XML",
}

HERE, THERE, SPARE = "21:00:00:e0:8b:9d:74:49", "21:00:00:1b:32:01:6b:11", "21:01:00:e0:8b:bd:74:49"
LOCAL = TargetGroup(1, "active", True, {HERE: Port(), THERE: Port(rel_tgt_id=7)})
SCST = Scst(
    devices={"disk02": Device("vdisk_blockio"), "disk01": Device("vdisk_blockio"), "disk03": Device("vdisk_fileio")},
    targets={HERE: Target("qla2x00t", rel_tgt_id=5), SPARE: Target("qla2x00t")},
    groups={
        "esos": DeviceGroup(frozenset({"disk01"}), {"local": LOCAL, "remote": TargetGroup(2, "nonoptimized")}),
        "other": DeviceGroup(),
    },
    drivers={"qla2x00t": Driver()},
)
NET = Net(
    General(hostname="san1", nameservers=("10.0.0.2", "10.0.0.3")),
    bonds={"bond0": Bond(("eth1", "eth2"), {"mode": "802.3ad", "miimon": "100"}, "10.1.2.3/24")},
    ifaces={"eth0": Iface("dhcp"), "eth9": Iface(mtu=9000)},
)
SVC = {"opensm": Service(opts="--daemon"), "openibd": Service(enabled=True)}
LIVE = Config(scst=SCST, net=NET, svc=SVC)
NICS = ("bond0", "bonding_masters", "eth0", "eth1", "eth2", "eth3", "lo")


def known(words: str = "", candidate: Config = LIVE) -> Context:
    """`words` as TERMINAL:text, and a key as it is."""
    said = (tuple(word.split(":", 1)) if ":" in word else ("", word) for word in words.split())
    return Context(LIVE, candidate, lambda folder: NICS, tuple((terminal, text) for terminal, text in said))


def texts(terminal: str, words: str = "", candidate: Config = LIVE) -> list[str]:
    return [name.text for name in names(terminal, known(words, candidate))]


def origins(terminal: str, candidate: Config, words: str = "") -> dict[str, str]:
    return {name.text: name.origin for name in names(terminal, known(words, candidate))}


def test_each_word_of_the_users_is_served_once_or_is_free():
    served = {terminal for terminal in grammar().patterns if server(terminal)}
    assert served | FREE == set(grammar().patterns)
    assert not served & FREE


@pytest.mark.parametrize("terminal, words, expected", [
    ("DGRP", "", ["esos", "other"]),
    ("TGRP", "DGRP:esos", ["local", "remote"]),
    ("TGRP", "DGRP:other", []),
    ("TGRP", "DGRP:nowhere", []),
    ("PORT", "DGRP:esos TGRP:local", [HERE, THERE]),
    ("PORT", f"DGRP:esos TGRP:local PORT:{HERE}", [THERE]),
    ("PORT", "DGRP:esos TGRP:remote", []),
    ("TARGET", "DGRP:esos TGRP:remote", [SPARE, HERE, THERE]),
    ("TARGET", "DGRP:other TGRP:new", [HERE, SPARE, THERE]),
    ("TARGET", f"DGRP:esos TGRP:remote TARGET:{SPARE}", [HERE, THERE]),
    ("DEVICE", "DGRP:other", ["disk02", "disk03", "disk01"]),
    ("DEVICE", "DGRP:other DEVICE:disk02", ["disk03", "disk01"]),
    ("MEMBER", "DGRP:esos", ["disk01"]),
    ("MEMBER", "DGRP:esos MEMBER:disk01", []),
    ("EXPORT", "", ["disk02", "disk01", "disk03", HERE, SPARE, "qla2x00t"]),
    ("OLD_BOND", "", ["bond0"]),
    ("BOND", "", ["bond0", "bond1"]),
    ("IFACE", "", ["eth0", "eth9", "eth3", "eth1", "eth2"]),
    ("OLD_IFACE", "", ["eth0", "eth9"]),
    ("LINK", "", ["bond0", "eth0", "eth9", "general"]),
    ("SLAVE", "BOND:bond1", ["eth0", "eth3", "eth1", "eth2"]),
    ("SLAVE", "BOND:bond1 SLAVE:eth3", ["eth0", "eth1", "eth2"]),
    ("SLAVE", "BOND:bond0 SLAVE:eth3 primary=", ["eth1", "eth2", "eth3"]),
    ("MORE_SLAVE", "BOND:bond0", ["+eth0", "+eth3"]),
    ("MORE_SLAVE", "BOND:bond0 MORE_SLAVE:+eth3", ["+eth0"]),
    ("MORE_SLAVE", "BOND:bond1", []),
    ("LESS_SLAVE", "BOND:bond0 LESS_SLAVE:-eth1", ["-eth2"]),
    ("SERVICE", "", ["opensm", "openibd"]),
    ("SERVICE", "SERVICE:opensm", ["openibd"]),
    ("MODE_NUMBER", "", [str(number) for number in range(len(MODES))]),
    ("NUMBER", "", []),
])
def test_names_are_those_that_fit_the_line(terminal, words, expected):
    assert texts(terminal, words) == expected


@pytest.mark.parametrize("terminal, words, name", [
    ("DGRP", "", Name("esos", "live", "local remote, 1 device")),
    ("TGRP", "DGRP:esos", Name("local", "live", "group_id 1 active, preferred")),
    ("PORT", "DGRP:esos TGRP:local", Name(HERE, "live", "local, rel_tgt_id 5")),
    ("PORT", "DGRP:esos TGRP:local", Name(THERE, "live", "remote, rel_tgt_id 7")),
    ("TARGET", "DGRP:esos", Name(THERE, "live", "the other host's, in esos local")),
    ("DEVICE", "DGRP:other", Name("disk01", "live", "vdisk_blockio, in esos")),
    ("DEVICE", "DGRP:other", Name("disk03", "live", "vdisk_fileio, in no device group")),
    ("BOND", "", Name("bond0", "live", "eth1 eth2, 802.3ad, address 10.1.2.3/24")),
    ("IFACE", "", Name("eth3", "live", "not configured")),
    ("SLAVE", "BOND:bond1", Name("eth1", "live", "slave of bond0")),
    ("SERVICE", "", Name("opensm", "live", "disabled, opts --daemon")),
])
def test_a_name_tells_its_current_value(terminal, words, name):
    assert name in names(terminal, known(words))


def test_a_device_that_no_commit_made_yet_is_the_candidate_s():
    scst = replace(LIVE.scst, devices={**LIVE.scst.devices, "disk09": Device("vdisk_fileio")})
    found = names("DEVICE", known("DGRP:other", LIVE.having(scst=scst)))
    assert Name("disk09", "candidate", "vdisk_fileio, in no device group") in found
    assert Name("disk03", "live", "vdisk_fileio, in no device group") in found


BUSY = replace(NET, bridges={"br0": Bridge(("eth3",))}, vlans={"eth0.7": Vlan(), "bond0.9": Vlan()})
WIRED = {"/sys/class/net": (*NICS, "eth4", "eth5", "eth6", "p1p1"), "/sys/class/net/eth4": ("upper_bond7", "mtu"), "/sys/class/net/eth6": ("upper_bond0",)}


@pytest.mark.parametrize("terminal, words, meanings_of", [
    ("SLAVE", "BOND:bond1", {"eth4": "below bond7 now, by hand", "eth5": "free", "eth6": "below bond0 now, by hand", "eth0": "has the VLAN eth0.7",
                             "eth1": "slave of bond0", "eth2": "slave of bond0", "eth3": "member of br0", "p1p1": "rc.network does not handle such a name"}),
    ("MORE_SLAVE", "BOND:bond0", {"+eth4": "below bond7 now, by hand", "+eth5": "free", "+eth6": "below bond0 now, by hand", "+eth0": "has the VLAN eth0.7",
                                  "+eth3": "member of br0", "+p1p1": "rc.network does not handle such a name"}),
    ("BRIDGE_MEMBER", "BRIDGE:br1", {"eth0": "address dhcp", "eth4": "below bond7 now, by hand", "eth5": "free", "eth6": "below bond0 now, by hand",
                                     "bond0": "eth1 eth2, 802.3ad, address 10.1.2.3/24", "eth0.7": "no address", "bond0.9": "no address",
                                     "eth1": "slave of bond0", "eth2": "slave of bond0", "eth3": "member of br0", "p1p1": "rc.network does not handle such a name"}),
    ("IFACE", "", {"eth0": "address dhcp", "eth9": "no address", "eth3": "not configured", "eth4": "below bond7 now, by hand",
                   "eth5": "not configured", "eth6": "below bond0 now, by hand", "eth1": "slave of bond0", "eth2": "slave of bond0",
                   "p1p1": "rc.network does not handle such a name"}),
    ("VLAN", "", {"eth0.7": "no address", "bond0.9": "no address", "bond0.": "a VLAN on it: its number follows", "br0.": "a VLAN on it: its number follows",
                  "eth0.": "a VLAN on it: its number follows", "eth3.": "a VLAN on it: its number follows", "eth4.": "a VLAN on it: its number follows",
                  "eth5.": "a VLAN on it: its number follows", "eth6.": "a VLAN on it: its number follows",
                  "eth1.": "slave of bond0: a VLAN goes on the bond", "eth2.": "slave of bond0: a VLAN goes on the bond"}),
])
def test_free_interfaces_come_first_and_the_others_say_why_they_are_not(terminal, words, meanings_of):
    said = tuple(tuple(word.split(":", 1)) for word in words.split())
    box = Config(net=BUSY)
    found = names(terminal, Context(box, box, lambda folder: WIRED.get(folder, ()), said))
    assert [(name.text, name.value) for name in found] == list(meanings_of.items())


def test_the_words_that_the_bonding_driver_does_not_take_are_offered_to_be_taken_away():
    box = Config(net=replace(NET, bonds={"bond0": Bond(other={"bondopts": "miimon=on odd"})}))
    found = names("BOND_WORD", Context(box, box, words=(("OLD_BOND", "bond0"),)))
    assert [(name.text, name.value) for name in found] == [("miimon", "no option of the driver: miimon=on"), ("odd", "no option of the driver: odd")]


def test_what_the_candidate_made_and_took_away_is_told_apart():
    scst = replace(SCST, groups={"esos": DeviceGroup(), "fresh": DeviceGroup()})
    candidate = Config(scst=scst, net=replace(NET, bonds={"bond1": Bond()}), svc=SVC)

    assert origins("DGRP", candidate) == {"esos": "live", "fresh": "candidate", "other": "gone"}
    assert origins("NEW_DGRP", candidate) == {"other": "gone"}
    assert origins("TGRP", candidate, "DGRP:esos") == {"local": "gone", "remote": "gone"}
    assert origins("BOND", candidate) == {"bond1": "candidate", "bond0": "gone", "bond2": "new"}


@pytest.mark.parametrize("key, words, expected", [
    ("group_id=", "ALUA:alua DGRP:esos TGRP:local", "1"),
    ("state=", "ALUA:alua DGRP:esos TGRP:remote", "nonoptimized"),
    ("preferred", "ALUA:alua DGRP:esos TGRP:local", "1"),
    ("group_id=", "ALUA:alua DGRP:esos TGRP:nowhere", ""),
    ("rel_tgt_id=", f"ALUA:alua DGRP:esos TGRP:local PORT:{THERE}", "7"),
    ("rel_tgt_id=", f"ALUA:alua DGRP:esos TGRP:local TARGET:{HERE}", "5"),
    ("miimon=", "NET:net BOND:bond0", "100"),
    ("miimon=", "NET:net BOND:bond1", ""),
    ("slaves", "NET:net BOND:bond0", "eth1 eth2"),
    ("mtu=", "NET:net IFACE:eth9", "9000"),
    ("nameservers", "NET:net", "10.0.0.2 10.0.0.3"),
    ("opts=", "SVC:svc SERVICE:opensm", "--daemon"),
    ("opts=", "SVC:svc SERVICE:openibd", ""),
    ("hostname=", "", ""), ("hostname=", "SVC:svc SERVICE:opensm", ""),
    ("unheard_of=", "NET:net", ""),
])
def test_a_key_has_the_value_of_the_object_that_the_line_names(key, words, expected):
    assert value(key, known(words)) == expected


def test_files_are_those_of_the_folder_that_the_word_begins_with(tmp_path):
    (tmp_path / "first.esh").touch()
    (tmp_path / ".hidden").touch()
    (tmp_path / "more").mkdir()

    assert [name.text for name in names("FILE", Context(prefix=f"{tmp_path}/f"))] == [f"{tmp_path}/first.esh", f"{tmp_path}/more/"]
    assert f"{tmp_path}/.hidden" in [name.text for name in names("NEW_FILE", Context(prefix=f"{tmp_path}/.h"))]
    assert list(names("FILE", Context(prefix=f"{tmp_path}/nowhere/"))) == []


def test_the_files_of_the_folder_one_is_in_have_no_folder_in_front(tmp_path, monkeypatch):
    (tmp_path / "first.esh").touch()
    monkeypatch.chdir(tmp_path)

    assert [name.text for name in names("FILE", Context(prefix="fi"))] == ["first.esh"]


def test_paths_are_those_of_the_box(tmp_path):
    (tmp_path / "dev" / "mapper").mkdir(parents=True)
    (tmp_path / "dev" / "sdb").touch()
    host = LocalHost(str(tmp_path))

    assert [name.text for name in names("PATH", Context(prefix="/dev/", host=host))] == ["/dev/mapper/", "/dev/sdb"]
    assert [list(names("PATH", Context(prefix=prefix, host=host))) for prefix in ("", "dev/", "/nowhere/")] == [[], [], []]


@pytest.mark.parametrize("words, expected", [
    ("SCST:scst X:device ADD:add BLOCKIO:vdisk_blockio NEW_DEVICE:d1", ("filename",)),
    ("SCST:scst X:device ADD:add BLOCKIO:vdisk_blockio NEW_DEVICE:d1 filename=", ()),
    ("SCST:scst X:device ADD:add BLOCKIO:vdisk_blockio", ()), ("SCST:scst X:device ADD:add NULLIO:vdisk_nullio NEW_DEVICE:vdisk_fileio", ()),
])
def test_a_device_with_a_file_lacks_it_as_long_as_the_line_does(words, expected):
    assert lacking(known(words)) == expected


def test_unset_offers_the_keys_that_are_set():
    users = Config(scst=replace(SCST, targets={"t": Target("iscsi", users={"joe": "secretsecret12"})}), net=NET, svc=SVC)
    assert set(keys(known("SCST:scst X:target Y:unset EXPORTER:t", users))) == {"IncomingUser"}
    assert set(keys(known("SCST:scst X:target Y:unset EXPORTER:21:01:00:e0:8b:bd:74:49", users))) == set()


def test_a_lip_is_for_ports_of_fibre_channel_and_only_what_was_made_is_deleted():
    both = Config(scst=replace(SCST, targets={**SCST.targets, "iqn.x:t": Target("iscsi")}), net=NET, svc=SVC)
    made = [[name.text for name in names("EXPORTER", Context(both, both, words=(("", "target"), ("", verb))))] for verb in ("lip", "del", "set")]
    assert made == [[HERE, SPARE], ["iqn.x:t"], [HERE, SPARE, "iqn.x:t"]]


def test_every_key_has_its_meaning_and_no_other():
    rules = re.sub(r"//.*", "", source())
    assert set(re.findall(r'"(\w+=)"', rules)) == set(meanings())


@pytest.mark.parametrize("words, mode", [
    ("BOND:bond0", "802.3ad"), ("BOND:bond1", "balance-rr"), ("BOND:bond0 mode= MODE:balance-alb", "balance-alb"),
    ("BOND:bond1 mode= MODE_NUMBER:4", "802.3ad"), ("BOND:bond0 mode=", "802.3ad"), ("BOND:bond0 mode= MODE:nonsense", "802.3ad"),
])
def test_a_bond_has_the_keys_that_its_mode_knows(words, mode):
    options = {option.name for option in OPTIONS if option.belongs_to(mode)}
    assert set(keys(known(f"NET:net BOND_WORD:bond {words}"))) == {"address", "mtu", "broadcast", *options}
    assert "mode" in options


@pytest.mark.parametrize("words, key, described", [
    ("BOND:bond1", "miimon", "default 0, 0 to 2147483647"), ("BOND:bond0", "miimon", "default 100, 0 to 2147483647"),
    ("BOND:bond0", "ad_actor_sys_prio", "default 65535, 1 to 65535"), ("BOND:bond0", "lacp_rate", "default slow"),
    ("BOND:bond0", "mode", "default balance-rr"), ("BOND:bond0", "use_carrier", "default 1"),
    ("BOND:bond1", "arp_ip_target", "default none"), ("BOND:bond1", "mtu", "default 1500, 68 to 65535"),
    ("IFACE:ib0", "mtu", "default 65520, 68 to 65535"), ("IFACE:eth3", "address", "default none"),
    ("GENERAL:general", "hostname", "default localhost"),
])
def test_a_key_of_the_network_has_its_default_and_its_range(words, key, described):
    assert keys(known(f"NET:net {words}"))[key] == described


class Read(dict):
    """A mapping that knows which of its values were looked at."""

    def __init__(self, names, value):
        super().__init__(dict.fromkeys(names, value))
        self.looked_at = []

    def __getitem__(self, name):
        self.looked_at.append(name)
        return super().__getitem__(name)

    get = values = items = None  # whoever asks for these looks at all


@pytest.mark.parametrize("terminal, field, kind", [
    ("EXPORT", "devices", Device("vdisk_blockio")), ("DEVICE", "devices", Device("vdisk_blockio")), ("DGRP", "groups", DeviceGroup()),
    ("DRIVER", "drivers", Driver()), ("EXPORTER", "targets", Target("iscsi")),
])
def test_of_many_objects_only_those_are_read_that_somebody_looks_at(terminal, field, kind):
    many = Read((f"d{number}" for number in range(1000)), kind)
    parts = {"devices": {}, "groups": {}, "drivers": {}, "targets": {}, field: many}
    config = SimpleNamespace(scst=SimpleNamespace(**parts))

    found = names(terminal, Context(config, config))

    assert (len(found), many.looked_at) == (1000, [])
    assert found["d7"].origin == "live" and many.looked_at == ["d7"]


@pytest.mark.parametrize("prefix, texts", [("", ["b1", "a1", "a12"]), ("a", ["a1", "a12"]), ("a12", ["a12"]), ("a13", []), ("a1", ["a1", "a12"])])
def test_names_that_begin_alike_keep_their_order(prefix, texts):
    some = Names.of(map(Name, ("b1", "a1", "a12")))
    assert some.beginning_with("a123") == []
    assert some.beginning_with(prefix) == texts


def test_names_are_joined_and_left_out_in_their_order():
    live, candidate = {"a": 1, "b": 2}, {"c": 3, "b": 4}
    both = merged(live, candidate, lambda name, value: str(value))
    assert list(both) == [Name("c", "candidate", "3"), Name("b", "live", "4"), Name("a", "gone", "1")]
    assert list(both.without(["b", "x"]) + [Name("a", "new"), Name("d")]) == [Name("c", "candidate", "3"), Name("a", "gone", "1"), Name("d")]
