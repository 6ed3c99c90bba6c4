"""Dates in figures: 2027-06-20, 6月20日, ngày 20 tháng 6, 20/6, 20.6.2027, 12/5〜12/10."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import regex

from bot import days
from bot.days import Span

# Elsewhere the day comes first; 6/20 is understood everywhere, because only June has that day.
MONTH_FIRST = frozenset({"ja", "ja-simple", "zh-Hans", "ko"})
_TO = r"\s*(?:から|より|[-–—~〜～、,・]|到|至|或|和|か|と|や|부터)\s*"
_ISO = regex.compile(
    r"(?<!\d)(20[0-6]\d)\s*(?:[-/.年]|ねん)\s*(\d{1,2})\s*(?:[-/.月]|がつ)\s*(\d{1,2})(?!\d)"
)
_YEAR_MONTH = regex.compile(r"(?<!\d)(20\d\d)\s*(?:年|ねん)\s*(\d{1,2})\s*(?:月|がつ)")
_JOINED = regex.compile(r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)")
_EAST = regex.compile(
    r"(?<!\d)(\d{1,2})\s*(?:月|월|がつ|လပိုင်း)\s*(?:份)?(?:(\d{1,2})\s*(?:日|号|號|일|にち|か|ရက်)?"
    rf"(?:\([^)]*\))?(?:{_TO}(?:(\d{{1,2}})\s*(?:月|월|がつ)\s*)?(\d{{1,2}})\s*(?:日|号|號|일|にち|か))?)?"
)
_VIETNAMESE = regex.compile(
    r"(?:(?:(?:ngày|ngay|mùng|mồng|hôm)\s*)?(\d{1,2})\s*(?:(?:đến|den|tới|toi|và|va|hoặc|,|-)\s*(?:(?:ngày|ngay|mùng|mồng|hôm)\s*)?(\d{1,2})\s*)?)?"
    r"(?:tháng|thang)\s*(\d{1,2})(?!\d)"
)
_EAST_MONTH = regex.compile(r"(?<!\d)(\d{1,2})\s*(?:月|월|がつ|လပိုင်း)")
_VIETNAMESE_MONTH = regex.compile(r"(?:tháng|thang)\s*(\d{1,2})(?!\d)")
_NUMBERED = regex.compile(r"(?:شهر|ماه)\s*(\d{1,2})(?!\d)")
_SLASH = regex.compile(r"(?<![\d/.])(\d{1,2})([/.])(\d{1,2})(?:\2(20\d\d))?(?![\d/])")
_DASHED = regex.compile(r"(?<!\d)(\d{1,2})-(\d{1,2})-(20\d\d)(?!\d)")
_DAYS_OF = regex.compile(
    r"(?<![\d/.-])(\d{1,2})\s*(?:[-–~]|đến|den|tới|và|au|et|to|and|по|до|і|та|ile|ve|الى|إلى|تا|و|देखि|र|မှ|နဲ့)\s*(\d{1,2})[/.](\d{1,2})(?![\d/])"
)
_DAY_TO_DAY = regex.compile(rf"(?<![\d/.-])(\d{{1,2}})/(\d{{1,2}}){_TO}(\d{{1,2}})(?![\d/.月:時])")


def read(written: str, locale: str, today: date) -> Span | None:
    """The day, days or month that figures name in a text that `numerals.latin` made."""
    return (
        _full(written)
        or _east(written, today)
        or _vietnamese(written, today)
        or _numbered_month(written, today)
        or _slashed(written, locale, today)
    )


def month(written: str, today: date) -> Span | None:
    """The month that figures name beside something else than a day: 1月の第2土曜日, 2027年1月, tháng 1."""
    if (named := _YEAR_MONTH.search(written)) and 1 <= int(named[2]) <= 12:
        return days.month(int(named[1]), int(named[2]))
    patterns = (_EAST_MONTH, _VIETNAMESE_MONTH, _NUMBERED)
    found = next((one for pattern in patterns if (one := pattern.search(written))), None)
    return days.coming_month(int(found[1]), today) if found and 1 <= int(found[1]) <= 12 else None


def _full(written: str) -> Span | None:
    found = list(_ISO.finditer(written)) or list(_JOINED.finditer(written))
    spans = [days.one(int(one[1]), int(one[2]), int(one[3])) for one in found[:2]]
    if found:
        return days.between(spans[0], spans[-1])
    if (named := _YEAR_MONTH.search(written)) and 1 <= int(named[2]) <= 12:
        return days.month(int(named[1]), int(named[2]))
    if dashed := _DASHED.search(written):
        first, second, year = (int(part) for part in dashed.groups())
        return days.one(year, second, first) or days.one(year, first, second)
    return None


def _east(written: str, today: date) -> Span | None:
    found = _EAST.search(written)
    if not found or not 1 <= int(found[1]) <= 12:
        return None
    if found[2] is None:
        return days.coming_month(int(found[1]), today)
    start = days.coming_day(int(found[1]), int(found[2]), today)
    if start is None or found[4] is None:
        return start
    return days.between(start, days.one(start[0].year, int(found[3] or found[1]), int(found[4])))


def _vietnamese(written: str, today: date) -> Span | None:
    found = _VIETNAMESE.search(written)
    if not found or not 1 <= int(found[3]) <= 12:
        return None
    if found[1] is None:
        return days.coming_month(int(found[3]), today)
    start = days.coming_day(int(found[3]), int(found[1]), today)
    if start is None or found[2] is None:
        return start
    return days.between(start, days.one(start[0].year, int(found[3]), int(found[2])))


def _numbered_month(written: str, today: date) -> Span | None:
    found = _NUMBERED.search(written)
    return days.coming_month(int(found[1]), today) if found and 1 <= int(found[1]) <= 12 else None


def _slashed(written: str, locale: str, today: date) -> Span | None:
    if found := _DAYS_OF.search(written):
        first, last, month = (int(part) for part in found.groups())
        start = days.coming_day(month, first, today) if 1 <= month <= 12 else None
        if start and last > first:
            return days.between(start, days.one(start[0].year, month, last))
    if found := _DAY_TO_DAY.search(written):
        pair = (int(found[1]), int(found[2]))
        month, first = pair if locale in MONTH_FIRST else pair[::-1]
        start = days.coming_day(month, first, today) if 1 <= month <= 12 else None
        if start and int(found[3]) > first:
            return days.between(start, days.one(start[0].year, month, int(found[3])))
    spans = list(_each(written, locale, today))[:2]
    return days.between(spans[0], spans[-1]) if spans else None


def _each(written: str, locale: str, today: date) -> Iterator[Span]:
    """The usual order first, the other where that is no date."""
    for found in _SLASH.finditer(written):
        pair = (int(found[1]), int(found[3]))
        orders = [pair, pair[::-1]] if locale in MONTH_FIRST else [pair[::-1], pair]
        year = int(found[4]) if found[4] else None
        spans = (days.coming_day(month, day, today, year) for month, day in orders)
        if span := next((span for span in spans if span), None):
            yield span
