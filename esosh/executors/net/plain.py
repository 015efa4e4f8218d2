"""Plain interfaces of the running system: what rc.network gives them, as far as it differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from ...config.net import Iface, Net
from ..step import Run, Step
from .addressing import addressed, brought_up, mtu_kept, mtu_set, unaddressed
from .ethtool import words_back
from .links import Facts
from .writes import step


def removed(iface: str, old: Optional[Iface], facts: Facts, net: Net) -> Iterator[Step]:
    """The interface has no address any more; it stays up, as `rc.network apply` leaves it."""
    yield from unaddressed(iface, old, facts, net)


def configured(iface: str, old: Optional[Iface], new: Iface, facts: Facts, net: Net) -> Iterator[Step]:
    """The steps that make an interface as it is configured; none where the box does not have it."""
    link = facts.links.get(iface)
    if link is None:
        return
    if new.ethtool and (old is None or old.ethtool != new.ethtool):
        yield from _negotiated(iface, new.ethtool, facts)
    if facts.is_slave(iface):
        yield mtu_kept(iface, None, new.mtu)
    else:
        yield from mtu_set(iface, link, new.mtu)
    yield from brought_up(iface, facts)
    yield from addressed(iface, old, new, link, facts, net)


def _negotiated(iface: str, words: tuple[str, ...], facts: Facts) -> Iterator[Step]:
    """What ethtool -s sets, unless the interface has it."""
    shown = dict(facts.settings[iface])
    if all(shown.get(key) == value for key, value in zip(words[::2], words[1::2])):
        return
    back = words_back(words, shown)
    undo = (Run(("ethtool", "-s", iface, *back)),) if back else None
    yield step(Run(("ethtool", "-s", iface, *words)), undo, None, None, disruption="link")
