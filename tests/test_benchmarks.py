"""The comparison is fair only if its bookkeeping is right."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import matching
import pytest
import tasks
from tasks import NONE, Example, Question, Task


def task(*questions: Question) -> Task:
    return Task("t", (), questions, {"en": "en"})


HAVE = Question("en", ("a",), "have", "en")
HAVE_NOT = Question("en", (), "have not", "en")


@pytest.mark.parametrize(
    ("question", "ranked", "cost"),
    [
        (HAVE, [["a", 0.9]], 0),
        (HAVE, [["b", 0.9]], matching.WRONG_ALONE),
        (HAVE, [["b", 0.5], ["a", 0.4]], matching.UNNEEDED),
        (HAVE, [["b", 0.5], ["c", 0.4]], matching.NOT_SHOWN),
        (HAVE, [["a", 0.1]], matching.NOT_SHOWN),
        (HAVE, [], matching.NOT_SHOWN),
        (HAVE, [[NONE, 0.9], ["a", 0.1]], matching.NOT_SHOWN),
        (HAVE_NOT, [["a", 0.1]], 0),
        (HAVE_NOT, [["a", 0.5]], matching.UNNEEDED),
        (HAVE_NOT, [["a", 0.9]], matching.WRONG_ALONE),
        (HAVE_NOT, [["intent:thanks", 0.9]], 0),
    ],
    ids=str,
)
def test_every_outcome_has_its_price(question: Question, ranked: list[object], cost: float) -> None:
    answers = [(ranked, None)]
    assert matching.price([question], answers, {tasks.ALL: (0.8, 0.3)}) == cost


def test_thresholds_are_the_cheapest_for_each_language() -> None:
    questions = (HAVE, HAVE_NOT, Question("ja", ("a",), "x", "ja"), Question("ja", (), "y", "ja"))
    answers = [([["a", score]], None) for score in (0.5, 0.1, 50.0, 10.0)]
    said = matching.Said(answers, [0.0] * 4, 0, 0)
    limits = matching.thresholds(task(*questions), said)
    assert limits["en"][0] == 0.5
    assert limits["ja"][0] == 50.0


def test_a_rehearsal_asks_nothing_that_was_learnt() -> None:
    examples = tuple(Example("en", f"label{n % 7}", f"phrase {n}") for n in range(70))
    practice = tasks.rehearsal(Task("t", examples, (HAVE,), {"en": "en"}))
    learnt = {one.text for one in practice.examples}
    assert len(learnt) + len(practice.questions) == len(examples)
    assert not learnt & {one.text for one in practice.questions}
    strange = [one for one in practice.questions if not one.topics]
    assert strange, "labels that are not learnt play what is out of scope"


def test_a_rehearsal_asks_so_many_of_each_language_that_slow_ones_end() -> None:
    examples = tuple(
        Example(locale, f"label{n % 7}", f"{locale} phrase {n}")
        for locale in ("en", "fr")
        for n in range(2000)
    )
    practice = tasks.rehearsal(Task("t", examples, (HAVE,), {"en": "en", "fr": "fr"}))
    assert {one.group for one in practice.questions} == {"en"}
    assert len(practice.questions) == tasks.REHEARSED
