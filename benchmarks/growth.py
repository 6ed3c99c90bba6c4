"""How the cost of matching grows with entries and languages: milliseconds, memory, time to build.

python benchmarks/growth.py [--sizes 86x3 1000x3 …]. Entries beyond ours are ours with other words: every copy has
a subject of its own, twelve phrases, and one word in four is replaced, so that n-grams grow as real content makes
them grow.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

SIZES = ("86x3", "86x12", "86x21", "1000x3", "1000x12", "10000x1", "10000x3")
LANGUAGES = (
    "ja", "en", "uk", "fr", "tr", "vi", "zh-Hans", "fa", "ar", "my", "ne", "ja-simple", "es", "pt", "fil", "ko", "th",
    "id", "ru", "si", "ur",
)  # fmt: skip
COPIED = 12  # phrases of an entry that is not ours: as many as every entry must have
ASKED = 300
COLUMNS = ("phrases", "build_s", "p50_ms", "p95_ms", "head_p95_ms", "memory_mb", "right")
SYLLABLES = (
    "ka",
    "mi",
    "ro",
    "te",
    "su",
    "no",
    "ri",
    "ha",
    "ku",
    "yo",
    "ne",
    "to",
    "sha",
    "gu",
    "be",
)


def measured(entries: int, locales: int) -> dict[str, float]:
    """Learn the lexical half of so many entries in so many languages, then ask; in this process."""
    import numpy as np
    from contestant import resident

    from bot import lexical
    from bot.train import FEATURES, VECTOR, Head

    chance = random.Random(entries)
    names = [f"e{n}" for n in range(entries)]
    before, started = resident(), time.perf_counter()
    models, asked, count = [], [], 0
    for locale in range(locales):
        texts, truth = _phrases(LANGUAGES[locale % len(LANGUAGES)], entries, chance)
        held = set(chance.sample(range(len(texts)), ASKED // locales + 1))
        asked += [(locale, texts[n], truth[n]) for n in held]
        kept = [n for n in range(len(texts)) if n not in held]
        models.append(
            lexical.fit(
                lexical.grams_of([texts[n] for n in kept]),
                np.array([truth[n] for n in kept]),
                names,
            )
        )
        count += len(kept)
    built = time.perf_counter() - started
    size = (FEATURES + VECTOR + 1, entries)
    weights = np.random.default_rng(1).standard_normal(size, np.float32)
    head, vector = (
        Head(tuple(names), np.zeros(VECTOR, np.float32), 1.0, weights),
        weights[:VECTOR, 0],
    )
    lexical.grams.cache_clear()
    gc.collect()
    seconds, heads, right = [], [], 0
    for locale, text, label in asked:
        started = time.process_time()
        scores = models[locale].scores(text)
        seconds.append(time.process_time() - started)
        head.scores(vector)
        heads.append(time.process_time() - started)
        right += int(scores.argmax()) == label
    return {
        "phrases": count, "build_s": built, "p50_ms": _part(seconds, 0.5),
        "p95_ms": _part(seconds, 0.95), "head_p95_ms": _part(heads, 0.95),
        "memory_mb": resident() - before, "right": right / len(asked),
    }  # fmt: skip


def _part(seconds: Sequence[float], part: float) -> float:
    return 1000 * sorted(seconds)[int(len(seconds) * part)]


def _phrases(locale: str, entries: int, chance: random.Random) -> tuple[list[str], list[int]]:
    """All phrases of a language for our entries and as many varied copies as are wanted."""
    from bot import phrases

    found, _ = phrases.load(HERE.parent / "faq")
    own: dict[str, list[str]] = {}
    for one in found:
        if one.locale == locale and ":" not in one.label and one.label != phrases.NONE:
            own.setdefault(one.label, []).append(one.text)
    labels = sorted(own)
    texts, truth = [], []
    for n in range(entries):
        subject = _word(chance)
        ours = own[labels[n % len(labels)]]
        texts += (
            ours if n < len(labels) else [_varied(one, subject, chance) for one in ours[:COPIED]]
        )
        truth += [n] * (len(texts) - len(truth))
    return texts, truth


def _varied(text: str, subject: str, chance: random.Random) -> str:
    """The phrase about another subject, with a quarter of its words exchanged."""
    words = [_word(chance) if chance.random() < 0.25 else word for word in text.split(" ")]
    words.insert(chance.randrange(len(words) + 1), subject)
    return " ".join(words)


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4)))


def main() -> None:
    """Each size in a process of its own, then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=SIZES, help="entries x languages")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(*map(int, given.one.split("x")))))
        return
    rows = []
    for size in given.sizes:
        done = subprocess.run(
            [sys.executable, __file__, "--one", size], capture_output=True, text=True, check=True
        )
        row = json.loads(done.stdout)
        rows.append(
            f"| {' | '.join(size.split('x'))} | "
            + " | ".join(f"{row[name]:,.1f}" for name in COLUMNS)
            + " |"
        )
        print(rows[-1], flush=True)
        _write(rows)


def _write(rows: Sequence[str]) -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    head = (
        "| entries | languages | phrases | build s | p50 ms | p95 ms | p95 ms with the semantic head | memory MB | "
        "right first |\n| " + "---: | " * 9
    )
    said = (
        f"# How the cost of matching grows\n\n`benchmarks/growth.py`, {date.today()}, one thread; load of the "  # noqa: DTZ011
        f"machine at the end: {load}. Milliseconds are processor time of the lexical half; the vector of a new "
        "message adds about 20 ms, of any number of entries, and building adds as much for every phrase once. "
        "A question meets one language, so its time does not grow with languages; memory does. Right first says only "
        "how the made-up copies resemble each other: beyond our own entries it is no measure of quality.\n\n"
    )
    (HERE / "results" / "growth.md").write_text(
        said + "\n".join([head, *rows]) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
