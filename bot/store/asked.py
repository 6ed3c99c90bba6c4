"""Questions without an answer, for staff to read; nobody's, and masked before they came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select, update

from bot.store.store import Store
from bot.store.tables import unanswered

READ = 20_000  # rows; more than staff can ever read, and a bound for memory
AT_ONCE = 500  # numbers in one IN (…)
WANTED, DRAFTED = "new-entry", "draft:"  # how questions are settled for which there is no entry yet


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
        """Staff said what they are: an entry's id, `new-entry:<number>`, `draft:<id>` or `not-ours`.

        Asked again, they stay settled.
        """
        waiting = list(numbers)
        with self._store.begin() as connection:
            for start in range(0, len(waiting), AT_ONCE):
                some = unanswered.c.id.in_(waiting[start : start + AT_ONCE])
                settled = update(unanswered).where(self._ours, some).values(settled=how[:80])
                connection.execute(settled)

    def wanted(self, limit: int) -> list[list[Question]]:
        """Those for which an entry is to be written: what was settled together, the most asked first."""
        table = unanswered.c
        query = select(
            table.id, table.text, table.locale, table.asked_on, table.count, table.settled
        )
        query = query.where(self._ours, table.settled.startswith(WANTED))
        query = query.order_by(table.count.desc(), table.id)
        groups: dict[str, list[Question]] = {}
        with self._store.begin() as connection:
            for *row, settled in connection.execute(query.limit(READ)):
                question = Question(*row)
                name = settled if ":" in settled else str(question.id)  # before groups had numbers
                groups.setdefault(name, []).append(question)
        return sorted(groups.values(), key=lambda group: -sum(one.count for one in group))[:limit]

    def together(self, number: int) -> list[Question]:
        """The questions that wait for the same entry as this one, with it."""
        groups = self.wanted(READ)
        return next((group for group in groups if number in {one.id for one in group}), [])

    def drafted(self) -> list[str]:
        """The entries that are being written for questions, by id."""
        mine = unanswered.c.settled
        with self._store.begin() as connection:
            ours = (self._ours, mine.startswith(DRAFTED))
            rows = connection.execute(select(mine).where(*ours).distinct())
            return [row[0].removeprefix(DRAFTED) for row in rows]

    def reopen(self, entry: str) -> int:
        """The entry is live now: its questions come back, to be taught; says how many."""
        drafted = unanswered.c.settled == f"{DRAFTED}{entry}"
        mine = update(unanswered).where(self._ours, drafted)
        with self._store.begin() as connection:
            return connection.execute(mine.values(settled=None)).rowcount
