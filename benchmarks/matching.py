"""Tomoni beside other ways to find an answer: the same phrases, questions, two cores and price of mistakes.

python benchmarks/matching.py --questions DIR [--few en ja] [--clinc data_full.json] [--hint3 DIR] [--only NAME …]
    [--kept]: whoever was asked exactly this before is not asked again
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import plot  # noqa: E402
import protocol  # noqa: E402
import tasks  # noqa: E402
from protocol import Published  # noqa: E402
from tasks import NONE, Question, Task  # noqa: E402

# The price of an answer. A wrong single answer costs five times an unneeded "did you mean"; nothing at all for
# someone whose answer we have is worse than three buttons.
WRONG_ALONE, UNNEEDED, NOT_SHOWN = 5.0, 1.0, 2.0
Thresholds = Mapping[str, tuple[float, float]]
CONTESTANTS = (
    "tomoni",
    "bm25s",
    "fts5-trigram",
    "tfidf-cosine",
    "rapidfuzz",
    "chatterbot",
    "node-nlp",
)
RUN = HERE.parent / "var" / "benchmarks"
HOURS = 1  # a contestant's, for learning and answering
CORES = (0, 1)
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a contestant answered: labels with scores, the band where it chose one itself, and what it cost."""

    answers: Sequence[Any]
    seconds: Sequence[float]
    built: float
    memory: float


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table; `why` instead of figures where the contestant could not run."""

    task: str
    name: str
    figures: dict[str, float]
    why: str = ""
    published: Published | None = None


def run(name: str, task: Task, kept: bool = False) -> Said:
    """Let one contestant learn and answer in its own process. Raises RuntimeError with its last words."""
    asked = json.dumps(_contest(task), sort_keys=True)  # the same in every process
    mark = hashlib.sha256(asked.encode()).hexdigest()[:12]
    contest, said = RUN / f"{task.name}.json", RUN / f"{task.name}-{name}-{mark}.said.json"
    if kept and said.exists():
        return _read(said)
    contest.write_text(asked, encoding="utf-8")
    said.unlink(missing_ok=True)
    done = subprocess.run(
        [*_program(name), str(contest), str(said)],
        env=os.environ | ONE_THREAD, cwd=HERE, capture_output=True, text=True, timeout=HOURS * 3600,
        check=False, preexec_fn=lambda: os.sched_setaffinity(0, CORES),
    )  # fmt: skip
    if done.returncode or not said.exists():
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RuntimeError(last[:160])
    return _read(said)


def _read(said: Path) -> Said:
    rows = json.loads(said.read_text(encoding="utf-8"))
    return Said(rows["answers"], rows["seconds"], rows["built"], rows["memory"])


def _program(name: str) -> list[str]:
    if name == "node-nlp":
        return ["node", str(HERE / "node_nlp.mjs")]
    own = HERE / ".venv" / "bin" / "python"
    python = sys.executable if name == "tomoni" else str(own)
    return [python, str(HERE / "contestant.py"), name]


def _contest(task: Task) -> dict[str, Any]:
    folder = RUN / task.name.removesuffix("-rehearsal")
    folder.mkdir(parents=True, exist_ok=True)
    kept = HERE.parent / "var" / "vectors.npz"
    if task.name.startswith("faq") and kept.exists():
        shutil.copy(kept, folder)
    return {
        "name": task.name,
        "var": str(folder),
        "languages": task.languages,
        "examples": [[one.group, one.label, one.text] for one in task.examples],
        "questions": [[one.group, one.text] for one in task.questions],
    }


def outcome(answer: Any, sure: float, likely: float) -> tuple[str, list[str]]:
    """What a person would see: one answer, up to three choices, or nothing; and which entries."""
    ranked, band = answer
    entries = _entries(ranked)
    if band is not None:
        return (band, entries) if band in {"answer", "choices"} else ("fallback", [])
    top = ranked[0][1] if ranked else 0.0
    if not entries or top < likely or ranked[0][0] not in entries:
        return "fallback", []
    return ("answer", entries) if top >= sure else ("choices", entries)


def _entries(ranked: Sequence[Any]) -> list[str]:
    return [label for label, _ in ranked if ":" not in label and label != NONE]


def price(questions: Sequence[Question], answers: Sequence[Any], limits: Thresholds) -> float:
    """What all answers cost together."""
    total = 0.0
    for question, answer in zip(questions, answers, strict=True):
        band, entries = outcome(answer, *limits.get(question.group, limits[tasks.ALL]))
        if band == "answer":
            total += 0 if entries[0] in question.topics else WRONG_ALONE
        elif band == "choices":
            total += (
                UNNEEDED
                if set(entries) & set(question.topics) or not question.topics
                else NOT_SHOWN
            )
        elif question.topics:
            total += NOT_SHOWN
    return total


def thresholds(task: Task, said: Said) -> Thresholds:
    """For each language the cheapest pair on phrases that were not learnt; under ALL, for all together."""
    groups = {question.group for question in task.questions}
    return {name: _cheapest(*_of(name, task, said)) for name in (*groups, tasks.ALL)}


def _of(group: str, task: Task, said: Said) -> tuple[Sequence[Question], Sequence[Any]]:
    rows = [
        (question, answer)
        for question, answer in zip(task.questions, said.answers, strict=True)
        if group in {tasks.ALL, question.group}
    ]
    return [question for question, _ in rows], [answer for _, answer in rows]


def _cheapest(questions: Sequence[Question], answers: Sequence[Any]) -> tuple[float, float]:
    """From where to answer alone, and from where to ask back."""
    tops = sorted(answer[0][0][1] for answer in answers if answer[0]) or [0.0]
    grid = [tops[n * (len(tops) - 1) // 24] for n in range(25)] + [tops[-1] * 1.01]
    pairs = [(sure, likely) for sure, likely in product(grid, grid) if likely <= sure]
    return min(pairs, key=lambda pair: price(questions, answers, {tasks.ALL: pair}))


def figures(task: Task, said: Said, limits: Thresholds) -> dict[str, float]:
    """The shares and costs of the table."""
    rows = [
        (question, outcome(answer, *limits.get(question.group, limits[tasks.ALL])))
        for question, answer in zip(task.questions, said.answers, strict=True)
    ]
    ours = [(question, shown) for question, shown in rows if question.topics]
    strange = [shown for question, shown in rows if not question.topics]
    wrong = [
        band == "answer" and entries[0] not in question.topics for question, (band, entries) in rows
    ]
    exact = [_exact(question, band, entries) for question, (band, entries) in rows]
    seconds = sorted(said.seconds)
    ranked = [_entries(answer[0])[:1] for answer in said.answers]
    return {
        "ranked": _share(
            [
                bool(set(one) & set(question.topics))
                for question, one in zip(task.questions, ranked, strict=True)
                if question.topics
            ]
        ),
        "first": _share([bool(shown) and shown[0] in one.topics for one, (_, shown) in ours]),
        "shown": _share([bool(set(shown) & set(one.topics)) for one, (_, shown) in ours]),
        "wrong_alone": _share(wrong),
        "refused": _share([band != "answer" for band, _ in strange]),
        "accuracy": _share(exact),
        "price": price(task.questions, said.answers, limits) / len(rows),
        "p50_ms": 1000 * seconds[len(seconds) // 2],
        "p95_ms": 1000 * seconds[int(len(seconds) * 0.95)],
        "memory_mb": said.memory,
        "build_s": said.built,
    }


def _exact(question: Question, band: str, entries: Sequence[str]) -> bool:
    """The first entry is right, or nothing was answered alone where nothing is right."""
    if question.topics:
        return bool(entries) and entries[0] in question.topics
    return band != "answer"


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")


def contest(task: Task, name: str, kept: bool) -> Line:
    """One contestant on one task: first a rehearsal for its thresholds, then the questions."""
    public = None
    try:
        if name == "tomoni" and task.name.startswith("faq"):
            said = run(name, task, kept)
            limits: Thresholds = {
                tasks.ALL: (0.0, 0.0)
            }  # as shipped: its bands come with the answer
        else:
            practice = tasks.rehearsal(task)
            rehearsed = run(name, practice, kept)
            said, limits = run(name, task, kept), thresholds(practice, rehearsed)
            if task.name.startswith("hint3"):
                public = protocol.published(
                    (task.questions, said.answers), (practice.questions, rehearsed.answers)
                )
        found = figures(task, said, limits)
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        return Line(task.name, name, {}, str(error))
    print(task.name, name, {key: round(value, 3) for key, value in found.items()}, flush=True)
    return Line(task.name, name, found, published=public)


def main() -> None:
    """Run what was asked for, and write the table and the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, help="folder of TSV files: kind, topics, text")
    parser.add_argument(
        "--few", nargs="+", default=[], help="languages that are also compared alone"
    )
    parser.add_argument("--clinc", type=Path, help="data_full.json of clinc/oos-eval")
    parser.add_argument("--hint3", type=Path, help="a copy of hellohaptik/HINT3")
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=CONTESTANTS)
    parser.add_argument("--kept", action="store_true", help="take what was said before to the same")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    given = parser.parse_args()
    RUN.mkdir(parents=True, exist_ok=True)
    given.results.mkdir(parents=True, exist_ok=True)
    chosen = [*([tasks.own(given.questions)] if given.questions else []),
              *([tasks.own(given.questions, given.few)] if given.questions and given.few else []),
              *(tasks.hint3(given.hint3) if given.hint3 else []),
              *([tasks.clinc(given.clinc)] if given.clinc else [])]  # fmt: skip
    lines = []
    for task, name in product(chosen, given.only):
        lines.append(contest(task, name, given.kept))
        (given.results / "matching.md").write_text(table(lines), encoding="utf-8")
        (given.results / "matching.svg").write_text(plot.bars(lines), encoding="utf-8")


