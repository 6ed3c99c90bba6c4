"""What helps staff to write: questions that make a good file, schemas that fit, links, accounts."""

from __future__ import annotations

import http.server
import itertools
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest
import urllib3
from conftest import ROOT

from bot import content as content_of
from bot import links, newfiles, schemas
from bot.models import Source

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
        ("entry", ENTRY | {"area": "../locales"}),
        ("entry", ENTRY | {"contacts": "city-kyosei]\ndraft: [x"}),
        ("entry", ENTRY | {"risk": "low\nfacts: [a]"}),
        ("gathering", GATHERING | {"starts_at": "明日"}),
        ("contact", CONTACT | {"phone": "110番"}),
        ("contact", CONTACT | {"id": "city-kyosei"}),
    ],
    ids=[
        "area",
        "contact",
        "path",
        "there already",
        "folder",
        "two keys",
        "a key more",
        "date",
        "phone",
        "contact twice",
    ],
)
def test_bad_answers_leave_everything_as_it_was(
    kind: str, answers: dict[str, str], copy: Path
) -> None:
    before = {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()}
    with pytest.raises(newfiles.NotWritten):
        newfiles.write(kind, answers, copy, ROOT / "locales", TODAY)
    assert {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()} == before


DRAFT = dict.fromkeys(ENTRY, "") | {"id": "bakery", "area": "employment", "risk": "normal", "contacts": "city-kyosei",
                                    "question": "パン屋を始めたいです。"}  # fmt: skip


def test_a_draft_may_lack_answers_and_nobody_is_shown_it(copy: Path) -> None:
    before, _ = content_of.load(copy, ROOT / "locales")
    newfiles.write("entry", DRAFT, copy, ROOT / "locales", TODAY, draft=True)
    content, problems = content_of.load(copy, ROOT / "locales")
    assert problems == []
    assert content.entries == before.entries and content.japanese == before.japanese
    (draft,) = content.drafts
    assert draft.where == "employment/bakery.yaml" and draft.title == "パン屋を始めたいです。"
    assert {lack.ja.split("」")[0] for lack in draft.lacks} == {"「title", "「answer", "「clerk"}


def test_a_draft_is_published_by_taking_out_one_line(copy: Path) -> None:
    answers = ENTRY | {"answer": "駅の近くに止めます。\r\n\r\n\t　料金:\u2028100円"}
    file = newfiles.write("entry", answers, copy, ROOT / "locales", TODAY, draft=True)
    content, _ = content_of.load(copy, ROOT / "locales")
    assert [one.lacks for one in content.drafts] == [()]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("draft: true\n", ""), encoding="utf-8")
    content, problems = content_of.load(copy, ROOT / "locales")
    assert problems == [] and content.drafts == ()
    answer = content.entries["bicycle-parking"].answer
    assert answer == "駅の近くに止めます。\n\n料金:\n100円"


def test_a_wrong_answer_in_the_terminal_loses_no_other(copy: Path, tmp_path: Path) -> None:
    first = ["Tea Party", "meeting", "お茶の会", "話す会", "", "", "市役所"]
    given = "\n".join([*first, "tea-party", *[""] * 6, ""])
    said = flask("new", "gathering", folder=tmp_path, given=given, CONTENT_DIR=str(copy))
    assert said.returncode == 0, said.stdout + said.stderr
    assert "id は半角の小文字" in said.stdout
    assert 'title: "お茶の会"' in (copy / "gatherings" / "tea-party.yaml").read_text(
        encoding="utf-8"
    )


def test_check_says_what_a_draft_lacks_and_is_content(copy: Path, tmp_path: Path) -> None:
    newfiles.write("entry", DRAFT, copy, ROOT / "locales", TODAY, draft=True)
    said = flask("check", folder=tmp_path, CONTENT_DIR=str(copy))
    assert said.returncode == 0, said.stdout
    assert (
        "employment/bakery.yaml: 下書き" in said.stdout and "「clerk」がありません" in said.stdout
    )


def test_every_file_tells_every_editor_its_schema(copy: Path) -> None:
    for name, (_, globs) in schemas.FILES.items():
        files = [file for glob in globs for file in copy.glob(glob)]
        assert files
        for file in files if name not in schemas.UNMARKED else []:
            mark = file.read_text(encoding="utf-8").splitlines()[0]
            assert mark.startswith(schemas.MODELINE), f"{file}: run `flask bot schema`"
            schema = file.parent / mark.removeprefix(schemas.MODELINE)
            assert schema.resolve() == (copy / ".schema" / f"{name}.json").resolve()


def test_new_files_tell_editors_their_schema_too(copy: Path) -> None:
    for kind, answers in (("entry", ENTRY), ("gathering", GATHERING), ("contact", CONTACT)):
        file = newfiles.write(kind, answers, copy, ROOT / "locales", TODAY)
        assert file.read_text(encoding="utf-8").startswith(schemas.MODELINE)
    assert not [one for one in schemas.write(copy) if one.suffix == ".yaml"], "nothing to mark"


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


