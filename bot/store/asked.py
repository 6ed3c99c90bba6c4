"""Questions without an answer, for staff to read; nobody's, and masked before they came in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from bot.store.store import Store
from bot.store.tables import unanswered

READ = 20_000  # rows; more than staff can ever read, and a bound for memory
AT_ONCE = 500  # numbers in one IN (…)


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it was kept, and how often it was asked."""

    id: int
    text: str
    locale: str
    asked_on: str
    count: int


class Asked:
    """The open questions of one channel."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ours = unanswered.c.channel == store.channel

    def open(self) -> list[Question]:
        """Those that nobody has settled, newest first."""
        table = unanswered.c
        query = select(table.id, table.text, table.locale, table.asked_on, table.count)
        query = query.where(self._ours, table.held.is_(False), table.settled.is_(None))
        with self._store.begin() as connection:
            rows = connection.execute(query.order_by(table.id.desc()).limit(READ)).all()
        return [Question(*row) for row in rows]

    def mark(self) -> tuple[int, int, int]:
        """Changes when the open questions do."""
        table = unanswered.c
        query = select(func.count(), func.coalesce(func.max(table.id), 0),
                       func.coalesce(func.sum(table.count), 0))  # fmt: skip
        query = query.where(self._ours, table.held.is_(False), table.settled.is_(None))
        with self._store.begin() as connection:
            count, last, asked = connection.execute(query).one()
        return int(count), int(last), int(asked)

    def settle(self, numbers: Iterable[int], how: str) -> None:
        """Staff said what they are: an entry's id, `new-entry` or `not-ours`. Asked again, they stay settled."""
        waiting = list(numbers)
        with self._store.begin() as connection:
            for start in range(0, len(waiting), AT_ONCE):
                some = unanswered.c.id.in_(waiting[start : start + AT_ONCE])
                settled = update(unanswered).where(self._ours, some).values(settled=how[:80])
                connection.execute(settled)

    def wanted(self, limit: int) -> Sequence[Question]:
        """Those for which an entry is to be written, most asked first."""
        table = unanswered.c
        query = select(table.id, table.text, table.locale, table.asked_on, table.count)
        query = query.where(self._ours, table.settled == "new-entry")
        query = query.order_by(table.count.desc()).limit(limit)
        with self._store.begin() as connection:
            return [Question(*row) for row in connection.execute(query)]
