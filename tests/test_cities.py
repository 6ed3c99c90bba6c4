"""Two cities in one process and one database: each has its own answers, people, pushes and mistakes."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from conftest import ROOT, FakeLine, event, jobs_done, message, sign
from flask import Flask
from sqlalchemy import select

from bot import metrics
from bot.calendar_page import calendar_page
from bot.channels import Channel
from bot.cities import Cities, Closed, Opener
from bot.content import Library
from bot.desks import Desks
from bot.learning import Learner
from bot.line import Sent
from bot.messages import Effect
from bot.parts import Parts, build
from bot.settings import Settings
from bot.staff import accounts as accounts_of
from bot.staff.mounting import mount
from bot.staff.office import Offices
from bot.store import Reminders, Store
from bot.store.inbox import PAUSE
from bot.store.staff import EVERY, NONE
from bot.store.tables import inbox, metadata, people, uses
from bot.watch import watch
from bot.web import every_error, headers, web
from bot.workers import Again, Tasks
from handlers import HANDLERS

ME, YOU = "U" + "1" * 32, "U" + "2" * 32
ADDRESS = {"kamakura": "U" + "a" * 32, "kobe": "U" + "b" * 32}
SECRET = {"kamakura": "secret-a", "kobe": "secret-b"}
GARBAGE = "ごみは いつ だしますか"
both_databases = pytest.mark.databases("sqlite", "postgresql")


@dataclass
class Region:
    """Both cities behind their one door."""

    cities: Cities
    line: Mapping[str, FakeLine]
    app: Flask

    def parts(self, name: str) -> Parts:
        return self.cities.open[name]

    def post(self, name: str, *events: Mapping[str, Any], **more: str) -> int:
        """To a city; `destination` and `secret` are its own unless told otherwise."""
        given = {"destination": more.get("destination", ADDRESS[name]), "events": list(events)}
        body = json.dumps(given, separators=(",", ":")).encode()
        signature = {"X-Line-Signature": sign(body, more.get("secret", SECRET[name]))}
        return self.app.test_client().post("/callback", data=body, headers=signature).status_code

    def work(self, now: datetime | None = None) -> None:
        """Answer what is due, of both, by the way of this database."""
        at = now or datetime.now(UTC) + PAUSE
        if not self.cities.store.sqlite:
            jobs_done(self.cities.first, at, cities=self.cities.open)
            return
        desk = self.cities.desk()
        while rows := desk.inbox.claim(at, 8):
            for row in desk.decided(rows, at):
                if desk.deliver(row, at) is True:
                    desk.inbox.done([row])

    def tell(self, name: str, *events: Mapping[str, Any]) -> str:
        """What a city says to events."""
        before = len(self.line[name].replies)
        assert self.post(name, *events) == 200
        self.work()
        return json.dumps(self.line[name].replies[before:], ensure_ascii=False)

    def rows(self, table: Any) -> list[Any]:
        with self.cities.store.begin() as connection:
            return list(connection.execute(select(table)))


@pytest.fixture(scope="module")
def kobe(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, Library, Learner]:
    """Another city's content: its garbage is another one."""
    folder = tmp_path_factory.mktemp("kobe") / "faq"
    shutil.copytree(ROOT / "faq", folder)
    file = garbage(folder)
    file.write_text(file.read_text().replace("市の有料の袋", "神戸市の袋"))
    own = replace(settings, content_dir=folder, secret_key="b" * 40)
    library = Library(folder, own.locales_dir)
    return own, library, Learner(library.content, own)


def garbage(folder: Path) -> Path:
    return folder / "living" / "garbage.yaml"


@pytest.fixture
def region(
    settings: Settings, library: Library, learner: Learner,
    kobe: tuple[Settings, Library, Learner], database: str,
) -> Iterator[Region]:  # fmt: skip
    store = Store(database)
    store.migrate()
    common = replace(settings, database_url=database, public_url="https://example.org")
    line = {"kamakura": FakeLine(), "kobe": FakeLine()}
    made = [
        build(
            replace(own, database_url=database, public_url=common.public_url), [SECRET[name]], HANDLERS,
            library=read, line=line[name], learner=learnt, store=store.seen_by(name),
            destination=ADDRESS[name],
        )
        for name, own, read, learnt in (
            ("kamakura", replace(settings, secret_key="a" * 40), library, learner),
            ("kobe", *kobe),
        )
    ]  # fmt: skip
    cities = Cities(made, common)
    app = Flask("region")
    app.extensions["tomoni"] = cities
    for blueprint in (web, watch):
        app.register_blueprint(blueprint)
    app.register_blueprint(calendar_page)
    app.register_blueprint(calendar_page, name="of-channel", url_prefix="/<channel>/gatherings")
    app.register_error_handler(Exception, every_error)
    app.after_request(headers)
    yield Region(cities, line, app)
    store.close()


