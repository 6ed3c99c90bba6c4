"""Received events: kept in one commit, claimed by lease, answered once, erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.settings import DEFAULT_CHANNEL
from bot.store.claims import FRESH, LEASE, following
from bot.store.prepared import Many, Prepared, among
from bot.store.store import Store, aware, utc
from bot.store.tables import OPEN, inbox
from bot.store.work import ANSWER, CROWD, URGENT, USUAL, Work, defer

__all__ = ["FRESH", "LEASE", "TRIES", "Inbox", "Received", "Row", "TakenOver"]

TRIES = 5
KEPT = timedelta(days=7)
PAUSE = timedelta(seconds=1)  # who writes again so soon is not done: the last text is answered
MERGED_AFTER = 3  # so many later texts of one person wait: this one needs no answer of its own

_other = inbox.alias()
_ids: Any = bindparam("ids", type_=Many)
_later_texts = (
    select(func.count())
    .where(
        inbox.c.is_text, inbox.c.person != "", _other.c.person == inbox.c.person,
        _other.c.state == "new", _other.c.is_text, _other.c.id > inbox.c.id,
    )
    .correlate(inbox)
    .scalar_subquery().label("later")
)  # fmt: skip
_lease = Prepared(
    update(inbox)
    .where(among(inbox.c.id, _ids))
    .values(leased_until=bindparam("until"), tries=inbox.c.tries + 1)
)
_leased = Prepared(select(inbox, _later_texts).where(among(inbox.c.id, _ids)))
# A row is the caller's until somebody else takes it, which counts `tries` up: older holders change nothing.
_mine = (inbox.c.id == bindparam("number"), inbox.c.tries == bindparam("mine"))
_done = Prepared(
    update(inbox)
    .where(*_mine)
    .values(
        state="done", reason=None, what=None, messages=None, to=None, reply_token=None,
        leased_until=None, message=None,
    )
)  # fmt: skip
_answered = Prepared(
    update(inbox)
    .where(*_mine)
    .values(
        state="answered", messages=bindparam("messages"), what=bindparam("what"), sending=True,
    )
)  # fmt: skip

_later = Prepared(
    update(inbox)
    .where(*_mine)
    .values(due_at=bindparam("at"), sending=bindparam("may"), leased_until=None)
)


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


_TAKE = _take().returning(inbox, _later_texts)
_moment, _since, _paused = (
    bindparam(name, type_=DateTime) for name in ("received_at", "since", "paused")
)
_just_now = (
    _other.c.person == bindparam("person"), _other.c.is_text, _other.c.received_at > _since,
)  # fmt: skip
# Who writes several texts at once gets a second to finish; what is no text (a tap) waits only behind them.
_DUE = {
    "text": case((exists().where(*_just_now), _paused), else_=_moment),
    "tap": func.coalesce(
        select(func.max(_other.c.due_at)).where(*_just_now, _other.c.due_at > _moment)
        .scalar_subquery(), _moment,
    ),
    "now": _moment,  # danger never waits
}  # fmt: skip


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
    """A claimed event. `messages` is set when it was answered but perhaps not sent.

    `later`: so many texts of the same person wait after this one; `hurried`: it came within PAUSE of another.
    """

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
    urgent: bool = False
    later: int = 0
    hurried: bool = False
    leased_until: datetime | None = None
    channel: str = DEFAULT_CHANNEL

    @property
    def superseded(self) -> bool:
        """Whether later texts of the same person wait, so that only the last is answered; never of danger."""
        return not self.urgent and self.later >= (1 if self.hurried else MERGED_AFTER)


class TakenOver(Exception):
    """We were away for so long that somebody else has this event: nothing of ours is kept or sent."""


class Inbox:
    """The received events of one database."""

    def __init__(self, store: Store) -> None:
        self._store, self._begin = store, 0
        self._ours = inbox.c.channel.in_(store.channels)
        make = sqlite.insert if store.sqlite else postgresql.insert
        names = [column.name for column in inbox.c if column.name not in {"id", "due_at"}]
        self._keep = {
            pace: Prepared(
                make(inbox)
                .values({**{name: bindparam(name) for name in names}, "due_at": due})
                .on_conflict_do_nothing(index_elements=["channel", "event_id"])
                .returning(inbox.c.id, inbox.c.due_at)
            )
            for pace, due in _DUE.items()
        }

    def receive(self, events: Iterable[Received], now: datetime, crowd: bool = False) -> int:
        """Keep all events in one commit; those already known are left out. Returns how many are new.

        `crowd`: so many wait in this channel that other channels' events go first (jobs; `claim` takes turns).
        """
        rows = [_values(event, utc(now), self._store.channel) for event in events]
        if not rows:
            return 0
        return self._store.keep(lambda connection: self._receive(connection, rows, now, crowd))

    def _receive(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime, crowd: bool
    ) -> int:
        kept = [(self._keep[_pace(row)].rows(connection, row), row) for row in rows]
        new = [(found[0], row) for found, row in kept if found]
        for row in rows:
            if row["what"].get("kind") == "unsend":
                _take_back(connection, row)
        defer(connection, [_work(found, row, now, crowd) for found, row in new])
        return len(new)

    def claim(self, now: datetime, most: int = 1, sent: Sequence[Row] = ()) -> list[Row]:
        """The next events to work on, each of another person, leased to the caller.

        `sent` were sent meanwhile: settled in the same commit.
        """
        moment = utc(now)
        with self._store.quick() as connection:
            if sent:
                _done.run(connection, [_held_by(row) for row in sent])
            if not most:
                return []
            numbers = following(connection, moment, most, self._in_turn(most))
            return self._leased(connection, numbers, moment) if numbers else []

    def _in_turn(self, most: int) -> tuple[str, ...]:
        """The channels, beginning with one that had no turn last time."""
        channels, begin = self._store.channels, self._begin
        self._begin = (begin + most) % len(channels)
        return (*channels[begin:], *channels[:begin])

    def take(self, number: int, now: datetime) -> Row | None:
        """The event of a job, or an older one of the same person that still waits; None when all is done.

        For jobs whose lock is the person: nobody else works on this person's events meanwhile.
        """
        values = {"number": number, "until": utc(now) + LEASE}
        with self._store.single() as connection:
            row = connection.execute(_TAKE, values).first()
        return _as_row(row) if row else None

    def _leased(self, connection: Connection, numbers: list[int], moment: datetime) -> list[Row]:
        """In the order of `numbers`."""
        _lease.run(connection, [{"ids": numbers, "until": moment + LEASE}])
        rows = {row.id: _as_row(row) for row in _leased.rows(connection, {"ids": numbers})}
        return [rows[number] for number in numbers]

    def answered(
        self, connection: Connection, row: Row, messages: Sequence[Mapping[str, Any]],
        entries: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """The decision is made: the words go, the messages stay until they are sent.

        From now on the reply may have reached LINE, whatever happens to us. `entries` are what to offer
        again, should it be lost. Raises TakenOver.
        """
        if not messages:
            changed = _done.run(connection, [_held_by(row)])
        else:
            kept = {"entries": list(entries)} if entries else None
            values = {**_held_by(row), "messages": messages, "what": kept}
            changed = _answered.run(connection, [values])
        if not changed:
            raise TakenOver

    def sending(self, connection: Connection, row: Row) -> None:
        """From now on the reply may have reached LINE, whatever happens to us. Raises TakenOver."""
        if not self._set(connection, row, sending=True):
            raise TakenOver

    def held(self, row: Row) -> bool:
        """Whether this is still the caller's to send."""
        mine = (inbox.c.id == row.id, inbox.c.tries == row.tries, inbox.c.state == "answered")
        with self._store.single() as connection:
            return connection.execute(select(inbox.c.id).where(*mine)).first() is not None

    def done(self, rows: Sequence[Row]) -> None:
        """Sent: only the ids stay, so that a redelivery is known."""
        with self._store.quick() as connection:
            _done.run(connection, [_held_by(row) for row in rows])

    def later(self, row: Row, at: datetime, sending: bool) -> None:
        """Try again at `at`. `sending` False: LINE certainly did not take it."""
        with self._store.quick() as connection:
            _later.run(connection, [{**_held_by(row), "at": utc(at), "may": sending}])

    def dead(self, row: Row, reason: str) -> None:
        """Give up: the reason stays, the words go."""
        with self._store.begin() as connection:
            self._erase(connection, row, "dead", reason[:200])

    def counts(self) -> dict[str, int]:
        """How many events are in each state."""
        query = select(inbox.c.state, func.count()).where(self._ours).group_by(inbox.c.state)
        with self._store.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def dead_rows(self, limit: int = 50) -> list[tuple[int, datetime, str]]:
        """The latest that were given up: number, when, why."""
        query = select(inbox.c.id, inbox.c.received_at, inbox.c.reason)
        query = (
            query.where(self._ours, inbox.c.state == "dead")
            .order_by(inbox.c.id.desc())
            .limit(limit)
        )
        with self._store.read() as connection:
            return [(row.id, aware(row.received_at) or row.received_at, row.reason or "")
                    for row in connection.execute(query)]  # fmt: skip

    def oldest_waiting(self) -> datetime | None:
        """Since when the oldest unanswered event waits."""
        waiting = inbox.c.state.in_(("new", "answered"))
        query = select(func.min(inbox.c.received_at)).where(self._ours, waiting)
        with self._store.read() as connection:
            return aware(connection.execute(query).scalar_one())

    def waiting(self, most: int) -> int:
        """How many events wait; looks at no more than `most`."""
        some = select(inbox.c.id).where(self._ours, literal_column(OPEN)).limit(most).subquery()
        with self._store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(some)).scalar_one())

    def purge(self, now: datetime) -> int:
        """Remove rows whose redelivery cannot come any more; in all channels, also one that nobody serves."""
        old = inbox.c.received_at < utc(now) - KEPT
        with self._store.begin() as connection:
            return int(connection.execute(inbox.delete().where(old)).rowcount)

    def _set(self, connection: Connection, row: Row, **values: Any) -> bool:
        """Change a row that is still the caller's: who takes it counts `tries` up, and older holders lose it."""
        mine = (inbox.c.id == row.id, inbox.c.tries == row.tries)
        return bool(connection.execute(update(inbox).where(*mine).values(values)).rowcount)

    def _erase(self, connection: Connection, row: Row, state: str, reason: str | None) -> None:
        erased = dict.fromkeys(("what", "messages", "to", "reply_token", "leased_until", "message"))
        self._set(connection, row, state=state, reason=reason, **erased)


