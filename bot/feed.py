"""Gatherings as an iCalendar feed (RFC 5545): stable ids, Japan's time zone, cancelled dates kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event, vRecur

from bot import gatherings
from bot.content import Content
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.models import Gathering, Moved


def feed(content: Content, locale: str, only: str | None = None) -> bytes:
    """All gatherings with a date in a language, or one of them."""
    known = content.gatherings.values()
    wanted = [one for one in known if one.starts_at is not None and only in {None, one.id}]
    return _calendar(event for one in wanted for event in _events(one, content, locale))


def occurrence(one: Occurrence, content: Content, locale: str) -> bytes:
    """One date alone, with an id of its own: calendars that have the whole rule keep both apart."""
    gathering = content.gatherings[one.gathering]
    start, end = (
        (one.day, one.last_day + timedelta(days=1)) if one.all_day else (one.starts_at, one.ends_at)
    )
    event = _event(gathering, content, locale, _local(start), _local(end))
    event["uid"] = f"{gathering.id}-{one.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}@tomoni"
    if one.cancelled:
        event.add("status", "CANCELLED")
    return _calendar([event])


def _local(at: date | datetime) -> date | datetime:
    return at.astimezone(JAPAN) if isinstance(at, datetime) else at


def _calendar(events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Tomoni//gatherings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Tomoni")
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _events(gathering: Gathering, content: Content, locale: str) -> Iterator[Event]:
    """The gathering and its rule, then each date that was moved or cancelled."""
    start, end = gatherings.span(gathering)
    main = _event(gathering, content, locale, start, end)
    if gathering.repeat:
        main.add("rrule", vRecur.from_ical(gatherings.rule(gathering.repeat)))
        for day in gathering.repeat.except_on:
            main.add("exdate", _at(day, start))
        yield main
        yield from (_changed(gathering, content, locale, change) for change in gathering.changes)
        return
    yield from _once(main, gathering)


def _once(main: Event, gathering: Gathering) -> Iterable[Event]:
    for change in gathering.changes:
        if change.to is None or change.cancelled:
            main.add("status", "CANCELLED")
        else:
            length = main.end - main.start
            main.start, main.end = _aware(change.to), _aware(change.to) + length
    return [main]


def _changed(gathering: Gathering, content: Content, locale: str, change: Moved) -> Event:
    start, end = gatherings.span(gathering)
    planned = _at(change.on, start)
    begin = _aware(change.to) if change.to and not change.cancelled else planned
    length: timedelta = end - start  # type: ignore[operator]  # both days or both moments
    event = _event(gathering, content, locale, begin, begin + length)
    event.add("recurrence-id", planned)
    if change.to is None or change.cancelled:
        event.add("status", "CANCELLED")
    return event


def _event(
    gathering: Gathering,
    content: Content,
    locale: str,
    start: date | datetime,
    end: date | datetime,
) -> Event:
    key = f"gathering.{gathering.id}"
    event = Event()
    event.add("uid", f"{gathering.id}@tomoni")
    event.add("dtstamp", stamp(gathering))
    event.add("last-modified", stamp(gathering))
    event.add("sequence", len(gathering.changes))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", content.tell(f"{key}.title", locale).text)
    texts = [content.tell(f"{key}.{name}", locale).text for name in ("summary", "cost", "booking")
             if f"{key}.{name}" in content.japanese]  # fmt: skip
    if texts:
        event.add("description", "\n".join(texts))
    if gathering.place:
        place = content.tell(f"{key}.place", locale).text
        event.add("location", ", ".join(part for part in (place, gathering.place.address) if part))
    if gathering.booking_url:
        event.add("url", gathering.booking_url)
    return event


def stamp(gathering: Gathering) -> datetime:
    """When staff last saw it: the same bytes for the same content."""
    seen = gathering.sources_seen_on or date(2026, 1, 1)
    return datetime.combine(seen, time(), UTC)


def _at(day: date, start: date | datetime) -> date | datetime:
    return datetime.combine(day, start.timetz()) if isinstance(start, datetime) else day


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=JAPAN)
