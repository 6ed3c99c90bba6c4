"""From a received event to one answer, whatever LINE or the database does meanwhile."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Bot, event, message
from sqlalchemy import select, text

from bot import events, render
from bot.line import Sent
from bot.messages import Reply
from bot.store import Row
from bot.store.inbox import PAUSE, TakenOver
from bot.store.tables import inbox, people, unanswered
from bot.web import _received

pytestmark = pytest.mark.databases("sqlite", "postgresql")
ME = "U" + "1" * 32


def rows(bot: Bot) -> list[dict[str, object]]:
    with bot.parts.store.begin() as connection:
        return [dict(row._mapping) for row in connection.execute(select(inbox))]


def received_at(bot: Bot, at: datetime, event: dict[str, object]) -> None:
    """As the webhook keeps an event, at another time."""
    (heard,) = events.heard({"events": [event]}, at)
    with bot.app.app_context():
        bot.parts.desk.inbox.receive([_received(heard, bot.parts)], at)


def test_the_words_are_erased_with_the_answer(bot: Bot) -> None:
    bot.tell("わたしの なまえは ひみつです。ごみは いつ だしますか")
    (row,) = rows(bot)
    assert row["state"] == "done"
    assert [row[name] for name in ("what", "messages", "to", "reply_token")] == [None] * 4


def test_no_memory_of_the_process_keeps_what_people_wrote(bot: Bot) -> None:
    matcher = bot.parts.knowledge().matcher
    bot.tell("himitsu-no-kotoba ごみ")
    assert matcher.best.cache_info().currsize  # type: ignore[attr-defined]
    assert bot.parts.desk._answers._known
    bot.parts.desk.forget_words()
    assert matcher.best.cache_info().currsize == 0  # type: ignore[attr-defined]
    assert not bot.parts.desk._answers._known


def test_no_log_holds_what_people_wrote_or_who_they_are(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bot.line.results = [Sent("refused", "400 Invalid reply token"), Sent("quota", "429 limit")]
    bot.tell("himitsu-no-kotoba ごみ")
    bot.post(b"himitsu-no-kotoba")
    for secret in ("himitsu", ME, "token0", "ごみ"):
        assert secret not in caplog.text


@pytest.mark.databases("sqlite")  # for PostgreSQL: test_postgres.py
def test_a_killed_process_gives_the_event_back_after_its_lease(bot: Bot) -> None:
    bot.receive(message("ごみ"))
    now = datetime.now(UTC)
    assert bot.parts.desk.inbox.claim(now)  # and the process dies here
    assert bot.parts.desk.work(now + timedelta(seconds=5)) is False
    assert bot.parts.desk.work(now + timedelta(seconds=40)) is True
    assert len(bot.line.replies) == 1


def test_a_reply_that_may_have_arrived_is_not_pushed_again(bot: Bot) -> None:
    bot.line.results = [Sent("unknown", "timeout"), Sent("refused", "400 Invalid reply token")]
    bot.receive(message("ごみ"))
    now = datetime.now(UTC)
    bot.work(now)
    bot.work(now + timedelta(seconds=5))
    assert (len(bot.line.replies), bot.line.pushes) == (2, [])
    assert rows(bot)[0]["state"] == "done"


def test_an_expired_token_is_answered_by_one_push_with_a_retry_key(bot: Bot) -> None:
    bot.line.results = [Sent("refused", "400 Invalid reply token")]
    bot.tell("ごみ")
    ((to, _, key),) = bot.line.pushes
    assert (to, len(key)) == (ME, 36)
    assert rows(bot)[0]["state"] == "done"


def stale(bot: Bot) -> Row:
    """What a worker holds that was away for too long: meanwhile another one has answered."""
    held: list[Row] = []
    bot.receive(message("ごみ"))
    now = datetime.now(UTC)
    held.append(bot.parts.desk.inbox.take(1, now) or pytest.fail("nothing to take"))
    again = bot.parts.desk.inbox.take(1, now) or pytest.fail("nothing to take")
    bot.parts.desk._work_on(again, now)
    assert len(bot.line.replies) == 1
    return held[0]


def test_who_was_away_for_too_long_neither_sends_nor_changes_anything(bot: Bot) -> None:
    row, before = stale(bot), rows(bot)
    bot.parts.desk._work_on(row, datetime.now(UTC))
    assert (len(bot.line.replies), bot.line.pushes, rows(bot)) == (1, [], before)


@pytest.mark.databases("sqlite")
def test_of_many_decided_at_once_only_the_one_that_was_taken_over_is_left_out(bot: Bot) -> None:
    bot.receive(message("ごみ", "U" + "2" * 32), message("がっこう", "U" + "3" * 32))
    now = datetime.now(UTC)
    lost, kept = bot.parts.desk.inbox.claim(now, 2)
    assert bot.parts.desk.inbox.take(lost.id, now)
    assert [row.id for row in bot.parts.desk.decided([lost, kept], now)] == [kept.id]
    assert [row["state"] for row in rows(bot)] == ["new", "answered"]


@pytest.mark.databases("sqlite")  # PostgreSQL has one job for each event
def test_an_event_that_cannot_be_decided_takes_nobody_with_it(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = render.to_line

    def fails(reply: Reply, rtl: frozenset[str]) -> list[dict[str, object]]:
        if reply.entries[:1] == ("garbage",):
            raise ValueError
        return rendered(reply, rtl)

    monkeypatch.setattr(render, "to_line", fails)
    bot.receive(message("ごみの日", "U" + "2" * 32))
    bot.receive(message("在留カードをなくした", "U" + "3" * 32))
    now = datetime.now(UTC) + PAUSE
    bot.parts.desk.work(now, most=10)
    assert len(bot.line.replies) == 1
    assert [row["state"] for row in rows(bot)] == ["new", "done"]


def test_an_answer_that_lay_for_longer_than_its_lease_is_not_sent_twice(bot: Bot) -> None:
    bot.receive(message("ごみ"))
    now = datetime.now(UTC)
    (row,) = bot.parts.desk.decided([bot.parts.desk.inbox.take(1, now) or pytest.fail("none")], now)
    bot.work(now + timedelta(seconds=31))
    assert bot.parts.desk.deliver(row, now + timedelta(seconds=31)) is False
    bot.parts.desk.inbox.done([row])
    assert (len(bot.line.replies), bot.line.pushes) == (1, [])


def test_who_was_away_while_sending_does_not_push_a_second_answer(bot: Bot) -> None:
    row, refused = stale(bot), Sent("refused", "400 Invalid reply token")
    with pytest.raises(TakenOver):
        bot.parts.desk._settle(replace(row, messages=[{}]), refused, datetime.now(UTC))
    assert bot.line.pushes == []


def test_whose_sender_died_is_answered_by_push_when_the_token_has_ended(bot: Bot) -> None:
    """LINE refuses a used token and an ended one with the same words."""
    bot.line.results = [
        Sent("unknown", "ConnectionResetError"),
        Sent("refused", "400 Invalid reply token"),
    ]
    bot.receive(message("ごみ"))
    now = datetime.now(UTC)
    bot.work(now)
    bot.work(now + timedelta(seconds=70))
    assert (len(bot.line.replies), len(bot.line.pushes)) == (2, 1)
    assert rows(bot)[0]["state"] == "done"


def test_too_fast_waits_as_told_and_answers_once(bot: Bot) -> None:
    bot.line.results = [Sent("wait", "429 rate", 3.0)]
    bot.receive(message("ごみ"))
    now = datetime.now(UTC)
    bot.work(now)
    assert bot.work(now + timedelta(seconds=2)) == 0
    assert bot.work(now + timedelta(seconds=4)) == 1
    assert rows(bot)[0]["state"] == "done"
    assert bot.line.pushes == []


def test_what_could_not_be_sent_is_told_at_the_next_message(bot: Bot) -> None:
    bot.line.results = [
        Sent("refused", "400 Invalid reply token"),
        Sent("quota", "429 monthly limit"),
    ]
    bot.tell("ごみは いつ だしますか")
    (row,) = rows(bot)
    assert (row["state"], row["what"]) == ("dead", None)
    assert "429" in str(row["reason"])
    assert "entry=garbage" in bot.tell("ありがとう")
    assert "entry=garbage" not in bot.tell("ありがとう")


def test_a_wrong_access_token_is_visible_to_staff(bot: Bot) -> None:
    bot.line.results = [Sent("denied", "401 Authentication failed")]
    bot.tell("ごみ")
    assert bot.parts.desk.inbox.dead_rows()[0][2].startswith("401")
    assert bot.parts.health(datetime.now(UTC))["inbox"] == {"dead": 1}


def test_one_persons_events_keep_their_order(bot: Bot) -> None:
    both = [message("ごみ", ME), message("がっこう", ME)]
    bot.receive(*both)
    bot.work()
    assert [token for token, _ in bot.line.replies] == [one["replyToken"] for one in both]


@pytest.mark.databases("sqlite")
def test_nobody_works_on_two_events_of_one_person(bot: Bot) -> None:
    bot.receive(message("ごみ", ME), message("がっこう", ME))
    now = datetime.now(UTC)
    assert len(bot.parts.desk.inbox.claim(now + PAUSE, 8)) == 1
    assert bot.parts.desk.inbox.claim(now + PAUSE) == []  # the second waits for the first


def test_danger_is_answered_before_everything_that_came_earlier(bot: Bot) -> None:
    bot.receive(*(message("ごみ", f"U{n:032}") for n in range(5)), message("かじです たすけて", ME))
    bot.work()
    assert "119" in str(bot.line.replies[0])


def test_in_a_burst_the_freshest_are_answered_while_their_token_serves(bot: Bot) -> None:
    old, fresh = message("ごみ", "U" + "2" * 32), message("ごみ", "U" + "3" * 32)
    received_at(bot, datetime.now(UTC) - timedelta(seconds=50), old)
    bot.receive(fresh)
    bot.work()
    assert [token for token, _ in bot.line.replies] == [fresh["replyToken"], old["replyToken"]]


def test_thirty_messages_of_one_person_get_one_answer_to_the_last(bot: Bot) -> None:
    bot.receive(*(message(f"ごみ {n}", ME) for n in range(29)), message("がっこう", ME))
    bot.work()
    assert len(bot.line.replies) == 1
    assert {row["state"] for row in rows(bot)} == {"done"}


def test_two_questions_in_a_row_are_both_answered(bot: Bot) -> None:
    bot.receive(message("ごみは いつ だしますか", ME), message("がっこうに いきたい", ME))
    bot.work()
    assert len(bot.line.replies) == 2


@pytest.mark.parametrize("danger", ["かじです たすけて", "つなみ が きた"])
def test_danger_among_many_messages_is_never_dropped(bot: Bot, danger: str) -> None:
    bot.receive(*(message(text, ME) for text in (danger, *(f"ごみ {n}" for n in range(20)))))
    bot.work()
    assert "119" in bot.line.said or "110" in bot.line.said
    assert len(bot.line.replies) == 2


def test_an_answer_that_was_claimed_twice_is_still_offered_when_it_is_lost(bot: Bot) -> None:
    bot.line.results = [Sent("unknown", "timeout"), Sent("denied", "401")]
    bot.receive(message("ごみは いつ だしますか", ME))
    now = datetime.now(UTC)
    bot.work(now)
    bot.work(now + timedelta(seconds=5))
    assert "entry=garbage" in bot.tell("ありがとう", ME)


def test_a_dead_token_after_a_crash_is_not_taken_for_an_answer_that_arrived(bot: Bot) -> None:
    bot.receive(message("ごみは いつ だしますか", ME))
    now = datetime.now(UTC)
    taken = bot.parts.desk.inbox.take(1, now) or pytest.fail("nothing to take")
    bot.parts.desk.decided([taken], now)  # and the process dies here
    bot.line.results = [Sent("refused", "400 Invalid reply token")]
    bot.work(now + timedelta(minutes=2))
    assert "0467" in str(bot.line.pushes)


@pytest.mark.databases("sqlite")
def test_the_store_that_cannot_write_asks_line_to_send_again(bot: Bot) -> None:
    with bot.parts.store.begin() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
        size = connection.execute(text("PRAGMA page_count")).scalar_one()
    bot.parts.store.close()

    def full(dbapi: object, _record: object) -> None:
        dbapi.execute(f"PRAGMA max_page_count = {size}")  # type: ignore[attr-defined]

    from sqlalchemy import event as sqlalchemy_event

    sqlalchemy_event.listen(bot.parts.store.engine, "connect", full)
    statuses = {
        bot.receive(*(message("あ" * 1500, f"U{n:032}") for n in range(60))) for _ in range(3)
    }
    assert 503 in statuses
    with bot.parts.store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


@pytest.mark.databases("sqlite")
def test_a_locked_database_answers_503_and_recovers(bot: Bot) -> None:
    other = sqlite3.connect(str(bot.parts.store.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    same = message("ごみ")
    assert bot.receive(same) == 503
    other.execute("ROLLBACK")
    assert bot.receive(same) == 200
    bot.work()
    assert len(bot.line.replies) == 1
    assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    other.close()


def test_unsend_deletes_what_waits(bot: Bot) -> None:
    bot.receive(message("himitsu", "U" + "5" * 32))
    number = rows(bot)[0]["message"]
    bot.receive(event("unsend", "U" + "5" * 32, unsend={"messageId": number}))
    bot.work()
    assert all(row["what"] is None for row in rows(bot))
    with bot.parts.store.begin() as connection:
        assert connection.execute(select(unanswered)).all() == []


def test_unfollow_forgets_everything_about_the_person(bot: Bot) -> None:
    bot.do(event("postback", postback={"data": "do=language&locale=en"}))
    bot.tell("ごみ")
    bot.do(event("unfollow"))
    with bot.parts.store.begin() as connection:
        assert connection.execute(select(people)).all() == []
    assert {row["person"] for row in rows(bot)} == {""}


def test_forget_asks_once_and_then_forgets(bot: Bot) -> None:
    bot.do(event("postback", postback={"data": "do=language&locale=en"}))
    assert "forget-now" in bot.do(event("postback", postback={"data": "do=forget"}))
    bot.do(event("postback", postback={"data": "do=forget-now"}))
    with bot.parts.store.begin() as connection:
        assert connection.execute(select(people)).all() == []


def test_a_question_without_an_answer_is_kept_without_the_person(bot: Bot) -> None:
    bot.tell("ひこうきの チケットは いくらですか めずらしい")
    with bot.parts.store.begin() as connection:
        kept = [row.text for row in connection.execute(select(unanswered))]
    assert len(kept) <= 1


def test_old_rows_are_purged(bot: Bot) -> None:
    bot.tell("ごみ")
    assert bot.parts.desk.inbox.purge(datetime.now(UTC) + timedelta(days=8)) == 1
    assert rows(bot) == []
