"""What ESOS's rc.network makes of network.conf, written from its description and not from esosh's reader.

Source: etc/rc.d/rc.network of ESOS. Its patterns of names are anchored at their beginning only; values go to a
shell as they stand; a word of bondopts that is empty ends the script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

HEAD = re.compile(r"^\s*\[(.+)\].*")
HANDLED = re.compile(r"^(enp\d+s\d+|eno\d+|ens\d+|eth\d+|ib\d+|m\d+p\d+|s\d+p\d+|priv\d+|bond\d+|br\d+)")
QUAD = re.compile(r"\d+(\.\d+){3}")
OF_A_SHELL = re.compile(r"[;&|<>$`\\\"'(){}*?\[\]~#!\n]")


@dataclass
class Made:
    """What rc.network does: the calls for each section, the box's own settings, and what it prints as errors."""

    general: dict[str, Any] = field(default_factory=dict)
    links: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def parse(text: str) -> dict[str, dict[str, str]]:
    """Sections with their keys."""
    sections: dict[str, dict[str, str]] = {}
    section = ""
    for line in text.split("\n"):
        head = HEAD.match(line)
        if head:
            section = head.group(1)
            sections.setdefault(section, {})
        elif "=" in line:
            key, value = line.split("=", 1)
            sections.setdefault(section, {})[key.strip()] = value.strip()
    return sections


def start(text: str) -> Made:
    """A run of `rc.network start` on a box where nothing is set up."""
    sections, made = parse(text), Made()
    general = sections.get("general", {})
    host, domain = general.get("hostname") or "localhost", general.get("domainname", "")
    made.general = {
        "name": f"{host}.{domain}" if domain else host, "gateway": general.get("defaultgw", ""),
        "servers": [general[f"nameserver{number}"] for number in (1, 2, 3) if general.get(f"nameserver{number}")],
    }
    for name in sorted(sections):
        if HANDLED.match(name) and not configure(name, sections[name], made):
            made.errors.append(f"{name}: the script ends here")
            break
    return made


def configure(name: str, keys: dict[str, str], made: Made) -> bool:
    """Take the steps of one section; whether the script goes on."""
    link: dict[str, Any] = {}
    if "." in name:
        link["map"] = [tuple(entry.split(":")) for entry in keys.get("vlanegressmap", "").split(",") if entry]
    for pattern, wanted in ((r"^bond\d+", "slaves"), (r"^bond\d+$", "bondopts"), (r"^br\d+", "brmembers")):
        if re.match(pattern, name) and wanted not in keys:
            made.errors.append(f"{name}: no {wanted}")
            return True
    if re.match(r"^bond\d+$", name):
        link["slaves"] = re.split(r",\s*", keys["slaves"]) if keys["slaves"] else []
        words = keys["bondopts"].split(" ") if keys["bondopts"] else []
        if not all(re.fullmatch(r"\w+=\S*", word) for word in words):
            return False
        link["options"] = [tuple(word.split("=", 1)) for word in words]
    if re.match(r"^br\d+$", name):
        link["members"] = re.split(r",\s*", keys["brmembers"]) if keys["brmembers"] else []
    link["ethtool"] = keys.get("ethtoolopts", "").split()
    made.links[name] = link
    address(name, keys, link, made.errors)
    return True


def address(name: str, keys: dict[str, str], link: dict[str, Any], errors: list[str]) -> None:
    """Give a link its address and its mtu, or tell what its section lacks."""
    protocol = keys.get("bootproto", "").lower()
    needed = ("ipaddr", "netmask", "broadcast", "mtu") if protocol == "static" else ("mtu",)
    missing = [key for key in needed if not keys.get(key)]
    if protocol not in ("static", "dhcp", "none"):
        errors.append(f"{name}: bootproto is {protocol!r}")
    elif missing:
        errors.append(f"{name}: no {' '.join(missing)}")
    else:
        link.update({key: keys[key] for key in needed}, protocol=protocol)
        wrong = [key for key in needed if not (keys[key].isdigit() if key == "mtu" else QUAD.fullmatch(keys[key]))]
        errors += [f"{name}: {key} is {keys[key]!r}" for key in wrong]


def words_for_a_shell(text: str) -> list[str]:
    """The values of a file that a shell would not take as they stand."""
    return [value for keys in parse(text).values() for value in keys.values() if OF_A_SHELL.search(value)]
