"""Secrets that a line does not hold: @ask asks for one twice, without showing it, @/FILE reads one."""

from __future__ import annotations

import os
from typing import Any, Callable, Optional

from ..commands import Pair
from ..errors import Refused, system_reason
from ..host import given
from ..language.source import secret_keys
from ..records import replace
from ..views.secrets import is_password

AskSecret = Callable[[str], str]


def filled(command: Any, ask: Optional[AskSecret], read: Callable[[str], str]) -> Any:
    """The command with its secrets in place.

    Raises Refused where nobody can be asked, or where the two answers differ.
    """
    given_parts = {name: getattr(command, name) for name in ("pairs", "parts") if hasattr(command, name)}
    with_secrets = {name: _filled(part, ask, read) for name, part in given_parts.items()}
    return command if with_secrets == given_parts else replace(command, **with_secrets)


def _filled(pair: Any, ask: Optional[AskSecret], read: Callable[[str], str]) -> Any:
    """A pair with its secret in place; pairs, or a pair of pairs, with theirs."""
    if isinstance(pair, Pair) and isinstance(pair.value, tuple):
        return Pair(pair.key, _filled(pair.value, ask, read))
    if not isinstance(pair, Pair):
        return tuple(_filled(inner, ask, read) for inner in pair) if isinstance(pair, tuple) else pair
    if is_password(pair.key):
        return Pair(pair.key, _password(pair, ask, read))
    if pair.key not in secret_keys():
        return pair
    name, _, secret = str(pair.value).partition(" ")
    if secret == "@ask":
        secret = _asked(pair, name, ask)
    elif secret.startswith("@/"):
        secret = read(secret[1:]).strip("\n")
    return Pair(pair.key, f"{name} {secret}")


def _password(pair: Pair, ask: Optional[AskSecret], read: Callable[[str], str]) -> str:
    value = str(pair.value)
    if value == "@ask":
        return _asked(pair, pair.key.rstrip("="), ask)
    return read(value[1:]).strip("\n") if value.startswith("@/") else value


def _asked(pair: Pair, name: str, ask: Optional[AskSecret]) -> str:
    """The secret of a name, as the user types it twice. Raises Refused."""
    word = str(pair.value)
    if ask is None:
        message = f"nobody can be asked for the secret of {name} here: write it into a file and give @/FILE"
        raise Refused(message, word=word, code="E219")
    secret = ask(f"secret of {name}: ")
    if ask("again: ") != secret:
        raise Refused(f"the two secrets of {name} differ: type the line again", word=word, code="E219")
    return secret


def read_file(file: str) -> str:
    """The text of a file of the user's. Raises Refused."""
    try:
        return given.read_file(os.path.abspath(file))
    except OSError as error:
        raise Refused(f"{file}: {system_reason(error)}", word=file, code="E223") from None
