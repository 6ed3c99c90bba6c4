"""Workers on PostgreSQL: the jobs of Procrastinate, run in threads of this process, on any number of hosts.

A job that lost its worker is given back after STALLED seconds: longer than any call to LINE, so that a
machine that is only cut off has ended its call, and early enough for the minute of a reply token.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from bot.desk import Desk
from bot.jobs import Jobs
from bot.settings import DEFAULT_CHANNEL
from bot.store import StoreError
from bot.store.inbox import FRESH, KEPT
from bot.store.work import (
    ANSWER,
    CROWD,
    FIRST,
    LATE,
    QUEUE,
    REMIND,
    URGENT,
    USUAL,
    reminding,
)

log = logging.getLogger(__name__)
HEARTBEAT = 3.0  # seconds
STALLED = 20.0
LONGEST_ANSWER, LONGEST = 120, 3600  # seconds; a job that takes longer could not write down its end
FINISH = (
    13.0  # seconds for what is running when we are told to stop; gunicorn and Docker wait for 20
)
AFTER_TROUBLE = 2.0
SHORT_WAIT, LONG_WAIT = timedelta(seconds=5), timedelta(minutes=10)  # for a city to open here
# What a job has come to need not survive a power cut: it runs again and finds its row answered. That a
# job exists is written on our own connections, and waits for the disk.
# A quake fills a table that was empty a minute ago: a plan kept from then takes 44 ms a look, a new one 1.3.
OPTIONS = "-c synchronous_commit=off -c plan_cache_mode=force_custom_plan"
CONNECTIONS = 4  # of one process for fetching and finishing jobs; one more listens


@dataclass(frozen=True, slots=True)
class Routine:
    """What is done regularly, once for all hosts: its time (cron, with seconds as a sixth field) and the work."""

    kind: str
    cron: str
    work: Callable[[datetime], object]
    channel: str = DEFAULT_CHANNEL

    @property
    def name(self) -> str:
        """Each city's own: what fails or takes long in one holds up no other."""
        return self.kind if self.channel == DEFAULT_CHANNEL else f"{self.kind}-{self.channel}"


class City(Protocol):
    """What the jobs of one channel need."""

    @property
    def desk(self) -> Desk: ...
    @property
    def jobs(self) -> Jobs: ...


class Again(Exception):
    """Come back to this job: at once or not before `at`, with another priority or lock where given."""

    def __init__(
        self, at: datetime | None = None, priority: int | None = None, lock: str | None = None
    ) -> None:
        super().__init__("again")
        self.at, self.priority, self.lock = at, priority, lock


class Patience(BaseRetryStrategy):
    """A job is never given up by the engine: the row behind it counts its tries."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        if isinstance(exception, Again):
            return RetryDecision(
                retry_at=exception.at, priority=exception.priority, lock=exception.lock
            )
        return RetryDecision(retry_in={"seconds": int(AFTER_TROUBLE)})


class Tasks:
    """What the jobs do, each in the city of its channel."""

    def __init__(self, cities: Mapping[str, City], clock: Callable[[], datetime]) -> None:
        self._cities, self._now = cities, clock

    def _city(self, channel: str, waits: timedelta = LONG_WAIT) -> City:
        """The city of a job; where it is not open here, another worker or a later moment has it."""
        if channel not in self._cities:
            raise Again(self._now() + min(max(waits, SHORT_WAIT), LONG_WAIT))
        return self._cities[channel]

    def answer(
        self, context: JobContext, event: int, at: int, channel: str = DEFAULT_CHANNEL
    ) -> None:
        """One received event. Once its token is about to end, those whose token serves go first."""
        now = self._now()
        waits = now - datetime.fromtimestamp(at, UTC)
        if waits > KEPT:
            return  # its row is gone, or goes with the next purge
        city, late = self._city(channel, waits), waits > FRESH
        if late and context.job.priority in {USUAL, CROWD}:
            raise Again(priority=LATE)
        try:
            again = city.desk.answer(event, now)
        except StoreError as error:
            log.error("the database does not take changes: %s", error)
            raise
        except Exception:
            log.exception("working on event %s failed", event)
            raise
        if again is not None:
            raise Again(again)

    def remind(self, context: JobContext, channel: str = DEFAULT_CHANNEL) -> None:
        """A reminder is due. One worker at a time sends those of a channel: its month's pushes are counted.

        Only a due job takes the lock: one that waits for next month would keep it from all others.
        """
        if context.job.lock is None:
            raise Again(lock=reminding(channel))
        self._city(channel).jobs.send(self._now())


def engine(conninfo: str, tasks: Tasks, routines: tuple[Routine, ...]) -> App:
    """The job engine with everything that it can be asked to do."""
    connector = PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=CONNECTIONS, kwargs={"options": OPTIONS}
    )
    app = App(connector=connector)
    app.task(name=ANSWER, queue=QUEUE, retry=Patience(), pass_context=True)(tasks.answer)
    app.task(name=REMIND, queue=QUEUE, retry=Patience(), pass_context=True)(tasks.remind)

    @app.periodic(cron="* * * * * */5")
    @app.task(name="give_back", queue=QUEUE, queueing_lock="give_back", priority=FIRST)
    async def give_back(timestamp: int) -> None:
        """As the engine's documents ask: without it, jobs of a killed worker would stay for ever."""
        found = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED)
        for job in [*found, *await _unfinished(app)]:
            await app.job_manager.retry_job(job)

    for one in routines:
        _regularly(app, one)
    return app


