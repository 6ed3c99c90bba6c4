"""The project's own questions: none of them is a phrase that was learnt from."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT

from bot import evaluate, phrases
from bot.learning import Learner
from handlers import HANDLERS

QUESTIONS = sorted((ROOT / "faq" / "questions").glob("*.tsv"))


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_the_right_entry_is_found_without_the_model(file: Path, learner: Learner) -> None:
    result = evaluate.measure(file, learner.knowledge, HANDLERS)
    at_least = {"first": 0.7, "shown": 0.8, "danger": 1.0, "refused": 0.9, "gatherings": 1.0}
    failed = evaluate.failures([result], at_least, {"wrong_alone": 0.1, "false_danger": 0.0})
    assert failed == [], evaluate.mistakes([result])


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_no_question_is_a_phrase(file: Path) -> None:
    learnt = {one.text for one in phrases.load(ROOT / "faq")[0]}
    asked = {line.split("\t")[2] for line in file.read_text(encoding="utf-8").splitlines()[1:]}
    assert not asked & (learnt - SMALL)


SMALL = {"good evening", "こんばんは", "ありがとう ございます", "ありがとうございました"}


def test_figures_come_with_intervals_mistakes_and_a_verdict() -> None:
    result = evaluate.Result("en")
    for right in (True, True, False):
        result.note("first", right)
    result.mistakes.append(evaluate.Mistake("garbage", "pension", "answer", 0.9, "bin day"))
    assert result.figures()["first"] == 0.667
    low, high = result.intervals()["first"]
    assert 0.2 < low < 0.667 < high < 0.95
    assert "garbage -> pension" in evaluate.mistakes([result])
    assert evaluate.failures([result], {"first": 0.9}, {}) == ["en: first is 0.667, under 0.9."]
    assert evaluate.failures([result], {}, {"first": 0.5}) == ["en: first is 0.667, over 0.5."]
    assert "0.667" in evaluate.table([result, result])
