"""What the staff page keeps in memory, brought up to date beside the requests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cities import Cities
from bot.lexical import Floats
from bot.messages import Person
from bot.parts import Parts
from bot.staff.accounts import Accounts
from bot.staff.likeness import Likeness
from bot.staff.tally import Tally
from bot.store import Account, Asked, Counts, Staff, StoreError
from bot.store.staff import EVERY

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds
AT_FIRST = 300  # questions
QUOTA_EVERY = timedelta(minutes=30)


@dataclass(slots=True)
class Office:
    """Everything that the pages need beside the bot's own parts."""

    parts: Parts
    accounts: Accounts
    asked: Asked
    tally: Tally
    likeness: Likeness
    quota: tuple[int | None, int] | None = None
    visitors: dict[str, Person] = field(default_factory=dict)  # of the preview; no one outside is
    oidc: Any = None
    _quota_at: datetime | None = None
    _mark: tuple[int, int, int] | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def staff(self) -> Staff:
        """Accounts, which are common to all channels, and this channel's record of actions."""
        return Staff(self.parts.store)

    def start(self) -> None:
        """Begin to keep up; once per process."""
        threading.Thread(target=self._keep_up, name="staff", daemon=True).start()

    def stop(self) -> None:
        """No more."""
        self._ended.set()

    def tend(self, now: datetime) -> None:
        """One round: new questions are grouped, those of entries now live come back, closed days are counted."""
        for entry in self.asked.drafted():
            if entry in self.parts.library.content.entries:
                self.asked.reopen(entry)
        mark = self.asked.mark()
        if mark != self._mark:
            questions = self.asked.open()
            if not self.likeness.groups():
                self.likeness.refresh(
                    questions[:AT_FIRST]
                )  # something to read while the rest is compared
            self.likeness.refresh(questions)
            self._mark = mark
        self.tally.close(now)
        if self._quota_at is None or now - self._quota_at > QUOTA_EVERY:
            self._quota_at = now
            self.quota = None if self.parts.settings.simulated else self.parts.desk.line.quota()

    def _keep_up(self) -> None:
        while not self._ended.is_set():
            try:
                self.tend(datetime.now(UTC))
            except StoreError as error:
                log.error("the staff page cannot read the database: %s", error)
            except Exception:  # the pages show what there was; the next round tries again
                log.exception("keeping the staff page up to date failed")
            self._ended.wait(LOOK_EVERY)


class Offices:
    """One office a channel that is open; accounts and their limits are common."""

    def __init__(self, cities: Cities) -> None:
        self.cities = cities
        self.accounts = Accounts(Staff(cities.store))
        self.oidc: Any = None
        self._known: dict[str, Office] = {}
        self._opening = threading.Lock()
        self._started = False

    def of(self, channel: str) -> Office:
        """The office of an open channel; made when it is first asked for."""
        parts = self.cities.open[channel]
        with self._opening:
            if channel not in self._known:
                self._known[channel] = made = office(parts, self.accounts)
                made.oidc = self.oidc
                if self._started:
                    made.start()
            return self._known[channel]

    @property
    def first(self) -> Office:
        """Where it does not matter which."""
        return self.of(self.cities.first.name)

    def channels(self, account: Account) -> tuple[str, ...]:
        """The open channels whose pages somebody may see."""
        return tuple(name for name in self.cities.open if account.channel in {EVERY, name})

    def start(self) -> None:
        """Begin to keep up."""
        self._started = True
        for name in self.cities.open:
            self.of(name).start()


def office(parts: Parts, accounts: Accounts) -> Office:
    """The staff page's own parts for one channel."""
    store = parts.store
    likeness = Likeness(
        parts.learner.vectors,
        lambda: _centre(parts),
        lambda text, locale: _suggested(parts, text, locale),
    )
    return Office(parts, accounts, Asked(store), Tally(Counts(store)), likeness)


def _centre(parts: Parts) -> Floats | None:
    return parts.learner.centre


def _suggested(parts: Parts, text: str, locale: str) -> Iterable[str]:
    knowledge = parts.knowledge()
    known: Mapping[str, object] = knowledge.content.entries
    return [name for name, _ in knowledge.matcher.best(text, locale).candidates if name in known]
