"""Work that is put down in the very transaction that causes it: on PostgreSQL, a job of Procrastinate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from bot.settings import DEFAULT_CHANNEL

if TYPE_CHECKING:
    from procrastinate.jobs import Job

QUEUE = "tomoni"
ANSWER, REMIND = "answer", "remind"
FIRST, URGENT, USUAL, CROWD, LATE = 20, 10, 0, -5, -10  # higher is sooner


def reminding(channel: str) -> str:
    """The lock under which a channel's pushes are sent and counted."""
    return REMIND if channel == DEFAULT_CHANNEL else f"{REMIND} {channel}"


@dataclass(frozen=True, slots=True)
class Work:
    """A task and its arguments. Of one `lock` one runs at a time, in order; none before `at`.

    A job that waits for its `at` holds its lock: give no lock to what is due in days.
    """

    task: str
    args: Mapping[str, int | str] = field(default_factory=dict)
    lock: str | None = None
    priority: int = USUAL
    at: datetime | None = None


def defer(connection: Connection, works: Iterable[Work]) -> None:
    """Put work down; it exists when the transaction is committed, and workers on all hosts hear of it then.

    On SQLite nothing is needed: the only process looks at the rows themselves.
    """
    wanted = list(works)
    if connection.dialect.name != "postgresql" or not wanted:
        return
    from procrastinate import SyncPsycopgConnector
    from procrastinate.exceptions import ConnectorException
    from procrastinate.manager import JobManager

    from bot.store.store import StoreError

    # The connector is never opened: it writes on the connection of our own transaction.
    manager = JobManager(SyncPsycopgConnector())
    jobs = [_job(one) for one in wanted]
    try:
        manager.batch_defer_jobs(jobs, connection=connection.connection.driver_connection)
    except ConnectorException as error:
        raise StoreError(f"jobs were not taken: {type(error.__cause__).__name__}") from error


def _job(work: Work) -> Job:
    from procrastinate.jobs import Job

    return Job(
        queue=QUEUE, task_name=work.task, task_kwargs=dict(work.args), lock=work.lock,
        queueing_lock=None, priority=work.priority, scheduled_at=work.at,
    )  # fmt: skip


def install(connection: Connection) -> None:
    """The engine's own tables in the form of the version that is installed; the table's comment says which.

    Its migrations are files that sort by version; a new database gets the whole schema at once. Every step
    is one transaction with its comment: `connection` commits by itself.
    """
    from procrastinate.schema import SchemaManager

    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    query = "SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"
    known = connection.execute(text(query)).scalar()
    steps = [(file.name, file.read_text(encoding="utf-8")) for file in files]
    newer = [(name, sql) for name, sql in steps if known and name > known]
    cursor = connection.connection.cursor()  # the files hold many statements and percent signs
    for name, sql in newer if known else [(files[-1].name, SchemaManager.get_schema() + INDEX)]:
        cursor.execute(f"{sql};\nCOMMENT ON TABLE procrastinate_jobs IS '{name}'")


# "Who of this person is first?" is asked of every waiting job: without it each look reads all of them.
INDEX = """
CREATE INDEX tomoni_jobs_lock ON procrastinate_jobs (lock, priority DESC, id)
WHERE status IN ('todo', 'doing')"""
