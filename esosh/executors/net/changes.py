"""The order in which the kernel accepts changes of a bond's options.

Source: kernel Documentation/networking/bonding.rst, drivers/net/bonding/bond_options.c; seen on Linux 6.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...records import Record
from .options import ALIASES, BY_NAME, DEFAULTS, MII_INTERVAL, MII_MODES, effective


class Change(Record):
    """An option that changes.

    `side_effects` are other options that the change and its inverse leave changed, each with its old value.
    """

    key: str
    old: str
    new: str
    side_effects: tuple[tuple[str, str], ...] = ()


def changes(running: Mapping[str, str], options: Mapping[str, str]) -> list[Change]:
    """What leads from a running bond's options to those that are given, `primary` apart."""
    wanted = _wanted(running, options)
    sequence = _Sequence({**DEFAULTS, **running})
    # the old mode alone may know an option, so what gets its default again comes before the mode
    for key, value in wanted.items():
        if key not in options and not BY_NAME[key].after_mode:
            sequence.set(key, value)
    sequence.stop_monitoring(wanted)
    sequence.set("mode", wanted["mode"])
    for key in ("miimon", "arp_interval", *wanted):
        sequence.set(key, wanted[key], given=key in options)
    return sequence.changes


def _wanted(running: Mapping[str, str], options: Mapping[str, str]) -> dict[str, str]:
    """The options that the running kernel has, `primary` apart, as they are to be."""
    return {key: value for key, value in effective(options).items() if key in running and key != "primary"}


class _Sequence:
    """Changes one after the other, and the options that the bond shows after them.

    `presumed` are the options that the kernel is believed to have changed by itself.
    """

    def __init__(self, shown: dict[str, str]) -> None:
        self.shown = shown
        self.changes: list[Change] = []
        self.presumed: set[str] = set()

    def set(self, key: str, value: str, given: bool = False) -> None:
        """Change an option; a `given` one also where the kernel is believed to have changed it by itself."""
        must_confirm = given and key in self.presumed
        if self.shown[key] != value or must_confirm:
            self._change(key, value)

    def _change(self, key: str, value: str) -> None:
        before = dict(self.shown)
        self.presumed.discard(key)
        self._write(key, value)
        after = dict(self.shown)
        self._write(key, before[key])  # what undoing leaves changed
        side_effects = tuple((other, old) for other, old in before.items() if self.shown[other] != old)
        self.shown = after
        self.changes.append(Change(key, before[key], value, side_effects))

    def _write(self, key: str, value: str) -> None:
        """One write, with what the kernel changes by itself."""
        side_effects = _side_effects(key, value, self.shown["miimon"])
        self.presumed.update({"miimon"} & side_effects.keys())
        self.shown.update({key: value, **side_effects})

    def stop_monitoring(self, wanted: Mapping[str, str]) -> None:
        """Turn off what the changes to come would touch.

        The kernel keeps delays as multiples of miimon; one kind of monitoring ends the other; a new mode
        forgets arp_validate.
        """
        if self.shown["miimon"] != wanted["miimon"]:
            self.set("updelay", "0")
            self.set("downdelay", "0")
        if any(self.shown[key] != wanted[key] for key in ("mode", "arp_interval")):
            self.set("arp_validate", "none")
        if wanted["miimon"] != "0":
            self.set("arp_interval", "0")
        elif wanted["arp_interval"] != "0":
            self.set("miimon", "0")


def _side_effects(key: str, value: str, miimon: str) -> dict[str, str]:
    """The options that change by themselves when one is written."""
    if key in ALIASES:
        return dict.fromkeys(ALIASES, value)
    if key != "mode":
        return {}
    monitoring = {"miimon": MII_INTERVAL} if value in MII_MODES and miimon == "0" else {}
    balancing = {"tlb_dynamic_lb": "1"} if value == "balance-alb" else {}
    return {**monitoring, **balancing}
