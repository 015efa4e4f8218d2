"""What `ethtool` shows of an interface, in the words of `ethtool -s`.

Source: ethtool(8) 5.0; observed with Linux 6.1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...host import Host

_SHOWN = {  # of each word of ethtool -s, how its value is shown
    "speed": r"Speed: (\d+)Mb/s", "duplex": r"Duplex: (Full|Half)", "autoneg": r"Auto-negotiation: (on|off)",
    "port": r"Port: (\w+)", "phyad": r"PHYAD: (\d+)", "wol": r"Wake-on: ([pumbagsfd]+)",
    "msglvl": r"Current message level: (0x[0-9a-f]+)",
}
FORCED = ("speed", "duplex")  # what the other end tells while autoneg is on
_PORTS = {"twisted": "tp", "fibre": "fibre", "aui": "aui", "bnc": "bnc", "mii": "mii"}


def settings(host: Host, name: str) -> dict[str, str]:
    """What an interface has of the words of ethtool -s; what ethtool does not show is not among them."""
    text = host.run(("ethtool", name)).out
    found = {word: re.search(pattern, text) for word, pattern in _SHOWN.items()}
    values = {word: match[1].lower() for word, match in found.items() if match}
    if "port" in values:
        values["port"] = _PORTS.get(values["port"], values["port"])
    return values


def words_back(new: Sequence[str], shown: dict[str, str]) -> tuple[str, ...]:
    """The words that set back what some words change; () where nobody knows what was.

    While it negotiated, the speed was what both ends agreed upon: negotiation alone comes back.
    """
    keys = new[::2]
    back = {key: shown[key] for key in keys if key in shown}
    if shown.get("autoneg") == "on" and {"autoneg", *FORCED}.intersection(keys):
        back = {"autoneg": "on", **{key: value for key, value in back.items() if key not in FORCED}}
        keys = [key for key in keys if key not in FORCED]
    if any(key not in back for key in keys):
        return ()
    return tuple(word for pair in back.items() for word in pair)
