"""What was made of texts, by their digests: a saving changes one of hundreds, and the texts are not kept for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """`make` of a text (and what else it is given), done once for the same; the oldest is forgotten first."""

    def __init__(self, make: Callable[..., Made], most: int) -> None:
        self._make, self._most = make, most
        self._kept: dict[tuple[bytes, ...], Made] = {}

    def __call__(self, text: str, *more: str) -> Made:
        key = (hashlib.sha256(text.encode()).digest(), *(one.encode() for one in more))
        made = self._kept.get(key)
        if made is None:
            made = self._kept[key] = self._make(text, *more)
            if len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)), None)
        return made
