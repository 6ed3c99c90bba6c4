"""The terminal: one JSON object a line, in order, at any length."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from terminal import flask_bot, flask_process

from bot.learning import Learner
from bot.settings import Settings


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
    done = flask_process(
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
    done = flask_bot("ask", "--json", "--locale", "ja", given="ごみ\n", var=var)
    assert json.loads(done.stdout)["locale"] == "ja"
    assert flask_bot("ask", "--locale", "xx", "x", var=var).exit_code == 2
    assert flask_bot("ask", "--now", "tomorrow", "x", var=var).exit_code == 2
    assert flask_bot("ask", var=var).exit_code == 2


def test_check_passes_on_the_real_content(var: Path) -> None:
    done = flask_bot("check", var=var)
    assert done.exit_code == 0, done.stdout


def test_check_fails_with_the_place_of_the_mistake(var: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    shutil.copy(
        ROOT / "tests" / "broken" / "tab.yaml", tmp_path / "faq" / "living" / "garbage.yaml"
    )
    done = flask_bot("check", var=var, CONTENT_DIR=str(tmp_path / "faq"))
    assert done.exit_code == 1
    assert "garbage.yaml:" in done.stdout


def test_check_strict_lists_what_staff_should_verify(var: Path) -> None:
    assert "0467-61-3958" in flask_bot("check", "--strict", var=var).stdout


def test_the_inbox_shows_states_and_never_words(var: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/x.db"
    assert flask_bot("inbox", "--dead", var=var, DATABASE_URL=database).exit_code == 0
