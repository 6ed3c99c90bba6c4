"""Dates in people's words: a table a language, asked on Tuesday 1 December 2026."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from conftest import NOON, ROOT

from bot import dispatch
from bot.content import Content
from bot.learning import Learner
from bot.messages import Incoming, Person
from handlers import HANDLERS

TABLES = sorted((ROOT / "tests" / "when").glob("*.tsv"))
RIGHT = 0.97


def understood(text: str, locale: str, now: datetime, learner: Learner) -> tuple[str, ...] | None:
    incoming, person = Incoming("text", now, person="x", text=text), Person("x", locale)
    knowledge = learner.knowledge
    reply = dispatch.answer(incoming, person, now, knowledge.content, knowledge.matcher, HANDLERS)
    return reply.range


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_the_days_that_were_meant_are_listed(file: Path, learner: Learner) -> None:
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    wrong = [
        (text, (first, last), found)
        for first, last, text in rows
        if (found := understood(text, file.stem, NOON, learner)) != (first, last)
    ]
    assert len(wrong) <= len(rows) * (1 - RIGHT), wrong


def test_every_language_with_texts_has_a_table_of_days(content: Content) -> None:
    tables = {file.stem for file in TABLES}
    assert set(content.locales) <= tables
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in TABLES) >= 200