# --- who is addressed ----------------------------------------------------------------------------


@both_databases
def test_each_city_gives_its_own_answer_by_its_own_line(region: Region) -> None:
    assert "神戸市の袋" in region.tell("kobe", message(GARBAGE))
    assert region.line["kamakura"].replies == []
    said = region.tell("kamakura", message(GARBAGE))
    assert "ごみ" in said and "神戸市の袋" not in said


def refused(region: Region, name: str, **more: str) -> tuple[int, str]:
    body = json.dumps({"destination": ADDRESS[name], "events": [message("ごみ")], **more}).encode()
    signature = {"X-Line-Signature": sign(body, "secret-of-nobody")}
    answer = region.app.test_client().post("/callback", data=body, headers=signature)
    return answer.status_code, answer.text


def test_the_secret_of_one_channel_signs_for_no_other(region: Region) -> None:
    assert region.post("kobe", message("ごみ"), secret=SECRET["kamakura"]) == 401
    assert region.post("kamakura", message("ごみ"), destination=ADDRESS["kobe"]) == 401
    assert region.rows(inbox) == []


def test_an_unknown_destination_is_refused_as_a_wrong_signature_is(region: Region) -> None:
    before = metrics.rejections("kobe").get("signature", 0)
    unknown = refused(region, "kobe", destination="U" + "c" * 32)
    assert unknown == refused(region, "kobe") == (401, '{"error":"signature"}\n')
    assert region.post("kobe", message("ごみ"), destination="U" + "c" * 32) == 401
    assert region.post("kobe", message("ごみ"), destination="") == 401
    assert metrics.rejections("kobe")["signature"] == before + 4


def test_what_a_person_writes_does_not_choose_the_channel(region: Region) -> None:
    trap = f'"destination":"{ADDRESS["kobe"]}"'
    body = json.dumps({"events": [message(trap)], "destination": ADDRESS["kamakura"]}).encode()
    signature = {"X-Line-Signature": sign(body, SECRET["kamakura"])}
    assert (
        region.app.test_client().post("/callback", data=body, headers=signature).status_code == 200
    )
    assert {row.channel for row in region.rows(inbox)} == {"kamakura"}


def test_a_body_that_names_two_destinations_is_refused(region: Region) -> None:
    body = json.dumps({"destination": ADDRESS["kobe"], "events": []}).encode()
    body = body[:-1] + f', "destination": "{ADDRESS["kamakura"]}"}}'.encode()
    signature = {"X-Line-Signature": sign(body, SECRET["kobe"])}
    assert (
        region.app.test_client().post("/callback", data=body, headers=signature).status_code == 401
    )


# --- what stays apart ----------------------------------------------------------------------------


@both_databases
def test_an_event_id_that_both_use_is_answered_once_in_each(region: Region) -> None:
    same = message("ごみ")
    for _ in range(2):
        for name in ADDRESS:
            region.tell(name, same)
    assert [len(line.replies) for line in region.line.values()] == [1, 1]


@both_databases
def test_one_line_id_is_two_people_and_forgetting_in_one_city_leaves_the_other(
    region: Region,
) -> None:
    for name, locale in (("kamakura", "en"), ("kobe", "uk")):
        region.tell(name, event("postback", ME, postback={"data": f"do=language&locale={locale}"}))
    found = {row.channel: (row.key, row.locale) for row in region.rows(people)}
    assert (found["kamakura"][1], found["kobe"][1]) == ("en", "uk")
    assert found["kamakura"][0] != found["kobe"][0]
    region.tell("kamakura", event("postback", ME, postback={"data": "do=forget-now"}))
    assert [(row.channel, row.locale) for row in region.rows(people)] == [("kobe", "uk")]


@both_databases
def test_the_same_key_in_both_is_still_two_people(region: Region) -> None:
    """Keys differ by channel; where they did not, the rows would."""
    one, other = (region.parts(name).desk.people for name in ADDRESS)
    now = datetime.now(UTC)
    one.hint("k", "en", now)
    other.hint("k", "uk", now)
    assert (one.load({"k"})["k"].hint, other.load({"k"})["k"].hint) == ("en", "uk")
    with region.cities.store.begin() as connection:
        one._forget(connection, "k", now)
    assert (one.load({"k"})["k"].hint, other.load({"k"})["k"].hint) == (None, "uk")


