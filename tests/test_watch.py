"""The doors for those who watch: who may look, and that what they see is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Bot, event, message

from bot.store import StoreError
from bot.store.tables import inbox

TOKEN = "monitor-token"


def get(bot: Bot, path: str, address: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = bot.app.test_client().get(path, headers=named, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.text


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_without_a_token_only_this_machine_sees_inside(bot: Bot, path: str) -> None:
    assert get(bot, path)[0] == 200
    assert get(bot, path, "203.0.113.5")[0] == 403
    assert get(bot, path, X_Forwarded_For="203.0.113.5")[0] == 403
    assert get(bot, path, Forwarded="for=203.0.113.5")[0] == 403


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_with_a_token_whoever_shows_it(bot: Bot, path: str) -> None:
    bot.parts.settings = replace(bot.parts.settings, monitor_token=TOKEN)
    assert get(bot, path)[0] == 403
    assert get(bot, path, Authorization="Bearer wrong")[0] == 403
    assert get(bot, path, Authorization="Bearer あ".encode().decode("latin-1"))[0] == 403
    assert get(bot, path, "203.0.113.5", Authorization=f"Bearer {TOKEN}")[0] == 200


def test_machines_learn_whether_to_send_people_here(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert get(bot, "/healthz", "203.0.113.5")[0] == 200
    assert get(bot, "/readyz", "203.0.113.5")[0] == 200

    def locked(_: datetime) -> None:
        raise StoreError("database is locked")

    monkeypatch.setattr("bot.watch.READY_SECONDS", 0)
    monkeypatch.setattr("bot.watch._readiness._until", 0.0)
    monkeypatch.setattr(bot.parts.store, "beat", locked)
    assert get(bot, "/readyz") == (503, '{"ready":false,"why":["the database takes no changes"]}\n')
    assert get(bot, "/healthz")[0] == 200


def test_someone_who_waits_long_makes_it_not_ready(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.receive(message("ごみ"))
    with bot.parts.store.begin() as connection:
        old = (datetime.now(UTC) - timedelta(seconds=40)).replace(tzinfo=None)
        connection.execute(inbox.update().values(received_at=old))
    monkeypatch.setattr("bot.watch._readiness._until", 0.0)
    assert "30 seconds" in get(bot, "/readyz")[1]


def test_metrics_count_what_people_ask_and_what_line_says(bot: Bot) -> None:
    bot.tell("ごみは いつ だしますか")
    bot.do(event("follow"))
    found = get(bot, "/metrics")[1]
    for line in (
        'tomoni_events_received_total{channel="default",kind="text"}',
        'tomoni_answers_total{channel="default",kind="text",locale="ja-simple",outcome="answer"}',
        'tomoni_sent_total{channel="default",result="sent",way="reply"}',
        'tomoni_webhook_seconds_count{status="200"}',
        "tomoni_reply_seconds_count",
        "tomoni_reply_tokens_refused_total",
        'tomoni_inbox{channel="default",state="done"} 2.0',
        'tomoni_inbox_oldest_seconds{channel="default"} 0.0',
        f'tomoni_content{{channel="default",version="{bot.parts.library.content.version}"}} 1.0',
    ):
        assert line in found, line


def test_what_is_not_urgent_is_sent_again_by_line_while_too_much_waits(bot: Bot) -> None:
    bot.parts.is_full = True
    assert bot.receive(message("ごみ")) == 503
    assert bot.receive(message("ごみ"), message("かじです たすけて", "U" + "2" * 32)) == 200
    assert bot.parts.desk.inbox.waiting(10) == 2


def test_the_backlog_is_measured_without_reading_all_of_it(bot: Bot) -> None:
    bot.receive(*(message("ごみ", f"U{n:032}") for n in range(9)))
    assert bot.parts.desk.inbox.waiting(5) == 5
    assert bot.parts.desk.inbox.waiting(50) == 9
