"""Weeks of a month: the first week of January, the last of this month, 1月の第1週; seven days from either end."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, timedelta

from bot import days
from bot.days import Span
from bot.heard import Heard, has

LAST = 5  # where the words stand in the table: first to fourth, last


def named(heard: Heard, rows: Sequence[str]) -> int | None:
    """Which week of a month a text names: 1 to 4, or the last; `rows` are its words in order."""
    for number, row in enumerate(rows, 1):
        if any(has(word, heard.bare, heard.joined) for word in row.split("/") if word):
            return number
    return None


def week(which: int, month: Span) -> Span:
    """Its seven days."""
    first = month[1] - timedelta(days=6) if which == LAST else month[0] + timedelta(weeks=which - 1)
    return first, first + timedelta(days=6)


def coming(which: int, today: date, month: Span | None) -> Span:
    """That week of a month, else of this month or, where it is over, of the next."""
    months = [month] if month else [days.month_ahead(today, ahead) for ahead in (0, 1)]
    weeks = [week(which, one) for one in months]
    return next((one for one in weeks if one[1] >= today), weeks[-1])


def edge(found: Set[str], today: date, month: Span | None) -> Span | None:
    """The first or the last day of a month, else of this one or, where that is over, of the next."""
    months = [month] if month else [days.month_ahead(today, ahead) for ahead in (0, 1)]
    at = 0 if "first-day" in found else 1 if "last-day" in found else None
    if at is None:
        return None
    return next(((one[at], one[at]) for one in months if month or one[at] >= today), None)
