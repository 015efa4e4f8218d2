"""The configuration of the other host of a pair: from a file, or from the host itself through ssh(1)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from . import language, script, words
from .commands import SECTIONS, is_edit
from .commands.alua import AluaDeviceAdd, AluaPairAdd, AluaTargetAdd
from .config import SWITCHLESS, Config, Device, Driver, Scst, Target
from .errors import LineError, Refused
from .executors import scst
from .executors.scst import SCST_CONF, conf
from .host import Host, LocalHost
from .views import MASK

_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@:-]*")
_SSH = ("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10")
_OURS = ("scst", "alua")
_LEVELS = (*SECTIONS, "cib")


def read(host: Host, peer: str) -> Scst:
    """SCST as the other host has it: as it runs where that host has esosh, else as it is saved.

    Raises Refused, also for a text that is no configuration of SCST, and for this host's own.
    """
    text, live = _text(host, peer)
    entries = tuple(_entries(text, peer)) if live or _is_ours(text) else ()
    if not (live or entries or script.is_scst_conf(text)):
        raise Refused(f"{peer} is no configuration of SCST", word=peer, code="E206")
    mine = scst.read(host)
    theirs = _folded(entries, mine) if live or entries else conf.read(text)
    if _targets(theirs) and _targets(theirs) == _targets(mine):
        raise Refused(f"{peer} has the very targets of this host: it is its own configuration, or a copy", word=peer, code="E206")
    return theirs


def _text(host: Host, peer: str) -> tuple[str, bool]:
    """The text, and whether esosh on that host gave it."""
    path = os.path.abspath(peer)
    if "/" in peer or LocalHost().exists(path):
        try:
            return LocalHost().read(path), False
        except OSError as error:
            raise Refused(f"{peer}: {(error.strerror or str(error)).lower()}", word=peer, code="E223") from None
    if not _HOST.fullmatch(peer):
        raise Refused(f"{peer} is neither a file nor the name of a host", word=peer, code="E206")
    live = host.run((*_SSH, peer, "esosh", "show"))
    if not live.status:
        return live.out, True
    saved = host.run((*_SSH, peer, "cat", SCST_CONF))
    if saved.status:
        said = saved.err.strip() or f"ssh ended with status {saved.status}"
        raise Refused(f"{peer} cannot be asked: {said}", word=peer, code="E223")
    return saved.out, False


def _is_ours(text: str) -> bool:
    """Whether the first line that says something is in our language, or begins as one that is."""
    for _, line in words.logical_lines(text):
        try:
            if line.partition(" ")[0] in _LEVELS or language.parse(line) is not None:
                return True
        except LineError:
            return False
    return False


def _entries(text: str, peer: str) -> Iterator[script.Entry]:
    """The edits of SCST; a secret, which show does not tell, makes no difference here."""
    kept = "\n".join(_kept(text.replace(f" {MASK}", f" {MASK * 3}")))
    return (entry for entry in script.read(kept, peer) if is_edit(entry.command))


def _kept(text: str) -> Iterator[str]:
    """The lines of SCST; in the place of others, which may be of another version, nothing."""
    level = ""
    for _, line in words.logical_lines(text):
        said = line.partition("#")[0].split()
        level = said[0] if len(said) == 1 and said[0] in _LEVELS else level
        section = said[0] if said and said[0] in _LEVELS else level
        yield line if section in _OURS else "\n" * line.count("\n")


def _folded(entries: Sequence[script.Entry], mine: Scst) -> Scst:
    """What the lines make, with the drivers that they name.

    Lines of alua alone are those of a host whose devices and ports are there already: the ports that are not this
    host's are its own, and of its devices nothing is told.
    """
    commands: list[Any] = [entry.command for entry in entries]
    drivers = {command.driver: Driver() for command in commands if hasattr(command, "driver")}
    alone = not any(type(command).__name__.startswith("Scst") for command in commands)
    there = _supposed(commands, mine) if alone else Scst()
    config = Config(scst=replace(there, drivers=drivers))
    for entry in entries:
        config = entry.do(lambda: entry.command.edit(config))  # noqa: B023 - called at once
    return replace(config.scst, devices={}) if alone else config.scst


def _supposed(commands: Sequence[Any], mine: Scst) -> Scst:
    """The devices and the other host's ports that lines of alua name."""
    devices = {name: Device("") for command in commands if isinstance(command, AluaDeviceAdd) for name in command.devices}
    ports = {port for command in commands if isinstance(command, AluaTargetAdd) for port in command.targets}
    pairs = (command for command in commands if isinstance(command, AluaPairAdd))
    ports |= {port for command in pairs for side in (command.host1, command.host2) for port in side.value or ()}
    return Scst(devices, {port: Target("") for port in ports - mine.targets.keys()})


def _targets(config: Scst) -> set[str]:
    """The targets that other machines see."""
    return {name for name, target in config.targets.items() if target.driver not in SWITCHLESS}
