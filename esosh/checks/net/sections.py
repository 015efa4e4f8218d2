"""network.conf as rc.network reads it: lines that say nothing, and sections that it passes over.

Source: etc/rc.d/rc.network of ESOS: a section needs bootproto and mtu, with a static address ipaddr, netmask
and broadcast, and the lists of its kind; an empty word among the options of a bond ends the whole script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...commands.net.links import unknown_words
from ...commands.net.values import default_link
from ...config.net import KINDS, ROLES, Bond, Link, Net
from ...executors.net import NETWORK_CONF
from ...executors.net.conf import ADDRESS, sections, static_address
from ...executors.net.options import DEFAULTS
from ...executors.net.problems import Problem, problems
from ...language.words import quote
from .. import Finding

_LISTS = {"slaves": "slaves", "brmembers": "members"}


def findings(net: Net, text: str) -> Iterator[Finding]:
    """What is found in the file, with the lines that mend it."""
    keys_of = sections(text)
    for problem in problems(text):
        message = f"line {problem.number} of {NETWORK_CONF} cannot be read: {problem.text}"
        yield Finding("W387", "net", "net", message, _mending(net, problem))
    yield from _unnamed(keys_of.get("general", {}))
    for kind, field in KINDS.items():
        for name, link in getattr(net, field).items():
            if link.lacking:
                yield from _lacking(kind, name, link, keys_of.get(name, {}))
            if kind in ROLES and link.other.get("ethtoolopts"):
                message = f"its ethtoolopts go to its {ROLES[kind]}s, and when the network starts only"
                yield Finding("W401", "net", f"net {name}", message)


def _unnamed(general: Mapping[str, str]) -> Iterator[Finding]:
    """A domain without a host name; where both are missing, the box is called localhost."""
    domain = general.get("domainname")
    if domain and "hostname" not in general:
        message = f"there is a domainname and no hostname, so rc.network calls the box .{domain}"
        yield Finding("W400", "net", "net general", message)


def _mending(net: Net, problem: Problem) -> str:
    """The line that mends a line of the file; "" where none does, or where what is lacking tells it."""
    name, link = problem.section, net.links.get(problem.section)
    if problem.key == "bondopts" and isinstance(link, Bond):
        keys = dict.fromkeys(word.partition("=")[0] for word in unknown_words(link))
        return f"net bond unset {name} {' '.join(map(quote, keys))}" if keys else ""
    if problem.key == "mtu" and link and "mtu" not in link.lacking:
        kind = next(kind for kind, field in KINDS.items() if name in getattr(net, field))
        return f"net {kind} {name} mtu={default_link(kind, name).mtu}"
    return ""


def _lacking(kind: str, name: str, link: Link, keys: Mapping[str, str]) -> Iterator[Finding]:
    """What a section lacks, each with the line that completes it."""
    for key in link.lacking:
        if key in ADDRESS and key != link.lacking[0]:
            continue  # one line mends them all
        message, values = _described(key, link, keys)
        line = f"net {kind} {name} {values}" if values else f"net {kind} unset {name} {_LISTS[key]}"
        yield Finding("W328", "net", f"net {name}", message, line)


def _described(key: str, link: Link, keys: Mapping[str, str]) -> tuple[str, str]:
    """What a key that is lacking means, and the values that mend it; "" for a list that is to be empty."""
    passed_over = "rc.network passes over it"
    if key == "bootproto":
        return _without_address(keys)
    if key == "broadcast":
        return f"it has an address and no broadcast: {passed_over}", f"address={link.address}"
    if key == "mtu":
        return f"it has no mtu: {passed_over}", f"mtu={link.mtu}"
    if key == "bondopts":
        mode = link.options.get("mode", DEFAULTS["mode"]) if isinstance(link, Bond) else ""
        is_there = "its options have other blanks than one between them: rc.network ends there"
        return is_there if keys.get(key) else f"it has no bondopts: {passed_over}", f"mode={mode}"
    names = getattr(link, _LISTS[key], None)
    own = f"mtu={link.mtu}" if names is None else " ".join((_LISTS[key], *names)) if names else ""
    return f"it has no {key}: {passed_over}", own


def _without_address(keys: Mapping[str, str]) -> tuple[str, str]:
    protocol, address = keys.get("bootproto", ""), keys.get("ipaddr", "")
    mend = f"address={static_address(keys) or f'{address}/'}" if address else "address=none"
    if protocol.lower() == "static":
        netmask = keys.get("netmask") or "none"
        return f"its address cannot be read: {address or 'none'}, netmask {netmask}", mend
    if protocol:
        return f"bootproto = {protocol} is none of static, dhcp and none: rc.network passes over it", mend
    has = f"the address {address} and no bootproto" if address else "no bootproto"
    return f"it has {has}: rc.network passes over it", mend
