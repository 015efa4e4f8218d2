"""The program `ip` of iproute2: links and IPv4 addresses. Also udhcpc of BusyBox, which sets one.

Source: recordings and the texts of iproute2 5.9; what else `ip` can do is refused as an unknown command.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Interface
from typing import Callable, Optional

from ..host import Output
from . import net_files
from .kernel import Kernel
from .net_links import BROADCAST, LOOP, LOOPBACK, MASTER, MULTICAST, SLAVE, Address, Link, Network
from .net_options import Refusal

_FLAGS = {LOOPBACK: "LOOPBACK", BROADCAST: "BROADCAST", MULTICAST: "MULTICAST", MASTER: "MASTER", SLAVE: "SLAVE"}
_FOREVER = "valid_lft forever preferred_lft forever"
_BREAK = "\\"  # stands for a line's end in `ip -o`
_Answer = Callable[[Network, Sequence[str], Sequence[str]], str]


class _Stop(Exception):
    """The program ends with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.output = Output(status, err=f"{message}\n")


def run(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """`ip [-4] [-o] link|address ...`."""
    options = [word for word in argv[1:] if word.startswith("-")]
    words = [word for word in argv[1:] if not word.startswith("-")]
    try:
        _check_options(options)
        answer = _answer(words)
        with kernel.command() as tree, net_files.change(tree) as network:
            return Output(0, answer(network, words[2:], options))
    except _Stop as stop:
        return stop.output
    except Refusal as no:
        return Output(2, err=f"Error: {no.words}.\n" if no.words else f"RTNETLINK answers: {os.strerror(no.number)}\n")


def _check_options(options: Sequence[str]) -> None:
    for option in options:
        if option not in ("-4", "-o"):
            raise _Stop(255, f'Option "{option}" is unknown, try "ip -help".')


def _answer(words: Sequence[str]) -> _Answer:
    word, command = [*words, "", ""][:2]
    thing = next((name for name in _COMMANDS if word and name.startswith(word)), None)
    if thing is None:
        raise _Stop(1, f'Object "{word}" is unknown, try "ip help".')
    found = next((name for name in _COMMANDS[thing] if name.startswith(command or "show")), None)
    if found is None:
        raise _Stop(255, f'Command "{command}" is unknown, try "ip {thing} help".')
    return _COMMANDS[thing][found]


def _set_link(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    name, changes = _link_changes(words)
    link = _link(network, name, 'Cannot find device "{}"')
    for key, value in changes:
        if key == "mtu":
            network.set_mtu(link, value)
        else:
            network.set_up(link, key == "up")
    return ""


def _link_changes(words: Sequence[str]) -> tuple[str, list[tuple[str, int]]]:
    name, changes, rest = "", [], iter(words)
    for word in rest:
        if word == "mtu":
            changes.append((word, _mtu(next(rest, ""))))
        elif word in ("up", "down"):
            changes.append((word, 0))
        elif name:
            raise _Stop(255, f'Error: either "dev" is duplicate, or "{word}" is a garbage.')
        else:
            name = next(rest, "") if word == "dev" else word
    return _device(name), changes


def _mtu(word: str) -> int:
    if not word.isdecimal():
        raise _Stop(255, f'Error: argument "{word}" is wrong: Invalid "mtu" value\n')
    return int(word)


def _device(name: str) -> str:
    if not name:
        raise _Stop(1, 'Not enough information: "dev" argument is required.')
    return name


def _link(network: Network, name: str, message: str) -> Link:
    if name not in network.links:
        raise _Stop(1, message.format(name))
    return network.links[name]


def _add_address(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    address, name = _address_words(words)
    link = _link(network, name, 'Cannot find device "{}"')
    add_address(link, address)
    return ""


def add_address(link: Link, address: Address) -> None:
    """Give a link an address, primary ones first; Refusal EEXIST when it has it."""
    if any(other.own == address.own for other in link.addresses):
        raise Refusal(errno.EEXIST)
    primary = [one for one in link.addresses if not link.secondary(one)]
    link.addresses.insert(len(link.addresses) if link.secondary(address) else len(primary), address)


def _delete_address(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    """With a primary address go the secondary ones of its network, as sysctl promote_secondaries is 0."""
    address, name = _address_words(words)
    link = _link(network, name, 'Cannot find device "{}"')
    found = next((one for one in link.addresses if one.own == address.own), None)
    if found is None:
        raise Refusal(errno.EADDRNOTAVAIL)
    gone = [found]
    if not link.secondary(found):
        gone += [one for one in link.addresses if link.secondary(one) and one.own.network == found.own.network]
    link.addresses = [one for one in link.addresses if one not in gone]
    return ""


def _address_words(words: Sequence[str]) -> tuple[Address, str]:
    text, broadcast, name, rest = "", "", "", iter(words)
    for word in rest:
        if word in ("brd", "broadcast"):
            broadcast = next(rest, "")
        elif word == "dev":
            name = next(rest, "")
        elif text:
            raise _Stop(255, f'Error: either "local" is duplicate, or "{word}" is a garbage.')
        else:
            text = next(rest, "") if word == "local" else word
    own = _prefix(text)
    return Address(own, _broadcast(own, broadcast)), _device(name)


def _prefix(text: str) -> IPv4Interface:
    try:
        return IPv4Interface(text)
    except ValueError:
        raise _Stop(1, f'Error: any valid prefix is expected rather than "{text}".') from None


def _broadcast(own: IPv4Interface, text: str) -> Optional[IPv4Address]:
    if text in ("", "+"):
        return own.network.broadcast_address if text else None
    try:
        return IPv4Address(text)
    except ValueError:
        raise _Stop(1, f'Error: any valid address is expected rather than "{text}".') from None


def _flush_addresses(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    name = " ".join(word for word in words if word != "dev")
    _link(network, _device(name), 'Device "{}" does not exist.').addresses = []
    return ""


def _show_addresses(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    lines: list[str] = []
    for link in _shown(network, words):
        addresses = list(_inet(link))
        if "-o" in options:
            lines += [f"{link.index}: {link.name}    {what}{_BREAK}       {_FOREVER}" for what in addresses]
        elif addresses or "-4" not in options:
            head = _head(network, link).replace(" mode DEFAULT", "")
            lines += [head] if "-4" in options else [head, _ether(link)]
            lines += [line for what in addresses for line in (f"    {what}", f"       {_FOREVER}")]
    return "".join(f"{line}\n" for line in lines)


def _inet(link: Link) -> Iterator[str]:
    for address in link.addresses:
        scope = "host" if address.own.is_loopback else "global"
        secondary = " secondary" if link.secondary(address) else ""
        yield f"inet {address} scope {scope}{secondary} {link.name}"


def _show_links(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    end = _BREAK if "-o" in options else "\n"
    return "".join(f"{_head(network, link)}{end}{_ether(link)}\n" for link in _shown(network, words))


def _shown(network: Network, words: Sequence[str]) -> list[Link]:
    names = [word for word in words if word != "dev"]
    return [_link(network, name, 'Device "{}" does not exist.') for name in names] or list(network.links.values())


def _head(network: Network, link: Link) -> str:
    carrier = network.carrier(link)
    flags = ["NO-CARRIER"] if link.up and not carrier else []
    flags += [name for bit, name in _FLAGS.items() if link.flags & bit]
    flags += ["UP"] if link.up else []
    flags += ["LOWER_UP"] if link.up and carrier else []
    discipline = "pfifo_fast" if link.settings else "noqueue" if link.up else "noop"
    master = f" master {link.master}" if link.master else ""
    state = net_files.operstate(network, link).upper()
    return (
        f"{link.index}: {link.name}: <{','.join(flags)}> mtu {link.mtu} qdisc {discipline}{master} state {state} "
        "mode DEFAULT group default qlen 1000"
    )


def _ether(link: Link) -> str:
    if link.type == LOOP:
        return f"    link/loopback {link.address} brd 00:00:00:00:00:00"
    permanent = f" permaddr {link.permanent}" if link.permanent not in ("", link.address) else ""
    return f"    link/ether {link.address} brd ff:ff:ff:ff:ff:ff{permanent}"


_COMMANDS: Mapping[str, Mapping[str, _Answer]] = {
    "address": {
        "add": _add_address, "delete": _delete_address, "show": _show_addresses, "list": _show_addresses,
        "flush": _flush_addresses,
    },
    "link": {"set": _set_link, "show": _show_links, "list": _show_links},
}


def lease(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """`udhcpc -i IFACE [-n|-b] ...`: the lease is 192.168.77.N/24, with N the number of the interface."""
    name = argv[argv.index("-i") + 1] if "-i" in argv[:-1] else "eth0"
    with kernel.command() as tree, net_files.change(tree) as network:
        if name not in network.links:
            return Output(1, err="udhcpc: SIOCGIFINDEX: No such device\n")
        link = network.links[name]
        if not (link.up and network.carrier(link)):
            return Output(0, err="udhcpc: no lease, forking to background\n") if "-b" in argv else Output(
                1, err="udhcpc: no lease, failing\n"
            )
        own = IPv4Interface(f"192.168.77.{link.index}/24")
        if all(one.own != own for one in link.addresses):
            add_address(link, Address(own, own.network.broadcast_address))
        return Output(0, err=f"udhcpc: lease of {own.ip} obtained, lease time 3600\n")
