"""How much the bot is used, ready to be shown: closed days are counted once, today every time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bot.store import Counted, Counts

SPANS = (30, 90, 365)  # days that the page offers
SMALL = 5  # fewer could be one person: not shown
STEP = 5  # everything else is rounded down to it: no difference of two numbers tells a small one
FEW = 1  # stands for any small number
NOTHING = Counted({}, (), {})


@dataclass(slots=True)
class Tally:
    """The counts of the last days. Days are those of UTC, as they are kept."""

    counts: Counts
    _closed: dict[tuple[int, date], Counted] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def last(self, days: int, now: datetime) -> Counted:
        """The last `days` days with today."""
        today = now.astimezone(UTC).date()
        return _both(self._before(days, today), self.counts.between(str(today), str(today)))

    def close(self, now: datetime) -> None:
        """Count the days that are over, for every span; nothing to do until the next midnight."""
        today = now.astimezone(UTC).date()
        for days in SPANS:
            self._before(days, today)

    def _before(self, days: int, today: date) -> Counted:
        with self._counting:
            self._closed = {key: one for key, one in self._closed.items() if key[1] == today}
            if (days, today) not in self._closed:
                first, last = today - timedelta(days=days - 1), today - timedelta(days=1)
                found = self.counts.between(str(first), str(last)) if days > 1 else NOTHING
                self._closed[days, today] = found
            return self._closed[days, today]


def _both(one: Counted, other: Counted) -> Counted:
    cells: Counter[tuple[str, str, str]] = Counter()
    for some in (one, other):
        for locale, outcome, entry, count in some.cells:
            cells[locale, outcome, entry] += count
    helped = Counter(one.helped) + Counter(other.helped)
    return Counted({**one.days, **other.days}, tuple((*key, n) for key, n in cells.items()), helped)


def by(counted: Counted, part: int, areas: Mapping[str, str] | None = None) -> Counter[str]:
    """Messages by locale (0), outcome (1) or entry (2); with `areas`, by the area of the entry."""
    found: Counter[str] = Counter()
    for cell in counted.cells:
        name = cell[part]
        if areas is not None:
            name = areas.get(cell[2], "")
        if name:
            found[str(name)] += cell[3]
    return found


def coarse(count: int) -> int:
    """A count as it may leave this module: none, FEW, or rounded. Pictures are drawn from it, too."""
    if 0 < count < SMALL:
        return FEW
    return count // STEP * STEP


def ranked(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """Coarse counts, the largest first; equal ones by name, or their order would tell more than they do."""
    rows = ((name, coarse(count)) for name, count in found.items())
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def shown(count: int) -> str:
    """A count as staff may see it."""
    known = coarse(count)
    return f"<{SMALL}" if known == FEW else str(known)
