"""The staff page by its front door: nobody without an account, nothing without a token, nothing of a person."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from conftest import ROOT, SECRET, FakeLine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from bot.cities import Cities
from bot.content import Library
from bot.learning import Learner
from bot.parts import Parts, build
from bot.settings import Settings
from bot.staff import accounts as accounts_of
from bot.staff import charts, sheet
from bot.staff import session as session_of
from bot.staff.mounting import mount
from bot.staff.office import Office
from bot.staff.tally import FEW, coarse, ranked
from bot.store.tables import audit, feedback, unanswered, uses
from bot.store.tables import staff as staff_table
from bot.web import every_error, headers, web
from handlers import HANDLERS

PASSWORD = "correct horse battery"
# Kept as always, but cheap to compare with: Argon2's real price is 64 MiB and a quarter of a second a time.
KEPT = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
LOCAL = "http://localhost"
SCRIPT = "<script>alert('wibble')</script> frobnicate"


@dataclass
class Desk:
    """The page with one account, and a browser."""

    app: Flask
    parts: Parts
    office: Office
    browser: FlaskClient
    faq: Path

    def get(self, path: str, **more: Any) -> Any:
        return self.browser.get(path, base_url=LOCAL, **more)

    def token(self, path: str = "/staff/sign-in") -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, token: str | None = None, **fields: Any) -> Any:
        given = fields | ({"csrf": token} if token is not None else {})
        return self.browser.post(path, data=given, base_url=LOCAL)

    def sign_in(self, password: str = PASSWORD, name: str = "hanako") -> Any:
        return self.post("/staff/sign-in", self.token(), name=name, password=password)


def served(parts: Parts) -> tuple[Flask, Office]:
    app = Flask("staff")
    cities = Cities([parts])
    app.extensions["tomoni"] = cities
    app.register_blueprint(web)
    app.register_error_handler(Exception, every_error)
    app.after_request(headers)
    return app, mount(app, cities).first


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> tuple[Path, Library]:
    """Content that a test may change: `desk` mends it."""
    folder = tmp_path_factory.mktemp("staff") / "faq"
    shutil.copytree(ROOT / "faq", folder)
    return folder, Library(folder, settings.locales_dir)


@pytest.fixture
def desk(
    settings: Settings,
    learner: Learner,
    database: str,
    copied: tuple[Path, Library],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    monkeypatch.setattr(accounts_of, "nobody", lambda: KEPT)
    folder, library = copied
    own = replace(settings, database_url=database, content_dir=folder, staff=True)
    before = stamps(folder)
    parts = build(own, [SECRET], HANDLERS, library=library, line=FakeLine(), learner=learner)
    app, office = served(parts)
    office.staff.add("hanako", KEPT, datetime.now(UTC) - timedelta(hours=1))
    yield Desk(app, parts, office, app.test_client(), own.content_dir)
    parts.store.close()
    if mended(folder, before):
        library.refresh()


def stamps(folder: Path) -> dict[Path, int]:
    return {
        file.relative_to(folder): file.stat().st_mtime_ns
        for file in folder.rglob("*")
        if file.is_file()
    }


def mended(folder: Path, before: dict[Path, int]) -> bool:
    """What a test wrote is gone for the next; whether there was something."""
    after = stamps(folder)
    changed = [name for name in before | after if before.get(name) != after.get(name)]
    for name in changed:
        if name in before:
            shutil.copy2(ROOT / "faq" / name, folder / name)
        else:
            (folder / name).unlink()
    return bool(changed)


@pytest.fixture
def inside(desk: Desk) -> Desk:
    assert desk.sign_in().status_code == 303
    return desk


def ask(desk: Desk, *texts: str, locale: str = "en", count: int = 1) -> None:
    rows = [
        {"text": text, "locale": locale, "asked_on": "2026-11-20", "count": count, "held": False}
        for text in texts
    ]
    with desk.parts.store.begin() as connection:
        connection.execute(insert(unanswered), rows)
    desk.office.tend(datetime.now(UTC))


PATHS = ["/staff/", "/staff/coverage", "/staff/coverage/en/garbage", "/staff/use", "/staff/health", "/staff/preview",
         "/staff/record", "/staff/new", "/staff/asked.csv", "/staff/use.csv"]  # fmt: skip


ACTIONS = ["/staff/asked/1", "/staff/new", "/staff/sign-out", "/staff/preview/send"]


def test_every_page_that_there_is_stands_in_these_tests(desk: Desk) -> None:
    rules = {
        rule.endpoint
        for rule in desk.app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and "GET" in (rule.methods or ())
    }
    assert len(
        rules - {"staff.sign_in", "staff.static_file", "staff.oidc_begin", "staff.oidc_end"}
    ) == len(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_is_shown_without_sign_in(desk: Desk, path: str) -> None:
    answer = desk.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/sign-in")


@pytest.mark.parametrize("path", ACTIONS)
def test_no_action_is_taken_without_sign_in(desk: Desk, path: str) -> None:
    assert desk.post(path, desk.token()).status_code == 401


@pytest.mark.parametrize("path", ACTIONS)
@pytest.mark.parametrize("token", [None, "", "wrong", "日本"])
def test_no_action_is_taken_without_its_token(inside: Desk, path: str, token: str | None) -> None:
    assert inside.post(path, token).status_code == 400
    assert inside.get("/staff/").status_code == 200


def test_sign_in_needs_its_token_too(desk: Desk) -> None:
    assert desk.post("/staff/sign-in", None, name="hanako", password=PASSWORD).status_code == 400
    assert desk.get("/staff/").status_code == 302


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_there_in_both_languages(inside: Desk, path: str, language: str) -> None:
    answer = inside.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    if "text/html" in answer.content_type:
        assert f'<html lang="{language}">' in answer.text
        assert "style=" not in answer.text and "onclick" not in answer.text
        assert not re.search(
            r"<script(?![^>]*src=)|https?://(?!www\.w3)",
            re.sub(r'data-messages="[^"]*"', "", answer.text),
        )


@pytest.mark.parametrize("path", [*PATHS, "/staff/sign-in"])
def test_the_headers_are_strict(inside: Desk, path: str) -> None:
    answer = inside.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert (
        "default-src 'none'" in policy
        and "unsafe" not in policy
        and "frame-ancestors 'none'" in policy
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_cookie_is_hardened(desk: Desk) -> None:
    local = desk.sign_in().headers["Set-Cookie"]
    assert local.startswith("tomoni-staff=") and "HttpOnly" in local and "SameSite=Lax" in local
    answer = desk.app.test_client().get("/staff/sign-in", base_url="https://bot.example.jp")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tomoni-staff=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("base", "more"),
    [
        ("http://bot.example.jp", {}),
        ("http://bot.example.jp", {"X-Forwarded-Proto": "https"}),
        ("http://localhost.example.jp", {}),
    ],
)
def test_plain_http_is_refused_whatever_a_stranger_claims(
    desk: Desk, base: str, more: dict[str, str]
) -> None:
    answer = desk.app.test_client().get("/staff/sign-in", base_url=base, headers=more)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_plain_http_from_another_machine_is_refused_even_for_localhost(desk: Desk) -> None:
    answer = desk.app.test_client().get(
        "/staff/sign-in", base_url=LOCAL, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert answer.status_code == 403


def test_five_wrong_passwords_lock_the_account_for_a_while(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert desk.sign_in("wrong wrong wrong").status_code == 401
    assert desk.sign_in().status_code == 401, "locked: the right password is refused too"
    with desk.parts.store.begin() as connection:
        past = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
        connection.execute(update(staff_table).values(locked_until=past))
    assert desk.sign_in().status_code == 303


def test_many_tries_from_one_address_are_refused(desk: Desk) -> None:
    answers = [desk.sign_in("x", name=f"nobody{n}").status_code for n in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_a_household_of_ipv6_addresses_counts_as_one() -> None:
    limit, at = accounts_of.Limit(), datetime(2026, 12, 1, tzinfo=UTC)
    tries = [limit.allows(f"2001:db8:1:2::{n}", at) for n in range(12)]
    assert tries == [True] * 10 + [False] * 2
    assert limit.allows("2001:db8:1:2::1", at + timedelta(minutes=6))
    assert limit.allows("2001:db8:1:3::1", at)


def test_wrong_name_and_wrong_password_look_the_same(desk: Desk) -> None:
    one = re.sub(r'value="[^"]+"', "", desk.sign_in("wrong wrong wrong").text)
    other = re.sub(r'value="[^"]+"', "", desk.sign_in(name="nobody").text)
    assert one == other


def test_idle_sessions_end(inside: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_of, "IDLE", timedelta(seconds=-1))
    assert inside.get("/staff/").status_code == 302


def test_a_session_ends_after_a_working_day_however_busy(
    inside: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inside.get("/staff/").status_code == 200
    monkeypatch.setattr(session_of, "LONGEST", timedelta(seconds=-1))
    assert inside.get("/staff/").status_code == 302


def test_signing_out_kills_stolen_cookies_too(inside: Desk) -> None:
    stolen = inside.browser.get_cookie("tomoni-staff", domain="localhost")
    assert stolen is not None
    assert inside.post("/staff/sign-out", inside.token("/staff/")).status_code == 303
    thief = inside.app.test_client()
    thief.set_cookie("tomoni-staff", stolen.value, domain="localhost")
    assert thief.get("/staff/", base_url=LOCAL).status_code == 302


def test_a_removed_account_is_out_at_once(inside: Desk) -> None:
    inside.office.staff.remove("hanako")
    assert inside.get("/staff/").status_code == 302


def test_a_new_session_is_not_the_one_before_sign_in(desk: Desk) -> None:
    before = desk.token()
    desk.sign_in()
    assert desk.token("/staff/") != before


def test_passwords_are_kept_as_argon2(desk: Desk) -> None:
    kept = accounts_of.hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "RFC 9106, the low-memory choice"
    desk.office.staff.add("taro", kept, datetime.now(UTC) - timedelta(hours=1))
    assert desk.sign_in("wrong wrong wrong", name="taro").status_code == 401
    assert desk.sign_in(name="taro").status_code == 303


def test_stored_text_stays_text_everywhere(inside: Desk) -> None:
    ask(inside, SCRIPT, locale="en")
    ask(inside, SCRIPT + "2", locale='"><script>alert(1)</script>')
    inside.office.staff.note(SCRIPT, SCRIPT, datetime.now(UTC))
    with inside.parts.store.begin() as connection:
        row = {
            "day": datetime.now(UTC).date().isoformat(),
            "locale": SCRIPT[:20],
            "outcome": SCRIPT[:20],
            "entry": SCRIPT,
            "count": 9,
        }
        connection.execute(insert(uses), row)
        connection.execute(
            insert(feedback), {"day": row["day"], "entry": SCRIPT, "helpful": True, "count": 9}
        )
    for path in PATHS:
        text = inside.get(path).text
        if not path.endswith(".csv"):
            assert "<script>" not in text, path
    assert "&lt;script&gt;" in inside.get("/staff/").text
    assert "&lt;script&gt;" in inside.get("/staff/use").text


def test_one_tap_writes_one_line_into_the_phrases(inside: Desk) -> None:
    ask(inside, "wibble bin day", count=3)
    file = inside.faq / "phrases" / "en.yaml"
    before = file.read_text(encoding="utf-8").splitlines()
    group = inside.office.likeness.groups()[0]
    answer = inside.post(
        f"/staff/asked/{group.id}",
        inside.token("/staff/"),
        means="garbage",
        phrase='wibble "bin" day',
        locale="en",
    )
    assert answer.status_code == 303
    after = file.read_text(encoding="utf-8").splitlines()
    new = [line for line in after if line not in before]
    assert new == ['  - "wibble \\"bin\\" day"'] and len(after) == len(before) + 1
    entry = after[after.index("garbage:") + 1 :]
    assert new[0] in itertools.takewhile(lambda line: line.startswith("  - "), entry)
    assert inside.office.likeness.groups() == []
    page = inside.get("/staff/?lang=en").text
    assert "Added to en.yaml, line" in page and "wibble bin day" not in page
    with inside.parts.store.begin() as connection:
        assert [row.settled for row in connection.execute(select(unanswered))] == ["garbage"]
        assert any(
            "garbage" in row.did and row.who == "hanako"
            for row in connection.execute(select(audit))
        )


def test_other_wordings_go_into_their_own_languages(inside: Desk) -> None:
    ask(inside, "zzyx grommet card", count=3)
    ask(inside, "zzyx grommet card?", locale="uk")
    group = inside.office.likeness.groups()[0]
    assert len(group.questions) == 2
    other = group.questions[1].id
    inside.post(
        f"/staff/asked/{group.id}",
        inside.token("/staff/"),
        means="garbage",
        phrase="zzyx one",
        locale="en",
        also=[other],
    )
    assert '  - "zzyx grommet card?"\n' in (inside.faq / "phrases" / "uk.yaml").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"means": "no-such-entry", "phrase": "x", "locale": "en"},
        {"do": "other", "entry": "../../etc/passwd", "phrase": "x", "locale": "en"},
        {"means": "garbage", "phrase": "", "locale": "en"},
        {"means": "garbage", "phrase": "y" * 400, "locale": "en"},
        {"means": "garbage", "phrase": "[name] has garbage", "locale": "en"},
        {"means": "garbage", "phrase": "x", "locale": "../../x"},
    ],
    ids=["entry", "path", "empty", "long", "marks", "locale"],
)
def test_a_wrong_wish_changes_no_file_and_settles_nothing(
    inside: Desk, fields: dict[str, str]
) -> None:
    ask(inside, "wibble")
    files = {file: file.read_bytes() for file in inside.faq.rglob("*.*") if file.is_file()}
    inside.post(
        f"/staff/asked/{inside.office.likeness.groups()[0].id}", inside.token("/staff/"), **fields
    )
    assert {file: file.read_bytes() for file in inside.faq.rglob("*.*") if file.is_file()} == files
    assert len(inside.office.likeness.groups()) == 1


@pytest.mark.parametrize("how", ["new-entry", "not-ours"])
def test_settled_questions_stay_settled_when_they_are_asked_again(inside: Desk, how: str) -> None:
    ask(inside, "wibble")
    inside.post(
        f"/staff/asked/{inside.office.likeness.groups()[0].id}", inside.token("/staff/"), do=how
    )
    with inside.parts.store.begin() as connection:
        inside.parts.desk.people._unanswered(connection, "", datetime.now(UTC), "wibble", "en")
    inside.office.tend(datetime.now(UTC))
    assert list(inside.office.likeness.groups()) == []
    assert ("wibble" in inside.get("/staff/").text) == (how == "new-entry")


@pytest.mark.parametrize(("days", "left"), [(400, 1), (90, 1), (30, 0)])
def test_questions_are_kept_for_ninety_days_at_most(inside: Desk, days: int, left: int) -> None:
    today = datetime.now(UTC).date()
    rows = [{"text": f"wibble {age}", "locale": "en", "asked_on": str(today - timedelta(days=age)), "count": 1,
             "held": False, "settled": settled}
            for age, settled in ((91, None), (91, "garbage"), (89, None))]  # fmt: skip
    with inside.parts.store.begin() as connection:
        connection.execute(insert(unanswered), rows)
    inside.parts.desk.people.purge(datetime.now(UTC), days)
    with inside.parts.store.begin() as connection:
        assert len(connection.execute(select(unanswered)).all()) == left


DRAFT = {
    "id": "bakery",
    "area": "employment",
    "contacts": "city-kyosei",
    "risk": "normal",
    "question": "パン屋を始めたいです。",
}


def test_a_new_entry_is_a_draft_that_git_shows_and_no_resident_sees(inside: Desk) -> None:
    ask(inside, "パン屋を 始めたい", locale="ja-simple", count=2)
    ask(inside, "frobnicate bakery", locale="en")
    first, second = inside.office.likeness.groups()
    answer = inside.post(f"/staff/asked/{first.id}", inside.token("/staff/"), do="new-entry")
    form = inside.get(answer.headers["Location"]).text
    assert 'value="パン屋を 始めたい"' in form and "frobnicate" not in form
    token = inside.token("/staff/new")
    assert inside.post("/staff/new", token, asked=str(first.id), **DRAFT).status_code == 303
    file = inside.faq / "employment" / "bakery.yaml"
    assert "draft: true\n" in file.read_text(encoding="utf-8")
    library = inside.parts.library
    assert library.problems == [] and "bakery" not in library.content.entries
    page = inside.get("/staff/?lang=en").text
    assert "faq/employment/bakery.yaml" in page and "The field answer is missing" in page
    assert "パン屋を 始めたい" not in page and second.questions[0].text in page
    assert any(
        "draft written: faq/employment/bakery.yaml" in one.did
        for one in inside.office.staff.actions(5)
    )


def test_questions_come_back_to_be_taught_when_their_entry_is_live(inside: Desk) -> None:
    ask(inside, "zzyx bakery", count=2)
    (group,) = inside.office.likeness.groups()
    inside.post(f"/staff/asked/{group.id}", inside.token("/staff/"), do="new-entry")
    whole = DRAFT | {
        "title": "パン屋",
        "answer": "商工会議所に聞いてください。",
        "clerk": "パン屋を始めたいです。",
    }
    inside.post("/staff/new", inside.token("/staff/new"), asked=str(group.id), **whole)
    inside.office.tend(datetime.now(UTC))
    assert list(inside.office.likeness.groups()) == []
    file = inside.faq / "employment" / "bakery.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    assert inside.parts.library.refresh()
    inside.office.tend(datetime.now(UTC))
    assert [one.questions[0].text for one in inside.office.likeness.groups()] == ["zzyx bakery"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "garbage", "area": "living"},
        {"id": "../x"},
        {"area": "../locales"},
        {"area": ""},
        {"contacts": "a]: [b"},
    ],
    ids=["there already", "path", "folder", "no area", "not a contact"],
)
def test_a_wrong_draft_is_refused_and_what_was_written_stays_in_the_form(
    inside: Desk, wrong: dict[str, str]
) -> None:
    files = {file: file.read_bytes() for file in inside.faq.rglob("*.*") if file.is_file()}
    answer = inside.post("/staff/new", inside.token("/staff/new"), **DRAFT | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and 'value="パン屋を始めたいです。"' in answer.text
    assert {file: file.read_bytes() for file in inside.faq.rglob("*.*") if file.is_file()} == files


def test_what_is_written_in_the_form_stays_text(inside: Desk) -> None:
    hostile = dict.fromkeys(DRAFT, SCRIPT) | {"answer": f"</textarea>{SCRIPT}", "clerk": SCRIPT}
    page = inside.post("/staff/new", inside.token("/staff/new"), **hostile).text
    assert "<script>" not in page and page.count("&lt;script&gt;") >= 4


def test_small_cells_are_suppressed_and_no_total_tells_them(inside: Desk) -> None:
    day = datetime.now(UTC).date().isoformat()
    rows = [("en", 4), ("ja", 120), ("uk", 7)]
    with inside.parts.store.begin() as connection:
        connection.execute(
            insert(uses),
            [
                {
                    "day": day,
                    "locale": locale,
                    "outcome": "answer",
                    "entry": "garbage",
                    "count": count,
                }
                for locale, count in rows
            ],
        )
    page, table = inside.get("/staff/use?lang=en").text, inside.get("/staff/use.csv").text
    assert ">&lt;5<" in page and '"en","<5"' in table and '"uk","5"' in table
    assert "About 130 messages" in page
    assert '"en","4"' not in table


def test_no_difference_of_what_is_shown_tells_a_small_number() -> None:
    """Whoever sees a total and all other cells cannot tell which of 1, 2, 3, 4 the hidden cell is."""
    seen: dict[tuple[int, int], set[int]] = {}
    for other in range(5, 405):
        for small in range(1, 5):
            seen.setdefault((coarse(other), coarse(other + small)), set()).add(small)
    assert all(len(could_be) == 4 for (other, _), could_be in seen.items() if other < 400)


def test_pictures_and_their_order_tell_no_more_than_the_tables() -> None:
    one, other = {"en": 124, "ja": 120, "uk": 3}, {"uk": 1, "ja": 123, "en": 121}
    assert ranked(one) == ranked(other) == [("en", 120), ("ja", 120), ("uk", FEW)]
    assert charts.bars("x", ranked(one)) == charts.bars("x", ranked(other))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", " =1", "　=1"]
)
def test_formulas_in_a_sheet_are_text(text: str) -> None:
    assert sheet.neutral(text) == f"'{text}"


def test_the_sheet_of_questions_is_neutral_too(inside: Desk) -> None:
    ask(inside, '=HYPERLINK("x")')
    assert "\"'=HYPERLINK(" in inside.get("/staff/asked.csv").text


def test_the_matrix_says_what_stands_in_the_catalogs(inside: Desk) -> None:
    page = inside.get("/staff/coverage?lang=en").text
    assert page.count('<td class="') == sum(
        1
        for _ in inside.parts.library.content.entries
        for name in inside.parts.library.content.offered
        if name != "ja"
    )
    text = inside.get("/staff/coverage/en/garbage?lang=en").text
    assert "ごみ" in text and "0467-" in text and "data-messages" in text


def test_changed_japanese_is_shown_old_and_new(inside: Desk) -> None:
    file = inside.faq / "living" / "garbage.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("1週間に2回", "1週間に3回"), encoding="utf-8"
    )
    assert inside.parts.library.refresh()
    page = inside.get("/staff/coverage/en/garbage").text
    assert "1週間に2回" in page and "1週間に3回" in page
    assert '<td class="outdated">' in inside.get("/staff/coverage?area=living").text


def test_health_names_what_to_do(inside: Desk) -> None:
    (inside.faq / "living" / "garbage.yaml").write_text("id: [", encoding="utf-8")
    inside.parts.library.refresh()
    page = inside.get("/staff/health?lang=en").text
    assert "the last good content is still shown" in page and "garbage.yaml:1" in page


def test_the_preview_answers_and_keeps_nothing(inside: Desk) -> None:
    token = re.search(r'data-token="([^"]+)"', inside.get("/staff/preview?locale=en").text)
    assert token
    given = {"kind": "text", "text": "my zorblax is glonking", "locale": "en"}
    answer = inside.browser.post(
        "/staff/preview/send", json=given, headers={"X-CSRF-Token": token[1]}, base_url=LOCAL
    )
    assert answer.json["messages"]
    given = {"kind": "text", "text": "i lost my residence card", "locale": "en"}
    answer = inside.browser.post(
        "/staff/preview/send", json=given, headers={"X-CSRF-Token": token[1]}, base_url=LOCAL
    )
    assert answer.json["entries"] == ["lost-residence-card"]
    with inside.parts.store.begin() as connection:
        assert not list(connection.execute(select(unanswered))) and not list(
            connection.execute(select(uses))
        )
    assert inside.parts.desk.line.said == "[]"


def test_staff_is_off_unless_it_is_switched_on(
    make_app: Any, settings: Settings, tmp_path: Path
) -> None:
    own = replace(settings, database_url=f"sqlite:///{tmp_path}/o.db")
    app = make_app(own)
    assert not settings.staff
    assert app.test_client().get("/staff/", base_url=LOCAL).status_code == 404
    assert app.test_client().get("/staff/sign-in", base_url=LOCAL).status_code == 404
