"""The sandbox's `ip`, `ethtool`, `udhcpc` and `modprobe` print and refuse what real ones did."""

from __future__ import annotations

from pathlib import Path

import pytest

from esosh.host import Output
from esosh.sandbox import Sandbox, net, programs
from esosh.sandbox.kernel import Kernel
from esosh.sandbox.net import files

NICS = [(f"eth{port}", f"52:54:00:00:01:0{port}") for port in range(4)]
FOREVER = "\\       valid_lft forever preferred_lft forever\n"
LO = "1: lo    inet 127.0.0.1/8 scope host lo" + FOREVER
STORAGE = "10.9.9.9/24 brd 10.9.9.255"


def booted(root: Path) -> Kernel:
    kernel = Kernel(root, {"/sys/class/net/": net.write})
    with kernel.command() as tree:
        net.boot(tree, NICS)
    return kernel


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return booted(tmp_path)


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> Kernel:
    """With an address on eth1 and a bond with eth2, and changed by no test."""
    kernel = booted(tmp_path_factory.mktemp("addressed"))
    do(kernel, f"ip addr add {STORAGE} dev eth1", "ip link set eth2 down", "ip link set eth3 down")
    for path, text in [("bonding_masters", "+bond0"), ("bond0/bonding/slaves", "+eth2"),
                       ("bond0/bonding/slaves", "+eth3"), ("bonding_masters", "+b")]:  # fmt: skip
        kernel.write(f"/sys/class/net/{path}", text + "\n")
    do(kernel, "ip link set bond0 up")
    return kernel


def run(kernel: Kernel, line: str) -> Output:
    argv = line.split()
    return programs.find(argv[0])(kernel, argv, "")


def do(kernel: Kernel, *lines: str) -> None:
    for line in lines:
        assert run(kernel, line).status == 0, line


def texts(kernel: Kernel) -> dict[str, str]:
    places = [place for place in kernel.tree.root.rglob("*") if place.is_file()]
    return {str(place): place.read_text() for place in places}


@pytest.mark.parametrize(
    ("line", "status", "err"),
    [
        ("ip link set nope up", 1, 'Cannot find device "nope"'),
        ("ip link set eth1 mtu 16111", 2, "Error: mtu greater than device maximum."),
        ("ip link set eth1 mtu 45", 2, "Error: mtu less than device minimum."),
        ("ip link set eth1 sideways", 255, 'Error: either "dev" is duplicate, or "sideways" is a garbage.'),
        ("ip link show nope", 1, 'Device "nope" does not exist.'),
        ("ip addr add 10.9.9.9/24 dev eth1", 2, "RTNETLINK answers: File exists"),
        ("ip addr add 10.9.9.9/24 dev nope", 1, 'Cannot find device "nope"'),
        ("ip addr add 10.9.9.300/24 dev eth1", 1, 'Error: any valid prefix is expected rather than "10.9.9.300/24".'),
        ("ip addr add 10.9.9.9/24", 1, 'Not enough information: "dev" argument is required.'),
        ("ip addr del 10.9.9.8/24 dev eth1", 2, "RTNETLINK answers: Cannot assign requested address"),
        ("ip addr del 10.9.9.9/25 dev eth1", 2, "RTNETLINK answers: Cannot assign requested address"),
        ("ip addr flush dev nope", 1, 'Device "nope" does not exist.'),
        ("ip -4 -o addr show dev nope", 1, 'Device "nope" does not exist.'),
        ("ip addr frob", 255, 'Command "frob" is unknown, try "ip address help".'),
        ("ip frob", 1, 'Object "frob" is unknown, try "ip help".'),
        ("ethtool -s eth0 speed abc", 1, "ethtool (-s): invalid value 'abc' for parameter 'speed'"),
        ("ethtool -s eth0 duplex bogus", 1, "ethtool (-s): invalid value 'bogus' for parameter 'duplex'"),
        ("ethtool -s lo speed 100", 75, "netlink error: Operation not supported"),
        ("ethtool -s eth0 wol g", 75, "netlink error: Operation not supported"),
        ("ethtool -s eth0 autoneg off speed 1000 duplex half", 75,
         "netlink error: link settings update failed\nnetlink error: Invalid argument"),
        ("ethtool -s nope speed 100", 75,
         "netlink error: no device matches name (offset 24)\nnetlink error: No such device"),
        ("udhcpc -i nope", 1, "udhcpc: SIOCGIFINDEX: No such device"),
        ("modprobe nope", 1, "modprobe: FATAL: Module nope not found."),
    ],
)  # fmt: skip
def test_a_program_refuses_and_changes_nothing(addressed: Kernel, line: str, status: int, err: str) -> None:
    before = texts(addressed)
    assert run(addressed, line) == Output(status, err=err + "\n")
    assert texts(addressed) == before


