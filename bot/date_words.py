"""The words of the languages for days: names of CLDR (Babel) and the table faq/dates.yaml, as the readers want them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot import day_names, mistyped, nth_weekday, number_words, persian_days
from bot.heard import longest_first, sought
from bot.models import Language
from bot.normal import kana, plain, spaceless

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SATURDAY = 5


class DateWords:
    """What each language calls days, weeks and months; of several, the first is the one that is spoken."""

    def __init__(
        self, languages: Mapping[str, Language], words: Mapping[str, Mapping[str, Sequence[str]]]
    ) -> None:
        self._languages = languages
        self._words = words

    def own(self, locale: str, name: str) -> Sequence[str]:
        """The words of one language."""
        return self._words.get(locale, {}).get(name, ())

    def named(self, bare: str, locales: Sequence[str]) -> set[str]:
        """What the words in a text mean."""
        spaced, joined = self._forms(tuple(locales))
        texts = ((f" {bare} ", spaced), (kana(spaceless(bare)), joined))
        return set().union(
            *(names for text, forms in texts for form, names in forms.items() if form in text)
        )

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _forms(self, locales: tuple[str, ...]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """What each form of a word means: of words between spaces, and of those that are found without."""
        forms: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
        for locale in locales:
            for name, words in self._words.get(locale, {}).items():
                if locale != locales[0] and name in WEEKDAYS:
                    continue  # "thu" is no Thursday in Vietnamese
                for anywhere, written in map(sought, words):
                    for form in written:
                        forms[anywhere].setdefault(form, set()).add(name)
        return forms

    def ordinals(self, bare: str, locales: Sequence[str]) -> str:
        """بیستم and двадцятого as 20th."""
        for name, figure in self._ordinals(locales[0]):
            bare = f" {bare} ".replace(name, figure).strip()
        return bare

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _ordinals(self, locale: str) -> list[tuple[str, str]]:
        names = list(enumerate(self._words.get(locale, {}).get("ordinals", ()), 1))
        longest = sorted(names, key=lambda row: -len(row[1]))
        return [(f" {plain(name)} ", f" {number}th ") for number, name in longest]

    def without_ignored(self, bare: str, locales: Sequence[str]) -> str:
        """A text without the words that look like days and are none."""
        for phrase in self._ignored(tuple(locales)):
            bare = f" {bare} ".replace(phrase, " ").strip()
        return bare

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def _ignored(self, locales: tuple[str, ...]) -> list[str]:
        return [f" {plain(phrase)} " for phrase in self.listed("ignore", locales)]

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def vocabulary(self, locales: tuple[str, ...]) -> tuple[str, ...]:
        babels = self._babels(locales)
        names = [
            name for row in day_names.months(babels) + day_names.weekdays(babels) for name in row
        ]
        names += [
            plain(part) for name in ("today", "tomorrow", "weekend", "next-week", "next-month")
            for word in self.listed(name, locales) for part in word.rstrip("*").split()
        ]  # fmt: skip
        return mistyped.known(names)

    def listed(self, name: str, locales: Sequence[str]) -> list[str]:
        return [word for locale in locales for word in self._words.get(locale, {}).get(name, ())]

    def _babels(self, locales: Sequence[str]) -> tuple[str, ...]:
        known = [self._languages[name].babel for name in locales if name in self._languages]
        return tuple(dict.fromkeys(known))

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def weekday_names(self, locales: tuple[str, ...]) -> list[tuple[str, int]]:
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

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def month_stems(self, locales: tuple[str, ...]) -> list[tuple[str, ...]]:
        found = day_names.months(self._babels(locales))
        for locale in locales[:1]:  # "sep" is no September in Vietnamese
            for number, names in enumerate(self._words.get(locale, {}).get("months", ())):
                more = tuple(plain(name) for name in names.split("/") if name)
                found = [(*row, *more) if at == number else row for at, row in enumerate(found)]
        return found

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def number_names(self, locales: tuple[str, ...]) -> number_words.Names:
        own = self._words.get(locales[0], {})
        months = [name for row in self.month_stems(locales) for name in row]
        months += [name for row in own.get("own-months", ()) for name in row.split("/")]
        months += persian_days.NAMES if locales[0] == "fa" else ()
        rows = (own.get(name, ()) for name in ("day-numbers", "day", "date", "to"))
        numbers, before, after, to = map(tuple, rows)
        weekdays = tuple(name for name, _ in self.weekday_names(locales))
        return number_words.Names(numbers, tuple(months), weekdays, before, after, to)

    @lru_cache(maxsize=32)  # noqa: B019  one calendar lives as long as its content
    def nth_names(self, locales: tuple[str, ...]) -> nth_weekday.Names:
        weekends = [(word, SATURDAY) for word in self.listed("weekend", locales)]
        return nth_weekday.names(self._words, locales, [*weekends, *self.weekday_names(locales)])
