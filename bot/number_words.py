"""Days of a month in words, where a month or a word for a date stands beside them: vingt décembre, yirmi aralık."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from bot.day_names import OPEN_STEM
from bot.normal import UNSPACED, plain

_OF = r"(?:(?:of|the|de|du|le|من|شهر|لشهر|ماه)\s+){0,2}"
# "The second Saturday" and "le premier film" are no dates; "on the twentieth" is one.
_ARTICLES = frozenset({"the", "on the", "le", "du"})
SURELY_A_DAY = 6


@dataclass(frozen=True, slots=True)
class Names:
    """`numbers` are rows of words, first to thirty-first; `before` and `after` stand beside a date, `to` joins two."""

    numbers: tuple[str, ...]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    to: tuple[str, ...]


def in_figures(bare: str, names: Names) -> str:
    """The text with its days in figures; other numbers stay as they are."""
    # Twice: in "du vingt au trente décembre" the first number has one behind it only then.
    for word, stem, number in _words(names) * 2:
        if stem in bare:
            bare = _pattern(word, number, names).sub(str(number), bare)
    return bare


@lru_cache(maxsize=64)
def _words(names: Names) -> list[tuple[str, str, int]]:
    """Words, what of them is in a text for sure, and their numbers; longest first, so that vingt-deux is not two."""
    words = [(word, n) for n, row in enumerate(names.numbers, 1) for word in row.split("/")]
    words.sort(key=lambda row: -len(row[0]))
    return [(word, plain(word.strip("*")), number) for word, number in words]


# A quarter of a megabyte and some milliseconds each: only for words that were said.
@lru_cache(maxsize=64)
def _pattern(word: str, number: int, names: Names) -> regex.Pattern[str]:
    months = _any([f"{one}*" if len(one) >= OPEN_STEM else one for one in names.months])
    after = _any(names.after)
    if UNSPACED.search(plain(word)):
        return regex.compile(
            rf"(?<=(?:{months})\p{{M}}*\s*(?:လ)?\s*){_form(word)}(?=\s*(?:{after}))"
        )
    articles = [one for one in names.before if plain(one) in _ARTICLES]
    others = [one for one in names.before if plain(one) not in _ARTICLES]
    surely = "" if number >= SURELY_A_DAY else r"(?=$)"
    places = (
        rf"(?=\s+{_OF}(?:{months})(?!\S))",
        rf"(?=\s+(?:{after})(?!\S))",
        rf"(?=\s+(?:{_any(names.to)})\s+{_OF}\d)",
        rf"(?<=(?<!\S)(?:{months})\s+(?:the\s+)?{_form(word)})",
        rf"(?<=(?<!\S)(?:{_any(others)})\s+{_form(word)})",
        rf"(?<=(?<!\S)(?:{_any(articles)})\s+{_form(word)}){surely}",
    )
    weekdays = _any(names.weekdays)  # the second Saturday, السبت الثاني
    return regex.compile(
        rf"(?<!(?<!\S)(?:{weekdays})\s+)(?<!\S){_form(word)}(?!\S)(?:{'|'.join(places)})(?!\s+(?:{weekdays})(?!\S))"
    )


def _any(words: Sequence[str]) -> str:
    return "|".join(map(_form, sorted(words, key=len, reverse=True))) or "(?!)"


def _form(word: str) -> str:
    """A word as it stands in a text; a star lets it go on."""
    return regex.escape(plain(word.rstrip("*"))) + (r"[\p{L}\p{M}]*" if word.endswith("*") else "")
