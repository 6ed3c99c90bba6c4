"""The pool that works on received events: one thread decides, several send; it starts at once and ends in order."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot.desk import Desk
from bot.desks import Desks
from bot.store import Row, StoreError

log = logging.getLogger(__name__)
AT_ONCE = 32  # people whose events are decided in one commit
HELD = 2  # answers for each sender: with the time limits of a call, less than a lease
LOOK_EVERY = 0.5  # seconds: retries that fall due, and events that another process received
SETTLE_AFTER = (
    0.05  # seconds: what was sent is settled with the next events, or alone after so long
)
AFTER_TROUBLE = 2.0
FAILING = (
    8  # calls one after the other: LINE is away; one message is tried at a time until it is taken
)
TRY_EVERY = 0.25


class Pool:
    """One thread decides about what has come while it decided before: in a burst that is many in one commit.

    `threads` others send: they wait for LINE, not for one another. No more is claimed than they can begin
    to send within a lease.
    """

    def __init__(self, desk: Desk | Desks, threads: int) -> None:
        self._desk, self._most = desk, HELD * threads
        self._more = threading.Condition()
        self._waiting = self._idle = False
        self._ended = threading.Event()
        self._held = 0
        self._sent: list[Row] = []
        self._ready: queue.SimpleQueue[Row | None] = queue.SimpleQueue()
        self._decider = threading.Thread(target=self._decide, name="decider", daemon=True)
        self._senders = [
            threading.Thread(target=self._send, name=f"sender-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Begin, also with what an earlier process left."""
        for thread in (self._decider, *self._senders):
            thread.start()

    def notify(self) -> None:
        """Something was received."""
        with self._more:
            self._waiting = True
            if self._idle:  # who is at work looks by itself; to be woken costs as much as a look
                self._more.notify()

    def stop(self, seconds: float = 13.0) -> None:
        """Let everyone finish what they hold; what is left waits in the database."""
        until = time.monotonic() + seconds
        with self._more:
            self._ended.set()
            self._more.notify()
        self._decider.join(max(0.0, until - time.monotonic()))
        for _ in self._senders:
            self._ready.put(None)
        for thread in self._senders:
            thread.join(max(0.0, until - time.monotonic()))
        self._settle(most=0)

    def _decide(self) -> None:
        while not self._ended.is_set():
            with self._more:
                self._more.wait_for(self._has_room, SETTLE_AFTER)
                most, self._waiting = min(self._at_once(), self._most - self._held), False
            try:
                found = self._settle(most)
            except StoreError as error:
                log.error("the database does not take changes: %s", error)
                self._pause(AFTER_TROUBLE)
            except (
                Exception
            ):  # who decides no more would leave everyone waiting; the lease gives the rows back
                log.exception("working on events failed")
                self._pause(AFTER_TROUBLE)
            else:
                if self._at_once() == 1:
                    self._ended.wait(TRY_EVERY)
                elif not found:
                    self._pause(LOOK_EVERY)

    def _at_once(self) -> int:
        """While LINE takes nothing, trying everything again and again would only keep us from receiving."""
        return AT_ONCE if self._desk.failures < FAILING else 1

    def _settle(self, most: int) -> bool:
        """Settle what was sent, claim and decide the next; False when nothing was due."""
        now = datetime.now(UTC)
        with self._more:
            sent, self._sent = self._sent, []
        if not most and not sent:
            return False
        try:
            rows = self._desk.inbox.claim(now, most, sent)
        except Exception:
            with self._more:
                self._sent += sent
            raise
        ready = self._desk.decided(rows, now)
        with self._more:
            self._held += len(ready)
        for row in ready:
            self._ready.put(row)
        return bool(rows)

    def _send(self) -> None:
        while (row := self._ready.get()) is not None:
            done = False
            try:
                done = self._desk.deliver(row, datetime.now(UTC)) is True
            except StoreError as error:
                log.error("the database does not take changes: %s", error)
            except Exception:  # the lease gives the row back
                log.exception("sending failed")
            with self._more:
                if done:
                    self._sent.append(row)
                self._held -= 1
                if self._held == self._most // 2:
                    self._more.notify()

    def _has_room(self) -> bool:
        """Many at once are cheaper than one after the other: half of the senders' work is done."""
        return self._ended.is_set() or self._held <= self._most // 2

    def _pause(self, seconds: float) -> None:
        """Until something comes, and no longer than what was sent may wait."""
        with self._more:
            if not self._waiting and not self._ended.is_set():
                self._idle = True
                self._more.wait(min(seconds, SETTLE_AFTER) if self._held or self._sent else seconds)
                self._idle = False


class Keeper:
    """What every process does for itself again and again, beside answering."""

    EVERY = 0.7  # seconds: a saved file is live within two

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
