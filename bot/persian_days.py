"""Days of the Persian calendar, in the names of Iran and of Afghanistan: ۱۵ آذر, پانزدهم قوس, ۱۴۰۵/۹/۱۵, نوروز.

Exact by the 33-year rule, which agrees with the equinox from 1925 to 2088; a test holds it against ICU.
"""

from __future__ import annotations

from datetime import date, timedelta

import regex

from bot import days
from bot.days import Span

_MONTHS = (
    ("فروردین", "حمل"), ("اردیبهشت", "ثور"), ("خرداد", "جوزا"), ("تیر", "سرطان"), ("مرداد", "اسد"),
    ("شهریور", "سنبله"), ("مهر", "میزان"), ("آبان", "عقرب"), ("آذر", "قوس"), ("دی", "جدی"), ("بهمن", "دلو"),
    ("اسفند", "حوت"),
)  # fmt: skip
_NUMBERS = {
    name.replace("آ", "ا"): number for number, names in enumerate(_MONTHS, 1) for name in names
}
NAMES = tuple(_NUMBERS)
_NAME = rf"(?<month>{'|'.join(_NUMBERS)})(?!\p{{L}})"
_TO = r"(?:تا|الی|و)"
_DAY = regex.compile(
    rf"(?<!\d)(?<day>\d{{1,2}})(?:th)?(?:\s+{_TO}\s+(?<last>\d{{1,2}})(?:th)?)?\s+{_NAME}"
)
_MONTH = regex.compile(
    rf"(?:(?<=ماه\s)|(?<=اول\s|اوایل\s|وسط\s|اواسط\s|اخر\s|اواخر\s)){_NAME}|{_NAME}(?=\s+ماه)"
)
_FIGURES = regex.compile(r"(?<!\d)(1[34]\d\d)[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_YEAR = regex.compile(r"(?<!\d)1[34]\d\d(?!\d)")
LEAP_YEARS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})  # of every 33
KNOWN_YEAR, KNOWN_DAY = 1403, date(2024, 3, 20)


def read(written: str, bare: str, today: date) -> Span | None:
    """The day, days or month that a text names; `written` keeps its punctuation."""
    if found := _FIGURES.search(written):
        return _one(*map(int, found.groups()))
    bare = bare.replace("نوروز", "1 فروردین")
    named = _DAY.search(bare) or _MONTH.search(bare)
    if not named:
        return None
    month, year = _NUMBERS[named["month"]], _YEAR.search(bare)
    years = [int(year[0])] if year else [today.year - 622, today.year - 621, today.year - 620]
    spans = [_span(one, month, named.groupdict()) for one in years]
    return next((span for span in spans if span and (year or span[1] >= today)), None)


def _span(year: int, month: int, found: dict[str, str | None]) -> Span | None:
    if "day" not in found:
        first = _first_of(year, month)
        return first, _first_of(year + month // 12, month % 12 + 1) - timedelta(days=1)
    start = _one(year, month, int(found["day"] or 0))
    return days.between(start, _one(year, month, int(found["last"]))) if found["last"] else start


def _one(year: int, month: int, day: int) -> Span | None:
    if not (1 <= month <= 12 and 1 <= day <= _length(year, month)):
        return None
    return (_first_of(year, month) + timedelta(days=day - 1),) * 2


def _length(year: int, month: int) -> int:
    if month < 12:
        return 31 if month <= 6 else 30
    return 30 if year % 33 in LEAP_YEARS else 29


def _first_of(year: int, month: int) -> date:
    earlier = range(min(year, KNOWN_YEAR), max(year, KNOWN_YEAR))
    length = sum(365 + (one % 33 in LEAP_YEARS) for one in earlier)
    new_year = KNOWN_DAY + timedelta(days=length if year >= KNOWN_YEAR else -length)
    return new_year + timedelta(days=sum(_length(year, one) for one in range(1, month)))
