"""Slaves of a bond and ports of a bridge: who may become one, what it becomes, and what it is afterwards.

Source: drivers/net/bonding/bond_main.c and net/bridge/br_if.c of Linux 6.1; all of it was observed.
"""

from __future__ import annotations

import errno
from itertools import count

from .changes import check_can_go_up, check_slave_mtu, set_up
from .links import LOOP, SLAVE, ZERO, Bond, Bridge, Link, own_address
from .network import Network
from .options import ACTIVE_BACKUP, Refusal


def set_master(network: Network, link: Link, master: Link) -> None:
    """Give a link a master; it leaves the one it has, even when the new one then refuses it."""
    if link.master == master.name:
        return
    leave(network, link)
    join(network, master, link)


def join(network: Network, master: Link, link: Link) -> None:
    """Make a link a slave of a bond or a port of a bridge; Refusal when it cannot be one."""
    if master.bond:
        _join_bond(network, master, master.bond, link)
    elif master.bridge:
        _join_bridge(network, master, master.bridge, link)
    else:
        raise Refusal(errno.EOPNOTSUPP)


def leave(network: Network, link: Link) -> None:
    """Take a link from its master, if it has one: a slave is down then, a port is as it was."""
    if not link.master:
        return
    master = network.links[link.master]
    if master.bond:
        _leave_bond(network, master, master.bond, link)
    elif master.bridge:
        _leave_bridge(master, master.bridge, link)


def _join_bond(network: Network, master: Link, bond: Bond, slave: Link) -> None:
    _check_slave(network, master, slave)
    if not bond.slaves:
        master.address = slave.address
    slave.permanent, slave.former_mtu = slave.address, slave.mtu
    slave.mtu = master.mtu
    if bond.mode != ACTIVE_BACKUP or not bond.numbers["fail_over_mac"]:
        slave.address = master.address
    set_up(network, slave, True)
    slave.flags |= SLAVE
    slave.master = master.name
    bond.slaves.append(slave.name)
    bond.active = ""


def _check_slave(network: Network, master: Link, slave: Link) -> None:
    if slave.master:
        raise Refusal(errno.EBUSY, "Device is in use and cannot be enslaved")
    if slave is master:
        raise Refusal(errno.EPERM, "Cannot enslave bond to itself")
    if slave.up:
        raise Refusal(errno.EPERM, "Device can not be enslaved while up")
    if slave.type != master.type:
        raise Refusal(errno.EINVAL)
    check_slave_mtu(network, slave, master.mtu)
    if not master.lowers and slave.address == ZERO:
        raise Refusal(errno.EADDRNOTAVAIL)
    check_can_go_up(network, slave)
    _check_no_loop(network, master, slave)


def _check_no_loop(network: Network, master: Link, link: Link) -> None:
    if network.is_above(link, master):
        raise Refusal(errno.EBUSY)


def _leave_bond(network: Network, master: Link, bond: Bond, slave: Link) -> None:
    slave.address, slave.mtu = slave.permanent, slave.former_mtu
    slave.permanent, slave.former_mtu, slave.queue, slave.master = "", 0, 0, ""
    slave.flags &= ~SLAVE
    set_up(network, slave, False)
    bond.slaves.remove(slave.name)
    bond.active = ""
    if not bond.slaves:
        master.address = own_address(master.name)


def _join_bridge(network: Network, master: Link, bridge: Bridge, port: Link) -> None:
    _check_port(network, master, port)
    port.master = master.name
    number = next(number for number in count(1) if number not in bridge.ports)
    bridge.ports[number] = port.name
    bridge.fresh = False


def _check_port(network: Network, master: Link, port: Link) -> None:
    if port.type == LOOP or port.address == ZERO:
        raise Refusal(errno.EINVAL)
    if port.bridge:
        raise Refusal(errno.ELOOP, "Can not enslave a bridge to a bridge")
    if port.master:
        raise Refusal(errno.EBUSY)
    _check_no_loop(network, master, port)


def _leave_bridge(master: Link, bridge: Bridge, port: Link) -> None:
    del bridge.ports[bridge.number(port.name)]
    port.master = ""
    if not bridge.ports:
        master.address = ZERO
