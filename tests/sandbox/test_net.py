"""The sandbox's network answers as a real kernel did, and comes back to what it was."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from places import DATA

from esosh.host import Output
from esosh.sandbox import net
from esosh.sandbox.kernel import Kernel
from esosh.sandbox.net import files as net_files
from esosh.sandbox.tree import Tree

NET = "/sys/class/net"
NICS = [(f"eth{port}", f"52:54:00:00:0{1 + port // 4}:0{port % 4}") for port in range(6)]
RECORDED = json.loads((DATA / "net-bonding.json").read_text())


def booted(root: Path) -> Kernel:
    kernel = Kernel(root, {NET + "/": net.write})
    with kernel.command() as tree:
        net.boot(tree, NICS)
    return kernel


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return booted(tmp_path)


@pytest.fixture(scope="module")
def bonded(tmp_path_factory: pytest.TempPathFactory) -> Kernel:
    """With a bond at work, and changed by no test."""
    kernel = booted(tmp_path_factory.mktemp("bonded"))
    bond(kernel)
    return kernel


def run(kernel: Kernel, line: str) -> Output:
    argv = line.split()
    return net.PROGRAMS[argv[0]](kernel, argv, "")


def write(kernel: Kernel, path: str, text: str) -> str:
    try:
        kernel.write(f"{NET}/{path}", text + "\n")
    except OSError as error:
        assert error.strerror == os.strerror(error.errno or 0)
        return errno.errorcode[error.errno or 0]
    return "OK"


def do(kernel: Kernel, *lines: str) -> None:
    """Each line is a call, or TEXT > PATH; all of them work."""
    for line in lines:
        text, arrow, path = line.partition(" > ")
        if arrow:
            assert write(kernel, path, text) == "OK", line
        else:
            assert run(kernel, line).status == 0, line


def read(kernel: Kernel, path: str) -> str:
    return kernel.read(f"{NET}/{path}")


def files(root: Path) -> dict[str, tuple[int, str]]:
    """Every file, folder and link below a folder, with its mode and content."""
    found = {}
    for place in root.rglob("*"):
        text = os.readlink(place) if place.is_symlink() else "" if place.is_dir() else place.read_text()
        if ".kernel" not in place.parts:
            found[str(place.relative_to(root))] = (place.lstat().st_mode, text)
    return found


def bond(kernel: Kernel, mode: str = "1") -> None:
    do(kernel, "+bond0 > bonding_masters", f"{mode} > bond0/bonding/mode", "100 > bond0/bonding/miimon")
    do(kernel, "ip link set eth1 down", "+eth1 > bond0/bonding/slaves")
    do(kernel, "ip link set eth2 down", "+eth2 > bond0/bonding/slaves", "ip link set bond0 up")


def test_the_kernel_answers_as_recorded(kernel: Kernel) -> None:
    for case in RECORDED:
        if "run" in case:
            assert run(kernel, case["run"]).status == 0, case
        elif "read" in case:
            assert read(kernel, case["read"]) == case["text"], case
        else:
            assert write(kernel, case["write"], case["text"]) == case["result"], case


def test_undoing_all_gives_every_file_back(kernel: Kernel) -> None:
    before = files(kernel.tree.root)
    do(kernel, "ip addr add 10.1.1.1/24 dev eth1")
    bond(kernel, mode="802.3ad")
    do(kernel, "200 > bond0/bonding/updelay", "fe:00:00:00:00:01 > bond0/bonding/ad_actor_system")
    do(kernel, "eth2:3 > bond0/bonding/queue_id", "ip addr add 10.9.9.9/24 brd + dev bond0", "9000 > bond0/mtu")
    do(kernel, "ethtool -s eth3 autoneg off speed 100 duplex full", "udhcpc -i eth4 -n -q", "ip link set lo down")

    do(kernel, "ethtool -s eth3 autoneg on", "ip addr flush dev eth4", "ip link set lo up")
    do(kernel, "ip addr del 10.9.9.9/24 dev bond0", "-eth1 > bond0/bonding/slaves", "-bond0 > bonding_masters")
    do(kernel, "ip link set eth1 up", "ip link set eth2 up", "ip addr del 10.1.1.1/24 dev eth1")
    assert files(kernel.tree.root) == before


def test_taking_an_option_back_gives_every_file_back(kernel: Kernel) -> None:
    bond(kernel)
    before = files(kernel.tree.root)
    do(kernel, "eth2 > bond0/bonding/primary", "200 > bond0/bonding/downdelay")
    do(kernel, "+10.0.0.1 > bond0/bonding/arp_ip_target")
    do(kernel, "0 > bond0/bonding/miimon", "100 > bond0/bonding/miimon")
    do(kernel, "-10.0.0.1 > bond0/bonding/arp_ip_target", "0 > bond0/bonding/downdelay", " > bond0/bonding/primary")
    assert files(kernel.tree.root) == before


def test_a_bond_without_slaves_has_the_address_of_its_name_again(kernel: Kernel) -> None:
    do(kernel, "+bond0 > bonding_masters", "ip link set eth1 down")
    before = files(kernel.tree.root)
    do(kernel, "+eth1 > bond0/bonding/slaves", "-eth1 > bond0/bonding/slaves")
    assert files(kernel.tree.root) == before


def test_nothing_is_lost_between_two_commands(kernel: Kernel, tmp_path_factory: pytest.TempPathFactory) -> None:
    bond(kernel)
    do(kernel, "200 > bond0/bonding/updelay", "eth9 > bond0/bonding/primary", "eth1:2 > bond0/bonding/queue_id")
    do(kernel, "+10.0.0.1 > bond0/bonding/arp_ip_target", "+10.0.0.2 > bond0/bonding/arp_ip_target")
    do(kernel, "ip addr add 10.9.9.9/24 brd 10.9.9.255 dev bond0", "ip addr add 10.9.9.8/24 dev bond0")
    do(kernel, "+b > bonding_masters")
    again = Tree(tmp_path_factory.mktemp("again"))
    net_files.create(again, net_files.load(kernel.tree))
    again.land()
    assert files(again.root) == files(kernel.tree.root)


def test_a_refused_write_changes_nothing(kernel: Kernel) -> None:
    bond(kernel)
    before = files(kernel.tree.root)
    for path, text, result in [
        ("bond0/bonding/slaves", "+eth3", "EPERM"), ("bond0/bonding/mode", "1", "ENOTEMPTY"),
        ("bond0/mtu", "16111", "EINVAL"), ("eth3/mtu", "45", "EINVAL"), ("eth3/mtu", "big", "EINVAL"),
        ("eth3/address", "52:54:00:00:09:09", "EACCES"), ("eth9/mtu", "1500", "ENOENT"),
        ("bond0/bonding/ad_partner_key", "1", "EACCES"),
    ]:  # fmt: skip
        assert write(kernel, path, text) == result, path
    assert files(kernel.tree.root) == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("eth0/flags", "0x1003"), ("eth1/flags", "0x1803"), ("bond0/flags", "0x1403"), ("lo/flags", "0x9"),
        ("eth2/address", "52:54:00:00:01:01"), ("bond0/address", "52:54:00:00:01:01"),
        ("eth2/bonding_slave/perm_hwaddr", "52:54:00:00:01:02"), ("eth2/bonding_slave/state", "backup"),
        ("eth1/bonding_slave/state", "active"), ("eth1/bonding_slave/mii_status", "up"),
        ("bond0/bonding/slaves", "eth1 eth2"), ("bond0/bonding/mii_status", "up"), ("bond0/operstate", "up"),
        ("bond0/bonding/active_slave", "eth1"), ("bond0/bonding/queue_id", "eth1:0 eth2:0"),
        ("bond0/speed", "1000"), ("bond0/ifindex", "8"), ("bonding_masters", "bond0"), ("lo/operstate", "unknown"),
        ("eth0/operstate", "up"), ("eth0/carrier", "1"), ("eth0/mtu", "1500"), ("eth0/type", "1"),
    ],
)  # fmt: skip
def test_a_bond_at_work_reads(bonded: Kernel, path: str, text: str) -> None:
    assert read(bonded, path) == text + "\n"


def test_a_slave_links_to_its_bond(kernel: Kernel) -> None:
    bond(kernel)
    assert kernel.tree.readlink(f"{NET}/eth2/master") == "../bond0"
    do(kernel, "-eth2 > bond0/bonding/slaves")
    assert not kernel.tree.exists(f"{NET}/eth2/master")


@pytest.mark.parametrize(("path", "mode"), [("mtu", 0o644), ("carrier", 0o444), ("bonding/slaves", 0o644),
                                            ("bonding/mii_status", 0o444)])  # fmt: skip
def test_only_what_can_be_written_has_a_writable_mode(bonded: Kernel, path: str, mode: int) -> None:
    assert bonded.tree.path(f"{NET}/bond0/{path}").stat().st_mode & 0o777 == mode


@pytest.mark.parametrize(
    ("lines", "path", "text"),
    [
        (["4 > bond0/bonding/mode"], "miimon", "100"),
        (["1 > bond0/bonding/mode", "900 > bond0/bonding/arp_interval", "6 > bond0/bonding/mode"], "arp_interval", "0"),
        (["50 > bond0/bonding/miimon", "120 > bond0/bonding/updelay"], "updelay", "100"),
        (["50 > bond0/bonding/miimon", "100 > bond0/bonding/updelay", "70 > bond0/bonding/miimon"], "updelay", "140"),
        (["50 > bond0/bonding/miimon", "900 > bond0/bonding/arp_interval"], "miimon", "0"),
        (["7 > bond0/bonding/num_unsol_na"], "num_grat_arp", "7"),
        (["off > bond0/bonding/use_carrier"], "use_carrier", "0"),
        (["default > bond0/bonding/lp_interval"], "lp_interval", "1"),
        (["vlan+srcmac > bond0/bonding/xmit_hash_policy"], "xmit_hash_policy", "vlan+srcmac 5"),
        (["4 > bond0/bonding/mode", "9 > bond0/bonding/ad_user_port_key"], "ad_user_port_key", "9"),
    ],
)
def test_one_option_tells_on_another(kernel: Kernel, lines: list[str], path: str, text: str) -> None:
    do(kernel, "+bond0 > bonding_masters", *lines)
    assert read(kernel, f"bond0/bonding/{path}") == text + "\n"


@pytest.mark.parametrize(
    ("mode", "option", "text", "result"),
    [
        ("1", "active_slave", "eth2", "OK"),
        ("1", "active_slave", "eth3", "EINVAL"),
        ("0", "active_slave", "eth2", "EACCES"),
        ("4", "lacp_rate", "fast", "EBUSY"),
        ("4", "arp_interval", "100", "EACCES"),
        ("4", "ad_actor_system", "01:00:00:00:00:00", "EINVAL"),
        ("5", "tlb_dynamic_lb", "0", "EBUSY"),
        ("1", "arp_ip_target", "-10.0.0.1", "EINVAL"),
        ("1", "queue_id", "eth3:1", "EPERM"),
        ("1", "lp_interval", "0", "EINVAL"),
        ("1", "num_grat_arp", "256", "EINVAL"),
    ],
)
def test_an_option_of_a_bond_that_is_up(kernel: Kernel, mode: str, option: str, text: str, result: str) -> None:
    bond(kernel, mode)
    assert write(kernel, f"bond0/bonding/{option}", text) == result


@pytest.mark.parametrize(
    ("lines", "active"),
    [
        ([], "eth1"),
        (["eth2 > bond0/bonding/primary"], "eth2"),
        (["eth2 > bond0/bonding/active_slave"], "eth2"),
        (["ip link set eth1 down"], "eth2"),
        (["-eth1 > bond0/bonding/slaves"], "eth2"),
    ],
)
def test_the_active_slave(kernel: Kernel, lines: list[str], active: str) -> None:
    bond(kernel)
    do(kernel, *lines)
    assert read(kernel, "bond0/bonding/active_slave") == active + "\n"


def test_with_fail_over_mac_slaves_keep_their_address(kernel: Kernel) -> None:
    do(kernel, "+bond0 > bonding_masters", "1 > bond0/bonding/mode", "active > bond0/bonding/fail_over_mac")
    do(kernel, "ip link set eth1 down", "+eth1 > bond0/bonding/slaves")
    do(kernel, "ip link set eth2 down", "+eth2 > bond0/bonding/slaves", "ip link set bond0 up")
    do(kernel, "eth2 > bond0/bonding/active_slave")
    addresses = [read(kernel, f"{name}/address").strip()[-2:] for name in ("eth1", "eth2", "bond0")]
    assert addresses == ["01", "02", "02"]
