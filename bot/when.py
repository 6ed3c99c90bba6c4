"""Days in people's words: today, this weekend, in June, on the 20th, 6月20日; and kinds of gatherings.

Names of months and weekdays are CLDR's (Babel) in every language; all other words, in every language, are our own
table faq/dates.yaml, which staff can mend. dateparser covers none of our languages better: told the language, its
search reads 179 of the 372 single days of tests/when (English 24 of 33, Burmese 8 of 31, easy Japanese 1 of 28)
and 23 of the 371 weeks, weekends and months; it takes numbers of a sentence for days.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import regex

from bot import (
    day_names,
    days,
    month_days,
    nepali_days,
    nth_weekday,
    numerals,
    persian_days,
    seasons,
    written_dates,
)
from bot.days import ONE_DAY, Span
from bot.heard import Heard, ahead_pattern, has, longest_first, name_pattern, placed, related
from bot.kinds import kind_of
from bot.models import Language
from bot.normal import UNSPACED, kana, plain, spaceless

WEEKS = {"week-after": 2, "next-week": 1, "this-week": 0}
MONTHS = {"month-after": 2, "next-month": 1, "this-month": 0}
DAYS = {"today": 0, "tomorrow": 1, "day-after": 2, "three-days": 3}
OTHER_CALENDAR = "other-calendar"
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
    coming: bool = False  # "the next …"
    when: bool = False  # "when is …"
    which_day: bool = False  # "what date", "which day"


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
        kind = kind_of(heard.found)
        span = self._span(heard, locale, today)
        if span is None and (kind or "event" in heard.found):
            mended = self._mended(heard.bare, heard.locales)
            span = self._span(self._heard(mended, locale), locale, today) if mended else None
        start, end = span or (None, None)
        said = {name: name in heard.found for name in ("children", "event", "mine", "near", "when")}
        coming, which_day = bool(heard.found & {"next", "coming"}), "which-day" in heard.found
        return Asked(start, end, kind, coming=coming, which_day=which_day, **said)

    def kind(self, title: str) -> str | None:
        """The kind that a title names, in Japanese or English."""
        return kind_of(self._named(plain(title), ["ja", "en"]))

    def _heard(self, text: str, locale: str) -> Heard:
        locales = related(locale)
        written = numerals.latin(text)
        bare = self._ordinals(plain(written), locales)
        for phrase in self._listed("ignore", locales):
            bare = f" {bare} ".replace(f" {plain(phrase)} ", " ").strip()
        joined = kana(spaceless(bare))
        return Heard(written, bare, joined, locales, frozenset(self._named(bare, locales)))

    def _span(self, heard: Heard, locale: str, today: date) -> Span | None:
        """The most exact way of naming days wins: figures, a month with days, weekdays, words."""
        since = date(today.year + 1, 1, 1) if "next-year" in heard.found else today
        span = self._of_another_calendar(heard, locale, since) or self._nth_weekday(heard, since)
        if span is None and OTHER_CALENDAR not in heard.found:
            span = written_dates.read(heard.written, locale, since)
        span = self._part(span, heard.found) if span else self._in_words(heard, since, today)
        return self._around(span, heard.found, today) if span and span[0] == span[1] else span

    def _around(self, day: Span, found: frozenset[str], today: date) -> Span:
        """Until a day, the week of a day, the weekend of the 12th."""
        if "until" in found and day[0] > today:
            return today, day[0]
        if "week-of" in found:
            return days.week(day[0], 0)
        saturday = days.week(day[0], 0)[0] + timedelta(days=5)
        return (saturday, saturday + ONE_DAY) if "weekend" in found and day[0] >= saturday else day

    def _of_another_calendar(self, heard: Heard, locale: str, since: date) -> Span | None:
        if locale == "fa":
            return persian_days.read(heard.written, heard.bare, since)
        rows = self._words.get(locale, {})
        if "years" not in rows:
            return None
        if month_days.mentions(heard.bare, self._month_stems(tuple(heard.locales))):
            return None  # जनवरी ९ गते is said too
        months = nepali_days.fixed(rows["years"])
        return nepali_days.read(heard.written, heard.bare, since, months, rows["own-months"])

    def _nth_weekday(self, heard: Heard, since: date) -> Span | None:
        """The second Saturday of a month; without one, the next second Saturday."""
        found = nth_weekday.named(heard, self._nth_names(tuple(heard.locales)))
        if found is None:
            return None
        numbered = month_days.mentions(heard.bare, self._month_stems(tuple(heard.locales)))
        month = self._month_alone(numbered, heard, since, whole=True)
        month = month or written_dates.month(heard.written, since)
        inside = heard.found & {"month", "this-month", "next-month"}
        if found[0] == nth_weekday.LAST and not (month or inside):
            return None  # "last Friday" is over
        if month is None and "next-month" in heard.found:
            month = days.month_ahead(since, 1)
        return nth_weekday.coming(*found, since, month)

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _nth_names(self, locales: tuple[str, ...]) -> nth_weekday.Names:
        return nth_weekday.names(self._words, locales, self._weekday_names(locales))

    def _in_words(self, heard: Heard, since: date, today: date) -> Span | None:
        named = month_days.mentions(heard.bare, self._month_stems(tuple(heard.locales)))
        first = self._listed("first-of", heard.locales[:1])
        if named and heard.bare[: named[0].start].rstrip().split(" ")[-1] in map(plain, first):
            return days.coming_day(named[0].month, 1, since)
        beside = month_days.beside(named, heard.bare, since, lambda text: self._joins(text, heard))
        if beside or OTHER_CALENDAR in heard.found:
            return beside  # a day of a calendar that is not known is no day of ours
        return (
            self._ahead(heard, today)
            or seasons.span(heard.found, today, since)
            or self._month_alone(named, heard, since)
            or self._weekday(heard, today)
            or self._weekend(heard, today)
            or self._day_of_named_month(heard, today)
            or self._spoken(heard, today)
            or self._month_part(heard.found, today)
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
            and any(has(word, bare, joined) for word in words)
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

    def _spoken(self, heard: Heard, today: date) -> Span | None:
        """today, tomorrow or both; this or next week, month and year."""
        if spoken := self._days_spoken(heard):
            return today + timedelta(days=min(spoken)), today + timedelta(days=max(spoken))
        if (weeks := self._weeks_ahead(heard)) is not None:
            return days.week(today, weeks)
        months = next((MONTHS[name] for name in MONTHS if name in heard.found), None)
        if months is not None:
            return self._part(days.month_ahead(today, months), heard.found)
        ahead = 1 if "next-year" in heard.found else 0 if "this-year" in heard.found else None
        return None if ahead is None else days.year(today.year + ahead)

    def _days_spoken(self, heard: Heard) -> list[int]:
        """How many days ahead: "the day after tomorrow" hides the tomorrow inside it."""
        rows = [(word, ahead) for name, ahead in DAYS.items()
                for word in self._listed(name, heard.locales)]  # fmt: skip
        return placed(
            heard,
            longest_first(
                {plain(word.rstrip("*")) + "*" * word.endswith("*"): n for word, n in rows}
            ),
        )

    def _counted(self, unit: str, heard: Heard) -> int | None:
        """3 of "in 3 days", where `unit` holds the ways in which a language says that."""
        words = self._numbers(heard)
        for pattern in self._listed(unit, heard.locales):
            text = heard.joined if UNSPACED.search(pattern) else heard.bare
            if found := ahead_pattern(pattern, words).search(text):
                return numerals.counted(found[1], words)
        return None

    def _ahead(self, heard: Heard, today: date) -> Span | None:
        """ "in 3 days" is a day, "in two weeks" is that week, "in two months" that month."""
        number = self._counted("in-days", heard)
        if number is not None:
            return (today + timedelta(days=number),) * 2
        number = self._counted("in-months", heard)
        return None if number is None else self._part(days.month_ahead(today, number), heard.found)

    def _weeks_ahead(self, heard: Heard) -> int | None:
        number = self._counted("in-weeks", heard)
        if number is not None:
            return number
        return next((WEEKS[name] for name in WEEKS if name in heard.found), None)

    def _weekend(self, heard: Heard, today: date) -> Span | None:
        """ "next weekend" is that of next week; of this one, what is left."""
        if "weekend" not in heard.found:
            return None
        ahead = self._weeks_ahead(heard)
        if ahead is None:
            ahead = 1 if heard.found & {"next", "after-that"} else 0
        saturday = days.week(today, ahead)[0] + timedelta(days=5)
        return max(saturday, min(today, saturday + ONE_DAY)), saturday + ONE_DAY

    def _weekday(self, heard: Heard, today: date) -> Span | None:
        """The coming one, or that of a week that is named; of two, from one to the other."""
        named = list(dict.fromkeys(self._weekdays_named(heard)))[:2]
        if not named or "weekend" in heard.found:
            return None
        dated = self._day_of_month(heard, today)
        if dated and dated[0].weekday() == named[0]:
            return dated  # Wednesday the 9th
        ahead = self._weeks_ahead(heard)
        if ahead is None:
            first = today + timedelta(days=(named[0] - today.weekday()) % 7)
        else:
            first = days.week(today, ahead)[0] + timedelta(days=named[0])
        if "to" in heard.found and len(named) == 1 and (spoken := self._days_spoken(heard)):
            begin = today + timedelta(days=min(spoken))  # from tomorrow to Sunday
            return (begin, first) if begin < first else (begin, begin)
        return first, first + timedelta(days=(named[-1] - named[0]) % 7)

    def _weekdays_named(self, heard: Heard) -> list[int]:
        """Monday is 0. Where the word for a week is that for Sunday (minggu, linggo), a named week is no day."""
        weeks = [
            ahead_pattern(text, self._numbers(heard))
            for text in self._listed("in-weeks", heard.locales)
        ]
        weeks += [name_pattern(plain(word)) for name in WEEKS for word in self._listed(name, heard.locales)
                  if not UNSPACED.search(word)]  # fmt: skip
        for pattern in weeks:
            heard = replace(heard, bare=pattern.sub(" ", heard.bare))
        return placed(heard, self._weekday_names(tuple(heard.locales)))

    def _numbers(self, heard: Heard) -> tuple[str, ...]:
        return tuple(self._listed("numbers", heard.locales[:1]))

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
        return longest_first(names)

    # --- months -----------------------------------------------------------------------------------

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _month_stems(self, locales: tuple[str, ...]) -> list[tuple[str, ...]]:
        found = day_names.months(self._babels(locales))
        for locale in locales[:1]:  # "sep" is no September in Vietnamese
            for number, names in enumerate(self._words.get(locale, {}).get("months", ())):
                more = tuple(plain(name) for name in names.split("/") if name)
                found = [(*row, *more) if at == number else row for at, row in enumerate(found)]
        return found

    def _month_alone(
        self, mentions: Sequence[month_days.Mention], heard: Heard, since: date, whole: bool = False
    ) -> Span | None:
        if not mentions:
            return None
        written = month_days.YEAR.search(heard.bare)
        month = mentions[0].month
        span = days.month(int(written[0]), month) if written else days.coming_month(month, since)
        return span if whole else self._part(span, heard.found)

    def _part(self, span: Span, found: frozenset[str]) -> Span:
        """The start, middle or end of a month, where one is named."""
        named = next((name for name in PARTS if name in found), None)
        return days.part(span, named) if named and (span[1] - span[0]).days > 26 else span

    def _month_part(self, found: frozenset[str], today: date) -> Span | None:
        """ "at the end of the month" is this one's, unless that part of it is over."""
        named = next((name for name in PARTS if name in found), None)
        if not named or "month" not in found:
            return None
        spans = (days.part(days.month_ahead(today, ahead), named) for ahead in (0, 1))
        return next(span for span in spans if span[1] >= today)

    def _joins(self, between: str, heard: Heard) -> bool:
        words = self._listed("to", heard.locales)
        joined = spaceless(between)
        return not between.strip() or any(has(word, between, joined) for word in words)

    def _day_of_named_month(self, heard: Heard, today: date) -> Span | None:
        """ "the 15th of next month" """
        if not heard.found & {"this-month", "next-month"}:
            return None
        first = days.month_ahead(today, 1)[0]
        return self._day_of_month(heard, first if "next-month" in heard.found else today)

    def _day_of_month(self, heard: Heard, today: date) -> Span | None:
        """ "on the 20th", 20日, le 20: the next such day; from the 24th to the 26th."""
        number = self._number(heard)
        start = days.coming_number(number, today) if number else None
        if number is None or start is None:
            return None
        joined = "|".join(regex.escape(plain(word)) for word in self._listed("to", heard.locales))
        pattern = rf"(?<!\d){number}(?!\d)[^\d\s]{{0,4}}?\s*(?:{joined})\s*(?:[^\d\s]+\s+)?(\d{{1,2}})(?![\d:.])"
        last = regex.search(pattern, heard.bare) if joined else None
        end = days.coming_number(int(last[1]), start[0]) if last else None
        return days.between(start, end)

    def _number(self, heard: Heard) -> int | None:
        """A number that is a day of some month."""
        found = _DAY.search(heard.written) or regex.search(
            r"(?<!\d)(\d{1,2})th(?!\p{L})", heard.bare
        )
        beside = "|".join(regex.escape(plain(word)) for word in self._listed("day", heard.locales))
        if not found and beside:
            before = regex.compile(
                rf"(?:(?<!\p{{L}})|(?=\p{{Thai}}))(?:{beside})\s*(\d{{1,2}})(?![\d:.])"
            )
            after = regex.compile(rf"(?<!\d)(\d{{1,2}})\s*(?:{beside})")
            found = before.search(heard.bare) or after.search(heard.bare)
        return int(found[1]) if found and 1 <= int(found[1]) <= 31 else None
