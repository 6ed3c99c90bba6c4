"""What takes place and when: rules expanded to occurrences, moved and cancelled ones kept in sight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from bot import rules
from bot.days import ONE_DAY
from bot.directory import JAPAN
from bot.models import Gathering, Moved, Repeat

DAYS = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
EVERY = {"week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
HOURS_UNKNOWN = timedelta(hours=2)  # how long something takes where nobody says


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One date of a gathering. `starts_at` is aware; `all_day` means only its day counts."""

    starts_at: datetime
    ends_at: datetime
    gathering: str
    all_day: bool = False
    cancelled: bool = False
    moved_from: date | None = None

    @property
    def day(self) -> date:
        """The day in Japan on which it starts."""
        return self.starts_at.astimezone(JAPAN).date()

    @property
    def last_day(self) -> date:
        """The last day in Japan that it touches."""
        return (self.ends_at.astimezone(JAPAN) - timedelta(seconds=1)).date()


def rule(repeat: Repeat) -> str:
    """The RRULE (RFC 5545) of our small vocabulary."""
    if repeat.rrule:
        return repeat.rrule.removeprefix("RRULE:")
    parts = [f"FREQ={EVERY[repeat.every or 'week']}"]
    if repeat.on:
        weeks = repeat.weeks or ("",)
        parts.append(
            "BYDAY=" + ",".join(f"{week}{DAYS[day]}" for day in repeat.on for week in weeks)
        )
    if repeat.until:
        parts.append(f"UNTIL={datetime.combine(repeat.until, time(14, 59, 59)):%Y%m%dT%H%M%SZ}")
    return ";".join(parts)


def span(gathering: Gathering) -> tuple[date | datetime, date | datetime]:
    """Start and exclusive end of the first occurrence: two days for all-day ones, two aware moments else."""
    start, end = gathering.starts_at, gathering.ends_at
    if start is None:
        raise ValueError(f"{gathering.id} has no date")
    if not isinstance(start, datetime):
        last = end if end is not None and not isinstance(end, datetime) else start
        return start, last + timedelta(days=1)
    begin = _aware(start)
    return begin, _aware(end) if isinstance(end, datetime) else begin + HOURS_UNKNOWN


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=JAPAN)


def _same_kind(day: date, start: date | datetime) -> date | datetime:
    return datetime.combine(day, start.timetz()) if isinstance(start, datetime) else day


def occurrences(gatherings: Mapping[str, Gathering], first: date, last: date) -> list[Occurrence]:
    """All that take place from `first` to `last` (days in Japan, inclusive), soonest first."""
    found = [
        one
        for gathering in gatherings.values()
        if gathering.starts_at is not None
        for one in of(gathering, first, last)
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.gathering))


def of(gathering: Gathering, first: date, last: date) -> Iterator[Occurrence]:
    """The same of one gathering that has a date, in no order."""
    for start, stop in _spans(gathering, first, last):
        all_day = not isinstance(start, datetime)
        found = Occurrence(_moment(start), _moment(stop), gathering.id, all_day)
        if found.day <= last and found.last_day >= first:
            yield _changed_once(found, gathering)
    yield from _changed(gathering, first, last)


def _spans(
    gathering: Gathering, first: date, last: date
) -> Iterator[tuple[date | datetime, date | datetime]]:
    """Starts and ends that may touch the days, without those that were moved or cancelled."""
    start, stop = span(gathering)
    if gathering.repeat is None:
        yield start, stop
        return
    length: timedelta = stop - start  # type: ignore[operator]  # both days or both moments
    changed = {change.on for change in gathering.changes}
    for at in _starts(gathering.repeat, start, first - length - ONE_DAY, last):
        if _moment(at).astimezone(JAPAN).date() not in changed:
            yield at, at + length


def _starts(
    repeat: Repeat, start: date | datetime, first: date, last: date
) -> Iterator[date | datetime]:
    if rules.plain(repeat):
        begin = start.date() if isinstance(start, datetime) else start
        yield from (_same_kind(day, start) for day in rules.days(repeat, begin, first, last))
        return
    local = _moment(start).astimezone(JAPAN).replace(tzinfo=None)
    for at in rules.raw(repeat, local, first, last):
        yield at.replace(tzinfo=JAPAN) if isinstance(start, datetime) else at.date()


def _changed_once(one: Occurrence, gathering: Gathering) -> Occurrence:
    """A gathering without a rule may be cancelled or moved too."""
    if gathering.repeat:
        return one
    change = next((change for change in gathering.changes if change.on == one.day), None)
    return _with(one, change) if change else one


def _changed(gathering: Gathering, first: date, last: date) -> Iterator[Occurrence]:
    """The moved and cancelled dates of a rule: shown as such, not dropped."""
    if not gathering.repeat:
        return
    start, stop = span(gathering)
    for change in gathering.changes:
        begin = _same_kind(change.on, start)
        length = _moment(stop) - _moment(start)
        plain = Occurrence(_moment(begin), _moment(begin) + length, gathering.id,
                           not isinstance(start, datetime))  # fmt: skip
        moved = _with(plain, change)
        if first <= moved.day <= last:
            yield moved


def _with(one: Occurrence, change: Moved) -> Occurrence:
    if change.to is None or change.cancelled:
        return Occurrence(one.starts_at, one.ends_at, one.gathering, one.all_day, cancelled=True)
    start = _aware(change.to)
    length = one.ends_at - one.starts_at
    return Occurrence(start, start + length, one.gathering, False, moved_from=change.on)


def _moment(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return _aware(value)
    return datetime.combine(value, time(), JAPAN)


def google_url(one: Occurrence, title: str, place: str, details: str) -> str:
    """A page of Google Calendar with this date filled in."""
    if one.all_day:
        dates = f"{one.day:%Y%m%d}/{one.last_day + timedelta(days=1):%Y%m%d}"
    else:
        dates = "/".join(
            f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (one.starts_at, one.ends_at)
        )
    query = {
        "action": "TEMPLATE",
        "text": title,
        "dates": dates,
        "location": place,
        "details": details,
    }
    return "https://calendar.google.com/calendar/render?" + urlencode(
        {name: value[:200] for name, value in query.items() if value}
    )


def undated(gatherings: Iterable[Gathering]) -> list[Gathering]:
    """Those that take place, but nobody has said when."""
    return [gathering for gathering in gatherings if gathering.undated]
