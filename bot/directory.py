"""Offices: who is open now, when they open next, which languages they serve, which one is near."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jpholiday

from bot.models import Contact, Hours, Opening

JAPAN = ZoneInfo("Asia/Tokyo")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD = 21  # days; longer than any closure (year end and Golden Week together)


@dataclass(frozen=True, slots=True)
class Opened:
    """Whether a contact is open: `known` False where nobody knows the hours.

    `until` while it is open, `next` while it is closed; both aware, in Japan time.
    """

    known: bool
    open: bool = False
    always: bool = False
    usual: bool = False
    until: datetime | None = None
    next: datetime | None = None


def opened(contact: Contact, now: datetime) -> Opened:
    """Whether `contact` is open at `now` (aware)."""
    hours = contact.hours
    if hours is None or not (hours.always or hours.open):
        return Opened(known=False)
    if hours.always:
        return Opened(known=True, open=True, always=True)
    usual = hours.basis == "usual" or hours.verified_on is None
    local = now.astimezone(JAPAN)
    for start, end in _spans(hours, local):
        if start <= local < end:
            return Opened(True, True, usual=usual, until=end)
        if start > local:
            return Opened(True, False, usual=usual, next=start)
    return Opened(True, False, usual=usual)


def _spans(hours: Hours, local: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans of opening from yesterday on, soonest first; yesterday for those past midnight."""
    for offset in range(-1, LOOK_AHEAD):
        day = local.date() + timedelta(days=offset)
        yield from sorted(_day_spans(hours, day))


def _day_spans(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    if _closed_on(hours, day):
        return
    for opening in hours.open:
        if _applies(opening, day):
            yield from _without_breaks(hours, day, opening)


def _closed_on(hours: Hours, day: date) -> bool:
    if hours.holidays == "closed" and _is_holiday(day):
        return True
    if hours.year_end is None:
        return False
    first, last = hours.year_end
    today = day.strftime("%m-%d")
    return first <= today <= last if first <= last else today >= first or today <= last


@lru_cache(maxsize=512)
def _is_holiday(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))


def _applies(opening: Opening, day: date) -> bool:
    if WEEKDAYS[day.weekday()] not in opening.days:
        return False
    return not opening.weeks or (day.day - 1) // 7 + 1 in opening.weeks


def _without_breaks(
    hours: Hours, day: date, opening: Opening
) -> Iterator[tuple[datetime, datetime]]:
    start, close = _at(day, opening.start), _at(day, opening.end)
    if close <= start:
        close += timedelta(days=1)
    for pause in sorted(hours.breaks, key=lambda pause: pause.start):
        pause_start, pause_end = _at(day, pause.start), _at(day, pause.end)
        if start < pause_start < close:
            yield start, pause_start
            start = pause_end
    if start < close:
        yield start, close


def _at(day: date, clock: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    midnight = datetime.combine(day, time(), JAPAN)
    return midnight + timedelta(hours=hour, minutes=minute)


def serves(contact: Contact, locale: str) -> bool:
    """Whether the contact's own people or line speak the language (fil is also written tl)."""
    same = {"fil": "tl", "tl": "fil", "zh-Hans": "zh", "pt": "pt-BR"}
    plain = {"ja"} if locale == "ja-simple" else set()
    return bool({locale, same.get(locale, locale), *plain} & set(contact.languages))


def nearest(
    contacts: Mapping[str, Contact], position: tuple[float, float], count: int = 3
) -> list[str]:
    """The ids of the contacts nearest to a place, as the crow flies; only those whose place is known."""
    placed = {name: contact.position for name, contact in contacts.items() if contact.position}
    return sorted(placed, key=lambda name: kilometres(position, placed[name]))[:count]


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance on the sphere (haversine), good enough to say which office is nearer."""
    lat1, lon1, lat2, lon2 = (math.radians(value) for value in (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))
