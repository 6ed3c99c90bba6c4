"""All LINE channels of this process: the parts of each city, their one database, the pool that answers for all."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.channels import Channel
from bot.content import ContentError, Library, Stamps, stamps
from bot.context import Handler
from bot.desk import Desk
from bot.desks import Desks
from bot.inbox import Keeper, Pool
from bot.keys import Keys
from bot.last_good import LastGood
from bot.learning import Learner
from bot.parts import Parts, build, secret_key
from bot.settings import Settings
from bot.store import Store

if TYPE_CHECKING:
    from bot.workers import Workers

log = logging.getLogger(__name__)
TIDY_EVERY = timedelta(minutes=1)  # what was erased leaves SQLite's journal, too


@dataclass(frozen=True, slots=True)
class Closed:
    """A city whose content has never been good since the start: LINE is asked to keep its events."""

    channel: Channel
    why: tuple[str, ...]  # each mistake with its place
    seen: Stamps

    @property
    def name(self) -> str:
        """The channel."""
        return self.channel.name

    @property
    def secrets(self) -> Sequence[str]:
        """The channel's secrets: also who is asked to come again must be LINE."""
        return self.channel.secrets


class Cities:
    """One `Parts` a channel. With one channel it adds nothing to them."""

    def __init__(
        self, parts: Sequence[Parts], settings: Settings | None = None,
        closed: Sequence[Closed] = (), opener: Opener | None = None,
    ) -> None:  # fmt: skip
        self.open: Mapping[str, Parts] = {one.name: one for one in parts}
        self.closed: Mapping[str, Closed] = {one.channel.name: one for one in closed}
        self.first = parts[0]
        self.decoy = [secrets.token_hex(16)]  # checked where nobody is addressed: it takes as long
        self.pool: Pool | Workers | None = None
        self._settings, self._opener = settings, opener
        self._keeper: Keeper | None = None
        self._tidied_at: datetime | None = None
        self._changing = threading.Lock()
        self._ended = False

    @property
    def settings(self) -> Settings:
        """What is common to all channels."""
        return self._settings or self.first.settings

    @property
    def store(self) -> Store:
        """The database of all."""
        return self.first.store

    @property
    def several(self) -> bool:
        """Whether channels have to be told apart at all."""
        return len(self.open) + len(self.closed) > 1

    @property
    def cookies(self) -> str:
        """What signs the cookies of staff, whose page is one for all channels."""
        return Keys(secret_key(self.settings)).cookies

    def addressed(self, destination: str) -> Parts | Closed | None:
        """The city that LINE means; None for one that we do not know. A channel without destination takes all."""
        for one in self.open.values():
            if one.destination in {"", destination}:
                return one
        shut = (one for one in self.closed.values() if one.channel.destination == destination)
        return next(shut, None)

    # --- running ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to answer; once per process, never before a fork."""
        with self._changing:
            if self._keeper is None:
                for one in self.open.values():
                    one.start()
                self._keeper = Keeper(lambda: self.tend(datetime.now(UTC)))
                self._keeper.start()
                self._start_pool()

    def stop(self) -> None:
        """Take no more, finish what is held; harmless a second time."""
        with self._changing:
            self._ended = True
            for keeper in (self._keeper, *(one.keeper for one in self.open.values())):
                if keeper:
                    keeper.stop()
            if self.pool:
                self.pool.stop()
            self.store.close()

    def notify(self) -> None:
        """An event was received."""
        if self.pool:
            self.pool.notify()

    def _start_pool(self) -> None:
        self.pool = self._pool()
        if self.pool:
            self.pool.start()

    def _pool(self) -> Pool | Workers | None:
        """Who answers in this process; on PostgreSQL it may be nobody."""
        threads = self.settings.workers
        if self.store.sqlite:
            return Pool(self.desk(), threads)
        if not threads:
            return None
        from bot.workers import Tasks, Workers, engine

        routines = tuple(routine for one in self.open.values() for routine in one.routines())
        tasks = Tasks(self.open, lambda: datetime.now(UTC))
        return Workers(engine(self.store.conninfo, tasks, routines), threads)

    def desk(self) -> Desk | Desks:
        """The desk of the only city, or those of all as one."""
        if len(self.open) == 1:
            return self.first.desk
        desks = {name: one.desk for name, one in self.open.items()}
        return Desks(self.store.seen_by(*desks), desks)

    def tend(self, now: datetime) -> None:
        """What the process does beside what each city does for itself."""
        if self.store.sqlite and (self._tidied_at is None or now - self._tidied_at > TIDY_EVERY):
            self._tidied_at = now
            self.store.tidy()
        for one in self.closed.values():
            if self._opener and self._opener.has_changed(one):
                self._open(self._opener.opened(one.channel, self.store))

    def _open(self, found: Parts | Closed) -> None:
        """A city whose files were mended joins the others: the pool begins again with it."""
        with self._changing:
            if isinstance(found, Closed):
                self.closed = {**self.closed, found.channel.name: found}
                return
            if self._ended or found.name in self.open:
                return
            self.open = {**self.open, found.name: found}
            self.closed = {name: one for name, one in self.closed.items() if name != found.name}
            log.info("channel %s is open: its content is good now", found.name)
            if self._keeper:
                found.start()
                before = self.pool
                self._start_pool()  # first the new one: nobody of the other cities waits for the change
                if before:
                    before.stop()

    # --- seeing -----------------------------------------------------------------------------------

    def health(self, now: datetime) -> dict[str, Any]:
        """For /health: true sentences only; with several channels, each by itself."""
        if not self.several:
            return self.first.health(now)
        found = {name: one.health(now) for name, one in self.open.items()}
        found |= {name: _shut(one) for name, one in self.closed.items()}
        return {"ready": all(one["ready"] for one in found.values()), "channels": found}


