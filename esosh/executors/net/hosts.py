"""Names: /etc/xtra_hosts, and the files that rc.network makes of it and of the box's own settings.

/etc/hosts has this box's names behind 127.0.0.1 and ::1, and then xtra_hosts; /etc/resolv.conf is written
where there is a name server. Source: etc/rc.d/rc.network of ESOS.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from ...config.net import General, Net

XTRA_HOSTS, HOSTS, RESOLV_CONF = "/etc/xtra_hosts", "/etc/hosts", "/etc/resolv.conf"
_LOOPBACKS = ("127.0.0.1", "::1")
Names = Mapping[str, tuple[str, ...]]


def read(text: str) -> dict[str, tuple[str, ...]]:
    """The names of each address; those of an address that has several lines together."""
    hosts: dict[str, tuple[str, ...]] = {}
    for line in text.split("\n"):
        address, names = _line(line)
        if names:
            hosts[address] = tuple(dict.fromkeys((*hosts.get(address, ()), *names)))
    return hosts


def _line(line: str) -> tuple[str, tuple[str, ...]]:
    """The address of a line, in canonical form, and its names; two empty ones where it has none."""
    words = line.partition("#")[0].split()
    try:
        return str(ipaddress.ip_address(words[0])), tuple(words[1:])
    except (IndexError, ValueError):
        return "", ()


def amend(path: str, text: str, old: Net, new: Net) -> str:
    """One of the three files with what changes."""
    if path == RESOLV_CONF:
        return _resolv_conf(text, old.general, new.general)
    before, after = (_names(path, net) for net in (old, new))
    if before == after:
        return text
    return "\n".join(_amended(text.split("\n"), before, after))


def _names(path: str, net: Net) -> Names:
    own = dict.fromkeys(_LOOPBACKS, _own_names(net.general)) if path == HOSTS else {}
    return {**own, **net.hosts}


def _own_names(general: General) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("localhost", general.hostname, general.full_name)))


def _amended(lines: list[str], old: Names, new: Names) -> Iterator[str]:
    """The lines, with the names of the addresses that change in the first line of each."""
    differing = (address for address in {**old, **new} if old.get(address) != new.get(address))
    changed = {address: new.get(address, ()) for address in differing}
    missing = dict(changed)
    for line in lines[:-1] if lines[-1] == "" else lines:
        address, _ = _line(line)
        if address not in changed:
            yield line
        elif missing.pop(address, ()):
            yield _with_names(line, changed[address])
    yield from (f"{address}\t{' '.join(names)}" for address, names in missing.items() if names)
    yield ""


def _with_names(line: str, names: tuple[str, ...]) -> str:
    """The line with other names, its address and its comment as they were."""
    entry, sign, comment = line.partition("#")
    address = entry.split()[0]
    blanks = entry[len(address) : len(entry) - len(entry[len(address):].lstrip())] or "\t"
    end = f" {sign}{comment}" if sign else "\r" * entry.endswith("\r")
    return f"{address}{blanks}{' '.join(names)}{end}"


def _resolv_conf(text: str, old: General, new: General) -> str:
    before, after = ((general.domainname, general.nameservers) for general in (old, new))
    if before == after or not new.nameservers:
        return text
    search = f"search {new.domainname}\n" if new.domainname else ""
    return search + "".join(f"nameserver {server}\n" for server in new.nameservers)
