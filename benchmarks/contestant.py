"""One contestant in a process of its own: reads a contest from a file, learns, answers, writes what it said."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rivals import RIVALS, Ranked

ALL = ""
TRIED = 20  # questions, after which it is known how long all would take
LONGEST = 1800  # seconds of answering


def main(name: str, contest: Path, said: Path) -> None:
    """Answer every question of the contest; the file that is written has one row for each."""
    rows = json.loads(contest.read_text(encoding="utf-8"))
    before, started = resident(), time.perf_counter()
    ask = tomoni(rows) if name == "tomoni" else rival(name, rows)
    built = time.perf_counter() - started
    ask(*rows["questions"][0])
    answers, seconds = [], []
    for group, text in rows["questions"]:
        started = time.perf_counter()
        answers.append(ask(group, text))
        seconds.append(time.perf_counter() - started)
        if len(seconds) == TRIED:
            _end_if_too_slow(sum(seconds) / TRIED, rows)
    result = {"answers": answers, "seconds": seconds, "built": built,
              "memory": resident(), "before": before}  # fmt: skip
    said.write_text(json.dumps(result), encoding="utf-8")


def _end_if_too_slow(each: float, rows: dict[str, Any]) -> None:
    if each * len(rows["questions"]) > LONGEST:
        sys.exit(f"{each:.1f} s a question: {len(rows['questions'])} of {rows['name']} would take "
                 f"{each * len(rows['questions']) / 3600:.1f} hours")  # fmt: skip


def resident() -> float:
    """Megabytes of memory that this process has now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def rival(name: str, rows: dict[str, Any]) -> Callable[[str, str], Any]:
    """One index a language, and one of everything for languages without phrases, if any are asked."""
    wanted = {group for group, _ in rows["questions"]}
    indexes = {}
    for group in wanted:
        some = [row for row in rows["examples"] if group in {ALL, row[0]}]
        language = rows["languages"].get(group, "en")
        indexes[group] = RIVALS[name]([row[2] for row in some], [row[1] for row in some], language)

    def ask(group: str, text: str) -> tuple[Ranked, None]:
        return indexes[group](text), None

    return ask


def tomoni(rows: dict[str, Any]) -> Callable[[str, str], Any]:
    """The matcher of this project, learnt in another process as `flask bot learn` would."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from bot import danger, train
    from bot.match import Match
    from bot.vectors import Vectors

    folder = Path(rows["var"])
    learnt = folder / "contest"
    shutil.rmtree(learnt, ignore_errors=True)  # that of the rehearsal: `store` would leave it there
    child = os.fork()
    if not child:
        _learn(rows, folder, learnt)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("Learning failed; what it said stands above.")
    trained = train.restore(learnt)
    if trained is None:
        raise RuntimeError(f"{learnt} cannot be read: is there room on the disk?")
    city = rows["name"].startswith("faq")
    lexicon = danger.load(Path(__file__).parents[1] / ("faq" if city else "benchmarks"))
    vectors = Vectors(True, folder)
    match = Match(trained, lexicon, vectors)
    if not any(row[1] == "none" for row in rows["examples"]):
        return lambda group, text: (near(trained, vectors, rows["languages"][group], text), None)

    def ask(group: str, text: str) -> tuple[Ranked, str | None]:
        locale = rows["languages"].get(group)
        if match.danger(text, locale):
            return [], "danger"
        found = match.best(text, locale)
        if (
            not city
        ):  # its bands are for this city's phrases: thresholds are chosen as for the others
            return list(found.candidates), None
        return list(found.candidates), found.band if found.intent is None else "fallback"

    return ask


def near(trained: Any, vectors: Any, locale: str, text: str) -> Ranked:
    """Both halves as they are fused, before they become probabilities.

    Where nothing that is out of scope was learnt, probabilities are only of the labels among each other: how near
    a text is to anything at all says more.
    """
    _, lexical, semantic = trained.sharp[locale]
    scores = trained.lexical[locale].scores(text) * lexical
    scores = scores + trained.head.scores(vectors.query(text)) * semantic
    order = (-scores).argsort()[:10]
    return [(trained.labels[n], float(scores[n]) / (lexical + semantic)) for n in order]


def _learn(rows: dict[str, Any], folder: Path, file: Path) -> None:
    from bot import train
    from bot.phrases import Phrase
    from bot.vectors import Vectors

    some = [
        Phrase(rows["languages"].get(group, group), label, text)
        for group, label, text in rows["examples"]
    ]
    entries = sorted({one.label for one in some if ":" not in one.label and one.label != "none"})
    vectors = Vectors(True, folder)
    found = (
        None if vectors.missing else vectors.all([one.text for one in some], lambda done, n: None)
    )
    train.store(train.train(some, entries, found), file)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
