"""scst: devices, drivers, targets, initiator groups, initiators and LUNs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional, Union

from ..commands.scst.attributes import owner_pairs
from ..config import VIRTUAL, Config, Driver, InitiatorGroup, Lun, Target
from ..executors.scst.attributes import DEFAULTS, FIXED, IDENTITY, ISCSI, PARAMETERS, is_secret
from ..executors.scst.facts import WWN, facts
from . import Known, Name, files, merged

_NO_TARGET = Target("")
_NO_GROUP = InitiatorGroup()
_WILDCARDS = "*?!"
_SWITCHED = ("iscsi",)  # the drivers that can be enabled as a whole


def export(known: Known) -> Iterator[Name]:
    """Devices, targets and drivers."""
    scst = known.current.scst
    yield from (Name(name, "live", f"device, {about.handler}") for name, about in scst.devices.items())
    yield from exporter(known)
    yield from driver(known)


def handler(known: Known) -> Iterator[Name]:
    """Device handlers: those that take names, and those of devices that are there."""
    used = {device.handler for device in known.current.scst.devices.values()}
    return (Name(name, "live" if name in used else "") for name in dict.fromkeys((*PARAMETERS, "dev_disk", *sorted(used)))
            if not name.startswith("vdisk_"))


def driver(known: Known) -> Iterator[Name]:
    """Target drivers; those of cards have no switch."""
    drivers = merged(known.current.scst.drivers, known.candidate.scst.drivers,
                     lambda name, about: f"driver{', enabled' if about.enabled else ''}")
    switched = {"enable", "disable"} & {text for _, text in known.words}
    return (name for name in drivers if not switched or name.text in _SWITCHED)


def exporter(known: Known) -> Iterator[Name]:
    """Targets of this host, but for those that the line has; a card's port stays, so none is there to be deleted."""
    said, verb = known.said("EXPORTER"), [text for _, text in known.words][-1:]
    live, candidate = (_fitting(config.scst.targets, "".join(verb)) for config in (known.current, known.candidate))
    return (name for name in merged(live, candidate, _target) if name.text not in said)


def _fitting(targets: Mapping[str, Target], verb: str) -> dict[str, Target]:
    """The targets that a line with that verb may be about."""
    return {name: target for name, target in targets.items()
            if (verb != "del" or target.driver in VIRTUAL) and (verb != "lip" or WWN.fullmatch(name))}


def _target(name: str, target: Target) -> str:
    number = f", rel_tgt_id {target.rel_tgt_id}" if target.rel_tgt_id else ""
    return f"target, {target.driver}, {'enabled' if target.enabled else 'disabled'}{number}"


def renamed(known: Known) -> Iterator[Name]:
    """Ports of cards that have nothing to export yet, of the driver of the target that is renamed."""
    old = known.word("EXPORTER")
    return (Name(name, "live", target.driver) for name, target in known.candidate.scst.targets.items()
            if target == Target(_of(known.candidate, known).driver) and target.driver not in VIRTUAL and name != old)


def group(known: Known) -> Iterator[Name]:
    """Initiator groups of the target that stands before."""
    live, candidate = (_of(config, known).groups for config in (known.current, known.candidate))
    return merged(live, candidate, lambda name, about: f"{len(about.luns)} LUNs, {' '.join(sorted(about.initiators))}")


def initiator(known: Known) -> Iterator[Name]:
    """Initiators of the group that stands before, but for those that the line has."""
    live, candidate = (dict.fromkeys(sorted(_group(config, known).initiators), "") for config in (known.current, known.candidate))
    said = known.said("INITIATOR")
    return (name for name in merged(live, candidate, lambda name, _: "") if name.text not in said)