@both_databases
def test_taking_back_a_message_in_one_city_leaves_the_same_id_in_the_other(region: Region) -> None:
    said = message("ごみ")
    for name in ADDRESS:
        region.post(name, said)
    region.post("kobe", event("unsend", unsend={"messageId": said["message"]["id"]}))
    waiting = {row.channel for row in region.rows(inbox) if row.what and row.what.get("text")}
    assert waiting == {"kamakura"}


@both_databases
def test_reminders_are_sent_by_their_own_channel_within_its_own_pushes(region: Region) -> None:
    now = datetime.now(UTC)
    name_of = next(iter(region.cities.first.library.content.gatherings))
    for name in ADDRESS:
        parts = region.parts(name)
        rows = Reminders(parts.store)
        with parts.store.begin() as connection:
            rows.unseen(connection, parts.library.content.gatherings, now)
            to = parts.keys.seal(YOU)
            rows.add(connection, parts.keys.person(YOU), to, f"new:{name_of}", "ja", now)
    region.line["kobe"].quota_left = (200, 200)
    assert [region.parts(name).jobs.send(now) for name in ADDRESS] == [1, 0]
    assert [len(line.pushes) for line in region.line.values()] == [1, 0]
    month = f"{now + timedelta(hours=9):%Y-%m}"
    assert [region.parts(name).jobs.reminders.pushed(month) for name in ADDRESS] == [1, 0]
    assert region.parts("kobe").jobs.reminders.counts() == {"missed": 1}
    assert region.parts("kamakura").jobs.reminders.counts() == {}


def asked_in_vain(region: Region, name: str) -> None:
    parts, kept = region.parts(name), {"text": f"where is the sea of {name}", "locale": "en"}
    with parts.store.begin() as connection:
        effects = [Effect("unanswered", kept)]
        parts.desk.people.apply(connection, "", None, effects, datetime.now(UTC))


def everything(region: Region) -> None:
    """Whatever leaves a row, in both cities."""
    for name in ADDRESS:
        region.line[name].results = [Sent("sent")] * 3 + [Sent("refused", "400")]
        group = {"type": "group", "groupId": "C" + "1" * 32, "userId": ME}
        region.tell(
            name,
            event("follow", ME),
            event("postback", ME, postback={"data": "do=helped&entry=garbage&yes=1"}),
            event("postback", ME, postback={"data": "do=tell-new&kind=film"}),
            event("join", ME, source=group),
            message("/digest on", ME) | {"source": group},
        )
        asked_in_vain(region, name)
        parts = region.parts(name)
        with parts.store.begin() as connection:
            Reminders(parts.store).add(connection, "k", "x", "new:x", "ja", datetime.now(UTC))
            names = parts.library.content.gatherings
            Reminders(parts.store).unseen(connection, names, datetime.now(UTC))
        parts.copies.put({"calendar": b"x"}, datetime.now(UTC))
        claimed = parts.jobs.reminders.claim(datetime.now(UTC))
        assert claimed is not None
        parts.jobs.reminders.sent(claimed, "2026-12", 1)
        region.tell(name, message(GARBAGE, YOU))
        with parts.store.begin() as connection:
            Reminders(parts.store).add(connection, "k", "x", "new:x", "ja", datetime.now(UTC))


@both_databases
def test_every_row_of_the_database_says_whose_it_is(region: Region) -> None:
    everything(region)
    offices = Offices(region.cities)
    for name in ADDRESS:
        offices.of(name).staff.note("hanako", "looked", datetime.now(UTC))
    without = {name for name, table in metadata.tables.items() if "channel" not in table.c}
    assert without == {"pulse"}
    for name, table in metadata.tables.items():
        if name not in {"pulse", "staff"}:
            assert {row.channel for row in region.rows(table)} == set(ADDRESS), name


# --- nobody waits for another city ---------------------------------------------------------------


@pytest.mark.databases("sqlite")
def test_a_burst_in_one_city_holds_nobody_up_in_the_other_and_danger_is_first(
    region: Region,
) -> None:
    crowd = [message("ごみ", f"U{number:032}") for number in range(60)]
    assert region.post("kamakura", *crowd) == 200
    region.post("kobe", message("ごみ", ME))
    region.post("kobe", message("火事です", YOU))
    desk = region.cities.desk()
    assert isinstance(desk, Desks)
    rows = desk.inbox.claim(datetime.now(UTC) + PAUSE, 4)
    assert [(row.channel, row.urgent) for row in rows] == [
        ("kobe", True), ("kamakura", False), ("kobe", False), ("kamakura", False),
    ]  # fmt: skip


