"""SCST: what its kernel refuses, and what it does without a word to those who use it.

Source: SCST 3.11, observed on a running kernel 2026-11.
"""

from __future__ import annotations

import difflib
import importlib
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Callable, Union

from ..commands.scst.leading import CORE
from ..config import SWITCHLESS, VIRTUAL, Config, Device, Driver, Scst, Target
from ..executors.scst import SCST_CONF
from ..executors.scst.attributes import DEFAULTS, IDENTITY, ISCSI, PARAMETERS
from ..executors.scst.cut import cut
from ..executors.scst.facts import WWN, Facts
from ..executors.scst.queue import ROOT
from ..executors.scst.sysfs import entry
from ..plan import Machine
from . import Finding

_NAMES = re.compile(r"(iqn\.[0-9]{4}-[0-9]{2}\.|eui\.|naa\.)\S+")
_WRITING = ("nv_cache", "write_through")  # SCST makes no read-only device with them
_OTHERS = ("cpu_mask", "pr_file_name", "thin_provisioned", "threads")  # known, without a default that is always the same


def findings(config: Config, machine: Machine) -> Iterator[Finding]:
    """What SCST would refuse, who would lose what, and what no initiator would see."""
    facts: Facts = machine.facts["scst"]
    yield from _unknown(config.scst, facts)
    yield from _enabled(config.scst)
    yield from importlib.import_module("..saved", __name__).findings(config.scst, facts, machine.texts[SCST_CONF] or "")
    yield from _files(config.scst)
    for name, device in config.scst.devices.items():
        yield from _device(name, device)
    for name, target in config.scst.targets.items():
        yield from _target(name, target, config.scst)
    if facts.loaded:
        yield from _there(config.scst, facts)
    else:
        yield from _start(config.scst, facts)
    if not facts.loaded and config.scst.groups and not config.scst.devices and not config.scst.targets:
        text = "scst.conf has device groups alone, and scstadmin starts SCST with no such file"
        yield Finding("W364", "scst", "scst", text, "svc start scst")


def _device(name: str, device: Device) -> Iterator[Finding]:
    """What SCST makes no device with."""
    written = [key for key in _WRITING if device.attributes.get(key) == "1"]
    if written and device.attributes.get("read_only") == "1":
        mend = f"scst device unset {name} {' '.join(written)}"
        yield Finding("E360", "scst", f"scst {name}", f"it is read_only, and {' and '.join(written)} is about writing", mend)
    size, blocks = device.attributes.get("size", "0"), device.attributes.get("blocksize", "512")
    if device.handler == "vdisk_nullio" and size.isdecimal() and blocks.isdecimal() and int(size) % max(int(blocks), 1):
        yield Finding("E361", "scst", f"scst {name}", f"its size is no multiple of its blocksize, {blocks}")


def _files(scst: Scst) -> Iterator[Finding]:
    """Files and disks that several devices have."""
    owners: dict[str, str] = {}
    for name, device in scst.devices.items():
        file = device.attributes.get("filename", "")
        if file in owners:
            yield Finding("W362", "scst", f"scst {name}", f"{owners[file]} is on {file} too: who writes through both loses data")
        if file:
            owners.setdefault(file, name)


def made(old: Scst, new: Scst, facts: Facts) -> Iterator[Finding]:
    """Devices that are to be made, or made anew, whose file or disk is not there."""
    kept, absent = cut(old, new).devices, old.devices.keys() - facts.devices
    for name, device in new.devices.items():
        file, opened = device.attributes.get("filename", ""), device.attributes.get("active") != "0"
        if file and opened and facts.loaded and name not in kept and name not in absent and not facts.there(file):
            yield Finding("E363", "scst", f"scst {name}", f"{file} is not there")


def undefaulted(old: Scst, new: Scst) -> Iterator[Finding]:
    """Attributes of SCST itself that would be as by default, which nothing tells."""
    for key in sorted(old.attributes.keys() - new.attributes.keys()):
        if key not in DEFAULTS["core"]:
            yield Finding("E367", "scst", f"scst {CORE}", f"nothing tells the default of {key}", f"scst set {key}=")


def twins(facts: Facts) -> Iterator[Finding]:
    """Targets of several drivers with one name: what an edit of one would do is chance."""
    for name in sorted(facts.twins):
        text = "targets of two drivers have this name, and esosh tells targets by their names alone"
        yield Finding("E319", "scst", f"scst {name}", text)


