"""The cluster information base: of the cluster that runs, or in its file where none does.

Where no cluster runs, Pacemaker's own programs work on the file (CIB_file): they number its versions, write
its digest (cib.xml.sig), and keep its owner. Source: lib/cib/cib_file.c of Pacemaker 1.1.20 and 2.1.
"""

from __future__ import annotations

from ...errors import Refused
from ...host import Host, Output
from ...records import Record

FILE = "/var/lib/pacemaker/cib/cib.xml"
EMPTY = (  # what a cluster of Pacemaker 1.1 begins with, and every later one reads
    '<cib crm_feature_set="3.0.14" validate-with="pacemaker-2.10" epoch="0" num_updates="0" admin_epoch="0">'
    "<configuration><crm_config/><nodes/><resources/><constraints/></configuration><status/></cib>\n"
)
_OFFLINE = ("env", f"CIB_file={FILE}")
_NOT_CONNECTED = (102, 107)  # exit statuses of Pacemaker 2 and of 1.1
_SECONDS = 20.0


class Cib(Record):
    """The text of the CIB, "" where there is none; whether a cluster runs that has it."""

    text: str = ""
    live: bool = False

    def argv(self, *words: str) -> tuple[str, ...]:
        """A program of Pacemaker's, as it works on this CIB."""
        return words if self.live else (*_OFFLINE, *words)


def look(host: Host) -> Cib:
    """The CIB. Raises Refused where a cluster runs that does not give it."""
    if not host.exists(FILE):
        return Cib()
    output = _query(host)
    if output is None or output.status in _NOT_CONNECTED:
        return Cib(host.read(FILE))
    if output.status:
        reason = (output.err or output.out).strip().partition("\n")[0]
        message = f"the cluster does not give its configuration: {reason}"
        raise Refused(message, hint="status ha", code="E258")
    return Cib(output.out, live=True)


def _query(host: Host) -> Output | None:
    """What the cluster that runs answers; None where this box has no Pacemaker."""
    try:
        return host.run(("cibadmin", "--query"), limit=_SECONDS)
    except FileNotFoundError:
        return None


def require_stopped(host: Host) -> None:
    """Raises Refused where Pacemaker runs: its file is its own, even before it answers."""
    if host.finds("pidof") and host.run(("pidof", "pacemakerd")).status == 0:
        message = "Pacemaker runs, and does not answer yet: its configuration cannot be changed now"
        raise Refused(message, hint="status ha", code="E258")
