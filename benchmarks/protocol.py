"""The figures that the authors of HINT3 publish (Arora et al. 2020), for every contestant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasks import NONE, Question

REFUSED = 0.8  # of what is out of scope: below, a platform answers too much to be used


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of all questions, of those that have an answer, and of the others; at one threshold."""

    overall: float
    in_scope: float
    refused: float


@dataclass(frozen=True, slots=True)
class Published:
    """One contestant on one bot: at the best thresholds of the questions, and at one chosen without them."""

    best: float  # overall, at the threshold that is best for it
    curve: Figures  # the best overall and in scope together where `REFUSED` is reached
    chosen: Figures  # at the lowest threshold that reaches `REFUSED` on a rehearsal


Asked = tuple[Sequence[Question], Sequence[Any]]  # questions, and what was answered to each


def published(asked: Asked, rehearsed: Asked) -> Published:
    """From what a contestant said to the questions and in its rehearsal."""
    steps = [at(asked, limit) for limit in _limits(asked)]
    reached = [one for one in steps if one.refused >= REFUSED]
    honest = next(limit for limit in _limits(rehearsed) if at(rehearsed, limit).refused >= REFUSED)
    return Published(
        max(one.overall for one in steps),
        max(reached, key=lambda one: one.overall + one.in_scope),
        at(asked, honest),
    )


def _limits(asked: Asked) -> Iterator[float]:
    """Every score at which something changes, from the lowest; the last refuses everything."""
    yield from sorted({_top(answer)[1] for answer in asked[1]})
    yield math.inf


def at(asked: Asked, limit: float) -> Figures:
    """One label is answered where its score reaches `limit`, else nothing."""
    right, known = [], []
    for question, answer in zip(*asked, strict=True):
        label, score = _top(answer)
        said = "" if score < limit or label == NONE else label
        right.append(said in question.topics if question.topics else not said)
        known.append(bool(question.topics))
    ours = [good for good, own in zip(right, known, strict=True) if own]
    others = [good for good, own in zip(right, known, strict=True) if not own]
    return Figures(_share(right), _share(ours), _share(others))


def _top(answer: Any) -> tuple[str, float]:
    ranked, _ = answer
    return (ranked[0][0], ranked[0][1]) if ranked else ("", 0.0)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def table(found: dict[tuple[str, str], Published]) -> list[str]:
    """As Markdown: every contestant and bot, and the mean of each contestant's bots; keys are (contestant, bot)."""
    lines = [
        "", "## HINT3 by its authors' protocol", "",
        "One label above a threshold, or nothing. overall: right of all questions; in scope: right of those that have "
        f"an answer; refused: nothing said of the others. First at the threshold that is best in scope with refused >= "
        f"{REFUSED} on the questions themselves, as the paper does; then, chosen without them, at the lowest threshold "
        "that reaches it on a fifth of the training phrases. The platforms of the paper reach 0.701 overall and 0.552 "
        "in scope.", "",
        "| contestant | bot | overall, best | in scope | overall | refused | then in scope | overall | refused |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for name in dict.fromkeys(contestant for contestant, _ in found):
        own = {bot: figures for (contestant, bot), figures in found.items() if contestant == name}
        rows = {bot: _cells(one) for bot, one in own.items()}
        rows["mean"] = [sum(column) / len(column) for column in zip(*rows.values(), strict=True)]
        lines += [
            f"| {name} | {bot} | {' | '.join(f'{value:.3f}' for value in cells)} |"
            for bot, cells in rows.items()
        ]
    return lines


def _cells(one: Published) -> list[float]:
    curve, chosen = one.curve, one.chosen
    return [one.best, curve.in_scope, curve.overall, curve.refused,
            chosen.in_scope, chosen.overall, chosen.refused]  # fmt: skip
