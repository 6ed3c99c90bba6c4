"""How long the pages of the staff take when a large city has written for a year, beside an empty database."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from terminal import server  # noqa: E402
from year_of_use import ASKED, fill  # noqa: E402

from bot.staff.accounts import hashed  # noqa: E402
from bot.store import Staff, Store  # noqa: E402

MESSAGES, QUESTIONS = 100_000, 10_000
LIMIT = 100  # milliseconds
RUNS = 15
PASSWORD = "correct horse battery"
PAGES = {
    "asked in vain": "/staff/", "the same as a file": "/staff/asked.csv", "coverage": "/staff/coverage",
    "one text": "/staff/coverage/uk/garbage", "use": "/staff/use", "use of a year": "/staff/use?days=365",
    "use as a file": "/staff/use.csv", "health": "/staff/health", "preview": "/staff/preview?locale=en",
    "record": "/staff/record", "new": "/staff/new",
}  # fmt: skip


def filled(folder: Path, messages: int, questions: int) -> None:
    """A database with an account, and as much use as told."""
    store = Store(f"sqlite:///{folder}/t.db")
    store.migrate()
    Staff(store).add("hanako", hashed(PASSWORD), datetime.now(UTC) - timedelta(days=30))
    if messages:
        fill(store, messages, questions)
    store.close()


def signed_in(address: str) -> requests.Session:
    """A session of hanako."""
    session = requests.Session()
    found = re.search(r'name="csrf" value="([^"]+)"', session.get(f"{address}/staff/sign-in").text)
    assert found, "no sign-in page"
    given = {"csrf": found[1], "name": "hanako", "password": PASSWORD}
    session.post(f"{address}/staff/sign-in", data=given).raise_for_status()
    return session


def grouped(session: requests.Session, address: str) -> None:
    """Wait until the first grouping of the questions, which a thread of its own does, is there."""
    until = time.monotonic() + 600
    while ASKED[0][1].split("]")[-1] not in session.get(f"{address}/staff/").text:
        if time.monotonic() > until:
            sys.exit("The questions were not grouped within ten minutes.")
        time.sleep(1)


def medians(messages: int, questions: int) -> dict[str, float]:
    """Milliseconds of each page, as a colleague's browser waits for them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "var", folder / "var", ignore=shutil.ignore_patterns("*.db*"))
        filled(folder, messages, questions)
        with server(folder, STAFF="on") as (_, address):
            session = signed_in(address)
            if questions:
                grouped(session, address)
            return {page: median(session, address + path) for page, path in PAGES.items()}


def median(session: requests.Session, url: str) -> float:
    """The middle of several runs."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        session.get(url).raise_for_status()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main() -> None:
    empty, full = medians(0, 0), medians(MESSAGES, QUESTIONS)
    lines = [
        "# The pages of the staff", "",
        f"`python -m benchmarks.staff`: {MESSAGES:,} different counts and {QUESTIONS:,} questions; median of {RUNS}",
        f"requests to a real server (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors).", "",
        "| page | ms, empty database | ms, full | times | limit ms |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for page, took in full.items():
        ratio = took / empty[page]
        lines.append(f"| {page} | {empty[page]:.1f} | {took:.1f} | {ratio:.1f} | {LIMIT} |")
    file = ROOT / "benchmarks" / "results" / "staff.md"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(file.read_text(encoding="utf-8"))
    late = [page for page, took in full.items() if took > LIMIT]
    if late:
        sys.exit(f"Too slow: {', '.join(late)}.")


if __name__ == "__main__":
    main()
