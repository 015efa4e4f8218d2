"""The programs that esosh starts, as ESOS 4 has them: each with words that its version there knows.

Sources: ip-address(8) and ip-link(8) of iproute2 5.9; usage of udhcpc and wall in BusyBox 1.30.1, as ESOS configures it
(FEATURE_SYSLOG for -S); etc/rc.d/common and scripts/conf_sync.sh of ESOS. Of git, tests/support/git-2.21 knows the words.
"""

from __future__ import annotations

import contextlib
import re

from boxes import do, root_of, session_on
from counting import Counting

from esosh.errors import EsoshError
from esosh.sandbox import Sandbox

KNOWN = {
    "ip": (r"-d link show dev \S+", r"-4 -o addr show( dev \S+)?", r"addr add \S+( broadcast \S+)? dev \S+", r"addr del \S+ dev \S+", r"addr flush dev \S+",
           r"link set \S+ (up|down)", r"link set \S+ mtu \d+", r"-4 route show( \S+ dev \S+)?", r"route (replace|del) .*",
           r"link add link \S+ name \S+ type vlan id \d+( egress-qos-map [\d: ]+)?", r"link add \S+ type bridge", r"link del \S+",
           r"link set \S+ (master \S+|nomaster)"),
    "ethtool": (r"\S+", r"-s \S+ .*"), "hostname": (r"\S+",), "pidof": ("udhcpc",),
    "udhcpc": (r"-i \S+ -b -q -S -F \S+",),
    "git": (r"-C /etc .*",),
    "/usr/local/sbin/conf_sync.sh": ("",),
    "/etc/rc.d/rc.*": ("start|stop|status",),
}
LINES = (
    "net bond bond0 slaves eth1 eth2 mode=active-backup miimon=100 address=10.1.2.3/24 mtu=9000", "commit",
    "net bond bond0 slaves -eth2 +eth3 address=dhcp mtu=1500", "commit", "net bond bond0 address=none", "commit allow link",
    "net bond del bond0", "commit allow link", "net bridge br0 members eth1.7 eth3 address=10.7.0.1/24", "net vlan eth1.7 egress 0:1",
    "net general gateway=10.7.0.9 hostname=san1", "net iface eth1 ethtool autoneg off speed 100 duplex full", "commit allow link",
    "net vlan del eth1.7", "commit allow link", "svc enable nut", "svc start nut", "svc stop nut", "status", "status net", "status svc",
    "history", "history 0", "blame svc", "history diff 1 live", "rollback 1", "abort", "status drift", "sync",
)


def known(argv: tuple[str, ...]) -> bool:
    program = re.sub(r"^/etc/rc\.d/rc\.\w+$", "/etc/rc.d/rc.*", argv[0])
    return any(re.fullmatch(pattern, " ".join(argv[1:]), re.S) for pattern in KNOWN.get(program, ()))


def test_every_program_is_started_with_words_that_it_knows_on_esos(box):
    host = Counting(box)
    do(session_on(host), *LINES)
    box.path("/faults").write_text("replace /etc/network.conf EIO\n")
    undone = Counting(Sandbox(root_of(box)))
    with contextlib.suppress(EsoshError):
        do(session_on(undone), LINES[0], "commit")

    started = {*host.programs, *undone.programs}

    assert [argv for argv in started if not known(argv)] == []
    assert {re.sub(r"rc\.\w+$", "rc.*", argv[0]) for argv in started} == {*KNOWN}
    assert any("del" in argv or "flush" in argv for argv in undone.programs)
