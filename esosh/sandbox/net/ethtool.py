"""The program `ethtool`: a NIC's speed, duplex and auto-negotiation, as of the e1000 in the recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Callable

from ...host import Output
from ..kernel import Kernel
from . import files, states
from .links import Link, Settings
from .network import Network

_PARAMETERS = {
    "autoneg": re.compile("on|off"), "duplex": re.compile("half|full"), "speed": re.compile(r"\d+"),
    "wol": re.compile(".+", re.DOTALL),
}
_MODES = frozenset({(10, "half"), (10, "full"), (100, "half"), (100, "full"), (1000, "full")})
_NO_DEVICE = "netlink error: no device matches name (offset 24)\nnetlink error: No such device\n"
_UNSUPPORTED = "netlink error: Operation not supported\n"
_INVALID = "netlink error: link settings update failed\nnetlink error: Invalid argument\n"
_BAD_LINE = "ethtool: bad command line argument(s)\nFor more information run ethtool -h\n"
_REFUSED = 75  # the exit status when the kernel refuses

_MODES_SHOWN = "10baseT/Half 10baseT/Full\n{0}100baseT/Half 100baseT/Full\n{0}1000baseT/Full".format(" " * 24)
_NIC = f"""\
\tSupported ports: [ TP ]
\tSupported link modes:   {_MODES_SHOWN}
\tSupported pause frame use: No
\tSupports auto-negotiation: Yes
\tSupported FEC modes: Not reported
\tAdvertised link modes:  {_MODES_SHOWN}
\tAdvertised pause frame use: No
\tAdvertised auto-negotiation: {{advertised}}
\tAdvertised FEC modes: Not reported
\tSpeed: {{speed}}
\tDuplex: {{duplex}}
\tAuto-negotiation: {{autoneg}}
\tPort: Twisted Pair
\tPHYAD: 0
\tTransceiver: internal
"""
_BOND = """\
\tSupported ports: [  ]
\tSupported link modes:   Not reported
\tSupported pause frame use: No
\tSupports auto-negotiation: No
\tSupported FEC modes: Not reported
\tAdvertised link modes:  Not reported
\tAdvertised pause frame use: No
\tAdvertised auto-negotiation: No
\tAdvertised FEC modes: Not reported
\tSpeed: {speed}
\tDuplex: {duplex}
\tAuto-negotiation: off
\tPort: Other
\tPHYAD: 0
\tTransceiver: internal
"""
_TEMPLATES = {"nic": _NIC, "bond": _BOND, "lo": ""}


def run(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """Run `ethtool IFACE` or `ethtool -s IFACE [speed N] [duplex half|full] [autoneg on|off]`."""
    words = list(argv[1:])
    if words[:1] == ["-s"]:
        return _run_set(kernel, words[1:])
    if len(words) != 1 or not _is_name(words[0]):
        return Output(1, err=_BAD_LINE)
    return _on_link(kernel, words[0], _show)


def _run_set(kernel: Kernel, words: Sequence[str]) -> Output:
    if not words or not _is_name(words[0]):
        return Output(1, err=_BAD_LINE)
    name, *settings = words
    complaint = _complaint(settings)
    if complaint:
        return Output(1, err=f"ethtool (-s): {complaint}\n")
    values = dict(zip(settings[::2], settings[1::2]))
    return _on_link(kernel, name, lambda network, link: _set(link, values))


def _is_name(word: str) -> bool:
    return word[:1] not in ("", "-")


def _complaint(words: Sequence[str]) -> str:
    """What is wrong with pairs of a parameter and its value; empty when nothing is."""
    for name, value in zip(words[::2], [*words[1::2], ""]):
        if name not in _PARAMETERS:
            return f"unknown parameter '{name}'"
        if not value:
            return f"no value for parameter '{name}'"
        if not _PARAMETERS[name].fullmatch(value):
            return f"invalid value '{value}' for parameter '{name}'"
    return ""


def _on_link(kernel: Kernel, name: str, action: Callable[[Network, Link], Output]) -> Output:
    with kernel.command() as tree, files.change(tree) as network:
        if name not in network.links:
            return Output(_REFUSED, err=_NO_DEVICE)
        return action(network, network.links[name])


def _set(link: Link, values: Mapping[str, str]) -> Output:
    if link.settings is None or "wol" in values:
        return Output(_REFUSED, err=_UNSUPPORTED)
    settings = _changed(link.settings, values)
    if (settings.speed, settings.duplex) not in _MODES:
        return Output(_REFUSED, err=_INVALID)
    link.settings = settings
    return Output(0)


def _changed(settings: Settings, values: Mapping[str, str]) -> Settings:
    base = Settings() if values.get("autoneg") == "on" else settings
    autoneg, duplex = values.get("autoneg", base.autoneg), values.get("duplex", base.duplex)
    return Settings(autoneg, int(values.get("speed", base.speed)), duplex)


def _show(network: Network, link: Link) -> Output:
    settings = link.settings or Settings(autoneg="off")
    text = _TEMPLATES[link.kind].format(
        autoneg=settings.autoneg,
        advertised=_yes_no(settings.autoneg == "on"),
        **_rate(network, link, settings.duplex),
    )
    carrier = _yes_no(states.has_carrier(network, link)).lower()
    return Output(0, f"Settings for {link.name}:\n{text}\tLink detected: {carrier}\n")


def _rate(network: Network, link: Link, duplex: str) -> dict[str, str]:
    speed = states.speed(network, link)
    if states.has_carrier(network, link) and speed > 0:
        return {"speed": f"{speed}Mb/s", "duplex": duplex.capitalize()}
    return {"speed": "Unknown!", "duplex": "Unknown! (255)"}


def _yes_no(fact: bool) -> str:
    return "Yes" if fact else "No"
