"""The files in which the box's network links lie: read into a Network, and written where a change shows.

Reading `carrier`, `speed` or `duplex` of a link that is down fails with EINVAL on a real box; here they are empty.
What the kernel remembers and shows nowhere lies in /proc/net/remembered, addresses (a real box shows them only to
`ip`) in /proc/net/addresses, and what was set with ethtool in /proc/net/ethtool.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface
from posixpath import dirname

from .net_links import ETHER, LOOP, Address, Bond, Link, Network, Settings
from .net_options import ACTIVE_BACKUP, AD, ALB, DELAYS, OPTIONS, TLB
from .tree import Tree

NET = "/sys/class/net"
MASTERS = f"{NET}/bonding_masters"
_ADDRESSES, _ETHTOOL, _REMEMBERED = "/proc/net/addresses", "/proc/net/ethtool", "/proc/net/remembered"
_FOLDERS = frozenset({NET, _ADDRESSES, _ETHTOOL, _REMEMBERED})
_UNSHOWN = (*DELAYS, "ad_actor_sys_prio", "ad_user_port_key")  # not to be had back from what reading them gives
_WRITABLE = frozenset({"mtu", "active_slave", "ad_actor_system", "arp_ip_target", "primary", "queue_id", "slaves"})
_PARTNER = "02:00:5e:00:00:01"  # the LACP partner at the other end of every cable
_Texts = dict[str, str]


@contextlib.contextmanager
def change(tree: Tree) -> Iterator[Network]:
    """The network, to be changed; the files that change with it are staged when the block ends well."""
    network = load(tree)
    before = _files(network)
    yield network
    network.settle()
    _stage(tree, before, _files(network))


def create(tree: Tree, network: Network) -> None:
    """Stage all files of a network where there were none."""
    for folder in sorted(_FOLDERS):
        tree.mkdir(folder)
    _stage(tree, {}, _files(network))


def load(tree: Tree) -> Network:
    """The network as the files have it."""
    names = [name for name in tree.list(NET) if tree.isdir(f"{NET}/{name}")]
    links = sorted((_load_link(tree, name) for name in names), key=lambda link: link.index)
    return Network({link.name: link for link in links}, tree.read(MASTERS).split())


def _load_link(tree: Tree, name: str) -> Link:
    def read(attribute: str) -> str:
        return tree.read(f"{NET}/{name}/{attribute}").strip()

    link = Link(name, int(read("ifindex")), read("address"), int(read("flags"), 16), int(read("mtu")))
    link.type = int(read("type"))
    remembered = _pairs(tree, f"{_REMEMBERED}/{name}")
    link.addresses = [_address(line) for line in _lines(tree, f"{_ADDRESSES}/{name}")]
    settings = _pairs(tree, f"{_ETHTOOL}/{name}")
    if settings:
        link.settings = Settings(settings["autoneg"], int(settings["speed"]), settings["duplex"])
    if tree.isdir(f"{NET}/{name}/bonding_slave"):
        link.master = (tree.readlink(f"{NET}/{name}/master") or "").rpartition("/")[2]
        link.permanent, link.queue = read("bonding_slave/perm_hwaddr"), int(read("bonding_slave/queue_id"))
        link.former_mtu = int(remembered["mtu"])
    if tree.isdir(f"{NET}/{name}/bonding"):
        shown = {attribute: read(f"bonding/{attribute}") for attribute in tree.list(f"{NET}/{name}/bonding")}
        link.bond = _load_bond(shown, remembered)
    return link


def _load_bond(shown: Mapping[str, str], remembered: Mapping[str, str]) -> Bond:
    bond = Bond()
    for name in OPTIONS:
        text = remembered.get(name, "") if name in _UNSHOWN else shown[name]
        if text:
            bond.numbers[name] = int(text.split()[-1])
    bond.slaves, bond.targets = shown["slaves"].split(), shown["arp_ip_target"].split()
    bond.active, bond.primary = shown["active_slave"], remembered.get("primary", "")
    bond.system = remembered.get("ad_actor_system", bond.system)
    return bond


def _lines(tree: Tree, path: str) -> list[str]:
    return tree.read(path).splitlines() if tree.exists(path) else []


def _pairs(tree: Tree, path: str) -> _Texts:
    return dict(line.split(" ", 1) for line in _lines(tree, path))


def _address(line: str) -> Address:
    own, _, broadcast = line.partition(" brd ")
    return Address(IPv4Interface(own), IPv4Address(broadcast) if broadcast else None)


def _files(network: Network) -> _Texts:
    """The text of every file; that of the symbolic link `master` is where it points."""
    files = {MASTERS: _line(" ".join(network.bonds))}
    for name, link in network.links.items():
        texts = _link_texts(network, link)
        if link.bond:
            texts.update(_under("bonding", _bond_texts(network, link, link.bond)))
        if link.master:
            texts.update(_under("bonding_slave", _slave_texts(network, link)))
        files.update({f"{NET}/{name}/{attribute}": _line(text) for attribute, text in texts.items()})
        if link.master:
            files[f"{NET}/{name}/master"] = f"../{link.master}"
        files.update({path: text for path, text in _kept(link).items() if text})
    return files


def _line(text: str) -> str:
    return f"{text}\n" if text else ""


def _under(folder: str, texts: _Texts) -> _Texts:
    return {f"{folder}/{name}": text for name, text in texts.items()}


def _link_texts(network: Network, link: Link) -> _Texts:
    carrier, speed = network.carrier(link), network.speed(link)
    settings = link.settings or Settings(duplex="unknown" if speed < 0 else "full")
    rated = link.up and link.type == ETHER
    return {
        "addr_assign_type": "0" if not link.bond else "2" if link.bond.slaves else "1",
        "addr_len": "6",
        "address": link.address,
        "broadcast": "00:00:00:00:00:00" if link.type == LOOP else "ff:ff:ff:ff:ff:ff",
        "carrier": str(int(carrier)) if link.up else "",
        "dev_id": "0x0",
        "duplex": settings.duplex if rated else "",
        "flags": hex(link.flags),
        "ifindex": str(link.index),
        "iflink": str(link.index),
        "mtu": str(link.mtu),
        "operstate": operstate(network, link),
        "speed": str(speed) if rated else "",
        "tx_queue_len": "1000",
        "type": str(link.type),
    }


def operstate(network: Network, link: Link) -> str:
    """What the attribute of that name reads as."""
    if not (link.up and network.carrier(link)):
        return "down"
    return "unknown" if link.type == LOOP else "up"


def _bond_texts(network: Network, link: Link, bond: Bond) -> _Texts:
    texts = {name: option.show(bond.numbers[name]) for name, option in OPTIONS.items()}
    texts.update({name: str(bond.numbers[name] * bond.numbers["miimon"]) for name in DELAYS})
    texts.update(
        active_slave=bond.active,
        arp_ip_target=" ".join(bond.targets),
        mii_status="up" if network.carrier(link) else "down",
        primary=bond.primary if bond.primary in bond.slaves else "",
        queue_id=" ".join(f"{name}:{network.links[name].queue}" for name in bond.slaves),
        slaves=" ".join(bond.slaves),
    )
    live = len(network.live(link, bond))
    aggregation = {
        "ad_actor_key": "9" if live else "0",
        "ad_actor_sys_prio": texts["ad_actor_sys_prio"],
        "ad_actor_system": bond.system,
        "ad_aggregator": "1" if live else "0",
        "ad_num_ports": str(live),
        "ad_partner_key": "1" if live else "0",
        "ad_partner_mac": _PARTNER if live else "00:00:00:00:00:00",
        "ad_user_port_key": texts["ad_user_port_key"],
    }
    return {**texts, **(aggregation if bond.mode == AD else dict.fromkeys(aggregation, ""))}


def _slave_texts(network: Network, link: Link) -> _Texts:
    master = network.links[link.master]
    assert master.bond
    live = link.name in network.live(master, master.bond)
    one_active = master.bond.mode in (ACTIVE_BACKUP, TLB, ALB)
    port = ("61" if live else "5") if master.bond.mode == AD else "N/A"
    return {
        "ad_actor_oper_port_state": port,
        "ad_aggregator_id": "1" if master.bond.mode == AD else "N/A",
        "ad_partner_oper_port_state": port,
        "link_failure_count": "0",
        "mii_status": "up" if live else "down",
        "perm_hwaddr": link.permanent,
        "queue_id": str(link.queue),
        "state": "active" if not one_active or master.bond.active == link.name else "backup",
    }


def _kept(link: Link) -> _Texts:
    """The files outside of /sys/class/net; those without a text are not there."""
    settings = link.settings and {
        "autoneg": link.settings.autoneg, "speed": str(link.settings.speed), "duplex": link.settings.duplex,
    }
    return {
        f"{_ADDRESSES}/{link.name}": "".join(f"{address}\n" for address in link.addresses),
        f"{_ETHTOOL}/{link.name}": _paired(settings or {}),
        f"{_REMEMBERED}/{link.name}": _paired(_remembered(link)),
    }


def _paired(pairs: _Texts) -> str:
    return "".join(f"{name} {text}\n" for name, text in pairs.items())


def _remembered(link: Link) -> _Texts:
    if link.master:
        return {"mtu": str(link.former_mtu)}
    if not link.bond:
        return {}
    fresh, bond = Bond(), link.bond
    texts = {name: str(bond.numbers[name]) for name in _UNSHOWN if bond.numbers[name] != fresh.numbers[name]}
    words = {"primary": (bond.primary, fresh.primary), "ad_actor_system": (bond.system, fresh.system)}
    return {**texts, **{name: now for name, (now, default) in words.items() if now != default}}


def _stage(tree: Tree, before: _Texts, after: _Texts) -> None:
    gone = {dirname(path) for path in before} - {dirname(path) for path in after} - _FOLDERS
    for folder in sorted(gone):
        tree.remove(folder)
    for path in sorted(before.keys() - after.keys()):
        if dirname(path) not in gone:
            tree.remove(path)
    for path, text in after.items():
        if before.get(path) != text:
            _put(tree, path, text)


def _put(tree: Tree, path: str, text: str) -> None:
    name = path.rpartition("/")[2]
    options = dirname(path).endswith("/bonding") and (name in OPTIONS or name in _WRITABLE)
    if name == "master":
        tree.link(path, text)
    elif options or name == "mtu" or not path.startswith(NET + "/") or path == MASTERS:
        tree.put(path, text)
    else:
        tree.put(path, text, 0o444)


