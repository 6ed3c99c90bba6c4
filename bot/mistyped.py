"""Misspelt names of days: a word that is nearly one is taken for it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.normal import UNSPACED

SHORTEST_TYPO = 6  # letters; in shorter words one letter makes another word
LIKE = 0.82


def known(names: Sequence[str]) -> tuple[str, ...]:
    """The names that are long enough."""
    return tuple(dict.fromkeys(name for name in names if len(name) >= SHORTEST_TYPO))


def mended(bare: str, names: Sequence[str]) -> str | None:
    """The text with its misspelt names as they should be; None where nothing is like one."""
    words = bare.split()
    made = [
        next(iter(difflib.get_close_matches(word, names, 1, LIKE)), word)
        if len(word) >= SHORTEST_TYPO - 1 and not UNSPACED.search(word)
        else word
        for word in words
    ]
    return " ".join(made) if made != words else None