@pytest.mark.parametrize(
    ("lines", "question", "answer"),
    [
        ([], "", LO),
        (["ip addr add 10.9.9.9/24 broadcast 10.9.9.255 dev eth1"], "",
         LO + f"3: eth1    inet {STORAGE} scope global eth1" + FOREVER),
        (["ip addr add 10.9.9.9/24 brd + dev eth1", "ip link set eth1 down"], " dev eth1",
         f"3: eth1    inet {STORAGE} scope global eth1" + FOREVER),
        (["ip addr add 10.9.9.9 dev eth1"], " eth1", "3: eth1    inet 10.9.9.9/32 scope global eth1" + FOREVER),
        (["ip addr add 10.1.1.1/24 dev eth1", "ip addr add 10.1.1.2/24 dev eth1", "ip addr add 10.2.2.2/8 dev eth1"],
         " dev eth1",
         f"3: eth1    inet 10.1.1.1/24 scope global eth1{FOREVER}3: eth1    inet 10.2.2.2/8 scope global eth1{FOREVER}"
         f"3: eth1    inet 10.1.1.2/24 scope global secondary eth1{FOREVER}"),
        (["ip addr add 10.1.1.1/24 dev eth1", "ip addr add 10.1.1.2/24 dev eth1", "ip addr del 10.1.1.1/24 dev eth1"],
         " dev eth1", ""),
        (["ip addr add 10.1.1.1/24 dev eth1", "ip addr flush dev eth1"], " dev eth1", ""),
        (["udhcpc -i eth1 -b -q -S -F esos1", "udhcpc -i eth1 -n"], " dev eth1",
         "3: eth1    inet 192.168.77.3/24 brd 192.168.77.255 scope global eth1" + FOREVER),
    ],
)  # fmt: skip
def test_the_addresses_that_ip_shows(kernel: Kernel, lines: list[str], question: str, answer: str) -> None:
    do(kernel, *lines)
    assert run(kernel, f"ip -4 -o addr show{question}") == Output(0, answer)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("lo", "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN "
         "mode DEFAULT group default qlen 1000\n"
         "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"),
        ("eth3", "5: eth3: <BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast master bond0 state UP "
         "mode DEFAULT group default qlen 1000\n"
         "    link/ether 52:54:00:00:01:02 brd ff:ff:ff:ff:ff:ff permaddr 52:54:00:00:01:03\n"),
        ("b", "7: b: <BROADCAST,MULTICAST,MASTER> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n"
         "    link/ether 02:93:50:f6:8d:6b brd ff:ff:ff:ff:ff:ff\n"),
    ],
)  # fmt: skip
def test_the_links_that_ip_shows(addressed: Kernel, name: str, answer: str) -> None:
    assert run(addressed, f"ip link show dev {name}") == Output(0, answer)


def test_a_dhcp_client_on_a_link_that_is_down_waits_or_gives_up(kernel: Kernel) -> None:
    do(kernel, "ip link set eth1 down")
    assert [run(kernel, f"udhcpc -i eth1 {how}").status for how in ("-b", "-n")] == [0, 1]
    assert run(kernel, "ip -4 -o addr show dev eth1").out == ""


