"""The page of gatherings in a real browser: small and large, right-to-left, without JavaScript, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, served

from bot.content import Content
from bot.directory import JAPAN
from bot.learning import Learner
from bot.settings import Settings

CLASS = """
id: page-class
kind: class
title: にほんご教室
summary: 日本語を学ぶ外国の人もいます。
organiser: arrupe
starts_at: {saturday}T14:00
ends_at: {saturday}T16:00
repeat: {{every: week, on: [sat]}}
changes:
  - {{on: {second}, cancelled: true}}
place: {{name: 鎌倉市福祉センター, address: 鎌倉市御成町20-21}}
booking_url: "https://www.example.org/booking"
children: true
"""
FILM = """
id: page-film
kind: film
title: 難民の映画
organiser: city-kyosei
starts_at: {first}
ends_at: {last}
"""


def a_saturday() -> datetime:
    """One in two weeks, so that the day of the test does not matter."""
    today = datetime.now(UTC).astimezone(JAPAN)
    return today + timedelta(days=14 + (5 - today.weekday()) % 7)


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, learner: Learner, settings: Settings
) -> Iterator[str]:
    """The server with a weekly class and a film of three days."""
    folder, day = tmp_path_factory.mktemp("page"), a_saturday()
    shutil.copytree(settings.var_dir, folder / "var")
    shutil.copytree(ROOT / "faq", folder / "faq")
    gatherings = folder / "faq" / "gatherings"
    second = day + timedelta(days=7)
    (gatherings / "page-class.yaml").write_text(
        CLASS.format(saturday=day.date(), second=second.date()), encoding="utf-8"
    )
    (gatherings / "page-film.yaml").write_text(
        FILM.format(first=second.date(), last=(second + timedelta(days=2)).date()), encoding="utf-8"
    )
    with served(folder, CONTENT_DIR=str(folder / "faq"), LINE_ACCOUNT_ID="@tomoni") as found:
        yield found


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Without JavaScript; no error may be on its console."""
    context = browser.new_context(java_script_enabled=False)
    opened, errors = context.new_page(), []
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []
    context.close()


def open_at(page: Any, address: str, locale: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    assert page.goto(f"{address}/gatherings/{locale}").status == 200


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("locale", ["en", "ar", "fa", "my", "ja-simple"])
def test_month_and_list_fit_the_screen(
    page: Any, address: str, content: Content, locale: str, width: int
) -> None:
    open_at(page, address, locale, width)
    box = page.locator("html").bounding_box()
    assert all(
        one.bounding_box()["width"] <= width
        for one in [*page.locator("table").all(), *page.locator("article").all()]
    )
    assert box["width"] <= width
    assert page.locator("table.month").count() >= 2
    assert page.locator("article", has_text="にほんご教室").count() > 8
    assert content.say(locale)("Cancelled") in page.locator("main").inner_text()
    heads = page.locator("table.month").first.locator("th").all()
    names = [head.inner_text() for head in heads]
    assert len(set(names)) == 7
    assert all(head.bounding_box()["width"] < width / 7 for head in heads)
    sunday, saturday = heads[0].bounding_box()["x"], heads[6].bounding_box()["x"]
    assert (sunday > saturday) == (content.direction(locale) == "rtl")


def test_a_day_of_the_month_leads_to_its_gatherings(page: Any, address: str) -> None:
    open_at(page, address, "en", 360)
    monday = (a_saturday() + timedelta(days=9)).date()  # the last day of the film
    month = page.locator("section", has=page.locator("h2", has_text=f"{monday:%B %Y}"))
    month.locator("table a", has_text=str(monday.day)).last.click()
    target = page.locator(f"article{page.url[page.url.index('#') :]}")
    assert "難民の映画" in target.inner_text()
    assert target.bounding_box()["y"] < 780


def test_what_is_known_of_a_weekly_class_stands_there_once(page: Any, address: str) -> None:
    open_at(page, address, "en", 1280)
    rows = page.locator("article", has_text="にほんご教室")
    assert page.get_by_text("日本語を学ぶ外国の人もいます。").count() == 1
    assert page.get_by_text("Children are welcome.").count() == 1
    assert all("鎌倉市福祉センター" in row.inner_text() for row in rows.all())


def test_the_language_can_be_changed_and_a_date_saved(page: Any, address: str) -> None:
    open_at(page, address, "en", 360)
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    with page.expect_download() as download:
        page.locator("article a", has_text=".ics").first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("BEGIN:VCALENDAR")


@pytest.mark.parametrize("locale", ["ar", "en", "my"])
def test_it_prints_on_few_sheets_with_what_paper_needs(
    page: Any, address: str, locale: str
) -> None:
    open_at(page, address, locale, 1280)
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert not page.get_by_text(".ics", exact=True).first.is_visible()
    codes = page.locator("footer img").all()
    assert [code.is_visible() for code in codes] == [True, True]
    assert f"{address}/gatherings/{locale}.ics" in page.locator("footer").inner_text()
    assert "https://line.me/R/ti/p/" in page.locator("footer").inner_text()
    sheets = page.pdf(format="A4").count(b"/Type /Page\n")
    months = page.locator("table.month").count()
    assert 1 <= sheets < months, sheets
