"""net hosts: the names of other hosts' addresses, in /etc/xtra_hosts."""

from __future__ import annotations

import ipaddress

from ...config import Config
from ...config.lazy import having, without
from ...errors import Refused
from ...records import replace
from .. import Edit, Removal
from ..names import require


class NetHostsAdd(Edit):
    """Give an address names, besides those that it has."""

    ip: str
    names: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        address, hosts = host_address(self.ip), config.net.hosts
        names = tuple(dict.fromkeys((*hosts.get(address, ()), *self.names)))
        return config.having(net=replace(config.net, hosts=having(hosts, {address: names})))


class NetHostsDel(Removal):
    """Forget the names of addresses."""

    ips: tuple[str, ...]

    def edit(self, config: Config) -> Config:
        addresses = tuple(map(host_address, self.ips))
        for address in addresses:
            require("host", address, config.net.hosts, self)
        return config.having(net=replace(config.net, hosts=without(config.net.hosts, *addresses)))


def host_address(text: str) -> str:
    """An IP address in canonical form. Raises Refused."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise Refused(f"{text} is not an IP address", word=text, code="E213") from None
