"""Changes to /etc/scst.conf: what an edit is about, and nothing else.

Old, new and what the file says are brought to one shape, that of the file, and compared block by block. What
is the same object in both, and is in the file, is not looked at. What runs and was never saved is added. What
neither has is kept, because it may only be absent now. What the file cannot hold is left out, and the line in
that place stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...config.paths import Path, diff
from ...config.scst import Driver, Scst
from ...records import replace
from . import conf_blocks
from .conf import read
from .conf_blocks import all_drivers, block_of, representable
from .conf_edit import Versions, edit
from .conf_extent import Extent, extent
from .conf_moves import evict, remove_luns, rename_targets, renames, settle_ids, with_names
from .conf_tree import Key, Node, parse
from .drift import unsaved_paths, unsaved_states
from .layout import complete

_HEAD = "# SCST configuration, in the layout of scstadmin; written by esosh\n\n"


def amend(text: str, old: Scst, new: Scst) -> str:
    """The text made to say what `new` says where it is not as in `old`; what neither has stays."""
    part = extent(old, new, read(text))
    if part.is_saved:
        return text
    root = parse(text or _HEAD)
    complete(root)
    before = root.text()
    _amend(root, part, new, read(text))
    after = root.text()
    return text if after == before else after


def _amend(root: Node, part: Extent, new: Scst, saved: Scst) -> None:
    names = renames(part)
    rename_targets(root, names, part, new)
    saved = with_names(saved, names)
    part = Extent(with_names(part.old, names), part.new, with_names(part.saved, names))
    settle_ids(root, part, new, saved)
    evict(root, part, new, saved)
    drivers = {**dict.fromkeys(all_drivers(part.new), Driver()), **part.saved.drivers}
    in_file = block_of(replace(part.saved, drivers=drivers))
    wanted = representable(block_of(part.new, new.targets))
    edit(root, 0, Versions(representable(block_of(part.old)), wanted, in_file))
    remove_luns(root, part.old.devices.keys() - part.new.devices.keys())


def saved_along(text: str, old: Scst, new: Scst) -> Iterator[Path]:
    """The paths of what an amendment saves besides the edit: it runs, and was not saved so."""
    part = extent(old, new, read(text))
    edited = diff(part.old, part.new)
    unsaved = (*unsaved_paths(part.saved, part.old), *unsaved_states(part.saved, part.old))
    return (path for path in unsaved if path not in edited)


def left_out(text: str, old: Scst, new: Scst) -> Iterator[tuple[Key, ...]]:
    """What an amendment would save, but the file cannot hold it, as `unrepresentable` gives it."""
    part = extent(old, new, read(text))
    yield from conf_blocks.unrepresentable(block_of(part.new, new.targets))


def unrepresentable(scst: Scst) -> Iterator[tuple[Key, ...]]:
    """What the file cannot hold: keyword and name of each block from the outermost one on.

    An attribute has no name.
    """
    yield from conf_blocks.unrepresentable(block_of(scst, scst.targets))
