"""All dates of one content, filed by what their days have in common, so that a week is read without a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot import gatherings, rules
from bot.days import ONE_DAY
from bot.directory import JAPAN
from bot.gatherings import HOURS_UNKNOWN, Occurrence
from bot.models import Gathering
from bot.rules import Slot

WEEKS_KEPT = 150  # weeks of a schedule; the page and the far look ahead need 72
NEVER_ENDS = date.max
MIDNIGHT = time()
INSTANT = timedelta.resolution


class _Filed(NamedTuple):
    """A gathering whose dates each begin and end on one day, as all but a few do. Thousands are made at once."""

    name: str
    first: date
    until: date
    excepted: tuple[date, ...]
    clock: time
    length: timedelta
    all_day: bool

    def takes_place(self, day: date) -> bool:
        """Whether it does on a day of its slot."""
        return self.first <= day <= self.until and day not in self.excepted

    def on(self, day: date) -> Occurrence:
        """Its date of that day."""
        starts_at = datetime.combine(day, self.clock, JAPAN)
        return Occurrence(starts_at, starts_at + self.length, self.name, self.all_day)


class Schedule:
    """Expanded a week at a time when somebody asks, and kept."""

    def __init__(self, known: Mapping[str, Gathering]) -> None:
        self._slots: defaultdict[Slot, list[_Filed]] = defaultdict(list)
        self._others: list[Gathering] = []  # over midnight, changed, raw rules, other time zones
        self._weeks: dict[date, list[tuple[date, date, Occurrence]]] = {}
        for gathering in known.values():
            if gathering.starts_at is not None:
                self._file(gathering)

    def between(self, first: date, last: date) -> list[Occurrence]:
        """As `gatherings.occurrences`."""
        return list(self.each(first, last))

    def each(self, first: date, last: date) -> Iterator[Occurrence]:
        """The same one after the other: who needs only the next one waits for no year to be expanded."""
        monday = opened = rules.week_of(first)
        while monday <= last:
            for day, last_day, one in self._week(monday):
                seen_before = monday != opened and day < monday
                if not seen_before and day <= last and last_day >= first:
                    yield one
            monday += timedelta(days=7)

    def _file(self, gathering: Gathering) -> None:
        repeat = gathering.repeat
        filed = None if gathering.changes else _filed(gathering)
        if filed is None or (repeat and not rules.plain(repeat)):
            self._others.append(gathering)
        elif repeat is None:
            self._slots["day", filed.first.toordinal()].append(filed)
        else:
            for slot in rules.slots(repeat, filed.first):
                self._slots[slot].append(filed)

    def _week(self, monday: date) -> list[tuple[date, date, Occurrence]]:
        found = self._weeks.get(monday)
        if found is None:
            if len(self._weeks) >= WEEKS_KEPT:
                self._weeks = {}
            found = self._weeks[monday] = self._expanded(monday)
        return found

    def _expanded(self, monday: date) -> list[tuple[date, date, Occurrence]]:
        days = [monday + timedelta(days=number) for number in range(7)]
        found = [(day, day, one.on(day)) for day in days for one in self._of_day(day)]
        for gathering in self._others:
            mine = gatherings.of(gathering, days[0], days[-1])
            found += [(one.day, one.last_day, one) for one in mine]
        return sorted(found, key=lambda row: (row[2].starts_at, row[2].gathering))

    def _of_day(self, day: date) -> Iterator[_Filed]:
        """The last Saturday may be the fourth, too: what is filed under both takes place once."""
        seen: set[str] = set()
        for slot in (*rules.slots_of(day), ("day", day.toordinal())):
            for one in self._slots.get(slot, ()):
                if one.takes_place(day) and one.name not in seen:
                    seen.add(one.name)
                    yield one


def _filed(gathering: Gathering) -> _Filed | None:
    """None where a date is longer than its day, or written in another time zone."""
    start, end, repeat = gathering.starts_at, gathering.ends_at, gathering.repeat
    until, excepted = (repeat.until or NEVER_ENDS, repeat.except_on) if repeat else (NEVER_ENDS, ())
    if start is None:
        return None
    if not isinstance(start, datetime):
        whole = _Filed(gathering.id, start, until, excepted, MIDNIGHT, ONE_DAY, True)
        return whole if end in {None, start} else None
    if not isinstance(end, datetime):
        end = start + HOURS_UNKNOWN
    if start.tzinfo or end.tzinfo or (end - INSTANT).date() != start.date():
        return None
    return _Filed(gathering.id, start.date(), until, excepted, start.time(), end - start, False)
