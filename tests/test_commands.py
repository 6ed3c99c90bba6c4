"""The terminal: one JSON object a line, in order, at any length."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from conftest import ROOT

from bot.calendars import Feeds, sources
from bot.directory import JAPAN
from bot.learning import Learner
from bot.reminders import About
from bot.settings import Settings
from bot.store import Reminders, Store

FLASK = Path(sys.executable).with_name("flask")


def run(
    *arguments: str, given: bytes = b"", var: Path, **more: str
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "SEMANTIC": "off", "VAR_DIR": str(var), **more}
    return subprocess.run(
        [str(FLASK), "bot", *arguments],
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def var(learner: Learner, settings: Settings) -> Path:
    """What this run has learnt already: every command would learn it again."""
    assert learner.state()["languages"]
    return settings.var_dir


def test_ask_json_answers_every_line_in_order(var: Path) -> None:
    lines = [
        "火事です",
        "i lost my zairyu card",
        "",
        "今日の天気",
        "あ" * 9000,
        "\U0001f600",
        "events in june",
    ]
    done = run(
        "ask",
        "--json",
        "--now",
        "2026-12-01T10:00+09:00",
        given="\n".join(lines).encode() + b"\n\xff\xfe\n",
        var=var,
    )
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [row["text"] for row in found[:-1]] == lines
    assert len(found) == len(lines) + 1
    assert found[0]["outcome"] == "danger"
    assert found[0]["entries"] == ["emergency-numbers"]
    assert (found[1]["outcome"], found[1]["entries"]) == ("answer", ["lost-residence-card"])
    assert found[6]["range"] == ["2027-06-01", "2027-06-30"]
    assert {"text", "locale", "outcome", "entries", "contacts", "score"} <= set(found[0])


def test_ask_keeps_the_chosen_language_and_refuses_an_unknown_one(var: Path) -> None:
    done = run("ask", "--json", "--locale", "ja", given="ごみ\n".encode(), var=var)
    assert json.loads(done.stdout)["locale"] == "ja"
    assert run("ask", "--locale", "xx", "x", var=var).returncode == 2
    assert run("ask", "--now", "tomorrow", "x", var=var).returncode == 2
    assert run("ask", var=var).returncode == 2


def test_check_passes_on_the_real_content(var: Path) -> None:
    done = run("check", var=var)
    assert done.returncode == 0, done.stdout.decode()


def test_check_fails_with_the_place_of_the_mistake(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    shutil.copy(
        ROOT / "tests" / "broken" / "tab.yaml", tmp_path / "faq" / "living" / "garbage.yaml"
    )
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path / "faq"))
    done = run("check", var=var)
    assert done.returncode == 1
    assert "garbage.yaml:" in done.stdout.decode()


def test_check_strict_lists_what_staff_should_verify(var: Path) -> None:
    assert "0467-61-3958" in run("check", "--strict", var=var).stdout.decode()


def test_the_inbox_shows_states_and_never_words(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    assert run("inbox", "--dead", var=var).returncode == 0


CLASS = """
id: tidy-class
kind: class
title: にほんご教室
organiser: arrupe
starts_at: {day}T14:00
repeat: {{every: week, on: [{weekday}]}}
changes:
  - {{on: {second}, cancelled: true}}
  - {{on: {third}, to: {moved}T10:00}}
"""
FEED = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20260101T000000Z\r
DTSTART:{start}\r
SUMMARY:Concert\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def planned(tmp_path: Path) -> tuple[dict[str, str], date]:
    """A weekly class, one date cancelled and one moved, and somebody's own calendar; people wait for the class."""
    first = (datetime.now(UTC).astimezone(JAPAN) + timedelta(days=3)).date()
    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    days = [first + timedelta(days=7 * number) for number in range(3)]
    text = CLASS.format(day=first, weekday=f"{first:%a}".lower(), second=days[1], third=days[2],
                        moved=days[2] + timedelta(days=1))  # fmt: skip
    (tmp_path / "faq" / "gatherings" / "tidy-class.yaml").write_text(text, encoding="utf-8")
    calendar = tmp_path / "theirs.ics"
    calendar.write_text(FEED.format(start=f"{first:%Y%m%d}T190000"), encoding="utf-8")
    Feeds(sources(f"forum={calendar}"), tmp_path / "var" / "feeds").refresh(datetime.now(UTC))
    url = f"sqlite:///{tmp_path}/tomoni.db"
    store = Store(url)
    store.migrate()
    starts_at = datetime.combine(first, time(14), JAPAN)
    with store.begin() as connection:
        for number in range(2):
            about = str(About("at", "tidy-class", starts_at))
            due = starts_at - timedelta(days=1)
            Reminders(store).add(connection, f"p{number}", "sealed", about, "ja", due)
    store.close()
    more = {"CONTENT_DIR": str(tmp_path / "faq"), "DATABASE_URL": url, "FEEDS": f"forum={calendar}"}
    return {**more, "VAR_DIR": str(tmp_path / "var")}, first


def test_gatherings_lists_dates_their_source_and_who_waits(
    planned: tuple[dict[str, str], date], tmp_path: Path
) -> None:
    more, first = planned
    done = run("gatherings", "--days", "21", var=tmp_path / "var", **more)
    assert done.returncode == 0, done.stderr.decode()
    lines = [line.rstrip() for line in done.stdout.decode().splitlines()]
    on = [first + timedelta(days=number) for number in (0, 7, 15)]
    source = "0 reminders  tidy-class.yaml  にほんご教室"
    assert lines[:4] == [
        f"{on[0]} 14:00    2 reminders  tidy-class.yaml  にほんご教室",
        f"{on[0]} 19:00    0 reminders  imported  Concert",
        f"{on[1]} 14:00    {source}  cancelled",
        f"{on[2]} 10:00    {source}  moved",
    ]
    assert "no date yet       nanmin-week.yaml  なんみんウィーク in 鎌倉" in lines


def test_reminders_says_what_was_sent_and_what_waits(
    planned: tuple[dict[str, str], date], var: Path
) -> None:
    more, _ = planned
    done = run("reminders", var=var, **{**more, "VAR_DIR": str(var)})
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == "0 sent, 2 wait, 0 to be told\n"
