"""The calendar feed and its page: valid, stable, cancelled dates kept, readable without JavaScript."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import recurring_ical_events
from conftest import Bot
from icalendar import Calendar

from bot import feed, gatherings
from bot.calendar_page import Feeds
from bot.content import Content
from bot.directory import JAPAN
from bot.models import Gathering


def events(data: bytes) -> list[object]:
    return list(Calendar.from_ical(data).walk("VEVENT"))


def with_gathering(content: Content, **more: object) -> Content:
    row = {"id": "x", "kind": "class", "title": "教室; 日本語, ok", "organiser": "arrupe",
           "starts_at": "2026-12-05T14:00", "summary": "一\n二", **more}  # fmt: skip
    made = Gathering.model_validate(row)
    japanese = {f"gathering.x.{name}": text for name, text in made.texts().items()}
    return replace(content, gatherings={"x": made}, japanese={**content.japanese, **japanese})


def test_the_feed_is_valid_and_the_same_twice(content: Content) -> None:
    data = feed.feed(content, "en")
    assert data == feed.feed(content, "en")
    (event,) = events(data)
    assert event["uid"] == "world-refugee-day@tomoni"  # type: ignore[index]
    assert event["summary"] == "World Refugee Day"  # type: ignore[index]
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_times_carry_japans_zone_and_text_is_escaped(content: Content) -> None:
    data = feed.feed(with_gathering(content), "ja")
    assert b"BEGIN:VTIMEZONE" in data
    assert b"TZID=Asia/Tokyo:20261205T140000" in data
    (event,) = events(data)
    assert event["summary"] == "教室; 日本語, ok"  # type: ignore[index]


def test_a_cancelled_date_is_kept_as_cancelled(content: Content) -> None:
    changes = [
        {"on": "2026-12-12", "cancelled": True},
        {"on": "2026-12-19", "to": "2026-12-20T10:00"},
    ]
    changed = with_gathering(content, repeat={"every": "week", "on": ["sat"]}, changes=changes)
    found = events(feed.feed(changed, "ja"))
    assert [event.get("status") for event in found] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]  # type: ignore[attr-defined]
    assert found[0]["sequence"] == 2  # type: ignore[index]


LONG = "မြန်မာ,; 日本語\\ العربية 🎌\n" * 12
WHOLE = {
    "title": "教室; 日本語, ok", "summary": LONG, "cost": "無料", "booking": "電話",
    "place": {"name": "高徳院, 庭", "address": "鎌倉市長谷4-2-28"}, "booking_url": "https://example.org/a?b=c,d;e",
}  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"repeat": {"every": "month", "on": ["sat"], "weeks": [1, 3], "except": ["2026-12-19"]}},
        {"repeat": {"every": "week", "on": ["sat"], "until": "2027-03-31"},
         "changes": [{"on": "2026-12-12", "cancelled": True}, {"on": "2026-12-19", "to": "2026-12-20T10:00"}]},
        {"repeat": {"rrule": "FREQ=DAILY;INTERVAL=3;COUNT=5"}},
        {"starts_at": "2026-12-05", "ends_at": "2026-12-07"},
        {"changes": [{"on": "2026-12-05", "cancelled": True}]},
        {"changes": [{"on": "2026-12-05", "to": "2026-12-06T09:00"}]},
    ],
    ids=["monthly", "changed", "raw rule", "days", "cancelled", "moved"],
)  # fmt: skip
def test_every_form_obeys_rfc_5545(more: dict[str, object], content: Content) -> None:
    changed = with_gathering(content, **WHOLE, **more)
    data = feed.feed(changed, "my")
    assert_valid(data)
    for event in events(data):
        assert event["summary"] == "教室; 日本語, ok"  # type: ignore[index]
        assert str(event["description"]) == f"{LONG.strip()}\n無料\n電話"  # type: ignore[index]
        assert event["location"] == "高徳院, 庭, 鎌倉市長谷4-2-28"  # type: ignore[index]
        assert event["url"] == "https://example.org/a?b=c,d;e"  # type: ignore[index]
    days = (date(2026, 12, 1), date(2027, 1, 31))
    for one in gatherings.occurrences(changed.gatherings, *days):
        assert_valid(feed.occurrence(one, changed, "my"))
    # What a calendar program makes of the feed is what the chat lists.
    parsed = recurring_ical_events.of(Calendar.from_ical(data)).between(
        days[0], days[1] + timedelta(days=1)
    )
    theirs = sorted(str(gatherings._moment(one["DTSTART"].dt)) for one in parsed)
    assert theirs == sorted(
        str(one.starts_at.astimezone(JAPAN))
        for one in gatherings.occurrences(changed.gatherings, *days)
    )


def assert_valid(data: bytes) -> None:
    """The rules of RFC 5545 that calendar programs refuse files for."""
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    for line in lines:
        line.decode()  # no character is cut by folding
    calendar = Calendar.from_ical(data)
    assert [calendar["version"], calendar["method"]] == ["2.0", "PUBLISH"]
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Tokyo"]
    seen = set()
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        assert {"UID", "DTSTAMP", "SEQUENCE", "STATUS", "DTSTART", "DTEND", "SUMMARY"} <= set(event)
        assert event.start < event.end
        seen.add((event["UID"], str(event.get("RECURRENCE-ID", ""))))
    assert len(seen) == len(calendar.walk("VEVENT"))


def test_a_file_that_is_the_same_again_keeps_its_time() -> None:
    kept, first = Feeds(), datetime(2026, 12, 1, tzinfo=UTC)
    later = first + timedelta(hours=1)
    assert kept.of(("1", "en", ""), lambda: b"a", first).made_at == first
    assert kept.of(("2", "en", ""), lambda: b"a", later).made_at == first
    assert kept.of(("3", "en", ""), lambda: b"b", later).made_at == later


def page_with(bot: Bot, content: Content, locale: str, query: str = "", **more: object) -> str:
    changed = with_gathering(content, starts_at="2027-01-09T14:00", **more)
    bot.parts.library = SimpleNamespace(content=replace(changed, version="page"))  # type: ignore[assignment]
    return bot.app.test_client().get(f"/gatherings/{locale}{query}").get_data(as_text=True)


def test_the_page_shows_the_month_as_a_grid_and_as_a_list(bot: Bot, content: Content) -> None:
    repeat = {"every": "week", "on": ["sat", "sun"], "until": "2029-12-31"}
    changes = [
        {"on": "2027-01-16", "cancelled": True},
        {"on": "2027-01-23", "to": "2027-01-24T10:00"},
    ]
    text = page_with(bot, content, "ar", repeat=repeat, changes=changes)
    assert text.count('<table class="month"') >= 6
    anchors = set(re.findall(r'<td><a href="#(d\d+)"', text))
    assert anchors <= set(re.findall(r'<article id="(d\d+)"', text))
    assert content.say("ar")("Cancelled") in text
    assert content.say("ar")("Moved from {day}", day="السبت، 23 يناير 2027")[:9] in text
    more = re.search(r'href="\?from=([\d-]+)"', text)
    assert more is not None, text[-3000:]
    later = page_with(bot, content, "en", more[0][6:-1], repeat=repeat)
    assert '<article id="d59"' in later or "?from=" not in later
    assert "<table" in page_with(bot, content, "en", "?from=nonsense")


def test_the_page_links_a_file_of_each_date(bot: Bot, content: Content) -> None:
    text = page_with(bot, content, "en", changes=[{"on": "2027-01-09", "cancelled": True}])
    found = re.search(r'href="(/gatherings/en/x/[^"]+\.ics)"', text)
    assert found is not None
    answer = bot.app.test_client().get(found[1])
    assert b"STATUS:CANCELLED" in answer.data
    assert {"ETag", "Last-Modified"} <= set(answer.headers.keys())


@pytest.mark.parametrize("locale", ["ja", "ja-simple", "en", "fa", "my"])
def test_the_page_is_plain_and_has_its_direction(locale: str, bot: Bot) -> None:
    answer = bot.app.test_client().get(f"/gatherings/{locale}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'lang="{locale}" dir="{"rtl" if locale == "fa" else "ltr"}"' in text
    assert "<script" not in text
    assert "2027" in text


def test_what_has_not_changed_is_not_sent_again(bot: Bot) -> None:
    client = bot.app.test_client()
    first = client.get("/gatherings/en.ics")
    assert first.content_type.startswith("text/calendar")
    again = client.get("/gatherings/en.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    later = client.get(
        "/gatherings/en.ics", headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert later.status_code == 304
    assert again.data == later.data == b""
    assert client.get("/gatherings/en/world-refugee-day.ics").status_code == 200
    assert client.get("/gatherings/en/nothing.ics").status_code == 404
    assert client.get("/gatherings/xx").status_code == 404
