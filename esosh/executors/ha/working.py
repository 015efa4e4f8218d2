"""What the cluster does: what it would do, whether it has done it, and what failed of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Callable

from ...host import Host
from . import tree

SECONDS = 180  # that a cluster may take to do what follows from a commit
_STRETCH = 10  # seconds of waiting between two looks at the time
_MOVE = re.compile(r"^\s*\* (\w+)\s+(\S+)\s+\( (.*) \)\s*$", re.M)
_HARD = ("2", "3", "4", "5", "6")  # what an agent says that is no failure for the cluster
_GOES = ("Stop", "Restart", "Move", "Demote", "Recover", "Migrate")  # what takes a resource from who uses it


def verify(host: Host, text: str) -> tuple[str, ...]:
    """What crm_verify says of a CIB; nothing where it is right, or where there is no crm_verify."""
    if not host.finds("crm_verify"):
        return ()
    output = host.run(("crm_verify", "--xml-pipe", "-V"), text)
    if not output.status:
        return ()
    lines = (re.sub(r"^\([\w.:-]+\)\s*|\berror:\s*", "", line).strip() for line in output.err.split("\n"))
    return tuple(line for line in lines if line) or (f"crm_verify ended with status {output.status}",)


def simulate(host: Host, text: str) -> tuple[str, ...]:
    """What the cluster would do with a CIB, in its own words: "Restart p_scst (san1)"."""
    if not host.finds("crm_simulate"):
        return ()
    output = host.run(("crm_simulate", "-S", "--xml-pipe"), text)
    moves: list[tuple[str, str, str]] = _MOVE.findall(output.out)
    return tuple(f"{verb.lower()} {name} ({where.strip()})" for verb, name, where in moves)


def disruption(moves: tuple[str, ...]) -> str:
    """How much what the cluster would do disrupts: "failover" where it takes something away."""
    return "failover" if any(move.partition(" ")[0].capitalize() in _GOES for move in moves) else "none"


def failures(host: Host) -> frozenset[str]:
    """What has failed in the cluster, in words, with the reason that the agent gave."""
    output = host.run(("crm_mon", "-1", "-r", "--as-xml"), limit=20.0)
    return frozenset() if output.status else frozenset(_failures(output.out))


def _failures(text: str) -> Iterator[str]:
    try:
        root = tree.parse(text)
    except ValueError:
        return
    for failure in root.iterfind("failures/failure"):
        reason = unescaped(failure.get("exitreason", ""))
        because = f" ({reason})" if reason else ""
        yield f"{failure.get('op_key')} on {failure.get('node')}: {failure.get('exitstatus')}{because}"
    for node in root.iterfind("node_history/node"):
        for history in node.iterfind("resource_history"):
            texts = [each.get("rc_text", "") for each in history if each.get("rc") in _HARD]
            yield from (f"{history.get('id')} on {node.get('name')}: {text}" for text in texts)
    for resource in root.iterfind("resources//resource[@blocked='true']"):
        yield f"{resource.get('id')} is blocked"


def unescaped(text: str) -> str:
    """A reason as the agent wrote it: crm_mon escapes it twice."""
    for entity, letter in (("&apos;", "'"), ("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text


def wait(host: Host, waiting: Callable[[float], None], known: frozenset[str]) -> None:
    """Wait until the cluster has nothing left to do.

    Raises OSError where that takes too long, or where something failed that had not before.
    """
    start = time.monotonic()
    while host.run(("crm_resource", "--wait", f"--timeout={_STRETCH}"), limit=2.0 * _STRETCH).status:
        waited = time.monotonic() - start
        if waited > SECONDS:
            raise OSError(f"the cluster has not done it within {SECONDS} seconds")
        waiting(waited)
    failed = sorted(failures(host) - known)
    if failed:
        raise OSError("the cluster could not do it: " + "; ".join(failed))