def _regularly(app: App, routine: Routine) -> None:
    def run(timestamp: int) -> None:
        routine.work(datetime.now(UTC))

    task = app.task(
        name=routine.name, queue=QUEUE, lock=reminding(routine.channel), queueing_lock=routine.name,
        priority=URGENT,
    )  # fmt: skip
    app.periodic(cron=routine.cron)(task(run))


async def _unfinished(app: App) -> list[Job]:
    """Jobs of a living worker that could not write down their end (the database was away for a moment)."""
    query = (
        "SELECT job.* FROM procrastinate_jobs job WHERE status = 'doing' AND NOT EXISTS ("
        "SELECT 1 FROM procrastinate_events event WHERE event.job_id = job.id "
        "AND type = 'started' AND at > now() - make_interval(secs => "
        "CASE task_name WHEN 'answer' THEN %(answer)s ELSE %(longest)s END))"
    )
    rows = await app.connector.execute_query_all_async(
        query, answer=LONGEST_ANSWER, longest=LONGEST
    )
    return [Job.from_row(row) for row in rows]


class Workers:
    """`threads` jobs at a time; starts again by itself when the database was away."""

    def __init__(self, app: App, threads: int) -> None:
        self._app, self._threads = app, threads
        self._ended = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="workers", daemon=True)

    def start(self) -> None:
        """Begin, also with what an earlier process left."""
        self._thread.start()

    def notify(self) -> None:
        """Nothing to do: the database tells all workers of all hosts at the commit."""

    def stop(self) -> None:
        """Take no more; finish what is held, within FINISH seconds."""
        self._ended.set()
        if self._loop and self._main and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join(FINISH)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._loop.set_default_executor(ThreadPoolExecutor(self._threads, "answers"))
            self._main = self._loop.create_task(self._supervise())
            try:
                self._loop.run_until_complete(self._main)
            except asyncio.CancelledError:
                return

    async def _supervise(self) -> None:
        while not self._ended.is_set():
            try:
                async with self._app.open_async():
                    await self._app.run_worker_async(**options(self._threads))
            except (
                Exception
            ) as error:  # the database is away: those who write wait in LINE's redelivery
                log.error("workers stopped, starting again: %s", type(error).__name__)
            await asyncio.sleep(AFTER_TROUBLE)


def options(threads: int, wait: bool = True) -> dict[str, Any]:
    """How the engine works. Done jobs are deleted: their lock is a person's key."""
    return {
        "queues": [QUEUE],
        "concurrency": threads,
        "wait": wait,
        "delete_jobs": "always",
        "update_heartbeat_interval": HEARTBEAT,
        "stalled_worker_timeout": STALLED,
        "shutdown_graceful_timeout": FINISH,
        "install_signal_handlers": False,
    }
