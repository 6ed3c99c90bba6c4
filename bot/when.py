"""Days in people's words: today, this weekend, in June, on the 20th, 6月20日; and kinds of gatherings.

Names of months and weekdays are CLDR's (Babel) in every language; all other words, in every language, are our own
table faq/dates.yaml, which staff can mend. dateparser covers none of our languages better: told the language, its
search reads 179 of the 372 single days of tests/when (English 24 of 33, Burmese 8 of 31, easy Japanese 1 of 28)
and 23 of the 371 weeks, weekends and months; it takes numbers of a sentence for days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import regex

from bot import (
    day_numbers,
    days,
    mistyped,
    month_days,
    month_weeks,
    nepali_days,
    nth_weekday,
    number_words,
    numerals,
    open_ranges,
    persian_days,
    seasons,
    written_dates,
)
from bot.date_words import DateWords
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message says of time and kind. `start` and `end` are inclusive days in Japan; an open one has no end."""

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
        self._table = DateWords(languages, words)

    def read(self, text: str, locale: str, today: date) -> Asked:
        """What is asked for. Without any day, `start` and `end` are None."""
        heard = self._heard(text, locale)
        found, kind = heard.found, kind_of(heard.found)
        span = self._span(heard, locale, today)
        if span is None and (kind or "event" in heard.found):
            mended = mistyped.mended(heard.bare, self._table.vocabulary(tuple(heard.locales)))
            heard = self._heard(mended, locale) if mended else heard
            span = self._span(heard, locale, today) if mended else None
        start, end = self._opened(span, heard) if span else (None, None)
        said = {name: name in found for name in ("children", "event", "mine", "near", "when")}
        coming, which_day = bool(found & {"next", "coming"}), "which-day" in found
        return Asked(start, end, kind, coming=coming, which_day=which_day, **said)

    def kind(self, title: str) -> str | None:
        """The kind that a title names, in Japanese or English."""
        return kind_of(self._table.named(plain(title), ["ja", "en"]))

    def _heard(self, text: str, locale: str) -> Heard:
        locales = related(locale)
        written = numerals.latin(text)
        bare = self._table.ordinals(plain(written), locales)
        for ending in self._table.listed("endings", locales[:1]):
            bare = regex.sub(rf"(?<=\S){ending}(?!\S)", f" {ending}", bare)
        bare = number_words.in_figures(bare, self._table.number_names(tuple(locales)))
        bare = self._table.without_ignored(bare, locales)
        joined = kana(spaceless(bare))
        return Heard(written, bare, joined, locales, frozenset(self._table.named(bare, locales)))

    def _span(self, heard: Heard, locale: str, today: date) -> Span | None:
        """The most exact way of naming days wins: figures, a month with days, weekdays, words."""
        since = date(today.year + 1, 1, 1) if "next-year" in heard.found else today
        span = self._of_another_calendar(heard, locale, since) or self._nth_weekday(heard, since)
        if span is None and OTHER_CALENDAR not in heard.found:
            span = written_dates.read(heard.written, locale, since)
        if span is None or span[0] != span[1]:
            span = self._within_month(heard, since, today, span) or span
        span = self._part(span, heard.found) if span else self._in_words(heard, since, today)
        return self._around(span, heard, today) if span else None

    def _within_month(
        self, heard: Heard, since: date, today: date, span: Span | None
    ) -> Span | None:
        """A week of a month, or its first or last day."""
        if "weekend" in heard.found:
            return None
        month = span or self._month_named(heard, since)
        which = month_weeks.named(heard, self._table.own(heard.locales[0], "nth-week"))
        if which:
            return month_weeks.coming(which, today, month)
        inside = month or heard.found & {"month", "this-month"}  # else it is that of an exhibition
        return month_weeks.edge(heard.found, today, month) if inside else None

    def _opened(self, span: Span, heard: Heard) -> tuple[date, date | None]:
        """Without an end where a text says "from" a day and no last one."""
        left = self._opened_by("from", heard)
        counted = "week-from-today" in heard.found or self._counted("in-days", heard) is not None
        if left is None or counted:
            return span
        joined = bool(self._table.named(left, heard.locales[:1]) & {"to", "until"})
        return (span[0], None) if open_ranges.is_open(span, joined) else span

    def _opened_by(self, name: str, heard: Heard) -> str | None:
        """The text without its "from" or "until", where a day stands beside that."""
        words = [one for one in self._table.listed(name, heard.locales[:1])
                 if name == "from" or "#" in one]  # fmt: skip
        return open_ranges.opened(heard, words, lambda text: self._names_a_day(text, heard))

    def _names_a_day(self, text: str, heard: Heard) -> bool:
        few = replace(heard, bare=text, joined=kana(spaceless(text)))
        stems = self._table.month_stems(tuple(heard.locales))
        named = self._table.named(text, heard.locales) & {*DAYS, *WEEKS, *MONTHS, "weekend"}
        return bool(
            named
            or regex.search(r"\d", text)
            or self._weekdays_named(few)
            or month_days.mentions(text, stems)
        )

    def _around(self, day: Span, heard: Heard, today: date) -> Span:
        """Until a day or the end of a month, the week of a day, the weekend of the 12th, Saturday week."""
        found = heard.found
        if "a-week-on" in found:
            return open_ranges.a_week_on(day)
        if day[0] != day[1]:
            return open_ranges.rest(day, today) if "rest-of" in found else day
        last = "until" in found or self._opened_by("until", heard) is not None
        if last and day[0] > today:
            return today, day[0]
        if "week-of" in found:
            return days.week(day[0], 0)
        saturday = days.week(day[0], 0)[0] + timedelta(days=5)
        return (saturday, saturday + ONE_DAY) if "weekend" in found and day[0] >= saturday else day

    def _of_another_calendar(self, heard: Heard, locale: str, since: date) -> Span | None:
        if locale == "fa":
            return persian_days.read(heard.written, heard.bare, since)
        years = self._table.own(locale, "years")
        if not years:
            return None
        if month_days.mentions(heard.bare, self._table.month_stems(tuple(heard.locales))):
            return None  # जनवरी ९ गते is said too
        months = nepali_days.fixed(years)
        return nepali_days.read(
            heard.written, heard.bare, since, months, self._table.own(locale, "own-months")
        )

    def _nth_weekday(self, heard: Heard, since: date) -> Span | None:
        """The second Saturday of a month; without one, the next second Saturday."""
        found = nth_weekday.named(heard, self._table.nth_names(tuple(heard.locales)))
        if found is None:
            return None
        month = self._month_named(heard, since)
        inside = heard.found & {"month", "this-month"}
        if found[0] == nth_weekday.LAST and not (month or inside):
            return None  # "last Friday" is over
        day = nth_weekday.coming(*found, since, month)
        return (day[0], day[0] + ONE_DAY) if day and "weekend" in heard.found else day

    def _month_named(self, heard: Heard, since: date) -> Span | None:
        """All days of a month that is named, or of the next one."""
        numbered = month_days.mentions(heard.bare, self._table.month_stems(tuple(heard.locales)))
        month = self._month_alone(numbered, heard, since, whole=True)
        month = month or written_dates.month(heard.written, since)
        ahead = days.month_ahead(since, 1) if "next-month" in heard.found else None
        return month or ahead

    def _in_words(self, heard: Heard, since: date, today: date) -> Span | None:
        named = month_days.mentions(heard.bare, self._table.month_stems(tuple(heard.locales)))
        first = self._table.listed("first-of", heard.locales[:1])
        if named and heard.bare[: named[0].start].rstrip().split(" ")[-1] in map(plain, first):
            return days.coming_day(named[0].month, 1, since)
        beside = month_days.beside(named, heard.bare, since, lambda text: self._joins(text, heard))
        if beside or OTHER_CALENDAR in heard.found:
            return beside  # a day of a calendar that is not known is no day of ours
        return (
            self._ahead(heard, today)
            or self._today_in_a_week(heard, today)
            or seasons.span(heard.found, today, since)
            or self._month_alone(named, heard, since)
            or self._weekday(heard, today)
            or self._weekend(heard, today)
            or self._day_of_named_month(heard, today)
            or self._spoken(heard, today)
            or self._month_part(heard.found, today)
            or self._day_of_month(heard, today)
        )

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
                for word in self._table.listed(name, heard.locales)]  # fmt: skip
        return placed(
            heard,
            longest_first(
                {plain(word.rstrip("*")) + "*" * word.endswith("*"): n for word, n in rows}
            ),
        )

    def _counted(self, unit: str, heard: Heard) -> int | None:
        """3 of "in 3 days", where `unit` holds the ways in which a language says that."""
        words = self._numbers(heard)
        for pattern in self._table.listed(unit, heard.locales):
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

    def _today_in_a_week(self, heard: Heard, today: date) -> Span | None:
        """ "a week from today" is a day; "in a week" is the week."""
        return (today + timedelta(weeks=1),) * 2 if "week-from-today" in heard.found else None

    def _weeks_ahead(self, heard: Heard) -> int | None:
        number = self._counted("in-weeks", heard)
        if number is not None:
            return number
        return next((WEEKS[name] for name in WEEKS if name in heard.found), None)

    def _weekend(self, heard: Heard, today: date) -> Span | None:
        """ "next weekend" is that of next week; of this one, what is left."""
        if "weekend" not in heard.found:
            return None
        if dated := self._day_of_month(heard, today):
            return dated  # the weekend of the 12th: `_around` makes it that
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
        names = [name.rstrip("*") for name, _ in self._table.weekday_names(tuple(heard.locales))]
        for beside in ([], names):
            dated = self._day_of_month(heard, today, beside)
            if dated and dated[0].weekday() == named[0]:
                return dated  # Wednesday the 9th, mercredi 9
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
            for text in self._table.listed("in-weeks", heard.locales)
        ]
        weeks += [
            name_pattern(plain(word))
            for name in WEEKS
            for word in self._table.listed(name, heard.locales)
            if plain(word) in heard.bare and not UNSPACED.search(word)
        ]
        for pattern in weeks:
            heard = replace(heard, bare=pattern.sub(" ", heard.bare))
        return placed(heard, self._table.weekday_names(tuple(heard.locales)))

    def _numbers(self, heard: Heard) -> tuple[str, ...]:
        return tuple(self._table.listed("numbers", heard.locales[:1]))

    # --- months -----------------------------------------------------------------------------------

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
        words = self._table.listed("to", heard.locales)
        joined = spaceless(between)
        return not between.strip() or any(has(word, between, joined) for word in words)

    def _day_of_named_month(self, heard: Heard, today: date) -> Span | None:
        """ "the 15th of next month" """
        if not heard.found & {"this-month", "next-month"}:
            return None
        first = days.month_ahead(today, 1)[0]
        return self._day_of_month(heard, first if "next-month" in heard.found else today)

    def _day_of_month(self, heard: Heard, today: date, weekdays: Sequence[str] = ()) -> Span | None:
        """ "on the 20th", 20日, le 20, from the 24th to the 26th."""
        beside, to = (self._table.listed(name, heard.locales) for name in ("day", "to"))
        return day_numbers.read(heard, today, [*weekdays, *beside], to)
