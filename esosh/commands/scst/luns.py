"""scst lun: the numbers under which a target or one of its groups offers devices."""

from __future__ import annotations

from typing import Optional, Union

from ...config import Config
from ...config.lazy import having, without
from ...config.scst import Lun
from ...errors import Refused
from ...language.numbers import decimal
from ...records import replace
from .. import Command, Edit, Pair, Pairs, Removal
from ..names import missing
from .attributes import keys_and_values, set_attributes
from .edits import Luns, device_of, luns_of, put_luns

_LARGEST_LUN = 16383


def _seen_by_others(config: Config, target: str, within: Optional[Pair]) -> list[str]:
    """Who sees a LUN that is mapped without a group, where the target has groups, in words."""
    if within or not config.scst.targets[target].groups:
        return []
    return [f"everyone else sees it: all initiators that are in no group of {target}"]


class ScstLunAdd(Edit):
    """Map a device to a number of a target, or of one of its groups."""

    target: str
    within: Optional[Pair]
    lun: str
    device: str
    pairs: Pairs = ()

    def edit(self, config: Config) -> Config:
        luns = luns_of(config, self.target, self.within, self)
        device_of(config, self.device, self)
        number = _canonical(self.lun)
        if decimal(number, most=_LARGEST_LUN) is None:
            message = f"{number} is not a valid LUN: SCST accepts 0 to {_LARGEST_LUN}"
            raise Refused(message, word=self.lun, code="E206")
        lun = Lun(self.device, set_attributes("lun", {}, keys_and_values(self.pairs)))
        if number not in luns:
            return put_luns(config, self.target, self.within, having(luns, {number: lun}))
        self._check_same(luns[number], lun)
        return config

    def note(self, config: Config) -> str:
        """Who sees it: a group that was forgotten is told at once."""
        groups = sorted(config.scst.targets[self.target].groups)
        alone = [f"for group {name} alone: {self._of_group(name)}" for name in groups[:1] if not self.within]
        return "; ".join((*_seen_by_others(config, self.target, self.within), *alone))

    def _of_group(self, name: str) -> ScstLunAdd:
        return replace(self, within=Pair("group", name))

    def _check_same(self, existing: Lun, lun: Lun) -> None:
        """Raises Refused where something else is behind the number."""
        if existing == lun:
            return
        line: Command = ScstLunSet(self.target, self.within, self.lun, Pair("device=", self.device))
        if existing.attributes != lun.attributes:
            line = ScstLunDel(self.target, self.within, (self.lun,))
        message = f"LUN {self.lun} already exists: {existing.device}"
        raise Refused(message, word=self.lun, hint=str(line), code="E203")


def _canonical(number: str) -> str:
    """The number of a LUN without leading zeros."""
    return number.lstrip("0") or "0"


class ScstLunSet(Edit):
    """Map another device to a number, in place."""

    target: str
    within: Optional[Pair]
    lun: str
    pair: Pair

    def edit(self, config: Config) -> Config:
        luns = luns_of(config, self.target, self.within, self)
        number = _mapped(config, self, luns, self.lun)
        device = str(self.pair.value)
        device_of(config, device, self)
        lun = replace(luns[number], device=device)
        return put_luns(config, self.target, self.within, having(luns, {number: lun}))

    def note(self, config: Config) -> str:
        """Who sees the other device: a group that was forgotten is told at once."""
        return "; ".join(_seen_by_others(config, self.target, self.within))


class ScstLunDel(Removal):
    """Unmap devices."""

    target: str
    within: Optional[Pair]
    luns: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        luns = luns_of(config, self.target, self.within, self)
        numbers = [_mapped(config, self, luns, number) for number in self.luns]
        return put_luns(config, self.target, self.within, without(luns, *numbers))


_Line = Union[ScstLunSet, ScstLunDel]


def _mapped(config: Config, line: _Line, luns: Luns, typed: str) -> str:
    """The number of a LUN that is mapped. Raises Refused, which tells where else it is mapped."""
    number = _canonical(typed)
    if number in luns:
        return number
    elsewhere = _places_with(config, line, number)
    if not elsewhere:
        group = f" group {line.within.value}" if line.within else ""
        raise missing(f"LUN of {line.target}{group}:", number, luns, line)
    places = ", ".join(map(_in_words, elsewhere))
    hint = replace(line, within=elsewhere[0])
    raise Refused(f"no LUN {number} there; there is one {places}", word=number, hint=str(hint), code="E202")


def _places_with(config: Config, line: _Line, number: str) -> list[Optional[Pair]]:
    """The target itself (None) and the groups of it that have that LUN."""
    places = [None, *(Pair("group", name) for name in config.scst.targets[line.target].groups)]
    return [place for place in places if number in luns_of(config, line.target, place, line)]


def _in_words(place: Optional[Pair]) -> str:
    return f"of group {place.value}" if place else "of the target itself"
