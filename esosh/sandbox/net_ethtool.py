"""The program `ethtool`: a NIC's speed, duplex and auto-negotiation, as of the e1000 in the recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..host import Output
from . import net_files
from .kernel import Kernel
from .net_links import Link, Network, Settings

_WORDS: Mapping[str, tuple[str, ...]] = {"autoneg": ("on", "off"), "duplex": ("half", "full"), "speed": (), "wol": ()}
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


def run(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """`ethtool IFACE` and `ethtool -s IFACE [speed N] [duplex half|full] [autoneg on|off]`."""
    words = list(argv[1:])
    change = words[:1] == ["-s"]
    name, settings = [*words[change:], ""][0], words[change + 1 :]
    if not name or name.startswith("-") or (settings and not change):
        return Output(1, err=_BAD_LINE)
    wrong = _wrong_word(settings)
    if wrong:
        return Output(1, err=f"ethtool (-s): {wrong}\n")
    with kernel.command() as tree, net_files.change(tree) as network:
        if name not in network.links:
            return Output(_REFUSED, err=_NO_DEVICE)
        link = network.links[name]
        return _set(link, dict(zip(settings[::2], settings[1::2]))) if change else _show(network, link)


def _wrong_word(words: Sequence[str]) -> str:
    for name, value in zip(words[::2], [*words[1::2], ""]):
        if name not in _WORDS:
            return f"unknown parameter '{name}'"
        if not value:
            return f"no value for parameter '{name}'"
        if not (value in _WORDS[name] or name == "wol" or (name == "speed" and value.isdecimal())):
            return f"invalid value '{value}' for parameter '{name}'"
    return ""


def _set(link: Link, words: Mapping[str, str]) -> Output:
    if link.settings is None or "wol" in words:
        return Output(_REFUSED, err=_UNSUPPORTED)
    wanted = Settings() if words.get("autoneg") == "on" else link.settings
    wanted = Settings(
        words.get("autoneg", wanted.autoneg), int(words.get("speed", wanted.speed)), words.get("duplex", wanted.duplex)
    )
    if (wanted.speed, wanted.duplex) not in _MODES:
        return Output(_REFUSED, err=_INVALID)
    link.settings = wanted
    return Output(0)


def _show(network: Network, link: Link) -> Output:
    carrier, speed = network.carrier(link), network.speed(link)
    duplex = link.settings.duplex if link.settings else "full"
    autoneg = link.settings.autoneg if link.settings else "off"
    known = carrier and speed > 0
    text = (_NIC if link.settings else _BOND if link.bond else "").format(
        speed=f"{speed}Mb/s" if known else "Unknown!",
        duplex=duplex.capitalize() if known else "Unknown! (255)",
        autoneg=autoneg,
        advertised="Yes" if autoneg == "on" else "No",
    )
    return Output(0, f"Settings for {link.name}:\n{text}\tLink detected: {'yes' if carrier else 'no'}\n")