def test_check_of_everything_takes_five_seconds_at_most(tmp_path: Path) -> None:
    """Of a processor; a slow one is given twice."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert flask("check", folder=tmp_path).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(f"check: {took:.1f} s")
    assert took < 5 * 2


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


FLASK = str(Path(sys.executable).with_name("flask"))


def settings_of(folder: Path, **more: str) -> dict[str, str]:
    own = {"VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/c.db", "SEMANTIC": "off"}
    return {**os.environ, **own, **more}


def flask(
    *arguments: str, folder: Path, given: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    environment = settings_of(folder, **more)
    command = [FLASK, "bot", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, check=False
    )


def test_watching_reports_after_every_saving_and_ends_when_told(copy: Path, tmp_path: Path) -> None:
    file = copy / "living" / "garbage.yaml"
    good = file.read_text(encoding="utf-8")
    environment = settings_of(tmp_path, CONTENT_DIR=str(copy))
    with subprocess.Popen([FLASK, "bot", "check", "--watch"], cwd=ROOT, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:  # fmt: skip
        assert watching.stdout and watching.stderr
        for _ in until(watching.stdout, "Ctrl+C"):
            pass
        file.write_text(good.replace("risk:", "rsik:"), encoding="utf-8")
        said = [*until(watching.stdout, "problems /")]
        assert any("garbage.yaml" in line and "「risk」ではありませんか" in line for line in said)
        file.write_text(good, encoding="utf-8")
        assert "all right" in [*until(watching.stdout, "all right")][-1]
        watching.send_signal(signal.SIGINT)
        assert watching.wait(timeout=20) == 0
        assert watching.stderr.read() == ""


def until(lines: Iterable[str], wanted: str) -> Iterator[str]:
    """What is said up to the line that holds `wanted`; the test's time limit ends a wait in vain."""
    for line in lines:
        yield line
        if wanted in line:
            return


class Pages(http.server.BaseHTTPRequestHandler):
    """A site with a page that is there, one that moved, one for GET alone, one that is gone, one that says nothing."""

    asked: ClassVar[list[tuple[float, str, str]]] = []
    ended = threading.Event()

    def do_HEAD(self) -> None:
        self.asked.append((time.monotonic(), self.command, self.path))
        if self.path == "/slow":
            self.ended.wait(0.4)
        if self.path == "/silent":
            self.ended.wait(10)
            return
        status = {
            "/moved": 301,
            "/gone": 404,
            "/left": 404,
            "/robots": 403,
            "/get": 404 if self.command == "HEAD" else 200,
        }
        self.send_response(status.get(self.path, 200))
        if self.path == "/moved":
            self.send_header("Location", "/left")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(links, "TIMEOUT", urllib3.Timeout(connect=2.0, read=1.0))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Pages.asked.clear()
    Pages.ended.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    Pages.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_links_are_asked_of_a_real_server_politely(site: str, content: content_of.Content) -> None:
    entry = next(iter(content.entries.values()))
    urls = [
        f"{site}/{name}" for name in ("fine", "get", "gone", "moved", "robots", "silent", "slow")
    ]
    sources = tuple(Source(title=url, url=url, seen_on=TODAY) for url in urls)
    only = replace(content, entries={"x": entry.model_copy(update={"links": (), "sources": sources})},
                   contacts={}, gatherings={})  # fmt: skip
    said = list(links.dead(only, links.ask, wait=0.3))
    assert [url for url in urls if any(f"{url} " in one for one in said)] == [
        f"{site}/gone", f"{site}/moved", f"{site}/silent"
    ]  # fmt: skip
    heads = [at for at, how, path in Pages.asked if how == "HEAD" and path != "/left"]
    assert all(later - earlier >= 0.25 for earlier, later in itertools.pairwise(heads)), (
        "one host, one at a time"
    )
    assert set(Counter((how, path) for _, how, path in Pages.asked).values()) == {1}


def test_accounts_are_made_listed_and_removed_in_a_terminal(tmp_path: Path) -> None:
    short = flask("staff", "add", "hanako", folder=tmp_path, given="short\nshort\n")
    assert short.returncode == 1 and "12 characters" in short.stderr
    own = flask("staff", "add", "hanako", folder=tmp_path, given="hanako-hanako\nhanako-hanako\n")
    assert own.returncode == 1 and "must not contain" in own.stderr
    good = flask("staff", "add", "hanako", folder=tmp_path, given="correct horse\ncorrect horse\n")
    assert good.returncode == 0, good.stderr
    assert "correct horse" not in good.stdout + good.stderr
    assert "hanako  since" in flask("staff", "list", folder=tmp_path).stdout
    assert flask("staff", "remove", "hanako", folder=tmp_path).returncode == 0
    assert flask("staff", "remove", "hanako", folder=tmp_path).returncode == 1