def table(lines: Sequence[Line]) -> str:
    """All lines as Markdown."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    said = [
        "# Finding the answer, compared",
        "",
        f"`benchmarks/matching.py`, {date.today()}, two cores, one thread; load of the machine at the end: {load}.",  # noqa: DTZ011
        "Thresholds of all contestants are the cheapest on a fifth of the phrases that was not learnt for choosing, "
        f"for each language (a wrong single answer {WRONG_ALONE:.0f}, nothing shown {NOT_SHOWN:.0f}, an unneeded "
        f"question {UNNEEDED:.0f}); on `faq`, Tomoni's are those it ships with. first, shown: of questions "
        "that have an answer. wrong alone: of all; refused: of questions about something else, not answered alone.",
    ]
    for name in dict.fromkeys(line.task for line in lines):
        said += [
            "",
            f"## {name}",
            "",
            _head(),
            *(_row(line) for line in lines if line.task == name),
        ]
    public = {
        (line.name, line.task.removeprefix("hint3-")): line.published
        for line in lines
        if line.published
    }
    said += protocol.table(public) if public else []
    return "\n".join([*said, "", "![plot](matching.svg)", ""])


COLUMNS = (
    ("ranked", "first without thresholds", 3),
    ("first", "right first", 3), ("shown", "right among three", 3), ("wrong_alone", "wrong alone", 3),
    ("refused", "out of scope refused", 3), ("price", "price a question", 2), ("p50_ms", "p50 ms", 1),
    ("p95_ms", "p95 ms", 1), ("memory_mb", "memory MB", 0), ("build_s", "build s", 1),
)  # fmt: skip


def _head() -> str:
    names = " | ".join(title for _, title, _ in COLUMNS)
    return f"| contestant | {names} |\n| --- | {'---: | ' * len(COLUMNS)}"


def _row(line: Line) -> str:
    if line.why:
        return f"| {line.name} | could not run: {line.why} {'| ' * len(COLUMNS)}|"
    cells = " | ".join(f"{line.figures[name]:.{digits}f}" for name, _, digits in COLUMNS)
    return f"| {line.name} | {cells} |"


if __name__ == "__main__":
    main()
