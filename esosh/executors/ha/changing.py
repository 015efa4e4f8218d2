"""The step that changes the CIB: one patch, made by compare-and-swap, and what the cluster does then.

Source: measured on Pacemaker 2.1.5, read in 1.1.20. A patch whose source names admin_epoch and epoch, and not
num_updates, is refused after any other change of the configuration and is not disturbed by changes of the
status. Exit statuses of the two differ, so a conflict is told by the version that is there afterwards.
"""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Callable

from ...config import Config
from ...config.ha import Ha
from ...errors import Conflict
from ...host import Host
from ...language.numbers import decimal
from ...records import Record
from .. import xml
from ..step import Action, Expect, Pipe, Replace, Step
from . import agents, cib, patch, tree, working

_PATCH = ("cibadmin", "--patch", "--xml-pipe", "--sync-call")
_QUERY = ("cibadmin", "--query")
_TRIES = 10  # of a patch, while others change something else


class Facts(Record):
    """The CIB, and whether this box has Pacemaker's programs; `verify` and `simulate` ask those of a CIB."""

    cib: cib.Cib
    verify: Callable[[str], tuple[str, ...]] = lambda text: ()
    simulate: Callable[[str], tuple[str, ...]] = lambda text: ()
    has_agent: Callable[[str], bool] = lambda agent: True

    def text_with(self, new: Ha) -> str:
        """The CIB as it would be with another configuration."""
        root = tree.parse(self.cib.text or cib.EMPTY)
        old = root.find("configuration")
        place = [*root].index(old) if old is not None else 0
        if old is not None:
            root.remove(old)
        root.insert(place, tree.document(new))
        return tree.text_of(root)


def facts(host: Host) -> Facts:
    """What a plan must know. Raises Refused where a cluster runs that has no CIB yet."""
    found = cib.look(host)
    if not found.live:
        cib.require_stopped(host)
    return Facts(found, lambda text: working.verify(host, text),
                 lambda text: working.simulate(host, text) if found.live else (),
                 functools.cache(lambda agent: agents.has(host, agent)))


def steps(old: Config, new: Config, facts: Facts) -> Iterator[Step]:
    """The CIB's file where there is none, and the patch."""
    if old.ha == new.ha:
        return
    text = facts.cib.text
    if not text:
        made = Replace(cib.FILE, cib.EMPTY, 0o600)
        yield Step(made, (Replace(cib.FILE, None),), (Expect(cib.FILE, "absent"),),
                   Expect(cib.FILE, "exists"), "create", "ha")
    sections = tree.sections_of(tree.parse(text or cib.EMPTY))
    forth, back = patch.changes(old.ha, new.ha, sections), patch.changes(new.ha, old.ha, sections)
    argv, query = facts.cib.argv(*_PATCH), facts.cib.argv(*_QUERY)
    before, after = patch.expected(old.ha, new.ha, sections)
    moves = facts.simulate(facts.text_with(new.ha))
    yield Step(
        Pipe(argv, _guarded(before, forth)), (Pipe(argv, _guarded(after, back)),),
        (Expect(query, "elements", before),), Expect(query, "elements", after), "cluster", "ha",
        working.disruption(moves), moves,
    )


def _guarded(expected: str, changes: str) -> str:
    """Changes, and the elements that they are for: no version that has others is changed."""
    return f"<patch>{expected}{changes}</patch>"


def perform(host: Host, action: Action, waiting: Callable[[float], None]) -> str:
    """Patch the CIB as it is now, and wait until the cluster has done what follows.

    Raises Conflict where somebody else changed the same, and then nothing was done; OSError where it is
    refused, or fails.
    """
    if not isinstance(action, Pipe):
        action.perform(host)
        return ""
    query = (*action.argv[: action.argv.index("cibadmin")], *_QUERY)
    failed = working.failures(host) if query == _QUERY else frozenset()
    if not any(_patched(host, action, query) for _ in range(_TRIES)):
        raise Conflict(f"the cluster is changed again and again, at last by {_version(host, query).writer}")
    if query == _QUERY:
        working.wait(host, waiting, failed)
    return ""


def _patched(host: Host, action: Pipe, query: tuple[str, ...]) -> bool:
    """Patch the CIB once; False where somebody else changed something else in this moment.

    Raises Conflict, OSError.
    """
    expected, changes = tree.parse(action.text)
    before = _version(host, query)
    if not xml.has(before.text, tree.text_of(expected)):
        raise Conflict(f"what it changes was changed by {before.writer}")
    output = host.run(action.argv, _with_version(changes, before))
    after = _version(host, query)
    if after.number == before.number:
        message = (output.err or output.out).strip().partition("\n")[0] or "it says nothing"
        raise OSError(f"the cluster did not take the patch: {message}")
    return not output.status


class Version(Record):
    """The version of a configuration, who wrote it, and the text of the CIB."""

    number: tuple[int, ...]
    writer: str = ""
    text: str = ""

    def __str__(self) -> str:
        return ".".join(map(str, self.number))


def _version(host: Host, query: tuple[str, ...]) -> Version:
    """The version of the CIB now. Raises OSError."""
    output = host.run(query)
    if output.status:
        raise OSError(f"the cluster does not answer: {(output.err or output.out).strip()}")
    root = tree.parse(output.out)
    user, origin = root.get("update-user") or "somebody", root.get("update-origin") or "this host"
    writer = f"{user}@{origin} with {root.get('update-client', 'another program')}"
    numbers = (decimal(root.get(key, "0")) or 0 for key in ("admin_epoch", "epoch"))
    return Version(tuple(numbers), writer, output.out)


def _with_version(changes: ET.Element, version: Version) -> str:
    """The patch from this version of the CIB to the next."""
    root, (admin, epoch) = changes, version.number
    versions = ET.Element("version")
    ET.SubElement(versions, "source", admin_epoch=str(admin), epoch=str(epoch))
    ET.SubElement(versions, "target", admin_epoch=str(admin), epoch=str(epoch + 1), num_updates="0")
    root.insert(0, versions)
    return tree.text_of(root)
