"""A simulated Pacemaker of one node: its CIB manager and the programs that ask it.

They answer as Pacemaker 2.1.5 was seen to: compare-and-swap, exit statuses, errors of the schema for what is
plainly wrong. Where rc.pacemaker does not run, they work on the file that `env CIB_file=` names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Callable

from ...host import Output
from ..kernel import Kernel
from . import agents, manager, monitor, schema

_NOT_CONNECTED = 102
_SCHEMA = 78
_NO_AGENT = "crm_resource: Metadata query for {} failed: No such device or address\n"
_STONITH = (
    "Resource start-up disabled since no STONITH resources have been defined",
    "Either configure some or disable STONITH with the stonith-enabled option",
    "NOTE: Clusters with shared data need STONITH to ensure data integrity",
)


def _cibadmin(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    if not monitor.runs(kernel.tree):
        message = "Could not connect to the CIB: Transport endpoint is not connected"
        return Output(_NOT_CONNECTED, err=f"{message}\n")
    return manager.cibadmin(kernel, manager.FILE, argv, stdin)


def _env(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """A program of Pacemaker's that works on a file."""
    variable, *words = argv[1:]
    name, _, file = variable.partition("=")
    if name != "CIB_file" or words[:1] != ["cibadmin"]:
        return Output(127, err=f"env: can't execute '{words[0] if words else ''}'\n")
    return manager.cibadmin(kernel, file, words, stdin)


def _crm_verify(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    root = manager.parsed(stdin)
    if root is None or schema.problem(root):
        return Output(_SCHEMA, err="crm_verify: CIB did not pass schema validation\n")
    if schema.lacks_stonith(root):
        lines = (f"(unpack_resources) \terror: {line}\n" for line in _STONITH)
        return Output(_SCHEMA, err="".join(lines))
    return Output(0)


def _crm_resource(kernel: Kernel, argv: Sequence[str], stdin: str) -> Output:
    """--wait, for what is simulated is done at once, and --show-metadata, of the agents that ESOS ships."""
    if "--show-metadata" in argv:
        text = agents.metadata(argv[-1])
        return Output(105, err=_NO_AGENT.format(argv[-1])) if text is None else Output(0, text)
    if not monitor.runs(kernel.tree):
        return Output(_NOT_CONNECTED, err="crm_resource: Could not connect to the CIB\n")
    return Output(0 if "--wait" in argv else 64)


Program = Callable[[Kernel, Sequence[str], str], Output]
PROGRAMS: Mapping[str, Program] = {
    "cibadmin": _cibadmin, "env": _env, "crm_verify": _crm_verify, "crm_resource": _crm_resource,
    "crm_mon": monitor.crm_mon, "crm_simulate": monitor.crm_simulate,
}
