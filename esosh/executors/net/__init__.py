"""The network: /etc/network.conf and /etc/xtra_hosts as rc.network reads them, and what runs."""

from __future__ import annotations

from collections.abc import Iterator

from ...config import Config
from ...config.net import Net
from ...host import Host
from ...records import replace
from ..step import Step
from . import conf, conf_edit, hosts, links, order, problems
from .status_tree import status
from .summary import overview

NETWORK_CONF = "/etc/network.conf"
FILES = (NETWORK_CONF, hosts.XTRA_HOSTS, hosts.HOSTS, hosts.RESOLV_CONF)
facts = links.facts
carriers = links.carriers
addresses = links.addresses

__all__ = (
    "FILES", "addresses", "amend", "carriers", "facts", "follow_ups", "notes", "overview", "read", "running",
    "saved", "status", "steps", "unread",
)


def read(host: Host) -> Net:
    """The network as its files say it is to be."""
    net, names = (_text(host, path) for path in (NETWORK_CONF, hosts.XTRA_HOSTS))
    return replace(conf.read(net), hosts=hosts.read(names))


def _text(host: Host, path: str) -> str:
    return host.read(path) if host.exists(path) else ""


saved = read


def unread(host: Host) -> Iterator[tuple[str, int, str]]:
    """The lines of network.conf that cannot be read: file, number, and why."""
    found = problems.problems(_text(host, NETWORK_CONF))
    return ((NETWORK_CONF, problem.number, problem.text) for problem in found)


def running(host: Host, saved: Net) -> Net:
    """The network as it runs: bonds, VLANs, bridges, and the interfaces that have settings."""
    from . import live  # few lines ask for it

    return live.running(links.facts(host), saved)


def steps(old: Config, new: Config, facts: links.Facts) -> Iterator[Step]:
    """What changes of the running network, and nothing else."""
    return order.steps(old.net, new.net, facts)


def amend(path: str, text: str, old: Config, new: Config) -> str:
    """One of the files with what changes; all other lines stay."""
    if path == NETWORK_CONF:
        return conf_edit.amend(text, old.net, new.net)
    return hosts.amend(path, text, old.net, new.net)


def notes(path: str, text: str, old: Config, new: Config) -> Iterator[str]:
    """What the change of the file means besides what the edits say."""
    slaves = new.net.slaves
    for name, iface in old.net.ifaces.items() if path == NETWORK_CONF else ():
        if name not in new.net.ifaces and name in slaves:
            yield f"{name} loses its own settings: address {iface.address}, mtu {iface.mtu}"


def follow_ups(old: Config, new: Config, host: Host) -> Iterator[tuple[str, str]]:
    """What is left to do after a commit: what the box does not have now comes at boot, a lease later."""
    before = old.net.links
    changed = {name: link for name, link in new.net.links.items() if link != before.get(name)}
    later = [name for name in changed if not links.is_there(host, name)]
    if later:
        yield "reboot", f"{' '.join(later)}: saved, applied at the next start of the network"
    asking = [name for name, link in changed.items() if link.address == "dhcp" and name not in later]
    addressed = links.addresses_by_name(host) if asking else {}
    for name in asking:
        if name not in addressed:
            yield f"status net {name}", "no DHCP server has answered yet; the client goes on asking"
