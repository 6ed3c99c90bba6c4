"""Finding the words of a language in what people write: whole words, with endings, or inside unspaced scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from bot.normal import UNSPACED, kana, plain, spaceless

# Languages whose words are mixed in, or whose messages are taken for a neighbour's, or for none.
BESIDE = {
    "fa": ("ps",),
    "ps": ("fa",),
    "ur": ("ps",),
    "tr": ("ku",),
    "ku": ("tr",),
    "ne": ("hi",),
    "hi": ("ne",),
    "ja-simple": ("am", "hi", "ku", "ps"),
}
SHORTEST_JOINED = 3  # letters; to shorter words nothing is joined, they would be other words
_ARABIC = regex.compile(r"\p{Arabic}")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it is read: `written` keeps punctuation, `bare` has words only, `joined` no spaces."""

    written: str
    bare: str
    joined: str
    locales: Sequence[str]
    found: frozenset[str]


def related(locale: str) -> list[str]:
    """The language itself, English, whose words people mix in, and those of neighbours that look like it."""
    first = {"ja-simple": "ja"}.get(locale, locale)
    return [first, *(["en"] if locale != "en" else []), *BESIDE.get(locale, ())]


def has(word: str, bare: str, joined: str) -> bool:
    """Whether a word stands in a text; one that ends in * may go on, one that begins with * stands anywhere."""
    anywhere, forms = sought(word)
    text = joined if anywhere else f" {bare} "
    return any(form in text for form in forms)


@lru_cache(maxsize=16384)
def sought(word: str) -> tuple[bool, tuple[str, ...]]:
    """Whether it is looked for without spaces, and as what."""
    wanted = plain(word.strip("*"))
    if word.startswith("*") or UNSPACED.search(wanted):
        return True, (kana(spaceless(wanted)),)
    end = "" if word.endswith("*") else " "
    return False, tuple(f" {form}{end}" for form in _written(wanted))


def _written(word: str) -> tuple[str, ...]:
    """A word as it may be written: in Arabic with the article, and with what is joined to its beginning."""
    if not _ARABIC.match(word) or len(word) < SHORTEST_JOINED:
        return (word,)
    if word.startswith("ال"):
        return (word, *(f"{one}{word}" for one in "وبفك"), f"لل{word[2:]}", f"ولل{word[2:]}")
    joined = "وبلفك" if len(word) > SHORTEST_JOINED else ""
    return (word, *(one + word for one in ("ال", "وال", "بال", "فال", "لل", *joined)))


def longest_first(names: Mapping[str, int]) -> list[tuple[str, int]]:
    """As `placed` wants them."""
    return sorted(names.items(), key=lambda row: -len(row[0].rstrip("*")))


def placed(heard: Heard, names: Sequence[tuple[str, int]]) -> list[int]:
    """The numbers of all names in a text, in its order. A longer name hides the shorter one inside it."""
    places: list[tuple[int, int]] = []
    left = {False: heard.bare, True: heard.joined}
    for name, number in names:
        unspaced, inside = _inside(name)
        if inside not in left[unspaced]:
            continue
        for found in reversed(list(name_pattern(name).finditer(left[unspaced]))):
            places.append((found.start(), number))
            gap = " " * len(found[0])
            left[unspaced] = left[unspaced][: found.start()] + gap + left[unspaced][found.end() :]
    return [number for _, number in sorted(places)]


@lru_cache(maxsize=2048)
def _inside(name: str) -> tuple[bool, str]:
    """Whether a name is looked for without spaces, and what a text must hold before its pattern is asked."""
    bare = name.rstrip("*")
    return (True, kana(spaceless(bare))) if UNSPACED.search(bare) else (False, bare)


@lru_cache(maxsize=2048)
def name_pattern(name: str) -> regex.Pattern[str]:
    """The name of a day in a text; in Arabic و ب ل may stand before it, in unspaced scripts anything."""
    unspaced, inside = _inside(name)
    if unspaced:
        return regex.compile(regex.escape(inside))
    end = "" if name.endswith("*") else r"(?![\p{L}\p{M}\p{N}])"
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{N}}])[وبلف]?{regex.escape(inside)}{end}")


@lru_cache(maxsize=512)
def ahead_pattern(pattern: str, words: tuple[str, ...]) -> regex.Pattern[str]:
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
