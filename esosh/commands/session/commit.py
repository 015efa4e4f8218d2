"""Words that change the machine."""

from __future__ import annotations

from ...errors import Refused
from ...language.numbers import decimal
from .. import Pair, Pairs, Word, values_by_key

LONGEST = 24 * 60 * 60  # seconds that a commit may wait for its confirm


class SessionCommit(Word):
    """Apply all edits, or none of them."""

    pairs: Pairs = ()

    changes = True

    def option(self, key: str) -> str:
        """The value of an option, "" where it is not given."""
        return str(values_by_key(self.pairs).get(key) or "")

    @property
    def sync(self) -> bool:
        """Whether to save to the boot medium at once."""
        return "sync" in values_by_key(self.pairs)

    @property
    def seconds(self) -> int:
        """How long the commit waits for its confirm; 0: it does not wait. Raises Refused."""
        text = self.option("confirmed")
        if not text:
            return 0
        seconds = (decimal(text.rstrip("s")) or 0) * (1 if text.endswith("s") else 60)
        if not 0 < seconds <= LONGEST:
            message = f"a commit waits 1 second to {LONGEST // 60} minutes for its confirm"
            raise Refused(message, word=text, code="E206")
        return seconds

    def allowing(self, disruption: str) -> SessionCommit:
        """The same commit, which may also cause that disruption."""
        pairs = [pair for pair in self.pairs if pair.key != "allow"]
        return SessionCommit((*pairs, Pair("allow", disruption)))

    def confirmed(self, minutes: int) -> SessionCommit:
        """The same commit, which undoes itself unless somebody confirms it; it is not saved before."""
        pairs = [pair for pair in self.pairs if pair.key != "sync"]
        return SessionCommit((*pairs, Pair("confirmed", str(minutes))))


class SessionConfirm(Word):
    """Keep the commit that waits for it."""

    changes = True


class SessionRevert(Word):
    """Undo the commit that waits for confirm, now."""

    changes = True


class SessionSync(Word):
    """Save /etc to the boot medium now."""

    changes = True
