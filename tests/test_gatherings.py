"""Listings in the chat: page after page, an empty day, what one can do with a date, for whom and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import NOON
from test_reminders import content_with

from bot import gathering_cards
from bot.content import Content
from bot.context import Context
from bot.directory import JAPAN
from bot.messages import Ask, Call, Card, Incoming, Open, Person, Reply, SendPlace, Text
from handlers import gatherings
from handlers.gatherings import Wish

CLASS = {
    "id": "class", "kind": "class", "title": "にほんごきょうしつ", "organiser": "arrupe",
    "starts_at": "2026-12-05T14:00", "ends_at": "2026-12-05T16:00", "summary": "はじめてのひと",
    "repeat": {"every": "week", "on": ["sat"]},
    "place": {"name": "福祉センター", "address": "鎌倉市御成町20-21", "position": [35.3190, 139.5467]},
    "booking": "でんわしてください", "booking_url": "https://www.example.org/book", "cost": "無料",
    "languages": ["en", "uk"], "children": True, "accessible": True, "capacity": "10人まで",
}  # fmt: skip
FILM = {
    "id": "film", "kind": "film", "title": "えいが", "organiser": "arrupe", "starts_at": "2027-01-20T18:00",
    "languages": ["fr"], "children": False, "place": {"name": "十二所", "position": [35.3216, 139.5826]},
}  # fmt: skip
EN = "en"


def context_of(
    content: Content, *rows: Mapping[str, Any], locale: str = EN, **person: Any
) -> Context:
    settings = {"public_url": "https://tomoni.example.jp"}
    known = content_with(content, *(rows or (CLASS, FILM)))
    nobody: Any = None
    return Context(known, nobody, Person("x", locale, **person), locale, NOON, settings=settings)


def act(context: Context, action: Mapping[str, str]) -> Reply:
    reply = gatherings.answer(Incoming("postback", NOON, person="x", action=action), context)
    assert reply is not None
    return reply


def cards(reply: Reply) -> list[Card]:
    return [card for part in reply.parts if isinstance(part, tuple) for card in part]


def more(reply: Reply, context: Context) -> dict[str, str] | None:
    label = context.say("More dates")
    found = (one for one in reply.choices if isinstance(one, Ask) and one.label == label)
    return next((dict(one.action) for one in found), None)


def days(reply: Reply, context: Context) -> list[str]:
    return [card.lines[0].text for card in cards(reply)]


def test_the_next_page_goes_on_where_the_first_ended_until_all_were_shown(content: Content) -> None:
    context = context_of(content, CLASS)
    wish = Wish(date(2026, 12, 1), date(2027, 2, 28), True, kind="class", children=True)
    reply, seen = gatherings.listing(wish, context), []
    while action := more(reply, context):
        assert {action["kind"], action["children"], action["to"]} == {"class", "1", "2027-02-28"}
        assert len(cards(reply)) == 5
        seen += days(reply, context)
        reply = act(context, action)
    seen += days(reply, context)
    saturdays = context.content.schedule.between(wish.first, wish.last)
    assert seen == [gathering_cards.when(one, context) for one in saturdays]
    assert len(seen) == 13


@pytest.mark.parametrize(
    ("locale", "day"),
    [
        ("ja", "12月10日木曜日"), ("ja-simple", "12月10日木曜日"), ("en", "Thu, Dec 10"), ("fa", "پنجشنبه 10 دسامبر"),
        ("ar", "الخميس، 10 ديسمبر"), ("my", "ဒီဇင်ဘာ 10 ကြာသပတေး"), ("ne", "डिसेम्बर 10, बिहि"),
        ("zh-Hans", "12月10日周四"),
        ("uk", "10 груд"), ("fr", "10 déc."), ("tr", "10 Ara"), ("vi", "10 tháng 12"),
    ],
)  # fmt: skip
def test_an_empty_day_is_said_and_the_next_date_shown(
    locale: str, day: str, content: Content
) -> None:
    context = context_of(content, locale=locale)
    empty = date(2026, 12, 10)
    reply = gatherings.listing(Wish(empty, empty, True), context)
    said = reply.parts[0]
    assert isinstance(said, Text)
    nothing = "Nothing is entered for {days}. This is the next one:"
    assert said.body == context.say(nothing, days=gathering_cards.day_of(empty, context))
    assert day in said.body.translate(dict.fromkeys(range(0x2066, 0x206A)))
    if locale != "en":
        assert "Nothing is entered" not in said.body
    (card,) = cards(reply)
    assert card.title == "にほんごきょうしつ"
    (coming,) = context.content.schedule.between(date(2026, 12, 5), date(2026, 12, 5))
    assert card.lines[0].text == gathering_cards.when(coming, context)


def test_the_next_one_is_of_the_kind_that_was_asked_for(content: Content) -> None:
    context = context_of(content)
    reply = gatherings.listing(Wish(date(2026, 12, 10), date(2026, 12, 10), True, "film"), context)
    assert [card.title for card in cards(reply)] == ["えいが"]


def test_details_hold_everything_one_can_do_with_a_date(content: Content) -> None:
    context = context_of(content)
    reply = act(context, {"do": "gathering", "id": "class", "at": "2026-12-12T05:00"})
    date_card, organiser = cards(reply)
    calls = [one for one in date_card.choices if isinstance(one, Call)]
    links = {one.label: one.url for one in date_card.choices if isinstance(one, Open)}
    asks = {one.action["do"] for one in date_card.choices if isinstance(one, Ask)}
    assert [one.number for one in calls] == ["0467-55-5422"]
    assert links["Book"] == "https://www.example.org/book"
    assert "%E9%8E%8C%E5%80%89" in links["Map"]
    google = parse_qs(urlsplit(links["Add to Google Calendar"]).query)
    assert google["dates"] == ["20261212T050000Z/20261212T070000Z"]
    assert google["text"] == ["にほんごきょうしつ"]
    assert links["Calendar file (.ics)"] == (
        "https://tomoni.example.jp/gatherings/en/class/20261212T0500Z.ics"
    )
    assert asks == {"remind", "tell-new"}
    text = "\n".join(line.text for line in date_card.lines)
    for fact in ("Sat, Dec 12, 14:00–16:00 (Japan time)", "無料", "Children are welcome.",
                 "Accessible with a wheelchair.", "10人まで", "English, Українська"):  # fmt: skip
        assert fact in text
    assert any(isinstance(one, Call) for one in organiser.choices)


def test_a_cancelled_date_is_shown_as_such_and_cannot_be_saved(content: Content) -> None:
    off = {**CLASS, "changes": [{"on": "2026-12-12", "cancelled": True}]}
    context = context_of(content, off)
    reply = act(context, {"do": "gathering", "id": "class", "at": "2026-12-12T05:00"})
    card = cards(reply)[0]
    assert card.lines[0].text == "Cancelled"
    labels = {one.label for one in card.choices}
    assert not labels & {"Add to Google Calendar", "Calendar file (.ics)"}


@pytest.mark.parametrize(
    ("locale", "wish", "titles"),
    [
        ("en", {"mine": True}, ["にほんごきょうしつ"]), ("fr", {"mine": True}, ["えいが"]),
        ("vi", {"mine": True}, []), ("fr", {"children": True}, ["にほんごきょうしつ"]),
        ("en", {"kind": "film"}, ["えいが"]), ("en", {}, ["にほんごきょうしつ", "えいが"]),
    ],
)  # fmt: skip
def test_it_is_for_whom_it_was_asked_for(
    locale: str, wish: dict[str, Any], titles: list[str], content: Content
) -> None:
    context = context_of(content, {**CLASS, "repeat": None}, FILM, locale=locale)
    reply = gatherings.listing(Wish(date(2026, 12, 1), date(2027, 1, 31), True, **wish), context)
    if not titles:
        assert isinstance(reply.parts[0], Text)
    else:
        assert [card.title for card in cards(reply)] == titles


def test_near_me_asks_for_the_place_and_then_lists_the_nearest_first(content: Content) -> None:
    once = {**CLASS, "repeat": None}
    wish = Wish(date(2026, 12, 1), date(2027, 1, 31), True, near=True)
    unknown = gatherings.listing(wish, context_of(content, once, FILM))
    assert any(isinstance(one, SendPlace) for one in unknown.choices)
    at_the_film = context_of(content, once, FILM, position=(35.3217, 139.5825))
    reply = gatherings.listing(wish, at_the_film)
    assert not any(isinstance(one, SendPlace) for one in reply.choices)
    assert [card.title for card in cards(reply)] == ["えいが", "にほんごきょうしつ"]
    at_the_class = context_of(content, once, FILM, position=(35.3191, 139.5466))
    assert [card.title for card in cards(gatherings.listing(wish, at_the_class))] == [
        "にほんごきょうしつ", "えいが",
    ]  # fmt: skip


def test_what_is_over_today_is_not_shown(content: Content) -> None:
    context = replace(context_of(content), now=datetime(2026, 12, 5, 17, 0, tzinfo=JAPAN))
    today = date(2026, 12, 5)
    reply = gatherings.listing(Wish(today, today, True), context)
    assert isinstance(reply.parts[0], Text)
