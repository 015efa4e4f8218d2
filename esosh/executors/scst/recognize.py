"""Tells an scst.conf from other files."""

from __future__ import annotations

from collections.abc import Iterable

from . import attributes, conf, conf_tree
from .conf_tree import Node

_BLOCKS = ("HANDLER", "TARGET_DRIVER", "DEVICE_GROUP")
_USES = (
    "to bring it in: copy it to /etc/scst.conf, then: reapply scst",
    "to compare this host with it: check peer FILE",
)


def is_scst_conf(text: str) -> bool:
    """Whether a text has a block or an attribute of scst.conf."""
    top = conf.contents(conf_tree.parse(text)).configured
    return any(_is_of_scst(name, nodes) for (name, _), nodes in top.items())


def _is_of_scst(name: str, nodes: Iterable[Node]) -> bool:
    """Whether lines that begin so are an attribute of SCST itself, or a block."""
    is_block = any(node.children is not None for node in nodes)
    return name in attributes.DEFAULTS["core"] or (name in _BLOCKS and is_block)


def recognize(text: str) -> tuple[str, tuple[str, ...]]:
    """What kind of file a text is, and what can be done with it; "" where it is none of SCST's."""
    return ("an scst.conf", _USES) if is_scst_conf(text) else ("", ())
