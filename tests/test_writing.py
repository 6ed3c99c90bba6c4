"""What helps staff to write: questions that make a good file, schemas that fit, links, accounts."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from terminal import flask_bot, flask_process

from bot import content as content_of
from bot import links, newfiles, schemas

TODAY = date(2026, 12, 1)
ENTRY = {
    "id": "bicycle-parking", "area": "living", "risk": "low", "contacts": "city-kyosei", "title": "自転車を止める",
    "question": "自転車は、どこに止めますか。", "answer": "駅の近くの駐輪場に止めます: 無料ではありません。",
    "clerk": "駐輪場を\"教えて\"ください。",
    "source": "鎌倉市", "url": "https://www.city.kamakura.kanagawa.jp/",
}  # fmt: skip
GATHERING = {"id": "tea-party", "kind": "meeting", "title": "お茶の会", "summary": "話す会", "organiser": "city-kyosei",
             "starts_at": "2027-06-20T14:00+09:00", "place": "市役所"}  # fmt: skip
CONTACT = {
    "id": "city-new",
    "name": "鎌倉市 新しい課",
    "remit": "ためし",
    "phone": "0467-23-3000",
    "address": "",
    "languages": "ja en",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    return tmp_path / "faq"


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("entry", ENTRY),
        ("gathering", GATHERING),
        ("gathering", GATHERING | {"starts_at": ""}),
        ("contact", CONTACT),
    ],
    ids=["entry", "gathering", "undated", "contact"],
)
def test_answers_make_a_file_that_passes_the_check(
    kind: str, answers: dict[str, str], copy: Path
) -> None:
    newfiles.write(kind, answers, copy, ROOT / "locales", TODAY)
    content, problems = content_of.load(copy, ROOT / "locales")
    assert problems == []
    assert answers["id"] in {**content.entries, **content.gatherings, **content.contacts}


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("entry", ENTRY | {"area": "sport"}),
        ("entry", ENTRY | {"contacts": "city-gom"}),
        ("entry", ENTRY | {"id": "../etc/x"}),
        ("entry", ENTRY | {"id": "garbage"}),
        ("gathering", GATHERING | {"starts_at": "明日"}),
        ("contact", CONTACT | {"phone": "110番"}),
        ("contact", CONTACT | {"id": "city-kyosei"}),
    ],
    ids=["area", "contact", "path", "there already", "date", "phone", "contact twice"],
)
def test_bad_answers_leave_everything_as_it_was(
    kind: str, answers: dict[str, str], copy: Path
) -> None:
    before = {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()}
    with pytest.raises(newfiles.NotWritten):
        newfiles.write(kind, answers, copy, ROOT / "locales", TODAY)
    assert {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()} == before


def test_the_schemas_in_the_repository_are_those_of_the_models(tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    schemas.write(tmp_path / "faq")
    for file in [
        *(tmp_path / "faq" / ".schema").glob("*.json"),
        tmp_path / ".vscode" / "settings.json",
    ]:
        kept = ROOT / file.relative_to(tmp_path)
        assert kept.read_text(encoding="utf-8") == file.read_text(encoding="utf-8"), (
            "run `flask bot schema`"
        )


def test_editors_know_required_fields_and_refuse_unknown_ones() -> None:
    schema = json.loads((ROOT / "faq" / ".schema" / "entry.json").read_text(encoding="utf-8"))
    assert schema["additionalProperties"] is False
    assert {"id", "area", "answer", "clerk", "review_by"} <= set(schema["required"])
    assert "living" in schema["properties"]["area"]["enum"]


def test_each_link_is_asked_once_and_dead_ones_are_named(content: content_of.Content) -> None:
    asked: list[str] = []
    wanted = links.of(content)
    gone = sorted(wanted)[7]

    def ask(url: str) -> int | None:
        asked.append(url)
        return 404 if url == gone else 200

    said = list(links.dead(content, ask, wait=0))
    assert len(asked) == len(set(asked)) == len(wanted)
    assert len(said) == 1 and gone in said[0]


def test_without_a_network_five_questions_are_enough(content: content_of.Content) -> None:
    asked: list[str] = []
    said = list(links.dead(content, asked.append, wait=0))
    assert len(asked) == 5
    assert "No network" in said[-1]


def test_accounts_are_made_listed_and_removed_in_a_terminal(tmp_path: Path) -> None:
    known: dict[str, Any] = {"var": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path}/c.db"}
    short = flask_bot("staff", "add", "hanako", given="short\nshort\n", **known)
    assert short.exit_code == 1 and "12 characters" in short.stderr
    own = flask_bot("staff", "add", "hanako", given="hanako-hanako\nhanako-hanako\n", **known)
    assert own.exit_code == 1 and "must not contain" in own.stderr
    good = flask_process("staff", "add", "hanako", given=b"correct horse\n" * 2, **known)
    assert good.returncode == 0, good.stderr
    assert b"correct horse" not in good.stdout + good.stderr
    assert "hanako  since" in flask_bot("staff", "list", **known).stdout
    assert flask_bot("staff", "remove", "hanako", **known).exit_code == 0
    assert flask_bot("staff", "remove", "hanako", **known).exit_code == 1
