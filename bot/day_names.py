"""Names of months and weekdays from Unicode CLDR (Babel), in the forms in which people write them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from babel import Locale

from bot.normal import plain

SHORTEST_STEM = 3
OPEN_STEM = 4  # from so many letters on a name may have an ending; "may" and "mai" may not
_SPOKEN_BESIDE = {"fa": ("fa_AF",)}  # Dari has names of its own


@lru_cache(maxsize=64)
def months(babels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """For each month, how its names begin in these languages."""
    more = tuple(one for name in babels for one in _SPOKEN_BESIDE.get(name, ()))
    return [_stems((*babels, *more), "months", number) for number in range(1, 13)]


@lru_cache(maxsize=64)
def weekdays(babels: tuple[str, ...]) -> list[tuple[str, ...]]:
    """For each weekday, Monday first, how its names begin in these languages."""
    return [_stems(babels, "days", number) for number in range(7)]


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
        if (len(stem) >= SHORTEST_STEM or not stem.isascii()) and not stem[:1].isdecimal()
        and not stem.startswith("thang ")  # Vietnamese months are numbers
    ))  # fmt: skip


def _shared(one: str, other: str) -> str:
    """How both begin."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]


def begins(word: str, stem: str) -> bool:
    """Whether a word is a name, with an ending or with what is joined to its beginning (و ب ل in Arabic)."""
    word = word.removeprefix("d'")  # programme d'avril
    if len(stem) < (OPEN_STEM if stem.isascii() else SHORTEST_STEM):
        return word == stem or (word[:1] in "وبلف" and word[1:] == stem)
    return word.startswith(stem) or (word[:1] in "وبلف" and word[1:].startswith(stem))