def new_initiator(known: Known) -> Iterator[Name]:
    """Initiators that are logged in to the target and in none of its groups, then those that other targets know."""
    here, said = _of(known.candidate, known), known.said("NEW_INITIATOR")
    known_here = {name for about in here.groups.values() for name in about.initiators}
    found = {name: target for target, about in known.candidate.scst.targets.items()
             for inner in about.groups.values() for name in inner.initiators}
    waiting = dict.fromkeys(_logged_in(known, known.word("EXPORTER")), "logged in, in no group")
    elsewhere = {name: f"of {target}" for name, target in sorted(found.items()) if name not in waiting}
    return (Name(name, "live", about) for name, about in {**waiting, **elsewhere}.items() if name not in {*known_here, *said})


def lun(known: Known) -> Iterator[Name]:
    """The LUNs that are mapped there, but for those that the line has."""
    live, candidate = (_luns(config, known) for config in (known.current, known.candidate))
    said = known.said("LUN")
    return (name for name in merged(live, candidate, lambda number, about: about.device) if name.text not in said)


def new_lun(known: Known) -> Iterator[Name]:
    """The first number that is free."""
    used = _luns(known.candidate, known)
    yield Name(next(str(number) for number in range(len(used) + 1) if str(number) not in used), "new", "the first that is free")


def set_key(known: Known) -> Iterator[Name]:
    """The attributes that the object of the line has, but for those that the line has, and a file that it needs."""
    device = known.candidate.scst.devices.get(known.word("DEVICE") or "")
    said = (*known.said("SET_KEY"), *(() if device and device.handler == "vcdrom" else ("filename",)))
    if _of(known.candidate, known).enabled and not known.word("GROUP"):  # SCST gives every enabled target an id
        said = (*said, "rel_tgt_id")
    return (Name(key, "live", value) for key, value in values(known).items() if key not in said)


def user_name(known: Known) -> Iterator[Name]:
    """The users of the target or the driver."""
    owner: Union[Target, Driver] = _of(known.candidate, known)
    if not known.word("EXPORTER"):
        owner = known.candidate.scst.drivers.get(known.word("DRIVER") or "", Driver())
    return (Name(user, "live") for user in owner.users)


def path(known: Known) -> Iterator[Name]:
    """Files and disks of the box."""
    return files(known.host, known.prefix) if known.host and known.prefix.startswith("/") else iter(())


def traced(known: Known) -> Iterator[Name]:
    """Initiators, those first that are logged in and in no group, devices and targets."""
    scst = known.current.scst
    waiting = _logged_in(known)
    yield from (Name(name, "live", "initiator, logged in, in no group") for name in waiting)
    initiators = {name for target in scst.targets.values() for about in target.groups.values() for name in about.initiators}
    yield from (Name(name, "live", "initiator") for name in sorted(initiators - {*waiting}) if not set(name) & set(_WILDCARDS))
    yield from (Name(name, "live", f"device, {about.handler}") for name, about in scst.devices.items())
    yield from (Name(name, "live", _target(name, about)) for name, about in scst.targets.items())


def _logged_in(known: Known, target: Optional[str] = None) -> list[str]:
    """The initiators that are logged in, to one target or to any, and see no group there."""
    sessions = facts(known.host).sessions if known.host else ()
    return sorted({session.initiator for session in sessions if not session.group and target in (None, session.target)})


def values(known: Known) -> Mapping[str, str]:
    """Of the device, the target, the group in it, the driver, or SCST itself, whichever the line names."""
    scst = known.candidate.scst
    kinds = [terminal for terminal, _ in known.words]
    if "DEVICE" in kinds:
        device = scst.devices.get(known.word("DEVICE") or "")
        return device.attributes if device else {}
    if "GROUP" in kinds:
        return _group(known.candidate, known).attributes
    if "DRIVER" in kinds and "EXPORTER" not in kinds:
        driver = scst.drivers.get(known.word("DRIVER") or "")
        return _told(driver) if driver else {}
    if "EXPORTER" in kinds:
        return _told(_of(known.candidate, known))
    return scst.attributes if kinds[:1] == ["SCST"] else {}


