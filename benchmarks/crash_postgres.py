"""A burst while two web processes and two workers die in turn: nothing acknowledged stays unanswered.

    python benchmarks/crash_postgres.py --events 10000

Each of the four processes is killed (SIGKILL) again and again. One worker is frozen for longer than the engine
waits (SIGSTOP) and comes back; a web process and a worker are cut off from the database so long: nothing comes
through, and nobody is told. Whoever sends behaves as LINE: an event
that was not acknowledged is delivered again. LINE's stand-in counts, and refuses used and expired tokens.
"""

from __future__ import annotations

import argparse
import collections
import http.client
import itertools
import queue
import random
import signal
import sys
import threading
import time
from pathlib import Path

from deployment import SENTENCES, Deployment, Process, event, post

RESULTS = Path(__file__).parent / "results" / "crash_postgres.md"
SENDERS = 8
PAUSE = 0.5  # seconds before an event is delivered again
AWAY = 25.0  # seconds; longer than bot.workers.STALLED
FREEZE, CUT = {5}, {2, 9}  # in which turn; the others are deaths
THREADS = 4
PATIENCE = 160.0  # longer than bot.workers.LONGEST_ANSWER: so late is what could not write down its end given back


def deliver(
    deployment: Deployment, waiting: queue.Queue[int], rate: float, count: int
) -> threading.Event:
    """Send all events; the returned event is set when every one was acknowledged."""
    acknowledged: set[int] = set()
    finished = threading.Event()
    started = time.monotonic()

    def run() -> None:
        connections: dict[int, http.client.HTTPConnection] = {}
        while not finished.is_set():
            try:
                number = waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            time.sleep(max(0.0, started + number / rate - time.monotonic()))
            port = random.choice(deployment.webs).port
            connection = connections.setdefault(
                port, http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            )
            try:
                kept = (
                    post(connection, event(number, number, SENTENCES[number % len(SENTENCES)]))
                    == 200
                )
            except (OSError, http.client.HTTPException):
                kept = False
                connection.close()
            if kept:
                acknowledged.add(number)
            else:
                threading.Timer(PAUSE, waiting.put, (number,)).start()
            if len(acknowledged) == count:
                finished.set()

    for _ in range(SENDERS):
        threading.Thread(target=run, daemon=True).start()
    return finished


def torment(
    deployment: Deployment, every: float, finished: threading.Event
) -> collections.Counter[str]:
    """Kill each in turn until all events are acknowledged; some are away for a while instead."""
    deaths: collections.Counter[str] = collections.Counter()
    victims = list(zip(("web", "worker"), (deployment.webs, deployment.workers), strict=True))
    away: dict[Process, threading.Timer] = {}
    for turn in itertools.count():
        if finished.wait(every * random.uniform(0.5, 1.5)):
            break
        kind, processes = victims[turn % 2]
        victim = processes[turn // 2 % 2]
        if any(timer.is_alive() and other.kind == kind for other, timer in away.items()):
            continue  # the other one of its kind is away: somebody must be there
        if turn in FREEZE | CUT:
            deaths["frozen" if turn in FREEZE else f"{kind} cut off"] += 1
            away[victim] = leave(victim, frozen=turn in FREEZE)
            continue
        victim.kill()
        victim.start()
        deaths[kind] += 1
    for timer in away.values():
        timer.join()
    return deaths


def leave(victim: Process, frozen: bool) -> threading.Timer:
    """Freeze it, or cut it off; the timer ends that."""
    assert victim.cable
    if frozen:
        victim.signal(signal.SIGSTOP)
        back = threading.Timer(AWAY, victim.signal, (signal.SIGCONT,))
    else:
        victim.cable.cut()
        back = threading.Timer(AWAY, victim.cable.mend)
    back.start()
    return back


def settled(deployment: Deployment, count: int) -> dict[str, object]:
    """What LINE has seen once every person was answered, or when nothing comes any more."""
    last, since = -1, time.monotonic()
    while True:
        seen = deployment.line.seen()
        done = len({int(token[13:]) for token in seen["sent"]}  # type: ignore[attr-defined]
                   | {int(to[1:], 16) for to in seen["pushed"]})  # type: ignore[attr-defined]  # fmt: skip
        if done >= count or time.monotonic() - since > PATIENCE:
            return seen
        if done != last:
            last, since = done, time.monotonic()
        time.sleep(0.5)


def report(
    seen: dict[str, object], deaths: collections.Counter[str], count: int, seconds: float
) -> tuple[str, bool]:
    """The table, and whether the promise was kept."""
    sent, tries, pushed = seen["sent"], seen["tries"], seen["pushed"]
    answers = {int(token[13:]): found[1] for token, found in sent.items()}  # type: ignore[attr-defined]
    told = {int(to[1:], 16): entry for to, entry in pushed.items()}  # type: ignore[attr-defined]
    missing = [number for number in range(count) if number not in answers and number not in told]
    twice = sum(calls - 1 for token, calls in tries.items() if token in sent)  # type: ignore[attr-defined]
    both = len(answers.keys() & told.keys())
    kinds: dict[int, set[str]] = {}
    for number, entry in (answers | told).items():
        kinds.setdefault(number % len(SENTENCES), set()).add(entry)
    wrong = sum(len(entries) != 1 or "" in entries for entries in kinds.values())
    limit = THREADS * (deaths["worker"] + deaths["frozen"] + deaths["worker cut off"])
    good = not missing and twice + both <= limit and not wrong and len(kinds) == len(SENTENCES)
    rows = [
        ("events, each of another person", count), ("web processes killed", deaths["web"]),
        ("workers killed", deaths["worker"]), (f"workers frozen for {AWAY:.0f} s", deaths["frozen"]),
        (f"web processes cut off from the database for {AWAY:.0f} s", deaths["web cut off"]),
        (f"workers cut off from the database for {AWAY:.0f} s", deaths["worker cut off"]),
        ("acknowledged and never answered", len(missing)),
        ("answered by reply", len(answers)), ("answered by push: the token had expired", len(told)),
        ("calls to LINE beyond one (LINE refuses them)", twice), ("answered twice", both),
        ("in flight when a worker died, at most", limit), ("questions with a wrong answer", wrong),
        ("seconds until the last answer", round(seconds)),
    ]  # fmt: skip
    lines = [
        "# Killed in turn: two web processes, two workers, PostgreSQL",
        "",
        "| what | number |",
        "| --- | --- |",
    ]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows)]) + "\n", good


def main() -> None:
    """Torment, count, write; exit 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=20.0, help="events a second, if all is well")
    parser.add_argument(
        "--every", type=float, default=12.0, help="seconds between two deaths, about"
    )
    chosen = parser.parse_args()
    random.seed(3)
    deployment = Deployment(webs=2, workers=2, threads=THREADS, delay=0.02, cables=True)
    try:
        began = time.monotonic()
        waiting: queue.Queue[int] = queue.Queue()
        for number in range(chosen.events):
            waiting.put(number)
        finished = deliver(deployment, waiting, chosen.rate, chosen.events)
        deaths = torment(deployment, chosen.every, finished)
        seen = settled(deployment, chosen.events)
        text, good = report(seen, deaths, chosen.events, time.monotonic() - began)
        RESULTS.write_text(text, encoding="utf-8")
        print(text)
        if not good:
            print((deployment.folder / "worker.log").read_text()[-4000:])
    finally:
        deployment.stop()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
