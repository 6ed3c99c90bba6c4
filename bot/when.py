"""Days in people's words: today, this weekend, in June, on the 20th, 6月20日; and kinds of gatherings.

Names of months and weekdays are CLDR's (Babel), in all their forms; other words are faq/dates.yaml.
dateparser was tried: its search takes some 100 ms a message, reads numbers of a sentence as days, and does
not know ranges; so it reads only what is left over, where it knows the language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import regex
from babel import Locale

from bot.models import Language
from bot.normal import UNSPACED, kana, plain, spaceless

KINDS = (
    "film", "exhibition", "class", "consultation", "festival", "seminar", "symposium", "openday", "meeting",
)  # fmt: skip
DAYS = (
    "day-after",
    "tomorrow",
    "today",
    "next-week",
    "this-week",
    "weekend",
    "next-month",
    "this-month",
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST_STEM = 3
ONE_DAY = timedelta(days=1)
Span = tuple[date, date]  # inclusive
_ISO = regex.compile(r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_EAST = regex.compile(
    r"(?<!\d)(\d{1,2})\s*(?:月|월|がつ)\s*(?:(\d{1,2})\s*(?:日|号|號|일|にち|か)?"
    r"(?:\s*(?:から|より|[-–~〜～]|到|至|부터)\s*(?:\d{1,2}\s*(?:月|월|がつ)\s*)?(\d{1,2})\s*(?:日|号|號|일|にち|か))?)?"
)
_VIETNAMESE = regex.compile(
    r"(?:(?:ngay\s*)?(\d{1,2})\s*(?:(?:den|toi|-)\s*(?:ngay\s*)?(\d{1,2})\s*)?)?thang\s*(\d{1,2})(?!\d)"
)
_YEAR = regex.compile(r"(?<!\d)20\d\d(?!\d)")
_SLASH = regex.compile(r"(?<![\d/.-])(\d{1,2})[/.](\d{1,2})(?:[/.](20\d\d))?(?![\d/])")
_DAY = regex.compile(r"(?<!\d)(\d{1,2})\s*(?:日|号|일|にち|st|nd|rd|th|ヶ|-?го|-?е)(?!\d)")
_NUMBER = regex.compile(r"(?<!\d)(\d{1,2})(?!\d|[:.]\d)")
_KANJI = str.maketrans("一二三四五六七八九", "123456789")


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


class Calendar:
    """Understands days for the languages of one content."""

    def __init__(
        self, languages: Mapping[str, Language], words: Mapping[str, Mapping[str, Sequence[str]]]
    ) -> None:
        self._languages = languages
        self._words = words

    def read(self, text: str, locale: str, today: date) -> Asked:
        """What is asked for. Without any day, `start` and `end` are None."""
        locales = _related(locale)
        bare = plain(text)
        found = self._named(bare, locales)
        span = (
            _numeric(text, today)
            or self._weekday(found, bare, locales, today)
            or self._spoken(found, today)
            or self._in_month(bare, locales, today)
            or self._day_of_month(text, locales, today)
        )
        kind = next((name for name in KINDS if name in found), None)
        start, end = span or (None, None)
        return Asked(
            start, end, kind, *(name in found for name in ("children", "event", "mine", "near"))
        )

    def kind(self, title: str) -> str | None:
        """The kind that a title names, in Japanese or English."""
        found = self._named(plain(title), ["ja", "en"])
        return next((name for name in KINDS if name in found), None)

    def _named(self, bare: str, locales: Sequence[str]) -> set[str]:
        joined = kana(spaceless(bare))
        return {
            name
            for locale in locales
            for name, words in self._words.get(locale, {}).items()
            if (locale == locales[0] or name not in WEEKDAYS)  # "thu" is no Thursday in Vietnamese
            and any(_has(word, bare, joined) for word in words)
        }

    def _spoken(self, found: set[str], today: date) -> Span | None:
        """today, tomorrow, this or next week, weekend, month; "next weekend" is that of next week."""
        monday = today - timedelta(days=today.weekday())
        if "weekend" in found:
            saturday = monday + timedelta(days=12 if found & {"next-week", "next"} else 5)
            return max(saturday, min(today, saturday + ONE_DAY)), saturday + ONE_DAY
        spans = {
            "day-after": (today + timedelta(days=2),) * 2,
            "tomorrow": (today + ONE_DAY,) * 2,
            "today": (today, today),
            "next-week": (monday + timedelta(days=7), monday + timedelta(days=13)),
            "this-week": (monday, monday + timedelta(days=6)),
            "next-month": _month(today.year + today.month // 12, today.month % 12 + 1),
            "this-month": _month(today.year, today.month),
        }
        return next((spans[name] for name in DAYS if name in found and name in spans), None)

    def _in_month(self, bare: str, locales: Sequence[str], today: date) -> Span | None:
        """A month by its name, and the day or days whose numbers stand beside it."""
        words = bare.split()
        joiners = self._listed("to", locales)
        for number, stems in enumerate(_months(self._babels(locales)), 1):
            for place, word in enumerate(words):
                if any(word.startswith(stem) for stem in stems):
                    near = " ".join(words[max(0, place - 5) : place + 6])
                    return _days_in(number, near, joiners, today)
            if UNSPACED.search(bare) and any(
                stem in bare for stem in stems if UNSPACED.search(stem)
            ):
                return _days_in(number, bare, joiners, today)
        return None

    def _weekday(
        self, found: set[str], bare: str, locales: Sequence[str], today: date
    ) -> Span | None:
        """The coming one, or that of next week where next week is named; nothing for two of them."""
        named = sorted(self._weekdays_named(found, bare, locales))
        if len(named) != 1 or "weekend" in found:
            return None
        if found & {"next-week", "this-week"}:
            monday = today - timedelta(days=today.weekday())
            day = monday + timedelta(days=named[0] + (7 if "next-week" in found else 0))
        else:
            day = today + timedelta(days=(named[0] - today.weekday()) % 7)
        return day, day

    def _weekdays_named(self, found: set[str], bare: str, locales: Sequence[str]) -> set[int]:
        """Monday is 0."""
        named = {number for number, name in enumerate(WEEKDAYS) if name in found}
        joined = spaceless(bare)
        for number, names in enumerate(_weekdays(self._babels(locales))):
            if any(_weekday_in(name, bare, joined) for name in names):
                named.add(number)
        return named

    def _day_of_month(self, text: str, locales: Sequence[str], today: date) -> Span | None:
        """ "on the 20th", 20日, le 20: the next such day."""
        written = plain_digits(text)
        beside = "|".join(regex.escape(plain(word)) for word in self._listed("day", locales))
        found = _DAY.search(written)
        if not found and beside:
            before = regex.compile(rf"(?<!\p{{L}})(?:{beside})\s*(\d{{1,2}})(?![\d:.])")
            after = regex.compile(rf"(?<!\d)(\d{{1,2}})\s*(?:{beside})")
            bare = plain(written)
            found = before.search(bare) or after.search(bare)
        if not found or not 1 <= int(found[1]) <= 31:
            return None
        return _coming_number(int(found[1]), today)

    def _listed(self, name: str, locales: Sequence[str]) -> list[str]:
        return [word for locale in locales for word in self._words.get(locale, {}).get(name, ())]

    def _babels(self, locales: Sequence[str]) -> tuple[str, ...]:
        known = [self._languages[name].babel for name in locales if name in self._languages]
        return tuple(dict.fromkeys(known))


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


def _weekday_in(name: str, bare: str, joined: str) -> bool:
    """Whether the CLDR name of a weekday stands in a text; longer names may have endings."""
    if UNSPACED.search(name):
        return name in joined
    return f" {name} " in f" {bare} " or (
        " " not in name and len(name) > SHORTEST_STEM + 1 and f" {name}" in f" {bare}"
    )


def _numeric(text: str, today: date) -> Span | None:
    """2027-06-20, 6月20日, 六月, ngày 20 tháng 6, 20/6 (day first), 6/20 where only that is a date."""
    bare = plain_digits(text)
    if found := _ISO.search(bare):
        return _one(int(found[1]), int(found[2]), int(found[3]))
    if found := _EAST.search(_east_numbers(bare)):
        return _numbered(int(found[1]), found[2], found[3], today)
    if found := _VIETNAMESE.search(plain(text)):
        return _numbered(int(found[3]), found[1], found[2], today)
    if found := _SLASH.search(bare):
        first, second = int(found[1]), int(found[2])
        if found[3]:
            return _one(int(found[3]), second, first) or _one(int(found[3]), first, second)
        return _coming_day(second, first, today) or _coming_day(first, second, today)
    return None


def _numbered(month: int, first: str | None, last: str | None, today: date) -> Span | None:
    """A month by its number, one day of it, or from one day to another."""
    if not 1 <= month <= 12:
        return None
    if first is None:
        return _coming_month(month, today)
    start = _coming_day(month, int(first), today)
    end = _one(start[0].year, month, int(last)) if start and last else None
    return (start[0], end[0]) if start and end and start < end else start


def plain_digits(text: str) -> str:
    """The text with Latin digits and small letters, punctuation kept."""
    import unicodedata

    wide = unicodedata.normalize("NFKC", text).lower()
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in wide
    )


def _east_numbers(text: str) -> str:
    """十二月二十日 as 12月20日."""

    def number(found: regex.Match[str]) -> str:
        digits = found[0].translate(_KANJI)
        if "十" not in digits:
            return digits
        tens, _, ones = digits.partition("十")
        return str(int(tens or 1) * 10 + int(ones or 0))

    return regex.sub(r"[一二三四五六七八九十]+(?=[月日号])", number, text)


def _coming_number(number: int, today: date) -> Span | None:
    year, month = today.year, today.month
    for _ in range(12):
        day = _one(year, month, number)
        if day and day[0] >= today:
            return day
        year, month = year + month // 12, month % 12 + 1
    return None


def _days_in(month: int, near: str, joiners: Sequence[str], today: date) -> Span:
    """The days of a month whose numbers stand near its name: one, from one to another, or all."""
    written = _YEAR.search(near)
    found = [one for one in _NUMBER.finditer(near) if 1 <= int(one[1]) <= 31]
    days = [
        day for one in found
        if (day := _dated(month, int(one[1]), written, today)) is not None
    ]  # fmt: skip
    for (one, other), (first, last) in zip(pairwise(found), pairwise(days), strict=False):
        between = near[one.end() : other.start()]
        if first[0] < last[0] and (not between.strip() or _joined(between, joiners)):
            return first[0], last[0]
    if days:
        return days[0]
    return _month(int(written[0]), month) if written else _coming_month(month, today)


def _dated(month: int, number: int, year: regex.Match[str] | None, today: date) -> Span | None:
    return _one(int(year[0]), month, number) if year else _coming_day(month, number, today)


def _joined(between: str, joiners: Sequence[str]) -> bool:
    return any(_has(word, plain(between), spaceless(plain(between))) for word in joiners)


def _coming_day(month: int, number: int, today: date) -> Span | None:
    for year in range(today.year, today.year + 5):
        day = _one(year, month, number)
        if day and day[0] >= today:
            return day
    return None


def _one(year: int, month: int, number: int) -> Span | None:
    try:
        day = date(year, month, number)
    except ValueError:
        return None
    return day, day


def _coming_month(month: int, today: date) -> Span:
    return _month(today.year + (month < today.month), month)


def _month(year: int, month: int) -> Span:
    first = date(year, month, 1)
    return first, date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


# Names that CLDR does not give for the language, but its people use.
_MORE_MONTHS: Mapping[str, Sequence[str]] = {
    "ar": ("كانون الثاني", "شباط", "اذار", "نيسان", "ايار", "حزيران",
           "تموز", "آب", "ايلول", "تشرين الاول", "تشرين الثاني", "كانون الاول"),
}  # fmt: skip


@lru_cache(maxsize=64)
def _months(babels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """For each month, how its names begin in these languages."""
    more = ("fa_AF",) if "fa" in babels else ()
    found = [_stems((*babels, *more), "months", month) for month in range(1, 13)]
    for name in set(babels) & set(_MORE_MONTHS):
        found = [(*stems, plain(_MORE_MONTHS[name][n])) for n, stems in enumerate(found)]
    return found


@lru_cache(maxsize=64)
def _weekdays(babels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """For each weekday, Monday first, how its names begin in these languages."""
    return [_stems(babels, "days", day) for day in range(7)]


def _stems(babels: Sequence[str], what: str, number: int) -> tuple[str, ...]:
    """What the cases of a name share (червень, червня); every form where they share nothing."""
    stems: list[str] = []
    for name in babels:
        table = getattr(Locale.parse(name), what)
        forms = [plain(table[form]["wide"][number]) for form in ("format", "stand-alone")]
        shared = _shared(*forms)
        stems += [shared] if len(shared) >= SHORTEST_STEM else forms
    return tuple(dict.fromkeys(
        stem for stem in stems
        if (len(stem) >= SHORTEST_STEM or UNSPACED.search(stem)) and not stem[:1].isdecimal()
    ))  # fmt: skip


def _shared(one: str, other: str) -> str:
    """How both begin."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]