@pytest.mark.parametrize(
    ("lines", "name", "shown"),
    [
        ([], "eth0", ["Speed: 1000Mb/s", "Duplex: Full", "Auto-negotiation: on", "Link detected: yes"]),
        (["ethtool -s eth0 autoneg off speed 100 duplex half"], "eth0",
         ["Speed: 100Mb/s", "Duplex: Half", "Auto-negotiation: off", "Link detected: yes"]),
        (["ethtool -s eth0 autoneg off speed 100 duplex half", "ethtool -s eth0 duplex full"], "eth0",
         ["Speed: 100Mb/s", "Duplex: Full", "Auto-negotiation: off"]),
        (["ip link set eth0 down", "ethtool -s eth0 autoneg off speed 100 duplex full"], "eth0",
         ["Speed: Unknown!", "Duplex: Unknown! (255)", "Auto-negotiation: off", "Link detected: no"]),
        ([], "lo", ["Link detected: yes"]),
    ],
)  # fmt: skip
def test_what_ethtool_shows(kernel: Kernel, lines: list[str], name: str, shown: list[str]) -> None:
    do(kernel, *lines)
    out = run(kernel, f"ethtool {name}").out
    assert out.startswith(f"Settings for {name}:\n")
    assert [line for line in shown if f"\t{line}\n" not in out] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bond0", ["Speed: 2000Mb/s", "Duplex: Full", "Auto-negotiation: off", "Link detected: yes"]),
        ("b", ["Speed: Unknown!", "Duplex: Unknown! (255)", "Auto-negotiation: off", "Link detected: no"]),
    ],
)
def test_what_ethtool_shows_of_a_bond(addressed: Kernel, name: str, shown: list[str]) -> None:
    out = run(addressed, f"ethtool {name}").out
    assert [line for line in shown if f"\t{line}\n" not in out] == []


def clients(kernel: Kernel) -> dict[str, str]:
    """The command lines of the DHCP clients by process number."""
    numbers = (name for name in kernel.tree.list("/proc") if name.isdecimal())
    return {number: kernel.read(f"/proc/{number}/cmdline").replace("\0", " ").strip() for number in numbers}


def test_a_dhcp_client_without_a_lease_waits_in_a_process_until_it_is_killed(kernel: Kernel) -> None:
    do(kernel, "ip link set eth1 down", "udhcpc -i eth1 -b -q -S -F san1", "udhcpc -i eth2 -b -q -S -F san1")
    assert clients(kernel) == {"2000": "udhcpc -i eth1 -b -q -S -F san1"}
    assert kernel.read("/proc/2000/comm") == "udhcpc\n"
    do(kernel, "kill -0 2000", "kill 2000")
    assert clients(kernel) == {}


def test_a_dhcp_client_that_need_not_quit_stays_with_its_lease_and_killall_ends_all(kernel: Kernel) -> None:
    do(kernel, "udhcpc -i eth1", "udhcpc -i eth2", "ip -4 addr show dev eth1")
    assert sorted(clients(kernel)) == ["2000", "2001"]
    do(kernel, "killall udhcpc")
    assert clients(kernel) == {}


@pytest.mark.parametrize(
    ("line", "status", "err"),
    [
        ("kill 99999", 1, "kill: can't kill pid 99999: No such process\n"),
        ("kill abc", 1, "kill: invalid number 'abc'\n"),
        ("kill", 1, "kill: you need to specify whom to kill\n"),
        ("killall udhcpc", 1, "killall: udhcpc: no process killed\n"),
        ("killall -q udhcpc", 1, ""),
        ("killall", 1, "killall: you need to specify whom to kill\n"),
        ("hostname " + 65 * "a", 1, "hostname: sethostname: Invalid argument\n"),
    ],
)
def test_a_program_of_busybox_refuses(kernel: Kernel, line: str, status: int, err: str) -> None:
    assert run(kernel, line) == Output(status, err=err)


def test_the_host_name_is_set_and_shown(tmp_path: Path) -> None:
    box = Sandbox(str(tmp_path / "box"))
    assert box.run(("hostname", "san1.example.com")) == Output(0)
    assert box.run(("hostname",)).out == "san1.example.com\n"
    assert box.read("/proc/sys/kernel/hostname") == "san1.example.com\n"


def test_a_change_looks_at_the_links_that_hang_together_and_at_no_others(addressed: Kernel) -> None:
    with files.change(addressed.tree) as network:
        network.link("eth2")
    assert set(network.links.loaded) == {"eth2", "eth3", "bond0"}
    addressed.tree.forget()
