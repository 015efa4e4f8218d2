"""The program `ip` of iproute2: links, IPv4 addresses and routes.

Source: recordings and the texts of iproute2 5.9; what else `ip` can do is refused as an unknown command.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import filterfalse
from typing import Callable, Optional

from ...host import Output
from ..kernel import Kernel
from . import files
from .changes import add_address, delete_address, flush_addresses
from .ip_arguments import Stop, address_and_device, check_options, named_link, required_device, without_dev
from .ip_link import add_link, delete_link, set_link
from .ip_route import add_route, change_route, delete_route, replace_route, show_routes
from .ip_show import existing_link, show_addresses, show_links
from .network import Network
from .options import Refusal

_Command = Callable[[Network, Sequence[str], Sequence[str]], str]


def run(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `ip [-4] [-o] link|address|route ...`."""
    try:
        return _run(kernel, argv[1:])
    except Stop as stop:
        return stop.output


def _run(kernel: Kernel, arguments: Sequence[str]) -> Output:
    options = list(filter(_is_option, arguments))
    words = list(filterfalse(_is_option, arguments))
    check_options(options)
    command = _command(words)
    if command in _SHOWS:
        with kernel.command() as tree:
            return Output(0, command(files.load(tree), words[2:], options))
    with kernel.command() as tree, files.change(tree) as network:
        try:
            return Output(0, command(network, words[2:], options))
        except Refusal as refusal:  # what was done before it stays
            return Output(2, err=_refusal_text(refusal))


def _is_option(word: str) -> bool:
    return word.startswith("-")


def _refusal_text(refusal: Refusal) -> str:
    if refusal.message:
        return f"Error: {refusal.message}.\n"
    return f"RTNETLINK answers: {os.strerror(refusal.number)}\n"


def _command(words: Sequence[str]) -> _Command:
    prefix, command = [*words, "", ""][:2]
    topic = prefix and _first(prefix, _COMMANDS)
    if not topic:
        raise Stop(1, f'Object "{prefix}" is unknown, try "ip help".')
    name = _first(command or "show", _COMMANDS[topic])
    if name is None:
        raise Stop(255, f'Command "{command}" is unknown, try "ip {topic} help".')
    return _COMMANDS[topic][name]


def _first(prefix: str, names: Iterable[str]) -> Optional[str]:
    return next((name for name in names if name.startswith(prefix)), None)


def _add_address(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    address, name = address_and_device(words)
    add_address(network, named_link(network, name), address)
    return ""


def _delete_address(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    address, name = address_and_device(words)
    delete_address(network, named_link(network, name), address.interface)
    return ""


def _flush_addresses(network: Network, words: Sequence[str], options: Sequence[str]) -> str:
    name = required_device(" ".join(without_dev(words)))
    flush_addresses(network, existing_link(network, name))
    return ""


_SHOWS = (show_addresses, show_links, show_routes)
_COMMANDS: Mapping[str, Mapping[str, _Command]] = {
    "address": {
        "add": _add_address, "delete": _delete_address, "show": show_addresses, "list": show_addresses,
        "flush": _flush_addresses,
    },
    "route": {
        "show": show_routes, "list": show_routes, "add": add_route, "change": change_route,
        "replace": replace_route, "delete": delete_route,
    },
    "link": {
        "set": set_link, "add": add_link, "delete": delete_link, "show": show_links, "list": show_links,
    },
}
