"""Reminders: asked for with one tap, sent once whatever happens, never over the month's pushes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import Bot, FakeLine, event
from sqlalchemy import select

from bot import reminders
from bot.content import Content
from bot.directory import JAPAN
from bot.jobs import Jobs
from bot.line import Sent
from bot.models import Gathering
from bot.reminders import About
from bot.store.tables import reminders as rows_of
from bot.store.tables import wishes

MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=JAPAN)
CLASS = {
    "id": "class", "kind": "class", "title": "にほんごきょうしつ", "organiser": "arrupe",
    "starts_at": "2026-12-05T14:00", "ends_at": "2026-12-05T16:00",
    "repeat": {"every": "week", "on": ["sat"], "until": "2027-03-31"},
}  # fmt: skip
pytestmark = pytest.mark.databases("sqlite", "postgresql")
FIRST = "2026-12-05T05:00"  # UTC


def content_with(content: Content, *rows: Mapping[str, Any]) -> Content:
    made = [Gathering.model_validate(row) for row in rows]
    texts = {
        f"gathering.{one.id}.{name}": text for one in made for name, text in one.texts().items()
    }
    return replace(
        content,
        version=content.version + str(hash(str(rows))),
        gatherings={one.id: one for one in made},
        japanese={**content.japanese, **texts},
    )


@pytest.fixture
def staff(bot: Bot, content: Content) -> Any:
    """What staff have entered; call it to change that."""

    def enter(*rows: Mapping[str, Any]) -> None:
        knowledge = replace(bot.parts.learner.knowledge, content=content_with(content, *rows))
        bot.parts.desk._knowledge = lambda: knowledge
        bot.parts.jobs._knowledge = lambda: knowledge

    enter(CLASS)
    return enter


def press(bot: Bot, data: str, person: str = "U" + "1" * 32) -> str:
    return bot.do(event("postback", person, postback={"data": data}))


def ask(bot: Bot, person: str = "U" + "1" * 32, before: str = "day") -> str:
    return press(bot, f"do=remind&id=class&at={FIRST}&when={before}", person)


def rows(bot: Bot) -> list[Any]:
    with bot.parts.store.begin() as connection:
        return list(connection.execute(select(rows_of)))


def at(day: str, clock: str = "18:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=JAPAN)


@pytest.mark.usefixtures("staff")
def test_the_day_before_at_six_once_and_then_nothing_is_kept(bot: Bot) -> None:
    said = press(bot, f"do=gathering&id=class&at={FIRST}")
    assert "do=remind&id=class" in said
    ask(bot)
    (row,) = rows(bot)
    assert "U" + "1" * 32 not in row.to
    assert bot.parts.jobs.tick(at("2026-12-04", "17:59")) == 0
    assert bot.parts.jobs.tick(at("2026-12-04")) == 1
    assert bot.parts.jobs.tick(at("2026-12-04", "18:30")) == 0
    ((to, messages, key),) = bot.line.pushes
    assert (to, key) == ("U" + "1" * 32, row.retry_key)
    assert "にほんごきょうしつ" in str(messages)
    assert rows(bot) == []


@pytest.mark.usefixtures("staff")
def test_two_hours_before(bot: Bot) -> None:
    ask(bot, before="hours")
    assert bot.parts.jobs.tick(at("2026-12-05", "11:59")) == 0
    assert bot.parts.jobs.tick(at("2026-12-05", "12:00")) == 1


@pytest.mark.usefixtures("staff")
def test_a_tap_twice_is_one_reminder_and_the_list_stops_it(bot: Bot) -> None:
    ask(bot)
    ask(bot)
    assert len(rows(bot)) == 1
    about = rows(bot)[0].about
    assert about in press(bot, "do=reminders").replace("%3A", ":").replace("%40", "@")
    press(bot, f"do=stop-reminder&about={about}")
    assert rows(bot) == []


@pytest.mark.usefixtures("staff")
def test_forget_and_unfollow_delete_reminders_and_wishes(bot: Bot) -> None:
    ask(bot)
    press(bot, "do=tell-new&kind=film")
    press(bot, "do=forget-now")
    with bot.parts.store.begin() as connection:
        assert connection.execute(select(wishes)).all() == []
    assert rows(bot) == []


@pytest.mark.parametrize("change", [{"cancelled": True}, {"to": "2026-12-06T10:00"}])
def test_a_changed_date_is_told_at_once_and_before_all_others(
    bot: Bot, staff: Any, change: dict[str, Any], content: Content
) -> None:
    ask(bot)
    bot.parts.jobs.tick(MONDAY)
    staff({**CLASS, "changes": [{"on": "2026-12-05", **change}]})
    assert bot.parts.jobs.tick(MONDAY + timedelta(minutes=1)) == 1
    (_, messages, _) = bot.line.pushes[0]
    cancelled = content.say("ja-simple")("Cancelled")
    assert (cancelled in str(messages)) == ("cancelled" in change)
    left = [row.about for row in rows(bot)]
    assert left == ([] if "cancelled" in change else ["at:class@2026-12-06T01:00"])


def test_a_date_that_vanished_from_the_file_is_not_dropped_silently(
    bot: Bot, staff: Any, content: Content
) -> None:
    ask(bot)
    staff({**CLASS, "id": "other"})
    assert bot.parts.jobs.tick(MONDAY) == 1
    gone = "A date that you wait for is no longer in the calendar. Please ask the organiser."
    assert content.say("ja-simple")(gone) in str(bot.line.pushes[0][1])
    assert rows(bot) == []


def test_news_reach_those_who_asked_for_the_kind_once(bot: Bot, staff: Any) -> None:
    bot.parts.jobs.tick(MONDAY)
    press(bot, "do=tell-new&kind=film")
    press(bot, "do=tell-new&kind=class", "U" + "2" * 32)
    film = {**CLASS, "id": "film", "kind": "film", "title": "えいが", "repeat": None}
    staff(CLASS, film)
    bot.parts.jobs.tick(MONDAY + timedelta(minutes=1))
    bot.parts.jobs.tick(MONDAY + timedelta(minutes=30))
    assert [to for to, _, _ in bot.line.pushes] == ["U" + "1" * 32]
    assert "えいが" in str(bot.line.pushes[0][1])


@pytest.mark.usefixtures("staff")
def test_without_pushes_left_it_is_told_at_the_next_message(bot: Bot) -> None:
    ask(bot)
    bot.line.quota_left = (200, 190)  # the reserve of 20 is for answers
    assert bot.parts.jobs.tick(at("2026-12-04")) == 0
    assert bot.line.pushes == []
    (row,) = rows(bot)
    assert (row.state, row.to) == ("missed", "")
    assert "にほんごきょうしつ" in bot.tell("ありがとう")
    assert rows(bot) == []


@pytest.mark.usefixtures("staff")
def test_while_line_is_silent_about_the_quota_nothing_is_sent_or_lost(bot: Bot) -> None:
    ask(bot)
    bot.line.quota_left = None
    assert bot.parts.jobs.tick(at("2026-12-04")) == 0
    bot.line.quota_left = (200, 0)
    assert bot.parts.jobs.tick(at("2026-12-04", "18:05")) == 1


@pytest.mark.usefixtures("staff")
def test_a_lost_connection_is_tried_again_with_the_same_key(bot: Bot) -> None:
    ask(bot)
    bot.line.results = [Sent("unknown", "timeout")]
    bot.parts.jobs.tick(at("2026-12-04"))
    bot.parts.jobs.tick(at("2026-12-04", "18:02"))
    assert len({key for _, _, key in bot.line.pushes}) == 1
    assert rows(bot) == []


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(("back", "sent"), [("09:00", 1), ("15:00", 0)])
def test_after_a_day_of_downtime_only_what_is_still_useful_is_sent(
    bot: Bot, back: str, sent: int
) -> None:
    ask(bot)
    assert bot.parts.jobs.tick(at("2026-12-05", back)) == sent
    assert rows(bot) == []


def test_a_group_hears_the_price_before_it_gets_the_week(bot: Bot, staff: Any) -> None:
    group = {"type": "group", "groupId": "C" + "1" * 32, "userId": "U" + "1" * 32}
    said = bot.tell("/digest", source=group)
    assert "3" in said
    assert "do=digest" in said
    bot.do(event("postback", postback={"data": "do=digest"}, source=group))
    assert bot.parts.jobs.tick(at("2026-12-07", "08:59")) == 0
    assert bot.parts.jobs.tick(at("2026-12-07", "09:00")) == 1
    assert bot.parts.jobs.tick(at("2026-12-07", "09:30")) == 0
    assert bot.line.pushes[0][0] == "C" + "1" * 32
    assert bot.parts.jobs.reminders.pushed("2026-12") == 3
    bot.do(event("postback", postback={"data": "do=stop-digest"}, source=group))
    assert bot.parts.jobs.tick(at("2026-12-14", "09:00")) == 0


class CountingLine(FakeLine):
    """LINE as the month sees it: counts, knows retry keys, refuses what is over the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.taken = limit, dict[str, str]()

    def push(self, to: str, messages: Sequence[Mapping[str, Any]], retry_key: str) -> Sent:
        if retry_key in self.taken:
            return Sent("sent", "409")
        assert len(self.taken) < self.limit, "over the month's pushes"
        self.taken[retry_key] = to
        return Sent("sent")

    def quota(self) -> tuple[int | None, int] | None:
        return self.limit, max(0, len(self.taken) - 15)  # LINE counts late


