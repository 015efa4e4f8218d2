"""The menu, looked up in a thread of its own: a box that does not answer never stops the line.

The thread has a menu of its own, which reads the machine for itself, so it changes nothing of the session's.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future, TimeoutError
from typing import Any, Callable, Optional, TypeVar

from ..session import Session
from .menu import Menu

PATIENCE = 0.3  # seconds that a menu is waited for; then it is shown without names
GLANCE = 0.02  # seconds that the line may stand still, which nobody sees
_FRESH = 5  # seconds until the machine is read again
_LATE = "the box has not answered yet; the next key asks again"

T = TypeVar("T")
Question = Callable[[Menu, str], T]  # Menu.at or Menu.help, of a text


class Lookups:
    """Asks the menus of a session; `clock` gives the seconds that went by."""

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Forget what was read: something may have changed."""
        self._menu = Menu(self._session)
        self._worker = Worker()
        self._answers: dict[tuple[Question[Any], str], Future[Any]] = {}
        self._since = self._clock()

    def rest(self) -> None:
        """Look up nothing more: a command is going to run."""
        self._worker.rest(PATIENCE)

    def glance(self, question: Question[T], text: str, patience: float = GLANCE) -> Optional[T]:
        """The answer; None when it takes longer."""
        try:
            return self._ask(question, text).result(patience)
        except TimeoutError:
            return None

    def now(self, question: Question[T], text: str) -> T:
        """The answer, without names when it takes longer than PATIENCE."""
        answer = self.glance(question, text, PATIENCE)
        return self._without_names(question, text) if answer is None else answer

    async def soon(self, question: Question[T], text: str) -> T:
        """As `now`, while the line can be edited."""
        future, until = self._ask(question, text), time.monotonic() + PATIENCE
        while not future.done() and time.monotonic() < until:
            await asyncio.sleep(GLANCE)
        return future.result() if future.done() else self._without_names(question, text)

    def _ask(self, question: Question[T], text: str) -> Future[T]:
        if self._clock() - self._since > _FRESH and not self._worker.is_busy:
            self.forget()
        if (question, text) not in self._answers:
            menu = self._menu
            self._answers[question, text] = self._worker.do(lambda: question(menu, text))
        return self._answers[question, text]

    def _without_names(self, question: Question[T], text: str) -> T:
        return question(Menu(self._session, unread=_LATE), text)


class Worker:
    """Does one piece of work after the other in a thread, the newest first, until nothing is left to do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Future[Any], Callable[[], Any]]] = []
        self._thread: Optional[threading.Thread] = None

    @property
    def is_busy(self) -> bool:
        """Whether something is left to do."""
        return self._thread is not None

    def do(self, work: Callable[[], T]) -> Future[T]:
        """Begin a piece of work; what is given will have its result."""
        future: Future[T] = Future()
        with self._lock:
            self._waiting.append((future, work))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        return future

    def rest(self, patience: float) -> None:
        """Begin nothing more; wait until what was begun is done, for so many seconds at most."""
        with self._lock:
            self._waiting.clear()
            thread = self._thread
        if thread is not None:
            thread.join(patience)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                future, work = self._waiting.pop()
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - who asked meets it
                future.set_exception(error)
