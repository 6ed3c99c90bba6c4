"""Measuring answers on questions that the project did not learn from."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import regex

from bot import dispatch
from bot.context import Handler
from bot.desk import Knowledge
from bot.messages import Incoming, Person, Reply

OUT = frozenset({"oos", "near", "small"})
FIGURES = (
    "first",  # topic lines whose right entry came first
    "shown",  # topic lines whose right entry was among those shown
    "wrong_alone",  # lines answered with one entry that is not right
    "refused",  # lines about something else that got no entry alone
    "danger",  # emergencies that were found
    "false_danger",  # other lines that were taken for one, and do not ask for what the card says
    "language",
    "language4",  # the same, only lines of four words or more
    "gatherings",
)
WORST = 12
OTHER_LETTERS = regex.compile(r"(?!\p{Latin})\p{L}")
ENOUGH_WORDS = 4


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that went wrong: what it wanted, what came out, how sure that was."""

    wanted: str
    got: str
    outcome: str
    score: float
    text: str


@dataclass(slots=True)
class Result:
    """What came out for one file. Every list of `values` holds one boolean a line."""

    locale: str
    values: dict[str, list[bool]] = field(default_factory=lambda: {name: [] for name in FIGURES})
    mistakes: list[Mistake] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float | str | None]:
        """Shares, None where the file has no such line, and milliseconds an answer."""
        shares: dict[str, float | str | None] = {"locale": self.locale}
        shares |= {name: share(self.values[name]) for name in FIGURES}
        return shares | {"p50_ms": _milliseconds(self.seconds, 0.5),
                         "p95_ms": _milliseconds(self.seconds, 0.95)}  # fmt: skip

    def intervals(self) -> dict[str, tuple[float, float]]:
        """Wilson's interval of every share."""
        return {name: interval(values) for name, values in self.values.items() if values}

    def note(self, name: str, right: bool) -> None:
        """Count one line for one figure."""
        self.values[name].append(right)


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
    return round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)


def _milliseconds(seconds: Sequence[float], part: float) -> float | None:
    if not seconds:
        return None
    return round(1000 * sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))], 1)


def measure(
    file: Path,
    knowledge: Knowledge,
    handlers: Sequence[Handler],
    locale: str | None = None,
    chosen: bool = True,
) -> Result:
    """Ask every line of a file as a person who chose its language would, or, not `chosen`, one who chose none.

    The language is `locale`, else the name of the file, as far as it is offered: of my-zawgyi it is my.
    """
    name = locale or file.stem
    names = (name, name.rpartition("-")[0])
    known = next((one for one in names if one in knowledge.content.languages), None)
    result = Result(file.stem)
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        kind, topics, text = line.split("\t")[:3]
        started = time.perf_counter()
        reply = _ask(text, known if chosen else None, knowledge, handlers)
        result.seconds.append(time.perf_counter() - started)
        _judge(result, kind, topics.split("|"), text, reply)
        _judge_language(result, known, text, knowledge)
    return result


def worse(folder: Path, now: Knowledge, new: Knowledge, handlers: Sequence[Handler]) -> bool:
    """Whether the questions in `folder` get more mistakes, or graver ones, from `new` than from `now`."""
    before, after = (_faults(folder, one, handlers) for one in (now, new))
    return any(then > before[name] for name, then in after.items())


def _faults(folder: Path, knowledge: Knowledge, handlers: Sequence[Handler]) -> dict[str, int]:
    results = [measure(file, knowledge, handlers) for file in sorted(folder.glob("*.tsv"))]
    return {
        "mistakes": sum(len(one.mistakes) for one in results),
        "missed dangers": sum(one.values["danger"].count(False) for one in results),
        "wrong alone": sum(one.values["wrong_alone"].count(True) for one in results),
    }


def _judge_language(result: Result, name: str | None, text: str, knowledge: Knowledge) -> None:
    found = knowledge.matcher.detect(text, None, None)
    right = found.locale == name or {found.locale, name} == {"ja", "ja-simple"}
    if found.locale is None and name and knowledge.content.languages[name].script != "Latn":
        right = not OTHER_LETTERS.search(text)  # romanised: "unknown" is the right answer
    result.note("language", right)
    if found.words >= ENOUGH_WORDS:
        result.note("language4", right)


