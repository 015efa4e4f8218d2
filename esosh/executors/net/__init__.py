"""The network: /etc/network.conf as rc.network reads it, and the bonds of the running system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...config import Bond, Config, Net
from ...host import Host
from ...step import Step
from . import bonding, conf, links

NETWORK_CONF = "/etc/network.conf"
FILES = (NETWORK_CONF,)
facts = links.facts


def read(host: Host) -> Net:
    """The network as network.conf says it is to be."""
    return conf.read(host.read(NETWORK_CONF)) if host.exists(NETWORK_CONF) else Net()


filed = read


def running(host: Host, said: Net) -> Net:
    """The network with its bonds as they run; interfaces are taken over when the network starts."""
    facts = links.facts(host)
    if not facts.bonding:
        return said
    bonds = {name: links.shown(name, facts, said.bonds.get(name, Bond())) for name in facts.bonds}
    return replace(said, bonds=bonds)


def steps(old: Config, new: Config, facts: links.Facts) -> Iterator[Step]:
    """The bonds that change, in the running system; everything else is network.conf alone."""
    for name in {**old.net.bonds, **new.net.bonds}:
        if old.net.bonds.get(name) != new.net.bonds.get(name):
            yield from bonding.steps(name, old.net.bonds.get(name), new.net.bonds.get(name), facts, new.net.general.hostname)


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """network.conf with the sections that change; all other lines stay."""
    return conf.amend(text, old.net, new.net)


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    slaves = {slave: bond for bond, about in new.net.bonds.items() for slave in about.slaves}
    for name, iface in old.net.ifaces.items():
        if name not in new.net.ifaces and name in slaves:
            yield f"{name} loses its own settings: address {iface.address}, mtu {iface.mtu}"


def follow(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """What is left to do after a commit: rc.network takes the rest over at boot."""
    changed = [name for name in {**old.net.ifaces, **new.net.ifaces}
               if old.net.ifaces.get(name) != new.net.ifaces.get(name)
               and not any(name in bond.slaves for bond in new.net.bonds.values())]
    general = ["general"] if old.net.general != new.net.general else []
    if changed or general:
        yield "reboot", f"{' '.join([*general, *changed])}: saved, taken over at the next start of the network"
