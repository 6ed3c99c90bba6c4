"""Reminders under SIGKILL: a sender that is killed at random moments doubles none and loses none."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.content import Content, Library  # noqa: E402
from bot.directory import JAPAN  # noqa: E402
from bot.jobs import Jobs  # noqa: E402
from bot.keys import Keys  # noqa: E402
from bot.line import Line  # noqa: E402
from bot.models import Gathering  # noqa: E402
from bot.store import Reminders, Store  # noqa: E402

KILLS = 50
PEOPLE = 600
START = datetime(2026, 12, 4, 18, 0, tzinfo=JAPAN)
LONGEST = 0.25  # seconds until a sender is killed


class FakeLine(BaseHTTPRequestHandler):
    """Takes each retry key once, answers 409 to the second, now and then too late to be heard."""

    taken: ClassVar[set[str]] = set()
    log: Path
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["X-Line-Retry-Key"]
        known = key in self.taken
        if not known:
            self.taken.add(key)
            with self.log.open("a", encoding="utf-8") as file:
                file.write(body["to"] + "\n")
        time.sleep(random.random() * 0.01)
        self._answer(409 if known else 200, {})

    def do_GET(self) -> None:
        used = "consumption" in self.path
        self._answer(200, {"totalUsage": 0} if used else {"type": "none"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing."""


class QuietServer(ThreadingHTTPServer):
    """Senders that are killed while they send are the point, no error."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing."""


def forked(work: Any) -> int:
    """A process of its own that does one thing."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    finally:
        os._exit(0)


def content() -> Content:
    """The real content, with one class."""
    from dataclasses import replace

    real = Library(ROOT / "faq", ROOT / "locales").content
    row = {
        "id": "class",
        "kind": "class",
        "title": "教室",
        "organiser": "arrupe",
        "starts_at": "2026-12-05T20:00",
    }
    made = Gathering.model_validate(row)
    texts = {f"gathering.class.{name}": text for name, text in made.texts().items()}
    return replace(real, gatherings={"class": made}, japanese={**real.japanese, **texts})


def jobs(url: str, keys: Keys, port: int, known: Content) -> Jobs:
    """A sender of its own, as after a start."""
    line = Line(f"http://127.0.0.1:{port}", "token")
    knowledge: Any = SimpleNamespace(content=known, matcher=None)
    return Jobs(Store(url), keys, line, lambda: knowledge, {}, reserve=0)


def fill(url: str, keys: Keys) -> None:
    """600 people want to be reminded of the same class."""
    store = Store(url)
    store.migrate()
    rows = Reminders(store)
    with store.begin() as connection:
        for number in range(PEOPLE):
            to = keys.seal(f"U{number:032}")
            rows.add(connection, f"p{number}", to, "at:class@2026-12-05T11:00", "ja", START)
    store.close()


def run(folder: Path, kills: int = KILLS) -> dict[str, int]:
    """How many reminders were doubled and lost, and how many senders were killed while they sent."""
    url, keys, known = f"sqlite:///{folder}/crash.db", Keys("k" * 40), content()
    fill(url, keys)
    FakeLine.log = folder / "taken.txt"
    FakeLine.log.touch()
    server = QuietServer(("127.0.0.1", 0), FakeLine)
    line = forked(server.serve_forever)
    port, now, killed = server.server_port, START, 0
    server.server_close()
    try:
        for _ in range(kills):
            pid = forked(lambda at=now: jobs(url, keys, port, known).tick(at))
            time.sleep(random.uniform(0.02, LONGEST))
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            killed += os.WIFSIGNALED(status)
            now += timedelta(seconds=61)  # the lease of the row that it held is over
        jobs(url, keys, port, known).tick(now)
    finally:
        os.kill(line, signal.SIGKILL)
        os.waitpid(line, 0)
    told = Counter(FakeLine.log.read_text(encoding="utf-8").split())
    waiting = sum(Reminders(Store(url)).counts().values())
    return {
        "people": PEOPLE,
        "killed": killed,
        "doubled": sum(count > 1 for count in told.values()),
        "lost": PEOPLE - len(told),
        "left": waiting,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Path(folder))
    text = "\n".join(
        [
            "# Reminders under SIGKILL", "",
            "`python benchmarks/reminders_crash.py`: senders killed at random moments, SQLite on disk.",
            f"The machine was shared (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors).",
            "", "| " + " | ".join(figures) + " |", "|" + " --- |" * len(figures),
            "| " + " | ".join(map(str, figures.values())) + " |",
        ]
    )  # fmt: skip
    (ROOT / "benchmarks" / "results" / "reminders_crash.md").write_text(
        text + "\n", encoding="utf-8"
    )
    print(text)
    sys.exit(figures["doubled"] + figures["lost"] + figures["left"])
