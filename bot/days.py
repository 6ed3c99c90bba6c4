"""Days that a date without its year can mean: the coming one, a month, a part of a month."""

from __future__ import annotations

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
Span = tuple[date, date]  # inclusive


def one(year: int, month: int, number: int) -> Span | None:
    """A day as a span; None where the calendar has no such day."""
    try:
        day = date(year, month, number)
    except ValueError:
        return None
    return day, day


def month(year: int, number: int) -> Span:
    """All days of a month."""
    first = date(year, number, 1)
    return first, date(year + number // 12, number % 12 + 1, 1) - ONE_DAY


def month_ahead(today: date, ahead: int) -> Span:
    """All days of the month so many months after this one."""
    number = today.year * 12 + today.month - 1 + ahead
    return month(number // 12, number % 12 + 1)


def year(number: int) -> Span:
    """All days of a year."""
    return date(number, 1, 1), date(number, 12, 31)


def coming_month(number: int, today: date) -> Span:
    """This year's, unless it is over."""
    return month(today.year + (number < today.month), number)


def coming_day(number: int, day: int, today: date, year: int | None = None) -> Span | None:
    """The next such day, or that of a year."""
    if year is not None:
        return one(year, number, day)
    spans = (one(each, number, day) for each in range(today.year, today.year + 5))
    return next((span for span in spans if span and span[0] >= today), None)


def coming_number(number: int, today: date) -> Span | None:
    """ "On the 20th": of this month, or of the next that has such a day."""
    year, at = today.year, today.month
    for _ in range(12):
        day = one(year, at, number)
        if day and day[0] >= today:
            return day
        year, at = year + at // 12, at % 12 + 1
    return None


def between(first: Span | None, last: Span | None) -> Span | None:
    """From one day to another; a last day that comes before is one of the next year."""
    if first is None or last is None:
        return first or last
    if last[0] < first[0]:
        last = one(last[0].year + 1, last[0].month, last[0].day)
    return (first[0], last[1]) if last else first


def part(span: Span, name: str) -> Span:
    """Of a month: its start (to the 10th), middle (to the 20th) or end, as 上旬, 中旬, 下旬."""
    first, last = span
    tenth, twentieth = first + timedelta(days=9), first + timedelta(days=19)
    return {
        "start": (first, tenth),
        "middle": (tenth + ONE_DAY, twentieth),
        "end": (twentieth + ONE_DAY, last),
    }[name]


def week(today: date, ahead: int) -> Span:
    """Monday to Sunday, `ahead` weeks from this one."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    return monday, monday + timedelta(days=6)
