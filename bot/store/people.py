"""People, groups, counts and questions without the person: what replies leave behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, union, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.masking import mask
from bot.messages import Effect, Person
from bot.store.prepared import Many, Prepared, among
from bot.store.reminders import EFFECTS, Reminders
from bot.store.store import Store, aware, utc
from bot.store.tables import (
    feedback,
    groups,
    inbox,
    people,
    reminders,
    unanswered,
    uses,
    wishes,
)

FORGOTTEN_AFTER = timedelta(days=365)  # silent for a year: the row goes
UNANSWERED_DAYS = 90  # at most; the setting of the same name may say fewer
HELD = timedelta(hours=1)  # a question waits so long for "none of these"

_KEYS: Any = bindparam("keys", type_=Many)
_CHANNEL: Any = bindparam("channel")
_PEOPLE = Prepared(select(people).where(people.c.channel == _CHANNEL, among(people.c.key, _KEYS)))
_PLANNING = Prepared(
    union(
        *(
            select(table.c.person).where(table.c.channel == _CHANNEL, among(table.c.person, _KEYS))
            for table in (reminders, wishes)
        )
    )
)
_SAME = ("channel", "text", "locale", "held")
_ASKED = Prepared(
    unanswered.insert().values(
        {name: bindparam(name) for name in (*_SAME, "asked_on", "count", "token")}
    )
)
_ASKED_AGAIN = Prepared(
    update(unanswered)
    .where(*(unanswered.c[name] == bindparam(f"its_{name}") for name in _SAME))
    .values(
        count=unanswered.c.count + 1,
        asked_on=bindparam("its_asked_on"),
        token=bindparam("its_token"),
    )
)


class People:
    """What the bot knows of people, in one channel of a database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reminders = Reminders(store)

    def load(self, keys: Collection[str]) -> dict[str, Person]:
        """What is known of each of these people; an empty Person for someone new."""
        values = {"channel": self._store.channel, "keys": list(keys)}
        with self._store.read() as connection:
            rows = {row.key: row for row in _PEOPLE.rows(connection, values)}
            planning = {row.person for row in _PLANNING.rows(connection, values)}
            plans = {key: self._reminders.of(connection, key) for key in planning}
        return {key: _person_of(key, rows.get(key), plans.get(key, ((), (), ()))) for key in keys}

    def group(self, key: str) -> tuple[tuple[str, ...], bool]:
        """The pair of languages a group asked for, and whether the bot introduced itself there."""
        with self._store.read() as connection:
            row = connection.execute(select(groups).where(*self._is(groups, key))).first()
        return (tuple(row.pair or ()), bool(row.introduced)) if row else ((), False)

    def hint(self, key: str, locale: str | None, now: datetime) -> None:
        """What LINE says of the person's language."""
        with self._store.begin() as connection:
            self._person(connection, key, now, hint=locale)

    def apply(
        self, connection: Connection, key: str, group: str | None,
        effects: Iterable[Effect], now: datetime,
    ) -> None:  # fmt: skip
        """What a reply leaves behind, in the commit that settles it."""
        for effect in effects:
            whose = group if effect.name in GROUP_EFFECTS else key
            if effect.name in EFFECTS:
                self._reminders.apply(connection, effect.name, key, now, effect.values)
            elif whose or effect.name in NOBODYS_EFFECTS:
                getattr(self, "_" + effect.name)(connection, whose or "", now, **effect.values)

    def count(
        self, connection: Connection, now: datetime, seen: Iterable[tuple[str, str, str] | None]
    ) -> None:
        """More uses, each a locale, an outcome and an entry; nobody's."""
        for row, times in Counter(one for one in seen if one).items():
            key = dict(zip(("locale", "outcome", "entry"), row, strict=True))
            self._add(connection, uses, {"day": _day(now), **key}, times)

    def purge(self, now: datetime, days: int = UNANSWERED_DAYS) -> None:
        """Forget who is long silent and what is too old, in all channels; questions are kept for `days`."""
        asked_before = _day(now - timedelta(days=min(days, UNANSWERED_DAYS)))
        with self._store.begin() as connection:
            connection.execute(delete(people).where(people.c.seen_on < _day(now - FORGOTTEN_AFTER)))
            connection.execute(delete(unanswered).where(unanswered.c.asked_on < asked_before))
            held = unanswered.c.held.is_(True)
            connection.execute(
                delete(unanswered).where(held, unanswered.c.asked_on < _day(now - HELD))
            )
            connection.execute(
                update(people).where(people.c.last_at < utc(now - HELD)).values(position=None)
            )

    def reseal(self, renew: Callable[[str], str | None]) -> None:
        """LINE ids that stay (for what people asked to be sent) go under the newest SECRET_KEY."""
        with self._store.begin() as connection:
            for table in (reminders, wishes, groups):
                ours = table.c.channel == self._store.channel
                sealed = select(table.c.to).where(ours, table.c.to.is_not(None)).distinct()
                for old in connection.execute(sealed).scalars().all():
                    if new := renew(old):
                        connection.execute(update(table).where(table.c.to == old).values(to=new))

    # --- effects: the names are those of bot.messages.Effect -------------------------------------

    def _remember(self, connection: Connection, key: str, now: datetime, entry: str) -> None:
        self._person(connection, key, now, last_entry=entry, last_at=utc(now))

    def _set_locale(self, connection: Connection, key: str, now: datetime, locale: str) -> None:
        self._person(connection, key, now, locale=locale)

    def _place(self, connection: Connection, key: str, now: datetime, lat: str, lon: str) -> None:
        self._person(connection, key, now, position=f"{lat},{lon}", last_at=utc(now))

    def _told_unicode(self, connection: Connection, key: str, now: datetime) -> None:
        self._person(connection, key, now, told_unicode=True)

    def _wait(self, connection: Connection, key: str, now: datetime, entry: str) -> None:
        row = connection.execute(select(people.c.waiting).where(*self._is(people, key))).first()
        known = list(row.waiting or []) if row else []
        self._person(connection, key, now, waiting=list(dict.fromkeys([*known, entry]))[-3:])

    def _told_waiting(self, connection: Connection, key: str, now: datetime) -> None:
        """No new row: the same message may have asked to be forgotten."""
        connection.execute(update(people).where(*self._is(people, key)).values(waiting=None))

    def _hide(self, connection: Connection, key: str, now: datetime) -> None:
        self._person(connection, key, now, last_entry=None, last_at=None, position=None)

    def _forget(self, connection: Connection, key: str, now: datetime) -> None:
        """Everything about a person, also what waits to be answered."""
        for table in (people, reminders, wishes):
            connection.execute(delete(table).where(*self._is(table, key)))
        erased = {"what": None, "to": None, "state": "done", "messages": None, "reply_token": None}
        waiting = (
            *self._is(inbox, key),
            inbox.c.state.in_(("new", "answered")),
            inbox.c.leased_until.is_(None),
        )
        connection.execute(update(inbox).where(*waiting).values(erased))
        connection.execute(
            update(inbox).where(*self._is(inbox, key)).values(person="", message=None)
        )

    def _forget_group(self, connection: Connection, key: str | None, now: datetime) -> None:
        for table in (groups, reminders):
            connection.execute(delete(table).where(*self._is(table, key)))

    def _introduce(self, connection: Connection, key: str, now: datetime) -> None:
        self._group(connection, key, now, introduced=True)

    def _set_pair(self, connection: Connection, key: str, now: datetime, pair: str) -> None:
        self._group(connection, key, now, pair=pair.split())

    def _digest(self, connection: Connection, key: str, now: datetime, to: str) -> None:
        self._group(connection, key, now, digest=True, to=to)

    def _stop_digest(self, connection: Connection, key: str, now: datetime) -> None:
        self._group(connection, key, now, digest=False, to=None)
        connection.execute(delete(reminders).where(*self._is(reminders, key)))

    def _unanswered(
        self, connection: Connection, key: str, now: datetime, text: str, locale: str
    ) -> None:
        self._ask(connection, now, text, locale, None, held=False)

    def _hold_unanswered(
        self, connection: Connection, key: str, now: datetime, text: str, locale: str, token: str
    ) -> None:
        self._ask(connection, now, text, locale, token, held=True)

    def _confirm_unanswered(
        self, connection: Connection, key: str, now: datetime, token: str
    ) -> None:
        ours = unanswered.c.channel == self._store.channel
        mine = (ours, unanswered.c.token == token, unanswered.c.held.is_(True))
        connection.execute(update(unanswered).where(*mine).values(held=False, token=None))

    def _feedback(
        self, connection: Connection, key: str, now: datetime, entry: str, helpful: str
    ) -> None:
        self._add(
            connection, feedback, {"day": _day(now), "entry": entry, "helpful": helpful == "1"}
        )

    # --- rows ------------------------------------------------------------------------------------

    def _is(self, table: Any, key: str | None) -> tuple[Any, Any]:
        """The rows of one person or group."""
        whose = table.c.key if "key" in table.c else table.c.person
        return table.c.channel == self._store.channel, whose == key

    def _ask(
        self, connection: Connection, now: datetime, text: str, locale: str,
        token: str | None, held: bool,
    ) -> None:  # fmt: skip
        """Masked here, at the only door to the table."""
        text = mask(text)
        if not text:
            return
        row = {"channel": self._store.channel, "text": text, "locale": locale,
               "asked_on": _day(now), "count": 1, "token": token, "held": held}  # fmt: skip
        if not _ASKED_AGAIN.run(connection, [{f"its_{name}": row[name] for name in row}]):
            _ASKED.run(connection, [row])

    def _person(self, connection: Connection, key: str, now: datetime, **values: Any) -> None:
        self._upsert(connection, people, {"key": key}, {"seen_on": _day(now)} | values)

    def _group(self, connection: Connection, key: str, now: datetime, **values: Any) -> None:
        self._upsert(connection, groups, {"key": key}, {"seen_on": _day(now)} | values)

    def _upsert(
        self, connection: Connection, table: Any, key: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        key = {"channel": self._store.channel, **key}
        statement = _put(table, tuple(key), tuple(values), self._store.sqlite)
        statement.run(connection, [{**key, **values}])

    def _add(
        self, connection: Connection, table: Any, key: Mapping[str, Any], times: int = 1
    ) -> None:
        key = {"channel": self._store.channel, **key}
        statement = _plus(table, tuple(key), self._store.sqlite)
        statement.run(connection, [{**key, "count": times}])


def _person_of(key: str, row: Any, plans: tuple[tuple[str, ...], ...]) -> Person:
    waiting, missed, wanted = plans
    if row is None:
        return Person(key, reminders=waiting, missed=missed, wishes=wanted)
    latitude, _, longitude = (row.position or "").partition(",")
    return Person(
        key=key,
        locale=row.locale,
        hint=row.hint,
        last_entry=row.last_entry,
        last_at=aware(row.last_at),
        position=(float(latitude), float(longitude)) if longitude else None,
        told_unicode=bool(row.told_unicode),
        waiting=tuple(row.waiting or ()),
        reminders=waiting,
        missed=missed,
        wishes=wanted,
    )


@cache
def _put(table: Any, key: tuple[str, ...], columns: tuple[str, ...], in_sqlite: bool) -> Prepared:
    """The statement that keeps a row, new or known; written once for each set of columns."""
    make = sqlite.insert if in_sqlite else postgresql.insert
    new = make(table).values({name: bindparam(name) for name in (*key, *columns)})
    known = {name: new.excluded[name] for name in columns}
    return Prepared(new.on_conflict_do_update(index_elements=list(key), set_=known))


@cache
def _plus(table: Any, key: tuple[str, ...], in_sqlite: bool) -> Prepared:
    """The statement that adds to a count."""
    make = sqlite.insert if in_sqlite else postgresql.insert
    new = make(table).values({name: bindparam(name) for name in (*key, "count")})
    more = {"count": table.c.count + new.excluded["count"]}
    return Prepared(new.on_conflict_do_update(index_elements=list(key), set_=more))


GROUP_EFFECTS = frozenset({"forget_group", "introduce", "set_pair", "digest", "stop_digest"})
# LINE may leave out who it was: what belongs to nobody is kept all the same, the rest is not.
NOBODYS_EFFECTS = frozenset({"unanswered", "hold_unanswered", "confirm_unanswered", "feedback"})


def _day(now: datetime) -> str:
    return utc(now).date().isoformat()
