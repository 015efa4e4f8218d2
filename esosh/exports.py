"""What SCST exports and in which ALUA states, as trees: the configuration, beside what runs and who is logged in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Optional, Union

from .commands import missing
from .commands.alua import local, rel_tgt_id
from .commands.scst.leading import CORE
from .config import Config, Device, DeviceGroup, Driver, InitiatorGroup, Lun, Port, Scst, Target, TargetGroup
from .executors.scst.absent import Absent, absent
from .executors.scst.facts import Facts, Session
from .views import MASK, Tree, counted
from .words import quote

EACH = 50  # objects that get a line each; of more, the names share lines
_WIDTH = 76
_FEW = 2
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,9}(?![^ ])")
_UNITS = ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)
_SOURCES = ("filename", "size")  # attributes that say what a device is made of
_DARK = ("unavailable", "offline")  # ALUA states in which a port serves nothing but questions
Luns = Mapping[str, Lun]


def scst(config: Config, facts: Facts, name: Optional[str] = None) -> Tree:
    """SCST itself, devices, then targets by driver; of a name, what it is of these. Raises Refused."""
    about = config.scst
    names = (CORE, *about.devices, *about.targets, *_drivers(about))
    if name and name not in names:
        raise missing("device, target or driver", name, names)
    devices = {device: inner for device, inner in sorted(about.devices.items()) if name in (None, device)}
    drivers = tuple(_driver(driver, about, facts, name) for driver in _drivers(about) if _asked(driver, about, name))
    core = [Tree(CORE, _said(about.attributes))] if name == CORE or (about.attributes and not name) else []
    return Tree(f"scst ({running(facts)})", (*core, *([_devices(devices, facts)] if devices else []), *drivers))


def alua(config: Config, facts: Facts, name: Optional[str] = None) -> Tree:
    """Device groups, each with its target groups, their ports, and its devices. Raises Refused."""
    if name and name not in config.scst.groups:
        raise missing("device group", name, config.scst.groups)
    groups = tuple(_dgrp(dgrp, group, config, facts)
                   for dgrp, group in sorted(config.scst.groups.items()) if name in (None, dgrp))
    return Tree(f"device groups ({running(facts)})", groups)


def running(facts: Facts) -> str:
    """Whether SCST runs, in words."""
    return "running" if facts.loaded else "SCST is stopped: as saved"


def named(what: str, names: Iterable[str]) -> tuple[Tree, ...]:
    """Many names below one label, several to a line; nothing for none."""
    found = tuple(Tree(line) for line in packed(ranged(list(names))))
    return (Tree(what, found),) if found else ()


def ranged(names: Sequence[str]) -> Iterator[str]:
    """Names, of those that are numbered on and on the first and the last; a LUN's number goes on with its device's."""
    at = 0
    while at < len(names):
        end = at
        while end + 1 < len(names) and names[end + 1] == _next(names[end]):
            end += 1
        yield f"{names[at]} ... {names[end]}" if end - at > _FEW else names[at]
        at = end + 1 if end - at > _FEW else at + 1


def _next(name: str) -> str:
    """The name with the next number behind each of its words that has one; "" for one without."""
    after = _NUMBER.sub(lambda found: f"{int(found[0]) + 1:0{len(found[0])}}", name)
    return after if after != name else ""


def packed(texts: Iterable[str]) -> Iterator[str]:
    """Texts on lines that are as full as can be."""
    line = ""
    for text in texts:
        if line and len(line) + 2 + len(text) > _WIDTH:
            yield line
            line = ""
        line = f"{line}  {text}" if line else text
    if line:
        yield line


def source(device: Device) -> str:
    """The file, the disk or the size that a device is made of; "" where nothing says."""
    found = device.attributes.get("filename") or device.attributes.get("size", "")
    return _sized(int(found)) if found.isdecimal() else found


def _sized(number: int) -> str:
    return next((f"{number // size} {unit}" for unit, size in _UNITS if number and not number % size), f"{number} bytes")


def idle(about: Scst, facts: Facts) -> Absent:
    """What stands in scst.conf only; SCST stopped, all of it does, and nothing is told apart."""
    return absent(about, about, facts) if facts.loaded else Absent()


def runs(device: str, facts: Facts) -> bool:
    """Whether SCST has the device, or is stopped and has none."""
    return device in facts.devices or not facts.loaded


def marked(label: str, lost: bool, children: tuple[Tree, ...] = (), warn: bool = False) -> Tree:
    """A label and what hangs below it, which may not run."""
    return Tree(f"{label}  does not run" if lost else label, children, "warn" if lost or warn else "")


def mapped(number: str, lun: Lun) -> str:
    """A LUN's number and device, and whether it can be read only."""
    return f"{number} {lun.device}{' read-only' if lun.attributes.get('read_only') == '1' else ''}"


