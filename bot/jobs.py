"""What nobody waits for: reminders, news of gatherings, the week's programme for groups, others' calendars."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot import gathering_cards, metrics, reminders, render
from bot.content import Content
from bot.context import Context
from bot.desk import Knowledge
from bot.keys import Keys
from bot.line import Line
from bot.messages import Person, Reply
from bot.reminders import About
from bot.store import Reminder, Reminders, Store

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(minutes=10)  # for dates that passed; changed content is looked at at once
TRY_AGAIN = timedelta(seconds=60)
KEY_LIFE = timedelta(hours=23)  # LINE knows a retry key for 24 hours: after that it sends twice


class Jobs:
    """One round of background work at a time. Safe in several processes: rows are claimed."""

    def __init__(
        self, store: Store, keys: Keys, line: Line, knowledge: Callable[[], Knowledge],
        settings: Mapping[str, str], reserve: int,
    ) -> None:  # fmt: skip
        self.reminders = Reminders(store)
        self._store, self._keys, self._line = store, keys, line
        self._knowledge, self._settings, self._reserve = knowledge, settings, reserve
        self._seen_version = ""
        self._looked_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Notice what changed, then send what is due; says how many LINE took."""
        content = self._knowledge().content
        if self._to_look(content, now):
            self._notice(content, now)
            self._looked_at, self._seen_version = now, content.version
        return self.send(now)

    def _to_look(self, content: Content, now: datetime) -> bool:
        known = content.version == self._seen_version
        return not known or self._looked_at is None or abs(now - self._looked_at) >= LOOK_EVERY

    # --- noticing ---------------------------------------------------------------------------------

    def _notice(self, content: Content, now: datetime) -> None:
        for text in self.reminders.planned():
            self._check(reminders.about(text), content, now)
        with self._store.begin() as connection:
            for name in self.reminders.unseen(connection, content.gatherings, now):
                gathering = content.gatherings[name]
                for wish in self.reminders.wanted(connection):
                    if reminders.fits(gathering, wish.kind, wish.language):
                        about = str(About("new", name))
                        self.reminders.add(
                            connection, wish.person, wish.to, about, wish.locale, now
                        )
            self._weekly(connection, now)
        self.reminders.purge(now - reminders.GONE_AFTER, now - reminders.WISH_KEPT)

    def _check(self, item: About, content: Content, now: datetime) -> None:
        """Whether a date that people wait for still stands."""
        if item.starts_at is None or item.starts_at <= now:
            return
        one = reminders.find(content.gatherings.get(item.gathering), item.starts_at)
        if not reminders.changed(one):
            return
        news = str(About("changed", item.gathering, item.starts_at))
        self.reminders.change(str(item), news, now)
        if one and not one.cancelled and one.starts_at > now:
            moved = str(About("at", item.gathering, one.starts_at))
            due = max(reminders.due_at(one, "day"), now + timedelta(minutes=1))
            self.reminders.follow(news, moved, due)

    def _weekly(self, connection: object, now: datetime) -> None:
        week, due = reminders.monday(now)
        item = About("digest", week=week)
        if not due - LOOK_EVERY <= now <= due + reminders.DIGEST_LATE:
            return
        for group in self.reminders.digests(connection):  # type: ignore[arg-type]
            if group.to and group.digested != week:
                self.reminders.add(connection, group.key, group.to, str(item), "", due)  # type: ignore[arg-type]
                self.reminders.digest_of(connection, group.key, week)  # type: ignore[arg-type]

    # --- sending ----------------------------------------------------------------------------------

    def send(self, now: datetime) -> int:
        """What is due, one by one: claimed, sent with the key stored before, and only then marked."""
        content = self._knowledge().content
        took, left, asked = 0, None, False
        while (row := self.reminders.claim(now)) is not None:
            item = reminders.about(row.about)
            if not reminders.still_useful(item, now, content.gatherings):
                self.reminders.drop(row)
                continue
            if row.tried_at and now - row.tried_at > KEY_LIFE:
                self._untold(row, item)  # a push could double it; the next message tells it once
                continue
            if not asked:
                quota = self._line.quota()
                if quota is None:
                    self.reminders.later(row, now + TRY_AGAIN)
                    return took
                metrics.quota(*quota, self._store.channel)
                month = self.reminders.pushed(reminders.month(now))
                left, asked = reminders.pushes_left(quota, month, self._reserve), True
            used = self._send(row, item, content, now, left)
            took += used > 0
            left = None if left is None else left - abs(used)
        return took

    def _send(
        self, row: Reminder, item: About, content: Content, now: datetime, left: int | None
    ) -> int:
        """How many pushes it used: negative where LINE may have taken it and will be asked again."""
        to = self._keys.unseal(row.to)
        cost = 1 if item.what != "digest" else self._members(to)
        if to is None or cost is None:
            self.reminders.drop(row)
            return 0
        if left is not None and left < cost:
            self._untold(row, item)
            return 0
        messages = self._messages(row, item, now)
        sent = self._line.push(to, messages, row.retry_key)
        metrics.sent("reminder", sent.result, self._store.channel)
        if sent.result == "sent":
            self.reminders.sent(row, reminders.month(now), cost)
            return cost
        if sent.result == "quota":
            self._untold(row, item)
        elif sent.result in {"wait", "unknown", "denied"}:
            wait = timedelta(seconds=max(sent.seconds, TRY_AGAIN.total_seconds()))
            self.reminders.later(row, now + wait)
            return -cost if sent.result == "unknown" else 0
        else:
            log.warning("reminder %s: LINE refuses it for good: %s", row.id, sent.reason)
            self.reminders.drop(row)
        return 0

    def _members(self, to: str | None) -> int | None:
        return self._line.members(to) if to else None

    def _untold(self, row: Reminder, item: About) -> None:
        if item.what == "digest":
            self.reminders.drop(row)
        else:
            self.reminders.miss(row)

    def _messages(self, row: Reminder, item: About, now: datetime) -> list[dict[str, object]]:
        knowledge = self._knowledge()
        content = knowledge.content
        locale = row.locale if row.locale in content.languages else "ja-simple"
        person = Person(row.person, locale)
        context = Context(content, knowledge.matcher, person, locale, now, settings=self._settings)
        parts = gathering_cards.reminder(item, context)
        reply = Reply(
            "gatherings", parts, gathering_cards.reminder_choices(item, context), locale=locale
        )
        return render.to_line(reply.remembering(locale), content.right_to_left)