def _ask(text: str, locale: str | None, knowledge: Knowledge, handlers: Sequence[Handler]) -> Reply:
    now = datetime.now(UTC)
    incoming, person = Incoming("text", now, person="measure", text=text), Person("measure", locale)
    return dispatch.answer(incoming, person, now, knowledge.content, knowledge.matcher, handlers)


def _judge(result: Result, kind: str, topics: list[str], text: str, reply: Reply) -> None:
    entries = reply.entries if reply.outcome in {"answer", "choices", "danger"} else ()
    alone, right = reply.outcome == "answer", set(topics)
    if kind == "emergency":
        result.note("danger", reply.outcome == "danger")
    else:
        # "I do not want to live any more" asks for the entry that the danger card shows: no mistake.
        result.note("false_danger", reply.outcome == "danger" and not right & set(entries))
    if kind == "topic":
        result.note("first", bool(entries) and entries[0] in right)
        result.note("shown", bool(right & set(entries)))
        result.note("wrong_alone", alone and entries[0] not in right)
    elif kind in OUT:
        result.note("refused", reply.outcome not in {"answer", "danger"})
        result.note("wrong_alone", alone)
    elif kind == "events":
        result.note("gatherings", reply.outcome == "gatherings" or bool(right & set(entries)))
    if not _fine(kind, right, reply, entries):
        got = entries[0] if entries else reply.outcome
        result.mistakes.append(
            Mistake(topics[0] or kind, got, reply.outcome, reply.score or 0.0, text)
        )


def _fine(kind: str, right: set[str], reply: Reply, entries: Sequence[str]) -> bool:
    if kind == "emergency":
        return reply.outcome == "danger"
    if kind in OUT:
        return reply.outcome not in {"answer", "danger"}
    if kind == "events" and reply.outcome == "gatherings":
        return True
    return bool(entries) and entries[0] in right


def table(results: Sequence[Result]) -> str:
    """The figures for people, and with what confidence."""
    head = ["file", *FIGURES, "p50_ms", "p95_ms"]
    rows = [head, *(["-" if cell is None else str(cell) for cell in one.figures().values()]
                    for one in results)]  # fmt: skip
    if len(results) > 1:
        rows.append(_together(results))
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
             for row in rows]  # fmt: skip
    return "\n".join([*lines, "", *(_with_interval(one) for one in results)])


def _together(results: Sequence[Result]) -> list[str]:
    """The mean of every figure over the files."""
    means = []
    for name in (*FIGURES, "p50_ms", "p95_ms"):
        values = [one.figures()[name] for one in results]
        numbers = [value for value in values if isinstance(value, int | float)]
        means.append(f"{sum(numbers) / len(numbers):.3f}" if numbers else "-")
    return ["mean", *means]


def _with_interval(result: Result) -> str:
    spans = result.intervals()
    parts = [f"{name} {low:.2f}–{high:.2f}" for name, (low, high) in spans.items()]
    return f"95% {result.locale}: " + ", ".join(parts)


def mistakes(results: Sequence[Result]) -> str:
    """Which entries are taken for which, and the surest mistakes."""
    found = [one for result in results for one in result.mistakes]
    pairs = Counter((one.wanted, one.got) for one in found)
    confused = [f"{count:4}  {wanted} -> {got}" for (wanted, got), count in pairs.most_common(30)]
    surest = sorted(found, key=lambda one: (one.outcome != "answer", -one.score))[:WORST]
    worst = [f"{one.score:.2f}  {one.outcome}  {one.wanted} -> {one.got}:  {one.text}"
             for one in surest]  # fmt: skip
    return "\n".join(["", "Taken for another:", *confused, "", "Worst:", *worst])


def failures(
    results: Iterable[Result], at_least: Mapping[str, float], at_most: Mapping[str, float]
) -> list[str]:
    """One sentence for each figure that is not as good as asked."""
    said = []
    for result in results:
        figures = result.figures()
        for limits, word in ((at_least, "under"), (at_most, "over")):
            for name, limit in limits.items():
                value = figures[name]
                if isinstance(value, int | float) and _bad(value, limit, word):
                    said.append(f"{result.locale}: {name} is {value}, {word} {limit}.")
    return said


def _bad(value: float, limit: float, word: str) -> bool:
    return value < limit if word == "under" else value > limit
