"""Copies of organisers' calendars in the database: one machine fetches them, all show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.store.store import Store, utc
from bot.store.tables import calendars


class Copies:
    """The last good copy of each calendar, by the name of its address."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ours = calendars.c.channel == store.channel
        self._seen: datetime | None = None

    def put(self, copies: Mapping[str, bytes], now: datetime) -> None:
        """Keep what has changed."""
        with self._store.begin() as connection:
            rows = connection.execute(select(calendars).where(self._ours))
            known = {row.name: row.data for row in rows}
            changed = {name: data for name, data in copies.items() if known.get(name) != data}
            old = calendars.c.name.in_(changed)
            connection.execute(delete(calendars).where(self._ours, old))
            for name, data in changed.items():
                row = {
                    "channel": self._store.channel,
                    "name": name,
                    "data": data,
                    "taken_at": utc(now),
                }
                connection.execute(insert(calendars).values(row))

    def news(self) -> dict[str, bytes]:
        """What was kept since this process last asked."""
        query = select(calendars).where(self._ours).order_by(calendars.c.taken_at)
        if self._seen:
            query = query.where(calendars.c.taken_at > self._seen)
        with self._store.begin() as connection:
            rows = connection.execute(query).all()
        if rows:
            self._seen = rows[-1].taken_at
        return {row.name: bytes(row.data) for row in rows}
