"""Months by their names, and the days whose numbers stand beside them: 20 June, 5 to 10 December."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

import regex

from bot import day_names, days
from bot.days import Span
from bot.normal import UNSPACED

BESIDE = 28  # letters between the name of a month and a number that belongs to it
YEAR = regex.compile(r"(?<!\d)20\d\d(?!\d)")
_WORD = regex.compile(r"\S+")
_NUMBER = regex.compile(r"(?<!\d)(\d{1,2})(?!\d|[:.]\d)")


@dataclass(frozen=True, slots=True)
class Mention:
    """Where in a text a month is named."""

    start: int
    end: int
    month: int


def mentions(bare: str, stems: Sequence[Sequence[str]]) -> list[Mention]:
    """All months that are named, in the order of the text; a longer name hides one inside it."""
    words = [(word[0], word.span()) for word in _WORD.finditer(bare)]
    found = [
        Mention(*spot, number)
        for number, names in enumerate(stems, 1)
        for stem in names
        for spot in _spots(bare, words, stem)
    ]
    kept: list[Mention] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _spots(
    bare: str, words: Sequence[tuple[str, tuple[int, int]]], stem: str
) -> list[tuple[int, int]]:
    if stem not in bare:  # nearly always: no word need be looked at
        return []
    if pattern := _inside(stem):
        return [one.span() for one in pattern.finditer(bare)]
    return [span for word, span in words if day_names.begins(word, stem)]


@lru_cache(maxsize=4096)
def _inside(stem: str) -> regex.Pattern[str] | None:
    """For a name that is looked for in the whole text; None: it begins a word."""
    if UNSPACED.search(stem):
        return regex.compile(rf"{regex.escape(stem)}(?!\p{{M}})")
    return regex.compile(rf"(?<!\S){regex.escape(stem)}(?!\S)") if " " in stem else None


def beside(
    named: Sequence[Mention], bare: str, since: date, joins: Callable[[str], bool]
) -> Span | None:
    """The day beside a month, from one day to another, or over two months; None without numbers."""
    numbers = [spot for spot in _NUMBER.finditer(bare) if 1 <= int(spot[1]) <= 31]
    if not named or not numbers:
        return None
    written = YEAR.search(bare)
    year = int(written[0]) if written else None
    if len(named) > 1 and len(numbers) > 1:
        return _over_two(named[:2], numbers, since, year)
    month = named[0]
    near = [one for one in numbers if _gap(one, month) <= BESIDE]
    for one, other in pairwise(near):
        first = days.coming_day(month.month, int(one[1]), since, year)
        last = days.coming_day(month.month, int(other[1]), first[0], year) if first else None
        if last and int(one[1]) < int(other[1]) and joins(_between(bare, one, other, month)):
            return days.between(first, last)
    closest = sorted(near, key=lambda one: _gap(one, month))
    dated = (days.coming_day(month.month, int(one[1]), since, year) for one in closest)
    return next((day for day in dated if day), None)


def _over_two(
    named: Sequence[Mention], numbers: Sequence[regex.Match[str]], since: date, year: int | None
) -> Span | None:
    """31 December to 3 January, or December 31 to January 3."""
    if numbers[0].start() < named[0].start:
        chosen = list(numbers[:2])
    else:
        after = [next((spot for spot in numbers if spot.start() >= one.end), None) for one in named]
        chosen = [spot for spot in after if spot is not None]
    dated = [
        days.coming_day(one.month, int(spot[1]), since, year)
        for one, spot in zip(named, chosen, strict=False)
    ]
    return days.between(dated[0], dated[-1]) if dated else None


def _gap(number: regex.Match[str], month: Mention) -> int:
    """How far a number stands from the name of a month."""
    if number.end() <= month.start:
        return month.start - number.end()
    return max(0, number.start() - month.end)


def _between(bare: str, one: regex.Match[str], other: regex.Match[str], month: Mention) -> str:
    """What stands between two numbers, without the name of the month."""
    if one.end() <= month.start and month.end <= other.start():
        return bare[one.end() : month.start] + " " + bare[month.end : other.start()]
    return bare[one.end() : other.start()]
