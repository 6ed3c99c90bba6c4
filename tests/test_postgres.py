"""What only PostgreSQL has: jobs in the same transaction, workers that die, several processes at once."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import SECRET, Answers, Bot, FakeLine, jobs_done, message
from private_postgres import MISSING, PrivatePostgres, binaries
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from bot.calendars import Feeds, sources
from bot.cities import Cities
from bot.content import Library
from bot.learning import Learner
from bot.line import Sent
from bot.parts import build
from bot.settings import Settings, SettingsError, load
from bot.store import Copies, Reminders, Store, StoreError, work
from bot.workers import STALLED, Tasks, Workers, engine
from handlers import HANDLERS

pytestmark = pytest.mark.databases("postgresql")
ME, YOU = "U" + "1" * 32, "U" + "2" * 32


def ask(bot: Bot, statement: str, **values: Any) -> list[Any]:
    with bot.parts.store.begin() as connection:
        found = connection.execute(text(statement), values)
        return [tuple(row) for row in found] if found.returns_rows else []


def jobs(bot: Bot) -> list[Any]:
    return ask(
        bot, "SELECT task_name, status::text, priority, lock FROM procrastinate_jobs ORDER BY id"
    )


def fetch(bot: Bot) -> Any:
    """A worker of another machine takes a job; it has no more to do with us."""
    (worker,) = ask(bot, "INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")[0]
    found = ask(bot, "SELECT id FROM procrastinate_fetch_job_v2(NULL, :worker)", worker=worker)
    return found[0][0]


def silent_for(bot: Bot, seconds: float) -> None:
    """The workers' last sign of life is so old."""
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    ask(bot, "UPDATE procrastinate_workers SET last_heartbeat = :at", at=at)


@contextlib.contextmanager
def running(bot: Bot, threads: int = 4) -> Iterator[Workers]:
    """Real workers in threads of their own."""
    tasks = Tasks({bot.parts.name: bot.parts}, lambda: datetime.now(UTC))
    workers = Workers(engine(bot.parts.store.conninfo, tasks, ()), threads)
    workers.start()
    yield workers
    workers.stop()


