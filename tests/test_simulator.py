"""The chat page in a real browser, against the real server process."""

from __future__ import annotations

import os
import re
import shutil
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from conftest import ROOT, served
from flask import Flask

from bot.learning import Learner
from bot.settings import Settings
from bot.simulator import mount


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, learner: Learner, settings: Settings
) -> Iterator[str]:
    """The simulator, with what this run has learnt already."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(settings.var_dir, folder / "var")
    with served(folder) as found:
        yield found


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 360, "height": 740})
    opened.errors = []
    opened.on(
        "console", lambda said: opened.errors.append(said.text) if said.type == "error" else None
    )
    opened.goto(address)
    opened.locator(".bubble").first.wait_for()
    yield opened
    assert opened.errors == []
    opened.close()


def ask(page: Any, text: str) -> str:
    """Write, and read what came after it."""
    page.fill("#text", text)
    page.press("#text", "Enter")
    page.locator(".mine", has_text=text).last.wait_for()
    page.locator("#chat:not([aria-busy])").wait_for()
    return str(page.locator("#chat").inner_text())


def test_a_question_is_answered_with_office_and_telephone(page: Any) -> None:
    said = ask(page, "I lost my residence card")
    assert "0467-23-0110" in said
    if os.environ.get("PICTURES"):
        page.set_viewport_size({"width": 400, "height": 860})
        page.locator(".mine").last.scroll_into_view_if_needed()
        page.screenshot(path=str(ROOT / "docs" / "simulator.png"))
    assert page.locator('a[href="tel:0467-23-0110"]').count() >= 1


def test_danger_shows_the_number_first(page: Any) -> None:
    said = ask(page, "my house is on fire")
    assert re.search(r"119", said)
    assert page.locator('a[href="tel:119"]').first.is_visible()


def test_buttons_lead_to_areas_entries_and_the_card_for_the_counter(page: Any) -> None:
    ask(page, "menu")
    page.locator("button.action", has_text="Refugee status").last.click()
    page.locator("button.action", has_text="Lost residence card").last.click()
    page.locator("button.action", has_text="Show at the counter").last.click()
    page.locator("section", has_text="窓口の方へ").last.wait_for()


def test_what_was_sent_can_be_seen_and_the_keyboard_is_enough(page: Any) -> None:
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.locator("#raw").check()
    page.keyboard.press("Escape")
    ask(page, "hello")
    assert "replyToken" in page.locator("pre").last.inner_text()


def test_the_page_fits_a_narrow_phone(page: Any) -> None:
    page.set_viewport_size({"width": 280, "height": 600})
    ask(page, "ごみは いつ")
    width = page.locator("body").bounding_box()["width"]
    assert width <= 280
    assert page.locator("html").evaluate("node => node.scrollWidth") <= 280


def test_health_is_served_by_the_same_process(address: str) -> None:
    with urllib.request.urlopen(address + "/health") as answer:
        assert answer.status == 200


def test_half_sent_bodies_do_not_stop_the_server(address: str) -> None:
    """16 such sockets stop a threaded server that reads in its threads; waitress reads before."""
    host, port = address.removeprefix("http://").split(":")
    half = b"POST /callback HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"
    sockets = [socket.create_connection((host, int(port))) for _ in range(40)]
    for one in sockets:
        one.sendall(half)
    with urllib.request.urlopen(address + "/health", timeout=5) as answer:
        assert answer.status == 200
    for one in sockets:
        one.close()


def test_the_simulator_refuses_lines_credentials(settings: Settings) -> None:
    with pytest.raises(ValueError, match="credentials"):
        mount(Flask("x"), replace(settings, line_channel_secret="x"), ())
