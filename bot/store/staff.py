"""Accounts of staff, and the line that each of their actions leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from bot.store.store import Store, aware, utc
from bot.store.tables import audit, staff

TRIES = 5
LOCKED = timedelta(minutes=15)
DID = 200  # characters of an audit line
EVERY, NONE = "", "-"


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff; `password` is an Argon2 hash, empty where another service signs them in.

    `channel` is the one whose pages they see: EVERY or the name of one; no channel is called NONE.
    """

    name: str
    password: str
    locked_until: datetime | None
    signed_out_at: datetime | None
    added_on: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Who did what, and when."""

    at: datetime
    who: str
    did: str


class Staff:
    """The accounts of one database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, name: str, password: str, now: datetime, channel: str = EVERY) -> None:
        """A new account, or a new password for one that there is: then it is signed out everywhere."""
        values = {
            "password": password, "failures": 0, "locked_until": None, "channel": channel,
        }  # fmt: skip
        with self._store.begin() as connection:
            known = update(staff).where(staff.c.name == name)
            if not connection.execute(known.values(**values, signed_out_at=utc(now))).rowcount:
                row = {"name": name, "role": "staff", "added_on": utc(now).date().isoformat()}
                connection.execute(insert(staff).values(**row, **values))

    def move(self, name: str, channel: str) -> bool:
        """Another channel for an account; whether there is such an account."""
        mine = update(staff).where(staff.c.name == name)
        with self._store.begin() as connection:
            return bool(connection.execute(mine.values(channel=channel)).rowcount)

    def remove(self, name: str) -> bool:
        """Whether there was one; its sessions end at their next request."""
        with self._store.begin() as connection:
            return bool(connection.execute(delete(staff).where(staff.c.name == name)).rowcount)

    def find(self, name: str) -> Account | None:
        """The account of this name."""
        with self._store.begin() as connection:
            row = connection.execute(select(staff).where(staff.c.name == name)).first()
        if row is None:
            return None
        until, out = aware(row.locked_until), aware(row.signed_out_at)
        return Account(row.name, row.password, until, out, row.added_on, row.channel)

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._store.begin() as connection:
            rows = connection.execute(select(staff).order_by(staff.c.name)).all()
        return [
            Account(
                row.name, "", aware(row.locked_until), aware(row.signed_out_at), row.added_on,
                row.channel,
            )
            for row in rows
        ]  # fmt: skip

    def failed(self, name: str, now: datetime) -> bool:
        """A wrong password; says whether the account is locked now."""
        with self._store.begin() as connection:
            mine = update(staff).where(staff.c.name == name)
            connection.execute(mine.values(failures=staff.c.failures + 1))
            found = select(staff.c.failures).where(staff.c.name == name)
            locked = (connection.execute(found).scalar() or 0) >= TRIES
            if locked:
                connection.execute(mine.values(failures=0, locked_until=utc(now + LOCKED)))
        return locked

    def succeeded(self, name: str) -> None:
        """The right password: earlier failures are forgotten."""
        with self._store.begin() as connection:
            mine = update(staff).where(staff.c.name == name)
            connection.execute(mine.values(failures=0, locked_until=None))

    def sign_out(self, name: str, now: datetime) -> None:
        """Cookies from before now are worth nothing, also stolen ones."""
        with self._store.begin() as connection:
            mine = update(staff).where(staff.c.name == name)
            connection.execute(mine.values(signed_out_at=utc(now)))

    def note(self, who: str, did: str, now: datetime) -> None:
        """One line of the record."""
        with self._store.begin() as connection:
            row = {
                "channel": self._store.channel,
                "at": utc(now),
                "who": who[:80],
                "did": did[:DID],
            }
            connection.execute(insert(audit).values(row))

    def actions(self, limit: int) -> Sequence[Action]:
        """The latest lines of this channel's record, newest first."""
        query = (
            select(audit)
            .where(audit.c.channel == self._store.channel)
            .order_by(audit.c.id.desc())
            .limit(limit)
        )
        with self._store.begin() as connection:
            rows = connection.execute(query).all()
        return [Action(aware(row.at) or row.at, row.who, row.did) for row in rows]
