"""The program `brctl`: bridges and their ports.

Source: recordings from bridge-utils 1.7.1; that of BusyBox, which ESOS has, does the same in fewer words.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from typing import Callable

from ...host import Output
from ..kernel import Kernel
from . import files
from .bridge_texts import bridge_id
from .devices import add_bridge, delete
from .links import Link
from .masters import join, leave
from .network import Network
from .options import Refusal

_LONGEST = 15  # letters of an interface's name; what follows is cut off
_HEAD = "bridge name\tbridge id\t\tSTP enabled\tinterfaces\n"
_INDENT = "\t" * 7
_REASONS = {
    errno.EBUSY: "device {0} is already a member of a bridge; can't add it to bridge {1}.",
    errno.ELOOP: "device {0} is a bridge device itself; can't add a bridge device to a bridge device.",
}
_Run = Callable[[Network, Sequence[str]], str]


class _Complaint(Exception):
    """What the program says, and ends."""


def run(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `brctl addbr|delbr|addif|delif|show ...`."""
    name, *words = [*argv[1:], ""][: max(1, len(argv) - 1)]
    if name not in _COMMANDS:
        return Output(1, err=f"never heard of command [{name}]\n")
    command, usage = _COMMANDS[name]
    if len(words) < usage.count("<"):
        return Output(1, err=f"Incorrect number of arguments for command\nUsage: brctl {name} {usage}\n")
    with kernel.command() as tree, files.change(tree) as network:
        try:
            return Output(0, command(network, words))
        except _Complaint as complaint:  # what was done before it stays
            return Output(1, err=f"{complaint}\n")


def _add(network: Network, words: Sequence[str]) -> str:
    name = words[0][:_LONGEST]
    if name in network.links:
        raise _Complaint(f"device {name} already exists; can't create bridge with the same name")
    if not name or {"/", " ", ":"} & {*name}:
        raise _Complaint("add bridge failed: Invalid argument")
    add_bridge(network, name)
    return ""


def _delete(network: Network, words: Sequence[str]) -> str:
    name = words[0]
    if name not in network.links:
        raise _Complaint(f"bridge {name} doesn't exist; can't delete it")
    link = network.links[name]
    if not link.bridge:
        raise _Complaint(f"can't delete bridge {name}: Operation not permitted")
    if link.up:
        raise _Complaint(f"bridge {name} is still up; can't delete it")
    delete(network, link)
    return ""


def _add_ports(network: Network, words: Sequence[str]) -> str:
    for name in words[1:]:
        port = _link(network, name, "interface")
        _add_port(network, _link(network, words[0], "bridge"), port)
    return ""


def _add_port(network: Network, bridge: Link, port: Link) -> None:
    try:
        join(network, bridge, port)
    except Refusal as refusal:
        text = _REASONS.get(refusal.number, f"can't add {{0}} to bridge {{1}}: {os.strerror(refusal.number)}")
        raise _Complaint(text.format(port.name, bridge.name)) from None


def _delete_ports(network: Network, words: Sequence[str]) -> str:
    for name in words[1:]:
        port = _link(network, name, "interface")
        bridge = _link(network, words[0], "bridge")
        if port.master != bridge.name:
            raise _Complaint(f"device {name} is not a port of {bridge.name}")
        leave(network, port)
    return ""


def _show(network: Network, words: Sequence[str]) -> str:
    bridges = [_bridge(network, name) for name in words]
    if not words:
        bridges = sorted((link for link in network.links.values() if link.bridge), key=lambda link: link.name)
    return _HEAD + "".join(map(_lines, bridges)) if bridges else ""


def _lines(bridge: Link) -> str:
    first, *others = bridge.lowers or [""]
    lines = f"{bridge.name}\t\t{bridge_id(bridge)}\tno\t\t{first}", *(f"{_INDENT}{name}" for name in others)
    return "".join(f"{line}\n" for line in lines)


def _bridge(network: Network, name: str) -> Link:
    if name not in network.links or not network.links[name].bridge:
        raise _Complaint(f"bridge {name} does not exist!")
    return network.links[name]


def _link(network: Network, name: str, role: str) -> Link:
    if name not in network.links:
        raise _Complaint(f"{role} {name} does not exist!")
    return network.links[name]


_COMMANDS: Mapping[str, tuple[_Run, str]] = {
    "addbr": (_add, "<bridge>\t\tadd bridge"),
    "delbr": (_delete, "<bridge>\t\tdelete bridge"),
    "addif": (_add_ports, "<bridge> <device>\tadd interface to bridge"),
    "delif": (_delete_ports, "<bridge> <device>\tdelete interface from bridge"),
    "show": (_show, "[ ... ]\t\tshow a list of bridges"),
}
