"""Which received events are next: danger, then in order, and the newest first once tokens would end.

Prepared once: a claim is made for every few events, and writing the statements costs more than running them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, literal_column, or_, select

from bot.store.tables import OPEN, inbox

LEASE = timedelta(seconds=30)  # longer than connecting and reading may take, shorter than a token
FRESH = timedelta(seconds=40)  # an answer must leave within the minute of its reply token
LOOK = 4  # so many candidates for each row wanted: several may be of one person

_other = inbox.alias()
_moment: Any = bindparam("moment")
_edge: Any = bindparam("edge")
_open: Any = literal_column(OPEN)  # written as in the partial index, so that SQLite uses it
_busy = exists().where(
    inbox.c.person != "",
    _other.c.person == inbox.c.person,
    _other.c.state.in_(("new", "answered")),
    _other.c.leased_until > _moment,
)
_due = and_(
    _open,
    inbox.c.due_at <= _moment,
    or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= _moment),
    ~_busy,
)
_usual, _urgent = inbox.c.urgent.is_(False), inbox.c.urgent.is_(True)
_columns = select(inbox.c.id, inbox.c.person).limit(bindparam("most"))
_first_of_all = _columns.where(_due, _urgent).order_by(inbox.c.id)
_in_order = _columns.where(_due, _usual).order_by(inbox.c.id)
_newest = _columns.where(_due, _usual, inbox.c.received_at > _edge).order_by(inbox.c.id.desc())
_oldest = select(inbox.c.received_at).where(_open, _usual).order_by(inbox.c.id).limit(1)
_first_of_each = (
    select(func.min(inbox.c.id))
    .where(_due, inbox.c.person.in_(bindparam("people", expanding=True)))
    .group_by(inbox.c.person)
)


def following(connection: Connection, moment: datetime, most: int) -> list[int]:
    """The next rows to claim, of as many people; `moment` is UTC without the mark."""
    values: dict[str, Any] = {"moment": moment, "edge": moment - FRESH, "most": most * LOOK}
    urgent = _of_each(connection.execute(_first_of_all, values).all(), most)
    if len(urgent) == most:
        return [number for number, _ in urgent]
    taken = {person for _, person in urgent}
    rows = [row for row in _usual_rows(connection, values) if row[1] not in taken]
    return [number for number, _ in urgent + _of_each(rows, most - len(urgent))]


def _usual_rows(connection: Connection, values: dict[str, Any]) -> list[tuple[int, str]]:
    """In order; once the oldest could hardly use its token, the newest people first and the late ones last."""
    oldest = connection.execute(_oldest).scalar()
    rows: list[tuple[int, str]] = []
    if oldest is not None and oldest <= values["edge"]:
        newest = [(row[0], row[1]) for row in connection.execute(_newest, values)]
        rows = _their_first(connection, values, newest)
    if not rows:
        rows = [(row[0], row[1]) for row in connection.execute(_in_order, values)]
    return rows


def _their_first(
    connection: Connection, values: dict[str, Any], rows: list[tuple[int, str]]
) -> list[tuple[int, str]]:
    """The same people, each with the first event that waits: one person's events stay in order."""
    people = list(dict.fromkeys(person for _, person in rows if person))
    first = connection.execute(_first_of_each, {**values, "people": people}).scalars().all()
    nobodys = [row for row in rows if not row[1]]
    return [(int(number), f"#{number}") for number in first] + nobodys


def _of_each(rows: Iterable[Any], most: int) -> list[tuple[int, str]]:
    """One event a person; those of nobody in particular each by itself."""
    chosen: dict[str, int] = {}
    for number, person in rows:
        chosen.setdefault(person or f"#{number}", number)
    return [(number, person) for person, number in chosen.items()][:most]
