"""Days in people's words: today, this weekend, in June, on the 20th, 6月20日; and kinds of gatherings.

Names of months and weekdays are CLDR's (Babel) in every language; all other words, in every language, are our own
table faq/dates.yaml, which staff can mend. dateparser covers none of our languages better: told the language, its
search reads 179 of the 372 single days of tests/when (English 24 of 33, Burmese 8 of 31, easy Japanese 1 of 28)
and 23 of the 371 weeks, weekends and months; it takes numbers of a sentence for days.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import regex

from bot import day_names, days, month_days, numerals, written_dates
from bot.days import ONE_DAY, Span
from bot.models import Language
from bot.normal import UNSPACED, kana, plain, spaceless

KINDS = (
    "film", "exhibition", "class", "consultation", "festival", "seminar", "symposium", "openday", "meeting",
    "week", "action-day",
)  # fmt: skip
SPOKEN = (
    "day-after", "tomorrow", "today", "week-after", "next-week", "this-week",
    "next-month", "this-month", "next-year",
)  # fmt: skip
PARTS = ("start", "middle", "end")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST_TYPO = 6  # letters; in shorter words one letter makes another word
LIKE = 0.82
_DAY = regex.compile(
    r"(?<!\d)(\d{1,2})\s*(?:日(?!後)|号|號|일|にち|st|nd|rd|th|-?го|-?е|'\p{L}{2,6})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message says of time and kind. `start` and `end` are inclusive days in Japan."""

    start: date | None = None
    end: date | None = None
    kind: str | None = None
    children: bool = False
    event: bool = False  # names gatherings in general
    mine: bool = False  # in the person's own language
    near: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    """A message as it is read: `written` keeps punctuation, `bare` has words only, `joined` no spaces."""

    written: str
    bare: str
    joined: str
    locales: Sequence[str]
    found: frozenset[str]


