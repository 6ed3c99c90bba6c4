"""A burst while the whole server is killed (SIGKILL) at random moments; LINE delivers again what was not acknowledged.

    python -m benchmarks.crash [--events 10000] [--kills 10]

Passes when no acknowledged event stays unanswered and every answer is right for its question: each question
is asked once before in quiet, and the entry of that answer is what must come. Counted by the stand-in of
LINE, outside of the bot. A reply that came twice was refused the second time, as LINE does.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.scene import QUESTIONS, Line, Sending, Server, event, events, load, wait_for, write


def expected(server: Server, line: Line) -> dict[str, str]:
    """The entry that answers each question when nothing else happens."""
    quiet = [event(number, question, "quiet") for number, question in enumerate(QUESTIONS)]
    Sending(server.port, clients=1).all(quiet)
    wait_for(line, len(quiet), 20)
    said = line.ask("/_replies")
    return {one.question: str(said[one.token][2]) for one in quiet}


def main(count: int, kills: int) -> None:
    """The burst, the kills, the count."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        line = Line(Path(folder))
        server = Server("app:create_app()", line, Path(folder))
        right = expected(server, line)
        waiting = events(count, "burst")
        sending = Sending(server.port, insist=True)
        burst, began = threading.Thread(target=sending.all, args=(waiting,)), time.monotonic()
        burst.start()
        killed = 0
        while killed < kills and burst.is_alive():
            time.sleep(chance.uniform(1.0, 6.0))
            server.kill()
            killed += 1
            server.start()
        burst.join()
        acknowledged = time.monotonic() - began
        answered = wait_for(line, count, 60)
        took, said = time.monotonic() - began, line.ask("/_replies")
        server.end()
        line.end()
    wrong = sum(said[one.token][2] != right[one.question] for one in waiting if one.token in said)
    twice = sum(int(row[0]) - 1 for row in said.values())
    write("crash.md", "A burst while the server is killed", [
        f"{count} events, {killed} times SIGKILL to the whole server, redelivery on, {load()}.", "",
        "| acknowledged | unanswered | wrong | came twice (refused by LINE) | all acknowledged s | all answered s |",
        "|---|---|---|---|---|---|",
        f"| {sending.statuses.get(200, 0)} | {count - answered} | {wrong} | {twice} "
        f"| {acknowledged:.0f} | {took:.0f} |",
    ])  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=10000)
    asked.add_argument("--kills", type=int, default=10)
    given = asked.parse_args()
    main(given.events, given.kills)
