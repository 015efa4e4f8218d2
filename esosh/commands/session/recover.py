"""The word that ends what a crash or a fault has left."""

from __future__ import annotations

from typing import Optional

from .. import Pair, Word


class SessionRecover(Word):
    """Finish or undo a commit that was cut short; with a reason, leave what remains of it as it is."""

    force: Optional[Pair] = None

    changes = True

    @property
    def reason(self) -> str:
        """Why what remains is to stay; "" where it is not."""
        return str(self.force.value) if self.force else ""
