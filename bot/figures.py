"""The numbers in a text, so that a translation can be held against its Japanese."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import regex
from babel.dates import get_month_names

from bot.normal import latin_digits

# 0467-61-3870, 8:30, 2.5, 14; a leading # belongs to a number that is dialled (#8008).
ANY = regex.compile(r"\p{N}")  # also ① and ½, which become digits
NUMBER = regex.compile(r"#?\d+(?:[-:.,/]\d+)*")
GROUPED = regex.compile(r"(?<=\d)[,.  '  ](?=\d{3}(?!\d))")
DECIMAL_COMMA = regex.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
FRACTION = regex.compile(r"(\d+)分の(\d+)")
MYRIAD = regex.compile(r"(\d+)万(\d*)")
MONTH = regex.compile(r"(\d{1,2})月")
DASHES = regex.compile(r"[‐-―−~〜～]")
ISOLATES = {ord(mark): None for mark in "\u2066\u2067\u2068\u2069\u200e\u200f"}


@lru_cache(maxsize=4096)
def figures(text: str) -> frozenset[str]:
    """Every number of a Japanese text, written one way: `1万2,000円` counts as 12000, `4分の3` as 3/4."""
    if not ANY.search(text):
        return frozenset()
    text = FRACTION.sub(r"\2/\1", DECIMAL_COMMA.sub(".", GROUPED.sub("", _plain(text))))
    return frozenset(
        part for one in NUMBER.findall(MYRIAD.sub(_myriad, text)) for part in _ends(one)
    )


def _ends(one: str) -> list[str]:
    """8:30-17:15 is two numbers, 0467-61-3870 one."""
    parts = one.split("-")
    return parts if len(parts) == 2 else [one]


def differing(japanese: str, translation: str, babel_locale: str) -> list[str]:
    """The numbers that one text has and the other lacks, sorted; a month may be written as a word.

    Repeats do not count: a number said twice for clearness is no other number.
    """
    wanted, there = figures(japanese), figures(translation)
    if wanted == there:  # most texts
        return []
    spelt = set(_spelt_months(japanese, translation, babel_locale))
    missing = {one for one in wanted - there if one not in spelt and not _split(one, there)}
    added = {one for one in there - wanted if not _joined(one, wanted)}
    return sorted(missing | added)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(ISOLATES))
    return latin_digits(DASHES.sub("-", text))


def _myriad(found: regex.Match[str]) -> str:
    return str(int(found[1]) * 10_000 + int(found[2] or 0))


def _split(one: str, there: frozenset[str]) -> bool:
    """8:30-17:15 may be written apart."""
    parts = regex.split(r"[-,/]", one)
    return len(parts) > 1 and all(part in there for part in parts)


def _joined(one: str, wanted: frozenset[str]) -> bool:
    """1,000 of a translation is there as 1000 as well; 4-17 may stand apart in the Japanese."""
    parts = regex.split(r"[-,/.]", one)
    return len(parts) > 1 and ("".join(parts) in wanted or all(part in wanted for part in parts))


def _spelt_months(japanese: str, translation: str, babel_locale: str) -> Iterator[str]:
    said = translation.casefold()
    for number in MONTH.findall(_plain(japanese)):
        if any(name in said for name in _months(babel_locale).get(int(number), ())):
            yield number


@cache
def _months(babel_locale: str) -> dict[int, tuple[str, ...]]:
    names: dict[int, tuple[str, ...]] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in get_month_names(width, context, babel_locale).items():
                names[number] = (*names.get(number, ()), name.casefold().rstrip("."))
    return names
