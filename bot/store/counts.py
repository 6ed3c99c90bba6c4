"""How much the bot is used, by day, language, outcome and entry; no person stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.store.store import Store
from bot.store.tables import feedback, uses


@dataclass(frozen=True, slots=True)
class Counted:
    """Messages of some days: by day, and by language, outcome and entry together."""

    days: Mapping[str, int]
    cells: tuple[tuple[str, str, str, int], ...]  # locale, outcome, entry, messages
    helped: Mapping[tuple[str, bool], int]  # entry, whether it was right


class Counts:
    """The counts of one database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def between(self, first: str, last: str) -> Counted:
        """Everything from the day `first` to the day `last`, both in UTC and both included."""
        total = func.sum(uses.c.count)
        inside, kept = (
            (table.c.channel == self._store.channel, table.c.day >= first, table.c.day <= last)
            for table in (uses, feedback)
        )
        keys = (uses.c.locale, uses.c.outcome, uses.c.entry)
        by_day = select(uses.c.day, total).where(*inside).group_by(uses.c.day)
        by_cell = select(*keys, total).where(*inside).group_by(*keys)
        helped = select(feedback.c.entry, feedback.c.helpful, func.sum(feedback.c.count))
        helped = helped.where(*kept).group_by(feedback.c.entry, feedback.c.helpful)
        with self._store.begin() as connection:
            days = {row[0]: int(row[1]) for row in connection.execute(by_day)}
            cells = tuple((a, b, c, int(n)) for a, b, c, n in connection.execute(by_cell))
            right = {(row[0], bool(row[1])): int(row[2]) for row in connection.execute(helped)}
        return Counted(days, cells, right)
