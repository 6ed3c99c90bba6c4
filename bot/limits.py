"""Texts that LINE would cut, in any language, with the line of the file where each stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot import render
from bot.content import Content
from bot.i18n import line_of
from bot.source import Problem, pointed, problem

# Our own buttons and cards: where a text is shown decides how long it may be.
GRAPHEMES = {"title": render.BUTTON_LABEL, "links": render.BUTTON_LABEL}
UNITS = {"question": 300, "answer": 2 * render.CARD_TEXT + 400, "clerk": render.CARD_TEXT}


def problems(content: Content, folder: Path, locales_dir: Path) -> list[Problem]:
    """Every text that is too long for its place."""
    return [
        _problem(content, folder, locales_dir, locale, key, *size)
        for locale in content.offered
        for key in content.japanese
        if (size := _too_long(content, key, locale)) is not None
    ]


def _too_long(content: Content, key: str, locale: str) -> tuple[int, int] | None:
    """How long it is and how long it may be; None where it fits or is not shown in this language."""
    name, field, *_ = key.split(".")
    if name not in content.entries or not content.has(key, locale):
        return None
    text = content.tell(key, locale).text
    if field in GRAPHEMES:
        limit, count = GRAPHEMES[field], len(render.graphemes(text))
    else:
        limit, count = UNITS.get(field, render.TEXT), render.utf16(text)
    return (count, limit) if count > limit else None


def _problem(
    content: Content, folder: Path, locales_dir: Path, locale: str, key: str, count: int, limit: int
) -> Problem:
    words: dict[str, Any] = {"locale": locale, "key": key, "count": count, "limit": limit}
    entry, *path = key.split(".")
    if locale == "ja":
        file = folder / content.entries[entry].area / f"{entry}.yaml"
        return pointed(file, "too-long-line", tuple(path), **words)
    file = locales_dir / locale / "LC_MESSAGES" / "faq.po"
    return problem(file, "too-long-line", line_of(file, key), **words)