def _shut(one: Closed) -> dict[str, Any]:
    """As `Parts.health` says it, of a city that has nothing to answer with."""
    content = {"version": None, "entries": 0, "locales": [], "problems": list(one.why)}
    return {"ready": False, "line": "asked to send again", "content": content}


class Opener:
    """Builds the parts of a city. Cities that share a folder share what is read and learnt from it."""

    def __init__(self, handlers: Sequence[Handler]) -> None:
        self._handlers = handlers
        self._known: dict[tuple[object, ...], tuple[Library, Learner]] = {}

    def opened(self, channel: Channel, store: Store) -> Parts | Closed:
        """The city, or why it cannot be opened: no mistake in its files ends the process."""
        own = channel.settings
        seen = stamps(own.content_dir, own.locales_dir)
        try:
            return self.built(channel, store, LastGood(own.var_dir / "good" / channel.name))
        except ContentError as error:
            why = error.problems
        except Exception as error:  # what no check foresaw in the files of one city
            log.exception("channel %s cannot be opened", channel.name)
            why = (f"{own.content_dir}: {type(error).__name__}",)
        log.error("channel %s stays closed until its content is mended: %s", channel.name, why[0])
        return Closed(channel, why, seen)

    def built(self, channel: Channel, store: Store, last_good: LastGood | None = None) -> Parts:
        """The city. Raises ContentError."""
        own = channel.settings
        same = (own.content_dir.resolve(), own.locales_dir.resolve(), own.feeds)
        library, learner = self._known.get(same) or (None, None)
        library = library or Library(own.content_dir, own.locales_dir, last_good)
        parts = build(
            own, channel.secrets, self._handlers, library=library, learner=learner,
            store=store.seen_by(channel.name), destination=channel.destination,
        )  # fmt: skip
        self._known[same] = (parts.library, parts.learner)
        return parts

    def has_changed(self, one: Closed) -> bool:
        """Whether it is worth reading again."""
        own = one.channel.settings
        return stamps(own.content_dir, own.locales_dir) != one.seen


def opened(settings: Settings, channels: Sequence[Channel], handlers: Sequence[Handler]) -> Cities:
    """The cities of all channels; broken content opens once it is mended. Raises ContentError where none can."""
    opener, store = Opener(handlers), Store(settings.database_url)
    store.migrate()
    if len(channels) == 1:
        return Cities([opener.built(channels[0], store)], settings)
    found = [opener.opened(channel, store) for channel in channels]
    parts = [one for one in found if isinstance(one, Parts)]
    closed = [one for one in found if isinstance(one, Closed)]
    if not parts:
        raise ContentError(tuple(line for one in closed for line in one.why))
    return Cities(parts, settings, closed, opener)
