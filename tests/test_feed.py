"""The calendar feed and its page: valid, stable, cancelled dates kept, readable without JavaScript."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import Bot
from icalendar import Calendar

from bot import feed
from bot.content import Content
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
    assert [event.get("status") for event in found] == [None, "CANCELLED", None]  # type: ignore[attr-defined]
    assert found[0]["sequence"] == 2  # type: ignore[index]


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
    assert client.get("/gatherings/en/world-refugee-day.ics").status_code == 200
    assert client.get("/gatherings/en/nothing.ics").status_code == 404
    assert client.get("/gatherings/xx").status_code == 404