def test_a_month_with_a_thousand_people_and_two_hundred_pushes(bot: Bot, staff: Any) -> None:
    line = CountingLine(200)
    jobs = bot.parts.jobs
    jobs._line = line
    box = jobs._keys
    with bot.parts.store.begin() as connection:
        for number in range(1000):
            day = 5 + 7 * (number % 4)
            about = About("at", "class", datetime(2026, 12, day, 14, 0, tzinfo=JAPAN))
            due = datetime(2026, 12, day - 1, 18, 0, tzinfo=JAPAN)
            jobs.reminders.add(
                connection, f"p{number}", box.seal(f"U{number:032}"), str(about), "ja", due
            )
    staff({**CLASS, "changes": [{"on": "2026-12-26", "cancelled": True}]})
    for hour in range(0, 31 * 24, 6):
        jobs.tick(at("2026-12-01", "00:00") + timedelta(hours=hour))
    assert len(line.taken) == 180
    assert len(set(line.taken.values())) == 180  # nobody twice
    cancelled = {f"U{number:032}" for number in range(3, 1000, 4)}
    assert set(line.taken.values()) <= cancelled  # who would have come in vain is told first
    assert jobs.reminders.counts().get("waiting", 0) == 0


@pytest.mark.usefixtures("staff")
def test_two_processes_send_one_reminder_once(bot: Bot) -> None:
    ask(bot)
    parts = bot.parts
    other = Jobs(parts.store, parts.keys, bot.line, parts.jobs._knowledge, {}, reserve=0)
    moment = at("2026-12-04")
    threads = [threading.Thread(target=one.tick, args=(moment,)) for one in (parts.jobs, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bot.line.pushes) == 1


@pytest.mark.parametrize(
    "text", ["at:x@2026-12-05T05:00", "changed:x@2026-12-05T05:00", "new:x", "digest:2026-11-30"]
)
def test_what_a_reminder_is_about_survives_the_database(text: str) -> None:
    assert str(reminders.about(text)) == text


@pytest.mark.parametrize(
    "text", ["", "at:x", "new:x@2026-12-05T05:00", "at:@2026-12-05T05:00", "at:x@y"]
)
def test_what_is_no_reminder_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        reminders.about(text)
