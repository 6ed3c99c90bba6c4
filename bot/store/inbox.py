"""Received events: kept in one commit, claimed by lease, answered once, erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store, aware, utc
from bot.store.tables import inbox
from bot.store.work import ANSWER, URGENT, USUAL, Work, defer

LEASE = timedelta(seconds=30)  # longer than connecting and reading may take, shorter than a token
FRESH = timedelta(seconds=40)  # an answer must leave within the minute of its reply token
TRIES = 5
KEPT = timedelta(days=7)
MERGED_AFTER = 5  # so many texts of one person wait: only the last is answered


@dataclass(frozen=True, slots=True)
class Received:
    """An event as the webhook keeps it. `what` is Incoming as JSON; `to` the encrypted LINE id."""

    event_id: str
    person: str
    what: Mapping[str, Any]
    reply_token: str | None = None
    to: str | None = None
    message: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A claimed event. `messages` is set when it was answered but perhaps not sent."""

    id: int
    event_id: str
    person: str
    received_at: datetime
    tries: int
    sending: bool
    reply_token: str | None
    to: str | None
    what: Mapping[str, Any] | None
    messages: Sequence[Mapping[str, Any]] | None


class TakenOver(Exception):
    """We were away for so long that somebody else has this event: nothing of ours is kept or sent."""


class Inbox:
    """The received events of one database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def receive(self, events: Iterable[Received], now: datetime) -> int:
        """Keep all events in one commit; those already known are left out. Returns how many are new."""
        rows = [_values(event, utc(now)) for event in events]
        if not rows:
            return 0
        make = sqlite.insert if self._store.sqlite else postgresql.insert
        statement = make(inbox).on_conflict_do_nothing(index_elements=["event_id"])
        keeping = statement.returning(inbox.c.id)
        with self._store.begin() as connection:
            kept = [(connection.execute(keeping, row).scalar_one_or_none(), row) for row in rows]
            new = [(number, row) for number, row in kept if number is not None]
            for row in rows:
                if row["what"].get("kind") == "unsend":
                    _take_back(connection, row["what"].get("message_id"))
            defer(connection, [_work(number, row, now) for number, row in new])
        return len(new)

    def claim(self, now: datetime) -> Row | None:
        """The next event to work on, leased to the caller; None when nothing is due. For SQLite's pool."""
        moment = utc(now)
        with self._store.begin() as connection:
            number = self._next(connection, moment)
            if number is None:
                return None
            return self._lease(connection, number, moment)

    def take(self, number: int, now: datetime) -> Row | None:
        """The event of a job, or an older one of the same person that still waits; None when all is done.

        For jobs whose lock is the person: nobody else works on this person's events meanwhile.
        """
        values = {"number": number, "until": utc(now) + LEASE}
        with self._store.single() as connection:
            row = connection.execute(TAKE, values).first()
        return _row(row) if row else None

    def _lease(self, connection: Connection, number: int, moment: datetime) -> Row:
        changes = {"leased_until": moment + LEASE, "tries": inbox.c.tries + 1}
        statement = update(inbox).where(inbox.c.id == number).values(changes).returning(inbox)
        return _row(connection.execute(statement).one())

    def _next(self, connection: Connection, moment: datetime) -> int | None:
        """Danger first; then in order; newest first once the oldest could not use its token any more."""
        other = inbox.alias()
        busy = exists().where(
            other.c.person == inbox.c.person,
            other.c.state.in_(("new", "answered")),
            other.c.leased_until > moment,
        )
        due = and_(
            inbox.c.state.in_(("new", "answered")),
            inbox.c.due_at <= moment,
            or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= moment),
            ~busy,
        )
        late = inbox.c.received_at <= moment - FRESH
        order = (inbox.c.urgent.desc(), case((late, 1), else_=0), inbox.c.id)
        query = select(inbox.c.id, inbox.c.person, inbox.c.urgent).where(due).order_by(*order)
        first = connection.execute(query.limit(1)).first()
        if first is None or first.urgent:
            return first.id if first else None
        mine = select(func.min(inbox.c.id)).where(due, inbox.c.person == first.person)
        found: int | None = connection.execute(mine).scalar_one()
        return found

    def superseded(self, row: Row) -> bool:
        """Whether many later texts of the same person wait: then this one needs no answer of its own."""
        later = select(func.count()).where(
            inbox.c.person == row.person,
            inbox.c.state == "new",
            inbox.c.id > row.id,
            inbox.c.urgent.is_(False),
        )
        with self._store.single() as connection:
            return int(connection.execute(later).scalar_one()) >= MERGED_AFTER

    def answered(
        self, connection: Connection, row: Row, messages: Sequence[Mapping[str, Any]]
    ) -> None:
        """The decision is made: the words go, the messages stay until they are sent."""
        values = {
            "state": "answered" if messages else "done",
            "messages": list(messages) or None,
            "what": None,
            "leased_until": None if not messages else inbox.c.leased_until,
        }
        if not self._set(connection, row, **values):
            raise TakenOver
        if not messages:
            self._set(connection, row, reply_token=None, to=None)

    def sending(self, row: Row) -> None:
        """From now on the reply may have reached LINE, whatever happens to us."""
        with self._store.single() as connection:
            if not self._set(connection, row, sending=True):
                raise TakenOver

    def held(self, row: Row) -> bool:
        """Whether this is still the caller's to send."""
        mine = (inbox.c.id == row.id, inbox.c.tries == row.tries, inbox.c.state == "answered")
        with self._store.single() as connection:
            return connection.execute(select(inbox.c.id).where(*mine)).first() is not None

    def done(self, row: Row) -> None:
        """Sent: only the id stays, so that a redelivery is known."""
        with self._store.single() as connection:
            self._erase(connection, row, "done", None)

    def later(self, row: Row, at: datetime, sending: bool | None = None) -> None:
        """Try again at `at`. `sending` False: LINE certainly did not take it."""
        values: dict[str, Any] = {"due_at": utc(at), "leased_until": None}
        if sending is not None:
            values["sending"] = sending
        with self._store.begin() as connection:
            self._set(connection, row, **values)

    def dead(self, row: Row, reason: str) -> None:
        """Give up: the reason stays, the words go."""
        with self._store.begin() as connection:
            self._erase(connection, row, "dead", reason[:200])

    def counts(self) -> dict[str, int]:
        """How many events are in each state."""
        query = select(inbox.c.state, func.count()).group_by(inbox.c.state)
        with self._store.begin() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def dead_rows(self, limit: int = 50) -> list[tuple[int, datetime, str]]:
        """The latest that were given up: number, when, why."""
        query = select(inbox.c.id, inbox.c.received_at, inbox.c.reason)
        query = query.where(inbox.c.state == "dead").order_by(inbox.c.id.desc()).limit(limit)
        with self._store.begin() as connection:
            return [(row.id, aware(row.received_at) or row.received_at, row.reason or "")
                    for row in connection.execute(query)]  # fmt: skip

    def oldest_waiting(self) -> datetime | None:
        """Since when the oldest unanswered event waits."""
        query = select(func.min(inbox.c.received_at)).where(inbox.c.state == "new")
        with self._store.begin() as connection:
            return aware(connection.execute(query).scalar_one())

    def purge(self, now: datetime) -> int:
        """Remove rows whose redelivery cannot come any more."""
        old = and_(inbox.c.received_at < utc(now) - KEPT, inbox.c.state.in_(("done", "dead")))
        with self._store.begin() as connection:
            return int(connection.execute(inbox.delete().where(old)).rowcount)

    def _set(self, connection: Connection, row: Row, **values: Any) -> bool:
        """Change a row that is still the caller's: who takes it counts `tries` up, and older holders lose it."""
        mine = (inbox.c.id == row.id, inbox.c.tries == row.tries)
        return bool(connection.execute(update(inbox).where(*mine).values(values)).rowcount)

    def _erase(self, connection: Connection, row: Row, state: str, reason: str | None) -> None:
        erased = dict.fromkeys(("what", "messages", "to", "reply_token", "leased_until", "message"))
        self._set(connection, row, state=state, reason=reason, **erased)


