"""Times of the year that have a name: Christmas, the New Year, Golden Week, Obon, spring to winter."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import date, timedelta

from bot import days
from bot.days import Span

FEASTS = {"christmas-eve": (12, 24), "new-year-eve": (12, 31), "christmas": (12, 25)}
# First day and number of days: the New Year is what Japan has off, Golden Week its holidays of spring.
HOLIDAYS = {"new-year": (1, 1, 3), "golden-week": (4, 29, 7), "obon": (8, 13, 4)}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}  # the first of its three months


def span(found: Set[str], today: date, since: date) -> Span | None:
    """The days of the first such time that is named, this one or the next; `since` is in a year that is named."""
    if feast := next((FEASTS[name] for name in FEASTS if name in found), None):
        return days.coming_day(*feast, today)
    if "year-end" in found:
        return days.part(days.month(today.year, 12), "end")
    if holiday := next((HOLIDAYS[name] for name in HOLIDAYS if name in found), None):
        month, day, length = holiday
        return _coming(today, lambda year: _days(date(year, month, day), length))
    month = next((SEASONS[name] for name in SEASONS if name in found), 0)
    return _coming(since, lambda year: _season(year, month)) if month else None


def _coming(today: date, of: Callable[[int], Span]) -> Span:
    """That of this year, unless it is over; a winter may have begun in the last one."""
    return next(one for one in map(of, range(today.year - 1, today.year + 3)) if one[1] >= today)


def _days(first: date, length: int) -> Span:
    return first, first + timedelta(days=length - 1)


def _season(year: int, month: int) -> Span:
    first = date(year, month, 1)
    return first, days.month_ahead(first, 2)[1]