class Calendar:
    """Understands days for the languages of one content."""

    def __init__(
        self, languages: Mapping[str, Language], words: Mapping[str, Mapping[str, Sequence[str]]]
    ) -> None:
        self._languages = languages
        self._words = words

    def read(self, text: str, locale: str, today: date) -> Asked:
        """What is asked for. Without any day, `start` and `end` are None."""
        heard = self._heard(text, locale)
        kind = _kind(heard.found)
        span = self._span(heard, locale, today)
        if span is None and (kind or "event" in heard.found):
            mended = self._mended(heard.bare, heard.locales)
            span = self._span(self._heard(mended, locale), locale, today) if mended else None
        start, end = span or (None, None)
        return Asked(
            start, end, kind, *(name in heard.found for name in ("children", "event", "mine", "near"))
        )  # fmt: skip

    def kind(self, title: str) -> str | None:
        """The kind that a title names, in Japanese or English."""
        return _kind(self._named(plain(title), ["ja", "en"]))

    def _heard(self, text: str, locale: str) -> _Text:
        locales = _related(locale)
        written = numerals.latin(text)
        bare = self._ordinals(plain(written), locales)
        for phrase in self._listed("ignore", locales):
            bare = f" {bare} ".replace(f" {plain(phrase)} ", " ").strip()
        joined = kana(spaceless(bare))
        return _Text(written, bare, joined, locales, frozenset(self._named(bare, locales)))

    def _span(self, heard: _Text, locale: str, today: date) -> Span | None:
        """The most exact way of naming days wins: figures, a month with days, weekdays, words."""
        since = date(today.year + 1, 1, 1) if "next-year" in heard.found else today
        figures = written_dates.read(heard.written, locale, since)
        if figures:
            return self._part(figures, heard.found)
        mentions = month_days.mentions(heard.bare, self._month_stems(tuple(heard.locales)))
        return (
            month_days.beside(
                mentions, heard.bare, since, lambda between: self._joins(between, heard)
            )
            or self._ahead(heard, today)
            or self._feast(heard.found, today)
            or self._weekday(heard, today)
            or self._weekend(heard.found, today)
            or self._month_alone(mentions, heard, since)
            or self._day_of_named_month(heard, today)
            or self._spoken(heard.found, today)
            or self._day_of_month(heard, today)
        )

    # --- words ------------------------------------------------------------------------------------

    def _named(self, bare: str, locales: Sequence[str]) -> set[str]:
        joined = kana(spaceless(bare))
        return {
            name
            for locale in locales
            for name, words in self._words.get(locale, {}).items()
            if (locale == locales[0] or name not in WEEKDAYS)  # "thu" is no Thursday in Vietnamese
            and any(_has(word, bare, joined) for word in words)
        }

    def _ordinals(self, bare: str, locales: Sequence[str]) -> str:
        """بیستم and двадцятого as 20th."""
        names = list(enumerate(self._words.get(locales[0], {}).get("ordinals", ()), 1))
        for number, name in sorted(names, key=lambda row: -len(row[1])):
            bare = f" {bare} ".replace(f" {plain(name)} ", f" {number}th ").strip()
        return bare

    def _mended(self, bare: str, locales: Sequence[str]) -> str | None:
        """The text with its misspelt names of days as they should be; None where nothing is like one."""
        known = self._vocabulary(tuple(locales))
        words = bare.split()
        mended = [
            next(iter(difflib.get_close_matches(word, known, 1, LIKE)), word)
            if len(word) >= SHORTEST_TYPO - 1 and not UNSPACED.search(word)
            else word
            for word in words
        ]
        return " ".join(mended) if mended != words else None

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _vocabulary(self, locales: tuple[str, ...]) -> tuple[str, ...]:
        babels = self._babels(locales)
        names = [
            name for row in day_names.months(babels) + day_names.weekdays(babels) for name in row
        ]
        names += [
            plain(part) for name in ("today", "tomorrow", "weekend", "next-week", "next-month")
            for word in self._listed(name, locales) for part in word.rstrip("*").split()
        ]  # fmt: skip
        return tuple(dict.fromkeys(name for name in names if len(name) >= SHORTEST_TYPO))

    def _listed(self, name: str, locales: Sequence[str]) -> list[str]:
        return [word for locale in locales for word in self._words.get(locale, {}).get(name, ())]

    def _babels(self, locales: Sequence[str]) -> tuple[str, ...]:
        known = [self._languages[name].babel for name in locales if name in self._languages]
        return tuple(dict.fromkeys(known))

    # --- days, weeks, weekends --------------------------------------------------------------------

    def _spoken(self, found: frozenset[str], today: date) -> Span | None:
        """today, tomorrow, this or next week and month: "end" and "start" are those of the month."""
        coming, year = today.month % 12 + 1, today.year
        spans = {
            "day-after": (today + timedelta(days=2),) * 2,
            "tomorrow": (today + ONE_DAY,) * 2,
            "today": (today, today),
            "week-after": days.week(today, 2),
            "next-week": days.week(today, 1),
            "this-week": days.week(today, 0),
            "next-month": self._part(days.month(year + today.month // 12, coming), found),
            "this-month": self._part(days.month(year, today.month), found),
            "next-year": (date(year + 1, 1, 1), date(year + 1, 12, 31)),
        }
        return next((spans[name] for name in SPOKEN if name in found), None)

    def _ahead(self, heard: _Text, today: date) -> Span | None:
        """ "in 3 days" is a day, "in two weeks" is that week."""
        words = tuple(self._listed("numbers", heard.locales[:1]))
        for unit in ("in-days", "in-weeks"):
            for pattern in self._listed(unit, heard.locales):
                text = heard.joined if UNSPACED.search(pattern) else heard.bare
                found = _ahead_pattern(pattern, words).search(text)
                if not found:
                    continue
                number = numerals.counted(found[1], words)
                if unit == "in-weeks":
                    return days.week(today, number)
                return (today + timedelta(days=number),) * 2
        return None

    def _feast(self, found: frozenset[str], today: date) -> Span | None:
        """Christmas is a day; the new year is what Japan has off."""
        if "christmas" in found:
            return days.coming_day(12, 25, today)
        if "new-year" not in found:
            return None
        first = days.coming_day(1, 1, today)
        return (first[0], first[0] + timedelta(days=2)) if first else None

    def _weekend(self, found: frozenset[str], today: date) -> Span | None:
        """ "next weekend" is that of next week; of this one, what is left."""
        if "weekend" not in found:
            return None
        ahead = (
            2 if "week-after" in found else 1 if found & {"next-week", "next", "after-that"} else 0
        )
        saturday = days.week(today, ahead)[0] + timedelta(days=5)
        return max(saturday, min(today, saturday + ONE_DAY)), saturday + ONE_DAY

    def _weekday(self, heard: _Text, today: date) -> Span | None:
        """The coming one, or that of a week that is named; of two, from one to the other."""
        named = list(dict.fromkeys(self._weekdays_named(heard)))[:2]
        if not named or "weekend" in heard.found:
            return None
        weeks = {"week-after": 2, "next-week": 1, "this-week": 0}
        ahead = next((weeks[name] for name in weeks if name in heard.found), None)
        if ahead is None:
            first = today + timedelta(days=(named[0] - today.weekday()) % 7)
        else:
            first = days.week(today, ahead)[0] + timedelta(days=named[0])
        return first, first + timedelta(days=(named[-1] - named[0]) % 7)

    def _weekdays_named(self, heard: _Text) -> list[int]:
        """Monday is 0; in the order of the text. A longer name hides the shorter one inside it."""
        places: list[tuple[int, int]] = []
        left = {False: heard.bare, True: heard.joined}
        for name, number in self._weekday_names(tuple(heard.locales)):
            unspaced = bool(UNSPACED.search(name))
            for found in reversed(list(_weekday_pattern(name).finditer(left[unspaced]))):
                places.append((found.start(), number))
                gap = " " * len(found[0])
                left[unspaced] = (
                    left[unspaced][: found.start()] + gap + left[unspaced][found.end() :]
                )
        return [number for _, number in sorted(places)]

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _weekday_names(self, locales: tuple[str, ...]) -> list[tuple[str, int]]:
        """Longest first; a star means that the name may have an ending."""
        names: dict[str, int] = {}
        for number, forms in enumerate(day_names.weekdays(self._babels(locales))):
            names |= {
                f"{form}*" if len(form) > day_names.OPEN_STEM else form: number for form in forms
            }
        for number, day in enumerate(WEEKDAYS):
            words = self._words.get(locales[0], {}).get(day, ())
            names |= {plain(word.rstrip("*")) + "*" * word.endswith("*"): number for word in words}
        return sorted(names.items(), key=lambda row: -len(row[0].rstrip("*")))

    # --- months -----------------------------------------------------------------------------------

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _month_stems(self, locales: tuple[str, ...]) -> list[tuple[str, ...]]:
        found = day_names.months(self._babels(locales))
        for locale in locales:
            for number, names in enumerate(self._words.get(locale, {}).get("months", ())):
                more = tuple(plain(name) for name in names.split("/") if name)
                found = [(*row, *more) if at == number else row for at, row in enumerate(found)]
        return found

    def _month_alone(
        self, mentions: Sequence[month_days.Mention], heard: _Text, since: date
    ) -> Span | None:
        if not mentions:
            return None
        written = month_days.YEAR.search(heard.bare)
        month = mentions[0].month
        span = days.month(int(written[0]), month) if written else days.coming_month(month, since)
        return self._part(span, heard.found)

    def _part(self, span: Span, found: frozenset[str]) -> Span:
        """The start, middle or end of a month, where one is named."""
        named = next((name for name in PARTS if name in found), None)
        return days.part(span, named) if named and (span[1] - span[0]).days > 26 else span

    def _joins(self, between: str, heard: _Text) -> bool:
        words = self._listed("to", heard.locales)
        joined = spaceless(between)
        return not between.strip() or any(_has(word, between, joined) for word in words)

    def _day_of_named_month(self, heard: _Text, today: date) -> Span | None:
        """ "the 15th of next month" """
        if not heard.found & {"this-month", "next-month"}:
            return None
        first = days.month(today.year + today.month // 12, today.month % 12 + 1)[0]
        return self._day_of_month(heard, first if "next-month" in heard.found else today)

    def _day_of_month(self, heard: _Text, today: date) -> Span | None:
        """ "on the 20th", 20日, le 20: the next such day."""
        found = _DAY.search(heard.written) or regex.search(
            r"(?<!\d)(\d{1,2})th(?!\p{L})", heard.bare
        )
        beside = "|".join(regex.escape(plain(word)) for word in self._listed("day", heard.locales))
        if not found and beside:
            before = regex.compile(rf"(?<!\p{{L}})(?:{beside})\s*(\d{{1,2}})(?![\d:.])")
            after = regex.compile(rf"(?<!\d)(\d{{1,2}})\s*(?:{beside})")
            found = before.search(heard.bare) or after.search(heard.bare)
        if not found or not 1 <= int(found[1]) <= 31:
            return None
        return days.coming_number(int(found[1]), today)


def _kind(found: Set[str]) -> str | None:
    """The first kind that is named. A day of action is no word beside a number."""
    named = next((name for name in KINDS if name in found), None)
    return "day" if named == "action-day" else named


def _related(locale: str) -> list[str]:
    """The language itself, and English, whose words people mix in."""
    first = {"ja-simple": ["ja"]}.get(locale, [locale])
    return [*first, *(["en"] if locale != "en" else [])]


def _has(word: str, bare: str, joined: str) -> bool:
    open_end = word.endswith("*")
    wanted = plain(word.rstrip("*"))
    if UNSPACED.search(wanted):
        return kana(spaceless(wanted)) in joined
    return f" {wanted}" in f" {bare}" if open_end else f" {wanted} " in f" {bare} "


@lru_cache(maxsize=512)
def _weekday_pattern(name: str) -> regex.Pattern[str]:
    """A weekday in a text; in Arabic و ب ل may stand before it, in unspaced scripts anything."""
    bare = name.rstrip("*")
    if UNSPACED.search(bare):
        return regex.compile(regex.escape(kana(spaceless(bare))))
    end = "" if name.endswith("*") else r"(?![\p{L}\p{M}\p{N}])"
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{N}}])[وبلف]?{regex.escape(bare)}{end}")


@lru_cache(maxsize=512)
def _ahead_pattern(pattern: str, words: tuple[str, ...]) -> regex.Pattern[str]:
    """ "in # days" with a number, or with one of the number words of the language."""
    names = sorted((plain(name) for row in words for name in row.split("/")), key=len, reverse=True)
    number = "|".join([r"\d{1,2}", *map(regex.escape, names)])
    text = plain(pattern.rstrip("*"))
    text = kana(spaceless(text)) if UNSPACED.search(text) else text
    made = regex.escape(text, special_only=True).replace(r"\#", "#").replace("#", f"({number})")
    edge = "" if UNSPACED.search(text) else r"(?<![\p{L}\p{N}])"
    return regex.compile(
        edge + made + ("" if pattern.endswith("*") or not edge else r"(?![\p{L}])")
    )
