"""Rules of gatherings: our arithmetic against a library, and a schedule that expands what is asked for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from bot import gatherings, rules
from bot.models import Gathering

FIRST, LAST = date(2026, 12, 1), date(2027, 12, 31)
EVERY = [
    {"every": every, "on": on, "weeks": weeks, **more}
    for every, on, weeks, more in product(
        ("week", "month"), ((), ("sat",), ("tue", "sat")), ((), (1, 3), (-1,)), ({}, {"until": "2027-05-15"})
    )
    if every == "month" or not weeks
    if on or not weeks
] + [{"every": "year"}, {"every": "year", "until": "2026-12-31"}]  # fmt: skip


def made(name: str = "x", **more: object) -> Gathering:
    row = {
        "id": name,
        "kind": "class",
        "title": "t",
        "organiser": "arrupe",
        "starts_at": "2026-12-05T14:00",
    }
    return Gathering.model_validate({**row, **more})


@pytest.mark.parametrize("repeat", EVERY, ids=str)
@pytest.mark.parametrize("start", ["2026-12-05T23:30", "2026-12-05", "2026-01-31T09:00"])
def test_our_arithmetic_finds_the_dates_of_the_library(
    repeat: dict[str, object], start: str
) -> None:
    gathering = made(starts_at=start, repeat={**repeat, "except": ["2026-12-19", "2027-02-27"]})
    assert gathering.repeat is not None
    begin = date.fromisoformat(start[:10])
    ours = list(rules.days(gathering.repeat, begin, FIRST, LAST))
    theirs = [
        at.date() if hasattr(at, "date") else at
        for at, _ in gatherings._by_library(gathering, FIRST, LAST)
    ]
    # A first day off its rule is refused by the check of the content; the library counts it in.
    assert ours == [day for day in sorted(theirs) if day != begin or day in ours]


def test_a_schedule_says_what_a_full_expansion_says() -> None:
    known = {
        one.id: one
        for one in (
            made("weekly", repeat={"every": "week", "on": ["sat"]}, changes=[{"on": "2026-12-12", "cancelled": True}]),
            made("moved", repeat={"every": "week"}, changes=[{"on": "2026-12-19", "to": "2027-01-03T10:00"}]),
            made("long", starts_at="2026-12-04", ends_at="2026-12-20"),
            made("raw", repeat={"rrule": "FREQ=DAILY;INTERVAL=5;COUNT=30"}),
            made("once", starts_at="2026-12-06T23:00", ends_at="2026-12-07T01:00"),
        )
    }  # fmt: skip
    schedule = gatherings.Schedule(known)
    for start in range(0, 30, 3):
        for length in (0, 6, 40):
            first = FIRST + timedelta(days=start)
            last = first + timedelta(days=length)
            whole = sorted(gatherings.occurrences(known, first, last))
            assert sorted(schedule.between(first, last)) == whole


def test_only_the_weeks_up_to_the_next_date_are_expanded() -> None:
    schedule = gatherings.Schedule({"x": made(repeat={"every": "week", "on": ["sat"]})})
    next(schedule.each(date(2027, 3, 1), date(2028, 3, 1)))
    assert len(schedule._weeks) == 1
