"""Words that change the machine."""

from __future__ import annotations

from dataclasses import dataclass

from ...desk import Session
from ...errors import Refused
from ...views import View
from .. import Change, Pairs, given

LONGEST = 24 * 60 * 60  # seconds that a commit may wait for its confirm


@dataclass(frozen=True)
class SessionCommit(Change):
    """Apply all edits, or none of them."""

    pairs: Pairs = ()

    def act(self, session: Session) -> View:
        return session.committing.commit(self)

    def option(self, key: str) -> str:
        """The value of an option, "" where it is not given."""
        return str(given(self.pairs).get(key) or "")

    @property
    def sync(self) -> bool:
        """Whether the boot medium is to have it at once."""
        return "sync" in given(self.pairs)

    @property
    def seconds(self) -> int:
        """How long it waits for confirm; 0: it does not. Raises Refused."""
        text = self.option("confirmed")
        if not text:
            return 0
        seconds = int(text[:-1]) if text.endswith("s") else int(text) * 60
        if not 0 < seconds <= LONGEST:
            raise Refused(f"a commit waits 1 second to {LONGEST // 60} minutes for its confirm", word=text, code="E206")
        return seconds


@dataclass(frozen=True)
class SessionConfirm(Change):
    """Keep the commit that waits for it."""

    def act(self, session: Session) -> View:
        return session.committing.confirm()


@dataclass(frozen=True)
class SessionRevert(Change):
    """Undo the commit that waits for confirm, now."""

    def act(self, session: Session) -> View:
        return session.committing.revert()


@dataclass(frozen=True)
class SessionSync(Change):
    """Save /etc to the boot medium now."""

    def act(self, session: Session) -> View:
        return session.committing.sync()


@dataclass(frozen=True)
class SessionRecover(Change):
    """Finish or undo a commit that was cut short."""

    def act(self, session: Session) -> View:
        return session.committing.recover()
