"""The tables that are made of the grammar when esosh is built, as they lie beside it.

The file begins with the text of the grammar that it was made of, and the checksum of the tables. A checkout
whose grammar is another one by now, or that was never built, has its tables made in memory: that takes Lark,
and half a second at each start.
"""

from __future__ import annotations

import functools
import marshal
import os
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GRAMMAR, FILE = "grammar.lark", "grammar.tables"
_FORMAT = b"3\n"  # another number where the tables hold something else
_CHECKSUM = 4  # bytes
_PACKAGE = os.path.dirname(os.path.dirname(__file__))


def packaged(name: str) -> bytes:
    """The bytes of a file of the package, which may be a zip archive."""
    loader: Any = __spec__.loader
    data: bytes = loader.get_data(os.path.join(_PACKAGE, name))
    return data


def made() -> bytes:
    """The tables of the grammar as it is now, as a file. Raises Refused where there is no Lark."""
    try:
        from .compiler import tables  # with Lark, which only a build needs
    except ModuleNotFoundError:
        from ..errors import Refused  # an installation that is whole has its tables

        message = f"this installation is damaged: {FILE} is missing, or not whole"
        raise Refused(message, details=("install esosh again",), code="E249") from None
    text = packaged(GRAMMAR)
    data = tables(text.decode())
    return _FORMAT + text + _checksum(data) + data


def _checksum(data: bytes | memoryview) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM, "big")


@functools.cache
def _parts() -> dict[str, bytes]:
    head = _FORMAT + packaged(GRAMMAR)
    try:
        data = packaged(FILE)
    except OSError:
        data = b""
    start = len(head) + _CHECKSUM
    if not data.startswith(head) or data[len(head) : start] != _checksum(memoryview(data)[start:]):
        data = made()
    parts: dict[str, bytes] = _loaded(memoryview(data)[start:])
    return parts


@functools.cache
def part(name: str) -> Any:
    """A part of the tables, by its name: language/compiler and language/remarks say what there is."""
    return _loaded(_parts()[name])


@functools.cache
def item(name: str, number: int) -> Any:
    """An item of a part whose items are read one by one."""
    return _loaded(part(name)[number])


def _loaded(data: bytes | memoryview) -> Any:
    return marshal.loads(data)  # noqa: S302 - esosh's own file, or made a moment ago
