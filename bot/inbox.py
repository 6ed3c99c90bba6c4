"""The pool that works on received events: starts at once, waits for more, ends in order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from bot.desk import Desk
from bot.store import StoreError

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0  # seconds: retries that fall due, and events that another process received
AFTER_TROUBLE = 2.0


class Pool:
    """`threads` workers over one Desk."""

    def __init__(self, desk: Desk, threads: int, housekeeping: Callable[[], None]) -> None:
        self._desk, self._housekeeping = desk, housekeeping
        self._more = threading.Condition()
        self._waiting = 0
        self._ended = False
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{n}", daemon=True)
            for n in range(threads)
        ]
        self._keeper = threading.Thread(target=self._keep_house, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin, also with what an earlier process left."""
        for thread in (*self._threads, self._keeper):
            thread.start()

    def notify(self) -> None:
        """Something was received."""
        with self._more:
            self._waiting += 1
            self._more.notify()

    def stop(self, seconds: float = 5.0) -> None:
        """Let everyone finish what they hold; what is left waits in the database."""
        with self._more:
            self._ended = True
            self._more.notify_all()
        for thread in self._threads:
            thread.join(seconds)

    def _run(self) -> None:
        while not self._ended:
            try:
                found = self._desk.work(datetime.now(UTC))
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

    def _pause(self, seconds: float) -> None:
        with self._more:
            if not self._waiting and not self._ended:
                self._more.wait(seconds)
            self._waiting = max(0, self._waiting - 1)

    def _keep_house(self) -> None:
        while not self._ended:
            try:
                self._housekeeping()
            except Exception:  # the next round tries again; answers do not depend on it
                log.exception("housekeeping failed")
            with self._more:
                if not self._ended:
                    self._more.wait_for(lambda: self._ended, HOUSEKEEPING_EVERY)


HOUSEKEEPING_EVERY = 0.7  # seconds: a saved file is live within two
