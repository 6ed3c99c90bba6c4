"""The pool that works on received events: starts at once, waits for more, ends in order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot.desk import Desk
from bot.store import StoreError

log = logging.getLogger(__name__)
AT_ONCE = 8
LOOK_EVERY = 0.5  # seconds: retries that fall due, and events that another process received
AFTER_TROUBLE = 2.0


class Pool:
    """`threads` workers over one Desk."""

    def __init__(self, desk: Desk, threads: int) -> None:
        self._desk = desk
        self._more = threading.Condition()
        self._waiting = 0
        self._ended = False
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Begin, also with what an earlier process left."""
        for thread in self._threads:
            thread.start()

    def notify(self) -> None:
        """Something was received."""
        with self._more:
            self._waiting += 1
            self._more.notify()

    def stop(self, seconds: float = 13.0) -> None:
        """Let everyone finish what they hold; what is left waits in the database."""
        with self._more:
            self._ended = True
            self._more.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        while not self._ended:
            try:
                found = self._desk.work(datetime.now(UTC), self._share())
            except StoreError as error:
                log.error("the database does not take changes: %s", error)
                found = False
                self._pause(AFTER_TROUBLE)
            except (
                Exception
            ):  # a worker that dies would leave everyone waiting; the lease gives the row back
                log.exception("working on an event failed")
                found = False
            if not found:
                self._pause(LOOK_EVERY)

    def _share(self) -> int:
        """How many people's events to take at once: few commits in a burst, nobody waits in quiet hours."""
        return min(1 + self._waiting // len(self._threads), AT_ONCE)

    def _pause(self, seconds: float) -> None:
        with self._more:
            if not self._waiting and not self._ended:
                self._more.wait(seconds)
            self._waiting = max(0, self._waiting - 1)


class Keeper:
    """What every process does for itself again and again, beside answering."""

    EVERY = 2.0  # seconds

    def __init__(self, housekeeping: Callable[[], None]) -> None:
        self._housekeeping = housekeeping
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after this round."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._housekeeping()
            except Exception:  # the next round tries again; answers do not depend on it
                log.exception("housekeeping failed")
            self._ended.wait(self.EVERY)
