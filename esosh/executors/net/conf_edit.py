"""/etc/network.conf amended line by line: an edit changes the keys that it is about, and nothing else."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Optional

from ...config.net import Bond, General, Link, Net, Vlan
from ...records import Record
from .conf import GENERAL, HEAD, SERVERS, Keys, has_key, key_of, list_keys, other_keys, split_options
from .options import WRITTEN_FIRST

_REQUIRED = ("slaves", "bondopts", "brmembers")  # they are written even where they are empty
_EMPTY = (*_REQUIRED, *GENERAL)  # they stay when they become empty


def amend(text: str, old: Net, new: Net) -> str:
    """The text with the sections of what differs between the two."""
    sections = [*_changed(old, new)]
    return _amended(text, sections) if sections else text


def _changed(old: Net, new: Net) -> Iterator[_Section]:
    before, after = _written(old), _written(new)
    for name in {**before, **after}:
        lacked, lacking = (_lacking(net, name) for net in (old, new))
        if before.get(name) != after.get(name) or lacked != lacking:
            yield _Section(name, before.get(name, {}), after.get(name), lacked - lacking, lacking)


class _Section(Record):
    """A section as it was and as it is to be, None for gone.

    `mended` are the keys that it lacks no more, `lacking` those that it lacks still.
    """

    name: str
    old: Keys
    new: Optional[Keys]
    mended: frozenset[str]
    lacking: frozenset[str]

    def changed(self) -> Keys:
        """The keys to be written, each with its value."""
        new = self.new or {}
        return {key: new.get(key, "") for key in {**self.old, **new}
                if self.old.get(key) != new.get(key) or key in self.mended}


def _lacking(net: Net, name: str) -> frozenset[str]:
    link = net.links.get(name)
    return frozenset(link.lacking if link else ())


def _written(net: Net) -> dict[str, Keys]:
    """Each section with its keys and values; "" means that the key may be left out or empty."""
    return {
        "general": _written_general(net.general),
        **{name: _written_bond(bond) for name, bond in net.bonds.items()},
        **{name: _written_vlan(name, vlan) for name, vlan in net.vlans.items()},
        **{name: _written_link(bridge, brmembers=",".join(bridge.members))
           for name, bridge in net.bridges.items()},
        **{name: _written_link(iface, ethtoolopts=" ".join(iface.ethtool))
           for name, iface in net.ifaces.items()},
    }


def _written_general(general: General) -> Keys:
    servers = {**dict.fromkeys(SERVERS, ""), **dict(zip(SERVERS, general.nameservers))}
    return {"hostname": general.hostname, "domainname": general.domainname, "defaultgw": general.gateway,
            **servers, **general.other}


def _written_bond(bond: Bond) -> Keys:
    options = [f"{key}={value}" for key, value in bond.options.items()]
    if "bondopts" in bond.other:
        options.append(bond.other["bondopts"])
    return {**_written_link(bond, slaves=",".join(bond.slaves)), "bondopts": " ".join(options)}


def _written_vlan(name: str, vlan: Vlan) -> Keys:
    return {**dict.fromkeys(list_keys(name), ""), **_written_link(vlan, vlanegressmap=",".join(vlan.egress))}


def _written_link(link: Link, **own: str) -> Keys:
    """What every section has, and the keys of its own kind."""
    return {**_written_address(link), "mtu": str(link.mtu), **own, **link.other}


def _written_address(link: Link) -> Keys:
    if "/" not in link.address:
        return {"bootproto": link.address, "ipaddr": "", "netmask": "", "broadcast": ""}
    interface = ipaddress.IPv4Interface(link.address)
    broadcast = link.broadcast or str(interface.network.broadcast_address)
    return {"bootproto": "static", "ipaddr": str(interface.ip), "netmask": str(interface.netmask),
            "broadcast": broadcast}


def _amended(text: str, sections: Sequence[_Section]) -> str:
    """The text with some sections as they are to be, or without them."""
    lines = text.split("\n")
    ending = "\r" if lines[0].endswith("\r") else ""
    is_ended = not lines[-1] or lines[-1].endswith(ending)
    lines[-1] += "" if is_ended else ending
    spans = _spans(lines)
    edited: dict[int, list[str]] = {}  # what stands in place of a line
    for section in sections:
        places = spans.get(section.name, [])
        if section.new is None:
            edited.update(_removed(lines, places))
        elif places:
            edited.update(_replaced(lines, places, section, ending))
    amended = [new for number, line in enumerate(lines) for new in edited.get(number, (line,))]
    for section in sections:
        if section.new is not None and section.name not in spans:
            _append(amended, section, ending)
    return "\n".join(amended) if is_ended else "\n".join(amended).removesuffix(ending)


def _append(lines: list[str], section: _Section, ending: str) -> None:
    """Add a section at the end, a blank line before it and none behind."""
    while lines and not lines[-1].strip():
        del lines[-1]
    apart = [""] if lines else []
    lines += (f"{line}{ending}" for line in (*apart, f"[{section.name}]", *_new_lines(section.new or {})))
    lines.append("")


def _replaced(
    lines: Sequence[str], spans: Sequence[range], section: _Section, ending: str
) -> dict[int, list[str]]:
    """The lines of the section that change, and new ones at its end; of a key given twice the last stays."""
    places = _places(lines, spans)
    last = {key: number for number, key in places.items()}
    changed = section.changed()
    edited: dict[int, list[str]] = {}
    for number, key in places.items():
        if key in changed:
            stays = last[key] == number and (changed[key] or key in _EMPTY)
            edited[number] = [_with_value(lines[number], changed[key])] if stays else []
    unwritten = (key for key in section.lacking if key not in changed)
    missing = other_keys(section.new or {}, (*last, *unwritten))
    end = spans[-1].stop - 1
    edited.setdefault(end, [lines[end]]).extend(f"{line}{ending}" for line in _new_lines(missing))
    return edited


def _places(lines: Sequence[str], spans: Iterable[range]) -> dict[int, str]:
    """The lines with a key, by number."""
    numbers = itertools.chain.from_iterable(spans)
    return {number: key_of(lines[number]) for number in numbers if "=" in lines[number]}


def _new_lines(keys: Mapping[str, str]) -> list[str]:
    return [f"{key} = {value}".rstrip() for key, value in keys.items() if value or key in _REQUIRED]


def _with_value(line: str, value: str) -> str:
    """The line with that value, its blanks and its end as they were."""
    before, _, old = line.partition("=")
    if old.strip() == value:
        return line
    if before.strip() == "bondopts":
        value = _with_options(old, value)
    blanks = old[: len(old) - len(old.lstrip())].strip("\r") or (" " if before.endswith(" ") else "")
    return f"{before}={blanks}{value}".rstrip() + "\r" * old.endswith("\r")


def _with_options(old: str, new: str) -> str:
    """The options of a bond as they are to be, those that stay as they were spelt."""
    (before, _), (after, unknown) = split_options(old), split_options(new)
    left = {**after, **dict.fromkeys(unknown.split())}
    words = []
    for word in old.split():
        key = word.partition("=")[0]
        if word in left:
            words.append(word)
            del left[word]
        elif key in after and before.get(key) == after[key]:
            words.append(word)
            left.pop(key, None)
        elif left.get(key):
            words.append(f"{key}={left.pop(key)}")
    words += (f"{key}={value}" if value else key for key, value in left.items())
    return " ".join(sorted(words, key=_rank))


def _rank(word: str) -> int:
    """The place of a word of bondopts: rc.network writes them in their order."""
    key = word.partition("=")[0]
    return WRITTEN_FIRST.index(key) if key in WRITTEN_FIRST else len(WRITTEN_FIRST)


def _spans(lines: Iterable[str]) -> dict[str, list[range]]:
    """Of each section, from each of its heads to its last key; what is below belongs to what follows."""
    spans: dict[str, list[range]] = {}
    section = ""
    for number, line in enumerate(lines):
        head = HEAD.match(line)
        if head:
            section = head[1]
            spans.setdefault(section, []).append(range(number, number + 1))
        elif section and has_key(line):
            spans[section][-1] = range(spans[section][-1].start, number + 1)
    return spans


def _removed(lines: Sequence[str], spans: Iterable[range]) -> Iterator[tuple[int, list[str]]]:
    """The lines of the spans, and one of the blank ones around each."""
    for span in spans:
        around = [*lines[max(span.start - 1, 0) : span.start], *lines[span.stop : span.stop + 1]]
        between_blanks = span.start > 0 and not "".join(around).strip()
        yield from ((number, []) for number in range(span.start - between_blanks, span.stop))
