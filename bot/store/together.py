"""Changes that arrive at once share one commit: the disk is waited for once, not once for each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

Change = Callable[[Connection], Any]


class _Waiting:
    """A change until it is kept. `turn` is opened when that is so, or when its thread has to do it for all."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.turn = threading.Lock()
        self.turn.acquire()
        self.is_settled = False
        self.result: Any = None
        self.error: BaseException | None = None


class Together:
    """The first to come writes; who comes meanwhile waits, and is written with all others who do.

    No thread is kept for it: at a quiet moment a change costs no hand-over. `begin` opens a transaction.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._is_writing = False
        self._waiting: list[_Waiting] = []

    def keep(self, change: Change) -> Any:
        """What `change` returns, once its commit has ended. Raises what it or the commit raised."""
        one = _Waiting(change)
        with self._lock:
            self._waiting.append(one)
            first, self._is_writing = not self._is_writing, True
        if not first:
            one.turn.acquire()
        if not one.is_settled:
            self._write()
        if one.error is not None:
            raise one.error
        return one.result

    def _write(self) -> None:
        """All that wait; then the next who waits is told to write."""
        with self._lock:
            group, self._waiting = self._waiting, []
        try:
            self._settle(group)
        finally:
            with self._lock:
                self._is_writing = bool(self._waiting)
                following = self._waiting[:1]
            for one in (*group, *following):
                one.turn.release()

    def _settle(self, group: list[_Waiting]) -> None:
        """In one commit; where a change fails, each by itself, so that nobody fails for another's sake."""
        begun = None
        try:
            with self._begin() as connection:
                for begun in group:
                    begun.result = begun.change(connection)
                begun = None
        except BaseException as error:
            if begun is not None and len(group) > 1:
                for one in group:
                    self._settle([one])
                return
            for one in group:
                one.error = error
        for one in group:
            one.is_settled = True
