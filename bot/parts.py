"""The parts of one city's bot, and how it is doing."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import evaluate, metrics
from bot.calendars import Feeds, sources
from bot.content import Library
from bot.context import Handler
from bot.desk import Desk, Knowledge
from bot.inbox import Keeper
from bot.jobs import Jobs
from bot.keys import Keys
from bot.learning import Learner
from bot.line import Line
from bot.settings import DEFAULT_CHANNEL, Settings
from bot.store import Copies, Store, StoreError

if TYPE_CHECKING:
    from bot.workers import Routine

log = logging.getLogger(__name__)
WORDS_KEPT = timedelta(minutes=10)  # in memories that save work; nowhere else after the answer
PURGE_EVERY = timedelta(hours=1)
FULL = 50_000  # so many events wait: LINE is asked to keep what is not urgent and send it again
CROWD = 200  # so many wait in one channel: on PostgreSQL the other channels' events go first
BACKLOG = timedelta(minutes=2)  # someone waits longer than this: not healthy


@dataclass(slots=True)
class Parts:
    """Everything that the doors need of one LINE channel; `destination` is its name at LINE, "" for any."""

    settings: Settings
    secrets: Sequence[str]
    keys: Keys
    store: Store
    library: Library
    learner: Learner
    desk: Desk
    jobs: Jobs
    feeds: Feeds
    copies: Copies
    destination: str = ""
    keeper: Keeper | None = None
    is_full: bool = False
    is_crowded: bool = False
    _purged_at: datetime | None = field(default=None)
    _words_forgotten_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _set_aside: Knowledge | None = field(default=None)
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def knowledge(self) -> Knowledge:
        """The content and the matcher that fits it."""
        return self.learner.knowledge

    @property
    def name(self) -> str:
        """The channel."""
        return self.store.channel

    def start(self) -> None:
        """Begin to learn and to keep house; who answers is started by `Cities`."""
        with self._starting:
            if self.keeper is None:
                self.learner.start()
                self.keeper = Keeper(self._housekeeping)
                self.keeper.start()

    def routines(self) -> tuple[Routine, ...]:
        """What one worker of all does regularly for this city."""
        from bot.workers import Routine

        return (
            Routine("notice", "* * * * *", self.jobs.tick, self.name),
            Routine("purge", "7 * * * *", self._purge, self.name),
            Routine("calendars", "*/15 * * * *", self._share_calendars, self.name),
        )

    def look(self) -> None:
        """Take what staff have saved since; every second, and at once where they wait for it."""
        if self.library.refresh():
            log.info("new content taken: %s", self.library.content.version)
            self.learner.learn(self.library.content)

    def _housekeeping(self) -> None:
        self.look()
        self._set_knowledge_aside()
        now = datetime.now(UTC)
        waiting = self.desk.inbox.waiting(FULL)
        self.is_full, self.is_crowded = waiting >= FULL, waiting >= CROWD
        if now - self._words_forgotten_at > WORDS_KEPT:
            self._words_forgotten_at = now
            self.desk.forget_words()
        if not self.store.sqlite:
            self._read_calendars(now)
            return
        if self.feeds.refresh(now):
            self._take_calendars(now)
        self.jobs.tick(now)
        if self._purged_at is None or now - self._purged_at > PURGE_EVERY:
            self._purged_at = now
            self._purge(now)

    def _set_knowledge_aside(self) -> None:
        """What answers are made from stays for long: Python's search for garbage leaves it out from now on.

        With it, a search stops everyone for 0.4 seconds, again and again. What learning held is free now.
        """
        if self._set_aside is not self.knowledge():
            self._set_aside = self.knowledge()
            gc.unfreeze()
            gc.collect()
            _give_back()
            gc.freeze()

    def _purge(self, now: datetime) -> None:
        self.desk.inbox.purge(now)
        self.desk.people.purge(now, self.settings.unanswered_days)
        self.learner.tidy(now)
        if self.settings.secret_key_old:
            self.desk.people.reseal(self.keys.resealed)
        if not self.settings.simulated and (quota := self.desk.line.quota()):
            metrics.quota(*quota, self.name)

    def _share_calendars(self, now: datetime) -> None:
        """One worker fetches for all processes."""
        if self.feeds.refresh(now):
            self.copies.put(self.feeds.copies(), now)

    def _read_calendars(self, now: datetime) -> None:
        """What a worker, perhaps on another machine, has fetched."""
        if self.feeds.sources and self.feeds.keep(self.copies.news()):
            self._take_calendars(now)

    def _take_calendars(self, now: datetime) -> None:
        """What organisers keep in their own calendars stands beside what staff wrote."""
        calendar = self.library.content.calendar
        if self.library.take(self.feeds.gatherings(now, calendar.kind)):
            self.learner.learn(self.library.content)

    def health(self, now: datetime) -> dict[str, Any]:
        """For /health: true sentences only."""
        content, problems = self.library.content, self.library.problems
        try:
            counts = self.desk.inbox.counts()
            oldest = self.desk.inbox.oldest_waiting()
            database = "ok"
        except StoreError as error:
            counts, oldest, database = {}, None, str(error)
        late = oldest is not None and now - oldest > BACKLOG
        return {
            "ready": database == "ok" and not late,
            "line": "simulator" if self.settings.simulated else "connected",
            "database": database,
            "inbox": counts,
            "waiting_since": oldest.isoformat() if oldest else None,
            "content": {
                "version": content.version,
                "entries": len(content.entries),
                "locales": list(content.locales),
                "problems": [str(problem) for problem in problems],
            },
            "calendars": {"from": len(self.feeds.sources), "problems": self.feeds.problems},
            "matching": self.learner.state(),
        }


def _give_back() -> None:
    """What is free goes back to the system: glibc would keep it for this process."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other libraries of C have none
    if trim is not None:
        trim(0)


