"""The configuration of the other host of a pair: from a file, or from the host itself through ssh(1)."""

from __future__ import annotations

import os
import re
from typing import Any

from . import script
from .config import Config, Driver, Scst
from .errors import Refused
from .executors.scst import SCST_CONF, conf
from .host import Host, LocalHost
from .views import MASK

_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@:-]*")
_SSH = ("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10")
_OURS = re.compile(r"^(scst|alua) ", re.M)
_DRIVERS = ("iscsi", "qla2x00t", "scst_local", "ib_srpt")


def read(host: Host, peer: str) -> Scst:
    """SCST as the other host has it: as it runs where that host has esosh, else as it is saved. Raises Refused."""
    text = _text(host, peer)
    return _lines(text, peer) if _OURS.search(text) else conf.read(text)


def _text(host: Host, peer: str) -> str:
    path = os.path.abspath(peer)
    if "/" in peer or LocalHost().exists(path):
        try:
            return LocalHost().read(path)
        except OSError as error:
            raise Refused(f"{peer}: {(error.strerror or str(error)).lower()}", word=peer, code="E223") from None
    if not _HOST.fullmatch(peer):
        raise Refused(f"{peer} is neither a file nor the name of a host", word=peer, code="E206")
    live = host.run((*_SSH, peer, "esosh", "show"))
    if not live.status:
        return live.out
    saved = host.run((*_SSH, peer, "cat", SCST_CONF))
    if saved.status:
        said = saved.err.strip() or f"ssh ended with status {saved.status}"
        raise Refused(f"{peer} cannot be asked: {said}", word=peer, code="E223")
    return saved.out


def _lines(text: str, peer: str) -> Scst:
    """Lines of ours, those of other sections left out; secrets, which show does not tell, make no difference here."""
    kept = "".join(f"{line}\n" if _OURS.match(line) else "\n" for line in text.replace(f" {MASK}", f" {MASK * 3}").splitlines())
    config: Any = Config(scst=Scst(drivers={driver: Driver() for driver in _DRIVERS}))
    for entry in script.read(kept, peer):
        config = entry.do(lambda: entry.command.edit(config))  # noqa: B023 - called at once
    scst: Scst = config.scst
    return scst
