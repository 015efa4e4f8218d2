"""Changes to /etc/scst.conf: what differs, and nothing else.

Old, new and what the file says are brought to one shape, that of the file, and compared block by block. What
runs and was never saved is added; what neither old nor new has is kept, because it may only be absent now.
What the file cannot hold is left out, and the line in that place stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...config.scst import Driver, Scst
from . import conf_blocks
from .conf import read
from .conf_blocks import all_drivers, block_of, representable
from .conf_edit import Versions, edit
from .conf_moves import evict, remove_luns, rename_targets, renames, settle_ids, with_names
from .conf_tree import Key, Node, parse
from .layout import complete

_HEAD = "# SCST configuration, in the layout of scstadmin; written by esosh\n\n"


def amend(text: str, old: Scst, new: Scst) -> str:
    """The text made to say what `new` says; what neither has stays."""
    saved = read(text)
    if old == new == saved:
        return text
    root = parse(text or _HEAD)
    complete(root)
    before = root.text()
    _amend(root, old, new, saved)
    after = root.text()
    return text if after == before else after


def _amend(root: Node, old: Scst, new: Scst, saved: Scst) -> None:
    names = renames(old, new, saved)
    rename_targets(root, names, old)
    old, saved = with_names(old, names), with_names(saved, names)
    settle_ids(root, saved, new)
    evict(root, old, new, saved)
    drivers = {**dict.fromkeys(all_drivers(new), Driver()), **saved.drivers}
    in_file = block_of(replace(saved, drivers=drivers))
    edit(root, 0, Versions(representable(block_of(old)), representable(block_of(new)), in_file))
    remove_luns(root, old.devices.keys() - new.devices.keys())


def unrepresentable(scst: Scst) -> Iterator[tuple[Key, ...]]:
    """What the file cannot hold: keyword and name of each block from the outermost one on.

    An attribute has no name.
    """
    yield from conf_blocks.unrepresentable(block_of(scst))
