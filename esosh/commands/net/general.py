"""net general: the box itself."""

from __future__ import annotations

from typing import Any, Callable

from ...config import Config
from ...config.net import General
from ...errors import Refused
from ...records import replace
from .. import Edit, Keyword, Pairs, Removal, values_by_key
from .values import ipv4, with_default

_MOST_NAMESERVERS = 3  # rc.network ignores any others


class NetGeneral(Edit):
    """Set the box's name, its gateway and its name servers."""

    pairs: Pairs

    def edit(self, config: Config) -> Config:
        values: dict[str, Any] = dict(values_by_key(self.pairs))
        for key, canonical in _CANONICAL.items():
            if key in values:
                values[key] = canonical(values[key])
        return config.having(net=replace(config.net, general=replace(config.net.general, **values)))


def _nameservers(servers: tuple[str, ...]) -> tuple[str, ...]:
    addresses = tuple(map(ipv4, servers))
    if len(addresses) > _MOST_NAMESERVERS:
        raise Refused("three name servers at most: rc.network reads no more", code="E206")
    return addresses


_CANONICAL: dict[str, Callable[[Any], Any]] = {"gateway": ipv4, "nameservers": _nameservers}


class NetGeneralUnset(Removal):
    """Reset keys of the box to their defaults."""

    keys: tuple[Keyword, ...]

    def edit(self, config: Config) -> Config:
        general = config.net.general
        for key in self.keys:
            general = with_default(general, key, General(), "general")
        return config.having(net=replace(config.net, general=general))