def eventually(true: Any, seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def test_the_event_and_its_job_are_one_commit(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("no jobs today")

    with monkeypatch.context() as patch:
        patch.setattr("bot.store.inbox.defer", refuse)
        assert bot.receive(message("ごみ")) == 503
    assert (jobs(bot), bot.parts.desk.inbox.counts()) == ([], {})
    bot.receive(message("ごみ", ME), message("かじです たすけて", YOU))
    key = bot.parts.keys.person
    assert jobs(bot) == [
        ("answer", "todo", work.USUAL, key(ME)),
        ("answer", "todo", work.URGENT, key(YOU)),
    ]


def test_an_error_of_the_engine_takes_the_event_back_too(bot: Bot) -> None:
    ask(bot, "ALTER TABLE procrastinate_jobs ADD CONSTRAINT none CHECK (priority > 1000)")
    assert bot.receive(message("ごみ")) == 503
    assert bot.parts.desk.inbox.counts() == {}


def test_a_job_that_is_done_leaves_nothing_of_the_person(bot: Bot) -> None:
    bot.tell("ごみ")
    assert jobs(bot) == []
    assert ask(bot, "SELECT * FROM procrastinate_events") == []


def test_nobody_works_on_two_events_of_one_person_but_danger_does_not_wait_in_line(
    bot: Bot,
) -> None:
    bot.receive(message("ごみ", ME), message("がっこう", ME), message("かじです たすけて", ME))
    danger = fetch(bot)
    assert fetch(bot) is None
    ask(bot, "SELECT procrastinate_finish_job_v1(:id, 'succeeded', true)", id=danger)
    assert fetch(bot) < danger
    assert fetch(bot) is None


def test_a_killed_worker_gives_the_event_back_within_the_tokens_minute(bot: Bot) -> None:
    bot.receive(message("ごみ"))
    assert fetch(bot) is not None  # and the machine burns down here
    silent_for(bot, STALLED - 5)
    assert bot.work() == 0
    silent_for(bot, STALLED + 1)
    eventually(lambda: bot.work() and bot.line.replies)
    assert len(bot.line.replies) == 1


def test_a_job_whose_end_could_not_be_written_down_does_not_silence_the_person(bot: Bot) -> None:
    bot.receive(message("ごみ"), message("がっこう"))
    fetch(bot)
    ask(
        bot,
        "UPDATE procrastinate_events SET at = now() - interval '3 minutes' WHERE type = 'started'",
    )
    silent_for(bot, 0)  # its worker lives
    eventually(lambda: len(bot.line.replies) == 2 or bot.work() < 0)
    assert jobs(bot) == []


def test_a_job_that_is_run_twice_answers_once(bot: Bot) -> None:
    bot.receive(message("ごみ"))
    with bot.parts.store.begin() as connection:
        works = [work.Work(work.ANSWER, {"event": 1, "at": int(time.time())}, lock="x")]
        work.defer(connection, works * 2)
    bot.work()
    assert len(bot.line.replies) == 1


def test_events_of_one_person_keep_their_order_when_line_is_in_trouble(bot: Bot) -> None:
    both = [message("ごみ", ME), message("がっこう", ME)]
    bot.line.results = [Sent("wait", "429 rate", 3.0)]
    bot.receive(*both)
    now = datetime.now(UTC)
    bot.work(now)
    bot.work(now + timedelta(seconds=4))
    tokens = [token for token, _ in bot.line.replies]
    assert tokens == [both[0]["replyToken"], both[0]["replyToken"], both[1]["replyToken"]]


def test_an_error_of_ours_is_tried_again_and_then_given_up(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(bot.parts.desk, "_decided", broken)
    bot.receive(message("ごみ"))
    now = datetime.now(UTC)
    for minute in range(10):
        bot.work(now + timedelta(seconds=10 * minute))
    assert bot.parts.desk.inbox.counts() == {"dead": 1}
    assert jobs(bot) == []


def test_workers_hear_of_events_at_once_and_finish_what_they_hold(bot: Bot) -> None:
    class SlowLine(FakeLine):
        begun = threading.Event()

        def reply(self, token: str, messages: Sequence[Mapping[str, Any]]) -> Sent:
            self.begun.set()
            time.sleep(0.3)
            return super().reply(token, messages)

    line = SlowLine()
    bot.parts.desk.line = line
    with running(bot) as workers:
        eventually(lambda: ask(bot, "SELECT id FROM procrastinate_workers"))
        time.sleep(0.3)  # it listens now; a worker that looks every 5 s would be far later
        began = time.monotonic()
        bot.receive(message("ごみ", ME))
        assert line.begun.wait(3)
        bot.receive(message("ごみ", YOU))
        workers.stop()
        assert time.monotonic() - began < 4
    assert bot.parts.desk.inbox.counts().get("done", 0) == len(line.replies) >= 1
    assert ask(bot, "SELECT id FROM procrastinate_workers") == []
    assert ask(bot, "SELECT id FROM procrastinate_jobs WHERE status = 'doing'") == []


def test_two_workers_answer_each_event_once(bot: Bot) -> None:
    people = [f"U{number:032}" for number in range(40)]
    with running(bot), running(bot):
        for person in people:
            bot.receive(message("ごみ", person))
        eventually(lambda: bot.parts.desk.inbox.counts() == {"done": 40})
    assert len(bot.line.replies) == len({token for token, _ in bot.line.replies}) == 40


def test_a_restart_of_the_database_stops_nothing_for_good(
    settings: Settings, library: Library, learner: Learner
) -> None:
    if binaries() is None:
        pytest.skip(MISSING)
    server = PrivatePostgres()
    own = replace(settings, database_url=server.database())
    line = FakeLine()
    parts = build(own, [SECRET], HANDLERS, library=library, line=line, learner=learner)
    from flask import Flask

    from bot.web import web

    app = Flask("test")
    app.extensions["tomoni"] = Cities([parts])
    app.register_blueprint(web)
    bot = Bot(parts, line, app)
    try:
        with running(bot):
            bot.receive(message("ごみ", ME))
            eventually(lambda: len(line.replies) == 1)
            server.kill()
            assert bot.receive(message("ごみ", YOU)) == 503
            server.start()
            eventually(lambda: bot.receive(message("ごみ", YOU)) == 200)
            eventually(lambda: len(line.replies) >= 2)
    finally:
        parts.store.close()
        server.stop()


def test_a_due_reminder_is_a_job_of_the_same_commit_and_one_worker_sends(bot: Bot) -> None:
    sent: list[datetime] = []

    class Sending(Answers):
        remind = Tasks.remind

    now = datetime.now(UTC)
    with bot.parts.store.begin() as connection:
        for number in (1, 400):
            at = now + timedelta(days=number)
            Reminders(bot.parts.store).add(connection, f"p{number}", "x", "new:class", "ja", at)
    assert jobs(bot) == [("remind", "todo", work.USUAL, None)] * 2
    bot.parts.jobs.send = lambda at: sent.append(at) or 0  # type: ignore[method-assign]
    jobs_done(bot.parts, now + timedelta(hours=23), Sending)
    assert sent == []
    jobs_done(bot.parts, now + timedelta(hours=25), Sending)
    assert len(sent) == 1  # the other one is due next year and keeps nobody waiting


def test_what_is_done_regularly_is_done_once_for_all(bot: Bot) -> None:
    names = {routine.name for routine in bot.parts.routines()}
    assert names == {"notice", "purge", "calendars"}
    done: list[datetime] = []
    every_second = [replace(bot.parts.routines()[0], cron="* * * * * *", work=done.append)]
    tasks = Tasks({bot.parts.name: bot.parts}, lambda: datetime.now(UTC))
    both = [
        Workers(engine(bot.parts.store.conninfo, tasks, tuple(every_second)), 2) for _ in range(2)
    ]
    for one in both:
        one.start()
    eventually(lambda: len(done) >= 3)
    for one in both:
        one.stop()
    assert len({at.replace(microsecond=0) for at in done}) >= len(done) - 1


def test_calendars_that_one_machine_fetched_are_shown_by_all(bot: Bot, tmp_path: Path) -> None:
    file = tmp_path / "club.ics"
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261201T000000Z\r\n"
    file.write_text(
        head + "DTSTART:20261205T050000Z\r\nSUMMARY:Tea\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    known = sources(f"club={file}")
    now = datetime(2026, 12, 1, tzinfo=UTC)
    here, there = Feeds(known, tmp_path / "here"), Feeds(known, tmp_path / "there")
    assert here.refresh(now)
    other = Copies(bot.parts.store)
    assert not there.keep(other.news())
    Copies(bot.parts.store).put(here.copies(), now)
    Copies(bot.parts.store).put(here.copies(), now + timedelta(hours=1))  # unchanged: no news
    assert there.keep(other.news())
    assert not there.keep(other.news())
    assert [one.title for one in there.gatherings(now, lambda _: None).values()] == ["Tea"]


def test_several_processes_may_start_at_once(postgres: PrivatePostgres) -> None:
    postgres.execute("CREATE DATABASE at_once")
    stores = [Store(postgres.url("at_once")) for _ in range(4)]
    failures: list[BaseException] = []

    def migrate(store: Store) -> None:
        try:
            store.migrate()
        except BaseException as error:
            failures.append(error)
        store.close()

    threads = [threading.Thread(target=migrate, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_older_engine_is_brought_to_the_installed_version(postgres: PrivatePostgres) -> None:
    files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    postgres.execute("CREATE DATABASE older")
    postgres.run_files("older", files[:-2])
    comment = f"COMMENT ON TABLE procrastinate_jobs IS '{files[-3].name}'"
    postgres.execute(comment, "older")
    store = Store(postgres.url("older"))
    for _ in range(2):
        store.migrate()
    with store.begin() as connection:
        version = text("SELECT obj_description('procrastinate_jobs'::regclass)")
        assert connection.execute(version).scalar() == files[-1].name
        newest = text("SELECT count(*) FROM pg_proc WHERE proname = 'procrastinate_retry_job_v2'")
        assert connection.execute(newest).scalar() == 1
    store.close()


def test_an_overlong_token_or_id_is_no_reason_to_refuse_its_neighbours(bot: Bot) -> None:
    odd = message("ごみ", "U" * 900, replyToken="x" * 900, webhookEventId="y" * 900)
    odd["message"]["id"] = "z" * 900
    assert bot.receive(odd, message("ごみ", ME)) == 200
    bot.work()
    assert len(bot.line.replies) == 2


def test_nobody_to_answer_is_refused_at_start() -> None:
    with pytest.raises(SettingsError, match="nobody would answer"):
        load({"WORKERS": "0"})
    assert load({"WORKERS": "0", "DATABASE_URL": "postgresql+psycopg://x/y"}).workers == 0


def test_a_web_process_without_workers_leaves_the_answers_to_others(bot: Bot) -> None:
    quiet = Cities([replace(bot.parts, settings=replace(bot.parts.settings, workers=0))])
    quiet.start()
    assert quiet.pool is None
    bot.receive(message("ごみ"))
    assert bot.parts.desk.inbox.counts() == {"new": 1}
    assert quiet.health(datetime.now(UTC))["ready"]
    quiet.stop()
