"""Days of the Nepali calendar (Bikram Sambat): मंसिर १५, १५ गते, 15 mangsir, २०८३/८/१५.

It has no rule: a committee fixes each year, and tables of years to come differ and are mended when the year is near.
So only years that are fixed are in faq/dates.yaml (`years`), each with its first day and the length of its months.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import regex

from bot import days
from bot.days import Span
from bot.normal import plain

_FIGURES = regex.compile(r"(?<!\d)(20[89]\d)[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_YEAR = regex.compile(r"(?<!\d)20[89]\d(?!\d)")
_TO = r"(?:देखि|सम्म|र|dekhi|samma|ra)"
_GATE = r"(?:\s*(?:गते|gate))?"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year that is fixed, and the days it has of ours."""

    year: int
    number: int
    span: Span


def fixed(rows: Sequence[str]) -> list[Month]:
    """The months of rows such as "2083 2026-04-14 31 31 32 …", soonest first."""
    return [month for row in sorted(rows) for month in _year(row)]


def _year(row: str) -> Iterator[Month]:
    year, first, *lengths = row.split()
    day = date.fromisoformat(first)
    for number, length in enumerate(map(int, lengths), 1):
        last = day + timedelta(days=length - 1)
        yield Month(int(year), number, (day, last))
        day = last + timedelta(days=1)


def read(
    written: str, bare: str, today: date, months: Sequence[Month], names: Sequence[str]
) -> Span | None:
    """The day, days or month that a text names, as far as its year is fixed; `names` are the months', in order."""
    if found := _FIGURES.search(written):
        year, number, day = map(int, found.groups())
        return next(
            (_day(one, day) for one in months if (one.year, one.number) == (year, number)), None
        )
    if (named := _named(bare, names)) is None:
        return _of_this_month(bare, today, months)
    number, first, last = named
    year_found = _YEAR.search(bare)
    for one in months:
        if one.number != number or (year_found and one.year != int(year_found[0])):
            continue
        span = _span(one, first, last)
        if span and (year_found or span[1] >= today):
            return span
    return None


def _named(bare: str, names: Sequence[str]) -> tuple[int, int | None, int | None] | None:
    """The number of a month, and the day or days beside it."""
    for number, forms in enumerate(names, 1):
        name = "|".join(regex.escape(plain(form)) for form in forms.split("/"))
        month = rf"(?<![\p{{L}}\p{{M}}])(?:{name})(?:मा|को|का)?(?![\p{{L}}\p{{M}}])"
        numbers = rf"(\d{{1,2}}){_GATE}(?:\s*{_TO}?\s*(\d{{1,2}})(?!\d))?"
        found = regex.search(rf"{month}\s+{numbers}", bare) or regex.search(
            rf"(?<!\d){numbers}{_GATE}\s+{month}", bare
        )
        if found:
            return number, int(found[1]), int(found[2]) if found[2] else None
        if regex.search(month, bare):
            return number, None, None
    return None


def _of_this_month(bare: str, today: date, months: Sequence[Month]) -> Span | None:
    """१५ गते without a month: the next such day."""
    found = regex.search(r"(?<!\d)(\d{1,2})\s*(?:गते|gate)", bare)
    spans = (_day(one, int(found[1])) for one in months) if found else ()
    return next((span for span in spans if span and span[0] >= today), None)


def _span(month: Month, first: int | None, last: int | None) -> Span | None:
    if first is None:
        return month.span
    start = _day(month, first)
    return days.between(start, _day(month, last)) if last and last > first else start


def _day(month: Month, number: int) -> Span | None:
    day = month.span[0] + timedelta(days=number - 1)
    return (day, day) if number >= 1 and day <= month.span[1] else None