def _enabled(scst: Scst) -> Iterator[Finding]:
    """SCST refuses an id that two enabled targets of this host have (EBADSLT)."""
    seen: dict[int, str] = {}
    taken = {target.rel_tgt_id for target in scst.targets.values()}
    for name, target in scst.targets.items():
        running = target.enabled or target.driver in SWITCHLESS
        if running and target.rel_tgt_id in seen:
            text = f"rel_tgt_id {target.rel_tgt_id} is {seen[target.rel_tgt_id]}'s too, and both are enabled"
            free = next(number for number in itertools.count(1) if number not in taken)
            yield Finding("E315", "scst", f"scst {name}", text, f"scst target set {name} rel_tgt_id={free}")
        if running and target.rel_tgt_id:
            seen.setdefault(target.rel_tgt_id, name)


def _target(name: str, target: Target, scst: Scst) -> Iterator[Finding]:
    if target.driver == "iscsi" and not _NAMES.match(name):
        text = "no initiator takes this for the name of an iSCSI target: iqn.YEAR-MONTH.DOMAIN:NAME"
        yield Finding("W331", "scst", f"scst {name}", text)
    if target.driver == "iscsi" and target.enabled and not scst.drivers.get(target.driver, Driver()).enabled:
        text = "its driver iscsi is disabled, so it does not answer"
        yield Finding("W332", "scst", f"scst {name}", text, "scst driver enable iscsi")
    for group, luns in (("", target.luns), *((group, about.luns) for group, about in target.groups.items())):
        if luns and "0" not in luns:
            where = f"group {group}: " if group else ""
            yield Finding("W333", "scst", f"scst {name}", f"{where}no LUN 0: many initiators look no further")
    initiators = [initiator for about in target.groups.values() for initiator in about.initiators]
    for twice in sorted({initiator for initiator in initiators if initiators.count(initiator) > 1}):
        yield Finding("E334", "scst", f"scst {name}", f"initiator {twice} is in two groups")


def _there(scst: Scst, facts: Facts) -> Iterator[Finding]:
    """Handlers, drivers and ports that this box has or has not."""
    for name, device in scst.devices.items():
        if name not in facts.devices and device.handler not in facts.handlers:
            text = f"no handler {device.handler} is loaded; there are: {' '.join(facts.handlers)}"
            yield Finding("E335", "scst", f"scst {name}", text, f"scst device del {name}")
    for name, target in scst.targets.items():
        if name not in facts.targets and target.driver not in scst.drivers:
            text = f"no target driver {target.driver} is loaded; there are: {' '.join(scst.drivers)}"
            yield Finding("E336", "scst", f"scst {name}", text)
        elif name not in facts.targets and target.driver not in VIRTUAL:
            yield Finding("W337", "scst", f"scst {name}", f"{target.driver} has no such port on this box now")
    for name, driver in facts.targets.items():
        if name not in scst.targets and driver not in VIRTUAL:
            text = f"it is a port of this box, of {driver}, and cannot be taken away"
            yield Finding("E338", "scst", f"scst {name}", text, f"abort scst {name}")


def _start(scst: Scst, facts: Facts) -> Iterator[Finding]:
    """What SCST, which is stopped, would not find now; scstadmin goes on without a device, and gives up at a target."""
    for name, device in scst.devices.items():
        file = device.attributes.get("filename", "")
        if file and device.attributes.get("active") != "0" and not facts.there(file):
            yield Finding("W365", "scst", f"scst {name}", f"{file} is not there now: SCST would start without this device")
    for name, target in scst.targets.items():
        if target.driver not in VIRTUAL and facts.ports and WWN.fullmatch(name) and name not in facts.ports:
            text = f"no such port is on this box now, and SCST does not start with it; there are: {' '.join(sorted(facts.ports))}"
            yield Finding("W337", "scst", f"scst {name}", text)