@pytest.mark.databases("sqlite")
def test_each_of_many_channels_has_its_turn(region: Region) -> None:
    names = [f"city{number}" for number in range(5)]
    for name in names:
        view = replace(region.parts("kobe"), store=region.cities.store.seen_by(name))
        region.cities.open = {**region.cities.open, name: view}
    for name in names:
        keep = type(region.parts("kobe").desk.inbox)(region.cities.store.seen_by(name))
        from bot.store import Received

        keep.receive(
            [Received(f"e{n}", f"{name}-{n}", {"kind": "text", "text": "x"}) for n in range(9)],
            datetime.now(UTC),
        )
    every = type(region.parts("kobe").desk.inbox)(region.cities.store.seen_by(*names))
    at = datetime.now(UTC) + PAUSE
    claimed = [row.channel for _ in range(5) for row in every.claim(at, 2)]
    assert {name: claimed.count(name) for name in names} == dict.fromkeys(names, 2)


@pytest.mark.databases("sqlite")
def test_a_mistake_while_one_city_decides_takes_no_other_with_it(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(region.parts("kobe").desk, "decided", broken)
    for name in ADDRESS:
        region.post(name, message("ごみ"))
    region.work()
    assert [len(line.replies) for line in region.line.values()] == [1, 0]


@pytest.mark.databases("postgresql")
def test_a_job_of_a_city_that_is_not_open_here_waits_for_another_worker(region: Region) -> None:
    region.post("kobe", message("ごみ"))
    only = {"kamakura": region.parts("kamakura")}
    tasks = Tasks(only, lambda: datetime.now(UTC))
    with pytest.raises(Again) as again:
        tasks.answer(None, 1, int(time.time()), "kobe")  # type: ignore[arg-type]
    assert again.value.at is not None
    tasks.answer(None, 1, 0, "osaka")  # type: ignore[arg-type]  # of 1970: nobody keeps it
    with region.cities.store.begin() as connection:
        query = "SELECT args->>'channel', lock FROM procrastinate_jobs"
        found = connection.exec_driver_sql(query).all()
    assert [tuple(row) for row in found] == [("kobe", region.parts("kobe").keys.person(ME))]
    region.work()
    assert len(region.line["kobe"].replies) == 1
    names = {routine.name for routine in region.parts("kobe").routines()}
    assert names == {"notice-kobe", "purge-kobe", "calendars-kobe"}


@pytest.mark.databases("postgresql")
def test_the_jobs_of_a_crowd_let_other_cities_go_first_but_danger_never_waits(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.parts.CROWD", 2)
    parts = region.parts("kamakura")
    monkeypatch.setattr(parts, "_words_forgotten_at", datetime.now(UTC))
    for number in range(3):
        region.post("kamakura", message("ごみ", f"U{number:032}"))
        parts._housekeeping()
    region.post("kobe", message("ごみ", ME))
    region.post("kamakura", message("火事です", YOU))
    with region.cities.store.begin() as connection:
        query = "SELECT priority FROM procrastinate_jobs WHERE task_name = 'answer' ORDER BY id"
        assert list(connection.exec_driver_sql(query).scalars()) == [0, 0, -5, 0, 10]
    region.work()
    assert [len(line.replies) for line in region.line.values()] == [4, 1]
    first, *rest = (token for token, _ in region.line["kamakura"].replies)
    assert len({first, *rest}) == 4


# --- content -------------------------------------------------------------------------------------


def test_broken_content_of_one_city_keeps_its_last_good_copy_and_touches_no_other(
    region: Region, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    parts = region.parts("kobe")
    file = garbage(parts.settings.content_dir)
    good = file.read_text()
    try:
        file.write_text(good.replace("risk: low\n", ""))
        parts._housekeeping()
        garbage(ROOT / "faq").touch()
        assert region.parts("kamakura").library.refresh()
        assert "神戸市の袋" in region.tell("kobe", message(GARBAGE))
        assert "ごみ" in region.tell("kamakura", message(GARBAGE))
        found = region.app.test_client().get("/health").get_json()["channels"]
        assert "garbage.yaml:" in str(found["kobe"]["content"]["problems"])
        assert found["kamakura"]["content"]["problems"] == []
    finally:
        file.write_text(good)
    parts._housekeeping()
    assert parts.library.problems == []


@pytest.mark.databases("sqlite")
def test_a_city_whose_content_was_never_good_is_asked_again_and_opens_when_it_is_mended(
    region: Region,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.CRITICAL)
    folder = tmp_path / "faq"
    shutil.copytree(region.parts("kobe").settings.content_dir, folder)
    file = garbage(folder)
    good = file.read_text()
    file.write_text(good.replace("risk: low\n", ""))
    shutil.copytree(region.parts("kobe").settings.var_dir, tmp_path / "var")
    own = replace(
        region.parts("kobe").settings, content_dir=folder, line_channel_secret=SECRET["kobe"],
        var_dir=tmp_path / "var",
    )  # fmt: skip
    channel, opener = Channel("kobe", ADDRESS["kobe"], own), Opener(HANDLERS)
    shut = opener.opened(channel, region.cities.store)
    assert isinstance(shut, Closed)
    assert "garbage.yaml:" in str(shut.why)
    cities = Cities([region.parts("kamakura")], region.cities.settings, [shut], opener)
    region.app.extensions["tomoni"] = region.cities = cities
    assert region.post("kobe", message("ごみ")) == 503
    assert region.post("kobe", message("ごみ"), secret=SECRET["kamakura"]) == 401
    assert region.post("kamakura", message("ごみ")) == 200
    region.work()
    assert len(region.line["kamakura"].replies) == 1
    answer = region.app.test_client().get("/health")
    assert answer.status_code == 503
    assert "garbage.yaml:" in str(answer.get_json()["channels"]["kobe"]["content"]["problems"])
    assert region.app.test_client().get("/readyz").status_code == 200
    cities.tend(datetime.now(UTC))
    assert "kobe" in cities.closed
    cities.start()
    before = cities.pool
    file.write_text(good)
    cities.tend(datetime.now(UTC))
    assert (set(cities.open), cities.closed) == (set(ADDRESS), {})
    assert cities.pool is not before
    monkeypatch.setattr(cities.open["kobe"].desk, "line", region.line["kobe"])
    try:
        assert region.post("kobe", message(GARBAGE)) == 200
        until = time.monotonic() + 30
        while not region.line["kobe"].replies and time.monotonic() < until:
            time.sleep(0.05)
        assert "神戸市の袋" in region.line["kobe"].said
    finally:
        cities.stop()


@pytest.mark.databases("sqlite")
def test_a_mistake_that_a_restart_finds_leaves_the_last_good_content(
    region: Region, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    before = region.parts("kobe").settings
    folder, var = tmp_path / "faq", tmp_path / "var"
    shutil.copytree(before.content_dir, folder)
    shutil.copytree(before.var_dir, var)
    own = replace(before, content_dir=folder, var_dir=var)
    channel = Channel("kobe", ADDRESS["kobe"], own)
    good = garbage(folder).read_text()
    assert isinstance(Opener(HANDLERS).opened(channel, region.cities.store), Parts)
    garbage(folder).write_text(good.replace("risk: low\n", ""))
    again = Opener(HANDLERS).opened(channel, region.cities.store)
    assert isinstance(again, Parts)
    assert "神戸市の袋" in again.library.content.entries["garbage"].answer
    assert "garbage.yaml:" in str(again.health(datetime.now(UTC))["content"]["problems"])
    garbage(folder).write_text(good.replace("神戸市の袋", "神戸市の新しい袋"))
    assert again.library.refresh()
    assert again.library.problems == []
    assert "新しい袋" in again.library.content.entries["garbage"].answer
    kept = [one.name for one in (var / "good" / "kobe").iterdir()]
    assert sorted(kept) == sorted([again.library.content.version, "version"])


# --- who looks -----------------------------------------------------------------------------------


def test_health_metrics_and_pages_tell_the_cities_apart(region: Region) -> None:
    region.tell("kobe", message(GARBAGE))
    client = region.app.test_client()
    found = client.get("/health").get_json()
    assert found["ready"] is True
    assert {name: one["inbox"] for name, one in found["channels"].items()} == {
        "kamakura": {}, "kobe": {"done": 1},
    }  # fmt: skip
    text = client.get("/metrics").text
    assert 'tomoni_inbox{channel="kobe",state="done"} 1.0' in text
    assert 'tomoni_inbox{channel="kamakura",state="done"} 0.0' in text
    assert client.get("/gatherings/en").status_code == 404
    assert client.get("/osaka/gatherings/en").status_code == 404
    page = client.get("/kobe/gatherings/en")
    assert page.status_code == 200
    assert 'href="/kobe/gatherings/uk"' in page.text and "/kobe/gatherings/en.ics" in page.text
    assert client.get("/kobe/gatherings/en.ics").mimetype == "text/calendar"
    shown = region.parts("kobe").desk._settings
    assert shown["public_url"] == "https://example.org/kobe"


@pytest.fixture
def offices(region: Region) -> Offices:
    made = mount(region.app, region.cities)
    old = datetime.now(UTC) - timedelta(hours=1)
    for name, channel in (("hanako", "kobe"), ("taro", EVERY), ("jiro", NONE)):
        made.accounts.staff.add(name, accounts_of.hashed("a few long words"), old, channel)
    return made


def signed_in(region: Region, name: str) -> Any:
    client = region.app.test_client()
    local = {"base_url": "http://localhost"}
    page = client.get("/staff/sign-in", **local).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"name": name, "password": "a few long words", "csrf": token}
    assert client.post("/staff/sign-in", data=form, **local).status_code == 303
    return lambda path: client.get(path, **local)


def test_staff_of_one_channel_see_it_alone_and_those_of_all_choose(
    region: Region, offices: Offices
) -> None:
    for name in ADDRESS:
        region.tell(name, message(GARBAGE))
        asked_in_vain(region, name)
        offices.of(name).tend(datetime.now(UTC))
    hanako, taro, jiro = (signed_in(region, name) for name in ("hanako", "taro", "jiro"))
    page = hanako("/staff/?channel=kamakura&lang=en").text
    assert "the sea of kobe" in page and "the sea of kamakura" not in page
    assert "?channel=" not in page
    page = taro("/staff/?lang=en").text
    assert "the sea of kamakura" in page and "/staff/?channel=kobe" in page
    assert "the sea of kobe" in taro("/staff/?channel=kobe").text
    assert "the sea of kobe" in taro("/staff/").text  # the choice stays
    answer = jiro("/staff/?lang=en")
    assert (answer.status_code, "no channel" in answer.text) == (403, True)
    assert "signed in" in hanako("/staff/record").text
    assert {row.channel for row in region.rows(uses)} == set(ADDRESS)


# --- from the file to LINE ------------------------------------------------------------------------


class Api(BaseHTTPRequestHandler):
    """LINE's API: remembers whose access token brought which reply token."""

    heard: ClassVar[list[tuple[str, str]]] = []

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((self.headers["Authorization"], given["replyToken"]))
        self._end()

    def do_GET(self) -> None:
        self._end()

    def _end(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_the_file_is_all_that_a_second_city_needs(
    settings: Settings, learner: Learner, make_app: Callable[[Settings], Flask], tmp_path: Path
) -> None:
    assert learner.state()["languages"]  # which are then found on disk
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = tmp_path / "channels.yaml"
    file.write_text(
        "".join(
            f"- {{name: {name}, destination: {ADDRESS[name]}, channel_secret: {SECRET[name]}, "
            f"access_token: token-{name}, key: key-{name}, content_dir: {ROOT / 'faq'}}}\n"
            for name in ADDRESS
        )
    )
    shutil.copytree(settings.var_dir, tmp_path / "var" / "kamakura")  # what was learnt before
    given = replace(
        settings, channels=str(file), line_channel_secret="", line_channel_access_token="",
        database_url=f"sqlite:///{tmp_path}/t.db", var_dir=tmp_path / "var",
        line_api_base_url=f"http://127.0.0.1:{server.server_port}",
    )  # fmt: skip
    app = make_app(given)
    cities: Cities = app.extensions["tomoni"]
    asked = {name: message(GARBAGE, ME) for name in ADDRESS}
    try:
        one, other = cities.open.values()
        assert one.library is other.library and one.learner is other.learner
        assert one.keys.person(ME) != other.keys.person(ME)
        region = Region(cities, {}, app)
        for name, event_ in asked.items():
            assert region.post(name, event_) == 200
        until = time.monotonic() + 30
        while len(Api.heard) < 2 and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        cities.stop()
        server.shutdown()
        server.server_close()
    wanted = {(f"Bearer token-{name}", event_["replyToken"]) for name, event_ in asked.items()}
    assert set(Api.heard) == wanted and len(Api.heard) == 2
