"""How long 2,000 gatherings with rules over two years take: a week's list and the feed."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import feed, rules, schedule  # noqa: E402
from bot.calendar_page import Feeds  # noqa: E402
from bot.content import Content, Library  # noqa: E402
from bot.context import Context  # noqa: E402
from bot.gatherings import Occurrence  # noqa: E402
from bot.messages import Person, Reply  # noqa: E402
from bot.models import Gathering  # noqa: E402
from handlers.gatherings import Wish, listing  # noqa: E402

COUNT = 2000
NOW = datetime(2026, 12, 1, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LIMITS = {
    "a week, cold": 20, "another week": 20, "a week listed in the chat, cold": 20, "a week, kept": 20,
    "the feed, cold": 300, "the feed, kept": 5,
}  # fmt: skip


def made(number: int) -> Gathering:
    """One of 2,000: most weekly or on two Saturdays, some a day of every month or year, one in fifty an RRULE."""
    start = date(2026, 1, 1) + timedelta(days=number % 365)
    day = WEEKDAYS[start.weekday()]
    week = (start.day - 1) // 7 + 1
    repeats: list[dict[str, object]] = [
        {"every": "week", "on": [day], "until": "2027-12-31"},
        {"every": "month", "on": [day], "weeks": sorted({week, 3})},
        {"every": "week", "on": [day], "except": [str(start + timedelta(days=14))]},
        {"every": "year"},
    ]
    repeat = (
        {"rrule": "FREQ=DAILY;INTERVAL=3;COUNT=200"} if number % 50 == 7 else repeats[number % 4]
    )
    row = {
        "id": f"g{number}", "kind": "class", "title": f"日本語教室 {number}", "organiser": "arrupe",
        "starts_at": f"{start}T{9 + number % 10:02}:00", "ends_at": f"{start}T{10 + number % 10:02}:30",
        "repeat": repeat, "summary": "先生だった人たちのボランティアの教室。" * 3, "cost": "無料",
        "booking": "先に電話してください。", "place": {"name": "福祉センター", "address": "鎌倉市御成町20-21"},
    }  # fmt: skip
    return Gathering.model_validate(row)


def content() -> Content:
    """The real content with 2,000 gatherings instead of its own."""
    real = Library(ROOT / "faq", ROOT / "locales").content
    many = {one.id: one for one in map(made, range(COUNT))}
    texts = {
        f"gathering.{one.id}.{name}": text
        for one in many.values()
        for name, text in one.texts().items()
    }
    return replace(real, version="many", gatherings=many, japanese={**real.japanese, **texts})


def milliseconds(work: Callable[[], object], times: int) -> list[float]:
    """How long the processor was busy with each of several runs: other programs do not count."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1000)
    return sorted(found)


def cold(known: Content, first: date) -> list[Occurrence]:
    """A week of a content that was just read: nothing is filed and no rule counted out."""
    rules.counted_out.cache_clear()
    return schedule.Schedule(known.gatherings).between(first, first + timedelta(days=6))


def listed(known: Content, first: date) -> Reply:
    """The same as a person sees it."""
    rules.counted_out.cache_clear()
    fresh = replace(known)  # without the schedule that the other keeps
    context = Context(fresh, None, Person("x", "my"), "my", NOW)
    return listing(Wish(first, first + timedelta(days=6), True), context)


def measured(known: Content) -> dict[str, list[float]]:
    """Each figure's runs."""
    first = date(2026, 12, 7)
    weeks = iter(first + timedelta(days=7 * number) for number in range(1, 60))
    once = schedule.Schedule(known.gatherings)
    once.between(first, first)
    kept = Feeds()
    return {
        "a week, cold": milliseconds(lambda: cold(known, first), 15),
        "another week": milliseconds(lambda: once.between(day := next(weeks), day), 50),
        "a week listed in the chat, cold": milliseconds(lambda: listed(known, first), 15),
        "a week, kept": milliseconds(lambda: once.between(first, first + timedelta(days=6)), 50),
        "the feed, cold": milliseconds(lambda: feed.feed(known, "my"), 7),
        "the feed, kept": milliseconds(
            lambda: kept.of(("many", "my", ""), lambda: feed.feed(known, "my"), NOW), 50
        )[:-1],
    }


def main() -> None:
    known = content()
    shown = len(known.schedule.between(date(2026, 12, 7), date(2026, 12, 13)))
    lines = [
        "# Gatherings", "",
        f"`python benchmarks/gatherings.py`: {COUNT} gatherings with rules, {shown} dates in the week.",
        "The slowest runs hold a full garbage collection.",
        f"Processor time; the machine was shared (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors).", "",
        "| what | median ms | slowest ms | limit ms |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    late = []
    for name, runs in measured(known).items():
        middle, limit = statistics.median(runs), LIMITS.get(name)
        lines.append(f"| {name} | {middle:.1f} | {runs[-1]:.1f} | {limit or ''} |")
        late += [name] if limit and middle > limit else []
    file = ROOT / "benchmarks" / "results" / "gatherings.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(file.read_text(encoding="utf-8"))
    if late:
        sys.exit(f"Too slow: {', '.join(late)}.")


if __name__ == "__main__":
    main()
