"""The program `ethtool`: a NIC's speed, duplex and auto-negotiation, as of the e1000 in the recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Callable, Optional

from ...host import Output
from ..kernel import Kernel
from . import files, states
from .links import ALL_MODES, MODES, Link, Settings
from .network import Network

_PARAMETERS = {
    "autoneg": re.compile("on|off"), "duplex": re.compile("half|full"), "speed": re.compile(r"\d{1,9}"),
    "advertise": re.compile("(0x)?[0-9a-fA-F]{1,16}"), "port": re.compile("tp|aui|bnc|mii|fibre|da"),
    "mdix": re.compile("auto|on|off"), "phyad": re.compile(r"\d{1,3}"), "wol": re.compile("[pumbagsfd]+"),
    "sopass": re.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}"), "msglvl": re.compile("(0x)?[0-9a-fA-F]{1,8}"),
}
_MDIX = {"auto": "off (auto)", "on": "on (forced)", "off": "off (forced)"}
_NO_PASSWORD = (
    "netlink error: magicsecure not supported, cannot set password (offset 36)\n"
    "netlink error: Invalid argument\n"
)
_NO_DEVICE = "netlink error: no device matches name (offset 24)\nnetlink error: No such device\n"
_UNSUPPORTED = "netlink error: Operation not supported\n"
_INVALID = "netlink error: link settings update failed\nnetlink error: Invalid argument\n"
_BAD_LINE = "ethtool: bad command line argument(s)\nFor more information run ethtool -h\n"
_REFUSED = 75  # the exit status when the kernel refuses

_NIC = """\
\tSupported ports: [ TP ]
\tSupported link modes:   {supported}
\tSupported pause frame use: No
\tSupports auto-negotiation: Yes
\tSupported FEC modes: Not reported
\tAdvertised link modes:  {modes}
\tAdvertised pause frame use: No
\tAdvertised auto-negotiation: {advertised}
\tAdvertised FEC modes: Not reported
\tSpeed: {speed}
\tDuplex: {duplex}
\tAuto-negotiation: {autoneg}
\tPort: Twisted Pair
\tPHYAD: 0
\tTransceiver: internal
\tMDI-X: {mdix}
"""
_DRIVER = """\
\tSupports Wake-on: umbg
\tWake-on: d
        Current message level: 0x00000007 (7)
                               drv probe link
"""
_VIRTUAL = """\
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
_TEMPLATES = {"nic": _NIC + _DRIVER, "vlan": _NIC, "lo": ""}  # of all others: _VIRTUAL


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
    for number, (name, value) in enumerate(zip(words[::2], [*words[1::2], ""])):
        if name == "xcvr":
            return "deprecated parameter 'xcvr' not supported by kernel"
        if name not in _PARAMETERS:
            return f"unknown parameter '{name}'"
        if name in words[: 2 * number : 2]:
            return f"duplicate parameter '{name}'"
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
    if link.settings is None or values.get("wol", "d") != "d":
        return Output(_REFUSED, err=_UNSUPPORTED)
    if "sopass" in values:
        return Output(_REFUSED, err=_NO_PASSWORD)
    settings = _changed(link.settings, values)
    if settings is None:
        return Output(_REFUSED, err=_INVALID)
    link.settings = settings
    return Output(0)


def _changed(settings: Settings, values: Mapping[str, str]) -> Optional[Settings]:
    """The settings with these values; None when the NIC has no such link mode."""
    autoneg, mdix = values.get("autoneg", settings.autoneg), values.get("mdix", settings.mdix)
    if autoneg == "on":
        offered = _offered(settings, values)
        speed, duplex = MODES[max(bit for bit in MODES if bit & offered)]
        return Settings(autoneg, speed, duplex, offered, mdix)
    forced = int(values.get("speed", settings.speed)), values.get("duplex", settings.duplex)
    return Settings(autoneg, *forced, ALL_MODES, mdix) if forced in MODES.values() else None


def _offered(settings: Settings, values: Mapping[str, str]) -> int:
    """The link modes offered to the partner: those that are named, or that have the named speed and duplex.

    With `autoneg on` alone all are offered; what leaves none changes nothing.
    """
    if "advertise" in values:
        named = int(values["advertise"], 16) & ALL_MODES
    elif {"speed", "duplex"} & {*values}:
        named = sum(bit for bit, mode in MODES.items() if _has(mode, values))
    else:
        named = ALL_MODES if "autoneg" in values else 0
    return named or settings.advertise


def _has(mode: tuple[int, str], values: Mapping[str, str]) -> bool:
    speed, duplex = mode
    return int(values.get("speed", speed)) == speed and values.get("duplex", duplex) == duplex


def _show(network: Network, link: Link) -> Output:
    lowest = _without_vlans(network, link)
    settings = lowest.settings or Settings(autoneg="off")
    kind = link.kind if lowest.settings else lowest.kind
    text = _TEMPLATES.get(kind, _VIRTUAL).format(
        autoneg=settings.autoneg, advertised=_yes_no(settings.autoneg == "on"), supported=_modes(ALL_MODES),
        modes=_modes(settings.advertise) if settings.autoneg == "on" else "Not reported",
        mdix=_MDIX[settings.mdix], **_rate(network, lowest),
    )
    detected = _yes_no(states.is_running(network, link)).lower()
    return Output(0, f"Settings for {link.name}:\n{text}\tLink detected: {detected}\n")


def _without_vlans(network: Network, link: Link) -> Link:
    """The link that a VLAN device stands on, whose settings it shows; others show their own."""
    return _without_vlans(network, network.links[link.vlan.parent]) if link.vlan else link


def _modes(mask: int) -> str:
    """The link modes of a mask, those of one speed in a line."""
    lines = []
    for wanted in sorted({speed for speed, _ in MODES.values()}):
        duplexes = (duplex for bit, (speed, duplex) in MODES.items() if bit & mask and speed == wanted)
        lines.append(" ".join(f"{wanted}baseT/{duplex.capitalize()}" for duplex in duplexes))
    return f"\n\t{' ' * 24}".join(filter(None, lines))


def _rate(network: Network, link: Link) -> dict[str, str]:
    speed, duplex = states.speed(network, link), states.duplex(network, link)
    carrier = states.is_running(network, link)
    return {
        "speed": f"{speed}Mb/s" if carrier and speed > 0 else "Unknown!",
        "duplex": duplex.capitalize() if carrier and duplex != "unknown" else "Unknown! (255)",
    }


def _yes_no(fact: bool) -> str:
    return "Yes" if fact else "No"
