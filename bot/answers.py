"""Answers of this minute: what many people ask at once, as in a disaster, is decided and rendered once.

Deciding is pure, so the same message of people of whom the same is known has the same answer until the
content or the minute changes. Nothing here says who asked, and housekeeping empties it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.messages import Incoming, Messages, Person, Reply

MOST = 300  # answers; each is some 20 kB
Key = tuple[object, ...]


class Answers:
    """Remembers replies with their messages. Safe to call from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._knowledge: object = None
        self._minute: datetime | None = None
        self._known: dict[Key, tuple[Reply, Messages]] = {}

    def get(
        self, incoming: Incoming, person: Person, now: datetime, knowledge: object,
        make: Callable[[], tuple[Reply, Messages]],
    ) -> tuple[Reply, Messages]:  # fmt: skip
        """The answer that is known, or the one that is made now."""
        if incoming.group or incoming.kind not in {"text", "postback"}:
            return make()
        key, minute = _key(incoming, person), now.replace(second=0, microsecond=0)
        with self._lock:
            if self._knowledge is not knowledge or self._minute != minute:
                self._knowledge, self._minute, self._known = knowledge, minute, {}
            of = self._known
        known = of.get(key)
        if known is None:
            known = make()
            if len(of) < MOST:
                of[key] = known
        return known

    def forget(self) -> None:
        """What people wrote stays no longer than it saves work."""
        with self._lock:
            self._known = {}


def _key(incoming: Incoming, person: Person) -> Key:
    """Everything that a decision may rest on, and nothing that says who it is."""
    return (
        incoming.kind, incoming.text, _pairs(incoming.action), _pairs(incoming.params),
        incoming.position, incoming.address, incoming.mentioned, replace(person, key=None),
    )  # fmt: skip


def _pairs(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items()))
