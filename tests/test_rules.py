"""Rules of gatherings: our arithmetic against a library, and a schedule that expands what is asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest
import recurring_ical_events
from icalendar import Calendar, Event, vRecur

from bot import gatherings, rules
from bot.models import Gathering
from bot.schedule import Schedule

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


def by_library(gathering: Gathering) -> list[date]:
    """The days on which recurring-ical-events, which reads other people's calendars, expands a rule."""
    assert gathering.repeat is not None
    event, (start, end) = Event(), gatherings.span(gathering)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("rrule", vRecur.from_ical(gatherings.rule(gathering.repeat)))
    for day in gathering.repeat.except_on:
        is_day = not isinstance(start, datetime)
        event.add("exdate", day if is_day else datetime.combine(day, start.timetz()))
    calendar = Calendar()
    calendar.add_component(event)
    found = recurring_ical_events.of(calendar).between(FIRST, LAST + timedelta(days=1))
    days = (one["DTSTART"].dt for one in found)
    return sorted(at.date() if isinstance(at, datetime) else at for at in days)


@pytest.mark.parametrize("repeat", EVERY, ids=str)
@pytest.mark.parametrize("start", ["2026-12-05T23:30", "2026-12-05", "2026-01-31T09:00"])
def test_our_arithmetic_finds_the_dates_of_the_library(
    repeat: dict[str, object], start: str
) -> None:
    gathering = made(starts_at=start, repeat={**repeat, "except": ["2026-12-19", "2027-02-27"]})
    assert gathering.repeat is not None
    begin = date.fromisoformat(start[:10])
    ours = list(rules.days(gathering.repeat, begin, FIRST, LAST))
    theirs = by_library(gathering)
    # A first day off its rule is refused by the check of the content; the library counts it in.
    assert ours == [day for day in sorted(theirs) if day != begin or day in ours]


RAW = (
    "FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU",
    "FREQ=DAILY;INTERVAL=3;COUNT=40", "FREQ=DAILY;COUNT=30", "FREQ=DAILY;BYDAY=SA,MO", "FREQ=WEEKLY;BYDAY=SA;COUNT=9",
    "RRULE:FREQ=MONTHLY;BYDAY=SA;BYSETPOS=-2", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY;BYMONTH=6,12;BYDAY=1SA",
    "FREQ=WEEKLY;BYDAY=SA;UNTIL=20270306T145959Z", "FREQ=WEEKLY;UNTIL=20270306T050000Z",
)  # fmt: skip


@pytest.mark.parametrize("rrule", RAW)
@pytest.mark.parametrize("start", ["2026-12-05T14:00", "2026-12-05T23:30", "2026-11-07T00:30"])
def test_a_raw_rule_is_counted_out_as_the_library_does(rrule: str, start: str) -> None:
    gathering = made(starts_at=start, repeat={"rrule": rrule, "except": ["2026-12-19"]})
    begin = date.fromisoformat(start[:10])
    ours = [one.day for one in gatherings.occurrences({"x": gathering}, FIRST, LAST)]
    assert ours == [day for day in by_library(gathering) if day != begin or day in ours]
    assert len(ours) > 2


@pytest.mark.parametrize("until", ["20270306", "20270306T140000"])
def test_the_end_of_a_raw_rule_without_a_zone_is_meant_in_japan(until: str) -> None:
    gathering = made(repeat={"rrule": f"FREQ=WEEKLY;UNTIL={until}"})
    found = gatherings.occurrences({"x": gathering}, FIRST, LAST)
    assert found[-1].day == date(2027, 3, 6)


def test_a_schedule_says_what_a_full_expansion_says() -> None:
    known = {
        one.id: one
        for one in (
            made("weekly", repeat={"every": "week", "on": ["sat"]}, changes=[{"on": "2026-12-12", "cancelled": True}]),
            made("moved", repeat={"every": "week"}, changes=[{"on": "2026-12-19", "to": "2027-01-03T10:00"}]),
            made("night", starts_at="2026-12-06T23:00", ends_at="2026-12-07T01:00", repeat={"every": "week"}),
            made("last", repeat={"every": "month", "on": ["sat", "thu"], "weeks": [1, 4, -1], "until": "2027-05-01"}),
            made("whole", starts_at="2026-12-05", repeat={"every": "week", "until": "2026-12-31"}),
            made("leap", starts_at="2024-02-29", repeat={"every": "year"}),
            made("monthly", starts_at="2026-08-31T09:00", repeat={"every": "month"}),
            made("london", starts_at="2026-12-05T20:00:00+00:00", repeat={"every": "week"}),
            made("undated", starts_at=None, undated=True, when="w"),
            made("long", starts_at="2026-12-04", ends_at="2026-12-20"),
            made("raw", repeat={"rrule": "FREQ=DAILY;INTERVAL=5;COUNT=30"}),
            made("once", starts_at="2026-12-06T23:00", ends_at="2026-12-07T01:00"),
        )
    }  # fmt: skip
    schedule = Schedule(known)
    for start in (*range(0, 30, 3), 88, 455):
        for length in (0, 6, 40):
            first = FIRST + timedelta(days=start)
            last = first + timedelta(days=length)
            whole = sorted(gatherings.occurrences(known, first, last))
            assert sorted(schedule.between(first, last)) == whole


def test_only_the_weeks_up_to_the_next_date_are_expanded() -> None:
    schedule = Schedule({"x": made(repeat={"every": "week", "on": ["sat"]})})
    next(schedule.each(date(2027, 3, 1), date(2028, 3, 1)))
    assert len(schedule._weeks) == 1
