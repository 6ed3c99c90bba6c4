"""A database as a year of use leaves it: for tests of the staff page, and for measuring it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot import phrases
from bot.store import Store
from bot.store.tables import feedback, unanswered, uses

ROOT = Path(__file__).parents[1]
ASKED = [
    ("en", "my name is [name] and i want to open a bakery", 90),
    ("ja-simple", "パンやを はじめたい", 60),
    ("uk", "чи можна сортувати старі меблі в суботу", 40),
    ("my", "ခွေး မှတ်ပုံတင်ချင်တယ်", 30),
    ("en", "<script>alert('hello')</script>", 20),
]


def fill(store: Store, counts: int, questions: int) -> None:
    """So many different counts over a year, and so many questions asked in vain: `ASKED` and ends of known ones."""
    chance, today = random.Random(7), datetime.now(UTC).date()
    known, _ = phrases.load(ROOT / "faq")
    entries = sorted({one.label for one in known if ":" not in one.label and one.label != "none"})
    locales = ["ja-simple", "en", "ja", "my", "uk", "vi", "fa", "ne", "zh-Hans", "ar", "fr", "tr"]
    cells: set[tuple[str, str, str, str]] = set()
    while len(cells) < counts:
        day = str(today - timedelta(days=int(chance.triangular(0, 360, 20))))
        outcome = chance.choice(["answer", "answer", "choices", "fallback", "danger", "gatherings"])
        cells.add((day, chance.choice(locales), outcome, chance.choice(entries)))
    counted = [{"day": day, "locale": locale, "outcome": outcome, "entry": entry, "count": chance.randint(1, 3)}
               for day, locale, outcome, entry in sorted(cells)]  # fmt: skip
    asked = [
        {"text": text, "locale": locale, "asked_on": str(today), "count": count, "held": False}
        for locale, text, count in ASKED
    ]
    asked += [{"text": f"{one.text} {n % 97}", "locale": one.locale, "asked_on": str(today), "count": 1, "held": False}
              for n, one in enumerate(chance.sample(known, questions - len(ASKED)))]  # fmt: skip
    right = [
        {"day": str(today), "entry": entry, "helpful": yes, "count": chance.randint(1, 40)}
        for entry in entries[:20]
        for yes in (True, False)
    ]
    with store.begin() as connection:
        connection.execute(insert(uses), counted)
        connection.execute(insert(unanswered), asked)
        connection.execute(insert(feedback), right)
