"""Reminders that people asked for, and what they want to hear of: the only place where LINE ids stay (sealed)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store, aware, utc
from bot.store.tables import groups, pushes, reminders, seen_gatherings, wishes
from bot.store.work import REMIND, URGENT, USUAL, Work, defer

LEASE = timedelta(seconds=60)  # longer than a push with all its time limits
MOST = 50  # reminders of one person: more are a mistake or a prank


@dataclass(frozen=True, slots=True)
class Reminder:
    """One row that is due. `to` is sealed."""

    id: int
    person: str
    to: str
    about: str
    locale: str
    retry_key: str
    due_at: datetime
    tried_at: datetime | None = None  # when it was held last: its push may have reached LINE then


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody wants to hear of new gatherings: of a kind, in a language ("" for any)."""

    person: str
    to: str
    kind: str
    language: str
    locale: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """A group that asked for the week's programme."""

    key: str
    to: str
    digested: str


class Reminders:
    """Rows from the tap on "remind me" to the push; each change is one commit."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- what replies leave behind: the names are those of bot.messages.Effect --------------------

    def apply(
        self, connection: Connection, name: str, key: str, now: datetime, values: Mapping[str, str]
    ) -> None:
        """One effect of a reply, in the commit that settles it."""
        getattr(self, "_" + name)(connection, key, now, **values)

    def _remind(
        self, connection: Connection, key: str, now: datetime,
        about: str, due_at: str, locale: str, to: str,
    ) -> None:  # fmt: skip
        mine = select(reminders.c.id).where(*self._is(reminders, key))
        if len(connection.execute(mine).all()) < MOST:
            self.add(connection, key, to, about, locale, datetime.fromisoformat(due_at))

    def _stop_reminder(self, connection: Connection, key: str, now: datetime, about: str) -> None:
        mine = (*self._is(reminders, key), reminders.c.about == about)
        connection.execute(delete(reminders).where(*mine))

    def _stop_reminders(self, connection: Connection, key: str, now: datetime) -> None:
        for table in (reminders, wishes):
            connection.execute(delete(table).where(*self._is(table, key)))

    def _tell_new(
        self, connection: Connection, key: str, now: datetime,
        kind: str, language: str, locale: str, to: str,
    ) -> None:  # fmt: skip
        row = {"channel": self._store.channel, "person": key, "kind": kind, "language": language}
        more = {"to": to, "locale": locale, "since": utc(now)}
        make = sqlite.insert if self._store.sqlite else postgresql.insert
        statement = make(wishes).values({**row, **more})
        connection.execute(statement.on_conflict_do_update(index_elements=list(row), set_=more))

    def _stop_new(
        self, connection: Connection, key: str, now: datetime, kind: str, language: str
    ) -> None:
        connection.execute(
            delete(wishes).where(
                *self._is(wishes, key), wishes.c.kind == kind, wishes.c.language == language
            )
        )

    def _told_missed(self, connection: Connection, key: str, now: datetime) -> None:
        mine = (*self._is(reminders, key), reminders.c.state == "missed")
        connection.execute(delete(reminders).where(*mine))

    # --- reading ----------------------------------------------------------------------------------

    def of(
        self, connection: Connection, key: str
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """What waits for a person, what could not be told, and their wishes as kind|language."""
        rows = connection.execute(
            select(reminders.c.about, reminders.c.state)
            .where(*self._is(reminders, key))
            .order_by(reminders.c.due_at)
        ).all()
        wanted = connection.execute(
            select(wishes.c.kind, wishes.c.language).where(*self._is(wishes, key))
        ).all()
        return (
            tuple(row.about for row in rows if row.state == "waiting"),
            tuple(row.about for row in rows if row.state == "missed"),
            tuple(f"{row.kind}|{row.language}" for row in wanted),
        )

    def planned(self) -> dict[str, int]:
        """How many people wait for each date: about -> people."""
        found: dict[str, int] = {}
        with self._store.begin() as connection:
            ours = (self._ours(reminders), reminders.c.about.startswith("at:"))
            for row in connection.execute(select(reminders.c.about).where(*ours)):
                found[row.about] = found.get(row.about, 0) + 1
        return found

    def wanted(self, connection: Connection) -> list[Wanted]:
        """Everybody who wants to hear of new gatherings."""
        columns = (wishes.c.person, wishes.c.to, wishes.c.kind, wishes.c.language,
                   wishes.c.locale, wishes.c.since)  # fmt: skip
        query = select(*columns).where(self._ours(wishes))
        return [Wanted(*row) for row in connection.execute(query)]

    def digests(self, connection: Connection) -> list[Digest]:
        """The groups that asked for the week's programme."""
        query = select(groups.c.key, groups.c.to, groups.c.digested)
        query = query.where(self._ours(groups), groups.c.digest)
        return [
            Digest(row.key, row.to or "", row.digested or "") for row in connection.execute(query)
        ]

    def counts(self) -> dict[str, int]:
        """How many wait and how many could not be told."""
        found: dict[str, int] = {}
        with self._store.begin() as connection:
            for row in connection.execute(select(reminders.c.state).where(self._ours(reminders))):
                found[row.state] = found.get(row.state, 0) + 1
        return found

    # --- writing ----------------------------------------------------------------------------------

    def add(
        self, connection: Connection, person: str, to: str, about: str, locale: str,
        due_at: datetime, urgent: bool = False,
    ) -> None:  # fmt: skip
        """A row with the retry key that its push will carry, however often it is tried."""
        make = sqlite.insert if self._store.sqlite else postgresql.insert
        values = {
            "channel": self._store.channel, "person": person, "to": to, "about": about,
            "locale": locale, "due_at": utc(due_at), "retry_key": str(uuid.uuid4()),
            "state": "waiting", "urgent": urgent,
        }  # fmt: skip
        connection.execute(make(reminders).values(values).on_conflict_do_nothing())
        self._defer(connection, due_at, URGENT if urgent else USUAL)

    def change(self, about: str, new: str, now: datetime) -> None:
        """A date was moved or cancelled: everybody who waited for it is told now, before all others."""
        with self._store.begin() as connection:
            rows = connection.execute(
                select(reminders).where(
                    self._ours(reminders),
                    reminders.c.about == about,
                    reminders.c.state == "waiting",
                )
            ).all()
            connection.execute(
                delete(reminders).where(reminders.c.id.in_([row.id for row in rows]))
            )
            for row in rows:
                self.add(connection, row.person, row.to, new, row.locale, now, urgent=True)

    def follow(self, about: str, moved: str, due_at: datetime) -> None:
        """Those who are told that a date was moved are reminded of the new one, too."""
        with self._store.begin() as connection:
            mine = (self._ours(reminders), reminders.c.about == about)
            rows = connection.execute(select(reminders).where(*mine)).all()
            for row in rows:
                self.add(connection, row.person, row.to, moved, row.locale, due_at)

    def unseen(self, connection: Connection, names: Iterable[str], now: datetime) -> list[str]:
        """Which gatherings were never seen before; from now on they were."""
        seen = select(seen_gatherings.c.id).where(self._ours(seen_gatherings))
        known = set(connection.execute(seen).scalars())
        new = [name for name in names if name not in known]
        if not new:
            return []
        make = sqlite.insert if self._store.sqlite else postgresql.insert
        ours = {"channel": self._store.channel, "seen_at": utc(now)}
        rows = [{**ours, "id": name} for name in new]
        put = make(seen_gatherings).values(rows)
        put = put.on_conflict_do_nothing(index_elements=["channel", "id"])
        mine = set(connection.execute(put.returning(seen_gatherings.c.id)).scalars())
        return [name for name in new if name in mine] if known else []  # others may look as well

    def digest_of(self, connection: Connection, key: str, week: str) -> None:
        """The group has its row for this week."""
        mine = (self._ours(groups), groups.c.key == key)
        connection.execute(update(groups).where(*mine).values(digested=week))

    def claim(self, now: datetime) -> Reminder | None:
        """The next one to send, leased to the caller: changes first, then the earliest asker."""
        moment = utc(now)
        free = or_(reminders.c.leased_until.is_(None), reminders.c.leased_until <= moment)
        ours = and_(self._ours(reminders), reminders.c.state == "waiting")
        due = and_(ours, reminders.c.due_at <= moment, free)
        query = select(reminders).where(due).order_by(reminders.c.urgent.desc(), reminders.c.id)
        if not self._store.sqlite:
            query = query.with_for_update(skip_locked=True)
        with self._store.begin() as connection:
            row = connection.execute(query.limit(1)).first()
            if row is None:
                return None
            self._set(connection, row.id, leased_until=moment + LEASE)
        return Reminder(
            row.id, row.person, row.to, row.about, row.locale, row.retry_key,
            aware(row.due_at) or now, aware(row.leased_until),
        )  # fmt: skip

    def sent(self, row: Reminder, month: str, cost: int) -> None:
        """LINE took it: the row goes, and with the last one the LINE id."""
        with self._store.begin() as connection:
            connection.execute(delete(reminders).where(reminders.c.id == row.id))
            make = sqlite.insert if self._store.sqlite else postgresql.insert
            statement = make(pushes).values(channel=self._store.channel, month=month, count=cost)
            more = {"count": pushes.c.count + cost}
            key = ["channel", "month"]
            connection.execute(statement.on_conflict_do_update(index_elements=key, set_=more))

    def drop(self, row: Reminder) -> None:
        """Of no use any more, or LINE will never take it."""
        with self._store.begin() as connection:
            connection.execute(delete(reminders).where(reminders.c.id == row.id))

    def later(self, row: Reminder, at: datetime) -> None:
        """Try again, with the same retry key."""
        with self._store.begin() as connection:
            self._set(connection, row.id, leased_until=utc(at))
            self._defer(connection, at)

    def miss(self, row: Reminder) -> None:
        """No push is left this month: the person is told at their next message; the id is not needed."""
        with self._store.begin() as connection:
            self._set(connection, row.id, state="missed", to="", leased_until=None)

    def pushed(self, month: str) -> int:
        """How many pushes of ours LINE took in a month."""
        with self._store.begin() as connection:
            mine = (self._ours(pushes), pushes.c.month == month)
            return int(connection.execute(select(pushes.c.count).where(*mine)).scalar() or 0)

    def purge(self, missed_before: datetime, wished_before: datetime) -> None:
        """What nobody came back for, and wishes that ended by themselves; in all channels."""
        with self._store.begin() as connection:
            old = (reminders.c.state == "missed", reminders.c.due_at < utc(missed_before))
            connection.execute(delete(reminders).where(*old))
            connection.execute(delete(wishes).where(wishes.c.since < utc(wished_before)))

    def _ours(self, table: Any) -> Any:
        return table.c.channel == self._store.channel

    def _is(self, table: Any, person: str) -> tuple[Any, Any]:
        return self._ours(table), table.c.person == person

    def _defer(self, connection: Connection, at: datetime, priority: int = USUAL) -> None:
        channel = {"channel": self._store.channel}
        defer(connection, [Work(REMIND, channel, priority=priority, at=at)])

    def _set(self, connection: Connection, number: int, **values: Any) -> None:
        connection.execute(update(reminders).where(reminders.c.id == number).values(values))


EFFECTS = frozenset(
    {"remind", "stop_reminder", "stop_reminders", "tell_new", "stop_new", "told_missed"}
)
