"""Events a second and latency on PostgreSQL with 1, 2 and 4 workers, and what limits them.

python benchmarks/scale.py            writes benchmarks/results/scale.md
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from deployment import SENTENCES, Deployment, event, post

RESULTS = Path(__file__).parent / "results" / "scale.md"
SENDERS = 4
numbers = itertools.count()


@dataclass(frozen=True)
class Row:
    """One measurement."""

    workers: int
    kept: float  # events a second acknowledged
    answered: float  # events a second answered
    cpu: dict[str, float]  # milliseconds an event
    acknowledged: tuple[float, float]  # p50, p99 in milliseconds at the steady rate
    replied: tuple[float, float]
    memory: tuple[float, float]  # megabytes of a web process and of a worker
    written: float  # kilobytes of PostgreSQL's journal (WAL) an event
    kept_bytes: float  # bytes of the inbox, with its indexes, an event
    connections: int  # of all processes to PostgreSQL
    load: float


def send(deployment: Deployment, count: int, pause: float) -> list[float]:
    """Post `count` events of as many people; the milliseconds until each was acknowledged."""
    taken: list[float] = []
    waiting = iter(range(count))
    lock = threading.Lock()
    started = time.monotonic()

    def run() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", deployment.webs[0].port, timeout=30)
        while True:
            with lock:
                turn = next(waiting, None)
                number = next(numbers)
            if turn is None:
                return
            time.sleep(max(0.0, started + turn * pause - time.monotonic()))
            began = time.monotonic()
            assert (
                post(connection, event(number, number, SENTENCES[number % len(SENTENCES)])) == 200
            )
            taken.append((time.monotonic() - began) * 1000)

    threads = [threading.Thread(target=run) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def answered(deployment: Deployment, before: set[str], count: int) -> dict[str, tuple[float, str]]:
    """Wait until `count` new events are answered: token -> moment, entry."""
    for _ in range(1200):
        seen = deployment.line.seen()["sent"]
        new = {token: found for token, found in seen.items() if token not in before}  # type: ignore[attr-defined]
        if len(new) >= count:
            return new
        time.sleep(0.25)
    raise TimeoutError(f"only {len(new)} of {count} events were answered")


def quantiles(values: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    parts = statistics.quantiles(values, n=100)
    return statistics.median(values), parts[98]


def measure(deployment: Deployment, burst: int, rate: float, seconds: float) -> Row:
    """A burst as fast as it can be sent, then a steady rate."""
    known = set(deployment.line.seen()["sent"])  # type: ignore[call-overload]
    cpu, began, moment = deployment.cpu(), time.monotonic(), time.time()
    written = deployment.ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
    send(deployment, burst, 0.0)
    kept = burst / (time.monotonic() - began)
    new = answered(deployment, known, burst)
    last = max(found[0] for found in new.values())
    used = {name: (value - cpu[name]) / burst * 1000 for name, value in deployment.cpu().items()}
    written = deployment.ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn") - written
    known |= set(new)
    count = int(rate * seconds)
    acknowledged = send(deployment, count, 1 / rate)
    steady = answered(deployment, known, count)
    replied = [found[0] * 1000 - int(token[:13]) for token, found in steady.items()]
    return Row(
        len(deployment.workers), kept, burst / (last - moment), used, quantiles(acknowledged),
        quantiles(replied),
        (deployment.webs[0].megabytes(), deployment.workers[0].megabytes()), written / burst / 1024,
        deployment.ask("SELECT pg_total_relation_size('inbox') / count(*)::float FROM inbox"),
        int(deployment.ask("SELECT count(*) FROM pg_stat_activity WHERE client_port = -1")) - 1,
        os.getloadavg()[0],
    )  # fmt: skip


def table(rows: list[Row], burst: int, rate: float) -> str:
    """The results as they stand in the repository."""
    lines = [
        f"# Workers on PostgreSQL ({os.cpu_count()} cores for everything: web, workers, PostgreSQL, "
        "senders and LINE's stand-in)",
        "",
        f"`python benchmarks/scale.py`: {burst} events of as many people as fast as 4 senders can, then "
        f"{rate:.0f} a second. One web process that only receives; every worker has 4 threads; lexical "
        "half; PostgreSQL waits for the disk (`fsync`, `synchronous_commit` on).",
        "",
        "| workers | kept/s | answered/s | CPU ms an event: web | worker | PostgreSQL | "
        "acknowledged p50/p99 ms | answered p50/p99 ms | MB web/worker | journal kB an event | "
        "inbox bytes an event | connections | load of the machine |",
        "| " + " | ".join(["---"] * 13) + " |",
    ]
    for row in rows:
        cells = (
            str(row.workers), f"{row.kept:.0f}", f"{row.answered:.0f}",
            *(f"{row.cpu[name]:.1f}" for name in ("web", "worker", "PostgreSQL")),
            "{:.0f} / {:.0f}".format(*row.acknowledged), "{:.0f} / {:.0f}".format(*row.replied),
            "{:.0f} / {:.0f}".format(*row.memory), f"{row.written:.1f}", f"{row.kept_bytes:.0f}",
            str(row.connections), f"{row.load:.1f}",
        )  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--burst", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    chosen = parser.parse_args()
    deployment = Deployment(webs=1, workers=1)
    try:
        warm = send(deployment, 100, 0.02)
        answered(deployment, set(), len(warm))
        rows = []
        for wanted in chosen.workers:
            while len(deployment.workers) < wanted:
                deployment.add_worker()
            rows.append(measure(deployment, chosen.burst, chosen.rate, chosen.seconds))
            print(rows[-1], flush=True)
        text = table(rows, chosen.burst, chosen.rate)
        RESULTS.write_text(text, encoding="utf-8")
        print(text)
    finally:
        deployment.stop()


if __name__ == "__main__":
    main()