def _values(event: Received, moment: datetime, channel: str) -> dict[str, Any]:
    return {
        "channel": channel,
        "event_id": event.event_id, "person": event.person, "message": event.message,
        "state": "new", "urgent": event.urgent, "received_at": moment, "since": moment - PAUSE,
        "paused": moment + PAUSE,
        "leased_until": None, "tries": 0, "sending": False, "reply_token": event.reply_token,
        "to": event.to, "what": dict(event.what), "messages": None, "reason": None,
        "is_text": event.what.get("kind") == "text" and not event.what.get("group"),
    }  # fmt: skip


def _pace(row: Mapping[str, Any]) -> str:
    if row["urgent"] or not row["person"]:
        return "now"
    return "text" if row["is_text"] else "tap"


def _held_by(row: Row) -> dict[str, int]:
    return {"number": row.id, "mine": row.tries}


def _as_row(row: Any) -> Row:
    return Row(
        row.id, row.event_id, row.person, row.received_at.replace(tzinfo=UTC), row.tries,
        row.sending, row.reply_token, row.to, row.what, row.messages,
        row.urgent, row.later, row.state == "new" and row.due_at > row.received_at,
        aware(row.leased_until), row.channel,
    )  # fmt: skip


def _work(kept: Any, row: Mapping[str, Any], now: datetime, crowd: bool) -> Work:
    """The job that answers a row; `at` (seconds since 1970) says when it would be late, without a look at it."""
    priority = URGENT if row["urgent"] else CROWD if crowd else USUAL
    arguments = {"event": kept.id, "at": int(now.timestamp()), "channel": row["channel"]}
    at = aware(kept.due_at) if kept.due_at > row["received_at"] else None
    return Work(ANSWER, arguments, lock=row["person"] or None, priority=priority, at=at)


def _take_back(connection: Connection, row: Mapping[str, Any]) -> None:
    """The person took a message back: what still waits of it goes at once, in the same commit."""
    mine = and_(inbox.c.message == row["what"].get("message_id"), inbox.c.channel == row["channel"])
    waiting = and_(mine, inbox.c.state == "new")
    gone = dict.fromkeys(("what", "to", "reply_token", "leased_until", "message"))
    connection.execute(update(inbox).where(waiting).values(state="done", **gone))