def in_order(luns: Luns) -> list[tuple[str, Lun]]:
    """LUNs by number."""
    return sorted(luns.items(), key=lambda item: (len(item[0]), item[0]))


def state(name: str, group: TargetGroup) -> str:
    """A target group with its id, its ALUA state, and whether its paths are the preferred ones."""
    return f"{name} ({group.group_id or '-'}) {group.state}{', preferred' if group.preferred else ''}"


def faults(name: str, scst: Scst, facts: Facts) -> tuple[str, ...]:
    """Why nobody reaches a target, in words; of the drivers iscsi alone has a switch of its own. Source: SCST 3.11's sysfs."""
    driver = scst.targets[name].driver
    off = driver == "iscsi" and driver in scst.drivers and not scst.drivers[driver].enabled
    return (*_faults(name, scst, facts), *([f"its driver {driver} is disabled"] if off else []))


def _faults(name: str, scst: Scst, facts: Facts) -> Iterator[str]:
    """Those that are the target's own; one of scst_local is always enabled."""
    target = scst.targets[name]
    if facts.loaded and name not in facts.targets:
        yield "not there"
    if not target.enabled and target.driver != "scst_local":
        yield "disabled"


def _drivers(scst: Scst) -> list[str]:
    """The target drivers: those that are loaded or configured, and those that a target asks for."""
    return sorted({*scst.drivers, *(target.driver for target in scst.targets.values())})


def _asked(driver: str, scst: Scst, name: Optional[str]) -> bool:
    return name in (None, driver) or (name in scst.targets and scst.targets[name].driver == driver)


def _devices(devices: Mapping[str, Device], facts: Facts) -> Tree:
    absent = tuple(_device(name, device, facts) for name, device in devices.items() if not runs(name, facts))
    there = {name: device for name, device in devices.items() if runs(name, facts)}
    if len(there) <= EACH:
        return Tree("devices", (*absent, *(_device(name, device, facts) for name, device in there.items())))
    handlers = sorted({device.handler for device in there.values()})
    alike = {handler: [name for name in there if there[name].handler == handler] for handler in handlers}
    packs = (named(f"{handler}, {counted(len(names), 'device')}", names) for handler, names in alike.items())
    return Tree("devices", (*absent, *(tree for pack in packs for tree in pack)))


def _device(name: str, device: Device, facts: Facts) -> Tree:
    attributes = " ".join(f"{key}={value}" for key, value in sorted(device.attributes.items()) if key not in _SOURCES)
    words = (name, device.handler, source(device), attributes)
    return marked("  ".join(word for word in words if word), not runs(name, facts))


def _said(attributes: Mapping[str, str], more: Iterable[str] = ()) -> tuple[Tree, ...]:
    """What is not as by default, as it is typed."""
    pairs = (f"{key}={quote(value)}" for key, value in sorted(attributes.items()))
    return tuple(Tree(line) for line in packed((*pairs, *more)))


