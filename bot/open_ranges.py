"""From a day on, and until the end of something: from tomorrow, since Friday, until the end of the month, 明日から."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import regex

from bot import days
from bot.days import Span
from bot.heard import Heard
from bot.normal import UNSPACED, kana, plain, spaceless

NEAR = 3  # words between "from" and the day: from the coming Friday


def opened(heard: Heard, words: Sequence[str], names_a_day: Callable[[str], bool]) -> str | None:
    """The text without its "from", where a day stands beside that; `words` hold the day as #."""
    for word in words:
        if UNSPACED.search(word):
            inside = kana(spaceless(plain(word)))
            if inside in heard.joined:
                return heard.bare.replace(plain(word), " ")
            continue
        phrase = regex.escape(plain(word.replace("#", " ")))
        for found in regex.finditer(rf"(?<!\S){phrase}(?!\S)", heard.bare):
            before, after = heard.bare[: found.start()].split(), heard.bare[found.end() :].split()
            beside = before[-NEAR:] if word.startswith("#") else after[:NEAR]
            if names_a_day(" ".join(beside)):
                return " ".join([*before, *after])
    return None


def is_open(span: Span, joined: bool) -> bool:
    """A day, and a week or month that nothing joins to a last day; "from the 5th to the 10th" has an end."""
    whole = span == days.week(span[0], 0) or span == days.month(span[0].year, span[0].month)
    return span[0] == span[1] or (whole and not joined)


def rest(span: Span, today: date) -> Span:
    """From today to the end of what is named."""
    return (today, span[1]) if span[1] > today else span


def a_week_on(span: Span) -> Span:
    """Saturday week, samedi en huit."""
    return span[0] + timedelta(weeks=1), span[1] + timedelta(weeks=1)
