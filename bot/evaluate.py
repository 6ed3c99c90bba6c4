"""Measuring answers on questions that the project did not learn from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot import dispatch
from bot.context import Handler
from bot.desk import Knowledge
from bot.messages import Incoming, Person, Reply

OUT = frozenset({"oos", "near", "small"})


@dataclass(slots=True)
class Result:
    """What came out for one file. Every list holds one boolean a line."""

    locale: str
    first: list[bool] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    wrong_alone: list[bool] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    danger: list[bool] = field(default_factory=list)
    false_danger: list[bool] = field(default_factory=list)
    language: list[bool] = field(default_factory=list)
    gatherings: list[bool] = field(default_factory=list)

    def figures(self) -> dict[str, float | str | None]:
        """Shares; None where the file has no such line."""
        names = (
            "first",
            "shown",
            "wrong_alone",
            "refused",
            "danger",
            "false_danger",
            "language",
            "gatherings",
        )
        shares: dict[str, float | str | None] = {"locale": self.locale}
        for name in names:
            shares[name] = share(getattr(self, name))
        return shares


def share(values: Sequence[bool]) -> float | None:
    """How many of them are true, from 0 to 1."""
    return round(sum(values) / len(values), 3) if values else None


def interval(values: Sequence[bool]) -> tuple[float, float]:
    """Wilson's interval at 95 %."""
    n = len(values)
    if not n:
        return 0.0, 1.0
    z, p = 1.96, sum(values) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def measure(
    file: Path, knowledge: Knowledge, handlers: Sequence[Handler], chosen: bool = True
) -> Result:
    """Ask every line of a file as a person who chose that language (`chosen`) or none would."""
    result = Result(file.stem)
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        kind, topics, text = line.split("\t")[:3]
        reply = _ask(text, file.stem if chosen else None, knowledge, handlers)
        _judge(result, kind, set(topics.split("|")), reply)
        detected = knowledge.matcher.detect(text, None, None).locale
        same = {"ja", "ja-simple"}
        result.language.append(detected == file.stem or {detected, file.stem} == same)
    return result


def _ask(text: str, locale: str | None, knowledge: Knowledge, handlers: Sequence[Handler]) -> Reply:
    now = datetime.now(UTC)
    incoming, person = Incoming("text", now, person="measure", text=text), Person("measure", locale)
    return dispatch.answer(incoming, person, now, knowledge.content, knowledge.matcher, handlers)


def _judge(result: Result, kind: str, topics: set[str], reply: Reply) -> None:
    entries = reply.entries if reply.outcome in {"answer", "choices", "danger"} else ()
    if kind == "emergency":
        result.danger.append(reply.outcome == "danger")
        return
    result.false_danger.append(reply.outcome == "danger")
    if kind == "topic":
        alone = reply.outcome == "answer"
        result.first.append(bool(entries) and entries[0] in topics)
        result.shown.append(bool(topics & set(entries)))
        result.wrong_alone.append(alone and entries[0] not in topics)
    elif kind in OUT:
        result.refused.append(reply.outcome not in {"answer", "danger"})
        result.wrong_alone.append(reply.outcome == "answer")
    else:
        result.gatherings.append(reply.outcome == "gatherings" or bool(topics & set(entries)))


def table(results: Sequence[Result]) -> str:
    """The figures for people."""
    head = (
        "locale",
        "first",
        "shown",
        "wrong_alone",
        "refused",
        "danger",
        "false_danger",
        "language",
        "gatherings",
    )
    rows = [[str(value) for value in result.figures().values()] for result in results]
    return "\n".join("  ".join(f"{cell:>12}" for cell in row) for row in [list(head), *rows])