def idle(old: Scst, scst: Scst, facts: Facts) -> Iterator[Finding]:
    """Devices that are exported or in a group, do not run, and go on so."""
    absent = old.devices.keys() - facts.devices
    for group, about in scst.groups.items():
        for device in sorted(about.devices & absent):
            yield Finding("W313", "alua", f"alua {group}", f"device {device} stands in scst.conf and does not run")
    for name, target in scst.targets.items():
        for luns in (target.luns, *(inner.luns for inner in target.groups.values())):
            for number, lun in luns.items():
                if lun.device in absent:
                    text = f"LUN {number}: device {lun.device} stands in scst.conf and does not run"
                    yield Finding("W313", "scst", f"scst {name}", text)


def _unknown(scst: Scst, facts: Facts) -> Iterator[Finding]:
    """Attributes that we do not know by name, and that SCST does not have either."""
    yield from _strange(CORE, "core", scst.attributes, facts, lambda: [ROOT], "scst unset")
    for name, driver in scst.drivers.items():
        folder = f"{ROOT}/targets/{name}"
        kind = "driver" if name == "iscsi" else name  # those that are known by name are iSCSI's
        yield from _strange(name, kind, driver.attributes, facts, lambda: [folder],  # noqa: B023 - called at once
                            f"scst driver unset {name}")
        yield from _iscsi_only(name, name, driver, f"scst driver unset {name}")
        if facts.loaded and driver.enabled and not facts.writable(f"{folder}/enabled"):
            text = "this driver has no switch: enable its targets"
            yield Finding("E341", "scst", f"scst {name}", text, f"scst driver disable {name}")
    for name, device in scst.devices.items():
        alike = lambda: _alike(scst, device.handler)  # noqa: B023, E731
        yield from _strange(name, device.handler, device.attributes, facts, alike, f"scst device unset {name}")
    for name, target in scst.targets.items():
        yield from _iscsi_only(name, target.driver, target, f"scst target unset {name}")
        ports = lambda: [f"{ROOT}/targets/{target.driver}/{entry(each)}" for each in facts.targets]  # noqa: B023, E731
        yield from _strange(name, "target", target.attributes, facts, ports, f"scst target unset {name}")
        folder = f"{ROOT}/targets/{target.driver}/{entry(name)}/ini_groups"
        groups = lambda: [f"{folder}/{entry(each)}" for each in target.groups]  # noqa: B023, E731
        for group, about in target.groups.items():
            yield from _strange(name, "group", about.attributes, facts, groups, f"scst group unset {name} {group}")


def _iscsi_only(name: str, driver: str, about: Union[Driver, Target], unset: str) -> Iterator[Finding]:
    """What only iSCSI and its targets have, on another driver or a target of it."""
    if driver != "iscsi":
        keys = [key for key in about.attributes if key[0].isupper() or key in ISCSI]
        keys += [key for key, has in (("IncomingUser", about.users), ("OutgoingUser", about.outgoing),
                                      ("allowed_portal", isinstance(about, Target) and about.portals)) if has]
        for key in keys:
            yield Finding("E341", "scst", f"scst {name}", f"{driver} has no {key}", f"{unset} {key}")


def _alike(scst: Scst, handler: str) -> list[str]:
    """The folders of the devices of a handler."""
    return [f"{ROOT}/devices/{entry(name)}" for name, device in scst.devices.items() if device.handler == handler]


def _strange(name: str, kind: str, attributes: Mapping[str, str], facts: Facts,
             folders: Callable[[], list[str]], unset: str) -> Iterator[Finding]:
    """The attributes of an object that are neither known nor writable in sysfs, for it or for one of its kind.

    `unset` is the line that takes one away again.
    """
    known = {*DEFAULTS.get(kind, {}), *PARAMETERS.get(kind, ()), *facts.handlers.get(kind, ()), *_OTHERS}
    known.update(("filename",) if kind == "vcdrom" else ())
    known.update(IDENTITY if kind in DEFAULTS and kind.startswith(("v", "dev_")) else ())
    for key in sorted(attributes.keys() - known):
        if not facts.loaded:
            yield Finding("W340", "scst", f"scst {name}", f"{key}: esosh does not know it, and SCST is stopped: not checked")
        elif not any(facts.writable(f"{folder}/{key}") for folder in folders()):
            near = difflib.get_close_matches(key, known, 1)
            text = f"SCST has no {key} there that can be written" + (f"; did you mean {near[0]}?" if near else "")
            yield Finding("E341", "scst", f"scst {name}", text, f"{unset} {key}")
