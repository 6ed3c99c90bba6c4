"""Which received events are next: danger, then in order, and the newest first once tokens would end.

Each channel has its turn: a burst in one city holds nobody up in another.
Prepared once: a claim is made for every few events, and writing the statements costs more than running them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, literal_column, or_, select

from bot.store.prepared import Many, Prepared, among
from bot.store.tables import OPEN, inbox

LEASE = timedelta(seconds=30)  # longer than connecting and reading may take, shorter than a token
FRESH = timedelta(seconds=40)  # an answer must leave within the minute of its reply token
LOOK = 4  # so many candidates for each row wanted: several may be of one person

_other = inbox.alias()
_moment: Any = bindparam("moment")
_edge: Any = bindparam("edge")
_channel: Any = bindparam("channel")
_open: Any = literal_column(OPEN)  # written as in the partial index, so that SQLite uses it
_busy = exists().where(
    inbox.c.person != "",
    _other.c.person == inbox.c.person,
    _other.c.state.in_((literal_column("'new'"), literal_column("'answered'"))),
    _other.c.leased_until > _moment,
)
_due = and_(
    inbox.c.channel == _channel,
    _open,
    inbox.c.due_at <= _moment,
    or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= _moment),
    ~_busy,
)
_columns = select(inbox.c.id, inbox.c.person, inbox.c.urgent, inbox.c.received_at).limit(
    bindparam("most")
)
_in_order = Prepared(_columns.where(_due).order_by(inbox.c.urgent.desc(), inbox.c.id))
_newest = Prepared(
    _columns.where(_due, inbox.c.urgent.is_(False), inbox.c.received_at > _edge).order_by(
        inbox.c.id.desc()
    )
)
_first_of_each = Prepared(
    select(func.min(inbox.c.id).label("id"), inbox.c.person)
    .where(_due, among(inbox.c.person, bindparam("people", type_=Many)))
    .group_by(inbox.c.person)
)


def following(
    connection: Connection, moment: datetime, most: int, channels: Sequence[str]
) -> list[int]:
    """The next rows to claim, of as many people: danger in whatever channel, then one of each channel in turn.

    `moment` is UTC without the mark.
    """
    values = {"moment": moment, "edge": moment - FRESH, "most": most * LOOK}
    each = [_of_channel(connection, {**values, "channel": channel}) for channel in channels]
    urgent = sorted((row for rows, _ in each for row in rows), key=lambda row: row.id)
    in_turn = (row for turn in zip_longest(*(usual for _, usual in each)) for row in turn if row)
    return _of_each([(row.id, row.person) for row in (*urgent, *in_turn)], most)


def _of_channel(connection: Connection, values: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """The next rows of one channel, best first: those in danger, and the others."""
    rows = _in_order.rows(connection, values)
    urgent = [row for row in rows if row.urgent]
    usual = [row for row in rows if not row.urgent]
    if usual and usual[0].received_at <= values["edge"]:
        # The oldest could hardly use its token: the newest first, the late ones when nobody else waits.
        usual = list(_newest.rows(connection, values)) or usual
        usual = _their_first(connection, values, usual)
    return urgent, usual


def _their_first(connection: Connection, values: dict[str, Any], rows: list[Any]) -> list[Any]:
    """The same people, each with the first event that waits: one person's events stay in order."""
    people = list(dict.fromkeys(row.person for row in rows if row.person))
    first = _first_of_each.rows(connection, {**values, "people": people})
    by_person = {row.person: row for row in first}
    return [by_person.get(row.person, row) for row in rows]


def _of_each(rows: Iterable[tuple[int, str]], most: int) -> list[int]:
    """One event a person; those of nobody in particular each by itself."""
    chosen: dict[str, int] = {}
    for number, person in rows:
        chosen.setdefault(person or f"#{number}", number)
    return list(chosen.values())[:most]
