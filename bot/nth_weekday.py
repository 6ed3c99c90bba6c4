"""The nth weekday of a month: the second Saturday of January, 1月の第2土曜日, the last Friday."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import regex

from bot import days
from bot.days import Span
from bot.heard import Heard
from bot.normal import UNSPACED, kana, plain, spaceless

LAST = 6  # where the words stand in the table: first to fifth, last
MONTHS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Names:
    """The words of some languages: `before` and `after` hold rows of ordinals, first to fifth and last.

    `spaced` finds whole words, `joined` those of scripts that are searched without their spaces.
    """

    weekdays: Sequence[tuple[str, int]]
    before: Sequence[Sequence[str]]
    after: Sequence[Sequence[str]]
    spaced: regex.Pattern[str] | None
    joined: regex.Pattern[str] | None


def names(
    words: Mapping[str, Mapping[str, Sequence[str]]],
    locales: Sequence[str],
    weekdays: Sequence[tuple[str, int]],
) -> Names:
    """From the table of words: `nth` holds what stands before a weekday, `nth-after` what stands behind it."""
    before, after = (
        [
            [
                word
                for locale in locales
                for word in _row(words.get(locale, {}).get(name, ()), number)
            ]
            for number in range(LAST)
        ]
        for name in ("nth", "nth-after")
    )
    spaced, joined = (_pattern_of(unspaced, weekdays, before, after) for unspaced in (False, True))
    return Names(weekdays, before, after, spaced, joined)


def _row(rows: Sequence[str], number: int) -> list[str]:
    return rows[number].split("/") if number < len(rows) else []


def named(heard: Heard, names: Names) -> tuple[int, int] | None:
    """(2, 5) of "the second Saturday": which one, Monday is 0; None where a text names no such day."""
    for pattern, text in ((names.spaced, heard.bare), (names.joined, heard.joined)):
        if pattern and (found := pattern.search(text)):
            which = found["before"] if found["before"] else found["after"]
            day = found["day"] or found["this"]
            return _number(which, names), _weekday(day, names)
    return None


def _pattern_of(
    unspaced: bool,
    weekdays: Sequence[tuple[str, int]],
    before: Sequence[Sequence[str]],
    after: Sequence[Sequence[str]],
) -> regex.Pattern[str] | None:
    """None where the languages have no such words."""
    days_named = [_form(name) for name, _ in weekdays if _same(name, unspaced)]
    first = [_form(word) for word in _all(before) if _same(word, unspaced)]
    last = [_form(word) for word in _all(after) if _same(word, unspaced)]
    return _pattern(unspaced, days_named, first, last) if days_named and (first or last) else None


def _pattern(
    unspaced: bool, weekdays: Sequence[str], before: Sequence[str], after: Sequence[str]
) -> regex.Pattern[str]:
    edge, end = (
        ("", "") if unspaced else (r"(?<![\p{L}\p{M}\p{N}])[وبلف]?", r"(?![\p{L}\p{M}\p{N}])")
    )
    gap = "" if unspaced else r"\s+"
    any_day, none = "|".join(weekdays), "(?!)"
    first, last = "|".join(before) or none, "|".join(after) or none
    return regex.compile(
        rf"{edge}(?<before>{first}){gap}(?<day>{any_day}){end}"
        rf"|{edge}(?<this>{any_day}){gap}(?<after>{last}){end}"
    )


def _all(rows: Sequence[Sequence[str]]) -> list[str]:
    return sorted((word for row in rows for word in row), key=len, reverse=True)


def _same(word: str, unspaced: bool) -> bool:
    return bool(UNSPACED.search(word)) == unspaced


def _form(word: str) -> str:
    """A word as it stands in a text; a star lets it go on."""
    made = plain(word.rstrip("*"))
    made = kana(spaceless(made)) if UNSPACED.search(made) else made
    return regex.escape(made) + (r"\p{L}*" if word.endswith("*") else "")


def _number(found: str, names: Names) -> int:
    rows = [*enumerate(names.before, 1), *enumerate(names.after, 1)]
    return next(n for n, row in rows if any(regex.fullmatch(_form(word), found) for word in row))


def _weekday(found: str, names: Names) -> int:
    return next(n for name, n in names.weekdays if regex.fullmatch(_form(name), found))


def day(which: int, weekday: int, month: Span) -> date | None:
    """That day of a month; None where it has no fifth one."""
    first, last = month
    if which == LAST:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    found = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=which - 1)
    return found if found <= last else None


def coming(which: int, weekday: int, today: date, month: Span | None) -> Span | None:
    """That day of a month, else the next such day there is."""
    spans = [month] if month else [days.month_ahead(today, n) for n in range(MONTHS_AHEAD)]
    found = (day(which, weekday, span) for span in spans)
    return next(((one, one) for one in found if one and (month or one >= today)), None)
