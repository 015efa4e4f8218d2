"""The mtu of interfaces and slaves against what drivers take, and IPoIB against its mode."""

from __future__ import annotations

import pytest
from boxes import do, session_on
from counting import Counting

from esosh.errors import ChecksRefuse
from esosh.sandbox import Sandbox
from esosh.session import Session


def with_ib0(box: Sandbox, mode: str) -> Sandbox:
    """The box with an interface of an InfiniBand port, which is in that mode."""
    for path in ("/sys/class/net/{}", "/proc/net/ethtool/{}"):
        place = box.path(path.format("eth5"))
        place.rename(place.with_name("ib0"))
    box.path("/sys/class/net/ib0/mode").write_text(f"{mode}\n")
    return box


def found(session: Session) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.text, finding.hint) for finding in session.findings("net") if finding.code in ("E395", "W396")]


@pytest.mark.parametrize("line, text, hint", [
    ("net iface eth1 mtu=16110", "", ""), ("net iface eth1 mtu=68", "", ""),
    ("net iface eth1 mtu=16111", "mtu 16111: the driver of eth1 takes 68 to 16110", "net iface eth1 mtu=16110"),
    ("net bond bond0 slaves eth1 eth2 miimon=100 mtu=16111", "mtu 16111: the driver of eth1 takes 68 to 16110", "net bond bond0 mtu=16110"),
    ("net iface eth9 mtu=16111", "", ""),
])
def test_an_mtu_that_the_driver_does_not_take_is_refused_with_the_one_that_it_takes(session: Session, line: str, text: str, hint: str) -> None:
    told = do(session, line)
    assert found(session)[:1] == ([("E395", text, hint)] if text else [])
    assert (text in told, text in do(session, "plan")) == (True, True)
    if text:
        with pytest.raises(ChecksRefuse):
            do(session, "commit")
        do(session, hint)
        assert found(session) == []
    do(session, "commit")


@pytest.mark.parametrize("mode, mtu, code, hint", [
    ("datagram", 2044, "", ""), ("datagram", 4092, "W396", "net iface ib0 mtu=2044"), ("datagram", 65520, "E395", "net iface ib0 mtu=2044"),
    ("datagram", 4093, "E395", "net iface ib0 mtu=2044"), ("connected", 65520, "", ""), ("connected", 2044, "", ""),
])
def test_ipoib_takes_an_mtu_by_its_mode(box: Sandbox, mode: str, mtu: int, code: str, hint: str) -> None:
    session = session_on(with_ib0(box, mode))
    do(session, f"net iface ib0 address=10.5.0.1/24 mtu={mtu}")
    assert [(one, hinted) for one, _, hinted in found(session)] == ([(code, hint)] if code else [])


def test_the_range_is_read_of_what_gets_another_mtu_alone(session: Session, box: Sandbox) -> None:
    do(session, "net iface eth1 mtu=9000", "net iface eth2 mtu=9000", "commit", "net iface eth3 mtu=4000", "net iface eth2 address=10.1.2.3/24")
    counted = Counting(box)
    do(session_on(counted), "plan")  # type: ignore[arg-type]
    assert {program for program in counted.programs if "-d" in program} == {("ip", "-d", "link", "show", "dev", "eth3")}
