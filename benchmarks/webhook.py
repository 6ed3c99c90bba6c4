"""Events a second, CPU, latency and memory: the official echo example, one with a shared client, and Tomoni.

    python -m benchmarks.webhook [--events 2000] [--runs 3] [--only shared tomoni]
    python -m benchmarks.webhook --rolling --rate 50     # a restart under load loses nothing
    python -m benchmarks.webhook --trouble          # acknowledgement while LINE hangs 10 s, or fails

All over TLS to a stand-in of LINE's API, all served by gunicorn and waitress with the same settings. Tomoni
does everything: keeps each event durably, knows repeated ones, finds the language, matches, renders, sends.
Every event is of another person. Memory is PSS after the run.
"""

from __future__ import annotations

import argparse
import itertools
import os
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.drawing import bars
from benchmarks.scene import (
    RESULTS,
    Line,
    Sending,
    Server,
    events,
    load,
    median,
    percentile,
    served,
    wait_for,
    write,
)

APPS = {
    "official": "benchmarks.echo:official()",
    "shared": "benchmarks.echo:shared()",
    "tomoni": "app:create_app()",
}
NAMES = {
    "official": "echo, new client per reply (official example)",
    "shared": "echo, one shared client",
    "tomoni": "Tomoni, complete",
}
Row = dict[str, float]


def run(server: Server, line: Line, count: int, name: str) -> Row:
    """`count` events as fast as they are acknowledged; measured until the last answer is with LINE."""
    waiting, sending = events(count, name), Sending(server.port)
    cpu, began = server.cpu(), time.monotonic()
    sending.all(waiting)
    answered = wait_for(line, count, 15)
    last = server.cpu() - cpu
    replies = line.ask("/_replies")
    took = [float(said[1]) - sending.sent_at[token] for token, said in replies.items()]
    ended = max(float(said[1]) for said in replies.values())
    return {
        "rate": answered / (ended - began), "cpu": last / answered * 1000, "answered": answered,
        "ack50": percentile(sending.seconds, 0.5), "ack99": percentile(sending.seconds, 0.99),
        "reply50": percentile(took, 0.5), "reply99": percentile(took, 0.99), "memory": server.memory(),
    }  # fmt: skip


def compare(count: int, runs: int, only: Sequence[str]) -> None:
    """The table of all three; of `only` some, it is shown and not kept."""
    table: dict[str, list[Row]] = {name: [] for name in APPS if name in only}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_servers:
        line = Line(Path(folder))
        servers = {}
        for name in table:
            own = Path(folder) / name
            own.mkdir()
            servers[name] = open_servers.enter_context(served(APPS[name], line, own))
            if name == "tomoni":
                servers[name].learnt()
            run(servers[name], line, 200, f"warm-{name}")
        # In turns: what else the machine does is then no rival's misfortune alone.
        for number, name in itertools.product(range(runs), servers):
            few = count // 10 if name == "official" else count
            table[name].append(run(servers[name], line, few, f"{name}{number}"))
        open_servers.callback(line.end)
    _show(table, runs)