def _row(found: Any) -> Row:
    return Row(
        found.id, found.event_id, found.person, found.received_at.replace(tzinfo=UTC), found.tries,
        found.sending, found.reply_token, found.to, found.what, found.messages,
    )  # fmt: skip


def _take() -> Update:
    """One statement, put together once: building it costs more than running it."""
    one, other, waits = inbox.alias(), inbox.alias(), ("new", "answered")
    mine = select(one.c.id).where(one.c.id == bindparam("number"), one.c.state.in_(waits))
    whose = select(one.c.person).where(one.c.id == bindparam("number"), one.c.person != "")
    oldest = select(func.min(other.c.id)).where(
        other.c.person == whose.scalar_subquery(), other.c.state.in_(waits)
    )
    urgent = mine.where(one.c.urgent)
    found = (query.scalar_subquery() for query in (urgent, oldest, mine))
    changes = {"leased_until": bindparam("until"), "tries": inbox.c.tries + 1}
    return update(inbox).where(inbox.c.id == func.coalesce(*found)).values(changes)


TAKE = _take().returning(inbox)


def _values(event: Received, moment: datetime) -> dict[str, Any]:
    return {
        "event_id": event.event_id, "person": event.person, "message": event.message,
        "state": "new", "urgent": event.urgent, "received_at": moment, "due_at": moment,
        "leased_until": None, "tries": 0, "sending": False, "reply_token": event.reply_token,
        "to": event.to, "what": dict(event.what), "messages": None, "reason": None,
    }  # fmt: skip


def _work(number: int, row: Mapping[str, Any], now: datetime) -> Work:
    """The job that answers a row; `at` (seconds since 1970) says when it would be late, without a look at it."""
    priority = URGENT if row["urgent"] else USUAL
    arguments = {"event": number, "at": int(now.timestamp())}
    return Work(ANSWER, arguments, lock=row["person"] or None, priority=priority)


def _take_back(connection: Connection, message: str | None) -> None:
    """The person took a message back: what still waits of it goes at once, in the same commit."""
    waiting = and_(inbox.c.message == message, inbox.c.state == "new")
    gone = dict.fromkeys(("what", "to", "reply_token", "leased_until", "message"))
    connection.execute(update(inbox).where(waiting).values(state="done", **gone))
