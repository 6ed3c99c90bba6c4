"""The database: one engine, one way to begin a transaction, Alembic's migrations at start."""

from __future__ import annotations

import copy
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event, text, update
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError

from bot.settings import DEFAULT_CHANNEL
from bot.store import work
from bot.store.tables import pulse
from bot.store.together import Together

log = logging.getLogger(__name__)
T = TypeVar("T")
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
MIGRATING = 80_414  # any number, the same in all our processes
IDLE_SECONDS = 5.0  # after so long it is asked whether PostgreSQL is still there
BUSY_SECONDS = 2  # how long a writer waits for another one: LINE waits about so long for our 200


class StoreError(Exception):
    """The database did not take a change: nothing of it was kept."""


class Store:
    """One database. Raises StoreError where a change could not be kept."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.channels: tuple[str, ...] = (DEFAULT_CHANNEL,)
        if self.sqlite and self.url.database not in {None, "", ":memory:"}:
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        self.engine = self._engine("FULL")
        self._lasting: Engine | Kept = Kept(self.engine) if self.sqlite else self.engine
        # What a crash may undo without harm (leases, "done" marks) need not wait for the disk.
        self._quick = Kept(self._engine("NORMAL")) if self.sqlite else self._alone()
        self._reading = self._engine("NORMAL", "BEGIN") if self.sqlite else self._alone()
        self._single = self._lasting if self.sqlite else self._reading
        # SQLite's own waiting is a sleep that grows: writers of this process queue here instead.
        self._turn = threading.Lock()
        self._together = Together(self.begin)

    def _engine(self, synchronous: str, begin: str = "BEGIN IMMEDIATE") -> Engine:
        arguments = {"timeout": BUSY_SECONDS} if self.sqlite else {}
        engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args=arguments,
            pool_size=12,
            json_serializer=_compact,
        )
        if self.sqlite:
            event.listen(engine, "connect", _prepared(synchronous))
            # pysqlite begins late and as a reader; two readers that turn writers fail without waiting.
            event.listen(engine, "begin", lambda connection: _driver(connection).execute(begin))
        else:
            event.listen(engine, "checkin", _note_idle)
            event.listen(engine, "checkout", self._check_idle)
        return engine

    def _alone(self) -> Engine:
        """The same connections, every statement by itself: PostgreSQL is spared the BEGIN and the COMMIT."""
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def seen_by(self, *channels: str) -> Store:
        """The same database for these channels: what asks it sees their rows, and writes theirs."""
        seen = copy.copy(self)
        seen.channels = channels
        return seen

    @property
    def channel(self) -> str:
        """The channel whose rows are written; a view of several only reads."""
        (only,) = self.channels
        return only

    @property
    def sqlite(self) -> bool:
        """Whether this is the embedded form: one process, one local file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def conninfo(self) -> str:
        """The address as libpq takes it; for the job engine's own connections."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def begin(self) -> AbstractContextManager[Connection]:
        """One transaction: all of it or nothing; when it has ended it survives a power cut."""
        return self._transaction(self._lasting)

    def keep(self, change: Callable[[Connection], T]) -> T:
        """What `change` returns; like `begin`, but changes that come at once may share the commit.

        `change` may be called again, after a rollback: it has no effect but on the database.
        """
        if not self.sqlite:  # PostgreSQL does that itself, for all of its connections
            with self.begin() as connection:
                return change(connection)
        kept: T = self._together.keep(change)
        return kept

    def quick(self) -> AbstractContextManager[Connection]:
        """Statements that a power cut (not a crash of ours) may undo, and of which each may stand alone."""
        return self._transaction(self._quick)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One look at the rows; waits for no writer."""
        with _said_by_the_database(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def _transaction(self, engine: Engine | Kept) -> Iterator[Connection]:
        if self.sqlite and not self._turn.acquire(timeout=BUSY_SECONDS):
            raise StoreError("database is busy")
        try:
            with _said_by_the_database(), engine.begin() as connection:
                yield connection
        finally:
            if self.sqlite:
                self._turn.release()

    def single(self) -> AbstractContextManager[Connection]:
        """One statement; when it has ended it survives a power cut."""
        return self._transaction(self._single)

    def _check_idle(self, connection: Any, record: Any, _proxy: object) -> None:
        """Whether the database is still there is asked after a pause, not before every statement."""
        idle = time.monotonic() - record.info.get("idle_since", 0.0)
        if idle > IDLE_SECONDS and not self.engine.dialect.do_ping(connection):
            raise DisconnectionError

    def migrate(self) -> None:
        """Bring the tables to the newest form; harmless when they are."""
        if self.sqlite:
            self._upgrade()
            return
        with (
            self.single() as alone
        ):  # several processes start at once: the others wait for the first
            alone.execute(text(f"SELECT pg_advisory_lock({MIGRATING})"))
            try:
                self._upgrade()
                work.install(alone)
            finally:
                alone.execute(text(f"SELECT pg_advisory_unlock({MIGRATING})"))

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def beat(self, now: datetime) -> None:
        """Raises StoreError unless the database takes a change that lasts."""
        with self.begin() as connection:
            if not connection.execute(update(pulse).values(at=utc(now))).rowcount:
                connection.execute(pulse.insert().values(id=1, at=utc(now)))

    def tidy(self) -> None:
        """Nothing that was erased stays in SQLite's journal."""
        if self.sqlite:
            with _said_by_the_database(), self.engine.connect() as connection:
                connection.rollback()  # a checkpoint is made outside of transactions
                _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Give all connections back."""
        for one in (self._lasting, self._quick, self._reading) if self.sqlite else (self.engine,):
            one.dispose()


class Kept:
    """An engine whose one connection stays open, for changes that come one after the other.

    To take it from the pool for each of them, and to give it back, costs as much as the change.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """As an engine's; where a change fails, the next one has another connection."""
        connection, self._connection = self._connection or self._engine.connect(), None
        try:
            with connection.begin():
                yield connection
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def dispose(self) -> None:
        """As an engine's."""
        if self._connection:
            self._connection.close()
            self._connection = None
        self._engine.dispose()


@contextmanager
def _said_by_the_database() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(type(error).__name__ + ": " + _first_line(error)) from error


def _driver(connection: Connection) -> Any:
    """SQLite's own connection: for what is said so often that SQLAlchemy's way costs more than the work."""
    return connection.connection.driver_connection


def utc(at: datetime) -> datetime:
    """An aware moment as it is stored: UTC without the mark."""
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime | None) -> datetime | None:
    """A stored moment as the rest of the bot uses it."""
    return at.replace(tzinfo=UTC) if at else None


def _first_line(error: Exception) -> str:
    """The database's own words, never our parameters: they may hold what a person wrote."""
    original = error if isinstance(error, sqlite3.Error) else getattr(error, "orig", None)
    return str(original).splitlines()[0][:120] if original else ""


def _compact(value: Any) -> str:
    """JSON; of what is written already (bot.messages.Messages), that."""
    written: str | None = getattr(value, "written", None)
    return (
        written
        if written is not None
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    )


def _note_idle(_connection: object, record: Any) -> None:
    record.info["idle_since"] = time.monotonic()


def _prepared(synchronous: str) -> Callable[[Any, object], None]:
    """`FULL`: acknowledged must survive power loss, because LINE does not send again what we said we have."""

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON",
                       "secure_delete=ON"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    return prepare