def _users(about: Union[Driver, Target]) -> Iterator[str]:
    """Who may log in, without the secrets."""
    yield from (f'IncomingUser="{user} {MASK}"' for user in sorted(about.users))
    if about.outgoing:
        yield f'OutgoingUser="{about.outgoing.partition(" ")[0]} {MASK}"'


def _driver(name: str, scst: Scst, facts: Facts, asked: Optional[str]) -> Tree:
    targets = tuple(_target(target, scst, facts) for target, about in sorted(scst.targets.items())
                    if about.driver == name and asked in (None, name, target))
    driver = scst.drivers.get(name)
    absent = "  not loaded" if driver is None else ""
    disabled = "  disabled" if driver and name == "iscsi" and not driver.enabled else ""
    own = _said(driver.attributes, _users(driver)) if driver and asked in (None, name) else ()
    return Tree(f"{name}{absent}{disabled}", (*own, *targets), "warn" if absent or disabled else "")


def _target(name: str, scst: Scst, facts: Facts) -> Tree:
    target = scst.targets[name]
    wrong = [*_faults(name, scst, facts)]
    lost = {group for target, group in idle(scst, facts).initiators if target == name}
    number = f"  rel_tgt_id {target.rel_tgt_id}" if target.rel_tgt_id else ""
    groups = (_group(group, inner, facts, group in lost) for group, inner in sorted(target.groups.items()))
    sessions = [_session(session) for session in facts.sessions if session.target == name]
    may = (*_users(target), *(f"allowed_portal={portal}" for portal in sorted(target.portals)))
    parts = (*_said(target.attributes, may), *_luns(target.luns, facts), *groups,
             *([Tree("sessions", tuple(sessions))] if sessions else []))
    return Tree(f"{name}  {', '.join(wrong) or 'enabled'}{number}", parts, "warn" if wrong else "")


def _group(name: str, group: InitiatorGroup, facts: Facts, lost: bool) -> Tree:
    initiators = named("initiators", sorted(group.initiators))
    return marked(f"group {name}", lost, (*_said(group.attributes), *initiators, *_luns(group.luns, facts)))


def _luns(luns: Luns, facts: Facts) -> Iterator[Tree]:
    there = [mapped(number, lun) for number, lun in in_order(luns) if runs(lun.device, facts)]
    if len(there) > EACH:
        yield from named(f"{len(there)} LUNs", there)
    else:
        yield from (Tree(f"LUN {one}") for one in there)
    yield from (marked(f"LUN {mapped(number, lun)}", True) for number, lun in in_order(luns) if not runs(lun.device, facts))


def _session(session: Session) -> Tree:
    where = f"group {session.group}" if session.group else "no group"
    return Tree(f"{session.initiator}  {where}, {counted(len(session.luns), 'LUN')}")


def _dgrp(name: str, group: DeviceGroup, config: Config, facts: Facts) -> Tree:
    lost = idle(config.scst, facts)
    tgrps = (_tgrp(tgrp, about, config, facts, (name, tgrp) in lost.target_groups)
             for tgrp, about in sorted(group.target_groups.items()))
    there = sorted(device for device in group.devices if runs(device, facts))
    absent = (marked(device, True) for device in sorted(group.devices - {*there}))
    devices = (*(Tree(line) for line in packed(ranged(there))), *absent)
    return marked(name, name in lost.groups, (*tgrps, Tree(f"devices ({len(group.devices)})", devices)))


def _tgrp(name: str, group: TargetGroup, config: Config, facts: Facts, lost: bool) -> Tree:
    ports = tuple(_port(target, port, config, facts) for target, port in sorted(group.targets.items()))
    return marked(state(name, group), lost, ports, group.state in _DARK)


def _port(target: str, port: Port, config: Config, facts: Facts) -> Tree:
    here = local(config, target)
    wrong = faults(target, config.scst, facts) if here else ()
    label = f"{target}  {rel_tgt_id(config, target, port) or '-'}  {', '.join(('local' if here else 'remote', *wrong))}"
    return Tree(label, style="warn" if wrong else "")
