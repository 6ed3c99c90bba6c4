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
SHORTEST_STEM = 3
_ISO = regex.compile(r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_EAST = regex.compile(r"(?<!\d)(\d{1,2})\s*(?:月|월|がつ)\s*(?:(\d{1,2})\s*(?:日|号|號|일|にち))?")
_VIETNAMESE = regex.compile(r"(?:ngay\s*(\d{1,2})\s*)?(?:thang|t)\s*(\d{1,2})(?!\d)")
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
            or self._spoken(found, bare, locales, today)
            or self._in_month(bare, locales, today)
            or self._weekday(bare, locales, today)
            or _day_of_month(text, today)
        )
        kind = next((name for name in KINDS if name in found), None)
        start, end = span or (None, None)
        return Asked(start, end, kind, "children" in found)

    def _named(self, bare: str, locales: Sequence[str]) -> set[str]:
        joined = kana(spaceless(bare))
        return {
            name
            for locale in locales
            for name, words in self._words.get(locale, {}).items()
            if any(_has(word, bare, joined) for word in words)
        }

    def _spoken(
        self, found: set[str], bare: str, locales: Sequence[str], today: date
    ) -> tuple[date, date] | None:
        """today, tomorrow, this or next week, weekend, month; "next weekend" is that of next week."""
        monday = today - timedelta(days=today.weekday())
        if "weekend" in found:
            saturday = monday + timedelta(days=12 if "next-week" in found or _next(bare) else 5)
            return max(saturday, today) if saturday <= today else saturday, saturday + timedelta(
                days=1
            )
        spans = {
            "day-after": (today + timedelta(days=2),) * 2,
            "tomorrow": (today + timedelta(days=1),) * 2,
            "today": (today, today),
            "next-week": (monday + timedelta(days=7), monday + timedelta(days=13)),
            "this-week": (monday, monday + timedelta(days=6)),
            "next-month": _month(today.year + today.month // 12, today.month % 12 + 1),
            "this-month": _month(today.year, today.month),
        }
        return next((spans[name] for name in DAYS if name in found and name in spans), None)

    def _in_month(self, bare: str, locales: Sequence[str], today: date) -> tuple[date, date] | None:
        words = bare.split()
        for number, stems in enumerate(_months(self._babels(locales)), 1):
            for place, word in enumerate(words):
                if any(word.startswith(stem) for stem in stems):
                    near = " ".join(words[max(0, place - 2) : place + 3])
                    return _day_in(number, near, today) or _coming_month(number, today)
            if UNSPACED.search(bare) and any(
                stem in bare for stem in stems if UNSPACED.search(stem)
            ):
                return _day_in(number, bare, today) or _coming_month(number, today)
        return None

    def _weekday(self, bare: str, locales: Sequence[str], today: date) -> tuple[date, date] | None:
        words = bare.split()
        joined = spaceless(bare)
        for number, names in enumerate(_weekdays(self._babels(locales))):
            spaced = any(word == name or (word.startswith(name) and len(name) > SHORTEST_STEM)
                         for word in words for name in names)  # fmt: skip
            if spaced or any(name in joined for name in names if UNSPACED.search(name)):
                day = today + timedelta(days=(number - today.weekday()) % 7)
                return day, day
        return None

    def _babels(self, locales: Sequence[str]) -> tuple[str, ...]:
        known = [self._languages[name].babel for name in locales if name in self._languages]
        return tuple(dict.fromkeys(known))


def _related(locale: str) -> list[str]:
    """The language itself, and English, whose words people mix in."""
    first = {"ja-simple": ["ja"], "fa": ["fa", "ur"]}.get(locale, [locale])
    return [*first, *(["en"] if locale != "en" else [])]


def _has(word: str, bare: str, joined: str) -> bool:
    open_end = word.endswith("*")
    wanted = plain(word.rstrip("*"))
    if UNSPACED.search(wanted):
        return kana(spaceless(wanted)) in joined
    return f" {wanted}" in f" {bare}" if open_end else f" {wanted} " in f" {bare} "


def _next(bare: str) -> bool:
    return any(
        f" {word} " in f" {bare} " for word in ("next", "prochain", "gelecek", "наступні", "sau")
    )


def _numeric(text: str, today: date) -> tuple[date, date] | None:
    """2027-06-20, 6月20日, 六月, ngày 20 tháng 6, 20/6 (day first), 6/20 where only that is a date."""
    bare = plain_digits(text)
    if found := _ISO.search(bare):
        return _one(int(found[1]), int(found[2]), int(found[3]))
    if found := _EAST.search(_east_numbers(bare)):
        month = int(found[1])
        if not 1 <= month <= 12:
            return None
        if found[2]:
            return _coming_day(month, int(found[2]), today)
        return _coming_month(month, today)
    if found := _VIETNAMESE.search(plain(text)):
        month = int(found[2])
        if 1 <= month <= 12:
            return (
                _coming_day(month, int(found[1]), today)
                if found[1]
                else _coming_month(month, today)
            )
    if found := _SLASH.search(bare):
        first, second = int(found[1]), int(found[2])
        if found[3]:
            return _one(int(found[3]), second, first) or _one(int(found[3]), first, second)
        return _coming_day(second, first, today) or _coming_day(first, second, today)
    return None


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


def _day_of_month(text: str, today: date) -> tuple[date, date] | None:
    """ "on the 20th", 20日: the next such day."""
    found = _DAY.search(plain_digits(text))
    if not found or not 1 <= int(found[1]) <= 31:
        return None
    return _coming_number(int(found[1]), today)


def _coming_number(number: int, today: date) -> tuple[date, date] | None:
    year, month = today.year, today.month
    for _ in range(12):
        day = _one(year, month, number)
        if day and day[0] >= today:
            return day
        year, month = year + month // 12, month % 12 + 1
    return None


def _day_in(month: int, near: str, today: date) -> tuple[date, date] | None:
    """A day's number beside the name of a month."""
    for found in _NUMBER.finditer(near):
        if day := _coming_day(month, int(found[1]), today):
            return day
    return None


def _coming_day(month: int, number: int, today: date) -> tuple[date, date] | None:
    for year in range(today.year, today.year + 5):
        day = _one(year, month, number)
        if day and day[0] >= today:
            return day
    return None


def _one(year: int, month: int, number: int) -> tuple[date, date] | None:
    try:
        day = date(year, month, number)
    except ValueError:
        return None
    return day, day


def _coming_month(month: int, today: date) -> tuple[date, date]:
    return _month(today.year + (month < today.month), month)


def _month(year: int, month: int) -> tuple[date, date]:
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