def _told(owner: Union[Target, Driver]) -> dict[str, str]:
    """What an owner is told, several values as one, without secrets."""
    found: dict[str, str] = {}
    for pair in owner_pairs(owner):
        key, value = pair.key.rstrip("="), str(pair.value)
        shown = value.partition(" ")[0] if is_secret(key) else value
        found[key] = f"{found[key]} {shown}" if key in found else shown
    return found


def keys(known: Known) -> Optional[Mapping[str, str]]:
    """Of the device or the target that the line makes or changes."""
    texts, kinds = [text for _, text in known.words], {terminal for terminal, _ in known.words}
    if "NEW_DEVICE" in kinds:
        return _device_keys(texts[texts.index("add") + 1], fresh=True)
    if "DEVICE" in kinds and "device" in texts and "set" in texts:
        device = known.candidate.scst.devices.get(known.word("DEVICE") or "")
        return _device_keys(device.handler) if device else None
    if "NEW_TARGET" in kinds:
        return _target_keys(known.word("DRIVER") or "")
    if "EXPORTER" in kinds and "target" in texts and "set" in texts:
        return _target_keys(_of(known.candidate, known).driver)
    if "unset" in texts and {"EXPORTER", "DRIVER"} & kinds and not {"GROUP", "DEVICE"} & kinds:
        return dict.fromkeys(values(known), "")
    if texts[-2:] == ["scst", "set"] or ("DRIVER" in kinds and "set" in texts):
        return _driver_keys(known.word("DRIVER") or "") if "DRIVER" in kinds else _core_keys()
    return None


def lacking(known: Known) -> Iterator[str]:
    """The file of a new device of a handler that has one."""
    texts = [text for _, text in known.words]
    made = texts[texts.index("add") :][1:2] if known.word("NEW_DEVICE") else []
    if {"vdisk_fileio", "vdisk_blockio"} & {*made} and "filename=" not in texts:
        yield "filename"


_USERS = {"IncomingUser": "several times for several", "OutgoingUser": ""}


def _core_keys() -> Mapping[str, str]:
    usual = {key: _usually(value, False) for key, value in DEFAULTS["core"].items()}
    return {**usual, "threads": "default one for each processor"}


def _driver_keys(driver: str) -> Mapping[str, str]:
    """What a driver has: of those that are known iSCSI's has something to set."""
    if driver != "iscsi":
        return {}
    return {**{key: _usually(value, False) for key, value in DEFAULTS["driver"].items()}, **_USERS}


def _device_keys(handler: str, fresh: bool = False) -> Optional[Mapping[str, str]]:
    if handler not in PARAMETERS:
        return None
    usual = DEFAULTS[handler]
    taken = {*usual, *PARAMETERS[handler], *IDENTITY, "pr_file_name", *_ALSO.get(handler, ())}
    return {key: _usually(usual.get(key), not fresh and (key in FIXED or key in IDENTITY)) for key in taken}


_ALSO = {"vdisk_nullio": ("size_mb",), "vcdrom": ("filename",)}


def _usually(value: Optional[str], anew: bool) -> str:
    default = "" if value is None else f"default {value or 'none'}"
    return "; ".join(filter(None, (default, "to change it makes the device anew" if anew else "")))


def _target_keys(driver: str) -> Mapping[str, str]:
    usual = {key: _usually(value, False) for key, value in DEFAULTS["target"].items()}
    always = {"rel_tgt_id": "the first that is free, once it is enabled", "cpu_mask": "default all processors"}
    if driver == "iscsi":
        return {**usual, **always, **_USERS, "allowed_portal": "default all; several times for several"}
    return {**{key: about for key, about in usual.items() if not (key[0].isupper() or key in ISCSI)}, **always}


def _of(config: Config, known: Known) -> Target:
    return config.scst.targets.get(known.word("EXPORTER") or "", _NO_TARGET)


def _group(config: Config, known: Known) -> InitiatorGroup:
    return _of(config, known).groups.get(known.word("GROUP") or "", _NO_GROUP)


def _luns(config: Config, known: Known) -> Mapping[str, Lun]:
    return _group(config, known).luns if known.word("GROUP") else _of(config, known).luns
