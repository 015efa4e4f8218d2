"""The network: /etc/network.conf as rc.network reads it, and the bonds of the running system."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import Config
from ...config.net import Bond, Net
from ...host import Host
from ...records import replace
from ..step import Step
from . import bonding, conf, conf_edit, links, problems
from .interfaces import overview, status

NETWORK_CONF = "/etc/network.conf"
FILES = (NETWORK_CONF,)
facts = links.facts
carriers = links.carriers
addresses = links.addresses

__all__ = (
    "FILES", "addresses", "amend", "carriers", "facts", "follow_ups", "notes", "overview", "read", "running",
    "saved", "status", "steps", "unread",
)


def read(host: Host) -> Net:
    """The network as network.conf says it is to be."""
    return conf.read(host.read(NETWORK_CONF)) if host.exists(NETWORK_CONF) else Net()


saved = read


def unread(host: Host) -> Iterator[tuple[str, int, str]]:
    """The lines of network.conf that cannot be read: file, number, and why."""
    text = host.read(NETWORK_CONF) if host.exists(NETWORK_CONF) else ""
    return ((NETWORK_CONF, number, problem) for number, problem in problems.problems(text))


def running(host: Host, saved: Net) -> Net:
    """The network with its bonds as they run; interfaces get their settings when the network starts."""
    facts = links.facts(host)
    if not facts.bonding:
        return saved
    bonds = {name: links.configuration_of(name, facts, saved.bonds.get(name, Bond())) for name in facts.bonds}
    return replace(saved, bonds=bonds)


def steps(old: Config, new: Config, facts: links.Facts) -> Iterator[Step]:
    """The bonds that change, in the running system; everything else is network.conf alone."""
    for name in {**old.net.bonds, **new.net.bonds}:
        before, after = old.net.bonds.get(name), new.net.bonds.get(name)
        if before != after:
            yield from bonding.steps(name, before, after, facts, new.net.general.hostname)


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """network.conf with the sections that change; all other lines stay."""
    return conf_edit.amend(text, old.net, new.net)


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    slaves = _slaves(new.net)
    for name, iface in old.net.ifaces.items():
        if name not in new.net.ifaces and name in slaves:
            yield f"{name} loses its own settings: address {iface.address}, mtu {iface.mtu}"


def follow_ups(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """What is left to do after a commit: rc.network applies the rest at boot."""
    slaves = _slaves(new.net)
    changed = ["general"] if old.net.general != new.net.general else []
    changed += (name for name in _changed_ifaces(old.net, new.net) if name not in slaves)
    if changed:
        yield "reboot", f"{' '.join(changed)}: saved, applied at the next start of the network"


def _changed_ifaces(old: Net, new: Net) -> list[str]:
    return [name for name in {**old.ifaces, **new.ifaces} if old.ifaces.get(name) != new.ifaces.get(name)]


def _slaves(net: Net) -> set[str]:
    return {slave for bond in net.bonds.values() for slave in bond.slaves}
