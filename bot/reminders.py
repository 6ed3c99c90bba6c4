"""When to remind, of what, and who is told first while the month's pushes are few. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot import gatherings
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.models import Gathering

DAY_BEFORE_AT = time(18)  # in Japan: people are home, and can still arrange for the next day
HOURS_BEFORE = timedelta(hours=2)
DIGEST_AT = time(9)  # on Mondays in Japan
DIGEST_LATE = timedelta(days=1)  # after a day of downtime a week's programme is no news
WISH_KEPT = timedelta(days=183)  # "tell me of new ones" ends by itself
GONE_AFTER = timedelta(days=30)  # a row that could not be told is kept so long for the next message


@dataclass(frozen=True, slots=True)
class About:
    """What a reminder is about. `what`: at (a date), changed (a date), new (a gathering), digest (a week)."""

    what: str
    gathering: str = ""
    starts_at: datetime | None = None
    week: str = ""

    def __str__(self) -> str:
        if self.what == "digest":
            return f"digest:{self.week}"
        if self.starts_at is None:
            return f"{self.what}:{self.gathering}"
        return f"{self.what}:{self.gathering}@{self.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M}"


def about(text: str) -> About:
    """The reverse of str(About). Raises ValueError for anything else."""
    what, _, rest = text.partition(":")
    name, _, at = rest.partition("@")
    if what == "digest":
        return About(what, week=rest)
    if what not in {"at", "changed", "new"} or not name or (what != "new") != bool(at):
        raise ValueError(f"{text!r} is no reminder")
    return About(what, name, moment(at) if at else None)


def moment(text: str) -> datetime:
    """2026-12-05T05:00, which is UTC. Raises ValueError."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due_at(one: Occurrence, before: str) -> datetime:
    """The day before at 18:00 in Japan, or two hours before."""
    if before == "hours":
        return one.starts_at - HOURS_BEFORE
    return datetime.combine(one.day - timedelta(days=1), DAY_BEFORE_AT, JAPAN)


def choices(one: Occurrence, now: datetime) -> tuple[str, ...]:
    """Which reminders can still come in time."""
    found = ("day",) if one.all_day else ("day", "hours")
    return tuple(before for before in found if due_at(one, before) > now)


def find(gathering: Gathering | None, starts_at: datetime) -> Occurrence | None:
    """The date that was planned for `starts_at`, as it is now: kept, moved or cancelled; None when it is gone."""
    if gathering is None or gathering.undated:
        return None
    day = starts_at.astimezone(JAPAN).date()
    to = {change.on: change.to for change in gathering.changes}.get(day)
    last = max(day, to.date()) if to else day
    first = min(day, to.date()) if to else day
    for one in gatherings.occurrences({gathering.id: gathering}, first, last):
        if one.moved_from == day or (one.moved_from is None and one.starts_at == starts_at):
            return one
    return None


def changed(one: Occurrence | None) -> bool:
    """Whether somebody who counts on a date must be told."""
    return one is None or one.cancelled or one.moved_from is not None


def monday(now: datetime) -> tuple[str, datetime]:
    """The week in Japan and when its digest is due."""
    day = now.astimezone(JAPAN).date()
    first = day - timedelta(days=day.weekday())
    return first.isoformat(), datetime.combine(first, DIGEST_AT, JAPAN)


def fits(gathering: Gathering, kind: str, language: str) -> bool:
    """Whether somebody who asked for a kind ("" for any), in a language ("" for any), wants to hear of it."""
    return (not kind or gathering.kind == kind) and (
        not language or not gathering.languages or language in gathering.languages
    )


def pushes_left(quota: tuple[int | None, int] | None, sent: int, reserve: int) -> int | None:
    """How many pushes reminders may still use this month; None without a limit, 0 when LINE does not say.

    `sent` are our own of the month: LINE counts late, so the larger number is believed.
    """
    if quota is None:
        return 0
    limit, used = quota
    return None if limit is None else max(0, limit - max(used, sent) - reserve)


def month(now: datetime) -> str:
    """The month in which LINE counts a push."""
    return f"{now.astimezone(JAPAN):%Y-%m}"


def still_useful(item: About, now: datetime, known: Mapping[str, Gathering]) -> bool:
    """After downtime: a date that has begun needs no reminder, a digest is for its Monday."""
    if item.what == "digest":
        due = datetime.combine(date.fromisoformat(item.week), DIGEST_AT, JAPAN)
        return due <= now <= due + DIGEST_LATE
    if item.what == "new":
        return item.gathering in known
    return item.starts_at is not None and item.starts_at > now
