"""The staff page in a real browser: narrow and wide, no error, nothing that shuts people out.

`PICTURES=1 pytest tests/test_staff_pages.py` takes the pictures of docs/staff.ja.md anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from terminal import server
from year_of_use import ASKED, fill

from bot.learning import Learner
from bot.settings import Settings
from bot.staff.accounts import hashed
from bot.store import Staff, Store

pytestmark = pytest.mark.timeout(400)  # a year of use is written first
AXE = ROOT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "correct horse battery"
PAGES = {
    "asked": "/staff/",
    "coverage": "/staff/coverage",
    "text": "/staff/coverage/uk/garbage",
    "use": "/staff/use",
    "health": "/staff/health",
    "preview": "/staff/preview?locale=en",
    "record": "/staff/record",
    "new": "/staff/new",
}
SIZES = {"narrow": (360, 740), "wide": (1280, 900)}


@dataclass
class Served:
    """A real server with its own content and database."""

    address: str
    faq: Path


@pytest.fixture(scope="module")
def full(
    tmp_path_factory: pytest.TempPathFactory, learner: Learner, settings: Settings
) -> Iterator[Served]:
    """A bot in use for a year in a small town, with what this run has learnt already."""
    folder = tmp_path_factory.mktemp("staff")
    shutil.copytree(settings.var_dir, folder / "var")
    shutil.copytree(ROOT / "faq", folder / "faq")
    store = Store(f"sqlite:///{folder}/t.db")
    store.migrate()
    Staff(store).add("hanako", hashed(PASSWORD), datetime.now(UTC) - timedelta(days=30))
    fill(store, counts=2_000, questions=300)
    store.close()
    more = {"STAFF": "on", "TRUSTED_PROXY": "127.0.0.1", "CONTENT_DIR": str(folder / "faq")}
    with server(folder, **more) as (_, address):
        yield Served(address, folder / "faq")


@pytest.fixture(scope="module")
def signed_in(browser: Any, full: Served) -> Iterator[Any]:
    """A browser in which hanako signed in, once the first grouping is done."""
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.goto(full.address + "/staff/")
    page.fill("#name", "hanako")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.locator("h1").wait_for()
    until = time.monotonic() + 300
    while not all_grouped(page) and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.reload()
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(signed_in: Any) -> Iterator[Any]:
    opened = signed_in.new_page()
    opened.errors = []
    opened.on(
        "console", lambda said: opened.errors.append(said.text) if said.type == "error" else None
    )
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    yield opened
    assert opened.errors == []
    opened.close()


def all_grouped(page: Any) -> bool:
    """Whether the questions that this run added with the most askers lead the page."""
    return (
        bool(page.locator("article h2").first.inner_text() == ASKED[0][1])
        if page.locator("article").count()
        else False
    )


def serious(page: Any) -> list[str]:
    """What axe-core calls serious or critical, with the first place of each."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: bash tests/install_browser.sh")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})"
            for one in found["violations"] if one["impact"] in {"serious", "critical"}]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_and_shuts_nobody_out(
    page: Any, full: Served, name: str, size: str
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(full.address + PAGES[name])
    if name in {"text", "preview"}:
        page.locator(".bubble").first.wait_for()
    assert page.locator("html").evaluate("node => node.scrollWidth") <= width
    assert serious(page) == []
    if os.environ.get("PICTURES"):
        page.screenshot(path=str(ROOT / "docs" / "pictures" / f"staff-{name}-{size}.png"))


def test_the_sign_in_page_shuts_nobody_out(browser: Any, full: Served) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(full.address + "/staff/")
    assert serious(page) == []
    if os.environ.get("PICTURES"):
        page.screenshot(path=str(ROOT / "docs" / "pictures" / "staff-sign-in-narrow.png"))
    page.close()


def test_a_script_in_a_question_is_text_in_a_real_browser(page: Any, full: Served) -> None:
    page.on("dialog", lambda dialog: page.errors.append("a script ran"))
    page.goto(full.address + "/staff/")
    assert page.locator("h2", has_text="<script>alert('hello')</script>").count() == 1


def test_one_tap_teaches_a_phrase_and_the_bot_reads_it(page: Any, full: Served) -> None:
    page.goto(full.address + "/staff/")
    article = page.locator("article", has_text="старі меблі")
    article.locator('input[name="entry"]').fill(
        "bulky-waste" if (full.faq / "living" / "bulky-waste.yaml").exists() else "garbage"
    )
    article.get_by_role("button", name="この項目").click()
    page.locator(".said.done").wait_for()
    assert "меблі в суботу" in (full.faq / "phrases" / "uk.yaml").read_text(encoding="utf-8")
    assert page.locator("article", has_text="старі меблі").count() == 0


def test_a_new_entry_begins_as_a_draft(page: Any, full: Served) -> None:
    page.goto(full.address + "/staff/")
    page.locator("article", has_text="パンやを はじめたい").get_by_role(
        "button", name="新しい項目がいる"
    ).click()
    page.get_by_label("質問").wait_for()
    assert page.get_by_label("質問").input_value() == "パンやを はじめたい"
    page.get_by_label("分野").select_option("employment")
    page.get_by_label("id（").fill("bakery")
    page.get_by_role("button", name="下書きを作る").click()
    page.locator(".said.done", has_text="faq/employment/bakery.yaml").wait_for()
    assert "draft: true" in (full.faq / "employment" / "bakery.yaml").read_text(encoding="utf-8")
    page.locator("li", has_text="「answer」がありません").first.wait_for()


def test_the_preview_talks(page: Any, full: Served) -> None:
    page.goto(full.address + PAGES["preview"])
    page.locator(".bubble").first.wait_for()
    page.fill("#text", "I lost my residence card")
    page.press("#text", "Enter")
    page.locator("#chat", has_text="0467-23-0110").wait_for()
    page.locator("button.action", has_text="Show at the counter").last.click()
    page.locator("section", has_text="窓口の方へ").last.wait_for()


def test_an_answer_is_live_soon_after_saving(signed_in: Any, full: Served) -> None:
    token = re.search(
        r'data-token="([^"]+)"', signed_in.request.get(full.address + PAGES["preview"]).text()
    )
    assert token

    def answer() -> str:
        given = {"kind": "postback", "data": "do=entry&entry=garbage", "locale": "ja"}
        asked = signed_in.request.post(
            f"{full.address}/staff/preview/send", data=given, headers={"X-CSRF-Token": token[1]}
        )
        return json.dumps(asked.json(), ensure_ascii=False)

    file = full.faq / "living" / "garbage.yaml"
    text = file.read_text(encoding="utf-8")
    assert "ごみ" in answer() and "あああ" not in answer()
    file.write_text(text.replace("answer: |\n", "answer: |\n  あああ\n"), encoding="utf-8")
    started = time.monotonic()
    while "あああ" not in answer():
        assert time.monotonic() - started < 30, "not live"
        time.sleep(0.05)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("proto", "status"), [("https", 200), ("http", 403)])
def test_the_proxy_that_is_trusted_says_whether_it_was_tls(
    full: Served, proto: str, status: int
) -> None:
    import http.client

    host = full.address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request(
        "GET",
        "/staff/sign-in",
        headers={
            "Host": "bot.example.jp",
            "X-Forwarded-Proto": proto,
            "X-Forwarded-For": "203.0.113.5",
        },
    )
    answer = connection.getresponse()
    assert answer.status == status
    if status == 200:
        assert "Secure" in (answer.getheader("Set-Cookie") or "")
    connection.close()
