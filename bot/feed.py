"""Gatherings as an iCalendar feed (RFC 5545): stable ids, Japan's time zone, cancelled dates kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot import gatherings, ical
from bot.content import Content
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.models import Gathering, Moved

FIRST_STAMP = datetime(2026, 1, 1, tzinfo=UTC)  # for what nobody has dated


def feed(content: Content, locale: str, only: str | None = None) -> bytes:
    """All gatherings with a date in a language, or one of them."""
    known = content.gatherings.values()
    wanted = [one for one in known if one.starts_at is not None and only in {None, one.id}]
    return ical.calendar(event for one in wanted for event in _events(one, content, locale))


def occurrence(one: Occurrence, content: Content, locale: str) -> bytes:
    """One date alone, with an id of its own: calendars that have the whole rule keep both apart."""
    gathering = content.gatherings[one.gathering]
    start, end = (
        (one.day, one.last_day + timedelta(days=1)) if one.all_day else (one.starts_at, one.ends_at)
    )
    uid = f"{gathering.id}-{one.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}@tomoni"
    event = [
        *_dated(gathering, uid, start, end, one.cancelled),
        *_described(gathering, content, locale),
    ]
    return ical.calendar([event])


def _events(gathering: Gathering, content: Content, locale: str) -> Iterator[list[str]]:
    """The gathering and its rule, then each date that was moved or cancelled."""
    start, end = gatherings.span(gathering)
    uid, described = f"{gathering.id}@tomoni", _described(gathering, content, locale)
    if not gathering.repeat:
        yield [*_once(gathering, uid, start, end), *described]
        return
    rule = f"RRULE:{gatherings.rule(gathering.repeat)}"
    excepted = [ical.moment("EXDATE", _at(day, start)) for day in gathering.repeat.except_on]
    yield [*_dated(gathering, uid, start, end), rule, *excepted, *described]
    for change in gathering.changes:
        planned = ical.moment("RECURRENCE-ID", _at(change.on, start))
        yield [*_changed(gathering, uid, change), planned, *described]


def _once(
    gathering: Gathering, uid: str, start: date | datetime, end: date | datetime
) -> list[str]:
    """A date without a rule, as it was changed last."""
    length: timedelta = end - start  # type: ignore[operator]  # both days or both moments
    change = gathering.changes[-1] if gathering.changes else None
    if change is None or change.to is None or change.cancelled:
        return _dated(gathering, uid, start, end, cancelled=change is not None)
    begin = _aware(change.to)
    return _dated(gathering, uid, begin, begin + length)


def _changed(gathering: Gathering, uid: str, change: Moved) -> list[str]:
    start, end = gatherings.span(gathering)
    length: timedelta = end - start  # type: ignore[operator]  # both days or both moments
    cancelled = change.to is None or change.cancelled
    begin = _at(change.on, start) if change.to is None or cancelled else _aware(change.to)
    return _dated(gathering, uid, begin, begin + length, cancelled)


def _dated(
    gathering: Gathering, uid: str, start: date | datetime, end: date | datetime,
    cancelled: bool = False,
) -> list[str]:  # fmt: skip
    """SEQUENCE grows when staff look at it again and with every change, so that calendars take the newer one."""
    return [
        ical.text("UID", uid),
        ical.utc("DTSTAMP", stamp(gathering)),
        ical.utc("LAST-MODIFIED", stamp(gathering)),
        f"SEQUENCE:{(stamp(gathering) - FIRST_STAMP).days * 100 + len(gathering.changes)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        ical.moment("DTSTART", start),
        ical.moment("DTEND", end),
    ]


def _described(gathering: Gathering, content: Content, locale: str) -> list[str]:
    key = f"gathering.{gathering.id}"
    lines = [ical.text("SUMMARY", content.tell(f"{key}.title", locale).text)]
    texts = [content.tell(f"{key}.{name}", locale).text for name in ("summary", "cost", "booking")
             if f"{key}.{name}" in content.japanese]  # fmt: skip
    if texts:
        lines.append(ical.text("DESCRIPTION", "\n".join(texts)))
    if gathering.place:
        place = content.tell(f"{key}.place", locale).text
        where = ", ".join(dict.fromkeys(part for part in (place, gathering.place.address) if part))
        lines.append(ical.text("LOCATION", where))
    if gathering.booking_url:
        lines.append(f"URL:{gathering.booking_url}")
    return lines


def stamp(gathering: Gathering) -> datetime:
    """When staff last saw it: the same bytes for the same content."""
    seen = gathering.sources_seen_on
    return max(FIRST_STAMP, datetime.combine(seen, time(), UTC)) if seen else FIRST_STAMP


def _at(day: date, start: date | datetime) -> date | datetime:
    return datetime.combine(day, start.timetz()) if isinstance(start, datetime) else day


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=JAPAN)