def secret_key(settings: Settings) -> str:
    """The given one; in the simulator one that is made at the first start and kept in var/."""
    if settings.secret_key:
        return settings.secret_key
    file = settings.var_dir / "secret_key"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _new_private(file) as handle:
            handle.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text(encoding="ascii").strip()


def _new_private(file: Path) -> Any:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w")


def build(
    settings: Settings, channel_secrets: Sequence[str], handlers: Sequence[Handler],
    library: Library | None = None, line: Line | None = None, learner: Learner | None = None,
    store: Store | None = None, destination: str = "",
) -> Parts:  # fmt: skip
    """Put the parts of a city's bot together; nothing runs yet. `store` sees the city's channel."""
    library = library or Library(settings.content_dir, settings.locales_dir)
    known_by = learner or Learner(library.content, settings)
    questions = settings.content_dir / "questions"
    known_by.judge = lambda now, new: evaluate.worse(questions, now, new, handlers)
    old = [one.strip() for one in settings.secret_key_old.split(",") if one.strip()]
    keys = Keys(secret_key(settings), old)
    if store is None:
        store = Store(settings.database_url)
        store.migrate()
    line = line or Line(settings.line_api_base_url, settings.line_channel_access_token)
    shown = {"line_account_id": settings.line_account_id, "public_url": public_url(settings, store)}
    desk = Desk(store, keys, line, lambda: known_by.knowledge, handlers, shown)
    jobs = Jobs(store, keys, line, lambda: known_by.knowledge, shown, reserve=settings.push_reserve)
    feeds = Feeds(sources(settings.feeds), settings.var_dir / "feeds")
    return Parts(
        settings, channel_secrets, keys, store, library, known_by, desk, jobs, feeds,
        Copies(store), destination,
    )  # fmt: skip


def path_of(channel: str) -> str:
    """What stands before this channel's own pages."""
    return "" if channel == DEFAULT_CHANNEL else f"/{channel}"


def public_url(settings: Settings, store: Store) -> str:
    """Where people reach the pages of this channel; empty where nobody said it."""
    return settings.public_url and settings.public_url + path_of(store.channel)
