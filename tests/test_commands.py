"""The terminal: one JSON object a line, in order, at any length."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from bot.learning import Learner
from bot.settings import Settings

FLASK = Path(sys.executable).with_name("flask")


def run(*arguments: str, given: bytes = b"", var: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "SEMANTIC": "off", "VAR_DIR": str(var)}
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
