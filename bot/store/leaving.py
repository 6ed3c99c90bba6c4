"""Channels that left: what the database still holds of them, and how all of it goes."""

from __future__ import annotations

from sqlalchemy import delete, select, text

from bot.store.store import Store
from bot.store.tables import metadata, staff

_OWN = [table for table in metadata.sorted_tables if "channel" in table.c and table is not staff]


def known(store: Store) -> set[str]:
    """Every channel that has a row."""
    with store.read() as connection:
        return {
            name for table in _OWN for name in connection.execute(select(table.c.channel).distinct()).scalars()
        }  # fmt: skip


def remove(store: Store, channel: str) -> int:
    """Delete everything of a channel, also what waits to be done and who saw only its pages; says how many rows."""
    with store.begin() as connection:
        count = sum(
            connection.execute(delete(table).where(table.c.channel == channel)).rowcount
            for table in (*_OWN, staff)
        )
        if not store.sqlite:
            jobs = text("DELETE FROM procrastinate_jobs WHERE args->>'channel' = :channel")
            connection.execute(jobs, {"channel": channel})
    store.tidy()
    return count
