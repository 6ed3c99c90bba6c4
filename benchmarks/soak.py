"""A long mixed load: memory and latency at the end against the beginning.

    python -m benchmarks.soak [--minutes 15] [--rate 20]

Texts in many languages of many people, each signed; every tenth request is fuzz. The first minute warms up, and
ends with a question in every language that is understood: what was learnt of each is mapped from its file then.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.drawing import curve
from benchmarks.fuzz import odd
from benchmarks.scene import (
    RESULTS,
    ROOT,
    Event,
    Line,
    Sending,
    event,
    events,
    load,
    percentile,
    served,
    wait_for,
    write,
)
from bot import phrases

SLICE = 10  # seconds


def main(minutes: float, rate: float) -> None:
    """Load, a look every ten seconds, the drift."""
    chance = random.Random(3)
    memory: list[tuple[float, float]] = []
    p99: list[float] = []
    statuses: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        line = Line(Path(folder))
        with served("app:create_app()", line, Path(folder)) as server:
            server.learnt()
            Sending(server.port, rate=rate).all(events(int(60 * rate), "warm"))
            Sending(server.port).all([event(n, text, "all") for n, text in enumerate(_of_each())])
            began, asked, answered = time.monotonic(), 0, 0
            open_tokens: set[str] = set()  # an answer may come in the next slice
            line.ask("/_replies")
            for number in range(int(minutes * 60 / SLICE)):
                real = events(int(SLICE * rate), f"slice{number}")
                mixed: list[Event] = [*real, *(odd(chance) for _ in range(len(real) // 10))]
                chance.shuffle(mixed)
                sending = Sending(server.port, rate=len(mixed) / SLICE)
                sending.all(mixed)
                wait_for(line, len(real), 5)
                said = line.ask("/_replies")
                open_tokens |= {one.token for one in real}
                asked, answered = asked + len(real), answered + len(open_tokens & said.keys())
                open_tokens -= said.keys()
                memory.append((time.monotonic() - began, server.memory()))
                p99.append(percentile(sending.seconds, 0.99))
                for status, times in sending.statuses.items():
                    statuses[status] = statuses.get(status, 0) + times
            wait_for(line, len(open_tokens), 5)
            answered += len(open_tokens & line.ask("/_replies").keys())
        line.end()
    third = max(1, len(memory) // 3)
    first = statistics.median(value for _, value in memory[:third])
    last = statistics.median(value for _, value in memory[-third:])
    curve(RESULTS / "soak.svg", "Memory (MB)", memory)
    write("soak.md", "Long mixed load", [
        f"{minutes:g} minutes, {rate:g} events/s and a tenth more of fuzz, {load()}.", "",
        "| asked | answered | statuses | memory first / last third MB | drift | ack p99 first / last third ms |",
        "|---|---|---|---|---|---|",
        f"| {asked} | {answered} | {statuses} | {first:.1f} / {last:.1f} | {(last / first - 1) * 100:+.1f}% | "
        f"{statistics.median(p99[:third]):.0f} / {statistics.median(p99[-third:]):.0f} |",
    ])  # fmt: skip


def _of_each() -> list[str]:
    """The longest phrase of each language: short ones may be in several."""
    found, _ = phrases.load(ROOT / "faq")
    longest: dict[str, str] = {}
    for one in found:
        longest[one.locale] = max(longest.get(one.locale, ""), one.text, key=len)
    return list(longest.values())


if __name__ == "__main__":
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--minutes", type=float, default=15)
    wanted.add_argument("--rate", type=float, default=20)
    given = wanted.parse_args()
    main(given.minutes, given.rate)
