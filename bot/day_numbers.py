"""Days of a month by their number alone: on the 20th, 20日, le 20, from the 24th to the 26th."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import regex

from bot import days
from bot.days import Span
from bot.heard import Heard
from bot.normal import plain

_DAY = regex.compile(
    r"(?<!\d)(\d{1,2})\s*(?:日(?!後)|号|號|일|にち(?![ご後])|st|nd|rd|th|-?го|-?е|'\p{L}{2,6})(?!\d)"
)
_ORDINAL = regex.compile(r"(?<!\d)(\d{1,2})th(?!\p{L})")


def read(heard: Heard, today: date, beside: Sequence[str], to: Sequence[str]) -> Span | None:
    """The next such day, or from it to another; `beside` are words before or behind a day, `to` joins two."""
    number = _number(heard, _any(beside))
    start = days.coming_number(number, today) if number else None
    if number is None or start is None:
        return None
    pattern = rf"(?<!\d){number}(?!\d)[^\d\s]{{0,4}}?\s*(?:{_any(to)})\s*(?:[^\d\s]+\s+)?(\d{{1,2}})(?![\d:.])"
    last = regex.search(pattern, heard.bare) if to else None
    end = days.coming_number(int(last[1]), start[0]) if last else None
    return days.between(start, end)


def _number(heard: Heard, beside: str) -> int | None:
    """A number that is a day of some month."""
    found = _DAY.search(heard.written) or _ORDINAL.search(heard.bare)
    if not found and beside:
        before = regex.compile(
            rf"(?:(?<!\p{{L}})|(?=\p{{Thai}}))(?:{beside})\s*(\d{{1,2}})(?![\d:.])"
        )
        after = regex.compile(rf"(?<!\d)(\d{{1,2}})\s*(?:{beside})")
        found = before.search(heard.bare) or after.search(heard.bare)
    return int(found[1]) if found and 1 <= int(found[1]) <= 31 else None


def _any(words: Sequence[str]) -> str:
    return "|".join(regex.escape(plain(word)) for word in words)
