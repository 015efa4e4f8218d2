"""Secrets that a line does not hold: @ask asks for one twice, without showing it, @/FILE reads one."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Optional

from .commands import Pair
from .errors import Refused
from .executors.scst.attributes import is_secret

Asked = Callable[[str], str]


def filled(command: Any, ask: Optional[Asked], read: Callable[[str], str]) -> Any:
    """The command with its secrets in place. Raises Refused where nobody can be asked, or who is says two different ones."""
    pairs = getattr(command, "pairs", ())
    known = tuple(_filled(pair, ask, read) for pair in pairs)
    return command if known == pairs else dataclasses.replace(command, pairs=known)


def _filled(pair: Any, ask: Optional[Asked], read: Callable[[str], str]) -> Any:
    if not isinstance(pair, Pair) or not is_secret(pair.key.rstrip("=")):
        return pair
    name, _, secret = str(pair.value).partition(" ")
    if secret == "@ask":
        if ask is None:
            raise Refused(f"nobody can be asked for the secret of {name} here: write it into a file and give @/FILE",
                          word=str(pair.value), code="E219")
        secret = ask(f"secret of {name}: ")
        if ask("again: ") != secret:
            raise Refused(f"the two secrets of {name} differ: type the line again", word=str(pair.value), code="E219")
    elif secret.startswith("@/"):
        secret = read(secret[1:]).strip("\n")
    return Pair(pair.key, f"{name} {secret}")
