"""The desks of several cities as one, for a pool that all of them share: each event goes to its own city's."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.desk import Desk
from bot.store import Inbox, Row, Store, StoreError

log = logging.getLogger(__name__)


class Desks:
    """What a pool asks of a desk. `store` sees the channels of all."""

    def __init__(self, store: Store, desks: Mapping[str, Desk]) -> None:
        self.inbox = Inbox(store)
        self._of = dict(desks)

    @property
    def failures(self) -> int:
        """As of the channel whose messages LINE takes best: they share its service, not their mistakes."""
        return min(desk.failures for desk in self._of.values())

    def decided(self, rows: Sequence[Row], now: datetime) -> list[Row]:
        """Decide about claimed events, those of each city in one commit. What fails in one city stops no other."""
        ready: dict[int, Row] = {}
        for channel in dict.fromkeys(row.channel for row in rows):
            mine = [row for row in rows if row.channel == channel]
            ready |= {row.id: row for row in self._decided(channel, mine, now)}
        return [ready[row.id] for row in rows if row.id in ready]

    def _decided(self, channel: str, rows: Sequence[Row], now: datetime) -> list[Row]:
        """Nothing where it fails: the lease gives these events back."""
        try:
            return self._of[channel].decided(rows, now)
        except StoreError as error:
            log.error("channel %s: the database does not take changes: %s", channel, error)
        except Exception:
            log.exception("channel %s: deciding failed", channel)
        return []

    def deliver(self, row: Row, now: datetime) -> datetime | bool:
        """Send an answer by its own channel; what it says is what `Desk.deliver` says."""
        return self._of[row.channel].deliver(row, now)