def _show(table: dict[str, list[Row]], runs: int) -> None:
    lines = [
        f"Median of {runs} runs, 8 connections, in turns, {load()}.", "",
        "| | events/s | CPU ms an event | events per CPU second | ack p50 ms | ack p99 ms | reply p50 ms "
        "| reply p99 ms | memory MB |", "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, rows in table.items():
        cells = (
            f"{median(rows, 'rate'):.0f}", f"{median(rows, 'cpu'):.2f}", f"{1000 / median(rows, 'cpu'):.0f}",
            *(f"{median(rows, one):.0f}" for one in ("ack50", "ack99", "reply50", "reply99", "memory")),
        )  # fmt: skip
        lines.append(f"| {NAMES[name]} | " + " | ".join(cells) + " |")
    if len(table) < len(APPS):
        print("\n".join(lines))
        return
    cost = {name: median(rows, "cpu") for name, rows in table.items()}
    times = [cost[name] / cost["tomoni"] for name in ("official", "shared")]
    lines += ["", f"Events per CPU second: Tomoni {times[0]:.1f} times the official example's, "
              f"{times[1]:.2f} times the shared client's."]  # fmt: skip
    bars(RESULTS / "webhook.svg", "CPU ms an event",
         [(NAMES[name], value) for name, value in cost.items()])  # fmt: skip
    write("webhook.md", "Webhook: throughput, cost, latency", lines)


def trouble(rate: float, seconds: int) -> None:
    """How fast requests are acknowledged while the way to LINE is blocked."""
    lines = [f"{rate:.0f} events/s for {seconds} s, each of another person, {load()}.", "",
             "| LINE's API | acknowledged | ack p50 ms | ack p99 ms | longest ms |",
             "|---|---|---|---|---|"]  # fmt: skip
    for label, mode in (
        ("answers", ""),
        ("hangs 10 s", "hang=10"),
        ("fails with 500", "status=500"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            line = Line(Path(folder))
            with served(APPS["tomoni"], line, Path(folder)) as server:
                server.learnt()
                Sending(server.port).all(events(200, "warm"))
                wait_for(line, 200, 10)
                line.ask(f"/_mode?{mode}")
                sending = Sending(server.port, clients=32, rate=rate)
                sending.all(events(int(rate * seconds), "trouble"))
            line.end()
        took, taken = sending.seconds, sending.statuses.get(200, 0)
        lines.append(f"| {label} | {taken} of {int(rate * seconds)} | "
                     f"{percentile(took, 0.5):.1f} | {percentile(took, 0.99):.1f} | "
                     f"{max(took) * 1000:.0f} |")  # fmt: skip
    write("trouble.md", "Acknowledgement while LINE is in trouble", lines)


def rolling(rate: float, seconds: int) -> None:
    """Restart while events arrive, LINE's redelivery off: who is refused or cut off is lost."""
    with tempfile.TemporaryDirectory() as folder:
        line = Line(Path(folder))
        server = Server(APPS["tomoni"], line, Path(folder))
        server.learnt()
        sending = Sending(server.port, clients=16, rate=rate)
        sender = threading.Thread(
            target=sending.all, args=(events(int(rate * seconds), "rolling"),)
        )
        sender.start()
        time.sleep(2)
        began = time.monotonic()
        server.process.send_signal(signal.SIGUSR2)
        server.process.wait(seconds)
        took = time.monotonic() - began
        sender.join()
        answered = wait_for(line, int(rate * seconds), 10)
        os.killpg(server.process.pid, signal.SIGTERM)
        line.end()
    write("rolling.md", "Restart under load", [
        f"{rate:.0f} events/s for {seconds} s over 16 kept connections, no redelivery; `kill -USR2` after 2 s; "
        f"the old process was gone {took:.1f} s later; {load()}.", "",
        "| sent | acknowledged | refused or cut off | answered | ack p99 ms | longest ms |",
        "|---|---|---|---|---|---|",
        f"| {int(rate * seconds)} | {sending.statuses.get(200, 0)} | "
        f"{sum(sending.statuses.values()) - sending.statuses.get(200, 0)} | {answered} | "
        f"{percentile(sending.seconds, 0.99):.0f} | {max(sending.seconds) * 1000:.0f} |",
    ])  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=2000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--only", choices=list(APPS), nargs="+", default=list(APPS))
    asked.add_argument("--trouble", action="store_true")
    asked.add_argument("--rolling", action="store_true")
    asked.add_argument("--rate", type=float, default=100)
    asked.add_argument("--seconds", type=int, default=30)
    given = asked.parse_args()
    if given.rolling:
        rolling(given.rate, given.seconds)
    elif given.trouble:
        trouble(given.rate, given.seconds)
    else:
        compare(given.events, given.runs, given.only)
