"""The database: one engine, one way to begin a transaction, Alembic's migrations at start."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError

from bot.store import work

log = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
MIGRATING = 80_414  # any number, the same in all our processes
IDLE_SECONDS = 5.0
BUSY_SECONDS = 5  # how long a writer of SQLite waits for another one


class StoreError(Exception):
    """The database did not take a change: nothing of it was kept."""


class Store:
    """One database. Raises StoreError where a change could not be kept."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.sqlite and self.url.database not in {None, "", ":memory:"}:
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        arguments = {"timeout": BUSY_SECONDS} if self.sqlite else {}
        self.engine: Engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args=arguments,
            pool_size=12,
        )
        self._single = self.engine
        if not self.sqlite:
            self._single = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            event.listen(self.engine, "checkin", _note_idle)
            event.listen(self.engine, "checkout", self._check_idle)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @property
    def sqlite(self) -> bool:
        """Whether this is the embedded form: one process, one local file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def conninfo(self) -> str:
        """The address as libpq takes it; for the job engine's own connections."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(type(error).__name__ + ": " + _first_line(error)) from error

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For one statement, or for reading: PostgreSQL is spared the BEGIN and the COMMIT."""
        try:
            with self._single.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(type(error).__name__ + ": " + _first_line(error)) from error

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

    def touch(self) -> None:
        """Raises StoreError unless the database answers."""
        with self.begin() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def utc(at: datetime) -> datetime:
    """An aware moment as it is stored: UTC without the mark."""
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime | None) -> datetime | None:
    """A stored moment as the rest of the bot uses it."""
    return at.replace(tzinfo=UTC) if at else None


def _first_line(error: SQLAlchemyError) -> str:
    """The database's own words, never our parameters: they may hold what a person wrote."""
    original = getattr(error, "orig", None)
    return str(original).splitlines()[0][:120] if original else ""


def _note_idle(_connection: object, record: Any) -> None:
    record.info["idle_since"] = time.monotonic()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Acknowledged must survive power loss: LINE does not send again what we said we have.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # pysqlite begins late and as a reader; two readers that turn writers fail without waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
