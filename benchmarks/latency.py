"""How long an answer takes, in the matcher and as a whole, and how much memory a worker has with everything in it.

python benchmarks/latency.py --questions DIR [--semantic off]
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # before numpy

import argparse
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from contestant import resident  # noqa: E402

from bot import content, dispatch, settings  # noqa: E402
from bot.events import TEXT_KEPT  # noqa: E402
from bot.learning import Learner  # noqa: E402
from bot.match import ALONE, Match  # noqa: E402
from bot.messages import Incoming, Person  # noqa: E402
from bot.train import family  # noqa: E402
from handlers import HANDLERS  # noqa: E402

Asked = tuple[str, str | None]
NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)
LONGEST = ("あ", "a", "a@", "@a.", "no ", "1-", "mon tue ", "က", "ﷺ")  # of what anyone can send


def main() -> None:
    """Print percentiles of wall and processor time for questions that both halves, or one, answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--semantic", default="on", choices=("on", "off"))
    given = parser.parse_args()
    os.environ["SEMANTIC"] = given.semantic
    learner, started = _started()
    match = learner.knowledge.matcher
    assert isinstance(match, Match)
    asked = _questions(given.questions, match)
    random.Random(1).shuffle(asked)  # languages change from message to message, as in a chat room
    match.best("Tomoni", "en")  # the model wakes
    rows = [(*_timed(match, *one), _alone(match, *one)) for one in asked]
    print(f"{len(rows)} questions, load {os.getloadavg()}, ready after {started:.1f} s")
    _say("lexical alone", [row for row in rows if row[2]])
    _say("both halves", [row for row in rows if not row[2]])
    _say("all", rows)
    started = time.perf_counter()
    for text, locale in asked[-500:]:
        match.best(text, locale)
    print(f"remembered: {(time.perf_counter() - started) * 2:.3f} ms")
    answers = [_answered(learner, *one) for one in asked]
    _say("whole answers", [(*one, False) for one in answers])
    usual = sorted(wall for wall, _ in answers)[len(answers) // 2]
    for piece in LONGEST:
        wall, _ = _answered(learner, (piece * TEXT_KEPT)[:TEXT_KEPT], "en")
        print(
            f"{TEXT_KEPT} letters of {piece!r}: {wall:.0f} ms, {wall / usual:.0f} times the usual"
        )
    print(f"memory: {resident():.0f} MB")


def _answered(learner: Learner, text: str, locale: str | None) -> tuple[float, float]:
    """A message as it goes through the bot, without database and network; its matching may be remembered."""
    known, incoming = learner.knowledge, Incoming("text", NOON, "someone", text=text)
    wall, cpu = time.perf_counter(), time.process_time()
    dispatch.answer(incoming, Person("someone", locale), NOON, known.content, known.matcher, HANDLERS)  # fmt: skip
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _started() -> tuple[Learner, float]:
    """The matcher as a worker has it: restored from disk, not learnt in this process."""
    if os.fork() == 0:
        _learner().finish()
        os._exit(0)
    os.wait()
    begun = time.perf_counter()
    learner = _learner()
    matcher = learner.knowledge.matcher
    if not isinstance(matcher, Match) or not matcher.trained.lexical:
        raise SystemExit("Nothing was learnt; run `flask bot evaluate` once to see why.")
    return learner, time.perf_counter() - begun


def _learner() -> Learner:
    given = settings.load()
    known, _ = content.load(given.content_dir, given.locales_dir)
    return Learner(known, given)


def _questions(folder: Path, match: Match) -> list[Asked]:
    found: list[Asked] = []
    for file in sorted(folder.glob("*.tsv")):
        name = file.stem if family(file.stem) in match.trained.lexical else None
        lines = file.read_text(encoding="utf-8").splitlines()[1:]
        found += [(line.split("\t")[2], name) for line in lines]
    return found


def _alone(match: Match, text: str, locale: str | None) -> bool:
    """Whether the lexical half is so sure that the other is not asked. After timing: n-grams are remembered."""
    found = [match._lexically(name, text)[0] for name in match._families(text, locale)]
    return match._vectors is None or any(float(one.max()) >= ALONE for one in found)


def _timed(match: Match, text: str, locale: str | None) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    match.danger(text, locale)
    match.detect(text, locale, None)
    match.best(text, locale)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _say(name: str, rows: Sequence[tuple[float, float, bool]]) -> None:
    if not rows:
        return
    wall, cpu = (sorted(row[n] for row in rows) for n in (0, 1))
    half, most = len(rows) // 2, int(len(rows) * 0.95)
    print(f"{name:14} n {len(rows):5}  wall p50 {wall[half]:6.1f} p95 {wall[most]:6.1f} ms   "
          f"processor p50 {cpu[half]:6.1f} p95 {cpu[most]:6.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
